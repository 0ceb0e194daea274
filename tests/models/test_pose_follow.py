"""`core.pose_follow` against what it imitates: the translator's poses for the edited rig."""

import dataclasses

import numpy as np
import pytest

from core.pose import LEFT_ELBOW, LEFT_WRIST, NECK, NOSE, RIGHT_SHOULDER
from core.pose_follow import follow_rig
from core.rig import Rig
from models.relation_bank import RelationBank
from models.translator import PoseTranslator
from tests.models.synthetic import clip_of, half_portrait, raised, ramp, standing

MOVES = {LEFT_WRIST: (20, 30), LEFT_ELBOW: (25, -10), RIGHT_SHOULDER: (-20, 5), NOSE: (10, 10), NECK: (0, 15)}


def moved(rig: Rig, point: int, by: tuple[float, float]) -> Rig:
    body = rig.body.copy()
    body[point, :2] += by
    return dataclasses.replace(rig, body=body)


@pytest.mark.parametrize("point", MOVES)
def test_the_guess_is_near_what_will_be_made(bank: RelationBank, point: int) -> None:
    """Over a raised and waving arm: body points are at most half as far from the new poses as the old ones are."""
    frames = 90
    clip = clip_of(raised(frames, "left", ramp(frames, 20, 32) - ramp(frames, 60, 72), wave=0.3))
    picture = half_portrait()
    rig = moved(picture.rig, point, MOVES[point])
    translator = PoseTranslator(bank)
    old = translator.translate(clip, picture)
    new = translator.translate(clip, dataclasses.replace(picture, rig=rig))
    guessed = [follow_rig((old.body[t], old.face[t], old.hands[t]), picture.rig, rig)[0] for t in range(frames)]
    seen = old.body[..., 2] > 0

    def away(body: np.ndarray) -> float:
        return float(np.linalg.norm((body - new.body)[..., :2], axis=-1)[seen].mean())

    assert away(old.body) > 0.5
    assert away(np.stack(guessed)) < 0.5 * away(old.body)


def test_the_rig_s_own_pose_follows_exactly(bank: RelationBank) -> None:
    picture = half_portrait()
    shown = picture.rig.body[:, 2] > 0
    rest = PoseTranslator(bank).translate(clip_of(standing(1)), picture)
    pose = picture.rig.body, rest.face[0], rest.hands[0]
    for point, by in MOVES.items():
        rig = moved(picture.rig, point, by)
        body, face, _ = follow_rig(pose, picture.rig, rig)
        np.testing.assert_allclose(body[shown], rig.body[shown], atol=1e-3)
        assert np.array_equal(face, rest.face[0])
    same = follow_rig(pose, picture.rig, picture.rig)
    for one, other in zip(same, pose, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3)


def test_face_and_lips_follow_box_and_mouth(bank: RelationBank) -> None:
    picture = half_portrait()
    rest = PoseTranslator(bank).translate(clip_of(standing(1)), picture)
    pose = picture.rig.body, rest.face[0], rest.hands[0]
    x, y, width, height = picture.rig.face_box
    rig = dataclasses.replace(picture.rig, face_box=np.array([x + 12, y, width, 1.5 * height], np.float32))
    _, face, _ = follow_rig(pose, picture.rig, rig)
    np.testing.assert_allclose(face[:48, 0], rest.face[0, :48, 0] + 12, atol=1e-3)
    assert np.ptp(face[:48, 1]) == pytest.approx(1.5 * np.ptp(rest.face[0, :48, 1]), rel=1e-4)
    middle, line, half = picture.rig.mouth
    rig = dataclasses.replace(picture.rig, mouth=np.array([middle - 4, line + 6, 1.5 * half], np.float32))
    _, face, _ = follow_rig(pose, picture.rig, rig)
    assert np.array_equal(face[:48], rest.face[0, :48])
    np.testing.assert_allclose(
        face[48:].mean(axis=0)[:2], rest.face[0, 48:].mean(axis=0)[:2] + np.array([-4, 6]), atol=0.05
    )
    assert np.ptp(face[48:, 0]) == pytest.approx(1.5 * np.ptp(rest.face[0, 48:, 0]), rel=1e-3)


def test_a_hidden_point_only_goes_along(bank: RelationBank) -> None:
    picture = half_portrait()
    body = picture.rig.body.copy()
    body[LEFT_WRIST] = (0, 0, 0)
    hidden = dataclasses.replace(picture.rig, body=body)
    rest = PoseTranslator(bank).translate(clip_of(standing(1)), picture)
    pose = rest.body[0], rest.face[0], rest.hands[0]
    found, _, hands = follow_rig(pose, picture.rig, hidden)
    np.testing.assert_allclose(found, rest.body[0], atol=1e-3)
    assert np.isfinite(hands).all()
