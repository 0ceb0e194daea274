"""Speaks to the hub or to a mirror of it: what a file is, and its bytes from any place on; every wait can be cancelled.

Built on huggingface_hub for addresses, headers, proxies, errors and metadata. Bytes are streamed here and not by its
download functions, because those look for a cancel only every ten megabytes. Where bytes go is the caller's business.
"""

import hashlib
import queue
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from core.cancel import CancelToken
from models.weights import store
from models.weights.entry import HubSource
from models.weights.store import WeightsError

CONNECT_SECONDS: Final = 15.0
READ_SECONDS: Final = 30.0
"""So long nothing may arrive before the connection counts as broken."""

_POLL_SECONDS: Final = 0.1
_QUEUE_LENGTH: Final = 32
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which the same question may have another answer."""

_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")

Found = TypeVar("Found")


class HubError(WeightsError):
    """The hub does not give what was asked for."""


class AccessError(HubError):
    """The hub wants a token, or the token's owner must accept the terms first."""


class NotThere(HubError):
    """The hub has no such file, repository or commit."""


class Broken(HubError):
    """The connection failed or broke; trying again may help."""


class RangeIgnored(Exception):
    """The server does not give the part that was asked for; begin at 0."""


@dataclass(frozen=True)
class HubFile:
    """What the hub says of a file.

    Attributes:
        name: path in the repository.
        commit: of the repository.
        size: bytes.
        sha256: of the content where the hub stores it by that, else None.
        git_sha1: git's name of the content where the hub stores it by that, else None.
        tag: the server's mark of this version of the file.
        address: where the bytes are.
    """

    name: str
    commit: str
    size: int
    sha256: str | None
    git_sha1: str | None
    tag: str
    address: str


def look_up(source: HubSource, name: str, revision: str, cancel: CancelToken) -> HubFile:
    """Ask what a file is.

    Raises:
        AccessError, NotThere, Broken, HubError: see there.
        core.cancel.Cancelled: by the token.
    """
    endpoint = store.endpoint()
    token = _token_for(endpoint)

    def ask() -> HubFile:
        from huggingface_hub import get_hf_file_metadata, hf_hub_url

        url = hf_hub_url(source.repo, name, revision=revision, endpoint=endpoint)
        with _explained(source, name, revision, endpoint, has_token=bool(token)):
            found = get_hf_file_metadata(url, token=token or False, timeout=CONNECT_SECONDS, endpoint=endpoint)
        if not found.commit_hash or not found.etag or found.size is None:
            raise HubError(f"{endpoint} does not answer as a hub does for {name}; check the address of the mirror")
        # A content delivery host may answer with its own tag; only the hub's two kinds say anything of the content.
        return HubFile(
            name=name,
            commit=found.commit_hash,
            size=found.size,
            sha256=found.etag if _SHA256.fullmatch(found.etag) else None,
            git_sha1=found.etag if _COMMIT.fullmatch(found.etag) else None,
            tag=found.etag,
            address=found.location,
        )

    return in_background(ask, cancel)


def stream(source: HubSource, file: HubFile, start: int, cancel: CancelToken) -> Iterator[bytes]:
    """Yield a file's bytes from `start` on, as they arrive.

    Raises:
        RangeIgnored: the server begins at 0 instead.
        AccessError, NotThere, Broken, HubError: see there.
        core.cancel.Cancelled: by the token, within a fraction of a second, whatever the server does.
    """
    endpoint = store.endpoint()
    # The address may be another host's, with a signature of its own: the token is for the hub and the mirror alone.
    foreign = urlsplit(file.address).netloc not in (urlsplit(endpoint).netloc, urlsplit(store.HUB).netloc)
    token = None if foreign else _token_for(file.address)
    box: queue.Queue[bytes | BaseException | None] = queue.Queue(_QUEUE_LENGTH)
    over = threading.Event()

    def put(item: bytes | BaseException | None) -> None:
        while not over.is_set():
            with suppress(queue.Full):
                box.put(item, timeout=_POLL_SECONDS)
                return

    def read() -> None:
        try:
            with _explained(source, file.name, file.commit, endpoint, has_token=bool(token), foreign=foreign):
                for block in _blocks(file.address, start, token):
                    if over.is_set():
                        return
                    put(block)
            put(None)
        except BaseException as error:  # is raised again in the thread that waits for it
            put(error)

    threading.Thread(target=read, name="download", daemon=True).start()
    try:
        while True:
            cancel.check()
            try:
                item = box.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        over.set()


def in_background(work: Callable[[], Found], cancel: CancelToken) -> Found:
    """Do something that may hang in a thread of its own and return its result; give up waiting when cancelled."""
    box: queue.Queue[tuple[Found | None, BaseException | None]] = queue.Queue(1)

    def run() -> None:
        try:
            box.put((work(), None))
        except BaseException as error:  # is raised again in the thread that waits for it
            box.put((None, error))

    threading.Thread(target=run, name="hub", daemon=True).start()
    while True:
        cancel.check()
        with suppress(queue.Empty):
            found, error = box.get(timeout=_POLL_SECONDS)
            if error is not None:
                raise error
            return found  # type: ignore[return-value]


def content_sums(path: Path, cancel: CancelToken, count: Callable[[int], None]) -> tuple[str, str]:
    """Return a file's SHA-256 and git's SHA-1 of it as a blob, as hexadecimal digits."""
    whole, blob = hashlib.sha256(), hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with open(path, "rb") as file:
        while block := file.read(2**20):
            cancel.check()
            whole.update(block)
            blob.update(block)
            count(len(block))
    return whole.hexdigest(), blob.hexdigest()


def _token_for(address: str) -> str | None:
    """Return the token unless it would travel in the open."""
    parts = urlsplit(address)
    if parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1"):
        return store.token()
    return None


def _blocks(address: str, start: int, token: str | None) -> Iterator[bytes]:
    from huggingface_hub import get_session, hf_raise_for_status

    headers = {"Accept-Encoding": "identity"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if start:
        headers["Range"] = f"bytes={start}-"
    timeout = (CONNECT_SECONDS, READ_SECONDS, READ_SECONDS, CONNECT_SECONDS)
    with get_session().stream("GET", address, headers=headers, timeout=timeout) as response:
        hf_raise_for_status(response)
        if start and (response.status_code != 206 or _first_byte(response.headers) != start):
            raise RangeIgnored
        yield from response.iter_raw()


def _first_byte(headers: Any) -> int | None:
    found = re.match(r"bytes (\d+)-", headers.get("Content-Range", ""))
    return int(found.group(1)) if found else None


class _explained:
    """Turns what goes wrong on the way to the hub into one of our sentences; keeps addresses and tokens out of it."""

    def __init__(
        self,
        source: HubSource,
        name: str,
        revision: str,
        endpoint: str,
        *,
        has_token: bool,
        foreign: bool = False,
    ) -> None:
        self._source = source
        self._foreign = foreign
        self._file = f"{name} of {source.repo}"
        self._revision = revision
        self._endpoint = endpoint
        self._has_token = has_token

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, (WeightsError, RangeIgnored)):
            return
        translated = self._translate(error)
        if translated is not None:
            raise translated from None

    def _translate(self, error: BaseException) -> Exception | None:
        import httpx2
        from huggingface_hub.errors import OfflineModeIsEnabled

        if isinstance(error, OfflineModeIsEnabled):
            return HubError("HF_HUB_OFFLINE is set, so nothing is downloaded; unset it, or import the files instead")
        response = getattr(error, "response", None)
        if response is not None:
            if response.status_code == 416:
                return RangeIgnored()
            if self._foreign and response.status_code in (401, 403):
                return Broken("the address that the hub gave for the file is no longer valid; try again")
            return self._of_status(int(response.status_code), str(response.headers.get("X-Error-Code", "")))
        if isinstance(error, (httpx2.TransportError, TimeoutError, ConnectionError)):
            return Broken(
                f"{self._endpoint} cannot be reached or stopped answering ({type(error).__name__}); "
                "check the network, or set a mirror with HF_ENDPOINT"
            )
        if isinstance(error, (httpx2.InvalidURL, httpx2.HTTPError)):
            return HubError(f"{self._endpoint} does not answer as a hub does; check the address of the mirror")
        return None

    def _of_status(self, status: int, code: str) -> HubError:
        page = self._source.page
        if status in (401, 403) or code in ("GatedRepo", "RepoNotFound"):
            if not self._has_token:
                return AccessError(
                    f"{self._source.repo} is given only to registered users: accept its terms at {page}, make a read "
                    "token there, and set it as HF_TOKEN or in the model manager"
                )
            if status == 401 and code != "GatedRepo":
                return AccessError(
                    f"the hub does not know your token, or has no {self._source.repo}; make a new read token at "
                    f"{store.HUB}/settings/tokens"
                )
            return AccessError(f"your token's owner has no access to {self._source.repo}; accept its terms at {page}")
        if status == 404:
            return NotThere(
                f"{self._endpoint} has no {self._file} at {self._revision[:12]}; update the program, or try another "
                "mirror"
            )
        if status in _BUSY:
            return Broken(f"{self._endpoint} is busy (status {status}); try again later")
        return HubError(f"{self._endpoint} refused {self._file} (status {status}); try again later or use a mirror")
