"""`versa bench`: measure the speed of stages, editor or diffusion renderer on this machine; the answer is JSON."""

import argparse
import json
from pathlib import Path
from typing import Any

from app.commands.context import CommandError, Context, add_output
from app.commands.demo import sample_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "what",
        nargs="?",
        choices=("renderer",),
        help="renderer: the backend versa against a straight implementation of its reference, with random weights",
    )
    parser.add_argument(
        "--part",
        choices=("all", "stages", "editor"),
        default="all",
        help="what to measure: the stages of rendering, the editor's window, or both (default)",
    )
    parser.add_argument("--json", type=Path, dest="file", metavar="F", help="write the figures to this file as well")
    add_output(parser, with_json=False)


def run(args: argparse.Namespace, context: Context) -> int:
    """Measure and print."""
    from core.atomic import write_text_atomic

    if args.file is not None and not args.file.absolute().parent.is_dir():
        raise CommandError(f"the folder {args.file.absolute().parent} does not exist; create it first")
    report = _renderer(context) if args.what == "renderer" else _program(args.part, context)
    text = json.dumps(report, indent=2)
    context.reporter.close()
    if args.file is not None:
        write_text_atomic(args.file, text + "\n")
    print(text, flush=True)
    return 0


def _program(part: str, context: Context) -> dict[str, Any]:
    """Measure the stages, the editor or both."""
    from app.bench_editor import bench_editor

    sample = sample_folder() / "half.versa"
    if not sample.is_file():
        raise CommandError(f"the sample {sample} is missing; install the program again")
    report: dict[str, Any] = {}
    if part != "editor":
        from app.bench import run_bench  # loads torch

        report = run_bench(sample, context.reporter, context.cancel)
    if part != "stages":
        report["editor"] = bench_editor(context.reporter, context.cancel)
    return report


def _renderer(context: Context) -> dict[str, Any]:
    """Measure the diffusion renderer on the best device."""
    from models.renderers.versa.bench import bench_renderer
    from models.renderers.versa.memory import pick_device

    return bench_renderer(pick_device("auto"), context.reporter, context.cancel)
