"""`MotionClip`: whole-body 3D motion as the rest of the program sees it.

Holds data only. The encoding is in `core.features`, reading and writing of files in `core.bvh` and `core.motion_file`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.constants import FRAMES_PER_TOKEN, MOTION_FPS, NUM_FEATURES, NUM_JOINTS


@dataclass(frozen=True)
class MotionSpan:
    """A stretch of a clip and what made it.

    Attributes:
        start: first frame (inclusive).
        end: last frame (exclusive).
        prompt: text that directed the stretch, "" for speech alone.
        seed: seed that its tokens were drawn with.
    """

    start: int
    end: int
    prompt: str
    seed: int


@dataclass(frozen=True)
class MotionClip:
    """Whole-body motion at 20 frames a second.

    Attributes:
        joints: (T, 22, 3) float32, metres, Y up, world space; frame t is at t / fps seconds.
        features: (T, 263) float32, HumanML3D features in `corrected` mode.
        tokens: (ceil(T / 4),) int64 codes of the tokenizer's base level, -1 where a motion was imported.
        contacts: (T, 4) float32 in 0..1: left ankle, left foot, right ankle, right foot touch the ground.
        fps: frames per second, 20.
        spans: what made which stretch, in time order.
        marks: (ceil(T / 4),) int64, equal where two motions of a recording were made in the same way; None: the tokens.
        provenance: free text facts (weights name and version, licence), for export.
    """

    joints: NDArray[np.float32]
    features: NDArray[np.float32]
    tokens: NDArray[np.int64]
    contacts: NDArray[np.float32]
    fps: float = float(MOTION_FPS)
    spans: tuple[MotionSpan, ...] = ()
    marks: NDArray[np.int64] | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        frames = self.joints.shape[0]
        if self.joints.shape != (frames, NUM_JOINTS, 3):
            raise ValueError(f"joints must have shape (T, {NUM_JOINTS}, 3), not {self.joints.shape}")
        if self.features.shape != (frames, NUM_FEATURES):
            raise ValueError(f"features must have shape ({frames}, {NUM_FEATURES}), not {self.features.shape}")
        if self.contacts.shape != (frames, 4):
            raise ValueError(f"contacts must have shape ({frames}, 4), not {self.contacts.shape}")
        if self.tokens.shape != (-(-frames // FRAMES_PER_TOKEN),):
            raise ValueError(f"{frames} frames need {-(-frames // FRAMES_PER_TOKEN)} tokens, not {self.tokens.shape}")

    def __len__(self) -> int:
        return int(self.joints.shape[0])

    @property
    def made_of(self) -> NDArray[np.int64]:
        """What an edit is recognised by: `marks`, or the tokens where there are none."""
        return self.tokens if self.marks is None else self.marks

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self) / self.fps
