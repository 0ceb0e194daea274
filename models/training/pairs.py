"""The generator's training table from captures: composed sequences as tokens, with their prompts and recordings.

Built once, kept in the training folder. What other data sets bring is made by `models.training.given_pairs`.
"""

import json
import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import distributed

from core.atomic import atomic_path
from core.audio import load_audio
from core.cancel import CancelToken, ProgressCallback
from core.constants import FRAMES_PER_TOKEN, MOTION_FPS, NUM_FEATURES
from core.features import encode
from core.speech import SpeechFeatures, speech_features
from models.audio_encoder import LOG_MEL, AudioEncoder
from models.place_features import range_features
from models.tokenizer import MotionTokenizer
from models.training.captures import load_captures
from models.training.composer import Composer, Labelled
from models.training.dataset import held_out_by_name
from models.training.loop import Meter
from models.training.pair_table import WINDOW, WINDOW_FRAMES, PairTable

_SHARE_ALONE, _SHARE_SILENT = 0.18, 0.10


def find_recordings(folder: Path) -> list[Path]:
    """Every recording below a folder, in order of their names."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".flac", ".wav", ".mp3", ".ogg"})


def load_recordings(paths: Sequence[Path], progress: ProgressCallback, cancel: CancelToken) -> Iterator[SpeechFeatures]:
    """Speech features of recordings, one by one, with the sound that they were made of."""
    meter = Meter("reading speech", 0, len(paths), progress)
    for number, path in enumerate(paths):
        cancel.check()
        track = load_audio(path)
        yield speech_features(track.samples, track.duration)
        meter.step(number + 1)


def silence() -> SpeechFeatures:
    """Eleven seconds without a sound, which every table of composed windows has behind its recordings."""
    return speech_features(np.zeros(16_000 * 11, dtype=np.float32), 11.0)


def hear(
    spoken: Iterable[SpeechFeatures], encoder: AudioEncoder, path: Path
) -> tuple[NDArray[np.float16], NDArray[np.int64]]:
    """What an encoder gives of recordings, behind each other (F, A), and where each begins (R + 1,); kept in `path`."""
    if path.is_file():
        with np.load(path) as stored:
            if stored["speech"].shape[1] == encoder.width:
                return stored["speech"], stored["offsets"]
    parts = [encoder.encode(features).astype(np.float16) for features in spoken]
    offsets = np.cumsum([0, *map(len, parts)]).astype(np.int64)
    speech = np.concatenate([np.zeros((0, encoder.width), dtype=np.float16), *parts])
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary:
        np.savez(temporary, speech=speech, offsets=offsets)
    return speech, offsets


def build_pairs(
    data: Path,
    tokenizer: MotionTokenizer,
    cache: Path,
    count: int,
    seed: int,
    progress: ProgressCallback,
    cancel: CancelToken,
    recordings: str = "speech/librispeech_train",
    audio: AudioEncoder | None = None,
    composed: Path | None = None,
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
        audio: what hears the recordings; log-mel by default.
        composed: folder of the composed windows, which know nothing of tokens; `cache` by default.
    """
    table = _build(data, tokenizer, cache, count, seed, progress, cancel, recordings, composed or cache)
    if audio is None or audio.name == LOG_MEL:
        return table
    spoken = load_recordings(find_recordings(data / recordings), progress, cancel)
    speech, offsets = hear(chain(spoken, [silence()]), audio, cache / f"heard_{seed}_{audio.name}.npz")
    if not np.array_equal(offsets, table.offsets):
        raise ValueError(
            f"the recordings in {data / recordings} are not those that the windows in {cache} were made with; remove "
            "that folder, or choose another --out"
        )
    return replace(table, speech=speech)


def _build(
    data: Path,
    tokenizer: MotionTokenizer,
    cache: Path,
    count: int,
    seed: int,
    progress: ProgressCallback,
    cancel: CancelToken,
    recordings: str,
    windows: Path,
) -> PairTable:
    """The table with log-mel features."""
    arrays, index = cache / f"pairs_{seed}.npz", cache / f"pairs_{seed}.json"
    if arrays.is_file() and index.is_file():
        with np.load(arrays) as stored:
            prompts = tuple((a, b, bool(c)) for a, b, c in json.loads(index.read_text(encoding="utf-8")))
            return PairTable(**{name: stored[name] for name in stored.files}, prompts=prompts)
    spoken = chain(load_recordings(find_recordings(data / recordings), progress, cancel), [silence()])
    everything = [replace(features, samples=None) for features in spoken]
    table: dict[tuple[str, str, bool], int] = {}
    tokens = np.full((count, WINDOW), -1, dtype=np.int16)
    residual = np.full((count, WINDOW, tokenizer.quantizers - 1), -1, dtype=np.int16)
    labels = np.full((count, WINDOW), -1, dtype=np.int16)
    place = np.zeros((count, WINDOW, 4), dtype=np.float16)
    recording = np.full(count, -1, dtype=np.int32)
    first_frame = np.zeros(count, dtype=np.int32)
    composed = _composed(data / "motion", everything, windows, count, seed, progress, cancel)
    meter = Meter("tokenizing", 0, count, progress)
    for row, made in enumerate(composed):
        cancel.check()
        codes = tokenizer.encode_levels(made.features)[:WINDOW]
        tokens[row, : len(codes)], residual[row, : len(codes)] = codes[:, 0], codes[:, 1:]
        recording[row], first_frame[row] = made.recording, made.first_frame
        for label in made.labels:
            number = table.setdefault((label.content, label.style, label.mirrored), len(table))
            write_label(label.start, label.end, number, labels[row], place[row])
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
    """A composed window: (T, 263) features of up to `WINDOW_FRAMES` frames, and what it was made of."""

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
        # Threads that speak with other processes do not survive a fork.
        way = multiprocessing.get_context("spawn" if distributed.is_initialized() else None)
        workers = ProcessPoolExecutor(
            mp_context=way, initializer=_start_worker, initargs=(motion, accents, lengths, seed)
        )
        with atomic_path(arrays) as temporary, workers:
            values = np.lib.format.open_memmap(temporary, "w+", np.float16, (count, WINDOW_FRAMES, NUM_FEATURES))
            # Rows have seeds of their own, so any number of processes gives the same.
            for row, made in enumerate(workers.map(_compose_row, range(count), chunksize=25)):
                cancel.check()
                length = min(len(made.features), WINDOW_FRAMES)
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
        made = _worker.composer.action_alone(WINDOW_FRAMES + 1, random)
        return _Row(encode(made.joints), made.labels, -1, 0)
    silence = len(_worker.lengths) - 1
    number = silence if chance < _SHARE_ALONE + _SHARE_SILENT else int(random.integers(silence))
    first = int(random.integers(max(_worker.lengths[number] - WINDOW_FRAMES, 1)))
    accents = _worker.accents[number] - first
    made = _worker.composer.compose(WINDOW_FRAMES + 1, accents[(accents > 4) & (accents < WINDOW_FRAMES)], random)
    return _Row(encode(made.joints), made.labels, number, first)


def write_label(
    start: float, end: float, number: int, labels: NDArray[np.signedinteger], place: NDArray[np.float16]
) -> None:
    """Let a label rule frames start..end of a window: its (50,) labels and (50, 4) place features are changed."""
    features = range_features(start / FRAMES_PER_TOKEN, end / FRAMES_PER_TOKEN, WINDOW)
    inside = features[:, 0] > 0
    labels[inside] = number
    place[inside] = features[inside]
