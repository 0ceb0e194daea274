"""What is on the screen: states, motion, video, playhead, culling and the strips that are painted again."""

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor

from core.motion import MotionClip
from core.rendered import RenderedPiece
from core.timeline import Project, Segment, Track
from tests.widgets.timeline.conftest import S
from widgets import theme
from widgets.timeline.hit import RULER_HEIGHT


def near(colour: QColor, name: str, slack: int = 30) -> bool:
    wanted = QColor(name)
    parts = ("red", "green", "blue")
    return all(abs(getattr(colour, part)() - getattr(wanted, part)()) <= slack for part in parts)


def pixels(rig) -> np.ndarray:
    """The canvas as (H, W, 4) numbers."""
    image = rig.canvas.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


def test_segments_have_the_colours_of_their_tracks(rig):
    image = rig.canvas.grab().toImage()
    assert near(image.pixelColor(rig.at(2.8)), theme.PROMPT)
    assert near(image.pixelColor(rig.at(5.8, "face")), theme.EMOTION)
    assert not near(image.pixelColor(rig.at(15)), theme.PROMPT)


def test_the_waveform_fills_its_row_where_it_is_loud(rig, tone):
    before = pixels(rig)
    rig.widget.set_peaks(tone[0], tone[2])
    changed = (pixels(rig) != before).any(axis=2)
    row = rig.canvas.rows.of_kind("audio")
    rows = changed[RULER_HEIGHT : RULER_HEIGHT + row.height]
    loud, silent = rig.at(0.625, "audio").x(), rig.at(1.25, "audio").x()
    assert rows[:, loud].sum() > 0.9 * row.height and rows[:, silent].sum() < 0.2 * row.height
    assert not changed[RULER_HEIGHT + row.height + 2 :].any()


def test_single_samples_are_dots(rig, tone):
    rig.widget.set_peaks(tone[0], tone[2])
    rig.canvas.set_view(rig.canvas.view.showing(3 * S, 3 * S + 2000))
    image = rig.canvas.grab().toImage()
    row = rig.canvas.rows.of_kind("audio")
    sample = 3 * 16_000 + 12
    x = rig.canvas.view.x(sample * 62.5)
    y = RULER_HEIGHT + row.height / 2 - tone[1][sample] * rig.canvas.tiles.gain * (row.height / 2 - 1)
    assert near(image.pixelColor(round(x), round(y)), QColor(theme.AUDIO).lighter(140).name())


def test_each_state_has_its_colour(rig):
    for state in theme.STATE_COLOURS:
        rig.widget.set_segment_states({"b": state})
        image = rig.canvas.grab().toImage()
        row = rig.canvas.rows.of_kind("motion")
        assert near(image.pixelColor(rig.at(6.5).x(), RULER_HEIGHT + row.top + 2), theme.STATE_COLOURS[state]), state


def standing(frames: int) -> MotionClip:
    joints = np.zeros((frames, 22, 3), np.float32)
    joints[:, :, 1] = np.linspace(0, 1.6, 22)
    return MotionClip(
        joints,
        np.zeros((frames, 263), np.float32),
        np.zeros(-(-frames // 4), np.int64),
        np.zeros((frames, 4), np.float32),
    )


def test_motion_shows_figures_that_stay_where_they_are(rig, qtbot):
    rig.widget.set_segment_states({"b": "ready"})
    before = pixels(rig)
    rig.widget.set_motion(standing(400))
    qtbot.waitUntil(lambda: rig.canvas.repaint() is None and not rig.canvas.figures.starved)
    row = rig.canvas.rows.of_kind("motion")
    part = slice(RULER_HEIGHT + row.top + 6, RULER_HEIGHT + row.bottom)
    assert (pixels(rig) != before)[part].mean() > 0.01
    frames = rig.canvas.figures.frames(5 * S, 9 * S, 20_000, 60)
    assert list(rig.canvas.figures.frames(6 * S, 9 * S, 20_000, 60)) == [f for f in frames if f >= 120]


def test_rendered_stretches_are_shown_and_joined(rig):
    pieces = [RenderedPiece.of_frames(n, 50, 25.0, "x", 640, 720) for n in (50, 0, 200)]
    rig.widget.set_pieces(pieces)
    assert [(start, end) for start, end, _ in rig.canvas.scene.rendered] == [(0, 4 * S), (8 * S, 10 * S)]
    image = rig.canvas.grab().toImage()
    assert near(image.pixelColor(rig.at(3, "video")), theme.VIDEO)
    assert not near(image.pixelColor(rig.at(6.9, "video")), theme.VIDEO)


def test_the_playhead_repaints_its_strips_only(rig, qtbot, monkeypatch):
    rig.widget.set_playhead(4 * S)
    qtbot.wait(30)
    painted: list[QRect] = []
    real = rig.canvas.paint_rect
    monkeypatch.setattr(rig.canvas, "paint_rect", lambda painter, rect: painted.append(rect) or real(painter, rect))
    rig.widget.set_playhead(4 * S + 200_000)
    qtbot.waitUntil(lambda: bool(painted))
    assert sum(rect.width() for rect in painted) < 120
    x = rig.canvas.view.x(4 * S + 200_000)
    assert near(rig.canvas.grab().toImage().pixelColor(round(x), RULER_HEIGHT + 4), theme.PLAYHEAD)


def test_a_partial_repaint_gives_the_same_picture(rig, tone):
    rig.widget.set_peaks(tone[0], tone[2])
    rig.widget.set_pauses([(3_500_000, 4_400_000)])
    rig.widget.set_accents([1_500_000, 6_000_000])
    rig.widget.set_in_out((2 * S, 17 * S))
    rig.widget.set_selection(("b",))
    whole = pixels(rig)
    from PySide6.QtGui import QPainter, QPixmap

    pixmap = QPixmap(rig.canvas.size())
    painter = QPainter(pixmap)
    for left in range(0, rig.canvas.width(), 97):
        rig.canvas.paint_rect(painter, QRect(left, 0, 97, rig.canvas.height()))
    painter.end()
    image = pixmap.toImage()
    parts = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    # Text on a strip's border may be smoothed a little differently.
    assert (np.abs(parts[..., :3].astype(int) - whole[..., :3]) > 8).any(axis=2).mean() < 0.002


def test_thousands_of_segments_are_all_seen(rig):
    segments = tuple(Segment(id=f"s{i}", start_us=i * 3_600_000, end_us=i * 3_600_000 + 300_000) for i in range(2000))
    project = Project(
        portrait="p", audio="other.wav", duration_us=7200 * S, tracks=(Track(id="one", segments=segments),)
    )
    rig.widget.set_project(project)
    rig.widget.set_selection(("s1000",))
    picture = pixels(rig)
    y = rig.at(1).y()
    line = picture[y, :, :3].astype(int)
    blue = QColor(theme.PROMPT)
    wanted = np.array([blue.blue(), blue.green(), blue.red()])
    assert (np.abs(line - wanted).max(axis=1) < 40).sum() > 0.9 * rig.canvas.view.x(7200 * S) - 20
    chosen = round(rig.canvas.view.x(segments[1000].start_us) - 0.5)
    assert (np.abs(line[chosen - 1 : chosen + 2] - wanted).max(axis=1) > 40).any()


def test_another_recording_is_fitted_and_the_view_can_be_kept(rig):
    rig.canvas.set_view(rig.canvas.view.showing(3 * S, 4 * S))
    state = rig.widget.view_state()
    rig.take(rig.project.replace(seed=5))
    assert rig.widget.view_state() == state
    rig.widget.set_project(rig.project.replace(audio="other.wav"))
    assert rig.canvas.view.end_us > 20 * S
    rig.widget.set_view_state(state)
    assert rig.widget.view_state() == state
    rig.widget.set_view_state({"start_us": "nonsense"})
    assert rig.widget.view_state() == state


def test_no_project_is_an_empty_timeline(rig):
    rig.widget.edit("a")
    rig.widget.set_project(None)
    assert rig.widget.in_place.editor is None and rig.canvas.rows.rows == ()
    rig.click(rig.canvas.rect().center())
    rig.widget.zoom_in()
    rig.widget.fit()
    assert not rig.intents("addRequested")
