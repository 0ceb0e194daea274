"""The generator's training table: composed sequences as tokens, with their prompts and their recordings.

Built once from captures and recordings, kept in the training folder.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.atomic import atomic_path
from core.audio import load_audio
from core.cancel import CancelToken, ProgressCallback
from core.constants import FRAMES_PER_TOKEN, MOTION_FPS, NUM_FEATURES
from core.features import encode
from core.speech import SpeechFeatures, speech_features
from models.place_features import range_features
from models.prompts import SPEECH_PROMPT
from models.text_encoder import TextEncoder
from models.tokenizer import MotionTokenizer
from models.training.captions import captions, variants
from models.training.captures import load_captures
from models.training.composer import Composer, Labelled
from models.training.dataset import held_out_by_name
from models.training.loop import Meter

WINDOW = 50
_FRAMES = WINDOW * FRAMES_PER_TOKEN
_SHARE_ALONE, _SHARE_SILENT = 0.18, 0.10


@dataclass(frozen=True)
class PairTable:
    """M composed windows of up to 50 tokens.

    Attributes:
        tokens: (M, 50) int16, -1 where the sequence has ended.
        residual: (M, 50, L) int16 codes of the residual levels, -1 where the sequence has ended.
        labels: (M, 50) int16, row of `prompts` that rules a position, -1 where speech rules.
        place: (M, 50, 4) float16, see `models.place_features`.
        recording: (M,) int32 row of `offsets` of the recording that the window belongs to, -1 for none.
        first_frame: (M,) int32 first frame of the window in its recording.
        speech: (F, 46) float16 speech features of all recordings behind each other.
        offsets: (R + 1,) int64 where each recording begins in `speech`.
        prompts: (content, style, mirrored) of each label.
    """

    tokens: NDArray[np.int16]
    residual: NDArray[np.int16]
    labels: NDArray[np.int16]
    place: NDArray[np.float16]
    recording: NDArray[np.int32]
    first_frame: NDArray[np.int32]
    speech: NDArray[np.float16]
    offsets: NDArray[np.int64]
    prompts: tuple[tuple[str, str, bool], ...]

    def audio_windows(
        self, rows: NDArray[np.int64], random: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """(B, 200, 46) speech features and (B,) whether there are any.

        Windows without a recording borrow a random one.
        """
        result = np.zeros((len(rows), _FRAMES, self.speech.shape[1]), dtype=np.float32)
        for position, row in enumerate(rows):
            recording, first = int(self.recording[row]), int(self.first_frame[row])
            if recording < 0:
                recording = int(random.integers(len(self.offsets) - 1))
                first = int(random.integers(max(self.offsets[recording + 1] - self.offsets[recording] - _FRAMES, 1)))
            start, stop = self.offsets[recording] + first, self.offsets[recording + 1]
            part = self.speech[start : min(start + _FRAMES, stop)]
            result[position, : len(part)] = part
            result[position, len(part) :] = part[-1] if len(part) else 0
        return result, np.ones(len(rows), dtype=bool)


def load_recordings(folder: Path, progress: ProgressCallback, cancel: CancelToken) -> list[SpeechFeatures]:
    """Speech features of every recording below a folder, in order of their names."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".flac", ".wav", ".mp3", ".ogg"})
    meter = Meter("reading speech", 0, len(paths), progress)
    result = []
    for number, path in enumerate(paths):
        cancel.check()
        track = load_audio(path)
        result.append(speech_features(track.samples, track.duration))
        meter.step(number + 1)
    return result


def build_pairs(
    data: Path,
    tokenizer: MotionTokenizer,
    cache: Path,
    count: int,
    seed: int,
    progress: ProgressCallback,
    cancel: CancelToken,
    recordings: str = "speech/librispeech_train",
) -> PairTable:
    """Compose and tokenize `count` windows, or read the table that an earlier run left in `cache`.

    Args:
        data: folder with `motion/` and `speech/`.
        tokenizer: gives the tokens.
        cache: folder of the table.
        count: windows.
        seed: of all chance.
        progress: told after each window.
        cancel: looked at before each window.
        recordings: folder below `data` with the recordings.
    """
    arrays, index = cache / f"pairs_{seed}.npz", cache / f"pairs_{seed}.json"
    if arrays.is_file() and index.is_file():
        with np.load(arrays) as stored:
            prompts = tuple((a, b, bool(c)) for a, b, c in json.loads(index.read_text(encoding="utf-8")))
            return PairTable(**{name: stored[name] for name in stored.files}, prompts=prompts)
    spoken = load_recordings(data / recordings, progress, cancel)
    silence = speech_features(np.zeros(16_000 * 11, dtype=np.float32), 11.0)
    everything = [*spoken, silence]
    table: dict[tuple[str, str, bool], int] = {}
    tokens = np.full((count, WINDOW), -1, dtype=np.int16)
    residual = np.full((count, WINDOW, tokenizer.quantizers - 1), -1, dtype=np.int16)
    labels = np.full((count, WINDOW), -1, dtype=np.int16)
    place = np.zeros((count, WINDOW, 4), dtype=np.float16)
    recording = np.full(count, -1, dtype=np.int32)
    first_frame = np.zeros(count, dtype=np.int32)
    composed = _composed(data / "motion", everything, cache, count, seed, progress, cancel)
    meter = Meter("tokenizing", 0, count, progress)
    for row, made in enumerate(composed):
        cancel.check()
        codes = tokenizer.encode_levels(made.features)[:WINDOW]
        tokens[row, : len(codes)], residual[row, : len(codes)] = codes[:, 0], codes[:, 1:]
        recording[row], first_frame[row] = made.recording, made.first_frame
        _write_labels(made.labels, table, labels[row], place[row])
        meter.step(row + 1)
    speech = np.concatenate([features.matrix() for features in everything]).astype(np.float16)
    offsets = np.concatenate([[0], np.cumsum([len(features) for features in everything])]).astype(np.int64)
    cache.mkdir(parents=True, exist_ok=True)
    result = PairTable(tokens, residual, labels, place, recording, first_frame, speech, offsets, tuple(table))
    with atomic_path(arrays) as temporary:
        np.savez(
            temporary,
            tokens=tokens,
            residual=residual,
            labels=labels,
            place=place,
            recording=recording,
            first_frame=first_frame,
            speech=speech,
            offsets=offsets,
        )
    with atomic_path(index) as temporary:
        temporary.write_text(json.dumps(list(table)), encoding="utf-8")
    return result


@dataclass(frozen=True)
class _Row:
    """A composed window: (T, 263) features of up to `_FRAMES` frames, and what it was made of."""

    features: NDArray[np.floating]
    labels: tuple[Labelled, ...]
    recording: int
    first_frame: int


@dataclass(frozen=True)
class _Worker:
    composer: Composer
    accents: list[NDArray[np.float64]]
    lengths: list[int]
    seed: int


_worker: _Worker | None = None


def _composed(
    motion: Path,
    recordings: list[SpeechFeatures],
    cache: Path,
    count: int,
    seed: int,
    progress: ProgressCallback,
    cancel: CancelToken,
) -> Iterator[_Row]:
    """Yield `count` composed windows, from the file that an earlier call left if there is one.

    Composing takes longest of all and knows nothing of tokens, so another tokenizer starts from the same windows.
    """
    arrays, index = cache / f"composed_{seed}.npy", cache / f"composed_{seed}.json"
    if not (arrays.is_file() and index.is_file()):
        cache.mkdir(parents=True, exist_ok=True)
        accents = [features.accents * MOTION_FPS for features in recordings]
        lengths = [len(features) for features in recordings]
        meter = Meter("composing", 0, count, progress)
        facts = []
        workers = ProcessPoolExecutor(initializer=_start_worker, initargs=(motion, accents, lengths, seed))
        with atomic_path(arrays) as temporary, workers:
            values = np.lib.format.open_memmap(temporary, "w+", np.float16, (count, _FRAMES, NUM_FEATURES))
            # Rows have seeds of their own, so any number of processes gives the same.
            for row, made in enumerate(workers.map(_compose_row, range(count), chunksize=25)):
                cancel.check()
                length = min(len(made.features), _FRAMES)
                values[row, :length] = made.features[:length]
                facts.append((length, made.recording, made.first_frame, [astuple(label) for label in made.labels]))
                meter.step(row + 1)
            values.flush()
            del values
        with atomic_path(index) as temporary:
            temporary.write_text(json.dumps(facts), encoding="utf-8")
    stored = np.load(arrays, mmap_mode="r")
    for row, fact in enumerate(json.loads(index.read_text(encoding="utf-8"))):
        length, recording, first_frame, labels = fact
        yield _Row(stored[row, :length], tuple(Labelled(*label) for label in labels), recording, first_frame)


def _start_worker(motion: Path, accents: list[NDArray[np.float64]], lengths: list[int], seed: int) -> None:
    global _worker  # one a process, set once when it starts
    clips = (
        clip
        for clip in load_captures(motion, mirrored=False)
        if not held_out_by_name(clip.name, clip.source, clip.content)
    )
    _worker = _Worker(Composer(clips), accents, lengths, seed)


def _compose_row(row: int) -> _Row:
    assert _worker is not None
    random = np.random.default_rng((_worker.seed, row))
    chance = random.random()
    if chance < _SHARE_ALONE:
        made = _worker.composer.action_alone(_FRAMES + 1, random)
        return _Row(encode(made.joints), made.labels, -1, 0)
    silence = len(_worker.lengths) - 1
    number = silence if chance < _SHARE_ALONE + _SHARE_SILENT else int(random.integers(silence))
    first = int(random.integers(max(_worker.lengths[number] - _FRAMES, 1)))
    accents = _worker.accents[number] - first
    made = _worker.composer.compose(_FRAMES + 1, accents[(accents > 4) & (accents < _FRAMES)], random)
    return _Row(encode(made.joints), made.labels, number, first)


def _write_labels(
    prompts: tuple[Labelled, ...],
    table: dict[tuple[str, str, bool], int],
    labels: NDArray[np.int16],
    place: NDArray[np.float16],
) -> None:
    for label in prompts:
        features = range_features(label.start / FRAMES_PER_TOKEN, label.end / FRAMES_PER_TOKEN, WINDOW)
        inside = features[:, 0] > 0
        labels[inside] = table.setdefault((label.content, label.style, label.mirrored), len(table))
        place[inside] = features[inside]


class CaptionVectors:
    """Sentence vectors of every wording of every prompt label, ready to be drawn.

    Attributes:
        vectors: (K, width) float32; row 0 is the fixed speech prompt.
    """

    def __init__(
        self, prompts: tuple[tuple[str, str, bool], ...], encoder: TextEncoder, cache: Path, seed: int
    ) -> None:
        texts: dict[str, int] = {SPEECH_PROMPT: 0}
        self._rows: list[NDArray[np.int64]] = []
        for content, style, mirrored in prompts:
            rows = []
            for caption in captions(content, style, mirrored):
                for text in variants(caption, np.random.default_rng((seed, len(texts)))):
                    rows.append(texts.setdefault(text, len(texts)))
            self._rows.append(np.array(rows))
        names, path = list(texts), cache / "captions.npz"
        if path.is_file():
            with np.load(path) as stored:
                if list(stored["texts"]) == names:
                    self.vectors = stored["vectors"]
                    return
        self.vectors = encoder.encode(names)
        cache.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            np.savez(temporary, texts=np.array(names), vectors=self.vectors)

    def draw(self, labels: NDArray[np.int16], random: np.random.Generator) -> NDArray[np.float32]:
        """(B, N, width): each prompted stretch gets one random wording, the rest the speech prompt."""
        rows = np.zeros(labels.shape, dtype=np.int64)
        for sample in range(len(labels)):
            for label in np.unique(labels[sample]):
                if label >= 0:
                    wordings = self._rows[label]
                    rows[sample, labels[sample] == label] = wordings[int(random.integers(len(wordings)))]
        return self.vectors[rows]


def as_tensors(table: PairTable, rows: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens (B, N) int64 with 0 for padding, and (B, N) bool where they are real."""
    tokens = torch.from_numpy(table.tokens[rows].astype(np.int64))
    valid = tokens >= 0
    return tokens.clamp_min(0), valid
