"""One set of weights: what it is for, its files, its licence, where it comes from and how it stands on this machine.

An entry only looks; downloading, importing and removing are in `models.weights.install`. Nothing here imports torch.
"""

import hashlib
import importlib.metadata
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import resources
from models.weights import store
from models.weights.store import WeightsError

WeightState = Literal["absent", "partial", "ready", "damaged"]
"""Nothing there; a download that can go on; usable; files missing or changed."""


class WeightsMissing(WeightsError):
    """Weights that some work needs are not there; the sentence says how to get them."""


@dataclass(frozen=True)
class Licence:
    """Terms of use.

    Attributes:
        name: as it is called.
        url: page with its text.
        summary: what it means for the user, in a sentence or two of ours.
        text_file: file of `resources` with the full text, "" where only the page has it.
    """

    name: str
    url: str
    summary: str
    text_file: str = ""

    def text(self) -> str:
        """Return the full text, or the summary and the address where the text is not ours to ship."""
        if self.text_file:
            return (resources.RESOURCES / self.text_file).read_text(encoding="utf-8")
        return f"{self.summary}\n\nThe full text: {self.url}"


@dataclass(frozen=True)
class WeightFile:
    """A file of a set.

    Attributes:
        name: path inside the set, with slashes.
        size: bytes where known beforehand.
        sha256: of the whole file where surely known beforehand; else what the hub says at the first download counts.
        becomes: name of the safetensors file that it is converted to, "" if it is used as it is.
        optional: a licence or notice that travels along where the hub has it.
    """

    name: str
    size: int | None = None
    sha256: str | None = None
    becomes: str = ""
    optional: bool = False

    @property
    def final_name(self) -> str:
        """Name under which it is used."""
        return self.becomes or self.name


@dataclass(frozen=True)
class HubSource:
    """A repository of the hub.

    Attributes:
        repo: "owner/name".
        revision: commit; "main" where none is known: then the commit of the first download is recorded and kept.
        gated: whether the owner must have given the user access, so that a token is needed.
    """

    repo: str
    revision: str
    gated: bool = False

    @property
    def page(self) -> str:
        """Address for people; a mirror serves files, access is given on the hub itself."""
        return f"{store.HUB}/{self.repo}"


@dataclass(frozen=True)
class BundledSource:
    """A folder of `resources/weights`, with checksums in `SHA256SUMS`."""

    folder: str


@dataclass(frozen=True)
class PackageSource:
    """Files inside an installed Python package.

    Attributes:
        package: its name.
        version: that has the expected files.
    """

    package: str
    version: str


@dataclass(frozen=True)
class WeightEntry:
    """A set of weights that the program knows.

    Attributes:
        name: by which commands and code ask for it.
        title: for people.
        purpose: what it does, one sentence.
        needed_by: what needs it, for people.
        backends: renderers that cannot work without it.
        files: what belongs to it.
        licence: terms of use.
        source: where it comes from.
    """

    name: str
    title: str
    purpose: str
    needed_by: str
    files: tuple[WeightFile, ...]
    licence: Licence
    source: HubSource | BundledSource | PackageSource
    backends: tuple[str, ...] = ()

    @property
    def downloadable(self) -> bool:
        """Whether it is fetched from the hub, not brought by the program."""
        return isinstance(self.source, HubSource)

    @property
    def origin(self) -> str:
        """Where it comes from, for people."""
        match self.source:
            case HubSource(repo=repo):
                return repo
            case BundledSource():
                return "comes with the program"
            case PackageSource(package=package):
                return f"package {package}"

    @property
    def size(self) -> int:
        """Bytes of all files, as far as they are known."""
        return sum(self.size_of(file) or 0 for file in self.files)

    def folder(self) -> Path:
        """Return the folder in which the files lie once `state()` is "ready".

        Raises:
            WeightsMissing: a Python package that should bring them is not installed.
        """
        match self.source:
            case HubSource():
                return store.models_folder() / self.name
            case BundledSource(folder=folder):
                return resources.WEIGHTS / folder
            case PackageSource(package=package):
                found = _package_folder(package, self.files[0].name)
                if found is None:
                    raise WeightsMissing(self.missing_message())
                return found

    def path(self, name: str) -> Path:
        """Return the path of a file by its name before or after conversion; raises KeyError for a strange one."""
        for file in self.files:
            if name in (file.name, file.final_name):
                return self.folder() / file.final_name
        raise KeyError(f"{self.name} has no file {name}")

    def state(self) -> WeightState:
        """Return how it stands: by sizes for downloads (`models.weights.verify` reads all bytes), else by checksums."""
        if not isinstance(self.source, HubSource):
            return self._state_of_ours()
        folder = self.folder()
        record = store.read_record(folder)
        if record:
            return "damaged" if damage_of(self, record) else "ready"
        if folder.is_dir() and any(folder.iterdir()):
            return "damaged"  # files without our record: nobody checked them
        return "partial" if self.staged_size() else "absent"

    def staged_size(self) -> int:
        """Return the bytes that an unfinished download has so far."""
        staged = store.staged_folder(self.name)
        size = 0
        for path in staged.rglob("*") if staged.is_dir() else ():
            # What begins with a dot is ours, such as the list of what is done while it is being written.
            if not path.name.startswith("."):
                with suppress(OSError):  # renamed in this moment by who fills the folder
                    size += path.stat().st_size if path.is_file() else 0
        return size

    def problems(self) -> dict[str, str]:
        """Return what is wrong with each damaged file, by name; empty unless `state()` is "damaged"."""
        if not isinstance(self.source, HubSource):
            return self._problems_of_ours()
        record = store.read_record(self.folder())
        if record:
            return damage_of(self, record)
        if self.state() != "damaged":
            return {}
        said = f"{self.folder()} holds files that the program did not put there and so did not check"
        return {"": f"{said}; take them with `versa models import {self.name} --from {self.folder()}`"}

    def require(self) -> Path:
        """Return the folder of ready weights.

        Raises:
            WeightsMissing: they are not ready; the sentence says what to do.
        """
        if self.state() != "ready":
            raise WeightsMissing(self.missing_message())
        return self.folder()

    def missing_message(self) -> str:
        """Return one sentence that says that they are missing or damaged, and what to do."""
        match self.source:
            case BundledSource(folder=folder):
                return f"the weights {folder} that come with the program are missing or damaged; install it again"
            case PackageSource(package=package, version=version):
                return (
                    f"the files of the package {package} are missing or damaged; install it again: "
                    f"python3 -m pip install --force-reinstall {package}=={version}"
                )
        how = {"partial": "only partly there", "damaged": "damaged"}.get(self.state(), "not there")
        size = f" ({size_text(self.size)})" if self.size else ""
        return (
            f"{self.title} is {how}; get it with `versa models download {self.name}`{size} or in the editor under "
            "Render > Model manager"
        )

    def size_of(self, file: WeightFile) -> int | None:
        """Return the bytes of a file: as known beforehand, else as it lies there, else None."""
        if file.size is not None:
            return file.size
        try:
            return (self.folder() / file.final_name).stat().st_size
        except (OSError, WeightsMissing):
            return None

    def known_sha256(self, file: WeightFile) -> str | None:
        """Return the checksum that is known beforehand, or None."""
        if isinstance(self.source, BundledSource):
            return read_checksums(resources.WEIGHTS / CHECKSUMS).get(f"{self.source.folder}/{file.name}")
        return file.sha256

    def _state_of_ours(self) -> WeightState:
        try:
            folder = self.folder()
        except WeightsMissing:
            return "absent"
        if not any((folder / file.name).is_file() for file in self.files):
            return "absent"
        return "damaged" if self._problems_of_ours() else "ready"

    def _problems_of_ours(self) -> dict[str, str]:
        try:
            folder = self.folder()
        except WeightsMissing:
            return {}
        found = {}
        for file in self.files:
            try:
                if kept_sha256(folder / file.name) != self.known_sha256(file):
                    found[file.name] = "is not the file that came with the program"
            except FileNotFoundError:
                found[file.name] = "is missing"
            except OSError as error:
                found[file.name] = f"cannot be read ({error.strerror})"
        return found


CHECKSUMS = "SHA256SUMS"


def damage_of(entry: WeightEntry, record: dict[str, Any]) -> dict[str, str]:
    """Return what is wrong with the files of a download by its record: sizes, and what the last full check found."""
    files = record.get("files")
    if not isinstance(files, dict):
        return {store.RECORD_NAME: "cannot be read"}
    found = {str(name): str(text) for name, text in dict(record.get("damaged") or {}).items()}
    wanted = {file.final_name for file in entry.files if not file.optional}
    for name in sorted(wanted - set(files)):
        found.setdefault(name, "is missing")
    for name, facts in files.items():
        try:
            size = (entry.folder() / name).stat().st_size
        except OSError:
            found.setdefault(name, "is missing")
            continue
        if size != facts.get("size"):
            found.setdefault(name, f"has {size} bytes instead of {facts.get('size')}")
    return found


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def kept_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, computed again only after it was changed."""
    stat = path.stat()
    return _kept_sha256(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=64)
def _kept_sha256(path: Path, size: int, changed: int) -> str:
    return sha256(path)


def read_checksums(path: Path) -> dict[str, str]:
    """Return the checksums of a list as `sha256sum` writes it, by file name; an absent list has none."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return {name.strip().lstrip("*"): digest for digest, _, name in (line.partition(" ") for line in lines)}


def size_text(size: float) -> str:
    """Return bytes for people: "496 B", "8.6 MiB", "2.84 GiB"."""
    for unit, digits in (("B", 0), ("KiB", 0), ("MiB", 1)):
        if size < 1024:
            return f"{size:.{digits}f} {unit}"
        size /= 1024
    return f"{size:.2f} GiB"


def _package_folder(package: str, file_name: str) -> Path | None:
    try:
        files = importlib.metadata.files(package) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name == file_name:
            path = Path(str(file.locate()))
            return path.parent if path.is_file() else None
    return None
