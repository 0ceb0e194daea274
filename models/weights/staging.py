"""The folder in which a set of weights is gathered before it is moved to its place whole.

Keeps what was done over interruptions: finished files with their checksums, beginnings of files (`NAME.part`), and the
commit that all of them are of. Where bytes come from is not known here.
"""

import os
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from core.cancel import CancelToken, Progress, ProgressCallback
from models.weights import store
from models.weights.convert import convert_pickle, read_header
from models.weights.entry import WeightEntry, WeightFile, size_text
from models.weights.store import WeightsError

CheckedBy = Literal["program", "hub", "first download", "first import"]
"""Whose checksum a file had: known beforehand, the hub's, or none to compare with, so that it was only recorded."""

SPARE_BYTES: Final = 256 * 2**20
"""So much of the disk is left free."""


@dataclass(frozen=True)
class DoneFile:
    """A finished file.

    Attributes:
        size, sha256: of its content.
        checked_by: see `CheckedBy`.
        converted_from: for a converted file: name and SHA-256 of the pickle, else "".
    """

    size: int
    sha256: str
    checked_by: CheckedBy
    converted_from: str = ""


class Staging:
    """The folder of one entry; to be used while `store.locked` holds.

    Attributes:
        entry: what is gathered.
        folder: where.
        commit: that the files are of, "" while unknown.
        done: finished files by their final names.
        tags: the server's marks of begun files.
    """

    def __init__(self, entry: WeightEntry) -> None:
        self.entry = entry
        self.folder = store.staged_folder(entry.name)
        self._take_over_damaged()
        self.folder.mkdir(parents=True, exist_ok=True)
        found = store.read_record(self.folder, store.PROGRESS_NAME)
        self.commit = str(found.get("commit") or "")
        self.tags: dict[str, str] = dict(found.get("tags") or {})
        self.done: dict[str, DoneFile] = {}
        for name, facts in dict(found.get("done") or {}).items():
            path = self.folder / name
            if path.is_file() and path.stat().st_size == facts["size"]:
                self.done[name] = DoneFile(**facts)

    def save(self) -> None:
        """Remember what is there."""
        facts = {name: asdict(file) for name, file in self.done.items()}
        store.write_record(self.folder, {"commit": self.commit, "tags": self.tags, "done": facts}, store.PROGRESS_NAME)

    def begin(self, commit: str) -> None:
        """Set the commit; files of another one are removed."""
        if self.commit and self.commit != commit:
            self.clear()
        self.commit = commit
        self.save()

    def clear(self) -> None:
        """Remove all that was gathered."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.done, self.tags, self.commit = {}, {}, ""

    def part(self, file: WeightFile) -> Path:
        """Return where an unfinished file grows; its folder is made."""
        path = self.folder / f"{file.name}.part"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def is_done(self, file: WeightFile) -> bool:
        """Whether a file is finished (a pickle also when it still waits for its conversion)."""
        return file.final_name in self.done or file.name in self.done

    def keep_only(self, file: WeightFile, sha256: str | None) -> None:
        """Forget a finished file that has another checksum than the one that is known now."""
        done = self.done.get(file.name)
        if done is not None and sha256 is not None and done.sha256 != sha256:
            self.done.pop(file.name)
            (self.folder / file.name).unlink()
            self.save()

    def missing(self) -> list[str]:
        """Return the names of the files that are still to come."""
        return [file.name for file in self.entry.files if not file.optional and not self.is_done(file)]

    def finish_file(self, file: WeightFile, facts: DoneFile) -> None:
        """Give a whole and checked `part` its name."""
        os.replace(self.part(file), self.folder / file.name)
        self.tags.pop(file.name, None)
        self.done[file.name] = facts
        self.save()

    def need_room(self, more: int) -> None:
        """See that so many bytes more fit on the disk, besides those that conversions take for a while.

        Raises:
            WeightsError: they do not; the sentence says how much is missing.
        """
        turned = sum(file.size or 0 for file in self.entry.files if file.becomes and file.final_name not in self.done)
        needed = more + turned + SPARE_BYTES
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise WeightsError(
                f"{self.entry.title} needs {size_text(needed)} of free disk in {store.models_folder()} and there are "
                f"{size_text(free)}; free some, or set another folder with {store.FOLDER_VARIABLE}"
            )

    def convert(self, report: ProgressCallback, cancel: CancelToken) -> None:
        """Turn the pickles into safetensors and remove them; a refused one is removed too."""
        for file in self.entry.files:
            if not file.becomes or file.name not in self.done:
                continue
            report(Progress("convert", 0, 1, None, file.name))
            source, was = self.folder / file.name, self.done[file.name]
            try:
                new = convert_pickle(source, self.folder / file.becomes, cancel)
            except WeightsError:
                self.done.pop(file.name)
                source.unlink(missing_ok=True)
                self.save()
                raise
            self.done[file.becomes] = DoneFile(new.size, new.sha256, was.checked_by, f"{file.name} {was.sha256}")
            self.done.pop(file.name)
            self.save()
            source.unlink()
            report(Progress("convert", 1, 1, 0.0, file.name))

    def install(self, origin: dict[str, Any]) -> None:
        """Write the record and move the folder to its place, at once; an old one there is replaced."""
        for name in [name for name in self.done if name.endswith(".safetensors")]:
            try:
                read_header(self.folder / name)
            except WeightsError:
                self.done.pop(name)
                (self.folder / name).unlink()
                self.save()
                raise
        for path in sorted(self.folder.rglob("*"), reverse=True):
            if path.name == store.PROGRESS_NAME or path.suffix == ".part":
                path.unlink()
        record = {
            "name": self.entry.name,
            "installed": store.now(),
            "licence": self.entry.licence.name,
            "commit": self.commit,
            **origin,
            "files": {name: asdict(file) for name, file in self.done.items()},
        }
        store.write_record(self.folder, record)
        target = self.entry.folder()
        old = set_aside(target)
        try:
            os.replace(self.folder, target)
        except OSError:
            if old is not None:
                os.replace(old, target)
            raise
        if old is not None and old.parent.name == store.REMOVED:
            shutil.rmtree(old, ignore_errors=True)

    def _take_over_damaged(self) -> None:
        """Let the sound files of a damaged folder count as gathered, so that only the others come anew."""
        record, place = store.read_record(self.entry.folder()), self.entry.folder()
        if not record or self.entry.state() != "damaged" or self.folder.exists():
            return
        bad = set(self.entry.problems())
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        os.replace(place, self.folder)
        for name in bad:
            with suppress(OSError):
                (self.folder / name).unlink()
        kept = {name: facts for name, facts in dict(record.get("files") or {}).items() if name not in bad}
        store.write_record(self.folder, {"commit": record.get("commit"), "tags": {}, "done": kept}, store.PROGRESS_NAME)
        (self.folder / store.RECORD_NAME).unlink()


def set_aside(folder: Path) -> Path | None:
    """Move a folder out of the way and return where it is now, or None if there is none.

    Ours go into the folder of removed weights; one with files of somebody else stays beside it under another name.
    """
    if not folder.exists():
        return None
    ours = any((folder / name).exists() for name in (store.RECORD_NAME, store.PROGRESS_NAME)) or not any(
        folder.iterdir()
    )
    place = store.models_folder() / (store.REMOVED if ours else "") / f"{folder.name}-{time.time_ns()}"
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(folder, place)
    return place
