"""Scenes for the draft renderer's tests: the drawn sample people, still and moving poses, speech-like sound."""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.audio import AudioTrack
from core.constants import SPEECH_RATE
from core.portrait import Portrait, Rig, load_portrait
from core.pose import LEFT_ELBOW, LEFT_WRIST, RIGHT_ELBOW, RIGHT_WRIST, PoseSequence
from models.renderers.base import FaceCue, RenderJob
from models.renderers.draft import DraftRenderer

SAMPLES = Path(__file__).parents[3] / "resources" / "sample"
NAMES = ("head", "half", "whole")
SIZE = (360, 640)
"""Half of the usual frame: a quarter of the time, the same code."""


@cache
def portrait(name: str) -> Portrait:
    """A drawn sample person with its own rig."""
    return load_portrait(SAMPLES / f"{name}.png", Rig.from_json((SAMPLES / f"{name}.rig.json").read_text("utf-8")))


@cache
def quiet_renderer() -> DraftRenderer:
    """A renderer without breath, blinks and nods; one for all tests, so that set-up is paid once per picture."""
    return DraftRenderer(breathing=False, blinking=False, nodding=False)


def still_poses(person: Portrait, frames: int = 40) -> PoseSequence:
    """The portrait's own pose."""
    body = np.tile(person.rig.body, (frames, 1, 1)).astype(np.float32)
    hands = np.zeros((frames, 2, 21, 3), np.float32)
    for side, wrist in ((0, LEFT_WRIST), (1, RIGHT_WRIST)):
        start, tip = person.rig.body[wrist, :2], person.rig.hand_tips[side, :2]
        for point in range(21):
            share = 0.0 if point == 0 else 0.5 if point in (1, 5, 9, 13, 17) else 1.0
            hands[:, side, point, :2] = start + share * (tip - start)
        hands[:, side, :, 2] = person.rig.hand_tips[side, 2]
    return PoseSequence(
        body=body, face=np.zeros((frames, 68, 3), np.float32), hands=hands, depth=np.zeros((frames, 18), np.float32),
        yaw=np.zeros(frames, np.float32), flags=np.zeros(frames, np.uint8), fps=20.0, width=person.width,
        height=person.height,
    )  # fmt: skip


def gesture_poses(person: Portrait, frames: int = 60, reach: float = 1.0) -> PoseSequence:
    """Both forearms swing inwards and up and back, as in talking; the hands turn with them."""
    poses = still_poses(person, frames)
    body, hands = poses.body.copy(), poses.hands.copy()
    phase = np.arange(frames) / 20.0
    amount = reach * (0.5 - 0.5 * np.cos(2.0 * np.pi * 0.5 * phase))
    for side, elbow, wrist, sign in ((0, LEFT_ELBOW, LEFT_WRIST, 1.0), (1, RIGHT_ELBOW, RIGHT_WRIST, -1.0)):
        for frame in range(frames):
            turn = sign * 1.2 * amount[frame]
            rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
            centre = body[frame, elbow, :2]
            body[frame, wrist, :2] = centre + rotation @ (body[frame, wrist, :2] - centre)
            hands[frame, side, :, :2] = centre + (hands[frame, side, :, :2] - centre) @ rotation.T
    return PoseSequence(
        body=body, face=poses.face, hands=hands, depth=poses.depth, yaw=poses.yaw, flags=poses.flags, fps=20.0,
        width=poses.width, height=poses.height,
    )  # fmt: skip


def silence(seconds: float) -> AudioTrack:
    """Digital silence."""
    return track(np.zeros(int(seconds * SPEECH_RATE), np.float32))


def babble(seconds: float, seed: int = 0) -> AudioTrack:
    """Voiced syllables of changing loudness at 4 a second, with pauses: harmonics of 120 Hz, shaped like a vowel."""
    random = np.random.default_rng(seed)
    count = int(seconds * SPEECH_RATE)
    times = np.arange(count) / SPEECH_RATE
    syllables = random.uniform(0.15, 1.0, int(seconds * 4) + 2) * (random.random(int(seconds * 4) + 2) > 0.25)
    position = times * 4.0
    level = syllables[position.astype(int)] * np.sin(np.pi * (position % 1.0)) ** 2
    voice = sum(np.sin(2.0 * np.pi * 120.0 * k * times) / (1.0 + abs(k - 5)) for k in range(1, 24))
    return track((0.12 * level * voice).astype(np.float32))


def track(samples: NDArray[np.float32]) -> AudioTrack:
    """A recording that is nowhere on disk."""
    return AudioTrack(
        path=Path("voice.wav"), samples=samples, source_rate=SPEECH_RATE, source_channels=1, source_samples=len(samples)
    )


def make_job(person: Portrait, poses: PoseSequence, audio: AudioTrack, size: tuple[int, int] = SIZE, fps: float = 25.0,
             cues: tuple[FaceCue, ...] = (), seed: int = 0) -> RenderJob:  # fmt: skip
    """A job over the whole pose sequence."""
    frames = int(len(poses) / poses.fps * fps)
    return RenderJob(person, poses, audio, size[0], size[1], fps, 0, frames, cues, seed)
