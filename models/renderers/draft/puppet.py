"""The puppet: one portrait taken apart for one frame size, and the drawing of a frame from places and a face.

It holds no time and no job; `renderer` decides what it does when.
"""

import threading

import numpy as np
from numpy.typing import NDArray

from core.portrait import Portrait
from core.pose import PoseFlag
from models.renderers.draft.compositing import Image, blend_over, mix_layers, warp_layer
from models.renderers.draft.face import Face, FaceState
from models.renderers.draft.geometry import Points, measure
from models.renderers.draft.placing import ArmPlace, LegPlace, Placement
from models.renderers.draft.regions import find_regions
from models.renderers.draft.sheet import Sheet
from models.renderers.draft.stage import build_stage
from models.renderers.draft.textures import ArmLayers, LegLayers, LimbLayer, build_layers

MORPH_START, MORPH_END = 1.12, 1.6
"""Stretch of a foreshortened limb between which its own pixels give way to the invented ones."""

MORPH_ANGLE = 0.9
"""Turn in radians of a foreshortened limb at which only invented pixels are left."""


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
        self._draw_limb(frame, layers.upper, place.shoulder, place.elbow)
        invented = self._draw_limb(frame, layers.forearm, place.elbow, place.wrist)
        hand = rigid_matrix(layers.hand.start, place.wrist, place.hand_turn, place.hand_scale)
        self._draw_layer(frame, layers.hand, hand)
        return int(PoseFlag.HIDDEN_LIMB) if invented > 0.9 and layers.visible_forearm < 0.25 else 0

    def _draw_leg(self, frame: Image, layers: LegLayers, place: LegPlace) -> None:
        calf_still = layers.calf.end - layers.calf.start
        calf_now = place.ankle - place.knee
        turn = 0.6 * float(np.arctan2(calf_still[0] * calf_now[1] - calf_still[1] * calf_now[0], calf_still @ calf_now))
        self._draw_layer(frame, layers.foot, rigid_matrix(layers.foot.start, place.ankle, turn, 1.0))
        self._draw_limb(frame, layers.calf, place.knee, place.ankle)
        self._draw_limb(frame, layers.thigh, place.hip, place.knee)

    def _draw_limb(self, frame: Image, limb: LimbLayer, start: Points, end: Points) -> float:
        """Draw a limb between two joints; the share of invented pixels is returned."""
        share = morph_share(limb, start, end)
        own = warp_layer(limb.layer, limb_matrix(limb, start, end), self.size) if share < 1.0 else None
        made = None
        if share > 0.0 and limb.invented is not None:
            made = warp_layer(limb.invented, invented_matrix(limb, start, end), self.size)
        if own is not None and made is not None:
            blend_over(frame, *_mixed(own, made, share))
        elif own is not None:
            blend_over(frame, *own)
        elif made is not None:
            blend_over(frame, *made)
        return share

    def _draw_layer(self, frame: Image, limb: LimbLayer, matrix: Points) -> None:
        shifted = matrix.copy()
        shifted[:, 2] += matrix[:, :2] @ np.array([limb.left, limb.top], np.float64)
        warped = warp_layer(limb.layer, shifted, self.size)
        if warped is not None:
            blend_over(frame, *warped)


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


def morph_share(limb: LimbLayer, start: Points, end: Points) -> float:
    """How much of a limb is drawn from its invented texture, 0..1."""
    if limb.invented is None:
        return 0.0
    still, now = limb.end - limb.start, end - start
    stretch = float(np.hypot(*now)) / max(float(np.hypot(*still)), 1e-6)
    turn = abs(float(np.arctan2(still[0] * now[1] - still[1] * now[0], still @ now)))
    value = max((stretch - MORPH_START) / (MORPH_END - MORPH_START), (turn - 0.3) / (MORPH_ANGLE - 0.3))
    share = min(max(value, 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


def _mixed(own: tuple[Image, int, int], made: tuple[Image, int, int], share: float) -> tuple[Image, int, int]:
    """Two warped parts in one box, cross-faded."""
    left, top = min(own[1], made[1]), min(own[2], made[2])
    right = max(own[1] + own[0].shape[1], made[1] + made[0].shape[1])
    bottom = max(own[2] + own[0].shape[0], made[2] + made[0].shape[0])
    canvases = []
    for part, x, y in (own, made):
        canvas = np.zeros((bottom - top, right - left, 4), np.uint8)
        canvas[y - top : y - top + part.shape[0], x - left : x - left + part.shape[1]] = part
        canvases.append(canvas)
    return mix_layers(canvases[0], canvases[1], share), left, top
