"""`PoseTranslator`: 3D motion to 2D poses of a portrait, through the relation bank or by direct projection.

Follows the paper's token2pose translator (section 3.2.4): generated tokens are replaced by runs of captured poses with
living fingers and face, which are then fitted to the person. Matching is in `models.bank_matching`, fitting in
`models.retarget`.
"""

from pathlib import Path
from typing import Final, Literal, Self

import numpy as np

from core.cancel import CancelToken, Progress, ProgressCallback, ignore_progress
from core.motion import MotionClip
from core.portrait import Portrait
from core.pose import PoseSequence
from core.skeleton import PELVIS
from models.neutral import NEUTRAL_JOINTS
from models.portrait_fit import LEG_JOINTS, portrait_body
from models.projection import Array, body_frames, camera_path
from models.relation_bank import BankMatch, RelationBank
from models.retarget import HALO, DetailedMotion, fit_motion, neutral_motion
from models.stance import calmness, follow, measure, shown

TranslationMode = Literal["bank", "direct"]

BLOCK_FRAMES: Final = 1200
"""Frames that are fitted at a time, so memory does not grow with the motion (beyond its result)."""

_FOOT_HABIT: Final = np.array([0.12, 0.03, 0.12])
_FIT_VERSION: Final = "3"


class PoseTranslator:
    """Maps motion clips to 2D poses of a portrait.

    Attributes:
        version: changes whenever the same clip and portrait give other poses; part of cache keys.
    """

    def __init__(self, bank: RelationBank) -> None:
        self._bank = bank
        self.version = f"translator-{_FIT_VERSION}-{bank.version}"

    @classmethod
    def from_pretrained(cls, folder: Path | str | None = None) -> Self:
        """Load the relation bank that comes with the program, or one from another folder.

        Raises:
            FileNotFoundError: the folder holds no relation bank.
        """
        return cls(RelationBank.load(folder))

    def translate(
        self,
        clip: MotionClip,
        portrait: Portrait,
        *,
        mode: TranslationMode = "bank",
        progress: ProgressCallback = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> PoseSequence:
        """2D poses of the portrait's person doing the motion, at 20 frames a second.

        Args:
            clip: the motion; its joints are what is shown, its tokens choose the captures.
            portrait: picture and rig.
            mode: "bank" for captured poses with fingers and face, "direct" for the projected 3D joints.
            progress: called after every block of frames.
            cancel: looked at before every block.

        Returns:
            As many frames as the clip has.

        Raises:
            ValueError: an unknown mode, or joints that are not finite numbers.
            core.cancel.Cancelled: `cancel` was set.
        """
        if mode not in ("bank", "direct"):
            raise ValueError(f'The translation mode must be "bank" or "direct", not {mode!r}.')
        if not np.isfinite(clip.joints).all():
            raise ValueError("The motion's joints hold values that are not finite numbers; generate the motion again.")
        cancel = cancel or CancelToken()
        cancel.check()
        puppet = portrait_body(portrait)
        count = len(clip)
        if count == 0:
            return _empty(portrait, clip.fps)
        frames = body_frames(clip.joints)
        path = camera_path(frames, float(NEUTRAL_JOINTS[PELVIS, 1]), puppet.limits)
        match = self._bank.match(frames.local, clip.tokens, cancel) if mode == "bank" else None
        body = np.empty((count, 18, 3), np.float32)
        face = np.empty((count, 68, 3), np.float32)
        hands = np.empty((count, 2, 21, 3), np.float32)
        depth, flags = np.empty((count, 18), np.float32), np.empty(count, np.uint8)
        calm, feet = calmness(frames.local), _first_feet(frames.local)
        usual = np.empty((count, 0))
        for start in range(0, count, BLOCK_FRAMES):
            cancel.check()
            end = min(start + BLOCK_FRAMES, count)
            first, last = max(start - HALO, 0), min(end + HALO, count)
            motion = self._detail(frames.local, match, first, last)
            rows = measure(motion.joints, motion.face)
            new = follow(rows[start - first :], calm[start:last], usual[start - 1] if start else None)
            usual = np.concatenate([usual[:start].reshape(start, new.shape[1]), new])
            stance = shown(rows, usual[first:last])
            fitted = fit_motion(puppet, motion, stance, path.frames(first, last), feet)
            part = slice(start - first, end - first)
            body[start:end], face[start:end] = fitted.body[part], fitted.face[part]
            hands[start:end], depth[start:end] = fitted.hands[part], fitted.depth[part]
            flags[start:end] = fitted.flags[part]
            progress(Progress("poses", end, count))
        return PoseSequence(
            body=body, face=face, hands=hands, depth=depth, yaw=path.yaw.astype(np.float32), flags=flags,
            fps=clip.fps, width=portrait.width, height=portrait.height,
        )  # fmt: skip

    def _detail(self, local: Array, match: BankMatch | None, start: int, end: int) -> DetailedMotion:
        if match is None:
            return neutral_motion(local[start:end])
        return self._bank.detail(local, match, start, end)


def _first_feet(local: Array) -> Array:
    """(2, 3) where the first frame has the ankles against the neutral stance, as far as that can be a habit."""
    ankles = [legs[2] for legs in LEG_JOINTS]
    return np.clip(local[0, ankles] - NEUTRAL_JOINTS[ankles], -_FOOT_HABIT, _FOOT_HABIT)


def _empty(portrait: Portrait, fps: float) -> PoseSequence:
    return PoseSequence(
        body=np.zeros((0, 18, 3), np.float32), face=np.zeros((0, 68, 3), np.float32),
        hands=np.zeros((0, 2, 21, 3), np.float32), depth=np.zeros((0, 18), np.float32),
        yaw=np.zeros(0, np.float32), flags=np.zeros(0, np.uint8),
        fps=fps, width=portrait.width, height=portrait.height,
    )  # fmt: skip
