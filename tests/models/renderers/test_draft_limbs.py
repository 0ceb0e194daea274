"""Made arms: their outlines and colours, and that the portrait's own arm is what is seen at rest."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from models.renderers.draft.bare_arms import PROFILE_BINS, Skin, skin_limb
from models.renderers.draft.bending import draw_bent
from models.renderers.draft.limbs import smooth_ramp
from models.renderers.draft.placing import ArmPlace
from models.renderers.draft.puppet import departure

from . import draft_scenes as scenes


def _skin(tone: tuple[int, int, int] = (200, 150, 120)) -> Skin:
    places = np.linspace(-1.0, 1.0, PROFILE_BINS)
    return Skin(np.array(tone, np.float32), (1.0 - 0.2 * np.abs(places) ** 2.6).astype(np.float32))


def test_a_bare_forearm_tapers_and_passes_into_the_hands_colour() -> None:
    end = np.array([220, 170, 140], np.float32)
    layer, (x, y) = skin_limb(120.0, (20.0, 13.0), _skin(), end)
    widths = (layer[..., 3] > 127).sum(axis=0)
    assert widths[int(x + 30)] > 1.3 * widths[int(x + 108)] > 25
    assert widths[int(x + 108)] < widths[int(x + 119)]  # narrowest before the hand, not at it
    middle = layer[int(y), :, :3].astype(float)
    assert np.abs(middle[int(x + 20) : int(x + 60)].mean(axis=0) - (200, 150, 120)).max() < 15
    assert np.abs(middle[int(x + 116) : int(x + 122)].mean(axis=0) - end).max() < 15
    assert layer[int(y) - 16, int(x + 40), :3].sum() < 0.95 * layer[int(y), int(x + 40), :3].sum()


@pytest.mark.parametrize("name", ["half", "whole"])
def test_upper_arms_have_no_shreds(name: str) -> None:
    """Across a made upper arm the outline is one run of pixels: no gap, no second piece."""
    for layers in scenes.quiet_renderer().puppet(scenes.portrait(name), *scenes.SIZE).layers.arms:
        cover = layers.upper.layer[..., 3] > 127
        for line in cover:
            assert (np.diff(np.flatnonzero(line)) == 1).all()
        assert cover.sum() > 200


def test_an_arm_in_its_place_is_the_portraits_own() -> None:
    puppet = scenes.quiet_renderer().puppet(scenes.portrait("half"), *scenes.SIZE)
    unit = puppet.geometry.body_unit
    for layers in puppet.layers.arms:
        arm = layers.arm
        still, moved = np.zeros((2, scenes.SIZE[1], scenes.SIZE[0], 3), np.uint8)
        shift = np.array([3.0, -2.0])
        carried = ArmPlace(arm.shoulder + shift, arm.elbow + shift, arm.wrist + shift, 0.0, 1.0)
        assert departure(layers, carried, unit) == pytest.approx(0.0, abs=1e-9)
        for frame, place in (
            (still, (arm.shoulder, arm.elbow, arm.wrist)),
            (moved, (arm.shoulder + shift, arm.elbow + shift, arm.wrist + shift)),
        ):
            draw_bent(frame, layers.rest, arm, *place)
        np.testing.assert_array_equal(moved[:-2, 3:], still[2:, :-3])
        raised = ArmPlace(arm.shoulder, arm.elbow, arm.wrist - (0.0, 2.0 * unit), 0.0, 1.0)
        assert departure(layers, raised, unit) == pytest.approx(2.0)


@pytest.mark.parametrize("name", ["half", "whole"])
def test_the_own_arm_bends_onto_the_made_one(name: str) -> None:
    """Spots painted on the bones of the arm in one piece land where the made arm has them, whatever way it bends."""
    for layers in scenes.quiet_renderer().puppet(scenes.portrait(name), *scenes.SIZE).layers.arms:
        arm, limb = layers.arm, layers.rest
        length = float(np.hypot(*(arm.wrist - arm.elbow)))
        for turn in (-0.3, 0.3):
            cos, sin = np.cos(turn), np.sin(turn)
            elbow = arm.elbow + np.array([4.0, -3.0])
            wrist = elbow + np.array([[cos, -sin], [sin, cos]]) @ (arm.wrist - arm.elbow)
            for spot, wanted in (
                (0.6 * arm.shoulder + 0.4 * arm.elbow, 0.6 * arm.shoulder + 0.4 * elbow),
                (0.4 * arm.elbow + 0.6 * arm.wrist, 0.4 * elbow + 0.6 * wrist),
            ):
                painted = np.zeros_like(limb.layer)
                cv2.circle(painted, [round(v) for v in spot - (limb.left, limb.top)], 2, (255, 255, 255, 255), -1)
                frame = np.zeros((scenes.SIZE[1], scenes.SIZE[0], 3), np.uint8)
                draw_bent(frame, replace(limb, layer=painted), arm, arm.shoulder, elbow, wrist)
                rows, columns = np.nonzero(frame[..., 0] > 100)
                assert np.hypot(columns.mean() - wanted[0], rows.mean() - wanted[1]) < 1.0 + 0.01 * length


def test_smooth_ramp_runs_either_way() -> None:
    np.testing.assert_allclose(smooth_ramp(np.array([0.0, 1.0, 2.0, 3.0]), 1.0, 2.0), [0, 0, 1, 1])
    np.testing.assert_allclose(smooth_ramp(np.array([0.0, 1.5, 3.0]), 2.0, 1.0), [1, 0.5, 0])
