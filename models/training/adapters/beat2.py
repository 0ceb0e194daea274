"""Reads a BEAT2 folder (one language): SMPL-X motion of speakers with their recordings, words and marked gestures.

Layout by its public description: `smplxflame_30/ID.npz` (`poses` (T, 165), `trans`, `betas`, 30 fps, Y up),
`wave16k/ID.wav`, `textgrid/ID.TextGrid` (words), `sem/ID.txt` (tab-separated: gesture, start, end, duration, score,
keyword) and `train_test_split.csv` with the columns id and type. An id begins with the speaker's number and name.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from core.constants import MOTION_FPS
from models.training.adapters.amass import read_parameters, text_of
from models.training.adapters.body_model import BodyModel, load_body_model
from models.training.adapters.common import AdapterError, Caption, DataClip, Speech, Split
from models.training.captures import SHORTEST, Capture, resample

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
        AdapterError: not readable.
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise AdapterError(f"{path} is no text in UTF-8 or UTF-16") from None
    tiers = _ITEM.split(text)[1:]
    if not tiers:
        raise AdapterError(f"{path} is no TextGrid in the long form")
    named = [tier for tier in tiers if (m := _NAME.search(tier)) and m[1].lower().startswith("word")]
    words = []
    for start, end, word in _INTERVAL.findall((named or tiers)[0]):
        plain = word.replace('""', '"').strip()
        if plain and plain.lower() not in ("sil", "sp", "spn"):
            words.append((plain, float(start), float(end)))
    return tuple(words)


def read_gestures(path: Path) -> tuple[Caption, ...]:
    """Gestures with a meaning that a `sem` file marks: kind (and keyword) with their stretch.

    Raises:
        AdapterError: a line has another form.
    """
    found = []
    for number, row in enumerate(csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t"), start=1):
        if not row:
            continue
        try:
            kind, start, end = row[0].strip(), float(row[1]), float(row[2])
        except (IndexError, ValueError):
            raise AdapterError(f"{path}, line {number}: not gesture, start, end, ... separated by tabs") from None
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
        table = folder / "train_test_split.csv"
        if not table.is_file():
            raise AdapterError(f"{table} is missing, so the split is unknown")
        with table.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        try:
            self._splits = {row["id"]: _SPLITS[row["type"]] for row in rows}
        except KeyError as error:
            raise AdapterError(f"{table}: {error.args[0]!r} is unknown; columns id and type are expected") from None

    @staticmethod
    def fits(folder: Path) -> bool:
        """Whether a folder looks like this data set."""
        return (folder / "smplxflame_30").is_dir() and (folder / "wave16k").is_dir()

    def clips(self) -> Iterator[DataClip]:
        """Every recording of the split with its speech, at 20 fps.

        Raises:
            AdapterError: a file is missing or not as described, or the body model is missing.
        """
        for name in sorted(self._splits):
            path = self._folder / "smplxflame_30" / f"{name}.npz"
            if not path.is_file():
                continue  # partial downloads are common
            audio = self._folder / "wave16k" / f"{name}.wav"
            if not audio.is_file():
                raise AdapterError(f"{audio} is missing")
            values = read_parameters(path, "poses", "trans", "betas")
            poses = values["poses"]
            if poses.ndim != 2 or poses.shape[1] != 165 or len(values["trans"]) != len(poses):
                raise AdapterError(f"{path}: poses must have shape (T, 165), not {poses.shape}")
            if self._model is None:
                self._model = load_body_model(self._models, "smplx", text_of(values.get("gender"), "neutral"))
            joints = self._model.joints(poses, values["trans"], values["betas"])
            rate = float(values.get("mocap_frame_rate", 30.0))
            resampled = resample(joints, rate, MOTION_FPS)
            if len(resampled) < SHORTEST + 1:
                continue
            capture = Capture(
                name=f"beat2/{name}",
                source="beat2",
                actor="_".join(name.split("_")[:2]),
                content="",
                style="",
                joints=resampled.astype(np.float32),
                start=0,
                rows=len(poses),
                has_hands=False,
            )
            words, marks = self._folder / "textgrid" / f"{name}.TextGrid", self._folder / "sem" / f"{name}.txt"
            speech = Speech(
                audio,
                read_words(words) if words.is_file() else (),
                read_gestures(marks) if marks.is_file() else (),
            )
            yield DataClip(capture, speech.gestures, self._splits[name], speech)
