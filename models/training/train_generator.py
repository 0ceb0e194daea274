"""Trains `MotionGenerator` in the paper's two stages: text branch, then, with it frozen, audio branch.

The command is `versa train generator`; recipe and figures are in docs/models.md. Resumes from `state.pt` in its output
folder; several processes share the batch (`accelerate launch`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.cancel import CancelToken, ProgressCallback
from models.audio_encoder import AudioEncoder
from models.encoders import open_audio_encoder, open_text_encoder
from models.generator import GeneratorConfig, MotionGenerator
from models.text_encoder import TextEncoder
from models.tokenizer import MotionTokenizer
from models.training.branch_stage import BranchStage, train_branch
from models.training.caption_vectors import CaptionVectors
from models.training.corpus import Source
from models.training.generator_data import Batch, Batches, Places, Stage, captions_of, generator_tables
from models.training.generator_settings import GeneratorTraining
from models.training.loop import autocast, load_state
from models.training.masks import training_mask
from models.training.pair_table import PairTable
from models.training.processes import Processes

__all__ = ["GeneratorTraining", "evaluate_generator", "train_generator", "training_mask"]


def masked_loss(generator: MotionGenerator, batch: Batch, count: Tensor | None = None) -> Tensor:
    """Cross-entropy of the masked tokens: their sum divided by `count`, by default by their number.

    The batch goes to where the network is.
    """
    place = next(generator.parameters()).device
    conditions = replace(batch.conditions, **{name: value.to(place) for name, value in vars(batch.conditions).items()})
    with autocast(place):
        logits = generator.logits(
            batch.inputs.to(place), conditions, batch.has_text.to(place), batch.has_audio.to(place),
            batch.valid.to(place),
        )  # fmt: skip
    chosen = batch.mask.to(place)
    total = functional.cross_entropy(logits.float()[chosen], batch.targets.to(place)[chosen], reduction="sum")
    return total / (chosen.sum() if count is None else count)


def train_generator(
    sources: Sequence[Source],
    tokenizer_folder: Path,
    out: Path,
    settings: GeneratorTraining,
    progress: ProgressCallback,
    cancel: CancelToken,
    start_from: Path | None = None,
    places: Places | None = None,
) -> MotionGenerator:
    """Train both stages, or go on where an earlier run in `out` stopped, and write the weights to `out`.

    Without a text branch there is one stage only.

    Args:
        sources: captures with recordings, and data sets of others.
        tokenizer_folder: weights of the tokenizer.
        out: folder of checkpoint, curves and weights.
        settings: of the run.
        progress: told about twice a second.
        cancel: looked at before each step.
        start_from: weights of another generator to begin with instead of chance, for a variant also those of the whole
            method; ignored when `out` has a checkpoint.
        places: folders of what is computed once; below and beside `out` by default.

    Raises:
        CaptureError: a data folder is not complete.
        CheckpointError: there is no tokenizer yet, or the weights to start from are of another kind.
        ValueError: settings and data do not fit each other.
        TextEncoderError, AudioEncoderError: an encoder's weights are missing.
        Cancelled: stopped; a checkpoint was written.
    """
    processes = Processes()
    progress = processes.progress(progress)
    torch.manual_seed(settings.seed)
    tokenizer = MotionTokenizer.from_pretrained(tokenizer_folder)
    if settings.variant == "single_level" and tokenizer.quantizers > 1:
        raise ValueError(
            f"the tokenizer in {tokenizer_folder} has {tokenizer.quantizers} levels, but the variant single_level "
            "needs one of a single level; train it with `versa train tokenizer --variant single_level`"
        )
    text = open_text_encoder(settings.text_encoder, _folder(settings.text_folder))
    audio = open_audio_encoder(settings.audio_encoder, _folder(settings.audio_folder))
    places = places or Places(out.parent, out / "pairs", out / "pairs")
    with processes.first_alone():
        table, checks = generator_tables(sources, tokenizer, audio, places, settings, progress, cancel)
        captions = captions_of(table, text, places.pairs, settings)
        check_captions = captions_of(checks, text, places.pairs / "checks", settings) if checks is not None else None
    if settings.audio_steps > 0 and not table.hears:
        raise ValueError(
            "none of these data hold speech, so the audio branch cannot be trained; add --data with captures or BEAT2, "
            'or train the text branch alone with the setting "audio_steps": 0'
        )
    config = generator_config(settings, text, audio, tokenizer.config.codes)
    generator = MotionGenerator(config, settings.dropout).to(processes.device)
    state = load_state(out)
    if state is not None and _network(state.get("config", asdict(config))) != _network(asdict(config)):
        raise ValueError(
            f"{out} holds a run with another network, other encoders or another variant; choose the same settings or "
            "another --out"
        )
    if state is None and start_from is not None:
        _start_from(generator, start_from, settings)
    else:
        _set_statistics(generator, captions, table)
    stages: tuple[Stage, ...] = ("audio",) if generator.text_branch is None else ("text", "audio")
    if state is not None:
        generator.load_state_dict(state["network"])
        generator.config = GeneratorConfig(**state.get("config", asdict(config)))
        stages = stages[stages.index(state["stage"]) :]
    batches = Batches(table, captions, settings, config.codes)
    for stage in stages:
        resumed = state if state is not None and state["stage"] == stage else None
        _train_stage(generator, stage, batches, out, settings, resumed, progress, cancel, processes)
    generator.eval().cpu()
    if processes.first:
        extra: dict[str, Any] = {"training": asdict(settings)}
        if checks is not None and check_captions is not None:
            extra["checks"] = evaluate_generator(generator, Batches(checks, check_captions, settings, config.codes))
        generator.save_pretrained(out, extra)
    processes.wait()
    return generator


def generator_config(
    settings: GeneratorTraining, text: TextEncoder, audio: AudioEncoder, codes: int
) -> GeneratorConfig:
    """The config of a network that settings ask for."""
    return GeneratorConfig(
        **settings.network,
        codes=codes,
        text_width=text.width,
        text_encoder=text.name,
        audio_width=audio.width,
        audio_encoder=audio.name,
        variant=settings.variant,
    )


def _folder(named: str) -> Path | None:
    return Path(named) if named else None


_LEARNED: Final = ("text_guidance", "audio_guidance")


def _network(config: Mapping[str, Any]) -> dict[str, Any]:
    """A config without what a network has learned of guidance."""
    return {name: value for name, value in config.items() if name not in _LEARNED}


def _start_from(generator: MotionGenerator, folder: Path, settings: GeneratorTraining) -> None:
    """Take given weights: of the same variant, or of the whole method without what this variant leaves out.

    A branch that will not be trained keeps the guidance that it has learned; the other one forgets it.
    """
    given = MotionGenerator.from_pretrained(folder)
    ours, theirs = asdict(generator.config), asdict(given.config)
    for name in _network(ours):
        if name != "variant" and ours[name] != theirs[name]:
            raise ValueError(
                f"the weights in {folder} have {name} {theirs[name]!r}, but this run wants {ours[name]!r}; start from "
                "weights of the same network and encoders"
            )
    values, wanted = given.state_dict(), generator.state_dict()
    if missing := sorted(wanted.keys() - values.keys()):
        raise ValueError(
            f"the weights in {folder} are of the variant {given.config.variant} and have no {missing[0]}; start from "
            "weights of the whole method"
        )
    generator.load_state_dict({name: values[name] for name in wanted})
    generator.config = replace(
        generator.config,
        text_guidance=1.0 if generator.text_branch is None or settings.text_steps else given.config.text_guidance,
        audio_guidance=1.0 if settings.audio_steps else given.config.audio_guidance,
    )


@torch.no_grad()
def _set_statistics(generator: MotionGenerator, captions: CaptionVectors, table: PairTable) -> None:
    """What captions and recordings look like becomes part of the weights."""
    if generator.text_branch is not None:
        generator.text_branch.text_mean.copy_(torch.from_numpy(captions.vectors.mean(0)))
        generator.text_branch.text_std.copy_(torch.from_numpy(captions.vectors.std(0)).clamp_min(1e-3))
    block = generator.audio_branch.audio
    if block.standardises and table.hears:
        rows = table.speech[:: len(table.speech) // 100_000 + 1].astype(np.float32)
        block.audio_mean.copy_(torch.from_numpy(rows.mean(0)))
        block.audio_std.copy_(torch.from_numpy(rows.std(0)).clamp_min(1e-3))


def _train_stage(
    generator: MotionGenerator,
    stage: Stage,
    batches: Batches,
    out: Path,
    settings: GeneratorTraining,
    state: dict[str, Any] | None,
    progress: ProgressCallback,
    cancel: CancelToken,
    processes: Processes,
) -> None:
    if generator.text_branch is not None:
        generator.text_branch.requires_grad_(stage == "text").train(stage == "text")
    generator.audio_branch.requires_grad_(stage == "audio").train(stage == "audio")
    learning = [parameter for parameter in generator.parameters() if parameter.requires_grad]
    steps, rate = (
        (settings.text_steps, settings.text_rate) if stage == "text" else (settings.audio_steps, settings.audio_rate)
    )
    learned = BranchStage(stage, steps, rate, 0.01, "generator", "cross-entropy", "loss")

    def loss(batch: Batch, count: Tensor) -> Tensor:
        return masked_loss(generator, batch, count)

    train_branch(generator, learning, loss, learned, batches, out, settings, state, progress, cancel, processes)


@torch.no_grad()
def evaluate_generator(generator: MotionGenerator, batches: Batches, rounds: int = 6) -> dict[str, float]:
    """Cross-entropy of masked tokens of held-out windows with unheard recordings.

    With right, without and with other conditions; what needs recordings is left out where there are none.
    """
    totals: dict[str, float] = {}
    for step in range(rounds):
        batch = batches.draw("audio", 10_000_000 + step)
        yes, no = torch.ones(len(batch.inputs), dtype=torch.bool), torch.zeros(len(batch.inputs), dtype=torch.bool)
        own = batch.conditions
        other_text = replace(own, text=own.text.roll(1, 0))
        other_audio = replace(own, audio=own.audio.roll(1, 0))
        cases = {"text_only": (own, yes, no)}
        if generator.text_branch is None:
            cases = {"audio_only": (own, no, yes), "other_audio": (other_audio, no, yes)}
        elif batches.hears:
            cases |= {
                "with_text_and_audio": (own, yes, yes), "audio_only": (own, no, yes),
                "other_text": (other_text, yes, yes), "other_audio": (other_audio, yes, yes),
            }  # fmt: skip
        else:
            cases |= {"other_text": (other_text, yes, no)}
        for name, (conditions, text, audio) in cases.items():
            case = Batch(batch.inputs, batch.targets, batch.mask, conditions, text, audio, batch.valid)
            totals[name] = totals.get(name, 0.0) + float(masked_loss(generator, case)) / rounds
    return {name: round(value, 3) for name, value in totals.items()}
