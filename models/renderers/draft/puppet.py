"""The puppet: one portrait taken apart for one frame size, and the drawing of a frame from places and a face.

It holds no time and no job; `renderer` decides what it does when.
"""

import threading
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.portrait import Portrait
from core.pose import PoseFlag
from models.renderers.draft.bending import bone_matrix, draw_bent
from models.renderers.draft.compositing import Box, Image, draw_layer, united
from models.renderers.draft.face import Face, FaceState
from models.renderers.draft.geometry import Points, measure
from models.renderers.draft.limbs import LimbLayer
from models.renderers.draft.placing import ArmPlace, LegPlace, Placement
from models.renderers.draft.regions import find_regions
from models.renderers.draft.sheet import Sheet
from models.renderers.draft.stage import build_stage
from models.renderers.draft.textures import ArmLayers, LegLayers, build_layers

REST_START, REST_END = 0.3, 0.65
"""How far an arm is from its own place, in body units, while the portrait's own arm fades into the made one."""

OWN_PARTS = 2.5
"""How much sooner that is where all parts are the portrait's own: the change is hardly seen, a double would be."""

TURN_WEIGHT = 0.5
"""Body units that a turn of the hand by one radian counts for."""


@dataclass(frozen=True)
class Drawing:
    """A drawn frame.

    Attributes:
        image: (H, W, 3) uint8.
        flags: the `PoseFlag` bits that drawing added.
        touched: the part that is more than background, None if nothing is.
    """

    image: Image
    flags: int
    touched: Box | None


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

    def draw(self, placement: Placement, face: FaceState, behind: tuple[bool, bool], left_on_top: bool) -> Drawing:
        """One frame."""
        frame = self.background.copy()
        flags, touched = 0, None
        for leg in self.layers.legs:
            leg_place = placement.legs[leg.side]
            if leg_place is not None:
                touched = united(touched, self._draw_leg(frame, leg, leg_place))
        order = sorted(self.layers.arms, key=lambda layers: (layers.arm.side == 0) == left_on_top)
        hind = [layers for layers in order if behind[layers.arm.side]]
        fore = [layers for layers in order if not behind[layers.arm.side]]
        for layers in hind:
            box, flag = self._draw_arm(frame, layers, placement.arms[layers.arm.side])
            touched, flags = united(touched, box), flags | flag
        source = self._face_buffer()
        self.face.draw(source, face)
        touched = united(touched, self.sheet.draw(frame, placement.body, source))
        for layers in fore:
            place = placement.arms[layers.arm.side]
            if place is not None and layers.armpit is not None:
                shown = 1.0 - self._rest(layers, place)
                if shown > 0.0:
                    pit = layers.armpit.draw(frame, placement.body, layers.arm.side, place.shoulder, place.elbow, shown)
                    touched = united(touched, pit)
            box, flag = self._draw_arm(frame, layers, place)
            touched, flags = united(touched, box), flags | flag
        return Drawing(frame, flags, touched)

    def _face_buffer(self) -> NDArray[np.uint8]:
        """This thread's copy of the sheet, into which it draws the face."""
        buffer: NDArray[np.uint8] | None = getattr(self._local, "sheet", None)
        if buffer is None:
            buffer = np.array(self.sheet.layer, np.uint8)
            self._local.sheet = buffer
        return buffer

    def _draw_arm(self, frame: Image, layers: ArmLayers, place: ArmPlace | None) -> tuple[Box | None, int]:
        if place is None:
            return None, 0
        away = self._away(layers, place)
        rest = self._rest(layers, place)
        cuff = self._cuff(layers, place) * _smoothstep((away - REST_END) / 0.3) if layers.sleeved else 0.0
        hand = rigid_matrix(layers.arm.wrist, place.wrist, place.hand_turn, place.hand_scale)
        touched: Box | None = None
        # While one arm fades into the other both are drawn whole and mixed: neither is ever half transparent.
        other = frame.copy() if 0.0 < rest < 1.0 else frame
        if rest > 0.0:
            touched = draw_bent(other, layers.rest, layers.arm, place.shoulder, place.elbow, place.wrist)
            touched = united(touched, self._draw_layer(other, layers.own_hand, hand))
        if rest < 1.0:
            touched = united(touched, self._draw_limb(frame, layers.upper, place.shoulder, place.elbow))
            if cuff < 1.0:
                touched = united(touched, self._draw_limb(frame, layers.forearm, place.elbow, place.wrist))
            touched = united(touched, self._draw_layer(frame, layers.hand, hand))
        if touched is not None and other is not frame:
            x0, y0, x1, y1 = touched
            part = frame[y0:y1, x0:x1]
            cv2.addWeighted(other[y0:y1, x0:x1], rest, part, 1.0 - rest, 0.0, part)
        if cuff > 0.0:
            touched = united(touched, self._draw_limb(frame, layers.forearm, place.elbow, place.wrist, cuff))
        hidden = layers.forearm.invented is not None and layers.visible_forearm < 0.25
        return touched, int(PoseFlag.HIDDEN_LIMB) if rest < 0.1 and hidden else 0

    def _away(self, layers: ArmLayers, place: ArmPlace) -> float:
        """`departure` as it counts for the change between the portrait's own arm and the made one."""
        away = departure(layers, place, self.geometry.body_unit)
        return away * OWN_PARTS if layers.forearm.invented is None else away

    def _rest(self, layers: ArmLayers, place: ArmPlace) -> float:
        """How far (0..1) the portrait's own arm is shown."""
        return 1.0 - _smoothstep((self._away(layers, place) - REST_START) / (REST_END - REST_START))

    def _cuff(self, layers: ArmLayers, place: ArmPlace) -> float:
        """1 where a hand comes out of its sleeve, 0 where that points at the camera or the hand is bent before it."""
        forearm = place.wrist - place.elbow
        turn = rigid_matrix(layers.hand.start, place.wrist, place.hand_turn, 1.0)[:, :2]
        pointing = turn @ (layers.hand.end - layers.hand.start)
        bend = abs(float(np.arctan2(forearm[0] * pointing[1] - forearm[1] * pointing[0], forearm @ pointing)))
        length = float(np.hypot(*forearm)) / layers.arm.forearm_full
        return min(_smoothstep((length - 0.24) / 0.08), 1.0 - _smoothstep((bend - 0.7) / 0.25))

    def _draw_leg(self, frame: Image, layers: LegLayers, place: LegPlace) -> Box | None:
        calf_still = layers.calf.end - layers.calf.start
        calf_now = place.ankle - place.knee
        turn = 0.6 * float(np.arctan2(calf_still[0] * calf_now[1] - calf_still[1] * calf_now[0], calf_still @ calf_now))
        touched = self._draw_layer(frame, layers.foot, rigid_matrix(layers.foot.start, place.ankle, turn, 1.0))
        touched = united(touched, self._draw_limb(frame, layers.calf, place.knee, place.ankle))
        return united(touched, self._draw_limb(frame, layers.thigh, place.hip, place.knee))

    def _draw_limb(self, frame: Image, limb: LimbLayer, start: Points, end: Points, opacity: float = 1.0) -> Box | None:
        """Draw a limb between two joints."""
        if limb.invented is None:
            return draw_layer(frame, limb.layer, limb.hull, limb_matrix(limb, start, end), opacity)
        return draw_layer(frame, limb.invented, limb.invented_hull, invented_matrix(limb, start, end), opacity)

    def _draw_layer(self, frame: Image, limb: LimbLayer, matrix: Points, opacity: float = 1.0) -> Box | None:
        shifted = matrix.copy()
        shifted[:, 2] += matrix[:, :2] @ np.array([limb.left, limb.top], np.float64)
        return draw_layer(frame, limb.layer, limb.hull, shifted, opacity)


def departure(layers: ArmLayers, place: ArmPlace, unit: float) -> float:
    """How far an arm is from its own place on the moved shoulder, in body units."""
    arm = layers.arm
    carried = place.shoulder - arm.shoulder
    elbow = float(np.hypot(*(place.elbow - arm.elbow - carried)))
    wrist = float(np.hypot(*(place.wrist - arm.wrist - carried)))
    return max(elbow, wrist) / unit + TURN_WEIGHT * max(abs(place.hand_turn) - 0.05, 0.0)


def rigid_matrix(pivot: Points, target: Points, turn: float, scale: float) -> Points:
    """(2, 3) matrix that carries `pivot` to `target`, turned and scaled about it."""
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    linear = np.array([[cos, -sin], [sin, cos]])
    return np.column_stack([linear, target - linear @ pivot])


def limb_matrix(limb: LimbLayer, start: Points, end: Points) -> Points:
    """(2, 3) matrix from the limb's layer pixels to the frame: along the bone stretched, across it as it is."""
    matrix = bone_matrix(limb.start, limb.end, start, end)
    matrix[:, 2] += matrix[:, :2] @ np.array([limb.left, limb.top], np.float64)
    return matrix


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
