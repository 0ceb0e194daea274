"""`widgets.pose_view`: pose over portrait, confidence, the renderer's own picture, and the warnings."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from core.draw import FramePoses, HeadMask, draw_composite
from core.pose import LEFT_SHOULDER, LEFT_WRIST, NECK, PoseFlag, PoseSequence
from core.rig import Rig
from widgets import theme
from widgets.pose_view import PoseView

WIDTH, HEIGHT, FRAMES = 400, 500, 40

PLACES = {
    0: (200, 110), 1: (200, 190), 2: (130, 200), 3: (90, 290), 4: (70, 390), 5: (270, 200), 6: (310, 290),
    7: (330, 390), 8: (165, 400), 11: (235, 400), 14: (185, 95), 15: (215, 95), 16: (160, 105), 17: (240, 105),
}  # fmt: skip


def body_points() -> NDArray[np.float32]:
    points = np.zeros((18, 3), np.float32)
    for index, (x, y) in PLACES.items():
        points[index] = (x, y, 1.0)
    return points


def make_poses(**changes: object) -> PoseSequence:
    """Poses of a person who stands still; `changes` replace whole arrays."""
    body = np.repeat(body_points()[None], FRAMES, axis=0)
    face = np.zeros((FRAMES, 68, 3), np.float32)
    face[:, :, :2], face[:, :, 2] = (200, 120), 1.0
    face[:, :, 0] += np.linspace(-30, 30, 68)
    hands = np.zeros((FRAMES, 2, 21, 3), np.float32)
    for hand, x in enumerate((330, 70)):
        hands[:, hand, :, 0] = x
        hands[:, hand, :, 1] = 390 + np.linspace(0, 45, 21)
        hands[:, hand, :, 2] = 0.9
    values: dict[str, object] = {
        "body": body,
        "face": face,
        "hands": hands,
        "depth": np.zeros((FRAMES, 18), np.float32),
        "yaw": np.zeros(FRAMES, np.float32),
        "flags": np.zeros(FRAMES, np.uint8),
        "fps": 20.0,
        "width": WIDTH,
        "height": HEIGHT,
    }
    return PoseSequence(**{**values, **changes})  # type: ignore[arg-type]


def make_rig() -> Rig:
    return Rig(body_points(), np.zeros((2, 3)), np.array([160, 80, 80, 90]), np.array([200, 140, 15]))


@pytest.fixture
def view(qtbot: QtBot) -> PoseView:
    made = PoseView()
    qtbot.addWidget(made)
    made.resize(WIDTH, HEIGHT)
    made.set_portrait(np.full((HEIGHT, WIDTH, 3), 200, np.uint8), make_rig())
    made.set_poses(make_poses())
    with qtbot.waitExposed(made):
        made.show()
    return made


def moved_rig(point: int, by: tuple[float, float]) -> Rig:
    rig = make_rig()
    body = rig.body.copy()
    body[point, :2] += by
    return replace(rig, body=body)


def test_the_pose_follows_an_edited_rig_until_its_own_poses_come(view: PoseView) -> None:
    neck = (PLACES[NECK][0], PLACES[NECK][1])
    before = painted(view)
    view.set_rig(moved_rig(LEFT_SHOULDER, (0, -60)))
    followed = painted(view)
    ratio = followed.width() / WIDTH
    new = [round(ratio * (a + b) / 2) for a, b in zip(neck, (270, 140), strict=True)]  # the middle of the new bone
    assert followed.pixelColor(*new).lightness() > before.pixelColor(*new).lightness() + 40
    view.set_poses(make_poses())  # made for the edited rig now, so they are shown as they are
    assert painted(view) == before
    view.set_rig(moved_rig(LEFT_SHOULDER, (0, -60)))
    view.set_portrait(np.full((HEIGHT, WIDTH, 3), 200, np.uint8), moved_rig(LEFT_SHOULDER, (0, -60)))
    assert painted(view) == before


def test_the_renderer_s_picture_follows_too(view: PoseView, qtbot: QtBot) -> None:
    view.set_mode("renderer")
    old = view.composite_image()
    view.set_rig(moved_rig(LEFT_SHOULDER, (0, -60)))
    new = view.composite_image()
    assert old is not None and new is not None and old != new
    qtbot.waitUntil(lambda: view._current_composite() == new)


def painted(view: PoseView) -> QImage:
    return view.grab().toImage()


def colour_between(image: QImage, first: int, second: int, share: float = 0.5) -> QColor:
    """The colour on the way between two body points."""
    (ax, ay), (bx, by) = PLACES[first], PLACES[second]
    scale = image.width() / WIDTH
    return image.pixelColor(int((ax + (bx - ax) * share) * scale), int((ay + (by - ay) * share) * scale))


def near(found: QColor, name: str, tolerance: int = 30) -> bool:
    wanted = theme.colour(name)
    pairs = zip(found.getRgb()[:3], wanted.getRgb()[:3], strict=True)  # type: ignore[index]
    return all(abs(a - b) <= tolerance for a, b in pairs)


def test_sides_have_their_colours_and_the_portrait_is_dimmed(view: PoseView) -> None:
    image = painted(view)
    assert near(colour_between(image, 5, 6), theme.LEFT_SIDE)
    assert near(colour_between(image, 2, 3), theme.RIGHT_SIDE)
    assert colour_between(image, 1, 0, 0.3).getRgb()[:3] != (200, 200, 200)  # type: ignore[index]
    corner = image.pixelColor(10, 250)
    assert 60 < corner.red() < 120  # 200 at less than half its brightness


def test_confidence_is_opacity(view: PoseView) -> None:
    background = painted(view).pixelColor(10, 250).blue()
    sure = colour_between(painted(view), 6, 7).blue()
    body = np.repeat(body_points()[None], FRAMES, axis=0)
    body[:, LEFT_WRIST, 2] = 0.4
    view.set_poses(make_poses(body=body))
    faint = colour_between(painted(view), 6, 7).blue()
    body[:, LEFT_WRIST, 2] = 0.0
    view.set_poses(make_poses(body=body))
    none = colour_between(painted(view), 6, 7).blue()
    assert sure > faint + 30 > none + 50
    assert abs(none - background) <= 2


def test_pose_moves_smoothly_with_time(view: PoseView) -> None:
    body = np.repeat(body_points()[None], FRAMES, axis=0)
    body[1:, :, 0] += 40
    view.set_poses(make_poses(body=body))
    view.set_time(25_000)  # half way between the first two frames
    (ax, ay), (bx, by) = PLACES[5], PLACES[6]
    found = painted(view).pixelColor((ax + bx) // 2 + 20, (ay + by) // 2)
    assert near(found, theme.LEFT_SIDE)


def test_renderer_mode_shows_exactly_the_composite(view: PoseView, qtbot: QtBot) -> None:
    poses, rig = make_poses(), make_rig()
    view.set_poses(poses)
    view.set_time(150_000)
    with qtbot.waitSignal(view.compositeShown, timeout=10_000) as told:
        view.set_mode("renderer")
    assert told.args == [3]
    expected = draw_composite(FramePoses.from_sequence(poses, 3), HeadMask.for_rig(rig, WIDTH, HEIGHT), HEIGHT, WIDTH)
    image = view.composite_image()
    assert image is not None
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(HEIGHT, image.bytesPerLine())
    assert np.array_equal(rows[:, : 3 * WIDTH].reshape(HEIGHT, WIDTH, 3), expected)
    shown = painted(view)
    assert shown.pixelColor(200, 118).lightness() == 255  # the head mask
    assert shown.pixelColor(20, 250).lightness() == 0  # and no portrait
    view.set_mode("overlay")
    assert painted(view).pixelColor(20, 250).lightness() > 60


def test_button_and_setter_agree(view: PoseView, qtbot: QtBot) -> None:
    button = view.findChild(QToolButton)
    assert button is not None and button.accessibleName() and button.toolTip()
    with qtbot.waitSignal(view.modeChanged) as told:
        button.click()
    assert told.args == ["renderer"] and view.mode == "renderer"
    view.set_mode("overlay")
    assert not button.isChecked()
    with pytest.raises(ValueError, match="overlay"):
        view.set_mode("x-ray")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("flag", "words", "serious"),
    [
        (PoseFlag.OUT_OF_PICTURE, "leaves the picture", True),
        (PoseFlag.TURNING, "turns further", True),
        (PoseFlag.HIDDEN_LIMB, "does not show", True),
        (PoseFlag.CLAMPED, "held back", False),
        (PoseFlag.CLASPED, "hands touch", False),
    ],
)
def test_flags_become_sentences(view: PoseView, qtbot: QtBot, flag: PoseFlag, words: str, serious: bool) -> None:
    flags = np.zeros(FRAMES, np.uint8)
    flags[20] = int(flag)
    told: list[str] = []
    view.warningChanged.connect(told.append)
    view.set_poses(make_poses(flags=flags))
    view.set_time(0)
    assert view.warning.text == ""
    plain = painted(view)
    view.set_time(1_000_000)
    assert words in view.warning.text
    assert view.warning.serious is serious
    assert told == ([view.warning.text] if serious else [])
    assert view.accessibleDescription() == view.warning.text
    assert painted(view).copy(0, HEIGHT - 40, WIDTH, 40) != plain.copy(0, HEIGHT - 40, WIDTH, 40)
    view.set_time(1_600_000)
    assert view.warning.text == ""
    assert told[-1:] == ([""] if serious else [])


def test_points_outside_the_canvas_are_told_without_a_flag(view: PoseView) -> None:
    body = np.repeat(body_points()[None], FRAMES, axis=0)
    body[10, LEFT_WRIST, 0] = WIDTH + 12
    hands = make_poses().hands.copy()
    hands[30, 0, :, 1] = HEIGHT + 30
    hands[30, 0, :, 2] = 0.1  # fingers fade where they leave the picture
    view.set_poses(make_poses(body=body, hands=hands))
    found = {}
    for frame in (0, 10, 20, 30):
        view.set_time(frame * 50_000)
        found[frame] = "leaves the picture" in view.warning.text
    assert found == {0: False, 10: True, 20: False, 30: True}


def test_legs_below_a_half_portrait_are_no_warning(view: PoseView) -> None:
    body = np.repeat(body_points()[None], FRAMES, axis=0)
    body[:, 9] = (170, HEIGHT + 200, 0.0)
    body[:, 10] = (170, HEIGHT + 400, 0.0)
    view.set_poses(make_poses(body=body))
    assert view.warning.text == ""


def test_poses_of_another_picture_are_told(view: PoseView) -> None:
    view.set_poses(make_poses(width=WIDTH * 2))
    assert f"{WIDTH * 2} x {HEIGHT}" in view.warning.text
    assert view.warning.serious


def test_picture_for_other_views(view: PoseView) -> None:
    picture = view.picture_at(0)
    assert picture is not None
    assert (picture.width(), picture.height()) == (WIDTH, HEIGHT)
    assert near(colour_between(picture, NECK, LEFT_SHOULDER), theme.LEFT_SIDE)
    view.set_portrait(None, None)
    assert view.picture_at(0) is None
    view.set_poses(None)
    view.grab()  # nothing at all: the sentence that says so
    QTest.qWait(0)
    assert view.composite_image() is None
