"""`versa edit`: the desktop editor."""

import argparse
from pathlib import Path

from app import garbage
from app.commands.context import CommandError, Context


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("paths", type=Path, nargs="*", metavar="P.versa", help="project, or a portrait and a recording")
    parser.add_argument("--sample", action="store_true", help="open your copy of the sample project")
    parser.add_argument("--debug", action="store_true", help="show where in the program an error arose")
    parser.set_defaults(quiet=True)


def run(args: argparse.Namespace, context: Context) -> int:
    """Open the window."""
    for path in args.paths:
        if not path.exists():
            raise CommandError(f"{path}: there is no such file")
    garbage.hold()
    from app.editor import run_editor

    return run_editor([path.absolute() for path in args.paths], sample=args.sample)
