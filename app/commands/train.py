"""`versa train`: train the motion networks and the renderer on one's own captures. The work is in `models.training`."""

import argparse

from app.commands.context import CommandError, Context, UsageError, add_output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments, which are those of `models.training.commands`."""
    from models.training import commands

    commands.add_arguments(parser)
    add_output(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Train."""
    from models.training import commands

    if args.steps is not None and args.steps < 1:
        raise UsageError("--steps must be 1 or more")
    if args.seed < 0:
        raise UsageError("--seed must be 0 or more")
    if args.network == "renderer" and args.proof:
        return _prove(args, context)
    try:
        return commands.run(args, context.reporter, context.cancel)
    except ValueError as error:  # what training says about settings and data is meant for the user
        raise CommandError(str(error)) from error


def _prove(args: argparse.Namespace, context: Context) -> int:
    """Run the renderer's proof on tiny sizes and print its figures."""
    from models.training.renderer.proof import ProofSettings, prove

    given = {} if args.steps is None else {"steps": args.steps}
    out = args.out / "renderer" / "proof"
    figures = prove(out, ProofSettings(seed=args.seed, **given), context.reporter, context.cancel)
    lines = [f"{out / 'figures.json'}:"] + [f"  {name:<18} {value:.4g}" for name, value in figures.items()]
    context.answer("\n".join(lines), figures)
    return 0
