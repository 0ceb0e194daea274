"""Flesh of a forearm that points at the camera, below the hand that hides it."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.hidden_forearm import hidden_forearms
from core.pose import LEFT_ELBOW, LEFT_EYE, LEFT_SHOULDER, LEFT_WRIST, RIGHT_EYE
from core.rig import Rig, Sleeve

SKIN, SHADED, SHIRT, WALL = (225, 180, 160), (130, 96, 84), (40, 44, 60), (90, 120, 90)


def _scene(sleeve: Sleeve, bare: bool = False) -> tuple[NDArray[np.float32], NDArray[np.bool_], Rig, NDArray[np.bool_]]:
    """A hand before a short sleeve, and below it a piece of forearm that the mask lacks; Lab, mask, rig, the piece."""
    image = np.full((300, 300, 3), WALL, np.uint8)
    image[60:170, 180:230] = SKIN if bare else SHIRT
    piece = np.zeros((300, 300), np.uint8)
    cv2.ellipse(piece, (205, 195), (26, 22), 0, 0, 360, 1, -1)
    image[piece > 0] = SHADED
    hand = np.zeros((300, 300), np.uint8)
    cv2.ellipse(hand, (190, 172), (40, 18), 0, 0, 360, 1, -1)
    image[hand > 0] = SKIN
    found = (hand > 0) | (image == (SKIN if bare else SHIRT)).all(axis=2)
    body = np.zeros((18, 3), np.float32)
    joints = {LEFT_SHOULDER: (205, 70), LEFT_ELBOW: (205, 165), LEFT_WRIST: (215, 175)}
    for index, (x, y) in {**joints, LEFT_EYE: (140, 30), RIGHT_EYE: (100, 30)}.items():
        body[index] = (x, y, 1.0)
    tips = np.array([[160, 172, 1.0], [0, 0, 0]], np.float32)
    rig = Rig(
        body=body, hand_tips=tips, face_box=np.array([80, 10, 80, 80], np.float32),
        mouth=np.array([120, 70, 15], np.float32), sleeve=sleeve,
    )  # fmt: skip
    lab = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2LAB), np.float32)
    return lab, found, rig, (piece > 0) & ~found


def test_shaded_flesh_below_the_hand_is_found() -> None:
    lab, found, rig, piece = _scene("half")
    flesh = hidden_forearms(lab, found, rig, 1.0)
    assert flesh[piece].mean() > 0.95
    assert flesh[~piece].sum() < 0.9 * piece.sum()
    assert not (flesh & found).any()


@pytest.mark.parametrize(("sleeve", "bare"), [("long", False), ("half", True)])
def test_where_no_forearm_can_be_hidden_nothing_is_found(sleeve: Sleeve, bare: bool) -> None:
    lab, found, rig, _ = _scene(sleeve, bare)
    assert not hidden_forearms(lab, found, rig, 1.0).any()
