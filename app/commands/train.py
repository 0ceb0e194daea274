"""`versa train`: train the motion networks and the renderer on one's own captures. The work is in `models.training`."""

import argparse

from app.commands.context import CommandError, Context, add_output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments, which are those of `models.training.commands`."""
    from models.training import commands

    commands.add_arguments(parser)
    add_output(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Train."""
    from models.training import commands

    if args.network == "renderer" and args.proof:
        return _prove(args, context)
    try:
        return commands.run(args, context.reporter, context.cancel)
    except ValueError as error:  # what training says about settings and data is meant for the user
        raise CommandError(str(error)) from error


def _prove(args: argparse.Namespace, context: Context) -> int:
    """Run the renderer's proof on tiny sizes and print its figures."""
    from models.training.renderer.proof import ProofSettings, prove

    given = {"steps": args.steps} if args.steps else {}
    out = args.out / "renderer" / "proof"
    figures = prove(out, ProofSettings(seed=args.seed, **given), context.reporter, context.cancel)
    lines = [f"{out / 'figures.json'}:"] + [f"  {name:<18} {value:.4g}" for name, value in figures.items()]
    context.answer("\n".join(lines), figures)
    return 0
