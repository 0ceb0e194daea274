"""Brings weights to this machine and takes them away: download, import, verify, remove.

A set is gathered in a staged folder and moved to its place only when every file is whole, checked and free of pickles;
an interrupted download goes on where it was. Talking to the hub is `models.weights.hub`'s.
"""

import errno
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.cancel import CancelToken, Progress, ProgressCallback, ignore_progress
from models.weights import hub, store
from models.weights.entry import HubSource, WeightEntry, WeightFile, damage_of, size_text
from models.weights.hub import Broken, HubFile, NotThere, RangeIgnored
from models.weights.speed import ByteMeter
from models.weights.staging import CheckedBy, DoneFile, Staging, set_aside
from models.weights.store import WeightsError

TRIES: Final = 5
"""So often in a row a connection may break without a byte of progress."""

LOOK_TRIES: Final = 3
"""So often the hub is asked about a file where it does not answer."""

FIRST_PAUSE: Final = 1.0
"""Seconds before the second try; each later pause is twice as long."""


class LicenceNotAccepted(WeightsError):
    """The user must accept the licence before the files come."""


class WrongFile(WeightsError):
    """A file is not the one that it should be; it was removed."""


@dataclass(frozen=True)
class Outcome:
    """How a download or an import ended.

    Attributes:
        ready: whether all is there now.
        missing: names of the files that an import did not bring.
        unchecked: files that had no checksum to compare with, so that theirs was only recorded.
    """

    ready: bool
    missing: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


def accept_licence(entry: WeightEntry) -> None:
    """Record that the user accepted an entry's licence."""
    store.record_consent(entry.name, entry.licence.name, entry.licence.url)


def licence_accepted(entry: WeightEntry) -> bool:
    """Whether the user accepted an entry's licence."""
    return store.accepted(entry.name, entry.licence.name)


# Download -----------------------------------------------------------------------------------------------------------


def download(
    entry: WeightEntry,
    progress: ProgressCallback = ignore_progress,
    cancel: CancelToken | None = None,
    *,
    pause: float = FIRST_PAUSE,
) -> Outcome:
    """Bring an entry from the hub; goes on where an earlier call was stopped, and mends a damaged folder.

    Args:
        entry: what to bring.
        progress: stages "look up", "download" (in bytes, of all files together) and "convert".
        cancel: stops within a fraction of a second; what arrived is kept.
        pause: seconds before a broken connection is tried again.

    Raises:
        LicenceNotAccepted: see `accept_licence`.
        WrongFile: size or checksum is not the known one, or not what the hub says.
        models.weights.hub.HubError: the hub does not give the files.
        WeightsError: no room, no access to the folder, a refused pickle.
        core.cancel.Cancelled: by the token.
    """
    source = _hub_source(entry)
    token = cancel or CancelToken()
    with store.locked(entry.name), _disk_errors(entry):
        if entry.state() == "ready":
            return Outcome(True)
        _need_licence(entry)
        staging = Staging(entry)
        found = _look_up_all(entry, source, staging, progress, token, pause)
        for file, known in found:
            staging.keep_only(file, known.sha256)  # an imported file may be another one than the hub's
        staging.need_room(sum(_to_come(staging, file, known) for file, known in found))
        meter = ByteMeter("download", sum(known.size for _, known in found), progress)
        for file, known in found:
            if staging.is_done(file):
                meter.already(known.size)
            else:
                _fetch(staging, source, file, known, meter, token, pause)
        meter.finish()
        staging.convert(progress, token)
        staging.install({"source": source.repo, "endpoint": store.endpoint()})
        return _outcome(staging)


def _look_up_all(
    entry: WeightEntry,
    source: HubSource,
    staging: Staging,
    progress: ProgressCallback,
    cancel: CancelToken,
    pause: float,
) -> list[tuple[WeightFile, HubFile]]:
    """Ask the hub about every file, and refuse those that are not the known ones before a byte is loaded."""
    revision = source.revision if len(source.revision) == 40 else staging.commit or source.revision
    found = []
    for number, file in enumerate(entry.files):
        progress(Progress("look up", number, len(entry.files), None, file.name))
        try:
            known = _look_up(source, file.name, revision, cancel, pause)
        except NotThere:
            if file.optional:
                continue
            raise
        if len(revision) == 40 and known.commit != revision:
            raise WrongFile(
                f"{store.endpoint()} gives {file.name} of commit {known.commit[:12]} instead of {revision[:12]}; use "
                "another mirror"
            )
        revision = known.commit  # all files are of one commit, also where the registry knows none
        _compare(file, known)
        found.append((file, known))
    progress(Progress("look up", len(entry.files), len(entry.files), 0.0))
    staging.begin(revision)
    return found


def _look_up(source: HubSource, name: str, revision: str, cancel: CancelToken, pause: float) -> HubFile:
    for number in range(LOOK_TRIES - 1):
        try:
            return hub.look_up(source, name, revision, cancel)
        except Broken:
            _wait(pause * 2**number, cancel)
    return hub.look_up(source, name, revision, cancel)


def _compare(file: WeightFile, known: HubFile) -> None:
    if file.size is not None and known.size != file.size:
        raise WrongFile(
            f"{file.name} has {known.size} bytes at {store.endpoint()} instead of {file.size}; nothing was loaded, "
            "use another mirror"
        )
    if file.sha256 and known.sha256 and known.sha256 != file.sha256:
        raise WrongFile(
            f"{file.name} at {store.endpoint()} is not the known file (its checksum begins with {known.sha256[:12]}); "
            "nothing was loaded, use another mirror"
        )


def _to_come(staging: Staging, file: WeightFile, known: HubFile) -> int:
    if staging.is_done(file):
        return 0
    part = staging.part(file)
    return known.size - (part.stat().st_size if part.exists() else 0)


def _fetch(
    staging: Staging,
    source: HubSource,
    file: WeightFile,
    known: HubFile,
    meter: ByteMeter,
    cancel: CancelToken,
    pause: float,
) -> None:
    """Load one file, from where it stopped, and check it."""
    part = staging.part(file)
    if staging.tags.get(file.name) != known.tag or (part.exists() and part.stat().st_size > known.size):
        part.unlink(missing_ok=True)
    staging.tags[file.name] = known.tag
    staging.save()
    part.touch()
    meter.already(part.stat().st_size)
    failures = 0
    while True:
        before = part.stat().st_size
        if before == known.size:
            break
        try:
            _append(part, source, known, before, meter, cancel)
            if part.stat().st_size < known.size:
                raise Broken(f"{store.endpoint()} ended {file.name} too early")
        except RangeIgnored:
            meter.already(-before)
            part.write_bytes(b"")
        except Broken as error:
            failures = 0 if part.stat().st_size > before else failures
            failures += 1
            if failures >= TRIES:
                raise Broken(f"{error}; what arrived is kept, the same command goes on from there") from None
            _wait(pause * 2 ** (failures - 1), cancel)
            known = _again(source, known, cancel)
    meter.remark(f"checking {file.name}")
    _check(staging, file, known, cancel, first="first download")


def _append(part: Path, source: HubSource, known: HubFile, start: int, meter: ByteMeter, cancel: CancelToken) -> None:
    size = start
    with open(part, "ab") as out:
        for block in hub.stream(source, known, start, cancel):
            size += len(block)
            if size > known.size:
                out.close()
                part.unlink()
                raise WrongFile(f"{known.name} is longer than the {known.size} bytes that {store.endpoint()} announced")
            out.write(block)
            meter.add(len(block))


def _again(source: HubSource, known: HubFile, cancel: CancelToken) -> HubFile:
    """Ask for the address anew, since it may be valid for a while only; keep the old one where there is no answer."""
    try:
        new = hub.look_up(source, known.name, known.commit, cancel)
    except Broken:
        return known
    return new if new.tag == known.tag and new.size == known.size else known


def _check(staging: Staging, file: WeightFile, known: HubFile | None, cancel: CancelToken, *, first: CheckedBy) -> None:
    """Compare a whole `part` with the checksum that is known, remove it if it differs, else give it its name."""
    part = staging.part(file)
    whole, blob = hub.content_sums(part, cancel, lambda _count: None)
    wanted: str | None
    by: CheckedBy
    if file.sha256:
        wanted, by, have = file.sha256, "program", whole
    elif known is not None and known.sha256:
        wanted, by, have = known.sha256, "hub", whole
    elif known is not None and known.git_sha1:
        wanted, by, have = known.git_sha1, "hub", blob
    else:
        wanted, by, have = None, first, whole
    if wanted is not None and have != wanted:
        part.unlink()
        raise WrongFile(
            f"{file.name} is damaged or not the right file: its checksum begins with {have[:12]} instead of "
            f"{wanted[:12]}; it was removed, try again, or another source if it happens twice"
        )
    staging.finish_file(file, DoneFile(part.stat().st_size, whole, by))


# Import -------------------------------------------------------------------------------------------------------------


def import_from(
    entry: WeightEntry,
    place: Path,
    progress: ProgressCallback = ignore_progress,
    cancel: CancelToken | None = None,
) -> Outcome:
    """Copy an entry's files from a folder or take one file; checked like a download, without a network.

    A folder may hold the files as the hub lays them out, or all in one place by their names. What is missing can be
    imported or downloaded later.

    Raises:
        LicenceNotAccepted: see `accept_licence`.
        WrongFile: a file has not the known size or checksum; nothing of it is kept.
        WeightsError: no file of the entry is there, no room, a refused pickle.
        core.cancel.Cancelled: by the token.
        OSError: a file cannot be read.
    """
    _hub_source(entry)
    token = cancel or CancelToken()
    if not place.exists():
        raise WeightsError(f"{place} does not exist")
    found = _find_files(entry, place)
    if not found:
        names = ", ".join(file.name for file in entry.files if not file.optional)
        raise WeightsError(f"{place} holds none of the files of {entry.name}: {names}")
    with store.locked(entry.name), _disk_errors(entry):
        if entry.state() == "ready":
            return Outcome(True)
        _need_licence(entry)
        staging = Staging(entry)
        for file, path in found:
            if file.size is not None and path.name == Path(file.name).name and path.stat().st_size != file.size:
                raise WrongFile(f"{path} has {path.stat().st_size} bytes instead of {file.size}; get it again")
        todo = [(file, path) for file, path in found if not staging.is_done(file)]
        total = sum(path.stat().st_size for _, path in todo)
        staging.need_room(total)
        meter = ByteMeter("import", total, progress)
        for file, path in todo:
            _copy(staging, file, path, meter, token)
        meter.finish()
        staging.convert(progress, token)
        missing = staging.missing()
        if missing:
            return Outcome(False, tuple(missing))
        staging.install({"source": "import"})
        return _outcome(staging)


def _find_files(entry: WeightEntry, place: Path) -> list[tuple[WeightFile, Path]]:
    """Return the entry's files that lie at a place: under their full names, else under their last names."""
    found = []
    for file in entry.files:
        for name in dict.fromkeys((file.final_name, file.name)):
            last = Path(name).name
            if place.is_file():
                candidates = [place] if place.name == last else []
            else:
                same = [other for other in entry.files if Path(other.name).name == last]
                candidates = [place / name] + ([place / last] if len(same) == 1 else [])
            path = next((path for path in candidates if path.is_file()), None)
            if path is not None:
                found.append((file, path))
                break
    return found


def _copy(staging: Staging, file: WeightFile, path: Path, meter: ByteMeter, cancel: CancelToken) -> None:
    # A file that was converted elsewhere is safe by its form; the known checksum is that of the pickle.
    ready = WeightFile(file.becomes) if file.becomes and path.name == Path(file.becomes).name else file
    part = staging.part(ready)
    with open(path, "rb") as source, open(part, "wb") as target:
        while block := source.read(2**20):
            cancel.check()
            target.write(block)
            meter.add(len(block))
    meter.remark(f"checking {ready.name}")
    _check(staging, ready, None, cancel, first="first import")


# Verify and remove --------------------------------------------------------------------------------------------------


def verify(
    entry: WeightEntry, progress: ProgressCallback = ignore_progress, cancel: CancelToken | None = None
) -> dict[str, str]:
    """Read every byte of an entry and return what is wrong, by file; what is found counts in `entry.state()`.

    Raises:
        WeightsError: it is not there.
        core.cancel.Cancelled: by the token.
    """
    token = cancel or CancelToken()
    if entry.state() in ("absent", "partial"):
        raise WeightsError(entry.missing_message())
    if not isinstance(entry.source, HubSource):
        return entry.problems()
    record, folder = store.read_record(entry.folder()), entry.folder()
    if not record:
        return entry.problems()
    with store.locked(entry.name):
        found = damage_of(entry, {**record, "damaged": {}})
        files = {name: facts for name, facts in dict(record.get("files") or {}).items() if name not in found}
        meter = ByteMeter("verify", sum(facts["size"] for facts in files.values()), progress)
        for name, facts in files.items():
            whole, _ = hub.content_sums(folder / name, token, meter.add)
            if whole != facts["sha256"]:
                found[name] = f"has a checksum that begins with {whole[:12]} instead of {facts['sha256'][:12]}"
        meter.finish()
        store.write_record(folder, {**record, "damaged": found, "verified": store.now()})
    return found


def remove(entry: WeightEntry) -> tuple[Path, ...]:
    """Take an entry away, finished or begun, and return the folders that hold it now, for `undo_remove`.

    Raises:
        WeightsError: it comes with the program, or there is nothing.
    """
    _hub_source(entry)
    with store.locked(entry.name):
        places = [set_aside(entry.folder()), set_aside(store.staged_folder(entry.name))]
    kept = tuple(place for place in places if place is not None)
    if not kept:
        raise WeightsError(f"{entry.title} is not on this machine")
    return kept


def undo_remove(entry: WeightEntry, kept: tuple[Path, ...]) -> None:
    """Bring back what `remove` took away.

    Raises:
        WeightsError: something else is in its place by now.
    """
    with store.locked(entry.name):
        for place in kept:
            finished = (place / store.RECORD_NAME).exists()
            target = entry.folder() if finished else store.staged_folder(entry.name)
            if target.exists():
                raise WeightsError(f"{entry.title} was brought back otherwise in the meantime")
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(place, target)


def purge_removed(older_than: float = 0.0) -> int:
    """Delete for good what was removed so many seconds ago or longer; returns the bytes that became free."""
    place, now, freed = store.models_folder() / store.REMOVED, time.time_ns(), 0
    for folder in list(place.iterdir()) if place.is_dir() else ():
        _, _, removed = folder.name.rpartition("-")
        if removed.isdecimal() and now - int(removed) >= older_than * 1e9:
            freed += sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            shutil.rmtree(folder, ignore_errors=True)
    return freed


# Shared -------------------------------------------------------------------------------------------------------------


def _hub_source(entry: WeightEntry) -> HubSource:
    if not isinstance(entry.source, HubSource):
        raise WeightsError(f"{entry.title} {entry.origin}; it cannot be downloaded, imported or removed")
    return entry.source


def _need_licence(entry: WeightEntry) -> None:
    if not licence_accepted(entry):
        raise LicenceNotAccepted(
            f"{entry.title} is under the licence “{entry.licence.name}” ({entry.licence.url}); read it, and accept it "
            "with --accept-licence or in the model manager"
        )


def _outcome(staging: Staging) -> Outcome:
    unchecked = tuple(name for name, file in staging.done.items() if file.checked_by.startswith("first"))
    return Outcome(True, (), unchecked)


def _wait(seconds: float, cancel: CancelToken) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        cancel.check()
        time.sleep(min(0.1, seconds))


class _disk_errors:
    """Turns a full or failing disk into a sentence that names the folder."""

    def __init__(self, entry: WeightEntry) -> None:
        self._entry = entry

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, OSError) or isinstance(error, WeightsError):
            return
        if error.errno == errno.ENOSPC:
            raise WeightsError(
                f"the disk of {store.models_folder()} is full; what arrived of {self._entry.name} "
                f"({size_text(self._entry.staged_size())}) is kept, free some and go on"
            ) from None
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise WeightsError(
                f"{error.filename or store.models_folder()} cannot be read or written: {error.strerror}"
            ) from None
