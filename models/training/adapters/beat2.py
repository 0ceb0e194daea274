"""Reads a BEAT2 folder (one language): SMPL-X motion of speakers with their recordings, words and marked gestures.

Layout by its public description: `smplxflame_30/ID.npz` (`poses` (T, 165), `trans`, `betas`, 30 fps, Y up),
`wave16k/ID.wav`, `textgrid/ID.TextGrid` (words), `sem/ID.txt` (tab-separated: gesture, start, end, duration, score,
keyword) and `train_test_split.csv` with the columns id and type. An id begins with the speaker's number and name.
"""

import csv
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from core.audio_decode import AudioError, open_audio
from models.training.adapters.body_model import BodyModel, load_body_model
from models.training.adapters.common import (
    AdapterError,
    Caption,
    ClipError,
    DataClip,
    Speech,
    Split,
    read_bytes,
    read_text,
)
from models.training.adapters.parameters import body_capture, read_parameters

_SPLITS: Final[dict[str, Split]] = {"train": "train", "val": "val", "test": "test", "additional": "train"}

_PLAIN: Final = frozenset({"beat", "beat_align", "nogesture", "no_gesture", "habit", "need_cut"})
"""Marks that name no gesture of a meaning."""

_INTERVAL: Final = re.compile(
    r'xmin\s*=\s*([-+\d.eE]+)\s*[\r\n]+\s*xmax\s*=\s*([-+\d.eE]+)\s*[\r\n]+\s*text\s*=\s*"((?:[^"]|"")*)"'
)
_ITEM: Final = re.compile(r"item\s*\[\d+\]\s*:")
_NAME: Final = re.compile(r'name\s*=\s*"([^"]*)"')


def read_words(path: Path) -> tuple[tuple[str, float, float], ...]:
    """Words of a TextGrid in its long form: (word, start, end) in seconds, silence left out.

    Takes the tier whose name begins with "word", or the first one.

    Raises:
        ClipError: not readable.
    """
    raw = read_bytes(path)
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise ClipError(f"{path} is no text in UTF-8 or UTF-16") from None
    tiers = _ITEM.split(text)[1:]
    if not tiers:
        raise ClipError(f"{path} is no TextGrid in the long form")
    named = [tier for tier in tiers if (m := _NAME.search(tier)) and m[1].lower().startswith("word")]
    words = []
    for start, end, word in _INTERVAL.findall((named or tiers)[0]):
        plain = word.replace('""', '"').strip()
        if plain and plain.lower() not in ("sil", "sp", "spn"):
            try:
                words.append((plain, float(start), float(end)))
            except ValueError:
                raise ClipError(f"{path}: the word {plain!r} lasts from {start} to {end}, which are no times") from None
    return tuple(words)


def read_gestures(path: Path) -> tuple[Caption, ...]:
    """Gestures with a meaning that a `sem` file marks: kind (and keyword) with their stretch.

    Raises:
        ClipError: not readable, or a line has another form.
    """
    found = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        try:
            row = next(csv.reader([line], delimiter="\t"), [])
            if not row:
                continue
            kind, start, end = row[0].strip(), float(row[1]), float(row[2])
        except (IndexError, ValueError, csv.Error):
            raise ClipError(f"{path}, line {number}: not gesture, start, end, ... separated by tabs") from None
        if not (math.isfinite(start) and math.isfinite(end)):
            raise ClipError(f"{path}, line {number}: start and end must be seconds")
        if kind.lower() not in _PLAIN and end > start:
            keyword = row[5].strip() if len(row) > 5 else ""
            name = re.sub(r"_[a-z]$", "", kind).replace("_", " ")  # iconic_h, iconic_m, iconic_l: how clear it is
            found.append(Caption(f"{name}: {keyword}" if keyword else name, start, end))
    return tuple(found)


class Beat2Folder:
    """One language of BEAT2."""

    name = "BEAT2"
    licence = "motion and speech CC BY-NC 4.0; not to be used commercially"

    def __init__(self, folder: Path, body_models: Path | None) -> None:
        self._folder, self._models = folder, body_models
        self._model: BodyModel | None = None
        self._table = folder / "train_test_split.csv"
        if not self._table.is_file():
            raise AdapterError(f"{self._table} is missing, so the split is unknown")
        try:
            rows = list(csv.DictReader(read_text(self._table).splitlines()))
            self._splits = {row["id"]: _SPLITS[row["type"]] for row in rows}
        except csv.Error as error:
            raise AdapterError(f"{self._table} is no table in CSV ({error})") from None
        except KeyError as error:
            raise AdapterError(
                f"{self._table}: {error.args[0]!r} is unknown; columns id and type are expected"
            ) from None

    @staticmethod
    def fits(folder: Path) -> bool:
        """Whether a folder looks like this data set."""
        return (folder / "smplxflame_30").is_dir() and (folder / "wave16k").is_dir()

    def recordings(self) -> tuple[str, ...]:
        """Ids of the split whose motion lies there, in order; partial downloads are common."""
        return tuple(name for name in sorted(self._splits) if self._motion(name).is_file())

    def files(self) -> Iterator[Path]:
        """The split, then motion, sound, words and marks of each id."""
        yield self._table
        for name in sorted(self._splits):
            yield from (self._motion(name), self._audio(name), self._words(name), self._marks(name))

    def read(self, recording: str) -> tuple[DataClip, ...]:
        """A recording with its speech, at 20 fps; nothing of one that is shorter than half a second.

        Raises:
            ClipError: a file is missing or not as described.
            AdapterError: the body model is missing.
        """
        path = self._motion(recording)
        audio, words, marks = self._audio(recording), self._words(recording), self._marks(recording)
        given = read_parameters(path, (165,), usual_rate=30.0)
        if self._model is None:
            self._model = load_body_model(self._models, "smplx", given.gender)
        _check_sound(audio)
        speech = Speech(
            audio,
            read_words(words) if words.is_file() else (),
            read_gestures(marks) if marks.is_file() else (),
        )
        joints = self._model.joints(given.poses, given.translation, given.betas)
        actor = "_".join(recording.split("_")[:2])
        capture = body_capture(
            joints, given.rate, path, name=f"beat2/{recording}", source="beat2", actor=actor, rows=len(joints)
        )
        if capture is None:
            return ()
        return (DataClip(capture, speech.gestures, self._splits[recording], speech),)

    def _motion(self, name: str) -> Path:
        return self._folder / "smplxflame_30" / f"{name}.npz"

    def _audio(self, name: str) -> Path:
        return self._folder / "wave16k" / f"{name}.wav"

    def _words(self, name: str) -> Path:
        return self._folder / "textgrid" / f"{name}.TextGrid"

    def _marks(self, name: str) -> Path:
        return self._folder / "sem" / f"{name}.txt"


def _check_sound(path: Path) -> None:
    """Raise `ClipError` for a file that is missing or has no sound at its beginning."""
    if not path.is_file():
        raise ClipError(f"{path} is missing")
    try:
        first = next(open_audio(path).blocks, None)
    except AudioError as error:
        raise ClipError(str(error)) from None
    if first is None:
        raise ClipError(f"{path} holds no sound; fetch it again")
