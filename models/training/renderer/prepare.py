"""Makes training clips of many videos: `versa data prepare`. Several at once, each finished video kept.

What happens to one video is in `video_clips`. A video whose content and settings did not change is not done again.
"""

import hashlib
import json
import multiprocessing
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from core.atomic import atomic_path
from core.cache import fingerprint
from core.cancel import CancelToken, ProgressCallback, ignore_progress
from models.renderers.versa.settings import CELL
from models.training.loop import Meter
from models.training.renderer.clips import ClipEntry, DataError, Manifest, Refusal
from models.training.renderer.pose_source import PoseKind, PoseModels, require_poses
from models.training.renderer.video_clips import Framing

VIDEO_SUFFIXES: Final = frozenset({".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".ts"})
_GRID: Final = 64
_LOG_MEL_WIDTH: Final = 40
_RECIPE: Final = 2
"""Goes up when the same settings make other clips, so that old ones are made again."""

SpeechKind = Literal["auto", "wav2vec2", "log-mel"]


@dataclass(frozen=True)
class PrepareSettings:
    """How clips are made; see `video_clips.ClipMaker` and `Limits`.

    Attributes:
        width, height: of the clips in pixels, multiples of 64.
        fps: of the clips.
        poses: where poses come from.
        pose_models: files of rtmlib's networks.
        speech: "auto" takes wav2vec2 if its weights are there.
        speech_folder: of wav2vec2's weights, or None.
        identity: ONNX file of the face network, or None.
        limits: changes to `video_clips.Limits` by name.
        framing: how much of the picture is taken, see `video_clips.ClipMaker`.
    """

    width: int = 576
    height: int = 1024
    fps: float = 25.0
    poses: PoseKind = "auto"
    pose_models: PoseModels = field(default_factory=PoseModels)
    speech: SpeechKind = "auto"
    speech_folder: Path | None = None
    identity: Path | None = None
    limits: dict[str, float] = field(default_factory=dict)
    framing: Framing = "whole"

    def __post_init__(self) -> None:
        if self.width % _GRID or self.height % _GRID or min(self.width, self.height) < _GRID:
            raise DataError(
                f"clips of {self.width} x {self.height} pixels cannot be trained on; both sides must be multiples of "
                f"{_GRID}, for the latent cells of {CELL} pixels and three halvings in the network"
            )
        if not 1.0 <= self.fps <= 60.0:
            raise DataError(f"clips need between 1 and 60 frames a second, not {self.fps:g}")
        if self.speech == "wav2vec2" and self.speech_folder is None:
            raise DataError("the weights of wav2vec2 are not there; run `versa models download wav2vec2-base-960h`")

    @property
    def hears(self) -> str:
        """The speech features that are made."""
        return "log-mel" if self.speech == "log-mel" or self.speech_folder is None else "wav2vec2"

    def key(self) -> str:
        """Changes with everything that changes the clips."""
        return hashlib.sha256(json.dumps([_RECIPE, asdict(self)], default=str, sort_keys=True).encode()).hexdigest()[
            :16
        ]


def find_videos(places: Iterable[Path]) -> list[Path]:
    """Video files among files and folders (searched below), sorted, each once.

    Raises:
        DataError: a place does not exist, or there is no video at all.
    """
    found: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            inside = (path for path in sorted(place.rglob("*")) if path.suffix.lower() in VIDEO_SUFFIXES)
            found.update(dict.fromkeys(inside))
        elif place.is_file():
            found[place] = None
        else:
            raise DataError(f"{place} does not exist; name video files, or folders that hold them")
    if not found:
        raise DataError("there is no video in what was named; name video files, or folders that hold them")
    return list(found)


def prepare(
    videos: Sequence[Path],
    out: Path,
    settings: PrepareSettings,
    emotions: dict[str, tuple[str, float]] | None = None,
    jobs: int = 1,
    progress: ProgressCallback = ignore_progress,
    cancel: CancelToken | None = None,
) -> Manifest:
    """Make clips of videos, or go on with what is missing, and write the manifest.

    Args:
        videos: files.
        out: folder of the clips and the manifest.
        settings: how.
        emotions: emotion and strength by file name.
        jobs: videos at once.
        progress: told about finished videos.
        cancel: looked at all the time.

    Returns:
        The manifest of these videos; clips of others that lie in the folder are not in it.

    Raises:
        DataError: no poses, the weights of an encoder cannot be used, or a process was ended from outside.
        Cancelled: stopped; finished videos are kept.
    """
    token = CancelToken() if cancel is None else cancel
    for folder in (out / "clips", out / "videos"):
        folder.mkdir(parents=True, exist_ok=True)
    # Copies of one video have one name, and two processes would write the same files.
    named = {task.name: task for task in (_task(video, out, settings, emotions or {}) for video in videos)}
    tasks = list(named.values())
    missing = [task for task in tasks if not _record(task).is_file()]
    for task in missing:
        require_poses(task.video, settings.poses, settings.pose_models)
    meter = Meter("training clips", len(tasks) - len(missing), len(tasks), progress)
    done = len(tasks) - len(missing)
    if jobs <= 1 or len(missing) <= 1:
        for task in missing:
            token.check()
            make_video(task, token)
            done += 1
            meter.step(done, task.video.name)
    else:
        _in_parallel(missing, jobs, done, meter, token)
    clips: list[ClipEntry] = []
    refused: list[Refusal] = []
    width = _LOG_MEL_WIDTH
    for task in tasks:
        values = json.loads(_record(task).read_text(encoding="utf-8"))
        clips += [ClipEntry(**entry) for entry in values["clips"]]
        refused += [Refusal(**entry) for entry in values["refused"]]
        width = int(values["speech_width"])
    manifest = Manifest(
        settings.width,
        settings.height,
        settings.fps,
        settings.hears,
        width,
        tuple(clips),
        tuple(refused),
        settings.framing,
    )
    manifest.save(out)
    return manifest


@dataclass(frozen=True)
class Task:
    """One video to be done.

    Attributes:
        video: the file.
        name: beginning of its clips' names; unique by content and settings.
        out: folder of all clips.
        settings: how.
        emotion: class and strength.
    """

    video: Path
    name: str
    out: Path
    settings: PrepareSettings
    emotion: tuple[str, float]


def make_video(task: Task, cancel: CancelToken) -> None:
    """Do one video and note what came out.

    Raises:
        DataError: no poses, or an encoder cannot be used.
        Cancelled: stopped.
    """
    from models.renderers.versa.encoders import AudioEncoder, OnnxIdentity
    from models.training.renderer.measure import LogMel
    from models.training.renderer.pose_source import PoseFileError, pose_source
    from models.training.renderer.video_clips import ClipMaker, Limits
    from models.wav2vec2 import Wav2Vec2Encoder

    settings = task.settings
    speech: AudioEncoder = LogMel()
    if settings.hears == "wav2vec2" and settings.speech_folder is not None:
        speech = Wav2Vec2Encoder(settings.speech_folder)
    identity = None if settings.identity is None else OnnxIdentity(settings.identity)
    maker = ClipMaker(
        settings.width, settings.height, settings.fps, Limits(**settings.limits), speech, identity, settings.framing
    )
    try:
        source = pose_source(task.video, settings.poses, settings.pose_models)
        clips, refused = maker.make(task.video, task.name, source, task.emotion, task.out, cancel)
    except PoseFileError as error:
        clips, refused = [], [Refusal(task.video.name, 0.0, 0.0, str(error))]
    record = {
        "clips": [asdict(entry) for entry in clips],
        "refused": [asdict(entry) for entry in refused],
        "speech_width": speech.width,
    }
    with atomic_path(_record(task)) as temporary:
        temporary.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _task(video: Path, out: Path, settings: PrepareSettings, emotions: dict[str, tuple[str, float]]) -> Task:
    from models.training.renderer.measure import emotion_of

    emotion = emotion_of(video, emotions)
    given = video.with_suffix(".npz")
    parts = [fingerprint(video), fingerprint(given) if given.is_file() else "", settings.key(), repr(emotion)]
    digest = hashlib.sha256("|".join(parts).encode()).hexdigest()[:10]
    return Task(video, f"{video.stem[:60]}-{digest}", out, settings, emotion)


def _record(task: Task) -> Path:
    return task.out / "videos" / f"{task.name}.json"


class _SharedToken(CancelToken):
    """A token that the process which started this one can set."""

    def __init__(self, event: Any) -> None:
        super().__init__()
        self._event = event


_token = CancelToken()


def _begin(event: Any) -> None:
    """Set a worker up: one thread for itself, since there are as many workers as the user wants."""
    global _token
    import cv2
    import torch

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    _token = _SharedToken(event)


def _work(task: Task) -> str:
    make_video(task, _token)
    return task.video.name


def _in_parallel(tasks: Sequence[Task], jobs: int, done: int, meter: Meter, cancel: CancelToken) -> None:
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(min(jobs, len(tasks)), context, _begin, (stop,)) as pool:
        left: set[Future[str]] = {pool.submit(_work, task) for task in tasks}
        try:
            while left:
                cancel.check()
                ready, left = wait(left, timeout=0.2, return_when=FIRST_COMPLETED)
                for future in ready:
                    name = future.result()
                    done += 1
                    meter.step(done, name)
        except BrokenProcessPool:
            raise DataError(
                "a process that made clips was ended, perhaps because memory ran out; what is finished is kept, run "
                "the command again with fewer --jobs"
            ) from None
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
