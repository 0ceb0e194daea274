"""`RelationBank`: captured poses with fingers and face, filed under motion tokens (paper section 3.2.4).

Poses are kept once, in 3D and without heading; a camera yaw turns them, so every view is there and none is stored.
The bank is built by `models.training.build_bank`; the search is in `models.bank_matching`.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from core.cancel import CancelToken
from core.constants import FRAMES_PER_TOKEN
from core.skeleton import HEAD, MIRROR_JOINTS, NECK, PARENTS, UNIFORM_BONE_LENGTHS
from models.bank_matching import SlotTable, best_runs, slot_features
from models.finger_runs import arm_features, bone_lengths, finger_table, joined, tip_speeds, wanted_arms
from models.portrait_fit import ARM_JOINTS
from models.projection import Array, blend_directions, carry, rotate_yaw, smoothstep, unit
from models.retarget import DetailedMotion

BANK_FILE: Final = "bank.safetensors"
CONFIG_FILE: Final = "config.json"

UNIT: Final = 1e-4
"""Metres per stored integer."""

FOREARM_REFERENCE: Final = (0.0, -0.25, 0.97)
"""Direction of the forearm in which hands are stored: the opposite one, behind the head, hardly occurs."""

_CROSSFADE: Final = 3.0
_CAPTURED_FINGERS: Final = 0.95
_BORROWED_FINGERS: Final = 0.6
_UPPER_BODY: Final = (3, 6, 9, 12, 13, 14, 15, 16, 17)


@dataclass(frozen=True, eq=False)
class BankMatch:
    """What `RelationBank.match` found.

    Attributes:
        slots: (N,) bank slot of every token; slots from `RelationBank.mirror_offset` on are mirror images.
        fingers: (N, 2) slots that the fingers of the left and the right hand are taken from.
    """

    slots: NDArray[np.int64]
    fingers: NDArray[np.int64]


class RelationBank:
    """Tokens and the captured poses that go with them.

    Attributes:
        version: name of the bank's contents, part of cache keys.
        mirror_offset: number of stored slots; slot k + mirror_offset is slot k with left and right swapped.
    """

    def __init__(self, arrays: dict[str, NDArray[Any]], config: dict[str, Any]) -> None:
        self._joints = arrays["joints"]
        self._face = arrays["face"]
        self._hands = arrays["hands"]
        self._hand_rows = arrays["hand_rows"].astype(np.int64)
        self._captured = arrays["captured"].astype(bool)
        run_starts = arrays["run_starts"].astype(np.int64)
        tokens = arrays["tokens"].astype(np.int64)
        self.version = str(config["version"])
        self.mirror_offset = len(tokens)
        slots = self.mirror_offset
        run_of = np.searchsorted(run_starts, np.arange(slots), side="right") - 1
        ends = np.append(run_starts[1:], slots)
        self._first = np.tile(run_starts[run_of], 2) * FRAMES_PER_TOKEN
        self._last = np.tile(ends[run_of], 2) * FRAMES_PER_TOKEN - 1
        following = np.arange(1, slots + 1)
        following[ends - 1] = -1
        mirrored = np.where(following >= 0, following + slots, -1)
        local = self._joints.astype(np.float64) * UNIT
        flipped = local[:, list(MIRROR_JOINTS)] * np.array([-1.0, 1.0, 1.0])
        fingers = self._captured.reshape(slots, FRAMES_PER_TOKEN, 2).all(axis=(1, 2))
        self._table = SlotTable(
            features=np.concatenate([slot_features(local), slot_features(flipped)]),
            tokens=np.concatenate([tokens[:, 0], tokens[:, 1]]),
            following=np.concatenate([following, mirrored]),
            has_fingers=np.tile(fingers, 2),
        )
        self._hand_bones = [bone_lengths(self._hands[::7, side].astype(np.float64) * UNIT) for side in range(2)]
        self._finger_tables = [self._finger_table(side, local, flipped) for side in range(2)]

    def _finger_table(self, side: int, local: Array, flipped: Array) -> SlotTable | None:
        """What the search for one hand sees, or None for a bank without fingers."""
        captured = np.concatenate(
            [self._captured.reshape(-1, FRAMES_PER_TOKEN, 2)[..., which].all(axis=1) for which in (side, 1 - side)]
        )
        if not captured.any():
            return None
        own, other = (self._hands[self._hand_rows[:, s], s].astype(np.float64) * UNIT for s in (side, 1 - side))
        middle = slice(FRAMES_PER_TOKEN // 2, None, FRAMES_PER_TOKEN)
        return finger_table(
            np.concatenate([arm_features(local, side), arm_features(flipped, side)]),
            np.concatenate([own[middle], other[middle] * np.array([-1.0, 1.0, 1.0])]),
            np.concatenate([tip_speeds(own), tip_speeds(other)]),
            self._table.following,
            captured,
        )

    @classmethod
    def load(cls, folder: Path | str | None = None) -> Self:
        """Read a bank, by default the one that comes with the program.

        Raises:
            FileNotFoundError: the folder holds no bank.
        """
        from safetensors.numpy import load_file

        place = Path(folder) if folder is not None else _bundled()
        for name in (BANK_FILE, CONFIG_FILE):
            if not (place / name).is_file():
                raise FileNotFoundError(
                    f"{place / name} is missing; reinstall the program or build the bank with `versa train bank`."
                )
        config = json.loads((place / CONFIG_FILE).read_text(encoding="utf-8"))
        return cls(load_file(place / BANK_FILE), config)

    def __len__(self) -> int:
        """Number of slots, mirror images included."""
        return 2 * self.mirror_offset

    def view(self, rows: NDArray[np.int64], mirrored: NDArray[np.bool_], yaw: float = 0.0) -> DetailedMotion:
        """Captured poses as a camera sees them whose subject is turned by `yaw` radians to its left.

        Args:
            rows: (K,) stored frames.
            mirrored: (K,) whether to swap left and right.
            yaw: 0 faces the camera, pi is the back view; x of the result is to the picture's right, z towards the
                camera, so x and y are the 2D pose and z its depth, in metres.
        """
        joints = self._joints[rows].astype(np.float64) * UNIT
        face = self._face[rows].astype(np.float64) * UNIT
        hands = np.empty((len(rows), 2, 21, 3))
        for side in range(2):
            source = self._hand_rows[rows, side]
            hands[:, side] = self._hands[source, side].astype(np.float64) * UNIT
        confidence = np.where(self._captured[rows], _CAPTURED_FINGERS, _BORROWED_FINGERS)
        # A borrowed hand comes with its own forearm direction and is turned to the one it is lent to.
        for side, (_, elbow, wrist) in enumerate(ARM_JOINTS):
            hands[:, side] = carry(
                hands[:, side],
                np.tile(unit(np.array(FOREARM_REFERENCE)), (len(rows), 1)),
                unit(joints[:, wrist] - joints[:, elbow]),
            )
        flip = np.asarray(mirrored, dtype=bool)
        sign = np.array([-1.0, 1.0, 1.0])
        joints[flip] = joints[flip][:, list(MIRROR_JOINTS)] * sign
        face[flip] = face[flip][:, [0, 2, 1, 4, 3]] * sign
        hands[flip] = hands[flip][:, ::-1] * sign
        confidence[flip] = confidence[flip][:, ::-1]
        if yaw != 0.0:
            angle = np.full(len(rows), yaw)
            joints, face, hands = rotate_yaw(joints, angle), rotate_yaw(face, angle), rotate_yaw(hands, angle)
        return DetailedMotion(joints, face, hands, confidence)

    def match(self, local: Array, tokens: NDArray[np.int64], cancel: CancelToken) -> BankMatch:
        """Choose captured runs for a motion.

        Args:
            local: (T, 22, 3) joints without heading, see `models.projection.BodyFrames`.
            tokens: (ceil(T / 4),) motion tokens, -1 where unknown.
            cancel: looked at while searching.
        """
        missing = -len(local) % FRAMES_PER_TOKEN
        padded = np.concatenate([local, np.repeat(local[-1:], missing, axis=0)])
        slots = best_runs(self._table, slot_features(padded), np.asarray(tokens, np.int64), cancel)
        unknown = np.full(len(slots), -1, dtype=np.int64)
        fingers = [
            slots if table is None else best_runs(table, wanted_arms(padded, side), unknown, cancel)
            for side, table in enumerate(self._finger_tables)
        ]
        return BankMatch(slots, np.stack(fingers, axis=1))

    def detail(self, local: Array, match: BankMatch, start: int, end: int) -> DetailedMotion:
        """Captured poses for the frames start..end of a motion, joined smoothly and corrected towards it.

        Trunk, arms and head are the captures' where they agree with the motion and the motion's where they do not;
        fingers and face stay the captures'; pelvis and legs are the motion's, so that its steps keep their places.
        """
        frames = np.arange(start, end)
        slot = frames // FRAMES_PER_TOKEN
        inside = frames % FRAMES_PER_TOKEN
        before = 1.0 - smoothstep(-_CROSSFADE, _CROSSFADE, inside + 0.5)
        after = smoothstep(-_CROSSFADE, _CROSSFADE, inside - FRAMES_PER_TOKEN + 0.5)
        shares = np.stack([before, 1.0 - before - after, after])
        count = len(match.slots)
        wanted = local[start:end]
        parts = []
        for neighbour in (-1, 0, 1):
            index = np.clip(slot + neighbour, 0, count - 1)
            chosen = match.slots[index]
            rows = chosen % self.mirror_offset * FRAMES_PER_TOKEN + frames - index * FRAMES_PER_TOKEN
            rows = np.clip(rows, self._first[chosen], self._last[chosen])
            parts.append(self.view(rows, chosen >= self.mirror_offset))
        body = _merge(parts, shares, wanted)
        hands, confidence = body.hands.copy(), body.hand_confidence.copy()
        for side, table in enumerate(self._finger_tables):
            if table is not None:
                hands[:, side] = self._fingers(body.joints, match, side, start, end)
                confidence[:, side] = _CAPTURED_FINGERS
        return replace(body, hands=hands, hand_confidence=confidence)

    def _fingers(self, joints: Array, match: BankMatch, side: int, start: int, end: int) -> Array:
        """(end - start, 21, 3) one hand on the forearms of `joints`."""
        reference = np.array(FOREARM_REFERENCE) / np.linalg.norm(FOREARM_REFERENCE)

        def hands(rows: NDArray[np.int64], mirrored: NDArray[np.bool_]) -> Array:
            which = 1 - side if mirrored[0] else side
            found = self._hands[self._hand_rows[rows, which], which].astype(np.float64) * UNIT
            return found * np.array([-1.0, 1.0, 1.0]) if mirrored[0] else found

        shape = joined(
            match.fingers[:, side],
            self._table.following,
            (self._first, self._last),
            hands,
            self._hand_bones[side],
            start,
            end,
        )
        _, elbow, wrist = ARM_JOINTS[side]
        return carry(shape, np.broadcast_to(reference, (end - start, 3)), unit(joints[:, wrist] - joints[:, elbow]))


def _bundled() -> Path:
    return Path(__file__).resolve().parent.parent / "resources" / "weights" / "relation_bank"


def _merge(parts: list[DetailedMotion], shares: Array, wanted: Array) -> DetailedMotion:
    """Blend three views frame by frame, shares (3, T), and correct the result towards the wanted joints."""

    def mean(values: list[Array]) -> Array:
        weights = shares.reshape(shares.shape + (1,) * (values[0].ndim - 1))
        return np.asarray((np.stack(values) * weights).sum(axis=0))

    joints = mean([p.joints - p.joints[:, :1] for p in parts])
    joints = gaussian_filter1d(joints, 0.7, axis=0, mode="nearest")
    joints = _corrected(joints, wanted)
    hands = np.empty_like(parts[0].hands)
    for side, (_, elbow, wrist) in enumerate(ARM_JOINTS):
        target = unit(joints[:, wrist] - joints[:, elbow])
        turned = [carry(p.hands[:, side], unit(p.joints[:, wrist] - p.joints[:, elbow]), target) for p in parts]
        hands[:, side] = mean(turned)
    confidence = mean([p.hand_confidence for p in parts])
    borrowed = smoothstep(_CAPTURED_FINGERS, _BORROWED_FINGERS, confidence)[:, :, None, None]
    lively = gaussian_filter1d(hands, 1.0, axis=0, mode="nearest", truncate=3.0)
    calm = gaussian_filter1d(hands, 3.0, axis=0, mode="nearest", truncate=3.0)
    hands = lively + borrowed * (calm - lively)
    neck = unit(joints[:, HEAD] - joints[:, NECK])
    faces = []
    for p in parts:
        own = unit(p.joints[:, HEAD] - p.joints[:, NECK])
        faces.append(carry(p.face, own, blend_directions(own, neck, np.full(len(own), 0.7))))
    face = gaussian_filter1d(mean(faces), 0.8, axis=0, mode="nearest")
    return DetailedMotion(joints, face, hands, confidence)


def _corrected(captured: Array, wanted: Array) -> Array:
    """Captured joints (pelvis at 0) on the wanted motion's pelvis and legs, moved towards it where they differ."""
    result = wanted.copy()
    origin = wanted[:, :1]
    trunk_error = np.linalg.norm(captured[:, [NECK, 16, 17]] - (wanted - origin)[:, [NECK, 16, 17]], axis=-1)
    trunk = _settled(smoothstep(0.004, 0.015, trunk_error.max(axis=1)))
    for joint in _UPPER_BODY:
        parent = PARENTS[joint]
        result[:, joint] = result[:, parent] + _bone(captured, wanted, joint, trunk)
    for shoulder, elbow, wrist in ARM_JOINTS:
        error = (captured[:, wrist] - captured[:, shoulder]) - (wanted[:, wrist] - wanted[:, shoulder])
        share = _settled(smoothstep(0.03, 0.10, np.linalg.norm(error, axis=-1)))
        result[:, elbow] = result[:, shoulder] + _bone(captured, wanted, elbow, share)
        result[:, wrist] = result[:, elbow] + _bone(captured, wanted, wrist, share)
    return result


def _settled(share: Array) -> Array:
    """A correction that comes and goes over a few frames."""
    return np.asarray(gaussian_filter1d(share, 2.0, mode="nearest"))


def _bone(captured: Array, wanted: Array, joint: int, share: Array) -> Array:
    parent = PARENTS[joint]
    own, other = captured[:, joint] - captured[:, parent], wanted[:, joint] - wanted[:, parent]
    length = np.linalg.norm(other, axis=-1, keepdims=True)
    length = np.where(length > 1e-6, length, UNIFORM_BONE_LENGTHS[joint])
    return blend_directions(unit(own), unit(other), share) * length
