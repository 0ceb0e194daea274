"""`versa motion`: the 3D motion as arrays (.npz) or for animation programs (.bvh)."""

import argparse
from pathlib import Path

from app.commands.context import Context, OpenProject, add_cleanup, add_output, add_project, check_out, told_confidence


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
    parser.add_argument(
        "--stay",
        action="store_true",
        help="walks come back to the spot, as in the poses of head and half body (default: they go where they go)",
    )
    add_cleanup(parser)
    add_output(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Make what motion is missing and export it."""
    from core.motion_export import clip_spans, write_motion_arrays

    check_out(args.out, (".npz", ".bvh"))
    opened = OpenProject(args.project, context)
    if args.no_cleanup:
        opened.director.cleanup = False
    # The picture's edge is no reason to hold back a body that goes to another program.
    opened.director.stay = args.stay
    clip = opened.director.motion()
    opened.save()
    if context.json:
        opened.director.weigh_prompts()
    if args.out.suffix.lower() == ".bvh":
        from core.bvh import write_bvh

        write_bvh(args.out, clip.joints, clip.fps)
    else:
        write_motion_arrays(args.out, clip)
    context.answer(
        f"{args.out}: {len(clip)} frames at {clip.fps:g} fps ({clip.duration:.2f} s)",
        {
            "out": str(args.out),
            "frames": len(clip),
            "fps": clip.fps,
            "tokens": len(clip.tokens),
            "segments": clip_spans(clip),
            "confidence": told_confidence(opened.director.confidence),
            "notes": opened.director.notes,
        },
    )
    return 0
