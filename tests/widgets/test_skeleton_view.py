"""`widgets.skeleton_view`: what the pixels show, and what mouse and keys do to the camera."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.motion import MotionClip
from core.rig import Rig
from core.skeleton import LEFT_WRIST, PARENTS, PELVIS, REST_DIRECTIONS, RIGHT_WRIST, UNIFORM_BONE_LENGTHS
from widgets import theme
from widgets.skeleton_view import SkeletonView
from widgets.skeleton_view.camera import Camera, preset
from widgets.skeleton_view.figure import Figure

WIDTH, HEIGHT = 420, 420
FRAMES = 60


def standing(sway: float = 0.15, travel: float = 0.0) -> MotionClip:
    """A body that stands with its arms half raised, waves its left wrist and may walk to its left."""
    joints = np.zeros((22, 3))
    for joint, parent in enumerate(PARENTS[1:], start=1):
        way = REST_DIRECTIONS[joint].copy()
        if joint in (18, 20):
            way = np.array([0.8, -0.6, 0.0])
        if joint in (19, 21):
            way = np.array([-0.8, -0.6, 0.0])
        if joint in (12, 15):
            way = np.array([0.0, 1.0, 0.0])
        joints[joint] = joints[parent] + way * UNIFORM_BONE_LENGTHS[joint]
    joints[:, 1] -= joints[:, 1].min()
    clip = np.repeat(joints[None], FRAMES, axis=0)
    phase = np.arange(FRAMES) / 20 * 2 * np.pi
    clip[:, LEFT_WRIST, 1] += sway * np.sin(phase)
    clip[:, :, 0] += travel * np.arange(FRAMES)[:, None] / 20
    return MotionClip(
        joints=clip.astype(np.float32),
        features=np.zeros((FRAMES, 263), np.float32),
        tokens=np.zeros(FRAMES // 4, np.int64),
        contacts=np.repeat(np.array([[1, 1, 0, 0]], np.float32), FRAMES, axis=0),
    )


@pytest.fixture
def view(qtbot: QtBot) -> SkeletonView:
    made = SkeletonView()
    qtbot.addWidget(made)
    made.resize(500, 460)
    made.set_clip(standing())
    for name in ("floor", "contacts", "wrist_trails"):
        made.set_option(name, False)
    made.show()
    qtbot.waitUntil(lambda: made._canvas is not None or bool(made.problem), timeout=10_000)
    assert made.problem == ""
    return made


def pixels(view: SkeletonView) -> NDArray[np.int64]:
    image = view.picture(WIDTH, HEIGHT).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(HEIGHT, image.bytesPerLine())
    return rows[:, : 3 * WIDTH].reshape(HEIGHT, WIDTH, 3).astype(np.int64)


def like(picture: NDArray[np.int64], name: str) -> NDArray[np.bool_]:
    """Where the hue of a theme colour is, whatever the light made of it."""
    wanted = np.array(theme.colour(name).getRgb()[:3], np.float64)
    length = np.linalg.norm(picture, axis=2)
    alike = (picture @ wanted) / np.maximum(length * np.linalg.norm(wanted), 1e-6)
    return (alike > 0.985) & (length > 70)


def test_left_limbs_are_right_of_right_limbs_from_the_front(view: SkeletonView) -> None:
    picture = pixels(view)
    left, right = (np.argwhere(like(picture, name)) for name in (theme.LEFT_SIDE, theme.RIGHT_SIDE))
    assert len(left) > 300 and len(right) > 300
    assert left[:, 1].mean() > WIDTH / 2 + 15
    assert right[:, 1].mean() < WIDTH / 2 - 15
    assert len(np.argwhere(like(picture, theme.MIDDLE))) > 300  # head and trunk


def test_head_is_up_and_feet_are_down(view: SkeletonView) -> None:
    rows = np.argwhere(pixels(view).sum(axis=2) > 180)[:, 0]
    assert rows.min() < 0.25 * HEIGHT
    assert rows.max() > 0.8 * HEIGHT
    side = np.argwhere(like(pixels(view), theme.LEFT_SIDE))[:, 0]
    assert side.max() > 0.7 * HEIGHT  # the picture is not upside down: blue legs are in its lower part


def test_side_camera_sees_the_left_arm_before_the_body(view: SkeletonView) -> None:
    view.set_camera("side")
    picture = pixels(view)
    assert like(picture, theme.LEFT_SIDE).sum() > 4 * like(picture, theme.RIGHT_SIDE).sum()


def test_top_and_portrait_cameras_give_other_pictures(view: SkeletonView) -> None:
    front = pixels(view)
    view.set_camera("top")
    top = pixels(view)
    view.set_camera("portrait")
    near = pixels(view)
    for other in (top, near):
        assert (np.abs(front - other).sum(axis=2) > 60).mean() > 0.03
    assert like(near, theme.MIDDLE).sum() > 1.5 * like(front, theme.MIDDLE).sum()


def test_contact_highlight_appears_only_under_the_foot_that_stands(view: SkeletonView) -> None:
    assert like(pixels(view), theme.GOOD).sum() == 0
    view.set_option("contacts", True)
    green = np.argwhere(like(pixels(view), theme.GOOD))
    assert len(green) > 60
    assert green[:, 1].mean() > WIDTH / 2  # the left foot stands, which is on the right of the picture
    assert green[:, 0].min() > 0.7 * HEIGHT


@pytest.mark.parametrize("name", ["onion", "wrist_trails", "floor", "contacts"])
def test_options_change_pixels_and_go_back(view: SkeletonView, name: str) -> None:
    view.set_time(1_050_000)
    before = pixels(view)
    view.set_option(name, True)
    shown = pixels(view)
    assert (np.abs(before - shown).sum(axis=2) > 12).sum() > 40
    view.set_option(name, False)
    assert np.array_equal(pixels(view), before)


def test_root_trail_lies_behind_a_walker(view: SkeletonView) -> None:
    view.set_clip(standing(travel=0.4))
    view.set_time(2_000_000)
    before = pixels(view)
    view.set_option("root_trail", True)
    after = pixels(view)
    trail = np.argwhere(np.abs(after - before).sum(axis=2) > 40)
    assert len(trail) > 20
    body = np.argwhere(like(before, theme.MIDDLE))[:, 1].mean()
    assert trail[:, 1].min() < body - 30  # walked to the picture's right, so the path is on the left
    assert trail[:, 1].max() < body + 10
    assert trail[:, 0].min() > 0.8 * HEIGHT
    colour = after[tuple(trail[trail[:, 1].argmax()])]
    assert colour[0] > colour[2] + 40  # yellow


def test_follow_keeps_a_walker_in_the_middle(view: SkeletonView) -> None:
    view.set_clip(standing(travel=0.2))
    view.set_time(2_500_000)
    middle = np.argwhere(like(pixels(view), theme.MIDDLE))[:, 1].mean()
    view.set_option("follow", False)
    beside = np.argwhere(like(pixels(view), theme.MIDDLE))[:, 1].mean()
    assert abs(middle - WIDTH / 2) < 30
    assert beside > WIDTH / 2 + 50


def test_camera_rests_while_somebody_sways_and_goes_along_with_a_walker() -> None:
    swaying, walking = standing(), standing(travel=0.5)
    swaying.joints[:, :, 0] += (0.05 * np.sin(np.arange(FRAMES) / 5))[:, None].astype(np.float32)
    times = range(0, 2_900_000, 16_667)
    rests = np.stack([Figure(swaying).root_at(time_us) for time_us in times])
    assert len(np.unique(rests, axis=0)) == 1
    figure = Figure(walking)
    goes = np.stack([figure.root_at(time_us) for time_us in times])
    body = np.stack([figure.joints_at(time_us)[PELVIS] for time_us in times])
    assert np.abs(goes - body)[:, 0].max() < 0.2  # always in the picture's middle
    assert (np.diff(goes[:, 0]) >= 0).all() and np.diff(goes[:, 0]).max() < 1.3 * 0.5 / 60  # and never in a jerk


def test_pose_changes_between_frames_too(view: SkeletonView) -> None:
    view.set_time(1_000_000)
    first = pixels(view)
    view.set_time(1_025_000)
    between = pixels(view)
    assert (np.abs(first - between).sum(axis=2) > 30).sum() > 5


def test_interpolation_is_half_way_at_half_a_frame() -> None:
    clip = standing()
    figure = Figure(clip)
    half = (clip.joints[4] + clip.joints[5]) / 2
    assert np.allclose(figure.joints_at(225_000), half, atol=1e-6)
    assert np.array_equal(figure.joints_at(200_000), clip.joints[4])
    assert np.array_equal(figure.joints_at(-5), clip.joints[0])
    assert np.array_equal(figure.joints_at(10**9), clip.joints[-1])


def test_trails_end_at_the_body_and_last_two_seconds() -> None:
    figure = Figure(standing(travel=0.5))
    path = figure.trail(LEFT_WRIST, 2_510_000)
    assert np.allclose(path[-1], figure.joints_at(2_510_000)[LEFT_WRIST])
    assert np.allclose(path[0], figure.joints_at(550_000)[LEFT_WRIST])
    root = figure.trail(PELVIS, 2_510_000)
    assert np.ptp(root[:, 1]) == 0 and root[0, 1] < 0.02
    assert len(figure.trail(RIGHT_WRIST, 0)) == 2


def test_onion_skins_end_with_the_motion() -> None:
    figure = Figure(standing())
    assert [len(figure.onion(at)) for at in (0, 400_000, 1_500_000, 2_950_000)] == [
        n * len(figure.body(0)) for n in (2, 3, 4, 2)
    ]


def test_hands_take_the_mittens_place(view: SkeletonView) -> None:
    clip = standing()
    before = pixels(view)
    hands = np.repeat(clip.joints[:, [LEFT_WRIST, RIGHT_WRIST]][:, :, None], 21, axis=2)
    hands += np.linspace(0, 0.2, 21)[:, None] * np.array([0, -1, 0])
    view.set_hands(hands)
    assert (np.abs(before - pixels(view)).sum(axis=2) > 30).sum() > 20
    with pytest.raises(ValueError, match="shape"):
        view.set_hands(hands[:5])


class Cube:
    """A mesh provider that has nothing at first."""

    def __init__(self) -> None:
        self.there = False
        corners = np.array([[x, y, z] for x in (-0.3, 0.3) for y in (0.7, 1.3) for z in (-0.3, 0.3)], np.float32)
        self.points = corners
        self.faces = np.array(
            [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
             [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]]
        )  # fmt: skip

    def vertices_at(self, time_us: int) -> NDArray[np.float32] | None:
        return self.points if self.there else None


def test_mesh_takes_the_limbs_place_when_it_is_there(view: SkeletonView) -> None:
    cube = Cube()
    view.set_mesh(cube)
    assert like(pixels(view), theme.LEFT_SIDE).sum() > 300
    cube.there = True
    picture = pixels(view)
    assert like(picture, theme.LEFT_SIDE).sum() == 0
    assert like(picture, theme.MIDDLE).sum() > 3000
    view.set_mesh(None)
    assert like(pixels(view), theme.LEFT_SIDE).sum() > 300


def test_without_a_motion_only_the_floor_is_there(view: SkeletonView) -> None:
    view.set_clip(None)
    empty = pixels(view)
    assert np.ptp(empty.reshape(-1, 3), axis=0).max() <= 1
    view.set_option("floor", True)
    assert np.ptp(pixels(view).reshape(-1, 3), axis=0).max() > 20


def test_mouse_turns_moves_and_zooms(view: SkeletonView) -> None:
    assert view._canvas is not None
    native = view._canvas.native
    at = QPoint(100, 100)
    QTest.mousePress(native, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(native, at + QPoint(50, 0))
    QTest.mouseRelease(native, Qt.MouseButton.LeftButton, pos=at + QPoint(50, 0))
    assert view.state.camera.azimuth == pytest.approx(-20)
    QTest.mousePress(native, Qt.MouseButton.MiddleButton, pos=at)
    QTest.mouseMove(native, at + QPoint(0, 40))
    QTest.mouseRelease(native, Qt.MouseButton.MiddleButton, pos=at + QPoint(0, 40))
    assert view.state.camera.centre[1] > Camera().centre[1]  # the picture went down with the mouse
    far = view.state.camera.distance
    wheel = QWheelEvent(
        QPointF(at), QPointF(native.mapToGlobal(at)), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(native, wheel)
    assert view.state.camera.distance < far
    QTest.mouseDClick(native, Qt.MouseButton.LeftButton, pos=at)
    assert (view.state.camera.azimuth, view.state.camera.distance) == (0.0, Camera().distance)


def test_a_camera_that_was_moved_is_no_preset_any_more(view: SkeletonView) -> None:
    assert view._canvas is not None
    marked = [name for name, button in view._presets.items() if button.isChecked()]
    assert marked == ["front"]
    QTest.keyClick(view._canvas.native, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert not any(button.isChecked() for button in view._presets.values())
    view.set_portrait(None, 100, 100)
    assert view.state.camera.azimuth == pytest.approx(7.5)  # it stays where the user put it
    QTest.mouseClick(view._presets["side"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(view._presets["side"], Qt.MouseButton.LeftButton)
    assert view._presets["side"].isChecked() and view.state.camera.azimuth == 90.0


def test_the_view_s_menu_has_the_names_of_the_menu_bar(view: SkeletonView) -> None:
    from app.actions import ACTIONS

    names = {action.id.removeprefix("show_"): action.name for action in ACTIONS if action.id.startswith("show_")}
    assert {name: action.text() for name, action in view._options.items()} == {n: names[n] for n in view._options}


def test_keys_turn_only_with_control(view: SkeletonView) -> None:
    assert view._canvas is not None
    native = view._canvas.native
    QTest.keyClick(native, Qt.Key.Key_Right)
    assert view.state.camera.azimuth == 0
    QTest.keyClick(native, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert view.state.camera.azimuth == pytest.approx(7.5)
    near = view.state.camera.distance
    QTest.keyClick(native, Qt.Key.Key_Plus)
    assert view.state.camera.distance < near


def test_unknown_names_are_refused(view: SkeletonView) -> None:
    with pytest.raises(ValueError, match="no option"):
        view.set_option("fog", True)
    with pytest.raises(ValueError, match="no camera"):
        view.set_camera("below")  # type: ignore[arg-type]


def test_menu_tells_what_the_user_switched(view: SkeletonView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.optionChanged) as told:
        view._options["onion"].trigger()
    assert told.args == ["onion", True]
    assert view.option("onion")


def test_portrait_camera_shows_the_neck_where_the_rig_has_it() -> None:
    body = np.zeros((18, 3))
    body[1], body[2], body[5] = (400, 500, 1), (300, 500, 1), (500, 500, 1)
    rig = Rig(body, np.zeros((2, 3)), np.array([300, 200, 200, 200]), np.zeros(3), "long")
    camera = preset("portrait", rig, (1000, 1200))
    neck = np.array([0.0, 1.45, 0.0, 1.0]) @ camera.matrix(1000 / 1200)
    x, y = neck[:2] / neck[3]
    assert x == pytest.approx(2 * 400 / 1000 - 1, abs=0.01)
    assert y == pytest.approx(1 - 2 * 500 / 1200, abs=0.01)
    shoulder = np.array([0.155, 1.45, 0.0, 1.0]) @ camera.matrix(1000 / 1200)
    assert shoulder[0] / shoulder[3] == pytest.approx(2 * 500 / 1000 - 1, abs=0.01)


def test_view_survives_a_move_to_another_window(view: SkeletonView, qtbot: QtBot) -> None:
    """A dock that floats may cost the view its OpenGL context; the picture must come back."""
    from PySide6.QtWidgets import QVBoxLayout, QWidget

    other = QWidget()
    qtbot.addWidget(other)
    QVBoxLayout(other).addWidget(view)
    with qtbot.waitExposed(other):
        other.show()
    qtbot.waitUntil(lambda: view._canvas is not None, timeout=5000)
    for _ in range(5):
        QApplication.processEvents()
    assert like(pixels(view), theme.LEFT_SIDE).sum() > 300
    view.setParent(None)  # the test's own list of widgets closes it


def test_a_screen_without_opengl_gets_a_sentence(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    from widgets.opengl import OpenGLFacts
    from widgets.skeleton_view import view as module

    monkeypatch.setattr(module, "opengl_facts", lambda: OpenGLFacts("No OpenGL here."))
    made = SkeletonView()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.set_clip(standing())
    made.set_time(100_000)
    assert made.problem == "No OpenGL here."
    assert made._message.isVisible()
    with pytest.raises(RuntimeError, match="No OpenGL"):
        made.picture(10, 10)


def test_a_driver_that_refuses_to_draw_gets_a_sentence(
    view: SkeletonView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from widgets.skeleton_view.scene import Scene

    def refuse(self: Scene, *_: object, **__: object) -> None:
        raise RuntimeError("shader refused")

    monkeypatch.setattr(Scene, "draw", refuse)
    view.set_time(300_000)
    qtbot.waitUntil(lambda: view._canvas is None, timeout=5000)
    assert "shader refused" in view.problem
    assert view._message.isVisible()
    view.set_time(400_000)
