"""`versa poses`: the 2D poses as arrays."""

import argparse
import io
from pathlib import Path

from app.commands.context import Context, OpenProject, add_cleanup, add_output, add_project, check_out


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_project(parser)
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="Q.npz",
        help="body (T, 18, 3), face (T, 68, 3), hands (T, 2, 21, 3), each x, y in portrait pixels and confidence; "
        "flags (T,), fps, width, height",
    )
    parser.add_argument(
        "--mode",
        choices=("bank", "direct"),
        help="real poses of captures, or projected joints (default: the project's)",
    )
    add_cleanup(parser)
    add_output(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Make what is missing and export the poses."""
    import numpy as np

    from core.atomic import write_bytes_atomic

    check_out(args.out, (".npz",))
    opened = OpenProject(args.project, context)
    if args.no_cleanup:
        opened.director.cleanup = False
    opened.director.motion()
    opened.save()
    poses = opened.director.poses(args.mode)
    opened.save()
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        body=poses.body,
        face=poses.face,
        hands=poses.hands,
        flags=poses.flags,
        fps=np.float64(poses.fps),
        width=np.int64(poses.width),
        height=np.int64(poses.height),
    )
    write_bytes_atomic(args.out, buffer.getvalue())
    flagged = int(np.count_nonzero(poses.flags))
    context.answer(
        f"{args.out}: {len(poses)} frames at {poses.fps:g} fps, {flagged} of them hard to show on this portrait",
        {
            "out": str(args.out),
            "frames": len(poses),
            "fps": poses.fps,
            "width": poses.width,
            "height": poses.height,
            "flagged": flagged,
            "notes": opened.director.notes,
        },
    )
    return 0
