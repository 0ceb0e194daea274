"""`versa evaluate motion|tokenizer`: judge motion weights and imported results. The work is in `models.evaluation`."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

from app.commands.context import CommandError, Context, UsageError, add_output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("what", choices=("motion", "tokenizer"), help="motion, or what encoding leaves of it")
    parser.add_argument(
        "--weights",
        type=Path,
        action="append",
        metavar="DIR",
        help="weights folder with tokenizer/ and generator/ (repeatable; default: the bundled weights)",
    )
    parser.add_argument(
        "--results",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="folder of .npz files that another program made for the list of --write-list (repeatable)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder with motion/ and speech/: real motion, the nearest training clips, unheard recordings",
    )
    parser.add_argument("--repeats", type=int, metavar="N", help="repeats of the text metrics (default: 20)")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="about a fifteenth of everything, for a look; tokenizer: as encoded, without the search for better codes",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="K", help="seed of captions and pools (default: 0)")
    parser.add_argument("--evaluator", type=Path, metavar="DIR", help="evaluator's weights (default: the bundled ones)")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="folder of kept clips (default: the program's own)")
    parser.add_argument("--no-ablations", action="store_true", help="no columns for the ablations")
    parser.add_argument(
        "--write-list", type=Path, metavar="F.json", help="only write the texts and lengths that others must generate"
    )
    parser.add_argument("--json", type=Path, dest="file", metavar="F", help="write all figures to this file as well")
    add_output(parser, with_json=False)


def run(args: argparse.Namespace, context: Context) -> int:
    """Evaluate and print the table."""
    if args.what == "tokenizer":
        return _tokenizer(args, context)
    from app.folders import home_folder
    from core.atomic import write_text_atomic
    from models.evaluation.reference import Reference
    from models.evaluation.run import QUICK, Options, Size, evaluate_motion, write_list

    if args.repeats is not None and args.repeats < 1:
        raise UsageError("--repeats must be 1 or more")
    for path in (args.file, args.write_list):
        if path is not None and not path.absolute().parent.is_dir():
            raise CommandError(f"the folder {path.absolute().parent} does not exist; create it first")
    _check_data(args.data)
    size = QUICK if args.quick else Size()
    if args.repeats is not None:
        size = replace(size, repeats=args.repeats)
    if args.write_list is not None:
        write_list(Reference.load(args.evaluator), args.seed, size, args.write_list)
        context.answer(f"{args.write_list}: texts and lengths of {size.repeats} repeats", {})
        return 0
    options = Options(
        weights=tuple(args.weights) if args.weights else (None,),
        results=tuple(args.results),
        data=args.data,
        evaluator=args.evaluator,
        size=size,
        seed=args.seed,
        cache=args.cache or home_folder() / "evaluation",
        ablations=not args.no_ablations,
    )
    report = evaluate_motion(options, context.reporter, context.cancel)
    if args.file is not None:
        write_text_atomic(args.file, json.dumps(report.data(), indent=1) + "\n")
    context.answer(report.text(), report.data())
    return 0


def _check_data(folder: Path | None) -> None:
    if folder is not None and not (folder / "motion").is_dir():
        raise CommandError(f"{folder} holds no folder motion/; give --data the folder with motion/ and speech/")


def _tokenizer(args: argparse.Namespace, context: Context) -> int:
    """Judge one tokenizer on captures."""
    from app.folders import home_folder
    from core.atomic import write_text_atomic
    from models.evaluation.tokenizer import evaluate_tokenizer
    from models.tokenizer import MotionTokenizer
    from models.training.dataset import build_table

    if args.data is None:
        raise UsageError("evaluate tokenizer needs captures; give --data the folder with motion/")
    _check_data(args.data)
    if args.weights is not None and len(args.weights) > 1:
        raise UsageError("evaluate tokenizer judges one tokenizer; give --weights once")
    tokenizer = MotionTokenizer.from_pretrained(args.weights[0] / "tokenizer" if args.weights else None)
    cache = (args.cache or home_folder() / "evaluation") / "table"
    table = build_table(args.data / "motion", cache, context.reporter, context.cancel)
    report = evaluate_tokenizer(tokenizer, table, context.reporter, context.cancel, search=not args.quick)
    if args.file is not None:
        write_text_atomic(args.file, json.dumps(report.data(), indent=1) + "\n")
    context.answer(report.text(), report.data())
    return 0
