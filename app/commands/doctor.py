"""`versa doctor`: what is there, what is missing and what to do. Exit status 1 if the program cannot run."""

import argparse
from typing import Final

from app.commands.context import Context, add_output

_SIGNS: Final = {"ok": "ok     ", "note": "note   ", "missing": "MISSING"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_output(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Look and tell."""
    from app.doctor import as_data, can_run, examine

    findings = examine()
    width = max(len(finding.topic) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{_SIGNS[finding.level]}  {finding.topic:<{width}}  {finding.text}")
        if finding.advice:
            lines.append(f"{'':>{width + 9}}  -> {finding.advice}")
    lines.append("")
    lines.append("Versa Director can run here." if can_run(findings) else "Something is missing: see the lines above.")
    context.answer("\n".join(lines), as_data(findings))
    return 0 if can_run(findings) else 1
