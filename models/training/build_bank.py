"""Builds the relation bank from motion captures: `versa train bank`.

Chooses a balanced part of the captures, files it under motion tokens, lends fingers to clips that have none, and writes
the bank that `models.relation_bank` reads.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.atomic import atomic_path, write_text_atomic
from core.cancel import CancelToken, Progress, ProgressCallback, ignore_progress
from core.constants import FRAMES_PER_TOKEN, MOTION_FPS
from core.features import mirror, uniform_skeleton
from models.bank_matching import SlotTable, best_runs
from models.portrait_fit import ARM_JOINTS
from models.projection import Array, body_frames, carry, unit
from models.relation_bank import BANK_FILE, CONFIG_FILE, FOREARM_REFERENCE, UNIT
from models.stance import NEUTRAL_CHEST, arm_places, chest_frames, departure, head_rotations
from models.training.captures import SOURCE_FPS, Capture, load_captures, resample

LICENCE: Final = (
    "CC BY-NC 4.0 (Bandai Namco Research Inc.) and LGPL 2.1 (SmartBody, USC Institute for Creative Technologies); "
    "non-commercial use only"
)

_BUDGET: Final = {"smartbody": 17_000, "bandai_namco": 15_000}
_LONGEST: Final = 160
_NEAR_COPY: Final = 0.015
_STRAIGHT: Final = float(np.cos(np.deg2rad(45.0)))
# People who talk gesture more than they run.
_LESS_WANTED: Final = ("run", "dash", "Run", "Jog", "Punch", "Reach", "Jump", "dance", "slash", "Strafe")
_MORE_WANTED: Final = ("wave", "raise", "bow", "bye", "guide", "Beat", "Point", "Stop", "Shrug")
_STYLES: Final = ("neutral", "normal", "active", "feminine", "masculine", "youthful")


class Tokenizer(Protocol):
    """What the bank needs of `models.tokenizer.MotionTokenizer`."""

    def encode(self, joints: ArrayLike) -> NDArray[np.int64]:
        """Tokens of (T, 22, 3) joints in metres at 20 frames a second."""
        ...


@dataclass(frozen=True, eq=False)
class _Run:
    """A clip as it goes into the bank; arrays in metres, heading removed."""

    name: str
    local: Array
    face: Array
    hands: Array | None
    tokens: NDArray[np.int64]


@dataclass(frozen=True)
class BankSummary:
    """What was built.

    Attributes:
        runs, frames, frames_with_fingers: without mirror images.
        tokens_used: different tokens, mirror images included.
        size: bytes on disk.
    """

    runs: int
    frames: int
    frames_with_fingers: int
    tokens_used: int
    size: int


def build_bank(
    data_dir: Path,
    tokenizer: Tokenizer,
    out: Path,
    *,
    progress: ProgressCallback = ignore_progress,
    cancel: CancelToken | None = None,
) -> BankSummary:
    """Write `bank.safetensors` and `config.json` into the folder `out`.

    Args:
        data_dir: folder with the captures (`smartbody.npz` and so on).
        tokenizer: its tokens are what the bank is filed under; build the bank anew for another tokenizer.
        out: folder, made if it is not there.
        progress: called after every clip.
        cancel: looked at before every clip.

    Raises:
        models.training.captures.CaptureError: captures are missing.
    """
    cancel = cancel or CancelToken()
    chosen = _choose(list(load_captures(data_dir, mirrored=False)))
    runs: list[_Run] = []
    for number, run in enumerate(_prepared(data_dir, chosen, tokenizer)):
        cancel.check()
        runs.append(run)
        progress(Progress("bank", number + 1, len(chosen)))
    arrays = _arrays(runs, cancel)
    return _write(arrays, runs, out)


def _choose(clips: Sequence[Capture]) -> list[Capture]:
    """A part of the clips with every content in it: some of each content in turn until the set's budget is used."""
    chosen: list[Capture] = []
    for source, budget in _BUDGET.items():
        contents: dict[str, list[Capture]] = defaultdict(list)
        for clip in clips:
            if clip.source == source:
                contents[clip.content].append(clip)
        queues = {content: _styles_in_turn(contents[content]) for content in sorted(contents, key=_rank)}
        kept: list[Capture] = []
        used, turn = 0, 0
        while used < budget and any(queues.values()):
            for content, queue in queues.items():
                if turn > 0 and content.startswith(_LESS_WANTED):
                    queue.clear()
                for _ in range(2 if content.startswith(_MORE_WANTED) else 1):
                    while queue and any(_near_copy(queue[0], other) for other in kept):
                        queue.pop(0)
                    if not queue or used >= budget:
                        break
                    kept.append(queue.pop(0))
                    used += min(len(kept[-1].joints), _LONGEST)
            turn += 1
        chosen += kept
    return chosen


def _rank(content: str) -> tuple[int, str]:
    """Where a content stands in the row: the budget may end within the first turn."""
    if content.startswith(_MORE_WANTED):
        return 0, content
    return (2 if content.startswith(_LESS_WANTED) else 1), content


def _styles_in_turn(clips: Sequence[Capture]) -> list[Capture]:
    """The clips of one content, one of each style after the other, plain styles first."""
    styles: dict[str, list[Capture]] = defaultdict(list)
    for clip in clips:
        styles[clip.style].append(clip)
    order = sorted(styles, key=lambda style: (_STYLES.index(style) if style in _STYLES else len(_STYLES), style))
    longest = max(len(members) for members in styles.values())
    return [styles[style][k] for k in range(longest) for style in order if k < len(styles[style])]


def _near_copy(one: Capture, other: Capture) -> bool:
    """Whether two clips of the same length show the same movement."""
    if len(one.joints) != len(other.joints):
        return False
    a = one.joints - one.joints[:, :1]
    b = other.joints - other.joints[:, :1]
    return bool(np.linalg.norm(a - b, axis=-1).mean() < _NEAR_COPY)


def _prepared(data_dir: Path, clips: Sequence[Capture], tokenizer: Tokenizer) -> Iterator[_Run]:
    """Every clip without heading, with face and fingers and the tokens of itself and its mirror image."""
    by_source: dict[str, list[Capture]] = defaultdict(list)
    for clip in clips:
        by_source[clip.source].append(clip)
    for source, members in by_source.items():
        with np.load(data_dir / f"{source}.npz") as data:
            faces = data["face"]
            hands = data["hands"] if "hands" in data.files else None
        parts = [(clip, *_parts(clip, faces, hands)) for clip in members]
        biases = _head_biases([(f"{c.source}/{c.actor}", local, face) for c, local, face, _ in parts])
        for clip, local, face, fingers in parts:
            face = np.einsum("tij,tpj->tpi", _unbiased(local, biases[f"{clip.source}/{clip.actor}"]), face)
            joints = clip.joints[: _LONGEST + 1]
            tokens = np.stack([tokenizer.encode(joints), tokenizer.encode(mirror(joints))], axis=-1)
            frames = len(tokens) * FRAMES_PER_TOKEN
            yield _Run(clip.name, local[:frames], face[:frames], None if fingers is None else fingers[:frames], tokens)


def _parts(clip: Capture, faces: NDArray[Any], hands: NDArray[Any] | None) -> tuple[Array, Array, Array | None]:
    """Joints, face and fingers of a clip at 20 fps, heading removed."""
    joints = uniform_skeleton(clip.joints)
    joints[..., 1] -= joints[..., 1].min()
    frames = body_frames(joints)
    rows = slice(clip.start, clip.start + clip.rows)

    def turned(values: NDArray[Any]) -> Array:
        at_rate = resample(values.reshape(clip.rows, -1).astype(np.float64) * UNIT, SOURCE_FPS, MOTION_FPS)
        if len(at_rate) < len(joints):  # the loader slows some short clips down
            stretch = (len(joints) - 1) / (len(at_rate) - 1)
            at_rate = resample(at_rate, MOTION_FPS, MOTION_FPS * stretch)
        at_rate = at_rate[len(at_rate) - len(joints) :].reshape(len(joints), -1, 3)
        c, s = np.cos(frames.heading), np.sin(frames.heading)
        x, z = at_rate[..., 0], at_rate[..., 2]
        return np.stack([c[:, None] * x - s[:, None] * z, at_rate[..., 1], s[:, None] * x + c[:, None] * z], axis=-1)

    face = turned(faces[rows])
    if hands is None or not clip.has_hands:
        return frames.local, face, None
    fingers = turned(hands[rows]).reshape(len(joints), 2, 21, 3)
    for side, (_, elbow, wrist) in enumerate(ARM_JOINTS):
        forearm = unit(frames.local[:, wrist] - frames.local[:, elbow])
        reference = np.tile(unit(np.array(FOREARM_REFERENCE)), (len(joints), 1))
        fingers[:, side] = carry(fingers[:, side], forearm, reference)
    return frames.local, face, fingers


def _head_biases(clips: Sequence[tuple[str, Array, Array]]) -> dict[str, Array]:
    """Mean rotation of each actor's face against the chest in quiet frames: a matter of markers, not of looks."""
    sums: dict[str, Array] = defaultdict(lambda: np.zeros((3, 3)))
    for actor, local, face in clips:
        relative = np.transpose(chest_frames(local) @ NEUTRAL_CHEST.T, (0, 2, 1)) @ head_rotations(face)
        quiet = (departure(arm_places(local)) < 0.3).all(axis=1)
        # Actors without a quiet frame still need an estimate; it weighs next to nothing for the others.
        sums[actor] += relative[quiet].sum(axis=0) + 1e-3 * relative.mean(axis=0)
    biases = {}
    for actor, total in sums.items():
        u, _, vt = np.linalg.svd(total)
        u[:, 2] *= np.linalg.det(u @ vt)
        biases[actor] = u @ vt
    return biases


def _unbiased(local: Array, bias: Array) -> Array:
    """(T, 3, 3) rotations that take an actor's bias out of the face points."""
    chest = chest_frames(local) @ NEUTRAL_CHEST.T
    return chest @ bias.T @ np.transpose(chest, (0, 2, 1))


def _arrays(runs: Sequence[_Run], cancel: CancelToken) -> dict[str, NDArray[Any]]:
    """The bank's arrays, in integers of `UNIT` metres."""
    joints = np.concatenate([r.local for r in runs])
    captured = np.concatenate([np.full(len(r.local), r.hands is not None) for r in runs])
    hands = np.concatenate([r.hands for r in runs if r.hands is not None])
    own = np.cumsum(captured) - 1
    rows = np.repeat(own[:, None], 2, axis=1)
    lengths = np.array([len(r.tokens) for r in runs])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    for side in range(2):
        rows[~captured, side] = _borrowed(joints, captured, _straight(hands[:, side]), lengths, own, side, cancel)
    return {
        "joints": np.round(joints / UNIT).astype(np.int16),
        "face": np.round(np.concatenate([r.face for r in runs]) / UNIT).astype(np.int16),
        "hands": np.round(hands / UNIT).astype(np.int16),
        "hand_rows": rows.astype(np.int32),
        "captured": np.repeat(captured[:, None], 2, axis=1).astype(np.uint8),
        "tokens": np.concatenate([r.tokens for r in runs]).astype(np.int16),
        "run_starts": starts.astype(np.int32),
    }


def _straight(hands: Array) -> NDArray[np.bool_]:
    """Which (H, 21, 3) stored hands continue their forearm: a hand bent at the wrist means something, so it stays."""
    middle = unit(hands[:, 12])
    return np.asarray(middle @ unit(np.array(FOREARM_REFERENCE)) > _STRAIGHT)


def _borrowed(
    joints: Array, captured: NDArray[np.bool_], straight: NDArray[np.bool_], lengths: NDArray[np.int64],
    own: NDArray[np.int64], side: int, cancel: CancelToken,
) -> NDArray[np.int64]:  # fmt: skip
    """For every frame without fingers a row of `hands` whose arm moves alike, in runs as long as possible."""
    shoulder, elbow, wrist = ARM_JOINTS[side]
    arm = np.concatenate(
        [
            unit(joints[:, elbow] - joints[:, shoulder]),
            2.0 * unit(joints[:, wrist] - joints[:, elbow]),
            joints[:, wrist] - joints[:, shoulder],
        ],
        axis=1,
    )
    slots = arm.reshape(-1, FRAMES_PER_TOKEN, arm.shape[1])
    features = (4.0 * np.concatenate([slots.mean(axis=1), slots[:, -1] - slots[:, 0]], axis=1)).astype(np.float32)
    full = captured[::FRAMES_PER_TOKEN]
    lendable = np.zeros(len(joints), dtype=bool)
    lendable[captured] = straight
    index = np.flatnonzero(lendable.reshape(-1, FRAMES_PER_TOKEN).all(axis=1))
    follows = np.full(len(full), -1)
    ends = np.cumsum(lengths) - 1
    inner = np.setdiff1d(np.arange(len(full)), ends)
    follows[inner] = inner + 1
    place = np.full(len(full), -1)
    place[index] = np.arange(len(index))
    table = SlotTable(
        features=features[index],
        tokens=np.zeros(len(index), np.int64),
        following=np.where(follows[index] >= 0, place[follows[index]], -1),
        has_fingers=np.ones(len(index), dtype=bool),
    )
    result = []
    for start, length in zip(np.cumsum(lengths) - lengths, lengths, strict=True):
        if full[start]:
            continue
        path = index[best_runs(table, features[start : start + length], np.full(length, -1), cancel)]
        frames = path[:, None] * FRAMES_PER_TOKEN + np.arange(FRAMES_PER_TOKEN)
        result.append(own[frames.reshape(-1)])
    return np.concatenate(result) if result else np.zeros(0, np.int64)


def _write(arrays: dict[str, NDArray[Any]], runs: Sequence[_Run], out: Path) -> BankSummary:
    from safetensors.numpy import save_file

    out.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    for key in sorted(arrays):
        digest.update(np.ascontiguousarray(arrays[key]).tobytes())
    with atomic_path(out / BANK_FILE) as temporary:
        save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, temporary)
    summary = BankSummary(
        runs=len(runs),
        frames=len(arrays["joints"]),
        frames_with_fingers=len(arrays["hands"]),
        tokens_used=len(np.unique(arrays["tokens"])),
        size=(out / BANK_FILE).stat().st_size,
    )
    config = {
        "kind": "relation_bank",
        "version": digest.hexdigest()[:12],
        "licence": LICENCE,
        "sources": sorted({r.name.split("/")[0] for r in runs}),
        "runs": summary.runs,
        "frames": summary.frames,
        "frames_with_fingers": summary.frames_with_fingers,
        "tokens_used": summary.tokens_used,
        "clips": [r.name for r in runs],
    }
    write_text_atomic(out / CONFIG_FILE, json.dumps(config, indent=1) + "\n")
    return summary
