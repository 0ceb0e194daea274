"""A body's surface for the 3D view: joints of a motion drive an SMPL-X model file that the user points to.

The model file may not be shipped, so it is read where it lies. Its linear blend skinning is computed here in plain
NumPy (the SMPL-X paper, section 3), so neither torch nor the smplx package has to be there. Drawing is in
`widgets.skeleton_view`; fitting is rough where 22 joint positions say nothing (the twist of head, hands and feet).
"""

import os
import threading
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.motion import MotionClip
from core.newest import Newest
from core.rotations import axis_angle_to_matrix
from core.skeleton import LEFT_ANKLE, LEFT_HIP, LEFT_KNEE, PARENTS, PELVIS, SPINE3
from widgets.skeleton_view.figure import Figure

Floats = NDArray[np.float32]
Matrix = NDArray[np.float64]

BODY_JOINTS: Final = 22
MODEL_JOINTS: Final = 55
_HANDS: Final = slice(25, 55)
_NEEDED: Final = ("v_template", "posedirs", "weights", "J_regressor", "kintree_table", "f")

_HINGES: Final = {1: (1, 0, 0), 2: (1, 0, 0), 16: (0, -1, 0), 17: (0, 1, 0)}
"""Axes about which knees and elbows bend in the model's rest pose (arms sideways), by hip and shoulder."""

_STRAIGHT, _BENT = 0.12, 0.4
# Sines of the bend up to which a limb counts as straight, and from which on its hinge alone says how it is twisted.


class BodyMeshError(ValueError):
    """The model file cannot be used; one sentence for the user says why and what to do."""


@dataclass(frozen=True, eq=False)
class BodyModel:
    """An SMPL-X model in its mean shape with relaxed hands.

    Attributes:
        template: (V, 3) metres, the rest pose.
        joints: (55, 3) metres, the joints in it.
        parents: (55,) parent of each joint, -1 for the pelvis.
        pose_shapes: (V * 3, 189) correction of the template for each entry of the 21 body rotations less identity.
        weights: (V, 55) how much each joint moves each point; rows add up to 1.
        hands: (55, 3, 3) local rotations of the finger joints, identity for all others.
        faces: (F, 3) corners of the triangles.
    """

    template: Floats
    joints: Matrix
    parents: NDArray[np.int64]
    pose_shapes: Floats
    weights: Floats
    hands: Matrix
    faces: NDArray[np.int64]

    def posed(self, joints: NDArray[np.floating]) -> Floats:
        """Return (V, 3) points of the surface, metres, for (22, 3) joints; sized so that the legs are as long."""
        turned = fit_rotations(self.joints[:BODY_JOINTS], joints)
        local = self.hands.copy()
        local[0] = turned[0]
        for joint in range(1, BODY_JOINTS):
            local[joint] = turned[PARENTS[joint]].T @ turned[joint]
        shifts = self.pose_shapes @ (local[1:BODY_JOINTS] - np.eye(3)).reshape(-1).astype(np.float32)
        points = self.template + shifts.reshape(-1, 3)
        spots = np.zeros((MODEL_JOINTS, 3))
        world = np.zeros((MODEL_JOINTS, 3, 3))
        world[0], spots[0] = local[0], self.joints[0]
        for joint in range(1, MODEL_JOINTS):
            parent = self.parents[joint]
            world[joint] = world[parent] @ local[joint]
            spots[joint] = spots[parent] + world[parent] @ (self.joints[joint] - self.joints[parent])
        moved = spots - np.einsum("jab,jb->ja", world, self.joints)
        moves = np.concatenate([world, moved[:, :, None]], axis=2).reshape(MODEL_JOINTS, 12).astype(np.float32)
        blended = (self.weights @ moves).reshape(-1, 3, 4)
        skinned = np.einsum("vab,vb->va", blended[:, :, :3], points) + blended[:, :, 3]
        scale = _leg(joints) / _leg(self.joints)
        return np.asarray((skinned - spots[PELVIS]) * scale + joints[PELVIS], np.float32)


def load_body_model(path: str | os.PathLike[str]) -> BodyModel:
    """Read an SMPL-X model file (SMPLX_NEUTRAL.npz and its like).

    Raises:
        BodyMeshError: missing, of another kind, or damaged.
    """
    file = Path(path)
    if not file.is_file():
        raise BodyMeshError(
            f"There is no body model at {file}. Get SMPL-X from smpl-x.is.tue.mpg.de and choose SMPLX_NEUTRAL.npz."
        )
    if file.suffix.lower() != ".npz":
        raise BodyMeshError(
            f"{file.name} is no .npz file. Choose SMPLX_NEUTRAL.npz (files ending in .pkl could run foreign code)."
        )
    try:
        with np.load(file, allow_pickle=False) as data:
            missing = [name for name in _NEEDED if name not in data.files]
            if missing:
                raise BodyMeshError(f"{file.name} is no SMPL-X model: {', '.join(missing)} missing. Choose another.")
            values = {name: data[name] for name in _NEEDED}
            hands = [data[name] for name in ("hands_meanl", "hands_meanr") if name in data.files]
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, BodyMeshError):
            raise
        raise BodyMeshError(f"{file.name} cannot be read as an SMPL-X model; fetch it again.") from error
    return _model(values, hands, file.name)


def _model(values: dict[str, Any], hands: list[Any], name: str) -> BodyModel:
    template = np.asarray(values["v_template"], np.float32)
    count = len(template)
    shapes = {
        "v_template": (count, 3),
        "posedirs": (count, 3, 9 * (MODEL_JOINTS - 1)),
        "weights": (count, MODEL_JOINTS),
        "J_regressor": (MODEL_JOINTS, count),
        "kintree_table": (2, MODEL_JOINTS),
    }
    for key, shape in shapes.items():
        if values[key].shape != shape:
            raise BodyMeshError(
                f"{name} is no SMPL-X model: {key} has the shape {values[key].shape} instead of {shape}. "
                "Choose SMPLX_NEUTRAL.npz."
            )
    faces = np.asarray(values["f"], np.int64)
    if faces.ndim != 2 or faces.shape[1] != 3 or faces.min(initial=0) < 0 or faces.max(initial=0) >= count:
        raise BodyMeshError(f"{name} is damaged: its triangles name points that are not there; fetch it again.")
    parents = values["kintree_table"][0].astype(np.int64)
    parents[0] = -1
    if tuple(parents[:BODY_JOINTS]) != PARENTS:
        raise BodyMeshError(f"{name} has another skeleton than SMPL-X; choose SMPLX_NEUTRAL.npz.")
    turns = np.tile(np.eye(3), (MODEL_JOINTS, 1, 1))
    relaxed = np.concatenate([np.asarray(hand, np.float64).reshape(-1) for hand in hands]) if hands else np.zeros(0)
    if len(relaxed) == 90:
        turns[_HANDS] = axis_angle_to_matrix(relaxed.reshape(30, 3))
    directions = np.asarray(values["posedirs"], np.float32).reshape(3 * count, -1)
    # The fingers never move here, so what they do to the surface is added once.
    still = (turns[BODY_JOINTS:] - np.eye(3)).reshape(-1).astype(np.float32)
    body = 9 * (BODY_JOINTS - 1)
    return BodyModel(
        template=template + (directions[:, body:] @ still).reshape(count, 3),
        joints=np.asarray(values["J_regressor"], np.float64) @ template.astype(np.float64),
        parents=parents,
        pose_shapes=np.ascontiguousarray(directions[:, :body]),
        weights=np.asarray(values["weights"], np.float32),
        hands=turns,
        faces=faces,
    )


def fit_rotations(rest: NDArray[np.floating], joints: NDArray[np.floating]) -> Matrix:
    """Return (22, 3, 3) world rotations that turn a rest pose's bones into the directions of a pose's.

    Pelvis and chest are fitted to all their bones (Kabsch); every other joint takes the shortest turn from its
    parent's, and hips and shoulders are twisted so that knees and elbows bend about their hinges.

    Args:
        rest: (22, 3) joints in the rest pose, arms sideways.
        joints: (22, 3) joints of the pose.
    """
    rest, joints = np.asarray(rest, np.float64), np.asarray(joints, np.float64)
    children: list[list[int]] = [[] for _ in PARENTS]
    for joint, parent in enumerate(PARENTS[1:], start=1):
        children[parent].append(joint)
    turned = np.zeros((BODY_JOINTS, 3, 3))
    for joint, parent in enumerate(PARENTS):
        before = np.eye(3) if parent < 0 else turned[parent]
        below = children[joint]
        if not below:
            turned[joint] = before
        elif joint in (PELVIS, SPINE3):
            turned[joint] = _kabsch(_units(rest[below] - rest[joint]), _units(joints[below] - joints[joint]))
        else:
            child = below[0]
            bone = _units(joints[child] - joints[joint])
            turned[joint] = _swing(before @ _units(rest[child] - rest[joint]), bone) @ before
            if joint in _HINGES:
                next_bone = _units(joints[children[child][0]] - joints[child])
                turned[joint] = _twisted(turned[joint], np.array(_HINGES[joint], np.float64), bone, next_bone)
    return turned


def _twisted(turn: Matrix, hinge: Matrix, bone: Matrix, next_bone: Matrix) -> Matrix:
    """Turn about the bone until the hinge of the joint at its end lies across both bones, the more the more bent."""
    wanted = np.cross(bone, next_bone)
    bend = float(np.linalg.norm(wanted))
    now = turn @ hinge
    now = now - bone * float(now @ bone)
    if bend < 1e-6 or np.linalg.norm(now) < 1e-6:
        return turn
    angle = float(np.arctan2(np.cross(now, wanted) @ bone, now @ wanted))
    angle *= min(max((bend - _STRAIGHT) / (_BENT - _STRAIGHT), 0.0), 1.0)
    return np.asarray(axis_angle_to_matrix(bone * angle) @ turn)


def _swing(start: Matrix, end: Matrix) -> Matrix:
    """The shortest rotation from one unit vector to another."""
    axis = np.cross(start, end)
    sine, cosine = float(np.linalg.norm(axis)), float(start @ end)
    if sine < 1e-9:
        if cosine > 0:
            return np.eye(3)
        axis = np.cross(start, np.eye(3)[int(np.argmin(np.abs(start)))])
        return np.asarray(axis_angle_to_matrix(axis / np.linalg.norm(axis) * np.pi))
    return np.asarray(axis_angle_to_matrix(axis / sine * float(np.arctan2(sine, cosine))))


def _kabsch(start: Matrix, end: Matrix) -> Matrix:
    """The rotation that takes (N, 3) directions nearest to others (Kabsch 1976)."""
    u, _, v = np.linalg.svd(end.T @ start)
    sign = np.diag([1.0, 1.0, float(np.sign(np.linalg.det(u @ v)))])
    return np.asarray(u @ sign @ v)


def _units(vectors: NDArray[np.floating]) -> Matrix:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9), np.float64)


def _leg(joints: NDArray[np.floating]) -> float:
    thigh = np.linalg.norm(joints[LEFT_KNEE] - joints[LEFT_HIP])
    return max(float(thigh + np.linalg.norm(joints[LEFT_ANKLE] - joints[LEFT_KNEE])), 1e-6)


class BodyMeshSource(QObject):
    """Poses a body model for the 3D view in a thread of its own; a `MeshProvider`.

    Signals:
        ready(): the surface of the newest wished time is there; draw again.
    """

    ready = Signal()

    def __init__(self, model: BodyModel, clip: MotionClip, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._figure = Figure(clip)
        self._wishes: Newest[int] = Newest()
        self._points: Floats | None = None  # replaced whole by the thread, so no lock is needed
        self._wished: int | None = None
        self._thread: threading.Thread | None = None
        self.destroyed.connect(self._wishes.close)

    @property
    def faces(self) -> NDArray[np.integer]:
        """(F, 3) corners of the triangles."""
        return self._model.faces

    def vertices_at(self, time_us: int) -> Floats | None:
        """Return the newest surface there is, and have that of this time made if it is another."""
        points = self._points
        if self._wished != time_us:
            self._wished = time_us
            self._wishes.put(time_us)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="body mesh", daemon=True)
                self._thread.start()
        return points

    def stop(self) -> None:
        """End the thread."""
        self._wishes.close()

    def _run(self) -> None:
        while (time_us := self._wishes.take()) is not None:
            self._points = self._model.posed(self._figure.joints_at(time_us))
            with suppress(RuntimeError):  # the object was destroyed meanwhile
                self.ready.emit()
