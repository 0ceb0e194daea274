import math

from hypothesis import given
from hypothesis import strategies as st

from widgets.timeline.view import MARGIN_PX, SMALLEST_US_PER_PX, TimeView, widest_us_per_px

S = 1_000_000
views = st.builds(
    TimeView,
    st.floats(-1e6, 7.2e9),
    st.floats(1.0, 4e6),
    st.floats(200, 4000),
)


@given(views, st.floats(0.01, 100), st.floats(0, 1))
def test_zooming_keeps_the_time_under_the_pointer(view, factor, share):
    x = share * view.width
    before = view.start_us + x * view.us_per_px
    after = view.zoomed(factor, x, 7200 * S)
    assert abs(after.x(before) - x) < 0.01


def test_a_hundred_zooms_do_not_drift():
    view = TimeView(0.0, 10_000.0, 1600.0)
    time_us = view.start_us + 733 * view.us_per_px
    for factor in [1 / 1.25] * 30 + [1.25] * 30 + [0.7, 1.9, 0.3] * 13:
        view = view.zoomed(factor, 733.0, 7200 * S)
    assert abs(view.x(time_us) - 733) < 1e-3


def test_zoom_has_ends():
    view = TimeView(0.0, 10_000.0, 1000.0)
    assert view.zoomed(1e-9, 500, 60 * S).us_per_px == SMALLEST_US_PER_PX
    assert view.zoomed(1e9, 500, 60 * S).us_per_px == widest_us_per_px(60 * S, 1000.0)


def test_fit_shows_the_whole_between_the_margins():
    view = TimeView(5.0, 1.0, 1200.0).fitted(18_030_794)
    assert math.isclose(view.x(0), MARGIN_PX)
    assert math.isclose(view.x(18_030_794), 1200 - MARGIN_PX)


@given(views, st.integers(1, 7_200 * S))
def test_a_clamped_view_shows_some_of_the_recording(view, duration):
    clamped = view.clamped(duration)
    assert clamped.x(0) <= MARGIN_PX + 1e-6
    assert clamped.start_us <= duration
    assert clamped.us_per_px == view.us_per_px


@given(views, st.integers(0, 7_200 * S))
def test_holding_brings_a_time_into_view(view, time_us):
    assert 0 <= view.holding(time_us).x(time_us) <= view.width


def test_holding_leaves_a_visible_time_alone():
    view = TimeView(0.0, 10_000.0, 1000.0)
    assert view.holding(5 * S) is view


def test_dragged_times_read_well():
    assert TimeView(0, 13_000, 1000).grid_us() == 10_000
    assert TimeView(0, 13_000, 1000).to_grid(3_216_789) == 3_220_000
    assert TimeView(0, 0.7, 1000).grid_us() == 1
    assert TimeView(0, 3e6, 1000).grid_us() == 100_000
