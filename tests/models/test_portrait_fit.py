"""The puppet of a portrait: its rest pose is the rig, its limbs are as long as real ones."""

import numpy as np
import pytest

from core.pose import LEFT_ELBOW, LEFT_EYE, LEFT_SHOULDER, LEFT_WRIST, RIGHT_EYE
from models.face_template import TEMPLATE, fit_face
from models.portrait_fit import ARMS, portrait_body
from models.projection import project
from tests.models.synthetic import HALF_RIG, WHOLE_RIG, half_portrait, head_portrait, portrait, whole_portrait


@pytest.mark.parametrize("make", [half_portrait, whole_portrait, head_portrait])
def test_rest_pose_projects_to_the_rig(make) -> None:
    picture = make()
    body = portrait_body(picture)
    seen = picture.rig.body[:, 2] > 0
    flat = project(body.rest, body.centre, body.camera_distance)
    np.testing.assert_allclose(flat[seen], picture.rig.body[seen, :2], atol=0.01)


def test_foreshortened_forearm_keeps_a_forearms_length() -> None:
    body = portrait_body(half_portrait())
    shown = np.hypot(730 - 670, 780 - 700)
    upper, fore = body.arm_lengths[0]
    assert fore > 2.5 * shown
    assert 0.8 < upper / fore < 1.25
    assert body.rest[LEFT_WRIST, 2] > body.rest[LEFT_ELBOW, 2]


def test_limb_is_never_shorter_than_it_looks() -> None:
    points = dict(HALF_RIG)
    points["left_elbow"] = (1010, 900)
    body = portrait_body(portrait(points, "half", ((600, 650), (400, 650))))
    assert body.arm_lengths[0, 0] >= np.hypot(1010 - 710, 900 - 470) - 0.5


def test_straight_hanging_arm_is_as_long_as_it_looks() -> None:
    points = dict(WHOLE_RIG)
    points["left_elbow"], points["left_wrist"] = (510, 415), (520, 530)
    body = portrait_body(portrait(points, "whole"))
    seen = np.hypot(510 - 490, 415 - 295) + np.hypot(10, 115)
    assert body.arm_lengths[0].sum() == pytest.approx(seen * 1.03, rel=0.02)


def test_size_follows_the_body_when_a_drawn_head_is_big() -> None:
    points = dict(WHOLE_RIG)
    points["left_eye"], points["right_eye"] = (440, 185), (360, 185)
    big = portrait_body(portrait(points, "whole"))
    usual = portrait_body(whole_portrait())
    assert big.pixels_per_metre < 1.25 * usual.pixels_per_metre


def test_missing_arms_and_hips_are_filled_in_below_the_shoulders() -> None:
    body = portrait_body(head_portrait())
    for shoulder, elbow, wrist in ARMS:
        assert body.rest[elbow, 1] < body.rest[shoulder, 1]
        assert body.rest[wrist, 1] < body.rest[elbow, 1]
    assert body.pelvis[1] < body.rest[LEFT_SHOULDER, 1]
    assert not body.legs_shown


def test_touching_hands_are_noticed() -> None:
    assert not portrait_body(half_portrait()).clasped
    points = dict(HALF_RIG)
    points["left_wrist"], points["right_wrist"] = (540, 720), (470, 720)
    assert portrait_body(portrait(points, "half", ((480, 760), (530, 760)))).clasped


def test_face_template_is_symmetric_and_meets_the_eyes_and_mouth() -> None:
    assert np.isfinite(TEMPLATE).all()
    assert TEMPLATE[0, 0] == -TEMPLATE[16, 0] and TEMPLATE[36, 0] == -TEMPLATE[45, 0]
    rig = half_portrait().rig
    face = fit_face(rig)
    right_eye, left_eye = face[36:42, :2].mean(axis=0), face[42:48, :2].mean(axis=0)
    d = rig.eye_distance
    assert np.hypot(*(right_eye - rig.body[RIGHT_EYE, :2])) < 0.06 * d
    assert np.hypot(*(left_eye - rig.body[LEFT_EYE, :2])) < 0.06 * d
    mouth = (face[60, :2] + face[64, :2]) / 2
    assert np.hypot(*(mouth - rig.mouth[:2])) < 0.06 * d
    assert (face[54, 0] - face[48, 0]) / 2 == pytest.approx(rig.mouth[2], rel=0.02)
    assert face[8, 1] > rig.mouth[1] + 0.4 * d


def test_tilted_head_tilts_the_face() -> None:
    points = dict(HALF_RIG)
    points["right_eye"], points["left_eye"] = (460, 185), (540, 225)
    face = fit_face(portrait(points, "half").rig)
    slope = np.arctan2(*(face[45, :2] - face[36, :2])[::-1])
    assert np.degrees(slope) == pytest.approx(np.degrees(np.arctan2(40, 80)), abs=2.0)
