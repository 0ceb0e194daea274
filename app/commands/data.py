"""`versa data`: make training clips of one's own videos. The work is in `models.training.renderer.prepare`."""

import argparse
import os
from pathlib import Path

from app.commands.context import CommandError, Context, UsageError, add_output

_SHOWN_REFUSALS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("action", choices=("prepare",), help="cut videos into clips to train the renderer with")
    parser.add_argument("videos", type=Path, nargs="+", metavar="VIDEOS", help="video files, or folders of them")
    parser.add_argument(
        "--out", type=Path, default=Path("clips"), metavar="DIR",
        help="folder of the clips; videos that are done are not done again (default: clips)",
    )  # fmt: skip
    parser.add_argument("--size", default="576x1024", metavar="WxH", help="pixels of the clips (default: 576x1024)")
    parser.add_argument(
        "--framing", choices=("whole", "close-up"), default="whole",
        help="whole: as much of the picture as the size's shape lets, for stage 2; close-up: head and shoulders, for "
        "stage 1 (default: whole)",
    )  # fmt: skip
    parser.add_argument("--fps", type=float, default=25.0, metavar="N", help="frames a second (default: 25)")
    parser.add_argument("--jobs", type=int, metavar="N", help="videos at once (default: half of the cores)")
    parser.add_argument(
        "--poses", choices=("auto", "given", "rtmlib", "rig"), default="auto",
        help="given: V.npz beside V.mp4, as `versa poses` writes it; rtmlib: its networks; rig: our rig finder, coarse "
        "and without blinks (default: given where there is one, else rtmlib)",
    )  # fmt: skip
    parser.add_argument("--detector", type=Path, metavar="F.onnx", help="rtmlib's person detector (default: DWPose's)")
    parser.add_argument("--pose-model", type=Path, metavar="F.onnx", help="rtmlib's pose network (default: DWPose)")
    parser.add_argument(
        "--speech", choices=("auto", "wav2vec2", "log-mel"), default="auto",
        help="speech features; the renderer hears wav2vec2, log-mel needs no weights (default: wav2vec2 if there)",
    )  # fmt: skip
    parser.add_argument("--identity", type=Path, metavar="F.onnx", help="face network for the identity of each clip")
    parser.add_argument(
        "--emotions", type=Path, metavar="F.csv",
        help="columns file, emotion, strength; without it a word of the file name counts, else neutral",
    )  # fmt: skip
    parser.add_argument(
        "--limit", action="append", default=[], metavar="NAME=N",
        help="another limit of the quality filters: shortest, longest, face, sharp, quiet, ... (can be repeated)",
    )  # fmt: skip
    add_output(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Make the clips and say what was refused."""
    from models.renderers.versa.locate import IDENTITY_NAME, POSE_NAME, WAV2VEC_NAME, optional_folder
    from models.training.renderer.clips import MANIFEST, DataError
    from models.training.renderer.measure import read_emotions
    from models.training.renderer.pose_source import PoseModels
    from models.training.renderer.prepare import PrepareSettings, find_videos, prepare

    width, height = _size(args.size)
    identity = args.identity
    if identity is None and (folder := optional_folder(IDENTITY_NAME)) is not None:
        identity = next(iter(sorted(folder.glob("*.onnx"))), None)
    models = PoseModels(args.detector, args.pose_model)
    if models == PoseModels() and (folder := optional_folder(POSE_NAME)) is not None:
        models = PoseModels(folder / "yolox_l.onnx", folder / "dw-ll_ucoco_384.onnx")
    try:
        settings = PrepareSettings(
            width, height, args.fps, args.poses, models, args.speech,
            None if args.speech == "log-mel" else optional_folder(WAV2VEC_NAME), identity, _limits(args.limit),
            args.framing,
        )  # fmt: skip
        emotions = {} if args.emotions is None else read_emotions(args.emotions)
        jobs = args.jobs or max((os.cpu_count() or 2) // 2, 1)
        manifest = prepare(
            find_videos(args.videos), args.out, settings, emotions, jobs, context.reporter, context.cancel
        )
    except DataError as error:
        raise CommandError(str(error)) from error
    seconds = sum(entry.frames for entry in manifest.clips) / manifest.fps
    lines = [f"{args.out / MANIFEST}: {len(manifest.clips)} clips, {seconds:.1f} s, speech as {manifest.speech}"]
    if manifest.refused:
        lines.append(f"{len(manifest.refused)} parts were left out:")
        lines += [f"  {one.source} {one.start:.1f}-{one.end:.1f} s: {one.reason}"
                  for one in manifest.refused[:_SHOWN_REFUSALS]]  # fmt: skip
        if len(manifest.refused) > _SHOWN_REFUSALS:
            lines.append(f"  and {len(manifest.refused) - _SHOWN_REFUSALS} more, see {MANIFEST}")
    refused = [vars(one) for one in manifest.refused]
    context.answer(
        "\n".join(lines),
        {"out": str(args.out), "clips": len(manifest.clips), "seconds": seconds, "speech": manifest.speech,
         "refused": refused},
    )  # fmt: skip
    return 0 if manifest.clips else 1


def _size(text: str) -> tuple[int, int]:
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        raise UsageError(f"--size {text}: give width and height in pixels, as 576x1024")
    return int(parts[0]), int(parts[1])


def _limits(given: list[str]) -> dict[str, float]:
    from dataclasses import fields

    from models.training.renderer.video_clips import Limits

    known = [entry.name for entry in fields(Limits)]
    result = {}
    for text in given:
        name, _, number = text.partition("=")
        try:
            result[name] = float(number)
        except ValueError:
            raise UsageError(f"--limit {text}: give a name and a number, as face=64") from None
        if name not in known:
            raise UsageError(f"--limit {text}: there is no limit {name!r}; known are {', '.join(known)}")
    return result
