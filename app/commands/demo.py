"""`versa demo`: render the three bundled samples, to see what the program does."""

import argparse
import shutil
import time
from pathlib import Path

from app.commands.context import CommandError, Context, OpenProject, add_output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--out", type=Path, default=Path("versa-demo"), metavar="DIR", help="folder to work in (default: versa-demo)"
    )
    add_output(parser)


def sample_folder() -> Path:
    """Return the folder of the bundled samples."""
    import resources

    return Path(resources.__path__[0]) / "sample"


def run(args: argparse.Namespace, context: Context) -> int:
    """Copy the samples and render each."""
    from app.model_source import InstalledModels

    began = time.monotonic()
    projects = copy_samples(sample_folder(), args.out)
    models = InstalledModels()  # one for all three, so that the networks are loaded once
    videos = []
    for path in projects:
        if not context.quiet:
            context.reporter.note(f"{path.stem}:")
        opened = OpenProject(path, context, models)
        opened.director.motion()
        opened.save()
        report = opened.director.render(path.with_suffix(".mp4"))
        videos.append(report)
        opened.save()
        context.reporter.close()
    seconds = time.monotonic() - began
    listing = "".join(
        f"\n  {path.with_suffix('.mp4').absolute()}  ({report.width} x {report.height}, "
        f"{report.frames / report.fps:.1f} s)"
        for path, report in zip(projects, videos, strict=True)
    )
    context.answer(
        f"{len(videos)} videos made in {seconds:.0f} s; the projects lie beside them.{listing}",
        {"videos": [str(path.with_suffix(".mp4").absolute()) for path in projects], "seconds": seconds},
    )
    return 0


def copy_samples(source: Path, target: Path) -> list[Path]:
    """Copy the bundled projects and their media; what is already there stays as the user left it.

    Returns:
        The copied projects, in the order of their names.

    Raises:
        CommandError: the samples are not there, or the folder cannot be made.
    """
    from core.atomic import atomic_path
    from core.project_file import load_project, media_report

    found = sorted(source.glob("*.versa"))
    if not found:
        raise CommandError(f"the samples are missing from {source}; install the program again")
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"the folder {target} cannot be made: {error.strerror}") from error
    wanted = list(found)
    for path in found:
        wanted += [media.path for media in media_report(load_project(path), path)]
    for path in dict.fromkeys(wanted):
        copy = target / path.relative_to(source.absolute() if path.is_absolute() else source)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            with atomic_path(copy) as temporary:
                shutil.copyfile(path, temporary)
    return [target / path.name for path in found]
