"""`versa reproduce`: the numbers of a reference case, computed by the `versa` backend."""

import argparse
from pathlib import Path

from app.commands.context import CommandError, Context, add_output, check_out


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "case", type=Path, metavar="CASE_DIR", help="folder with *.pth, svd/, reference_image.png, inputs, call.json"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="F.safetensors", help="file for the tensors")
    add_output(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Run the case and write its tensors."""
    check_out(args.out, (".safetensors",))
    if not args.case.is_dir():
        raise CommandError(f"{args.case} is no folder; give the folder of a case")
    from safetensors.torch import save_file

    from app.progress import Meter
    from core.atomic import atomic_path
    from models.renderers.versa.denoise import StepReport
    from models.renderers.versa.reproduce import reproduce

    meter: Meter | None = None

    def count(report: StepReport) -> None:
        nonlocal meter
        if meter is None:
            meter = Meter("denoising", report.steps * report.tiles, context.reporter)
        meter.step(message=f"step {report.step} of {report.steps}, tile {report.tile} of {report.tiles}")

    tensors = reproduce(args.case, context.cancel, on_step=count)
    with atomic_path(args.out) as temporary:
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, temporary)
    shapes = {name: list(tensor.shape) for name, tensor in tensors.items()}
    lines = [f"{args.out}:"] + [f"  {name:<18} {' x '.join(map(str, shape))}" for name, shape in shapes.items()]
    context.answer("\n".join(lines), {"out": str(args.out), "tensors": shapes})
    return 0
