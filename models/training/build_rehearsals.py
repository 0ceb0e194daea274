"""Builds the rehearsals: many tries of every action that kinematics can judge, of which the best are kept.

`versa train rehearsals`. First it is measured how often a first try does each action, in all known wordings; where that
is seldom, prompts will begin from a rehearsal. The tries are the program's own, further ones included, over recordings
that are not held out, in ranges of several lengths, without a manner and in every manner in which the captures show the
action. Where too few of a length are done at all, as where the captures show an action in more time only, a search
betters them: from the best ones so far, and longer ones of it played faster, stretches are made anew, and what does the
action better stays. Finished parts are kept in the output folder, so a run that stopped goes on; the same seed and
weights give the same rehearsals in any number of processes.
"""

import json
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from core.atomic import write_text_atomic
from core.cancel import CancelToken, ProgressCallback
from core.constants import MOTION_FPS
from core.speech import SpeechFeatures, first_frames
from models.checkpoint import WEIGHTS_NAME
from models.known_prompts import judged_actions, judged_wordings, known_wordings
from models.motion_pipeline import MotionPipeline
from models.obedience import DONE, HURRIED, SURE
from models.rehearsals import KIND, Rehearsal, save_rehearsals
from models.text_encoder import MiniLMEncoder, file_sha256
from models.tokenizer import MotionTokenizer
from models.training.captions import action_of, manners_of
from models.training.captures import Capture, load_captures
from models.training.dataset import held_out_by_name
from models.training.loop import Meter
from models.training.pairs import find_recordings, load_recordings
from models.training.rehearser import SPOKEN, Asked, Rehearser, Try, best

PART_NAME: Final = "parts.json"
"""Keeps what is finished, until all is."""


@dataclass(frozen=True)
class RehearsalSettings:
    """Settings of a run.

    Attributes:
        lengths: of the ranges without a manner, in seconds.
        tries: of each length.
        keep: of them.
        manner_lengths, manner_tries, manner_keep: the same in each manner.
        generations: of the search where fewer than `keep` of a length are done.
        first_tries: of each action.
        first_length: of their ranges, in seconds.
        recordings: of `speech/librispeech_train` over which the tries are made.
        seed: of everything random.
        processes: that work at once; 0 for one a core.
    """

    lengths: tuple[float, ...] = (1.2, 2.0, 2.8, 3.6, 5.0, 1.0, 0.8)
    tries: int = 12
    keep: int = 5
    manner_lengths: tuple[float, ...] = (2.2, 3.6)
    manner_tries: int = 6
    manner_keep: int = 2
    generations: int = 12
    first_tries: int = 24
    first_length: float = 3.6
    recordings: int = 8
    seed: int = 0
    processes: int = 0


@dataclass(frozen=True)
class _Part:
    """An action in a manner, "" for none; `number` decides its chance."""

    number: int
    plain: str
    manner: str

    @property
    def key(self) -> str:
        return f"{self.plain}|{self.manner}"


_worker: tuple[Rehearser, RehearsalSettings] | None = None


def known_manners(clips: Iterable[Capture]) -> dict[str, tuple[str, ...]]:
    """In which manners the clips show each judged action: its plainest wording to the manners' words."""
    wordings = known_wordings()
    found: dict[str, set[str]] = {plain: set() for plain in judged_actions()}
    for clip in clips:
        if held_out_by_name(clip.name, clip.source, clip.content):
            continue
        manners = [manner for manner in manners_of(clip.style) if manner]
        for mirrored in (False, True):
            action = action_of(clip.content, mirrored)
            side = action.side if action.side in ("left", "right") else "one"
            plains = {wordings.get(phrase.format(s=side), "") for phrase in action.phrases}
            for plain in plains & set(found):
                found[plain] |= set(manners[:1])
    return {plain: tuple(sorted(manners)) for plain, manners in found.items()}


def build_rehearsals(
    data: Path,
    weights: Path,
    settings: RehearsalSettings,
    progress: ProgressCallback,
    cancel: CancelToken,
    root: Path | None = None,
) -> int:
    """Make tries with the weights in a folder and write those that are kept to `rehearsals/`.

    Args:
        data: folder with `motion/` and `speech/librispeech_train/`.
        weights: folder with `tokenizer/`, `generator/` and, where there is one, `residual/`.
        settings: of the run.
        progress: told after each part.
        cancel: looked at before each part.
        root: where `rehearsals/` shall be, beside the weights by default.

    Returns:
        how many were kept.

    Raises:
        ValueError: there are no recordings that are long enough, or nothing was done well.
        CaptureError: captures are missing.
        Cancelled: stopped; finished parts are kept.
    """
    out = (root or weights) / KIND
    stamp = file_sha256(weights / "tokenizer" / WEIGHTS_NAME)
    facts: dict[str, object] = {
        "tokenizer": stamp,
        "generator": file_sha256(weights / "generator" / WEIGHTS_NAME),
        "settings": {name: value for name, value in asdict(settings).items() if name != "processes"},
    }
    manners = known_manners(load_captures(data / "motion", mirrored=False))
    wanted = [(plain, manner) for plain in sorted(manners) for manner in ("", *manners[plain])]
    parts = [_Part(number, plain, manner) for number, (plain, manner) in enumerate(wanted)]
    actions = [_Part(number, plain, "") for number, plain in enumerate(sorted(manners))]
    out.mkdir(parents=True, exist_ok=True)
    first, kept = _finished(out / PART_NAME, facts)
    total = len(actions) + len(parts)
    meter = Meter("rehearsing", len(first) + len(kept), total, progress)
    if len(first) + len(kept) < total:
        speech = list(load_recordings(_recordings(data, settings.recordings), progress, cancel))
        speech = [features for features in speech if len(features) >= SPOKEN * MOTION_FPS]
        if not speech:
            raise ValueError(f"{data / 'speech'} holds no recording of {SPOKEN:.0f} s or more; rehearsals need some")
        workers = ProcessPoolExecutor(
            settings.processes or os.cpu_count() or 1,
            initializer=_start_worker,
            initargs=(weights, speech, settings),
        )
        with workers:
            for work, asked, done in ((_first_tries, actions, first), (_rehearse, parts, kept)):
                todo = [part for part in asked if part.key not in done]
                for part, result in zip(todo, workers.map(work, todo), strict=True):
                    if cancel.cancelled:
                        workers.shutdown(wait=False, cancel_futures=True)
                    cancel.check()
                    done[part.key] = result
                    write_text_atomic(out / PART_NAME, json.dumps({"facts": facts, "first": first, "kept": kept}))
                    meter.step(len(first) + len(kept))
    every = [
        Rehearsal(part.plain, part.manner, score, np.array(tokens, dtype=np.int64))
        for part in parts
        for score, tokens in kept[part.key]
    ]
    if not every:
        raise ValueError(f"no try of any action was done; train the weights in {weights} further")
    names = sorted({entry.manner for entry in every if entry.manner})
    vectors = dict(zip(names, MiniLMEncoder().encode(names), strict=True))
    save_rehearsals(out, every, vectors, {part.plain: first[part.key] for part in actions}, facts)
    (out / PART_NAME).unlink(missing_ok=True)
    return len(every)


def _finished(path: Path, facts: dict[str, object]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `_first_tries` and `_rehearse` gave an earlier run with the same weights and settings, by the part's key."""
    stored = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if stored.get("facts") != json.loads(json.dumps(facts)):
        return {}, {}
    return stored["first"], stored["kept"]


def _recordings(data: Path, count: int) -> Sequence[Path]:
    """`count` recordings from all over the folder."""
    found = find_recordings(data / "speech" / "librispeech_train")
    return [found[place] for place in np.linspace(0, len(found) - 1, min(2 * count, len(found))).astype(int)]


def _start_worker(weights: Path, speech: list[SpeechFeatures], settings: RehearsalSettings) -> None:
    global _worker  # one a process, set once when it starts
    torch.set_num_threads(1)
    pipeline = MotionPipeline.from_pretrained(weights, rehearsed=False)
    tokenizer = MotionTokenizer.from_pretrained(weights / "tokenizer")
    speech = [first_frames(features, round(SPOKEN * MOTION_FPS)) for features in speech[: settings.recordings]]
    _worker = Rehearser(pipeline, tokenizer, speech, settings.seed), settings


def _first_tries(part: _Part) -> float:
    """Share of first tries that do an action clearly, in all known wordings by turns."""
    assert _worker is not None
    rehearser, settings = _worker
    wordings, clear = judged_wordings(part.plain), 0
    for number in range(settings.first_tries):
        text, judges = wordings[number * len(wordings) // settings.first_tries]
        seed = int(np.random.default_rng((settings.seed, part.number, number, 1)).integers(2**31))
        [made] = rehearser.tried(Asked(text, judges, settings.first_length, number), [seed], again=False)
        clear += made.score >= SURE
    return round(clear / settings.first_tries, 3)


def _rehearse(part: _Part) -> list[tuple[float, list[int]]]:
    """The kept tries of an action in a manner: scores and tokens."""
    assert _worker is not None
    rehearser, settings = _worker
    text, judges = f"{part.plain} {part.manner}".strip(), judged_actions()[part.plain]
    lengths, tries, keep = settings.lengths, settings.tries, settings.keep
    if part.manner:
        lengths, tries, keep = settings.manner_lengths, settings.manner_tries, settings.manner_keep
    made: list[list[Try]] = []
    for place, length in enumerate(lengths):
        chance = np.random.default_rng((settings.seed, part.number, place))
        seeds = [int(seed) for seed in chance.integers(2**31, size=tries)]
        asked = Asked(text, judges, length, part.number + place)
        # In a hurry tries hardly ever do: there the search begins from longer ones.
        made.append(best(rehearser.tried(asked, seeds, again=not _hurried(asked)), keep))
    if not part.manner:
        for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
            if len(_done(made[place])) < keep:
                made[place] = rehearser.bettered(
                    Asked(text, judges, lengths[place], part.number + place),
                    made[place],
                    [one for row in made for one in _done(row) if one.asked.length > lengths[place]],
                    np.random.default_rng((settings.seed, part.number, place, 2)),
                    generations=settings.generations,
                    tries=tries,
                    keep=keep,
                )
    return [(one.score, one.tokens[one.asked.inside].tolist()) for row in made for one in _done(row)]


def _done(tries: Iterable[Try]) -> list[Try]:
    """Those that are done; in a hurry the limit itself is enough, as waves that swing just often enough."""
    return [one for one in tries if one.score >= (1.0 if _hurried(one.asked) else DONE)]


def _hurried(asked: Asked) -> bool:
    return asked.inside.stop - asked.inside.start < HURRIED
