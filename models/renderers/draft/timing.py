"""What the face and chest do at every absolute frame of a recording: mouth, lids, emotion, nod and breath.

Computed once per job for the whole recording, so that every chunk sees the same numbers.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.blinks import blink_track
from core.lips import mouth_opening
from models.renderers.base import FaceCue, RenderJob
from models.renderers.draft.face import FaceState, emotion_shape
from models.renderers.draft.mouth import MouthShape

CUE_FADE: Final = 0.4
"""Seconds over which an emotion comes and goes."""

BREATHS_PER_SECOND: Final = 0.24

NOD_SECONDS: Final = 0.18
"""Smoothing of the opening that moves the head with the stress of the speech."""


@dataclass(frozen=True)
class Timing:
    """Per frame, from frame 0 of the recording at the job's rate; all (T,) float32.

    Attributes:
        opening: mouth, 0..1.
        rounding: -1 spread .. 1 pursed.
        smile, brows: -1..1.
        closure: lids, 0..1.
        nod: 0..1, how far speech lowers the head.
        breath: 0..1, how full the chest is.
    """

    opening: NDArray[np.float32]
    rounding: NDArray[np.float32]
    smile: NDArray[np.float32]
    brows: NDArray[np.float32]
    closure: NDArray[np.float32]
    nod: NDArray[np.float32]
    breath: NDArray[np.float32]

    def face(self, frame: int) -> FaceState:
        """The face at an absolute frame; beyond the track its last frame."""
        index = min(max(frame, 0), len(self.opening) - 1)
        mouth = MouthShape(float(self.opening[index]), float(self.rounding[index]), float(self.smile[index]))
        return FaceState(mouth, float(self.closure[index]), float(self.brows[index]))

    def body(self, frame: int) -> tuple[float, float]:
        """Nod and breath at an absolute frame, 0..1."""
        index = min(max(frame, 0), len(self.opening) - 1)
        return float(self.nod[index]), float(self.breath[index])


def make_timing(job: RenderJob, *, breathing: bool, blinking: bool) -> Timing:
    """The whole recording's timing at the job's frame rate."""
    frames = max(int(np.ceil(job.audio.duration * job.fps)) + 1, job.end_frame, 1)
    track = mouth_opening(job.audio.samples, job.fps, frames)
    times = np.arange(frames) / job.fps
    smile, brows, rate = _cue_curves(job.cues, times)
    rounding = np.clip(1.0 - 2.0 * track.width, -1.0, 1.0) * np.minimum(track.opening / 0.15, 1.0)
    closure = blink_track(frames, job.fps, job.seed, rate) if blinking else np.zeros(frames, np.float32)
    breath = np.zeros(frames)
    if breathing:
        # In through the nose a little faster than out; the first frame is the empty chest of the still picture.
        phase = 2.0 * np.pi * BREATHS_PER_SECOND * times
        breath = 0.5 - 0.5 * np.cos(phase + 0.35 * np.sin(phase))
    return Timing(
        opening=track.opening,
        rounding=rounding.astype(np.float32),
        smile=smile.astype(np.float32),
        brows=brows.astype(np.float32),
        closure=closure,
        nod=_smooth(track.opening, NOD_SECONDS * job.fps),
        breath=breath.astype(np.float32),
    )


def _cue_curves(cues: tuple[FaceCue, ...], times: NDArray[np.float64]
                ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
    smile, brows, rate = np.zeros(len(times)), np.zeros(len(times)), np.ones(len(times))
    for cue in cues:
        inside = np.clip(np.minimum(times - cue.start, cue.end - times) / CUE_FADE + 0.5, 0.0, 1.0)
        inside = inside * inside * (3.0 - 2.0 * inside)
        smile_amount, brow_amount = emotion_shape(cue.emotion, cue.emotion_strength)
        smile += inside * smile_amount
        brows += inside * brow_amount
        rate[(times >= cue.start) & (times < cue.end)] = cue.blink
    return np.clip(smile, -1.0, 1.0), np.clip(brows, -1.0, 1.0), rate


def _smooth(values: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Gaussian smoothing over time with the ends held."""
    half = max(int(np.ceil(3.0 * sigma)), 1)
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / max(sigma, 1e-3)) ** 2)
    smooth = np.convolve(np.pad(values, half, mode="edge"), kernel / kernel.sum(), mode="valid")
    # What is left of the last word far into the silence would keep the picture from ever standing still.
    return np.where(smooth < 1e-4, 0.0, smooth).astype(np.float32)
