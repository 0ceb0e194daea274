"""The brush strokes of a rig: their JSON form, their scaling, and what they refuse."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.rig import PortraitError, Rig, Stroke


def painted_rig() -> Rig:
    """A rig of a 400 x 600 picture with a stroke and a dab."""
    strokes = (
        Stroke("keep", 12.0, np.array([[10, 20], [30.5, 44.25]])),
        Stroke("remove", 3.5, np.array([[200, 300]])),
    )
    body, tips = np.full((18, 3), 0.5), np.full((2, 3), 0.5)
    return Rig(body, tips, np.array([1, 2, 3, 4]), np.array([5, 6, 7]), image_size=(400, 600), strokes=strokes)


def test_round_trip_through_json() -> None:
    data = json.loads(painted_rig().to_json())
    assert data["strokes"][0] == {"kind": "keep", "radius": 12.0, "points": [[10.0, 20.0], [30.5, 44.25]]}
    again = Rig.from_dict(data)
    assert [(s.kind, s.radius, s.points.tolist()) for s in again.strokes] == [
        ("keep", 12.0, [[10.0, 20.0], [30.5, 44.25]]),
        ("remove", 3.5, [[200.0, 300.0]]),
    ]


def test_rigs_without_strokes_are_as_before() -> None:
    plain = replace(painted_rig(), strokes=())
    assert "strokes" not in plain.to_dict()
    assert Rig.from_dict(plain.to_dict()).strokes == ()


def test_strokes_follow_the_size_of_the_picture() -> None:
    stroke = painted_rig().rescaled(200, 300).strokes[0]
    assert stroke.radius == pytest.approx(6.0)
    np.testing.assert_allclose(stroke.points, [[5, 10], [15.25, 22.125]])


@pytest.mark.parametrize(
    ("strokes", "words"),
    [
        ({}, '"strokes"'),
        ([{"kind": "keep", "radius": 2}], 'lacks the field "points"'),
        ([{"kind": "erase", "radius": 2, "points": [[1, 2]]}], '"strokes[0].kind"'),
        ([{"kind": "keep", "radius": 0, "points": [[1, 2]]}], '"strokes[0].radius"'),
        ([{"kind": "keep", "radius": True, "points": [[1, 2]]}], '"strokes[0].radius"'),
        ([{"kind": "keep", "radius": 2, "points": []}], '"strokes[0].points"'),
        ([{"kind": "keep", "radius": 2, "points": [[1, 2], [1, 2, 3]]}], '"strokes[0].points[1]"'),
        ([{"kind": "keep", "radius": 2, "points": [[1, float("nan")]]}], '"strokes[0].points[0]"'),
        ([{"kind": "keep", "radius": 2, "points": [[1, 2]], "hue": 1}], 'unknown field "hue"'),
        (["keep"], '"strokes[0]"'),
    ],
)
def test_wrong_strokes_are_refused_by_name(strokes: Any, words: str) -> None:
    data = painted_rig().to_dict() | {"strokes": strokes}
    with pytest.raises(PortraitError) as caught:
        Rig.from_dict(data)
    assert words in str(caught.value)


def test_a_stroke_checks_its_values() -> None:
    for values in (("paint", 1.0, [[0, 0]]), ("keep", -1.0, [[0, 0]]), ("keep", 1.0, [0, 0]),
                   ("keep", 1.0, np.zeros((0, 2))), ("keep", 1.0, [[np.inf, 0]])):  # fmt: skip
        with pytest.raises(PortraitError):
            Stroke(*values)  # type: ignore[arg-type]
