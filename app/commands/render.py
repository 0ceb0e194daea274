"""`versa render`: the video."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands.context import Context, OpenProject, UsageError, add_cleanup, add_output, add_project, check_out

if TYPE_CHECKING:
    from app.rendering import RenderReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_project(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="V.mp4", help="video to write")
    parser.add_argument("--backend", metavar="NAME", help="renderer (default: the project's, draft)")
    parser.add_argument(
        "--height",
        type=int,
        metavar="N",
        help="frame height in pixels; the width follows from the portrait (default: the project's, 720)",
    )
    parser.add_argument("--fps", type=float, metavar="N", help="frames per second (default: the project's, 25)")
    parser.add_argument("--from", dest="start", type=float, metavar="S", help="begin at this second of the recording")
    parser.add_argument("--to", dest="end", type=float, metavar="S", help="end at this second of the recording")
    add_cleanup(parser)
    add_output(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Render what is missing and write the video."""
    _check(args)
    began = time.monotonic()
    opened = OpenProject(args.project, context)
    if args.no_cleanup:
        opened.director.cleanup = False
    opened.director.motion()
    opened.save()  # the motion is safe before the long part begins
    report = opened.director.render(
        args.out, backend=args.backend, height=args.height, fps=args.fps, start=args.start, end=args.end
    )
    opened.save()
    seconds = time.monotonic() - began
    context.answer(
        describe(report, seconds), {**report_data(report), "seconds": seconds, "notes": opened.director.notes}
    )
    return 0


def describe(report: "RenderReport", seconds: float) -> str:
    """Return the result for people."""
    lines = [
        f"{report.out}: {report.width} x {report.height}, {report.frames} frames at {report.fps:g} fps "
        f"({report.frames / report.fps:.2f} s), made in {seconds:.1f} s"
    ]
    if report.chunks_reused:
        lines.append(f"  {report.chunks_reused} of {report.chunks_rendered + report.chunks_reused} chunks were ready")
    if report.flagged:
        frames = sum(stretch.end - stretch.start for stretch in report.flagged)
        lines.append(f"  {frames:.1f} s cannot be shown well on a flat picture:")
        for stretch in report.flagged[:8]:
            reasons = ", ".join(reason.replace("_", " ") for reason in stretch.reasons)
            lines.append(f"    {stretch.start:.2f}-{stretch.end:.2f} s  {reasons}")
        if len(report.flagged) > 8:
            lines.append(f"    and {len(report.flagged) - 8} more stretches (all of them with --json)")
    return "\n".join(lines)


def report_data(report: "RenderReport") -> dict[str, Any]:
    """Return the result for programs."""
    return {
        "out": str(report.out),
        "width": report.width,
        "height": report.height,
        "fps": report.fps,
        "frames": report.frames,
        "start": report.start,
        "chunks": {"rendered": report.chunks_rendered, "reused": report.chunks_reused},
        "flagged": [
            {"start": stretch.start, "end": stretch.end, "reasons": list(stretch.reasons)} for stretch in report.flagged
        ],
    }


def _check(args: argparse.Namespace) -> None:
    check_out(args.out, (".mp4",))
    if args.height is not None and not 16 <= args.height <= 8192:
        raise UsageError(f"--height {args.height}: choose 16 to 8192 pixels")
    if args.fps is not None and not 1 <= args.fps <= 240:
        raise UsageError(f"--fps {args.fps:g}: choose 1 to 240 frames a second")
    start = 0.0 if args.start is None else args.start
    if not start >= 0:
        raise UsageError(f"--from {start:g}: the video cannot begin before 0 s")
    if args.end is not None and not args.end > start:
        raise UsageError(f"--to {args.end:g}: the video must end after it begins ({start:g} s)")
