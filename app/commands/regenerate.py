"""`versa regenerate`: new motion for one segment, all other motion stays bit-identical."""

import argparse

from app.commands.context import Context, OpenProject, UsageError, add_output, add_project, told_confidence

MOST_TAKES = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_project(parser)
    parser.add_argument(
        "--segment", type=int, required=True, metavar="N", help="number of the segment by time, the first is 1"
    )
    parser.add_argument("--prompt", metavar="T", help="new text of the prompt, without times")
    parser.add_argument("--seed", type=int, metavar="K", help="seed to draw with (default: the next one)")
    parser.add_argument(
        "--takes", type=int, default=1, metavar="T", help="takes to choose from, made in one go; the first is used"
    )
    add_output(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Make the segment's motion anew and save the project."""
    from core.constants import MAX_SEED

    if args.segment < 1:
        raise UsageError(f"--segment {args.segment}: segments are numbered from 1")
    if args.seed is not None and not 0 <= args.seed <= MAX_SEED:
        raise UsageError(f"--seed {args.seed}: a seed is a whole number from 0 to {MAX_SEED}")
    if not 1 <= args.takes <= MOST_TAKES:
        raise UsageError(f"--takes {args.takes}: from 1 to {MOST_TAKES} takes can be made in one go")
    opened = OpenProject(args.project, context)
    director = opened.director
    director.motion()
    opened.save()
    before = director.project.motion
    director.regenerate(args.segment, prompt=args.prompt, seed=args.seed, takes=args.takes)
    opened.save()
    after = director.project.motion
    assert before is not None and after is not None
    changed = [n for n, pair in enumerate(zip(before.tokens, after.tokens, strict=True)) if pair[0] != pair[1]]
    segment = director.project.prompt_segments()[args.segment - 1]
    seed = director.project.seed if segment.seed is None else segment.seed
    context.answer(
        f"segment {args.segment} ({segment.describe()}): {len(changed)} of {len(after.tokens)} tokens changed, "
        f"seed {seed}",
        {
            "project": str(args.project),
            "segment": args.segment,
            "start": segment.start_us / 1e6,
            "end": segment.end_us / 1e6,
            "prompt": segment.prompt,
            "seed": seed,
            "tokens_changed": changed,
            "takes": len(segment.takes),
            "confidence": told_confidence(director.confidence),
            "notes": director.notes,
        },
    )
    return 0
