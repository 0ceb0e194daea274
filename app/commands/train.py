"""`versa train`: train the motion networks on one's own captures. The work is in `models.training`."""

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

    try:
        return commands.run(args, context.reporter, context.cancel)
    except ValueError as error:  # what training says about settings and data is meant for the user
        raise CommandError(str(error)) from error
