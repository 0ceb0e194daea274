"""What a render job is asked for, as the queue keeps it: a snapshot of the project, so later edits change nothing."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from core.timecode import format_seconds
from core.timeline import Project

STOP: Final = "stop"
"""What a worker is told when it shall end softly."""

JobKind = Literal["video", "poses"]
"""A video of the person, or of the drawn poses that a renderer gets."""


@dataclass(frozen=True)
class RenderRequest:
    """A render that is to be done.

    Attributes:
        project: the project as JSON, with absolute media paths (`snapshot`).
        project_path: its file; beside it lies the cache.
        out: the file to make, None to fill the cache only.
        backend: renderer name, None for the project's.
        height: frame height in pixels, None for the project's.
        fps: frames per second, None for the project's.
        start_us: where the video begins, None for the recording's begin.
        end_us: where it ends, None for the recording's end.
        crf: x264's quality, 0 to 51.
        kind: what is shown.
        title: how lists name the job; "" makes one of the project's name and the stretch.
    """

    project: str
    project_path: str
    out: str | None = None
    backend: str | None = None
    height: int | None = None
    fps: float | None = None
    start_us: int | None = None
    end_us: int | None = None
    crf: int = 18
    kind: JobKind = "video"
    title: str = ""

    @classmethod
    def of(cls, project: Project, project_path: str | Path, **options: object) -> Self:
        """Return a request for a project as it is now; `options` are the other attributes."""
        return cls(snapshot(project), str(project_path), **options)  # type: ignore[arg-type]

    def load(self) -> Project:
        """Return the project of the snapshot."""
        return Project.model_validate_json(self.project)

    def shown_title(self) -> str:
        """Return the name for lists: "talk, 0:03.2 - 0:05.0", with a dash between."""
        if self.title:
            return self.title
        name = Path(self.out or self.project_path).stem
        if self.start_us is None and self.end_us is None:
            return name
        end = "" if self.end_us is None else format_seconds(self.end_us, 1)
        return f"{name}, {format_seconds(self.start_us or 0, 1)}\u2013{end}"

    def to_json(self) -> str:
        """Return the request as JSON text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the request of a JSON text; fields of a later version are left out."""
        known = cls.__dataclass_fields__
        return cls(**{name: value for name, value in json.loads(text).items() if name in known})


@dataclass(frozen=True)
class JobProgress:
    """Progress of a running job.

    Attributes:
        stage: what is being done.
        done: steps of the stage that are done.
        total: steps of the stage.
        seconds_left: measured estimate, None while nothing was measured.
        message: more for the user, or "".
    """

    stage: str
    done: int
    total: int
    seconds_left: float | None = None
    message: str = ""


@dataclass(frozen=True)
class JobNote:
    """A sentence of a running job that the user should read; nothing failed."""

    text: str


@dataclass(frozen=True, eq=False)
class JobPreview:
    """A rough look at what a slow renderer works on: (H, W, 3) uint8, small."""

    picture: NDArray[np.uint8]


def snapshot(project: Project) -> str:
    """Return a project as JSON text that holds all of it; media paths stay absolute."""
    return project.model_dump_json()
