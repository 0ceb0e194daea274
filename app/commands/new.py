"""`versa new`: make a project from a portrait, a recording and prompts."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.context import CommandError, Context, UsageError, add_output, add_project

if TYPE_CHECKING:
    from core.timeline import Segment, Track


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_project(parser)
    parser.add_argument("--portrait", type=Path, required=True, metavar="IMG", help="picture of the person")
    parser.add_argument("--audio", type=Path, required=True, metavar="FILE", help="speech recording")
    parser.add_argument(
        "--prompt",
        action="append",
        default=[],
        metavar="TEXT",
        help='timed prompt, may be given often: "3.2-5.0: wave with the right hand", also "1:03-1:05 [seed=7]: bow"; '
        'for a part of the body "3-5 [right arm]: wave"; prompts for different parts may share time',
    )
    parser.add_argument("--rig", type=Path, metavar="FILE", help="JSON file with the places of the person's joints")
    parser.add_argument("--seed", type=int, default=0, metavar="K", help="base seed (default 0)")
    parser.add_argument("--force", action="store_true", help="replace an existing project")
    add_output(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Make the project."""
    from app.director import Director
    from core.constants import MAX_SEED
    from core.project_file import SUFFIX, save_project
    from core.prompts import parse_segment, parse_segments
    from core.timeline import Project, seconds

    path: Path = args.project
    if path.suffix.lower() != SUFFIX:
        raise UsageError(f"{path}: the name of a project must end in {SUFFIX}")
    if not 0 <= args.seed <= MAX_SEED:
        raise UsageError(f"--seed {args.seed}: a seed is a whole number from 0 to {MAX_SEED}")
    for prompt in args.prompt:
        parse_segment(prompt)  # a typing mistake shows before the recording is decoded
    if path.exists() and not args.force:
        raise CommandError(f"{path} is already there; choose another name, or --force to replace it")
    if not path.absolute().parent.is_dir():
        raise CommandError(f"the folder {path.absolute().parent} does not exist; create it first")
    project = Project(
        portrait=str(args.portrait.absolute()),
        audio=str(args.audio.absolute()),
        rig_file=str(args.rig.absolute()) if args.rig else "",
        seed=args.seed,
    )
    director = Director(project, path, progress=context.reporter, cancel=context.cancel)
    portrait = director.portrait()
    audio = director.audio()
    for note in director.notes:
        context.reporter.note(note)
    segments = parse_segments(args.prompt, audio.duration_us)
    project = project.replace(duration_us=audio.duration_us, tracks=_tracks(segments))
    save_project(project, path)
    length = seconds(audio.duration_us)
    listing = "".join(f"\n  {number}  {segment.describe()}" for number, segment in enumerate(segments, start=1))
    context.answer(
        f"{path}: {length} s of speech, {portrait.scale} portrait, {len(segments)} prompts{listing}",
        {
            "project": str(path),
            "duration": audio.duration,
            "scale": portrait.scale,
            "segments": [
                {
                    "number": number,
                    "start": segment.start_us / 1e6,
                    "end": segment.end_us / 1e6,
                    "prompt": segment.prompt,
                }
                for number, segment in enumerate(segments, start=1)
            ],
            "notes": director.notes,
        },
    )
    return 0


def _tracks(segments: "tuple[Segment, ...]") -> "tuple[Track, ...]":
    """Return a track for the prompts of the whole body, and one for each part that has some."""
    from core.prompts import by_part, part_title
    from core.timeline import Track

    found = by_part(segments)
    whole = Track(id="prompts", kind="prompt", name="Prompts", segments=found.pop("whole", ()))
    parts = [
        Track(id=f"prompts-{part}", kind="prompt", name=part_title(part).capitalize(), segments=those)
        for part, those in found.items()
    ]
    return (whole, *parts)
