"""`versa render`: the video."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands.context import Context, OpenProject, UsageError, add_cleanup, add_output, add_project, check_out

if TYPE_CHECKING:
    from app.rendering import PreviewCallback, RenderReport


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
    _add_versa(parser)
    add_output(parser)


def _add_versa(parser: argparse.ArgumentParser) -> None:
    """Options of the backend versa; what is left out is as the project has it, else as the backend has it."""
    group = parser.add_argument_group("backend versa", "What is left out is as the project says.")
    group.add_argument(
        "--profile", choices=("auto", "8", "12", "16", "24", "all"), help="GB of the card's memory (at first auto)"
    )
    group.add_argument("--device", choices=("auto", "cuda", "mps", "cpu"), help="where to compute (default: auto)")
    group.add_argument("--seed", type=int, metavar="N", help="seed of the noise")
    group.add_argument("--steps", type=int, metavar="N", help="denoising steps (at first 25)")
    group.add_argument("--guidance", type=float, metavar="X", help="guidance, 1 for none (at first 2)")
    group.add_argument("--size", type=int, metavar="N", help="short side that the network makes (at first 576)")
    group.add_argument("--pose-strength", type=float, metavar="X", help="weight of the poses (at first 1)")
    group.add_argument("--face-strength", type=float, metavar="X", help="weight of the face controls, 0 for none")
    group.add_argument("--tile", type=int, metavar="N", help="frames of a tile (default: the profile's)")
    group.add_argument("--overlap", type=int, metavar="N", help="frames that tiles share (default: 6)")
    group.add_argument("--fast", action=_Switch, help="ten steps along a shorter schedule")
    group.add_argument("--compile", action="store_const", const=True, help="compile the network first (long start)")
    group.add_argument("--colour-hold", type=float, metavar="X", help="take back drift of the colours, 0 to 1")
    group.add_argument("--still-background", action=_Switch, help="keep the portrait's background")
    group.add_argument("--keep-frames", action=_Switch,
                       help="after an edit render only frames near it again (default); --no-keep-frames: whole units, "
                       "so that frames do not depend on earlier renders")  # fmt: skip
    group.add_argument("--base", metavar="DIR", help="Stable Video Diffusion folder (default: the model manager's)")
    group.add_argument("--checkpoint", metavar="F", help="MimicMotion or own checkpoint (default: the model manager's)")
    group.add_argument("--preview", type=Path, metavar="F.png", help="rewrite this picture with a look at the work")


_Switch = argparse.BooleanOptionalAction
"""An option that turns off, too, what the project turned on: --no-fast."""

VERSA_OPTIONS = (
    "profile", "device", "steps", "guidance", "size", "pose_strength", "face_strength", "tile", "overlap", "fast",
    "compile", "colour_hold", "still_background", "keep_frames", "base", "checkpoint",
)  # fmt: skip
"""Options that go to the backend as they are named there."""


def run(args: argparse.Namespace, context: Context) -> int:
    """Render what is missing and write the video."""
    _check(args)
    began = time.monotonic()
    opened = OpenProject(args.project, context)
    if args.no_cleanup:
        opened.director.cleanup = False
    opened.director.motion()
    opened.save()  # the motion is safe before the long part begins
    options = {name: getattr(args, name) for name in VERSA_OPTIONS if getattr(args, name) is not None}
    report = opened.director.render(
        args.out,
        backend=args.backend,
        height=args.height,
        fps=args.fps,
        start=args.start,
        end=args.end,
        seed=args.seed,
        options=options,
        on_preview=None if args.preview is None else _writer(args.preview),
    )
    opened.save()
    seconds = time.monotonic() - began
    context.answer(
        describe(report, seconds), {**report_data(report), "seconds": seconds, "notes": opened.director.notes}
    )
    return 0


def _writer(path: Path) -> "PreviewCallback":
    """Return what writes previews to a PNG."""

    def write(picture: Any) -> None:
        import io

        from PIL import Image

        from core.atomic import write_bytes_atomic

        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, "PNG")
        write_bytes_atomic(path, buffer.getvalue())

    return write


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
    if args.preview is not None:
        check_out(args.preview, (".png",), "--preview")
    if args.height is not None and not 16 <= args.height <= 8192:
        raise UsageError(f"--height {args.height}: choose 16 to 8192 pixels")
    if args.fps is not None and not 1 <= args.fps <= 240:
        raise UsageError(f"--fps {args.fps:g}: choose 1 to 240 frames a second")
    if args.seed is not None and not 0 <= args.seed < 2**32:
        raise UsageError(f"--seed {args.seed}: choose 0 to {2**32 - 1}")
    start = 0.0 if args.start is None else args.start
    if not start >= 0:
        raise UsageError(f"--from {start:g}: the video cannot begin before 0 s")
    if args.end is not None and not args.end > start:
        raise UsageError(f"--to {args.end:g}: the video must end after it begins ({start:g} s)")
