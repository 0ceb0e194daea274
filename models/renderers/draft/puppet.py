"""The puppet: one portrait taken apart for one frame size, and the drawing of a frame from places and a face.

It holds no time and no job; `renderer` decides what it does when.
"""

import threading

import numpy as np
from numpy.typing import NDArray

from core.portrait import Portrait
from core.pose import PoseFlag
from models.renderers.draft.compositing import Image, blend_over, faded, warp_layer
from models.renderers.draft.face import Face, FaceState
from models.renderers.draft.geometry import Points, measure
from models.renderers.draft.limbs import LimbLayer
from models.renderers.draft.placing import ArmPlace, LegPlace, Placement
from models.renderers.draft.regions import find_regions
from models.renderers.draft.sheet import Sheet
from models.renderers.draft.stage import build_stage
from models.renderers.draft.textures import ArmLayers, LegLayers, build_layers

MADE_START, MADE_END = 0.1, 0.3
REST_START, REST_END = 0.3, 0.65
"""How far an arm is from its own place, in body units, while the made arm appears under the portrait's own arm, and
while that one fades."""

OWN_PARTS = 2.5
"""How much sooner that is where all parts are the portrait's own: the change is hardly seen, a double would be."""

TURN_WEIGHT = 0.5
"""Body units that a turn of the hand by one radian counts for."""

STIFFNESS = 0.3
"""How much an arm that is drawn in one piece resists being sheared, in body units."""


class Puppet:
    """A portrait ready to be moved. One object may serve several threads: scratch memory is per thread."""

    def __init__(self, portrait: Portrait, width: int, height: int) -> None:
        stage = build_stage(portrait, width, height)
        rig = portrait.rig
        self.size = (width, height)
        self.transform = stage.transform
        self.picture = stage.picture
        self.alpha = stage.alpha
        self.background = stage.background
        self.geometry = measure(stage, rig.body, rig.hand_tips, rig.mouth, rig.face_box)
        long_sleeves = rig.sleeve == "long"
        self.layers = build_layers(stage, self.geometry, find_regions(stage, self.geometry, long_sleeves), long_sleeves)
        self.sheet = Sheet(self.layers.sheet, self.geometry)
        chin = float(stage.transform.to_frame(np.array([0.0, float(rig.face_box[1] + rig.face_box[3])]))[1])
        self.face = Face(np.asarray(self.sheet.layer, np.uint8), stage.person, self.geometry, chin)
        self._local = threading.local()

    def draw(self, placement: Placement, face: FaceState, behind: tuple[bool, bool], left_on_top: bool
             ) -> tuple[Image, int]:  # fmt: skip
        """One frame (H, W, 3) and the `PoseFlag` bits that drawing added."""
        frame = self.background.copy()
        flags = 0
        for leg in self.layers.legs:
            place = placement.legs[leg.side]
            if place is not None:
                self._draw_leg(frame, leg, place)
        order = sorted(self.layers.arms, key=lambda layers: (layers.arm.side == 0) == left_on_top)
        for layers in order:
            if behind[layers.arm.side]:
                flags |= self._draw_arm(frame, layers, placement.arms[layers.arm.side])
        source = self._face_buffer()
        self.face.draw(source, face)
        part, left, top = self.sheet.warp(placement.body, source)
        blend_over(frame, part, left, top)
        for layers in order:
            if not behind[layers.arm.side]:
                flags |= self._draw_arm(frame, layers, placement.arms[layers.arm.side])
        return frame, flags

    def _face_buffer(self) -> NDArray[np.uint8]:
        buffer: NDArray[np.uint8] | None = getattr(self._local, "sheet", None)
        if buffer is None:
            buffer = np.array(self.sheet.layer, np.uint8)
            self._local.sheet = buffer
        return buffer

    def _draw_arm(self, frame: Image, layers: ArmLayers, place: ArmPlace | None) -> int:
        if place is None:
            return 0
        away = departure(layers, place, self.geometry.body_unit)
        if layers.forearm.invented is None:
            away *= OWN_PARTS
        made = _smoothstep((away - MADE_START) / (MADE_END - MADE_START))
        rest = 1.0 - _smoothstep((away - REST_START) / (REST_END - REST_START))
        cuff = self._cuff(layers, place) * _smoothstep((away - REST_END) / 0.3) if layers.sleeved else 0.0
        if made > 0.0:
            self._draw_limb(frame, layers.upper, place.shoulder, place.elbow, made)
            if cuff < 1.0:
                self._draw_limb(frame, layers.forearm, place.elbow, place.wrist, made)
        if rest > 0.0:
            self._draw_layer(frame, layers.rest, rest_matrix(layers, place, self.geometry.body_unit), rest)
        hand = rigid_matrix(layers.hand.start, place.wrist, place.hand_turn, place.hand_scale)
        self._draw_layer(frame, layers.hand, hand)
        if cuff > 0.0:
            self._draw_limb(frame, layers.forearm, place.elbow, place.wrist, cuff)
        hidden = layers.forearm.invented is not None and layers.visible_forearm < 0.25
        return int(PoseFlag.HIDDEN_LIMB) if rest < 0.1 and hidden else 0

    def _cuff(self, layers: ArmLayers, place: ArmPlace) -> float:
        """1 where a hand comes out of its sleeve, 0 where that points at the camera or the hand is bent before it."""
        forearm = place.wrist - place.elbow
        turn = rigid_matrix(layers.hand.start, place.wrist, place.hand_turn, 1.0)[:, :2]
        pointing = turn @ (layers.hand.end - layers.hand.start)
        bend = abs(float(np.arctan2(forearm[0] * pointing[1] - forearm[1] * pointing[0], forearm @ pointing)))
        length = float(np.hypot(*forearm)) / layers.arm.forearm_full
        return min(_smoothstep((length - 0.24) / 0.08), 1.0 - _smoothstep((bend - 0.7) / 0.25))

    def _draw_leg(self, frame: Image, layers: LegLayers, place: LegPlace) -> None:
        calf_still = layers.calf.end - layers.calf.start
        calf_now = place.ankle - place.knee
        turn = 0.6 * float(np.arctan2(calf_still[0] * calf_now[1] - calf_still[1] * calf_now[0], calf_still @ calf_now))
        self._draw_layer(frame, layers.foot, rigid_matrix(layers.foot.start, place.ankle, turn, 1.0))
        self._draw_limb(frame, layers.calf, place.knee, place.ankle)
        self._draw_limb(frame, layers.thigh, place.hip, place.knee)

    def _draw_limb(self, frame: Image, limb: LimbLayer, start: Points, end: Points, opacity: float = 1.0) -> None:
        """Draw a limb between two joints."""
        if limb.invented is None:
            warped = warp_layer(limb.layer, limb_matrix(limb, start, end), self.size)
        else:
            warped = warp_layer(limb.invented, invented_matrix(limb, start, end), self.size)
        if warped is not None:
            blend_over(frame, faded(warped[0], opacity), warped[1], warped[2])

    def _draw_layer(self, frame: Image, limb: LimbLayer, matrix: Points, opacity: float = 1.0) -> None:
        shifted = matrix.copy()
        shifted[:, 2] += matrix[:, :2] @ np.array([limb.left, limb.top], np.float64)
        warped = warp_layer(limb.layer, shifted, self.size)
        if warped is not None:
            blend_over(frame, faded(warped[0], opacity), warped[1], warped[2])


def departure(layers: ArmLayers, place: ArmPlace, unit: float) -> float:
    """How far an arm is from its own place on the moved shoulder, in body units."""
    arm = layers.arm
    carried = place.shoulder - arm.shoulder
    elbow = float(np.hypot(*(place.elbow - arm.elbow - carried)))
    wrist = float(np.hypot(*(place.wrist - arm.wrist - carried)))
    return max(elbow, wrist) / unit + TURN_WEIGHT * max(abs(place.hand_turn) - 0.05, 0.0)


def rest_matrix(layers: ArmLayers, place: ArmPlace, unit: float) -> Points:
    """(2, 3) matrix that carries the whole arm near the three joints of a place, without shearing it much.

    The best turn of all three (Procrustes), then least squares for the rest with a price for shear (ridge regression).
    """
    arm = layers.arm
    still = np.stack([arm.shoulder, arm.elbow, arm.wrist])
    now = np.stack([place.shoulder, place.elbow, place.wrist])
    if np.array_equal(still, now):
        return np.eye(2, 3)
    centre, centre_now = still.mean(axis=0), now.mean(axis=0)
    a, b = still - centre, now - centre_now
    angle = float(np.arctan2((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum(), (a * b).sum()))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = a @ turn.T
    change = np.linalg.solve(turned.T @ turned + (STIFFNESS * unit) ** 2 * np.eye(2), turned.T @ (b - turned)).T
    linear = (np.eye(2) + change) @ turn
    return np.column_stack([linear, centre_now - linear @ centre])


def rigid_matrix(pivot: Points, target: Points, turn: float, scale: float) -> Points:
    """(2, 3) matrix that carries `pivot` to `target`, turned and scaled about it."""
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    linear = np.array([[cos, -sin], [sin, cos]])
    return np.column_stack([linear, target - linear @ pivot])


def limb_matrix(limb: LimbLayer, start: Points, end: Points) -> Points:
    """(2, 3) matrix from the limb's layer pixels to the frame: along the bone stretched, across it as it is."""
    still, now = limb.end - limb.start, end - start
    length, length_now = max(float(np.hypot(*still)), 1e-6), float(np.hypot(*now))
    along, along_now = still / length, now / max(length_now, 1e-6)
    across, across_now = np.array([-along[1], along[0]]), np.array([-along_now[1], along_now[0]])
    stretch = float(np.clip(length_now / length, 0.12, 6.0))
    linear = stretch * np.outer(along_now, along) + np.outer(across_now, across)
    origin = np.array([limb.left, limb.top], np.float64)
    return np.column_stack([linear, start - linear @ (limb.start - origin)])


def invented_matrix(limb: LimbLayer, start: Points, end: Points) -> Points:
    """(2, 3) matrix from the invented texture to the frame."""
    now = end - start
    length = float(np.hypot(*now))
    along = now / max(length, 1e-6)
    across = np.array([-along[1], along[0]])
    linear = np.column_stack([along * max(length / limb.invented_length, 0.12), across])
    return np.column_stack([linear, start - linear @ np.array(limb.invented_origin)])


def _smoothstep(value: float) -> float:
    share = min(max(value, 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)
