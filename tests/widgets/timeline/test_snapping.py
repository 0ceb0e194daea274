import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from widgets.timeline.snapping import CROWDED_US_PER_PX, SnapPoint, SnapPoints, snap_edges

S = 1_000_000


def test_the_nearest_point_within_reach():
    points = SnapPoints({"segment": [S, 3 * S], "marker": [2 * S]})
    assert points.nearest(1_050_000, 10_000) == SnapPoint(S, "segment")
    assert points.nearest(2_079_000, 10_000) == SnapPoint(2 * S, "marker")
    assert points.nearest(1_090_000, 10_000) is None


def test_on_one_pixel_the_playhead_wins():
    points = SnapPoints({"accent": [S], "segment": [S + 100], "playhead": [S + 200]})
    assert points.nearest(S, 10_000) == SnapPoint(S + 200, "playhead")


def test_pauses_and_accents_do_not_catch_in_the_overview():
    points = SnapPoints({"pause": [S], "accent": [2 * S]})
    assert points.nearest(S, CROWDED_US_PER_PX) is not None
    assert points.nearest(S, CROWDED_US_PER_PX * 1.1) is None


def test_either_edge_of_what_is_moved_snaps():
    points = SnapPoints({"marker": [9 * S]})
    assert snap_edges((S, 4 * S), 4_960_000, points, 10_000) == (5 * S, SnapPoint(9 * S, "marker"))
    assert snap_edges((S, 4 * S), 7_970_000, points, 10_000) == (8 * S, SnapPoint(9 * S, "marker"))
    assert snap_edges((S, 4 * S), 6 * S, points, 10_000) == (6 * S, None)


@given(st.lists(st.integers(0, 10_000), min_size=1), st.integers(0, 10_000), st.floats(0.5, 300))
def test_agrees_with_trying_all(times, wanted, scale):
    found = SnapPoints({"segment": times}).nearest(wanted, scale)
    nearest = int(np.abs(np.array(times) - wanted).min())
    if nearest <= 8 * scale:
        assert found is not None and abs(found.time_us - wanted) == nearest
    else:
        assert found is None
