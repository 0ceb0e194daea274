"""Where training data come from: our capture folders and data sets of others, each as a table of features on disk.

A data set of others is read once, clip by clip, so that memory does not grow with it; its captions and recordings are
kept beside the features. What the generator makes of them is in `models.training.given_pairs`.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, Protocol, get_args, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from core.atomic import atomic_path
from core.cancel import CancelToken, Progress, ProgressCallback
from core.constants import NUM_FEATURES
from core.features import mirror
from models.training.adapters import AdapterError, Caption, ClipError, DataClip, Dataset, open_dataset
from models.training.adapters.amass import AmassFolder
from models.training.adapters.beat2 import Beat2Folder
from models.training.adapters.humanml3d import HumanML3DFolder
from models.training.captures import capture_features
from models.training.dataset import ClipInfo, FeatureTable, build_table, joined
from models.training.loop import Meter

Format = Literal["captures", "humanml3d", "amass", "beat2"]

FORMATS: Final[tuple[str, ...]] = ("auto", *get_args(Format))
"""Names that `--format` knows."""

_ALREADY_MIRRORED: Final = frozenset({"humanml3d"})
"""Data sets that bring mirror images of their own."""


@dataclass(frozen=True)
class Source:
    """A folder of training data.

    Attributes:
        folder: its top.
        format: what lies there; "captures" is our own layout with `motion/` and `speech/`.
        body_models: folder of the SMPL-X or SMPL-H body models, for AMASS and BEAT2.
    """

    folder: Path
    format: Format
    body_models: Path | None = None

    @property
    def place(self) -> str:
        """Name of the features that are kept of it, another one for another folder."""
        place = hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()
        return f"{self.format}-{place[:8]}"

    @property
    def key(self) -> str:
        """Name of what is made of its features, another one for a data set of others whose files changed."""
        return self.place if self.format == "captures" else f"{self.place}-{self.content}"

    @cached_property
    def content(self) -> str:
        """Changes with what a data set of others holds: names, sizes, times of change and rights of the files read.

        Looked at once, so what is read later counts as another state, never as this one.
        """
        digest = hashlib.sha256()
        for path in self.open().files():
            try:
                found = path.stat()
            except FileNotFoundError:
                continue
            name = path.relative_to(self.folder).as_posix()
            digest.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\0{found.st_mode}\n".encode(errors="replace"))
        return digest.hexdigest()[:8]

    def open(self) -> Dataset:
        """The reader of a data set of others.

        Raises:
            AdapterError: the folder is not as the data set's description says.
        """
        match self.format:
            case "humanml3d":
                return HumanML3DFolder(self.folder)
            case "amass":
                return AmassFolder(self.folder, self.body_models)
            case "beat2":
                return Beat2Folder(self.folder, self.body_models)
        raise AdapterError(f"{self.folder} is a folder of captures, which no adapter reads")


@dataclass(frozen=True)
class Note:
    """What a data set says about a clip besides its motion.

    Attributes:
        captions: texts with their stretches in seconds; end 0 stands for the whole clip.
        audio: sound file that begins with the clip, "" for none.
    """

    captions: tuple[Caption, ...] = ()
    audio: str = ""


@dataclass(frozen=True)
class NotedTable:
    """The features of a data set and its notes, one a clip in the same order."""

    table: FeatureTable
    notes: tuple[Note, ...]


@runtime_checkable
class _TakesNotes(Protocol):
    """A `ProgressCallback` that also shows sentences, as the command line's does."""

    def __call__(self, progress: Progress) -> None:
        """Take a report of the work."""
        ...

    def note(self, text: str) -> None:
        """Show a sentence that the user should know."""
        ...


def find_sources(folders: Sequence[Path], format: str = "auto", body_models: Path | None = None) -> tuple[Source, ...]:
    """What lies in folders.

    Args:
        folders: tops of data folders.
        format: of all of them, "auto" to look.
        body_models: see `Source`.

    Raises:
        AdapterError: a folder is missing or none of the known formats.
    """
    if format not in FORMATS:
        raise AdapterError(f"there is no data format {format!r}; choose one of {', '.join(FORMATS)}")
    return tuple(_source(folder, format, body_models) for folder in folders)


def _source(folder: Path, format: str, body_models: Path | None) -> Source:
    if not folder.is_dir():
        raise AdapterError(f"{folder} is not a folder; give --data a folder of training data")
    for kind in get_args(Format):
        if format == kind or (format == "auto" and kind == "captures" and (folder / "motion").is_dir()):
            return Source(folder, kind, body_models)
    found = open_dataset(folder, body_models)  # says what is wrong with a folder that is nothing known
    kinds: dict[type, Format] = {HumanML3DFolder: "humanml3d", AmassFolder: "amass", Beat2Folder: "beat2"}
    return Source(folder, kinds[type(found)], body_models)


def build_corpus(
    sources: Sequence[Source], cache: Path, progress: ProgressCallback, cancel: CancelToken
) -> FeatureTable:
    """Features of all sources, read or taken from what an earlier run left in `cache`.

    Raises:
        CaptureError: a folder is not complete, or no source holds a usable clip.
    """
    tables: list[FeatureTable] = []
    own = [source for source in sources if source.format == "captures"]
    for source in sources:
        if source.format == "captures":
            folder = "table" if source is own[0] else f"table-{source.place}"
            tables.append(build_table(source.folder / "motion", cache / folder, progress, cancel))
        else:
            tables.append(build_noted(source, cache, progress, cancel).table)
    return joined(tables)


def build_noted(source: Source, cache: Path, progress: ProgressCallback, cancel: CancelToken) -> NotedTable:
    """Read a data set of others, or what an earlier run left of it in `cache` if its files are the same since.

    Clips come mirrored as well, except where the data set has mirror images of its own; of its split only "train" is
    for training. Clips that cannot be used are left out; how many, and why the first one, is told in a note.

    Raises:
        AdapterError: the folder is not as described, or holds no usable clip of its training part.
    """
    place = cache / f"table-{source.place}"
    arrays, index = place / "features.npy", place / "features.json"
    said = json.loads(index.read_text(encoding="utf-8")) if arrays.is_file() and index.is_file() else None
    if said is not None and said.get("content") != source.content:
        _note(
            progress,
            f"the features in {place} were made of other files than {source.folder} holds now, or by an older version; "
            "it is read anew",
        )
        said = None
    if said is None:
        place.mkdir(parents=True, exist_ok=True)
        _write(source, arrays, index, progress, cancel)
        said = json.loads(index.read_text(encoding="utf-8"))
    clips = tuple(ClipInfo(**entry) for entry in said["clips"])
    notes = tuple(Note(tuple(Caption(*caption) for caption in captions), audio) for captions, audio in said["notes"])
    return NotedTable(FeatureTable(np.load(arrays, mmap_mode="r"), clips), notes)


def _write(source: Source, arrays: Path, index: Path, progress: ProgressCallback, cancel: CancelToken) -> None:
    clips: list[ClipInfo] = []
    notes: list[tuple[list[tuple[str, float, float]], str]] = []
    left_out: list[str] = []
    row = 0
    content, dataset = source.content, source.open()
    recordings = dataset.recordings()
    meter = Meter(f"reading {source.format}", 0, len(recordings), progress)
    with atomic_path(arrays) as temporary:
        rows = temporary.with_name(temporary.name + ".rows")
        try:
            with rows.open("wb") as stream:
                for number, recording in enumerate(recordings):
                    cancel.check()
                    meter.step(number, _counted(len(clips)))
                    for clip, features in _usable(source, dataset, recording, left_out):
                        features.astype(np.float16).tofile(stream)
                        one = clip.capture
                        clips.append(
                            ClipInfo(
                                one.name, one.source, one.actor, one.content, one.style, row, len(features),
                                one.mirrored, clip.split != "train",
                            )
                        )  # fmt: skip
                        audio = "" if clip.speech is None else str(clip.speech.audio)
                        notes.append(([(c.text, c.start, c.end) for c in clip.captions], audio))
                        row += len(features)
            if all(clip.held_out for clip in clips):
                because = f"; {len(left_out)} cannot be used, the first: {left_out[0]}" if left_out else ""
                raise AdapterError(f"{source.folder} holds no usable clip of the training part of its split{because}")
            index.unlink(missing_ok=True)  # written last: with it the table is whole
            with temporary.open("wb") as target, rows.open("rb") as written:
                header = {"descr": "<f2", "fortran_order": False, "shape": (row, NUM_FEATURES)}
                np.lib.format.write_array_header_1_0(target, header)
                shutil.copyfileobj(written, target)
        finally:
            rows.unlink(missing_ok=True)
    with atomic_path(index) as temporary:
        said = {"content": content, "clips": [asdict(clip) for clip in clips], "notes": notes, "left_out": left_out}
        temporary.write_text(json.dumps(said), encoding="utf-8")
    meter.step(len(recordings), _counted(len(clips)) + (f", {len(left_out)} left out" if left_out else ""))
    if left_out:
        _note(
            progress,
            f"left out of {source.folder}: {_counted(len(left_out))} that cannot be used (all named in {index}); "
            f"the first: {left_out[0]}",
        )


def _counted(clips: int) -> str:
    return f"{clips} clip" if clips == 1 else f"{clips} clips"


def _usable(
    source: Source, dataset: Dataset, recording: str, left_out: list[str]
) -> Iterator[tuple[DataClip, NDArray[np.float32]]]:
    """Clips of a recording with their features, each followed by its mirror image where the data set has none.

    Adds to `left_out` why clips cannot be used.
    """
    try:
        read = dataset.read(recording)
    except ClipError as error:
        left_out.append(str(error))
        return
    for clip in read:
        try:
            yield clip, _features(source, clip)
            if source.format not in _ALREADY_MIRRORED:
                mirrored = _mirrored(clip)
                yield mirrored, _features(source, mirrored)
        except ClipError as error:
            left_out.append(str(error))


def _features(source: Source, clip: DataClip) -> NDArray[np.float32]:
    """Features of a clip.

    Raises:
        ClipError: its body has no size, or it moves as no body does.
    """
    name = clip.capture.name
    try:
        features = capture_features(clip.capture)
    except ValueError as error:
        raise ClipError(f"{source.folder}, clip {name}: {error}") from None
    if not np.isfinite(features).all() or np.abs(features[:, :3]).max() > 1.0:
        raise ClipError(f"{source.folder}, clip {name}: it moves or turns by more than a metre or radian in a frame")
    return features


def _mirrored(clip: DataClip) -> DataClip:
    one = clip.capture
    joints = mirror(one.joints.astype(np.float64)).astype(np.float32)
    captions = tuple(replace(caption, text=_swapped(caption.text)) for caption in clip.captions)
    return replace(clip, capture=replace(one, name="M:" + one.name, joints=joints, mirrored=True), captions=captions)


def _note(progress: ProgressCallback, text: str) -> None:
    """Show a sentence where progress is told to something that shows any."""
    if isinstance(progress, _TakesNotes):
        progress.note(text)


def _swapped(text: str) -> str:
    """A text with left and right exchanged."""
    other = {"left": "right", "right": "left", "Left": "Right", "Right": "Left"}
    return re.sub(r"\b([Ll]eft|[Rr]ight)", lambda found: other[found[0]], text)
