"""The generator's training table from data sets of others: their captions and their speech, used as they were given.

Clips with a recording (BEAT2) become windows of real speech and motion, ruled by the speech except where a gesture is
marked; clips with captions (HumanML3D) become windows that their captions rule. Clips with neither (AMASS) teach the
tokenizer only.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.atomic import atomic_path
from core.cancel import CancelToken, ProgressCallback
from core.constants import FRAMES_PER_TOKEN, MOTION_FPS
from models.audio_encoder import AudioEncoder
from models.tokenizer import MotionTokenizer
from models.training.corpus import NotedTable, Source, build_noted
from models.training.dataset import ClipInfo
from models.training.loop import Meter
from models.training.pair_table import WINDOW, WINDOW_FRAMES, PairTable
from models.training.pairs import hear, load_recordings, write_label

_HOP: Final = WINDOW_FRAMES // 2
"""Frames between the windows of a long clip."""

_ARRAYS: Final = ("tokens", "residual", "labels", "place", "recording", "first_frame")


@dataclass(frozen=True)
class _Window:
    """Frames [first, last) of a clip, its recording's file, and (start, end, wordings) of its prompts in frames."""

    clip: ClipInfo
    first: int
    last: int
    audio: str
    prompts: tuple[tuple[float, float, tuple[str, ...]], ...]


def given_pairs(
    source: Source,
    tables: Path,
    tokenizer: MotionTokenizer,
    audio: AudioEncoder,
    cache: Path,
    progress: ProgressCallback,
    cancel: CancelToken,
    *,
    held_out: bool,
) -> PairTable | None:
    """Windows of a data set, tokenized, or what an earlier run with the same tokenizer left in `cache`.

    Args:
        source: the data set.
        tables: folder that keeps its features.
        tokenizer: gives the tokens.
        audio: hears its recordings.
        cache: folder of the table.
        progress: told after each window.
        cancel: looked at before each window.
        held_out: windows of the part that is not for training.

    Returns:
        None where the data set has neither speech nor texts.

    Raises:
        AdapterError: the folder is not as described.
    """
    noted = build_noted(source, tables, progress, cancel)
    windows = list(_windows(noted, held_out))
    if not windows:
        return None
    heard = sorted({window.audio for window in windows if window.audio})
    part = "held_out" if held_out else "train"
    name = f"given-{source.key}-{part}"
    index = cache / f"{name}-{_stamp(tokenizer)}.json"
    if not index.is_file():
        _tokenize(
            noted,
            windows,
            heard,
            tokenizer,
            index,
            Meter(f"tokenizing {source.format}", 0, len(windows), progress),
            cancel,
        )
    texts = tuple(tuple(wordings) for wordings in json.loads(index.read_text(encoding="utf-8")))
    with np.load(index.with_suffix(".npz")) as stored:
        arrays = {array: stored[array] for array in _ARRAYS}
    spoken = load_recordings([Path(path) for path in heard], progress, cancel)
    speech, offsets = hear(spoken, audio, cache / f"{name}-{audio.name}.npz")
    return PairTable(**arrays, speech=speech, offsets=offsets, texts=texts)


def _windows(noted: NotedTable, held_out: bool) -> Iterator[_Window]:
    for clip, note in zip(noted.table.clips, noted.notes, strict=True):
        if clip.held_out != held_out or not (note.audio or note.captions):
            continue
        whole = tuple(caption.text for caption in note.captions if caption.whole)
        stretches: dict[tuple[float, float], list[str]] = {}
        for caption in note.captions:
            if not caption.whole:
                stretches.setdefault((caption.start * MOTION_FPS, caption.end * MOTION_FPS), []).append(caption.text)
        for first in range(0, max(clip.frames - _HOP, 1), _HOP):
            last = min(first + WINDOW_FRAMES, clip.frames)
            if last - first < FRAMES_PER_TOKEN:
                continue
            ruled = [(0.0, float(last - first), whole)] if whole else []
            ruled += [
                (start - first, end - first, tuple(texts))
                for (start, end), texts in sorted(stretches.items())
                if start < last and end > first
            ]
            if note.audio or ruled:
                yield _Window(clip, first, last, note.audio, tuple(ruled))


def _tokenize(
    noted: NotedTable,
    windows: list[_Window],
    heard: list[str],
    tokenizer: MotionTokenizer,
    index: Path,
    meter: Meter,
    cancel: CancelToken,
) -> None:
    count = len(windows)
    tokens = np.full((count, WINDOW), -1, dtype=np.int16)
    residual = np.full((count, WINDOW, tokenizer.quantizers - 1), -1, dtype=np.int16)
    labels = np.full((count, WINDOW), -1, dtype=np.int32)
    place = np.zeros((count, WINDOW, 4), dtype=np.float16)
    recording: NDArray[np.int32] = np.full(count, -1, dtype=np.int32)
    numbers = {path: number for number, path in enumerate(heard)}
    texts: dict[tuple[str, ...], int] = {}
    for row, window in enumerate(windows):
        cancel.check()
        features = noted.table.rows(window.clip)[window.first : window.last]
        codes = tokenizer.encode_levels(features)[:WINDOW]
        tokens[row, : len(codes)], residual[row, : len(codes)] = codes[:, 0], codes[:, 1:]
        recording[row] = numbers.get(window.audio, -1)
        for start, end, wordings in window.prompts:
            write_label(start, end, texts.setdefault(wordings, len(texts)), labels[row], place[row])
        meter.step(row + 1)
    index.parent.mkdir(parents=True, exist_ok=True)
    first_frame = np.array([window.first for window in windows], dtype=np.int32)
    with atomic_path(index.with_suffix(".npz")) as temporary:
        np.savez(
            temporary, tokens=tokens, residual=residual, labels=labels, place=place, recording=recording,
            first_frame=first_frame,
        )  # fmt: skip
    with atomic_path(index) as temporary:  # written last: with it the table is whole
        temporary.write_text(json.dumps(list(texts)), encoding="utf-8")


def _stamp(tokenizer: MotionTokenizer) -> str:
    """Changes with a tokenizer's weights."""
    digest = hashlib.sha256()
    for tensor in tokenizer.state_dict().values():
        digest.update(tensor.numpy().tobytes())
    return digest.hexdigest()[:8]
