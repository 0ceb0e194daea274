"""The command line: which commands there are, what their errors look like, and how they are stopped.

Each command is a module of `app.commands` with `add_arguments(parser)` and `run(args, context)`; only the one that is
called is imported, so that help answers at once. Exit status: 0 done, 1 failed, 2 wrong use, 130 stopped with Ctrl+C,
143 stopped by the system.
"""

import argparse
import importlib
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

from app.commands.context import Context, UsageError, warn
from app.progress import make_reporter
from core.cancel import Cancelled, CancelToken

COMMANDS: Final = {
    "edit": "open the editor (also without a command)",
    "new": "make a project from a portrait, a recording and timed prompts",
    "motion": "export the 3D motion (.npz, .bvh)",
    "poses": "export the 2D poses (.npz)",
    "render": "render the video",
    "regenerate": "new motion for one segment, the rest stays as it is",
    "demo": "render the bundled samples",
    "models": "download, import, check and remove weights",
    "data": "make clips of videos to train the renderer with",
    "train": "train the motion networks and the renderer",
    "reproduce": "compute the numbers of a reference case of the versa backend",
    "evaluate": "judge motion weights: the field's metrics, physics, beats and prompts in one table",
    "bench": "measure the speed of this machine",
    "doctor": "tell what is there, what is missing and what to do",
}

_FINISH_A_STEP: Final = frozenset({"train"})
"""Commands that keep their state at the end of a step when they are stopped: the first signal lets them get there."""

_OWN_PACKAGES: Final = frozenset({"app", "core", "models"})

_DESCRIPTION: Final = """\
Direct a talking human: a portrait, a speech recording and timed prompts become 3D motion, 2D poses and a video.
Without a command the desktop editor opens; everything can also be done with the commands below."""

_EPILOG: Final = """\
examples:
  versa edit talk.versa
  versa new talk.versa --portrait me.jpg --audio talk.wav --prompt "3.2-5.0: wave with the right hand"
  versa render talk.versa --out talk.mp4

exit status: 0 done, 1 failed, 2 wrong use, 130 stopped with Ctrl+C, 143 stopped by the system"""


class _Help(argparse.RawDescriptionHelpFormatter):
    """Keeps the line breaks of our texts and leaves room for the longest command."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)


class Stopped(KeyboardInterrupt):
    """A signal asked the program to stop."""


def build_parser(wanted: str | None = None) -> argparse.ArgumentParser:
    """Return the parser; only the wanted command gets its arguments."""
    parser = argparse.ArgumentParser(
        prog="versa",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=_Help,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"versa {version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False)
        if name == wanted:
            _module(name).add_arguments(command)
    return parser


def version() -> str:
    """Return the version of the installed program."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("versa-director")
    except PackageNotFoundError:
        return "from source"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    # A project that is given alone is opened, as by a double click on its file.
    if not arguments or (arguments[0] not in COMMANDS and Path(arguments[0]).is_file()):
        arguments = ["edit", *arguments]
    wanted = next((word for word in arguments if not word.startswith("-")), None)
    try:
        parser = build_parser(wanted)
        args = parser.parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    if args.command is None:
        parser.print_help()
        return 0
    cancel = CancelToken()
    reporter = make_reporter(quiet=args.quiet)
    context = Context(reporter, cancel, args.quiet, getattr(args, "json", False) is True)
    came: list[int] = []
    try:
        with _signals(cancel, patient=args.command in _FINISH_A_STEP) as came, reporter:
            return int(_module(args.command).run(args, context))
    except (Stopped, Cancelled):
        warn("stopped; finished work is kept, the same command goes on from there")
        return 128 + (came[0] if came else signal.SIGINT)
    except Exception as error:  # the one place that catches all: it tells the user, and --debug shows the rest
        if args.debug:
            raise
        return _explain(error)


def _explain(error: Exception) -> int:
    """Print an error for the user and return the exit status. Our own errors are sentences already."""
    from core.prompts import PromptError

    if type(error).__module__.partition(".")[0] in _OWN_PACKAGES:
        warn(str(error))
        return 2 if isinstance(error, (UsageError, PromptError)) else 1
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        warn(f"{name}{error.strerror or error}")
        return 1
    if isinstance(error, MemoryError):
        warn("the memory is not enough; close other programs, or render smaller or shorter pieces")
        return 1
    warn(
        f"an unexpected error ({type(error).__name__}: {error}); run the command again with --debug to see where it "
        "arose, and report it"
    )
    return 1


@contextmanager
def _signals(cancel: CancelToken, *, patient: bool) -> Iterator[list[int]]:
    """Stop on Ctrl+C and on the system's request: workers see the token, this thread unwinds and cleans up.

    Args:
        cancel: is cancelled by a signal.
        patient: the first signal only does that; the second one unwinds.

    Yields:
        the numbers of the signals that came, first one first.
    """
    came: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        cancel.cancel()
        came.append(number)
        if not patient or len(came) > 1:
            raise Stopped
        warn("stopping at the end of this step; once more stops at once, and what the last minutes did is lost")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _module(name: str) -> Any:
    return importlib.import_module(f"app.commands.{name}")
