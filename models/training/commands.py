"""The training commands behind `versa train`: their options and what they run.

Parsing of the whole command line and drawing of progress belong to `app.cli`.
"""

import argparse
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from core.cancel import CancelToken, ProgressCallback
from models.training.settings_file import read_settings

if TYPE_CHECKING:
    from models.training.corpus import Source

DEFAULT_OUT = Path("runs")

# As in `models.training.corpus` and `models.generator`, which take seconds to import.
FORMATS = ("auto", "captures", "humanml3d", "amass", "beat2")
VARIANTS = ("last_layer_fusion", "no_text_branch", "single_level")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of the training commands."""
    parser.add_argument(
        "network",
        choices=("tokenizer", "generator", "guidance", "residual", "rehearsals", "bank", "evaluator", "renderer"),
        help="what to train or build",
    )
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        metavar="DIR",
        help="folder with motion/ (captures) and speech/ (recordings), or a HumanML3D, AMASS or BEAT2 folder "
        "(tokenizer, generator, guidance, residual; repeatable); for the renderer, of `versa data prepare`",
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="auto",
        help="what the data folders are (default: auto, which looks)",
    )
    parser.add_argument(
        "--body-models",
        type=Path,
        metavar="DIR",
        help="folder of the SMPL-X or SMPL-H body models, which AMASS and BEAT2 need",
    )
    parser.add_argument(
        "--audio-encoder", choices=("logmel", "wav2vec2"), help="generator: what hears the speech (default: logmel)"
    )
    parser.add_argument(
        "--text-encoder", choices=("minilm", "clip"), help="generator: what reads the prompts (default: minilm)"
    )
    parser.add_argument(
        "--variant", choices=VARIANTS,
        help="tokenizer, generator: an ablation, trained into variants/NAME of the training folder",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, default=DEFAULT_OUT, metavar="DIR",
        help="training folder; a run that stopped goes on from its checkpoint (default: runs)",
    )  # fmt: skip
    parser.add_argument(
        "--steps",
        type=int,
        metavar="N",
        help="optimiser steps (of each branch for the generator, of the audio branch for guidance)",
    )
    parser.add_argument(
        "--start-from", type=Path, metavar="DIR",
        help="weights to begin with instead of chance; for the renderer a checkpoint file (default: stage 1's result "
        "for stage 2, else the public one)",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, metavar="K", help="seed of everything random (default: 0)")
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help="JSON file with other settings, named as in the saved config"
    )
    parser.add_argument(
        "--stage", type=int, choices=(1, 2),
        help="renderer: 1 trains the pose-guided backbone, 2 that and the face adapter; several cards through "
        "`accelerate launch -m app train renderer ...`",
    )  # fmt: skip
    parser.add_argument(
        "--proof", action="store_true",
        help="renderer: learn a small drawn puppet from chance on the processor (some minutes) and measure what each "
        "control changes; needs no data and no weights",
    )  # fmt: skip
    parser.add_argument("--base", type=Path, metavar="DIR", help="renderer: the Stable Video Diffusion folder")


def _settings(kind: type, path: Path | None, given: Mapping[str, object]) -> object:
    values = {} if path is None else read_settings(path, kind)
    try:
        return kind(**(values | dict(given)))
    except ValueError as error:
        if path is None:
            raise
        raise ValueError(f"{path}: {error}") from None


def run(args: argparse.Namespace, progress: ProgressCallback, cancel: CancelToken) -> int:
    """Run the chosen training. Returns the exit code.

    Raises:
        ValueError: wrong settings, or captures that are missing or broken.
        Cancelled: stopped by the user; the checkpoint is kept.
    """
    _folders(args)
    seed: dict[str, object] = {"seed": args.seed}
    match args.network:
        case "tokenizer":
            _train_tokenizer(args, seed, progress, cancel)
        case "generator":
            _train_generator(args, seed, progress, cancel)
        case "guidance":
            _train_guidance(args, seed, progress, cancel)
        case "residual":
            _train_residual(args, seed, progress, cancel)
        case "rehearsals":
            from models.training.build_rehearsals import RehearsalSettings, build_rehearsals

            chosen = _settings(RehearsalSettings, args.settings, seed)
            assert isinstance(chosen, RehearsalSettings)
            build_rehearsals(_one_folder(args), args.start_from or args.out, chosen, progress, cancel, args.out)
        case "renderer":
            _train_renderer(args, seed, progress, cancel)
        case "evaluator":
            from models.training.train_evaluator import EvaluatorTraining, train_evaluator

            wanted = _settings(EvaluatorTraining, args.settings, seed | _steps(args, "steps"))
            assert isinstance(wanted, EvaluatorTraining)
            train_evaluator(_one_folder(args) / "motion", args.out / "evaluator", wanted, progress, cancel)
        case _:
            from models.tokenizer import MotionTokenizer
            from models.training.build_bank import build_bank

            tokenizer = MotionTokenizer.from_pretrained(args.out / "tokenizer")
            build_bank(_one_folder(args) / "motion", tokenizer, args.out / "relation_bank")
    return 0


def _steps(args: argparse.Namespace, *names: str) -> dict[str, object]:
    return dict.fromkeys(names, args.steps) if args.steps is not None else {}


def _folders(args: argparse.Namespace) -> list[Path]:
    """The data folders.

    Raises:
        ValueError: none is given, or one is no folder.
    """
    content = "of `versa data prepare`" if args.network == "renderer" else "that holds motion/ and speech/"
    given: list[Path] = args.data or []
    if not given:
        raise ValueError(f"--data is missing; give --data the folder {content}")
    for folder in given:
        if not folder.is_dir():
            raise ValueError(f"{folder} is not a folder; give --data the folder {content}")
    return given


def _one_folder(args: argparse.Namespace) -> Path:
    folders = _folders(args)
    if len(folders) > 1:
        raise ValueError(f"{args.network} is trained on one folder; give --data once")
    return folders[0]


def _sources(args: argparse.Namespace) -> "tuple[Source, ...]":
    from models.training.corpus import find_sources

    return find_sources(_folders(args), args.format, args.body_models)


def _train_tokenizer(
    args: argparse.Namespace, seed: Mapping[str, object], progress: ProgressCallback, cancel: CancelToken
) -> None:
    from models.training.train_tokenizer import TokenizerTraining, train_tokenizer

    root, given = args.out, dict(seed) | _steps(args, "steps")
    if args.variant:
        if args.variant != "single_level":
            raise ValueError(
                f"the variant {args.variant} has the tokenizer of the whole method; train the generator with it"
            )
        root, given = args.out / "variants" / args.variant, given | {"residual_levels": 0}
    settings = _settings(TokenizerTraining, args.settings, given)
    assert isinstance(settings, TokenizerTraining)
    train_tokenizer(_sources(args), root / "tokenizer", settings, progress, cancel, args.start_from, args.out)


def _train_generator(
    args: argparse.Namespace, seed: Mapping[str, object], progress: ProgressCallback, cancel: CancelToken
) -> None:
    from models.training.generator_data import Places
    from models.training.processes import Processes
    from models.training.train_generator import GeneratorTraining, train_generator

    chosen = {
        "text_encoder": args.text_encoder, "audio_encoder": args.audio_encoder, "variant": args.variant
    }  # fmt: skip
    given = dict(seed) | _steps(args, "text_steps", "audio_steps")
    settings = _settings(GeneratorTraining, args.settings, given | {k: v for k, v in chosen.items() if v is not None})
    assert isinstance(settings, GeneratorTraining)
    root, pairs = args.out, args.out / "generator" / "pairs"
    places = Places(args.out, pairs, pairs)
    tokenizer = args.out / "tokenizer"
    if settings.variant:
        root = args.out / "variants" / settings.variant
    if settings.variant == "single_level":
        tokenizer = root / "tokenizer"
        if not tokenizer.is_dir():
            raise ValueError(
                f"the variant single_level needs a tokenizer of its own in {tokenizer}; train it first with "
                "`versa train tokenizer --variant single_level`"
            )
        places = Places(args.out, root / "generator" / "pairs", pairs)
    train_generator(_sources(args), tokenizer, root / "generator", settings, progress, cancel, args.start_from, places)
    if tokenizer != root / "tokenizer" and Processes().first:  # beside a variant, so that it can be judged
        _put_beside(tokenizer, root)


def _train_guidance(
    args: argparse.Namespace, seed: Mapping[str, object], progress: ProgressCallback, cancel: CancelToken
) -> None:
    from models.training.generator_data import Places
    from models.training.processes import Processes
    from models.training.train_guidance import GuidanceTraining, train_guidance

    settings = _settings(GuidanceTraining, args.settings, dict(seed) | _steps(args, "audio_steps"))
    assert isinstance(settings, GuidanceTraining)
    taught, root, pairs = args.start_from or args.out, args.out / "guided", args.out / "generator" / "pairs"
    places = Places(args.out, pairs, pairs)
    train_guidance(_sources(args), taught, root / "generator", settings, places, progress, cancel)
    if Processes().first:
        _put_beside(taught / "tokenizer", root)


def _put_beside(tokenizer: Path, root: Path) -> None:
    shutil.copytree(tokenizer, root / "tokenizer", dirs_exist_ok=True, ignore=_only_weights)


def _only_weights(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name not in ("config.json", "model.safetensors")]


def _train_residual(
    args: argparse.Namespace, seed: Mapping[str, object], progress: ProgressCallback, cancel: CancelToken
) -> None:
    from models.training.generator_data import Places
    from models.training.train_residual import ResidualTraining, train_residual

    settings = _settings(ResidualTraining, args.settings, dict(seed) | _steps(args, "steps"))
    assert isinstance(settings, ResidualTraining)
    pairs = args.out / "generator" / "pairs"
    places = Places(args.out, pairs, pairs)
    train_residual(_sources(args), args.out / "tokenizer", places, args.out / "residual", settings, progress, cancel)


def _train_renderer(
    args: argparse.Namespace, seed: Mapping[str, object], progress: ProgressCallback, cancel: CancelToken
) -> None:
    from models.renderers.versa.locate import find_weights
    from models.renderers.versa.settings import VersaSettings
    from models.training.renderer.settings import RendererTraining
    from models.training.renderer.train import WEIGHTS_NAME, train_renderer

    if args.stage is None:
        raise ValueError("which stage? give --stage 1 (pose-guided backbone) or --stage 2 (face adapter on top)")
    settings = _settings(RendererTraining, args.settings, dict(seed) | _steps(args, "steps"))
    assert isinstance(settings, RendererTraining)
    before = args.out / "renderer" / "stage1" / WEIGHTS_NAME
    start = args.start_from
    if start is None and args.stage == 2 and before.is_file():
        start = before
    named = VersaSettings(base=str(args.base or ""), checkpoint=str(start or ""))
    files = find_weights(named)
    out = args.out / "renderer" / f"stage{args.stage}"
    train_renderer(_one_folder(args), files.base, files.checkpoint, out, args.stage, settings, progress, cancel)
