"""What every command gets besides its arguments, and what commands share: opening, saving and answering.

Imports little, because `versa --help` passes by here.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.progress import Reporter
from core.cancel import CancelToken

if TYPE_CHECKING:
    from app.model_source import ModelSource, PromptConfidence
    from core.timeline import Project


class UsageError(ValueError):
    """The command was called wrongly: exit status 2, as for a wrong option."""


class CommandError(ValueError):
    """The command cannot do what it was asked; one sentence says why and what to do."""


@dataclass
class Context:
    """Surroundings of a command.

    Attributes:
        reporter: takes progress and notes.
        cancel: set when the user stops the program.
        quiet: say nothing but answers that were asked for as JSON, and errors.
        json: answer with one JSON document on standard output.
    """

    reporter: Reporter
    cancel: CancelToken = field(default_factory=CancelToken)
    quiet: bool = False
    json: bool = False

    def answer(self, text: str, data: Mapping[str, Any]) -> None:
        """Print the result: for people, or as JSON for a program."""
        self.reporter.close()
        if self.json:
            print(json.dumps(data, ensure_ascii=False, indent=2), flush=True)
        elif not self.quiet:
            print(text, flush=True)


class OpenProject:
    """A project that a command works on, saved back when the work changed it.

    Attributes:
        path: the `.versa` file.
        director: its chain; `director.project` is the project as it is now.
    """

    def __init__(self, path: Path, context: Context, models: "ModelSource | None" = None) -> None:
        from app.director import Director
        from core.cache import fingerprint
        from core.project_file import load_project

        self.path = path
        self._context = context
        self._saved: Project = load_project(path)
        self._stamp = fingerprint(path)
        self._noted = 0
        self.director: Director = Director(
            self._saved, path, models=models, progress=context.reporter, cancel=context.cancel
        )

    def save(self) -> None:
        """Write the project if it changed, and show what the chain has to say.

        Raises:
            CommandError: another program changed the file in the meantime.
            core.project_file.ProjectFileError: it cannot be written.
        """
        from core.cache import fingerprint
        from core.project_file import save_project

        for note in self.director.notes[self._noted :]:
            self._context.reporter.note(note)
        self._noted = len(self.director.notes)
        if self.director.project == self._saved:
            return
        if not self.path.exists() or fingerprint(self.path) != self._stamp:
            raise CommandError(
                f"{self.path} was changed by another program while this one worked; nothing was saved, start again"
            )
        save_project(self.director.project, self.path)
        self._saved = self.director.project
        self._stamp = fingerprint(self.path)


def add_project(parser: argparse.ArgumentParser) -> None:
    """Add the argument PROJECT."""
    parser.add_argument("project", type=Path, metavar="P.versa", help="project file")


def add_output(parser: argparse.ArgumentParser, *, with_json: bool = True) -> None:
    """Add the options that every command has."""
    parser.add_argument("--quiet", "-q", action="store_true", help="no progress and no messages but errors")
    if with_json:
        parser.add_argument("--json", action="store_true", help="print the result as JSON on standard output")
    parser.add_argument("--debug", action="store_true", help="show where in the program an error arose")


def add_cleanup(parser: argparse.ArgumentParser) -> None:
    """Add the switch of the physical clean-up."""
    parser.add_argument(
        "--no-cleanup",
        action="store_true",
        help="motion as the networks make it: no locked feet, floor, smoothing, constant bones and breath",
    )


def check_out(path: Path, suffixes: tuple[str, ...], option: str = "--out") -> None:
    """Refuse an output name before the work begins.

    Raises:
        UsageError: another ending than those given.
        CommandError: its folder does not exist, or it is a folder.
    """
    if path.suffix.lower() not in suffixes:
        raise UsageError(f"{option} {path}: the name must end in {' or '.join(suffixes)}")
    if path.is_dir():
        raise CommandError(f"{path} is a folder; give the name of a file")
    if not path.absolute().parent.is_dir():
        raise CommandError(f"the folder {path.absolute().parent} does not exist; create it first")


def warn(text: str) -> None:
    """Print an error for the user."""
    print(f"versa: {text}", file=sys.stderr, flush=True)


def told_confidence(found: "Mapping[str, PromptConfidence]") -> list[dict[str, Any]]:
    """How well the weights know each prompt, for JSON: prompt, likeness (up to 1), known, nearest wordings."""
    return [
        {
            "prompt": prompt,
            "likeness": confidence.likeness,
            "known": confidence.known,
            "nearest": [{"prompt": wording, "likeness": likeness} for wording, likeness in confidence.nearest],
        }
        for prompt, confidence in found.items()
    ]
