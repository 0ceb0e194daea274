"""`versa motion`: the 3D motion as arrays (.npz) or for animation programs (.bvh)."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.context import Context, OpenProject, add_output, add_project, check_out

if TYPE_CHECKING:
    from core.motion import MotionClip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_project(parser)
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="M.npz|M.bvh",
        help="npz: joints (T, 22, 3) metres, tokens, contacts, fps, segments; bvh: a skeleton with rotations",
    )
    add_output(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Make what motion is missing and export it."""
    from app.director import clip_spans

    check_out(args.out, (".npz", ".bvh"))
    opened = OpenProject(args.project, context)
    clip = opened.director.motion()
    opened.save()
    if args.out.suffix.lower() == ".bvh":
        from core.bvh import write_bvh

        write_bvh(args.out, clip.joints, clip.fps)
    else:
        write_npz(args.out, clip)
    context.answer(
        f"{args.out}: {len(clip)} frames at {clip.fps:g} fps ({clip.duration:.2f} s)",
        {
            "out": str(args.out),
            "frames": len(clip),
            "fps": clip.fps,
            "tokens": len(clip.tokens),
            "segments": clip_spans(clip),
            "notes": opened.director.notes,
        },
    )
    return 0


def write_npz(path: Path, clip: "MotionClip") -> None:
    """Write a clip as arrays; `segments` is JSON text, because the prompts are of any length."""
    import io
    import json

    import numpy as np

    from app.director import clip_spans
    from core.atomic import write_bytes_atomic

    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        joints=clip.joints,
        tokens=clip.tokens,
        contacts=clip.contacts,
        fps=np.float64(clip.fps),
        segments=np.array(json.dumps(clip_spans(clip), ensure_ascii=False)),
        provenance=np.array(json.dumps(dict(clip.provenance), ensure_ascii=False)),
    )
    write_bytes_atomic(path, buffer.getvalue())
