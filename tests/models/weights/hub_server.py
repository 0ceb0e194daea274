"""A hub on the loopback: answers as the real one does for one small repository, and breaks in the ways that it is told.

Large files are redirected to another host name (`localhost` for `127.0.0.1`), as the real hub does.
"""

import hashlib
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Faults:
    """What goes wrong.

    Attributes:
        break_after: bytes after which each of the next answers breaks, one a request.
        announced_sizes: sizes that the hub says in place of the true ones.
        content: bytes that are sent in place of the announced ones.
        status: (status, X-Error-Code) of every answer.
        token: only this token is let in; others get 401, and 403 where `refuses` is set.
        refuses: the token's owner did not accept the terms.
        no_ranges: the whole file is sent whatever was asked for.
        slow_seconds: pause before every kilobyte.
        stalls: send half of the file, then nothing, until the server ends.
        busy: so many answers with 503 come first.
        plain_tags: the tags say nothing of the content, as those of some mirrors.
    """

    break_after: list[int] = field(default_factory=list)
    announced_sizes: dict[str, int] = field(default_factory=dict)
    content: dict[str, bytes] = field(default_factory=dict)
    status: tuple[int, str] | None = None
    token: str = ""
    refuses: bool = False
    no_ranges: bool = False
    slow_seconds: float = 0.0
    stalls: bool = False
    busy: int = 0
    plain_tags: bool = False


class FakeHub:
    """A running server.

    Attributes:
        files: content by path of the repository `tests/tiny`.
        large: paths that are stored by their SHA-256 and sent by the other host.
        commit: the repository's commit.
        faults: see `Faults`.
        requests: (method, path, Range header, Authorization header) of each request.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.large: set[str] = set()
        self.commit = COMMIT
        self.faults = Faults()
        self.requests: list[tuple[str, str, str, str]] = []
        self.ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sent(self, path: str) -> list[str]:
        """The Range headers of the requests for a file's bytes."""
        return [ranges for method, asked, ranges, _ in self.requests if method == "GET" and asked.endswith(path)]

    def close(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_HEAD(self) -> None:
                self._answer()

            def do_GET(self) -> None:
                self._answer()

            def _answer(self) -> None:
                headers = self.headers
                hub.requests.append(
                    (self.command, self.path, headers.get("Range", ""), headers.get("Authorization", ""))
                )
                faults = hub.faults
                signed = self.path.startswith("/cdn/")
                if faults.busy:
                    faults.busy -= 1
                    return self._refuse(503, "")
                if faults.status is not None:
                    return self._refuse(*faults.status)
                if faults.token and not signed and headers.get("Authorization") != f"Bearer {faults.token}":
                    return self._refuse(401, "GatedRepo" if not headers.get("Authorization") else "")
                if faults.refuses and not signed:
                    return self._refuse(403, "GatedRepo")
                name = re.sub("^/(cdn|tests/tiny/resolve/[^/]+)/", "", self.path)
                content = hub.files.get(name)
                if content is None:
                    return self._refuse(404, "EntryNotFound")
                if name in hub.large and not signed:
                    return self._redirect(name, content)
                return self._send(name, content)

            def _marks(self, name: str, content: bytes) -> dict[str, str]:
                if hub.faults.plain_tags:
                    mark = f'"mirror-{len(content)}"'
                elif name in hub.large:
                    mark = f'"{hashlib.sha256(content).hexdigest()}"'
                else:
                    blob = f"blob {len(content)}\0".encode() + content
                    mark = f'"{hashlib.sha1(blob).hexdigest()}"'
                return {"X-Repo-Commit": hub.commit, "X-Linked-Etag": mark, "ETag": mark}

            def _redirect(self, name: str, content: bytes) -> None:
                self.send_response(302)
                for key, value in self._marks(name, content).items():
                    self.send_header(key, value)
                self.send_header("X-Linked-Size", str(hub.faults.announced_sizes.get(name, len(content))))
                self.send_header("Location", f"http://localhost:{hub.port}/cdn/{name}")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _send(self, name: str, content: bytes) -> None:
                faults = hub.faults
                body = faults.content.get(name, content)
                start = 0
                asked = self.headers.get("Range", "")
                if asked and not faults.no_ranges:
                    start = int(asked.removeprefix("bytes=").rstrip("-"))
                    self.send_response(206)
                    self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
                else:
                    self.send_response(200)
                for key, value in self._marks(name, content).items():
                    self.send_header(key, value)
                announced = faults.announced_sizes.get(name, len(body)) if self.command == "HEAD" else len(body)
                self.send_header("Content-Length", str(announced - start))
                self.end_headers()
                if self.command == "GET":
                    self._write(body[start:])

            def _write(self, body: bytes) -> None:
                faults = hub.faults
                cut = faults.break_after.pop(0) if faults.break_after else None
                if faults.stalls:
                    self.wfile.write(body[: len(body) // 2])
                    self.wfile.flush()
                    hub.ended.wait(60)
                    self.close_connection = True
                    return
                for place in range(0, len(body), 1024):
                    if cut is not None and place >= cut:
                        self.close_connection = True
                        return
                    if faults.slow_seconds:
                        time.sleep(faults.slow_seconds)
                    try:
                        self.wfile.write(body[place : place + 1024])
                    except OSError:
                        self.close_connection = True
                        return

            def _refuse(self, status: int, code: str) -> None:
                self.send_response(status)
                if code:
                    self.send_header("X-Error-Code", code)
                self.send_header("Content-Length", "0")
                self.end_headers()

        return Handler


@contextmanager
def running_hub() -> Iterator[FakeHub]:
    hub = FakeHub()
    try:
        yield hub
    finally:
        hub.close()
