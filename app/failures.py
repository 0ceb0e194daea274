"""What went wrong, in one sentence for the user: the same words for the engine and for the render queue."""

from typing import Final

from app.logs import details_of

_OWN_PACKAGES: Final = frozenset({"app", "core", "models"})


def sentence_of(error: BaseException) -> str:
    """Return one sentence about an error; our own errors are sentences already."""
    if _is_own(error):
        return _as_sentence(str(error))
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        return _as_sentence(f"{name}{error.strerror or error}")
    if isinstance(error, MemoryError):
        return "The memory is not enough; close other programs, or render smaller or shorter pieces."
    return f"An unexpected error ({type(error).__name__}: {error}); the log file has the details."


def detail_of(error: BaseException) -> str:
    """Return where an unexpected error arose, for the log file; "" for our own errors, whose sentence says it all."""
    if _is_own(error) or isinstance(error, (OSError, MemoryError)):
        return ""
    return details_of(type(error), error, error.__traceback__)


def exit_sentence(code: int | None) -> str:
    """Return how a process ended: "signal 9" or "exit status 1"."""
    if code is None:
        return "no exit status"
    return f"signal {-code}" if code < 0 else f"exit status {code}"


def _is_own(error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] in _OWN_PACKAGES and bool(str(error))


def _as_sentence(text: str) -> str:
    shown = text[:1].upper() + text[1:]
    return shown if shown.endswith((".", "!", "?")) else shown + "."
