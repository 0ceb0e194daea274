"""What is made where an arm moves: hems of short sleeves, the corner under a raised arm, hands without rims."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.framing import frame_transform
from core.pose import LEFT_WRIST
from models.renderers.draft.bare_arms import PROFILE_BINS, Skin, find_skin
from models.renderers.draft.geometry import Arm, Geometry
from models.renderers.draft.hands import moved_hand
from models.renderers.draft.limbs import mirrored_detail
from models.renderers.draft.placing import ArmPlace, place
from models.renderers.draft.pose_track import PoseTrack
from models.renderers.draft.regions import ArmRegions, Regions
from models.renderers.draft.sleeves import upper_arm
from models.renderers.draft.stage import Stage
from models.renderers.draft.trunk import _without_elbow

from . import draft_scenes as scenes

CLOTH, SKIN, BLACK = (60, 90, 150), (220, 170, 150), (12, 12, 14)
FLAT = Skin(np.array(SKIN, np.float32), np.ones(PROFILE_BINS, np.float32))


def _arm(shoulder: tuple[float, float], elbow: tuple[float, float], wrist: tuple[float, float],
         tip: tuple[float, float]) -> Arm:  # fmt: skip
    profile = np.full(11, 24.0)
    return Arm(
        side=0, outward=1.0, shoulder=np.array(shoulder), elbow=np.array(elbow), wrist=np.array(wrist),
        tip=np.array(tip), upper_radius=24.0, elbow_radius=18.0, wrist_radius=13.0, upper_full=150.0,
        forearm_full=140.0, upper_profile=profile, inner_profile=profile.copy(),
    )  # fmt: skip


def _stage(picture: NDArray[np.uint8], alpha: NDArray[np.float32] | None = None) -> Stage:
    shape = picture.shape[:2]
    cover = np.ones(shape, np.float32) if alpha is None else alpha
    transform = frame_transform(scenes.portrait("half"), shape[1], shape[0])
    return Stage(transform, picture, picture, cover, np.zeros_like(picture), np.zeros(shape, bool))


def _colours(layer: NDArray[np.uint8]) -> NDArray[np.float64]:
    return np.asarray(layer[..., :3] / np.maximum(layer[..., 3:] / 255.0, 1e-3), np.float64)


def test_a_short_sleeve_ends_in_a_round_hem_over_a_thinner_arm_in_its_shadow() -> None:
    picture = np.full((260, 200, 3), CLOTH, np.uint8)
    arm = _arm((100, 50), (100, 200), (100, 210), (100, 250))
    limb = upper_arm(_stage(picture), arm, np.ones((260, 200), bool), 0.8, FLAT, 15.0, None)
    red = _colours(limb.layer)[..., 0]
    skin = (red > 110) & (limb.layer[..., 3] > 200)
    cover = limb.layer[..., 3] > 127
    middle = 100 - limb.left
    first = {x: int(np.argmax(skin[:, middle + x])) for x in (-12, 0, 12)}
    assert first[0] >= first[-12] + 1 and first[0] >= first[12] + 1  # lower in the middle
    hem = 50 + 0.8 * 150 - limb.top
    assert abs(first[0] - hem) < 10
    assert cover[int(hem) - 12].sum() > 1.2 * cover[int(hem) + 14].sum()
    below, far = red[first[0] + 1, middle], red[first[0] + 22, middle]
    assert below < 0.85 * far
    assert far == pytest.approx(SKIN[0], abs=14)


def test_a_long_sleeve_has_no_hem() -> None:
    picture = np.full((260, 200, 3), CLOTH, np.uint8)
    arm = _arm((100, 50), (100, 200), (100, 210), (100, 250))
    limb = upper_arm(_stage(picture), arm, np.ones((260, 200), bool), 9.0, FLAT, 15.0, None)
    assert (_colours(limb.layer)[limb.layer[..., 3] > 200][:, 0] < 90).all()


def _raised(name: str, amount: float) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float64]]:
    """A frame with the left arm raised to the side by an angle, the same without the web, and the corner's place."""
    person = scenes.portrait(name)
    poses = scenes.still_poses(person, 4)
    puppet = scenes.quiet_renderer().puppet(person, *scenes.SIZE)
    track = PoseTrack(poses, puppet.transform)
    still = place(puppet.geometry, track.at(0.0), track.usual_depth, puppet.size, lift=0.0, nod=0.0)
    spot = still.arms[0]
    assert spot is not None
    length = float(np.hypot(*(spot.elbow - spot.shoulder)))
    layers = next(layers for layers in puppet.layers.arms if layers.arm.side == 0)
    away = np.array([layers.arm.outward * np.sin(amount), np.cos(amount)])
    elbow = spot.shoulder + length * away
    arm = ArmPlace(spot.shoulder, elbow, elbow - (0.0, 0.9 * length), 0.0, 1.0)
    placement = replace(still, arms=(arm, still.arms[1]))
    face = scenes.quiet_renderer()._timing_of(scenes.make_job(person, poses, scenes.silence(0.2))).face(0)
    frame = puppet.draw(placement, face, (False, False), True).image
    whole = puppet.layers
    bare = tuple(replace(layers, armpit=None) for layers in whole.arms)
    try:
        puppet.layers = replace(whole, arms=bare)
        without = puppet.draw(placement, face, (False, False), True).image
    finally:
        puppet.layers = whole
    return frame, without, spot.shoulder


@pytest.mark.parametrize("name", ["half", "whole"])
def test_cloth_spans_the_corner_under_a_raised_arm(name: str) -> None:
    frame, without, shoulder = _raised(name, 1.3)
    background = scenes.quiet_renderer().puppet(scenes.portrait(name), *scenes.SIZE).background
    unit = scenes.quiet_renderer().puppet(scenes.portrait(name), *scenes.SIZE).geometry.body_unit
    bare = np.abs(without.astype(int) - background).max(axis=2) < 6
    spanned = bare & (np.abs(frame.astype(int) - background).max(axis=2) > 25)
    assert spanned.sum() > 0.15 * unit**2
    rows, columns = np.nonzero(spanned)
    assert np.hypot(columns - shoulder[0], rows - shoulder[1]).max() < 3.5 * unit


def test_no_cloth_spans_where_the_arm_hangs() -> None:
    frame, without, _ = _raised("half", 0.1)
    assert np.array_equal(frame, without)


def test_a_moved_hand_has_no_dark_rim_and_reaches_the_frame_of_its_colour() -> None:
    """A hand before a black sleeve, whose mask has taken in a rim of the sleeve."""
    picture = np.full((200, 200, 3), BLACK, np.uint8)
    hand = np.zeros((200, 200), np.uint8)
    cv2.ellipse(hand, (100, 100), (45, 20), 0, 0, 360, 1, -1)
    picture[hand > 0] = SKIN
    picture = cv2.GaussianBlur(picture, (0, 0), 1.0)
    mask = cv2.dilate(hand, np.ones((7, 7), np.uint8)) > 0
    arm = _arm((20, 20), (20, 100), (60, 100), (142, 100))
    nothing = np.zeros((200, 200), bool)
    region = ArmRegions(arm=arm, upper=nothing, forearm=nothing, hand=mask, pure_hand=mask, beside=nothing)
    limb = moved_hand(_stage(picture), region, _geometry(40.0), FLAT, False)
    shown = limb.layer[..., 3] > 100
    assert shown.sum() > 0.7 * hand.sum()
    assert _colours(limb.layer)[shown].sum(axis=1).min() > 0.75 * sum(SKIN)


def _geometry(unit: float) -> Geometry:
    puppet = scenes.quiet_renderer().puppet(scenes.portrait("half"), *scenes.SIZE)
    return replace(puppet.geometry, unit=unit, body_unit=unit)


def test_both_arms_have_one_tone_whatever_shadow_one_of_them_lies_in() -> None:
    picture = np.full((200, 300, 3), BLACK, np.uint8)
    lit, shaded = np.zeros((200, 300), bool), np.zeros((200, 300), bool)
    lit[60:110, 20:90], shaded[60:110, 200:240] = True, True
    picture[lit], picture[shaded] = SKIN, (110, 84, 74)
    nothing = np.zeros((200, 300), bool)
    arm = _arm((20, 20), (20, 100), (60, 100), (142, 100))
    found = [
        ArmRegions(arm=arm, upper=nothing, forearm=nothing, hand=mask, pure_hand=mask, beside=nothing)
        for mask in (lit, shaded)
    ]
    regions = Regions(nothing, nothing, lit | shaded, None, (0.0, 0.0, 0.0), (found[0], found[1]), ())
    skin = find_skin(_stage(picture), regions)
    assert skin is not None
    assert np.abs(skin.tone - SKIN).max() < 20


def test_fingers_stay_in_the_frame_at_its_sides() -> None:
    person = scenes.portrait("half")
    poses = scenes.still_poses(person, 4)
    body, hands = poses.body.copy(), poses.hands.copy()
    body[:, LEFT_WRIST, 0] = person.width + 300.0
    length = float(np.hypot(*(person.rig.hand_tips[0, :2] - person.rig.body[LEFT_WRIST, :2])))
    for point in range(21):
        share = 0.0 if point == 0 else 0.5 if point in (1, 5, 9, 13, 17) else 1.0
        hands[:, 0, point, :2] = body[:, LEFT_WRIST, :2] + np.array([share * length, 0.0])
    puppet = scenes.quiet_renderer().puppet(person, *scenes.SIZE)
    track = PoseTrack(replace(poses, body=body, hands=hands), puppet.transform)
    reach, width = length * puppet.transform.scale_x, scenes.SIZE[0] + 100
    spot = place(puppet.geometry, track.at(0.0), track.usual_depth, (width, 640), lift=0.0, nod=0.0).arms[0]
    assert spot is not None
    assert spot.wrist[0] + 0.85 * reach < width
    # Where the portrait has the hand at the edge already it stays about there.
    spot = place(puppet.geometry, track.at(0.0), track.usual_depth, puppet.size, lift=0.0, nod=0.0).arms[0]
    own = puppet.geometry.arms[0]
    assert spot is not None and own is not None
    assert spot.wrist[0] < max(own.wrist[0] + 0.3 * puppet.geometry.unit, scenes.SIZE[0] - reach)


def test_the_trunks_side_begins_where_the_elbow_no_longer_hides_it() -> None:
    reach = np.array([60.0, 59.0, 70.0, 66.0, 52.0, 50.0, 51.0, 53.0, 55.0])
    known = np.array([False, False, True, True, True, True, True, True, True])
    cleaned = _without_elbow(reach, known, 5.0)
    np.testing.assert_array_equal(cleaned, [60, 59, 50, 50, 50, 50, 51, 53, 55])


def test_grain_goes_on_into_what_is_hidden() -> None:
    random = np.random.default_rng(0)
    image = np.clip(random.normal(120.0, 6.0, (60, 60, 1)) + np.zeros(3), 0, 255).astype(np.uint8)
    known = np.zeros((60, 60), bool)
    known[:, :30] = True
    detail = mirrored_detail(image, known)
    assert detail[10:50, 34:50, 0].std() > 4.0
    assert np.abs(detail[10:50, 34:50].mean()) < 1.0
