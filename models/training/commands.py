"""The training commands behind `versa train`: their options and what they run.

Parsing of the whole command line and drawing of progress belong to `app.cli`.
"""

import argparse
import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from core.cancel import CancelToken, ProgressCallback

DEFAULT_OUT = Path("runs")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of the training commands."""
    parser.add_argument(
        "network",
        choices=("tokenizer", "generator", "residual", "bank", "evaluator", "renderer"),
        help="what to train or build",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder with motion/ (captures) and speech/ (recordings); for the renderer, of `versa data prepare`",
    )
    parser.add_argument(
        "--out", type=Path, default=DEFAULT_OUT, metavar="DIR",
        help="training folder; a run that stopped goes on from its checkpoint (default: runs)",
    )  # fmt: skip
    parser.add_argument("--steps", type=int, metavar="N", help="optimiser steps (of each branch for the generator)")
    parser.add_argument(
        "--start-from", type=Path, metavar="DIR",
        help="weights to begin with instead of chance; for the renderer a checkpoint file (default: stage 1's result "
        "for stage 2, else the public one)",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, metavar="K", help="seed of everything random (default: 0)")
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help="JSON file with other settings, named as in the saved config"
    )
    parser.add_argument(
        "--stage", type=int, choices=(1, 2),
        help="renderer: 1 trains the pose-guided backbone, 2 that and the face adapter; several cards through "
        "`accelerate launch -m app train renderer ...`",
    )  # fmt: skip
    parser.add_argument(
        "--proof", action="store_true",
        help="renderer: learn a small drawn puppet from chance on the processor (some minutes) and measure what each "
        "control changes; needs no data and no weights",
    )  # fmt: skip
    parser.add_argument("--base", type=Path, metavar="DIR", help="renderer: the Stable Video Diffusion folder")


def _settings(kind: type, path: Path | None, given: Mapping[str, int]) -> object:
    values: dict[str, object] = {}
    if path is not None:
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError) as error:
            raise ValueError(f"the settings file {path} cannot be read: {error}") from None
        if not isinstance(values, dict):
            raise ValueError(f"the settings file {path} must hold a JSON object")
        known = {entry.name for entry in fields(kind)}
        if unknown := sorted(set(values) - known):
            raise ValueError(f"{path}: unknown setting {unknown[0]!r}; known are {', '.join(sorted(known))}")
    return kind(**(values | dict(given)))


def run(args: argparse.Namespace, progress: ProgressCallback, cancel: CancelToken) -> int:
    """Run the chosen training. Returns the exit code.

    Raises:
        ValueError: wrong settings, or captures that are missing or broken.
        Cancelled: stopped by the user; the checkpoint is kept.
    """
    if args.data is None or not args.data.is_dir():
        content = "of `versa data prepare`" if args.network == "renderer" else "that holds motion/ and speech/"
        said = "--data is missing" if args.data is None else f"{args.data} is not a folder"
        raise ValueError(f"{said}; give --data the folder {content}")
    seed = {"seed": args.seed}
    if args.network == "tokenizer":
        from models.training.train_tokenizer import TokenizerTraining, train_tokenizer

        given = seed | ({"steps": args.steps} if args.steps else {})
        settings = _settings(TokenizerTraining, args.settings, given)
        assert isinstance(settings, TokenizerTraining)
        train_tokenizer(args.data / "motion", args.out / "tokenizer", settings, progress, cancel, args.start_from)
    elif args.network == "generator":
        from models.training.train_generator import GeneratorTraining, train_generator

        given = seed | ({"text_steps": args.steps, "audio_steps": args.steps} if args.steps else {})
        choices = _settings(GeneratorTraining, args.settings, given)
        assert isinstance(choices, GeneratorTraining)
        train_generator(
            args.data,
            args.out / "tokenizer",
            args.out / "generator",
            choices,
            progress,
            cancel,
            args.start_from,
        )
    elif args.network == "residual":
        from models.training.train_residual import ResidualTraining, train_residual

        given = seed | ({"steps": args.steps} if args.steps else {})
        wishes = _settings(ResidualTraining, args.settings, given)
        assert isinstance(wishes, ResidualTraining)
        places = (args.out / "tokenizer", args.out / "generator" / "pairs", args.out / "residual")
        train_residual(args.data, *places, wishes, progress, cancel)
    elif args.network == "renderer":
        _train_renderer(args, seed, progress, cancel)
    elif args.network == "evaluator":
        from models.training.train_evaluator import EvaluatorTraining, train_evaluator

        given = seed | ({"steps": args.steps} if args.steps else {})
        wanted = _settings(EvaluatorTraining, args.settings, given)
        assert isinstance(wanted, EvaluatorTraining)
        train_evaluator(args.data / "motion", args.out / "evaluator", wanted, progress, cancel)
    else:
        from models.tokenizer import MotionTokenizer
        from models.training.build_bank import build_bank

        tokenizer = MotionTokenizer.from_pretrained(args.out / "tokenizer")
        build_bank(args.data / "motion", tokenizer, args.out / "relation_bank")
    return 0


def _train_renderer(
    args: argparse.Namespace, seed: Mapping[str, int], progress: ProgressCallback, cancel: CancelToken
) -> None:
    from models.renderers.versa.locate import find_weights
    from models.renderers.versa.settings import VersaSettings
    from models.training.renderer.settings import RendererTraining
    from models.training.renderer.train import WEIGHTS_NAME, train_renderer

    if args.stage is None:
        raise ValueError("which stage? give --stage 1 (pose-guided backbone) or --stage 2 (face adapter on top)")
    settings = _settings(RendererTraining, args.settings, dict(seed) | ({"steps": args.steps} if args.steps else {}))
    assert isinstance(settings, RendererTraining)
    before = args.out / "renderer" / "stage1" / WEIGHTS_NAME
    start = args.start_from
    if start is None and args.stage == 2 and before.is_file():
        start = before
    named = VersaSettings(base=str(args.base or ""), checkpoint=str(start or ""))
    files = find_weights(named)
    out = args.out / "renderer" / f"stage{args.stage}"
    train_renderer(args.data, files.base, files.checkpoint, out, args.stage, settings, progress, cancel)
