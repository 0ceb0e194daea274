"""What window and engine say to each other: plain data that is sent through a pipe. No Qt and no networks here."""

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from app.folders import home_folder
from core.cancel import Progress
from core.forecast import RenderForecast
from core.motion import MotionClip
from core.portrait import Portrait, Rig
from core.pose import PoseSequence
from core.rendered import RenderedPiece
from core.timeline import MotionState, Project

EngineState = Literal["starting", "loading", "ready", "working", "failed"]
"""How the engine stands: its process starts, its networks load, it waits, it works, it cannot be started."""

SegmentState = Literal["none", "queued", "generating", "ready", "changed", "failed"]
"""How a segment's motion stands: there is none, it waits, it is being made, it is there, it does not fit any more."""

INSTALLED: Final = "app.model_source:InstalledModels"
"""Where the engine gets its networks from unless a test says otherwise: "module:function" of a `ModelSource`."""


def unsaved_path() -> Path:
    """Return where a project that has no file yet would lie, for the place of its derived data."""
    folder = home_folder() / "unsaved"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "untitled.versa"


@dataclass(frozen=True, eq=False)
class AudioInfo:
    """What is heard in a recording.

    Attributes:
        path: the file.
        duration_us: its exact length.
        pauses: (start, end) microseconds without speech.
        accents: microseconds of the stressed syllables; empty while they are still looked for.
        proposed: (start, end) microseconds of segments that suggest themselves.
        warnings: sentences for the user.
        energy: (T,) float32 dB at `energy_fps`, empty while it is still measured.
        energy_fps: values of `energy` a second.
        complete: accents and energy are there.
    """

    path: str
    duration_us: int
    pauses: tuple[tuple[int, int], ...]
    accents: tuple[int, ...]
    proposed: tuple[tuple[int, int], ...]
    warnings: tuple[str, ...]
    energy: NDArray[np.float32]
    energy_fps: float
    complete: bool


# From the window to the engine ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """Bring the motion and poses of a project up to date."""

    revision: int
    project: Project
    path: str


@dataclass(frozen=True)
class Cancel:
    """Stop the running work."""


@dataclass(frozen=True)
class Stop:
    """End the process."""


@dataclass(frozen=True)
class AskStates:
    """Tell how the segments of a project stand."""

    revision: int
    project: Project


@dataclass(frozen=True)
class AskSuggestions:
    """Look for known prompts that are near to a text."""

    text: str


@dataclass(frozen=True)
class AskConfidence:
    """Tell how well the motion networks know a prompt."""

    text: str


@dataclass(frozen=True)
class AskPieces:
    """Look which chunks of a project's video are finished."""

    project: Project
    path: str
    token: Hashable


@dataclass(frozen=True)
class RenderWish:
    """A render that may come; None is as the project says, or the whole recording.

    Attributes:
        backend: renderer name.
        height: of the frames in pixels.
        fps: frames per second.
        start_us, end_us: where it begins and ends.
        crf: x264's quality.
    """

    backend: str | None = None
    height: int | None = None
    fps: float | None = None
    start_us: int | None = None
    end_us: int | None = None
    crf: int = 18


@dataclass(frozen=True)
class AskForecast:
    """Look whether a render can be done here, and what it will take."""

    project: Project
    path: str
    wish: RenderWish
    token: Hashable


@dataclass(frozen=True)
class Prepare:
    """Look at files that are no project yet."""

    audio: str
    portrait: str
    rig: dict[str, Any] | None


# From the engine to the window ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Loaded:
    """The networks are there (or `sentence` says why not, and `detail`, for the log, where it went wrong)."""

    sentence: str = ""
    detail: str = ""


LoadingStep = Literal["libraries", "motion", "poses"]
"""What is loaded, in this order: torch, the motion networks, the bank of poses."""

LOADING: Final[tuple[LoadingStep, ...]] = ("libraries", "motion", "poses")


@dataclass(frozen=True)
class Loading:
    """A step of loading begins."""

    step: LoadingStep


@dataclass(frozen=True)
class Device:
    """What renders compute on: the name of a GPU, "CPU", or "" where that is not known."""

    name: str


@dataclass(frozen=True)
class Begun:
    """Work on a revision began."""

    revision: int


@dataclass(frozen=True)
class Stage:
    """The work on a revision goes on with another stage; only some stages stop quickly when asked."""

    revision: int
    name: str


@dataclass(frozen=True)
class Ended:
    """Work on a revision ended: "done", "cancelled", or "failed" in a stage (`detail` is for the log)."""

    revision: int
    how: Literal["done", "cancelled", "failed"]
    stage: str = ""
    sentence: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """Progress of the running work."""

    progress: Progress


@dataclass(frozen=True)
class Heard:
    """A recording was looked at."""

    audio: AudioInfo


@dataclass(frozen=True, eq=False)
class Seen:
    """A portrait was looked at; `proposal` is what the program would take for its rig."""

    portrait: Portrait
    proposal: Rig | None


@dataclass(frozen=True, eq=False)
class Moved:
    """The motion of a revision is there."""

    revision: int
    state: MotionState
    clip: MotionClip


@dataclass(frozen=True, eq=False)
class Posed:
    """The poses of a revision are there."""

    revision: int
    poses: PoseSequence


@dataclass(frozen=True)
class States:
    """How the segments of a revision stand.

    Attributes:
        revision: of the project.
        states: by segment id.
        by_work: told by the work on it, which knows more than the answer to a question about the same revision: that
            one may come after it, from another thread, and knows nothing of the motion that was made.
    """

    revision: int
    states: dict[str, SegmentState]
    by_work: bool = False


@dataclass(frozen=True)
class Pieces:
    """Finished chunks of a project's video."""

    token: Hashable
    pieces: tuple[RenderedPiece, ...]


@dataclass(frozen=True)
class Foreseen:
    """How a render would go."""

    token: Hashable
    forecast: RenderForecast


@dataclass(frozen=True)
class Suggestions:
    """Known prompts near to a text with their likeness (cosine), best first."""

    text: str
    found: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Confident:
    """How well the motion networks know a prompt, see `models.known_prompts.Confidence`."""

    text: str
    likeness: float
    known: bool
    nearest: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Failure:
    """Something beside the work failed."""

    stage: str
    sentence: str
    detail: str = ""


@dataclass(frozen=True)
class Note:
    """A sentence that the user should read."""

    text: str
