"""Made arms: their outlines and colours, and that the portrait's own arm is what is seen at rest."""

import numpy as np
import pytest

from models.renderers.draft.limbs import skin_limb, smooth_ramp
from models.renderers.draft.placing import ArmPlace
from models.renderers.draft.puppet import departure, rest_matrix

from . import draft_scenes as scenes


def test_a_bare_forearm_is_a_tapering_tube_in_its_colours() -> None:
    start, end = np.array([200, 150, 120], np.float32), np.array([220, 170, 140], np.float32)
    layer, (x, y) = skin_limb(120.0, (20.0, 13.0), start, end, None)
    cover = layer[..., 3] > 127
    widths = cover.sum(axis=0)
    assert widths[int(x + 30)] > widths[int(x + 110)] > 20
    middle = layer[int(y), int(x + 20) : int(x + 110), :3].astype(float)
    assert np.abs(middle.mean(axis=0) - (start + end) / 2).max() < 15
    assert layer[int(y) - 16, int(x + 40), :3].sum() < layer[int(y), int(x + 40), :3].sum()  # darker at the edge


def test_a_forearm_out_of_a_sleeve_begins_at_the_hem() -> None:
    colour = np.array([200, 150, 120], np.float32)
    layer, (x, y) = skin_limb(120.0, (20.0, 13.0), colour, colour, 8.0)
    assert layer[int(y), int(x + 4), 3] == 0 and layer[int(y), int(x + 14), 3] == 255


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
        shift = np.array([3.0, -2.0])
        carried = ArmPlace(arm.shoulder + shift, arm.elbow + shift, arm.wrist + shift, 0.0, 1.0)
        assert departure(layers, carried, unit) == pytest.approx(0.0, abs=1e-9)
        np.testing.assert_allclose(rest_matrix(layers, carried, unit), [[1, 0, 3], [0, 1, -2]], atol=1e-6)
        raised = ArmPlace(arm.shoulder, arm.elbow, arm.wrist - (0.0, 2.0 * unit), 0.0, 1.0)
        assert departure(layers, raised, unit) == pytest.approx(2.0)


def test_smooth_ramp_runs_either_way() -> None:
    np.testing.assert_allclose(smooth_ramp(np.array([0.0, 1.0, 2.0, 3.0]), 1.0, 2.0), [0, 0, 1, 1])
    np.testing.assert_allclose(smooth_ramp(np.array([0.0, 1.5, 3.0]), 2.0, 1.0), [1, 0.5, 0])
