"""One evaluation from beginning to end: real motion, weights, their ablations and imported results in one table.

Generated clips are kept in a cache under a hash of weights, code and wish, so a run that was stopped goes on and a
second system costs only its own clips.
"""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.audio import load_audio
from core.cache import Cache
from core.cancel import CancelToken, ProgressCallback
from core.constants import MOTION_FPS, SPEECH_RATE
from core.features import recover_joints
from core.speech import SpeechFeatures, speech_features
from models.checkpoint import bundled_weights, read_config
from models.evaluation import text_metrics
from models.evaluation.evaluator import MotionEvaluator
from models.evaluation.gestures import beat_alignment, gesture_diversity
from models.evaluation.imported import ImportedSystem
from models.evaluation.metrics import Score
from models.evaluation.nearest import TrainingStretches
from models.evaluation.physics import physics_scores
from models.evaluation.prompts import LENGTH, judge, load_paraphrases, prompt_scores, prompt_wishes
from models.evaluation.reference import Reference
from models.evaluation.report import Column, Report
from models.evaluation.systems import VARIANTS, GeneratedSystem, Joints, Wish, find_variant
from models.training.dataset import FeatureTable, build_table
from models.training.loop import Meter
from resources import SAMPLE

_LONGEST: Final = 12.0
"""Seconds of a recording that are used."""

_SUFFIXES: Final = frozenset({".flac", ".wav", ".mp3", ".ogg"})


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Attributes:
        repeats: of the text-to-motion metrics.
        pools: of 32 clips a repeat, at most.
        variety_texts, variety_generations, variety_pairs: of MultiModality.
        recordings, speech_seeds: motions from speech alone.
        prompt_seeds: motions a paraphrase.
    """

    repeats: int = 20
    pools: int = 4
    variety_texts: int = 20
    variety_generations: int = 20
    variety_pairs: int = 10
    recordings: int = 20
    speech_seeds: int = 3
    prompt_seeds: int = 20


QUICK: Final = Size(2, 2, 6, 6, 6, 5, 1, 3)
"""About a fifteenth of the whole, for a look."""


@dataclass(frozen=True)
class Options:
    """What to evaluate.

    Attributes:
        weights: weights folders, each with `tokenizer/` and `generator/`; None stands for the bundled ones.
        results: folders of imported results.
        data: folder with `motion/` and `speech/`; without it only what needs no captures is measured.
        evaluator: folder of the evaluator's weights, the bundled one by default.
        size: how much.
        seed: of captions, pools and pairs.
        cache: folder of kept clips and of the captures' features; None keeps nothing.
        ablations: also columns for the ablations.
    """

    weights: tuple[Path | None, ...] = (None,)
    results: tuple[Path, ...] = ()
    data: Path | None = None
    evaluator: Path | None = None
    size: Size = Size()
    seed: int = 0
    cache: Path | None = None
    ablations: bool = True


def find_recordings(data: Path | None, count: int) -> list[SpeechFeatures]:
    """Features of recordings that training did not hear, always the same ones of those that are long enough.

    Without `speech/` in the data, or without data, the bundled sample recording.
    """
    folder = data / "speech" if data else None
    if folder is not None and (folder / "librispeech_test").is_dir():
        folder = folder / "librispeech_test"
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in _SUFFIXES) if folder and folder.is_dir() else []
    paths = paths or [SAMPLE / "speech.flac"]
    found: list[SpeechFeatures] = []
    for number in np.random.default_rng(0).permutation(len(paths)).tolist():
        track = load_audio(paths[number])
        seconds = min(track.duration, _LONGEST)
        if seconds >= LENGTH:
            found.append(speech_features(track.samples[: round(seconds * SPEECH_RATE)], seconds))
        if len(found) == count:
            break
    return found


def write_list(reference: Reference, seed: int, size: Size, path: Path) -> None:
    """Write what another program must generate to be compared: texts and lengths of each repeat, as JSON."""
    rounds = []
    for repeat in range(size.repeats):
        asked = text_metrics.draw_round(reference, seed, repeat, size.pools)
        clips = [
            {"number": row, "text": text, "frames": int(reference.frames[row])}
            for row, text in zip(asked.rows, asked.texts, strict=True)
        ]
        rounds.append({"repeat": repeat, "clips": clips})
    path.write_text(json.dumps({"fps": MOTION_FPS, "rounds": rounds}, indent=1) + "\n", encoding="utf-8")


class _Captures:
    """The captures behind the reference: real joints, and stretches of the training clips."""

    def __init__(self, data: Path, cache: Path, reference: Reference, progress: ProgressCallback, cancel: CancelToken):
        self._table: FeatureTable = build_table(data / "motion", cache / "table", progress, cancel)
        self._clips = {clip.name: clip for clip in self._table.clips}
        missing = [name for name in reference.names if name not in self._clips]
        if missing:
            raise ValueError(
                f"{data} does not hold the clip {missing[0]} of the evaluator's held-out list; give the captures that "
                "the evaluator was trained with, or train one on these with `versa train evaluator`"
            )
        self._reference = reference
        self.stretches = TrainingStretches(self._table.rows(c) for c in self._table.subset(held_out=False))

    def real(self, row: int) -> Joints:
        """Joints of a clip of the reference."""
        features = self._table.rows(self._clips[self._reference.names[row]])
        return np.asarray(recover_joints(features[: self._reference.frames[row]]), dtype=np.float32)


class _Run:
    """State of one evaluation; imported results are checked before anything takes long."""

    def __init__(
        self, options: Options, imported: Sequence[ImportedSystem], progress: ProgressCallback, cancel: CancelToken
    ) -> None:
        self.options, self.progress, self.cancel = options, progress, cancel
        self.evaluator = MotionEvaluator.from_pretrained(options.evaluator)
        self.reference = Reference.load(options.evaluator)
        self.rounds = [
            text_metrics.draw_round(self.reference, options.seed, repeat, options.size.pools)
            for repeat in range(options.size.repeats)
        ]
        for system in imported:
            asked = [part.rows for part in self.rounds]
            system.check(self.reference, asked, self.evaluator.config.shortest, progress, cancel)
        self.recordings = find_recordings(options.data, options.size.recordings)
        self.paraphrases = load_paraphrases()
        self.captures = None
        if options.data is not None:
            with tempfile.TemporaryDirectory() as passing:
                cache = options.cache or Path(passing)
                self.captures = _Captures(options.data, cache, self.reference, progress, cancel)
        self.real_nearest = 0.0

    def random(self, repeat: int) -> np.random.Generator:
        return np.random.default_rng((self.options.seed, repeat, 5))

    def real(self) -> Column:
        """Held-out real motion, the upper bound."""
        figures = [
            text_metrics.round_figures(
                self.evaluator, self.reference, asked, self.reference.embeddings[list(asked.rows)], self.random(repeat)
            )
            for repeat, asked in enumerate(self.rounds)
        ]
        column = Column("real, held out", text_metrics.collect(figures))
        if self.captures is None:
            column.note = "no --data, so nothing that needs joints of real motion"
            return column
        motions = [self.captures.real(row) for row in self.rounds[0].rows]
        column.scores |= _named("text", physics_scores(motions))
        column.scores["nearest"] = Score.of(self.captures.stretches.distances(motions))
        column.scores["nearest_ratio"] = Score(1.0, 0.0, column.scores["nearest"].repeats)
        self.real_nearest = column.scores["nearest"].mean
        return column

    def _text(self, column: Column, rounds: Sequence[Sequence[Joints]]) -> None:
        figures = [
            text_metrics.round_figures(
                self.evaluator, self.reference, asked, self.evaluator.embed_joints(motions), self.random(repeat)
            )
            for repeat, (asked, motions) in enumerate(zip(self.rounds, rounds, strict=False))
        ]
        column.scores |= text_metrics.collect(figures)
        column.scores |= _named("text", physics_scores(rounds[0]))
        found = self.captures.stretches.distances(rounds[0]) if self.captures is not None else []
        if found:  # there are none where all motions are shorter than a stretch
            nearest = Score.of(found)
            column.scores["nearest"] = nearest
            column.scores["nearest_ratio"] = Score(nearest.mean / self.real_nearest, 0.0, nearest.repeats)

    def generated(self, system: GeneratedSystem) -> Column:
        """A weights folder of ours, in all parts."""
        column, size = Column(system.name), self.options.size
        wishes = [text_metrics.round_wishes(self.reference, a, r) for r, a in enumerate(self.rounds)]
        flat = self._make(system, "text to motion", [wish for part in wishes for wish in part])
        starts = np.cumsum([0, *map(len, wishes)])
        self._text(column, [flat[a:b] for a, b in pairwise(starts)])
        variety = text_metrics.variety_wishes(
            self.reference, self.options.seed, size.variety_texts, size.variety_generations
        )
        column.scores["multimodality"] = text_metrics.variety_score(
            self.evaluator.embed_joints(self._make(system, "many of one text", variety)),
            size.variety_generations,
            size.variety_pairs,
            size.repeats,
            self.options.seed,
        )
        self._speech(column, system)
        found = judge(
            self.paraphrases,
            self._make(
                system,
                "unseen prompts",
                prompt_wishes(self.paraphrases, size.prompt_seeds, len(self.recordings)),
            ),
        )
        column.prompts = tuple(found)
        column.scores |= prompt_scores(self.paraphrases, found)
        return column

    def _speech(self, column: Column, system: GeneratedSystem) -> None:
        pairs = [(row, seed) for row in range(len(self.recordings)) for seed in range(self.options.size.speech_seeds)]
        wishes = [Wish(len(self.recordings[row]), 500 + seed, (), row) for row, seed in pairs]
        motions = self._make(system, "speech", wishes)
        column.scores |= _named("speech", physics_scores(motions))
        accents = [recording.accents for recording in self.recordings]
        durations = [len(recording) / recording.fps for recording in self.recordings]
        column.scores |= beat_alignment(motions, [row for row, _ in pairs], accents, durations)
        column.scores["gesture_diversity"] = gesture_diversity(motions, self.random(0))

    def _make(self, system: GeneratedSystem, part: str, wishes: Sequence[Wish]) -> list[Joints]:
        meter = Meter(f"{system.name}: {part}", 0, len(wishes), self.progress)
        return system.make(wishes, self.recordings, meter, self.cancel)

    def imported(self, system: ImportedSystem) -> Column:
        """Results of another program, which answer the list of texts only."""
        column = Column(system.name, note="imported; answers the list of texts only")
        repeats = min(system.repeats, len(self.rounds))
        rounds = []
        for repeat in range(repeats):
            self.cancel.check()
            rows = self.rounds[repeat].rows
            rounds.append(system.motions(self.reference, rows, repeat, self.evaluator.config.shortest))
        self._text(column, rounds)
        if repeats < len(self.rounds):
            column.note += f"; {repeats} of {len(self.rounds)} repeats are there"
        return column


def _named(part: str, scores: dict[str, Score]) -> dict[str, Score]:
    return {f"{part}_{name}": score for name, score in scores.items()}


def evaluate_motion(options: Options, progress: ProgressCallback, cancel: CancelToken) -> Report:
    """Evaluate everything that the options name.

    Args:
        options: what and how much.
        progress: told after each clip, with the time left of the part.
        cancel: looked at before each clip.

    Raises:
        CheckpointError: weights or the evaluator are missing or damaged.
        ResultsError: imported results are not as expected.
        CaptureError: the capture folder is not complete.
        Cancelled: stopped; finished clips are kept in the cache.
    """
    # What can be found wrong is found before the long work.
    imported = [ImportedSystem(folder) for folder in options.results]
    for folder in options.weights:
        if folder is not None:
            read_config(folder / "generator")
    run = _Run(options, imported, progress, cancel)
    cache = Cache(options.cache) if options.cache else None
    columns = [run.real()]
    for folder in options.weights:
        name = "bundled" if folder is None else folder.name or str(folder)
        columns.append(run.generated(GeneratedSystem(name, folder, cache)))
    if options.ablations:
        base = next((folder for folder in options.weights if folder is not None), bundled_weights("tokenizer").parent)
        for variant in VARIANTS:
            place = find_variant(variant, base)
            if place is None:
                columns.append(Column(variant.title, note=f"no weights; {variant.advice}"))
            else:
                columns.append(run.generated(GeneratedSystem(variant.title, place, cache)))
    columns += [run.imported(system) for system in imported]
    return Report(tuple(columns), _settings(options, run))


def _settings(options: Options, run: _Run) -> dict[str, Any]:
    return {
        "size": asdict(options.size),
        "seed": options.seed,
        "held_out_clips": len(run.reference),
        "clips_of_a_repeat": [len(asked.rows) for asked in run.rounds],
        "recordings": len(run.recordings),
        "paraphrases": len(run.paraphrases),
        "data": options.data is not None,
    }
