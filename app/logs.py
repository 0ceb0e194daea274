"""The log file and what happens when something breaks: nothing is lost silently, and nothing private is written.

`start_logging` opens a rotating file and faulthandler's crash file; `install_hooks` catches errors of every thread and
hands them to a dialog. The user's own words (prompts, file names) stay out of the log unless they agreed: messages mark
them with `private`.
"""

import faulthandler
import logging
import logging.handlers
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TextIO

from app.folders import log_folder

LOG_BYTES: Final = 1_000_000
LOG_FILES: Final = 3

_log = logging.getLogger("versa")
_crash_file: TextIO | None = None
_agreed = False

Reporter = Callable[[str, str], None]
"""Takes one sentence and the details of an unexpected error."""


def private(text: object) -> str:
    """Return a text of the user as it may stand in the log: itself if they agreed, else only its length."""
    return str(text) if _agreed else f"<{len(str(text))} characters>"


def allow_private_text(agreed: bool) -> None:
    """Say whether the log may hold the user's own words."""
    global _agreed
    _agreed = agreed


def start_logging(folder: Path | None = None) -> Path:
    """Open the log file and the file for hard crashes; return the log file.

    Calling it again closes the former files and opens new ones.
    """
    global _crash_file
    folder = folder or log_folder()
    path = folder / "versa.log"
    for old in list(_log.handlers):
        _log.removeHandler(old)
        old.close()
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    _log.propagate = False
    stop_crash_file()
    _crash_file = open(folder / "crash.log", "a", encoding="utf-8")  # noqa: SIM115 - open as long as the program runs
    faulthandler.enable(_crash_file)
    _log.info("start: Python %s on %s", platform.python_version(), platform.platform())
    return path


def stop_crash_file() -> None:
    """Close the file for hard crashes."""
    global _crash_file
    if _crash_file is not None:
        faulthandler.disable()
        _crash_file.close()
        _crash_file = None


def log(level: str, text: str) -> None:
    """Write one line; `level` is "info", "warning" or "error". Mark the user's own words with `private`."""
    _log.log({"info": logging.INFO, "warning": logging.WARNING}.get(level, logging.ERROR), "%s", text)


def log_tail(lines: int = 40) -> str:
    """Return the last lines of the log file, "" if there is none."""
    for handler in _log.handlers:
        if isinstance(handler, logging.handlers.RotatingFileHandler):
            handler.flush()
            try:
                text = Path(handler.baseFilename).read_text(encoding="utf-8", errors="replace")
            except OSError:
                return ""
            return "\n".join(text.splitlines()[-lines:])
    return ""


def details_of(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """Return where an error arose, without the values of variables and, unless agreed, without its message."""
    places = "".join(traceback.format_tb(trace))
    return f"{places}{kind.__name__}: {error if _agreed else private(error)}"


def system_details() -> str:
    """Return the versions that a report needs."""
    from importlib.metadata import PackageNotFoundError, version

    names = ("versa-director", "PySide6-Essentials", "vispy", "numpy", "torch")
    found = []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} missing")
    return f"Python {platform.python_version()} on {platform.platform()}; " + ", ".join(found)


def install_hooks(report: Reporter) -> None:
    """Send every unexpected error to the log and to `report`, which must be safe to call from any thread."""

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _log.error("unexpected error\n%s", details_of(kind, error, trace))
        # The dialog is the user's own screen: there the message is whole.
        shown = "".join(traceback.format_tb(trace)) + f"{kind.__name__}: {error}"
        print(shown, file=sys.stderr, flush=True)
        report(f"{kind.__name__}: {error}", shown)

    def caught_in_thread(args: Any) -> None:
        if args.exc_type is not SystemExit and args.exc_value is not None:
            caught(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = caught
    threading.excepthook = caught_in_thread
