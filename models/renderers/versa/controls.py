"""The face's controls of every frame of a job: speech features around it, emotion, blinking.

A function of the job and the absolute frame, so a segment sees the same whether it is rendered alone or not.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from core.blinks import blink_track
from core.timeline import EMOTIONS
from models.renderers.base import RenderJob
from models.renderers.versa.face_adapter import FaceControls
from models.wav2vec2 import FEATURE_RATE

CUE_FADE: Final = 0.4
"""Seconds over which an emotion comes and goes."""


@dataclass(frozen=True)
class FaceTrack:
    """Controls of frames 0..T-1 of the recording at the job's rate.

    Attributes:
        emotion: (T,) class.
        strength: (T,) 0..1.
        blink: (T,) 0 open to 1 shut.
    """

    emotion: NDArray[np.int64]
    strength: NDArray[np.float32]
    blink: NDArray[np.float32]


def face_track(job: RenderJob, total: int) -> FaceTrack:
    """The controls that follow from a job's cues and seed; the first cue that covers a time counts."""
    times = np.arange(total) / job.fps
    emotion, strength = np.zeros(total, np.int64), np.zeros(total)
    rate = np.ones(total)
    free, unset = np.ones(total, bool), np.ones(total, bool)
    for cue in job.cues:
        covered = (times >= cue.start) & (times < cue.end)
        now = covered & free & (cue.emotion_strength > 0)
        depth = np.minimum(times - cue.start, cue.end - times) / CUE_FADE
        emotion[now] = EMOTIONS.index(cue.emotion)
        strength[now] = (cue.emotion_strength * np.clip(depth, 0.0, 1.0))[now]
        free &= ~now
        rate[covered & unset] = cue.blink
        unset &= ~covered
    return FaceTrack(emotion, strength.astype(np.float32), blink_track(total, job.fps, job.seed, rate))


def audio_windows(features: NDArray[np.float32], frames: range, fps: float, window: int) -> NDArray[np.float32]:
    """(len(frames), window, width) features around each frame's time; beyond the ends the last one is repeated."""
    centres = np.floor(np.arange(frames.start, frames.stop) / fps * FEATURE_RATE).astype(np.int64)
    rows = centres[:, None] + np.arange(window) - window // 2
    return features[np.clip(rows, 0, len(features) - 1)]


def controls_of(
    track: FaceTrack,
    features: NDArray[np.float32],
    identity: NDArray[np.float32],
    masks: torch.Tensor,
    frames: range,
    fps: float,
    window: int,
) -> FaceControls:
    """Controls of the reference frame and a range of frames behind it.

    Args:
        track: of the whole recording.
        features: (N, width) of the whole recording.
        identity: (512,).
        masks: (1 + len(frames), h, w) soft face masks, the reference's first.
        frames: absolute frames.
        fps: of the frames.
        window: features around a frame.

    Returns:
        A batch of 1; the reference frame is silent, neutral and open-eyed.
    """
    part = slice(frames.start, frames.stop)
    audio = np.concatenate(
        [np.zeros((1, window, features.shape[1]), np.float32), audio_windows(features, frames, fps, window)]
    )
    first = np.zeros(1, np.float32)
    return FaceControls(
        identity=torch.from_numpy(identity)[None],
        audio=torch.from_numpy(audio)[None],
        emotion=torch.from_numpy(np.concatenate([np.zeros(1, np.int64), track.emotion[part]]))[None],
        emotion_strength=torch.from_numpy(np.concatenate([first, track.strength[part]]))[None],
        blink=torch.from_numpy(np.concatenate([first, track.blink[part]]))[None],
        mask=masks[None],
    )
