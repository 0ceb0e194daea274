from core import edits
from core.timeline import Segment
from tests.widgets.timeline.conftest import S, make_project
from widgets.timeline.hit import MARKER_TOP, RULER_HEIGHT, TAKE_SIZE, hit_test, takes_shown
from widgets.timeline.rows import lay_out
from widgets.timeline.scene import Scene
from widgets.timeline.view import TimeView


def scene_of(project=None) -> Scene:
    scene = Scene()
    scene.set_project(project or make_project())
    return scene


def hit(scene, seconds_or_x, row="one", *, view=None, dx=0.0):
    view = view or TimeView(0, 20_000, 1000)
    rows = lay_out(scene.project, 0)
    found = rows.of_track(row) or rows.of_kind(row)
    return hit_test(scene, rows, view, view.x(seconds_or_x * S) + dx, RULER_HEIGHT + found.top + found.height / 2)


def test_parts_of_a_wide_segment():
    scene = scene_of()
    assert (hit(scene, 6.5).segment_id, hit(scene, 6.5).part) == ("b", "body")
    assert hit(scene, 5, dx=3).part == "in"
    assert hit(scene, 8, dx=-3).part == "out"
    assert hit(scene, 5, dx=-3).kind == "empty"
    assert hit(scene, 4).track_id == "one"


def test_edges_of_a_narrow_segment_lie_outside():
    scene = scene_of()
    view = TimeView(0, 250_000, 1000)  # two seconds are eight pixels
    assert hit(scene, 2, view=view).part == "body"
    assert hit(scene, 1, view=view, dx=-2).part == "in"
    assert hit(scene, 3, view=view, dx=2).part == "out"


def test_a_segment_of_less_than_a_pixel_can_be_grabbed():
    view = TimeView(0, 5_000_000, 1000)
    assert hit(scene_of(), 2, view=view, dx=1).segment_id in ("a", "b")


def test_of_two_that_touch_the_nearer_edge_is_meant():
    scene = scene_of(edits.add(make_project(), "one", Segment(id="d", start_us=8 * S, end_us=9 * S)))
    assert (hit(scene, 8, dx=-2).segment_id, hit(scene, 8, dx=-2).part) == ("b", "out")
    assert (hit(scene, 8, dx=2).segment_id, hit(scene, 8, dx=2).part) == ("d", "in")


def test_motion_belongs_to_the_segment_above():
    scene = scene_of()
    assert hit(scene, 6, "motion").segment_id == "b"
    assert hit(scene, 4, "motion").kind == "empty"
    assert hit(scene, 4, "audio").kind == "empty"


def test_ruler_markers_and_range():
    scene = scene_of()
    scene.in_out = (4 * S, 12 * S)
    rows, view = lay_out(scene.project, 0), TimeView(0, 20_000, 1000)

    def part(seconds, y):
        found = hit_test(scene, rows, view, view.x(seconds * S), y)
        return found.kind, found.part

    assert part(9, MARKER_TOP + 5) == ("marker", "body")
    assert part(9, RULER_HEIGHT - 5) == ("ruler", "")  # the playhead's handle, which may stand on a marker
    assert part(4, 3) == ("ruler", "range_in")
    assert part(12, 3) == ("ruler", "range_out")
    assert part(7, 3) == ("ruler", "range")
    assert part(7, MARKER_TOP + 5) == ("ruler", "")


def test_boxes_of_takes():
    scene = scene_of()
    view = TimeView(0, 20_000, 1000)
    rows = lay_out(scene.project, 0)
    video = rows.of_kind("video")
    y = RULER_HEIGHT + video.bottom - TAKE_SIZE / 2 - 3
    takes = [hit_test(scene, rows, view, view.x(5 * S) + dx, y).take for dx in (8, 8 + TAKE_SIZE + 2, 80)]
    assert takes == [0, 1, -1]


def test_with_little_room_the_take_in_use_is_still_shown():
    segment = make_project().segment("b").replace(takes=make_project().segment("b").takes * 5, active_take=1)
    assert takes_shown(segment, 400) == tuple(range(10))
    assert takes_shown(segment, 60) == (1, 8, 9)
    assert takes_shown(segment, 10) == ()
