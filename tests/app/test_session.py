"""The session: files, titles, selection, clipboard, media and what the engine brings."""

import json

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from app.session import Session
from core.clipboard import MIME_TYPE
from core.project_file import cache_folder, load_project, save_project
from core.versa_options import VersaOptions
from tests.app.session_moves import motion_for, sample_project


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "home"
    monkeypatch.setenv("VERSA_HOME", str(folder))
    return folder


@pytest.fixture
def session(qapp, home):
    made = Session()
    made.open_recovered(sample_project(), None)
    return made


@pytest.fixture
def said(session):
    found = []
    session.message.connect(lambda level, text: found.append((level, text)))
    return found


# Files ----------------------------------------------------------------------------------------------------------------


def test_new_saves_at_once_where_a_path_is_given(qapp, home, tmp_path):
    session = Session()
    titles = []
    session.titleChanged.connect(titles.append)
    assert session.new(tmp_path / "p.png", tmp_path / "a.wav", tmp_path / "talk.versa")
    assert not session.is_dirty
    assert load_project(tmp_path / "talk.versa") == session.project
    assert [track.kind for track in session.project.tracks] == ["prompt", "emotion"]
    assert session.add_segment("prompts", 0, 1_000_000, "wave")
    session.undo_stack.undo()
    session.close()
    assert titles == ["talk.versa", "talk.versa*", "talk.versa", ""]
    assert session.project is None


def test_where_the_folder_cannot_be_written_derived_data_lie_elsewhere(qapp, home, tmp_path, monkeypatch):
    """A project on a stick that is write-protected, or in a colleague's folder."""
    path = tmp_path / "talk.versa"
    save_project(sample_project(), path)
    entry = cache_folder(path) / "frames" / "chunk.mp4"
    entry.parent.mkdir(parents=True)
    entry.write_bytes(b"frames")
    monkeypatch.setattr("app.session.os.access", lambda folder, mode: False)
    session, said = Session(), []
    session.message.connect(lambda level, text: said.append((level, text)))
    assert session.open(path)
    folder = cache_folder(session.cache_path)
    assert session.cache_path.parent == home / "unsaved" and session.path == path
    assert (folder / "frames" / "chunk.mp4").read_bytes() == b"frames", "what is rendered is shown"
    assert said[0][0] == "warning" and "talk.versa cannot be written" in said[0][1]
    (folder / "frames" / "new.mp4").write_bytes(b"more")
    monkeypatch.undo()
    monkeypatch.setenv("VERSA_HOME", str(home))
    assert session.save_as(tmp_path / "mine.versa") and session.cache_path == tmp_path / "mine.versa"
    assert (cache_folder(session.cache_path) / "frames" / "new.mp4").read_bytes() == b"more"
    session.close()
    assert entry.read_bytes() == b"frames"


def test_what_is_kept_elsewhere_goes_with_the_project(qapp, home, tmp_path, monkeypatch):
    path = tmp_path / "talk.versa"
    save_project(sample_project(), path)
    monkeypatch.setattr("app.session.os.access", lambda folder, mode: False)
    session = Session()
    assert session.open(path)
    folder = cache_folder(session.cache_path)
    (folder / "frames").mkdir(parents=True)
    session.close()
    assert not folder.exists() and path.exists()


def test_new_without_a_path_is_unsaved_from_the_start(qapp, home, tmp_path):
    session = Session()
    assert session.new("p.png", "a.wav")
    assert (session.is_dirty, session.title, session.path) == (True, "Untitled*", None)
    assert session.project.portrait.endswith("/p.png")
    assert not session.save()
    assert session.save_as(tmp_path / "talk")
    assert (session.is_dirty, session.path) == (False, tmp_path / "talk.versa")


def test_a_save_that_fails_keeps_the_star_and_says_why(session, said, tmp_path):
    assert not session.save_as(tmp_path / "none" / "talk.versa")
    assert session.is_dirty
    assert session.path is None
    assert said[0][0] == "error"
    assert "none" in said[0][1]


def test_opening_garbage_keeps_the_open_project(session, said, tmp_path):
    (tmp_path / "bad.versa").write_text("{")
    before = session.project
    assert not session.open(tmp_path / "bad.versa")
    assert not session.open(tmp_path / "missing.versa")
    assert session.project is before
    assert [level for level, _ in said] == ["error", "error"]


def test_undo_to_the_saved_state_takes_the_star_away(session, tmp_path):
    session.save_as(tmp_path / "talk.versa")
    session.delete_segments(("s0",))
    assert session.title == "talk.versa*"
    session.undo_stack.undo()
    assert session.title == "talk.versa"
    session.undo_stack.redo()
    assert session.save()
    session.undo_stack.undo()
    assert session.is_dirty


def test_a_file_that_another_program_changed_is_kept_beside(session, said, tmp_path):
    path = tmp_path / "talk.versa"
    session.save_as(path)
    path.write_text("what another window saved")
    session.delete_segments(("s0",))
    assert session.save()
    assert load_project(path) == session.project
    others = [file for file in tmp_path.glob("*.versa") if file != path]
    assert [file.read_text() for file in others] == ["what another window saved"]
    assert others[0].name in said[-1][1]
    session.delete_segments(("s1",))
    assert session.save()
    assert len(list(tmp_path.glob("*.versa"))) == 2


def test_derived_data_go_along_when_a_project_gets_a_name(session, home, tmp_path):
    stand_in = session.cache_path
    assert stand_in.parent == home / "unsaved"
    entry = cache_folder(stand_in) / "frames" / "chunk.mp4"
    entry.parent.mkdir(parents=True)
    entry.write_bytes(b"frames")
    session.save_as(tmp_path / "talk.versa")
    assert session.cache_path == tmp_path / "talk.versa"
    assert (cache_folder(tmp_path / "talk.versa") / "frames" / "chunk.mp4").read_bytes() == b"frames"
    session.save_as(tmp_path / "copy.versa")
    assert (cache_folder(tmp_path / "copy.versa") / "frames" / "chunk.mp4").read_bytes() == b"frames"


def test_derived_data_of_an_unsaved_project_go_when_it_is_closed(session, home):
    folder = cache_folder(session.cache_path)
    folder.mkdir(parents=True)
    session.close()
    assert not folder.exists()
    assert (home / "unsaved").is_dir()


# View state -----------------------------------------------------------------------------------------------------------


def test_selection_knows_only_what_is_there_and_each_once(session):
    told = []
    session.selectionChanged.connect(told.append)
    session.set_selection(["s1", "nobody", "s0", "s1"])
    session.set_selection(("s1", "s0"))
    session.ripple_delete_segments(("s1",))
    assert told == [("s1", "s0"), ("s0",)]


def test_playhead_and_range_stay_inside(session):
    times, ranges = [], []
    session.playheadChanged.connect(times.append)
    session.rangeChanged.connect(ranges.append)
    session.set_playhead(5)
    session.set_playhead(5)
    session.set_playhead(10**12)
    session.set_playhead(-3)
    session.set_in_out((9, 4))
    session.set_in_out((4, 9))
    session.set_in_out((4, 4))
    assert times == [5, 60_000_000, 0]
    assert ranges == [(4, 9), None]


def test_a_split_takes_the_selection_first(session):
    session.set_selection(("m",))
    assert session.split_at(3_000_000)
    assert [len(track.segments) for track in session.project.tracks] == [6, 2, 1]
    session.undo_stack.undo()
    session.set_selection(("s5",))  # its track is meant
    assert session.split_at(3_000_000)
    assert [len(track.segments) for track in session.project.tracks] == [7, 1, 1]
    session.undo_stack.undo()
    session.set_selection(())
    session.set_track("more", locked=True)
    assert session.split_at(3_000_000)
    assert [len(track.segments) for track in session.project.tracks] == [7, 1, 2]


# Clipboard ------------------------------------------------------------------------------------------------------------


def test_cut_and_paste_move_segments_to_the_playhead(session):
    session.set_selection(("s0", "m"))
    assert session.cut()
    assert QGuiApplication.clipboard().text() == "wave 0\n"
    session.set_playhead(55_000_000)
    assert not session.paste()  # no room
    session.set_selection(("s5",))
    assert session.delete_segments(("s5",))
    session.set_playhead(44_000_000)
    assert session.paste()
    pasted = [session.project.segment(segment_id) for segment_id in session.selection]
    assert [(s.prompt, s.start_us) for s in pasted] == [("wave 0", 44_000_000), ("", 45_000_000)]
    assert session.undo_stack.undoText() == "Paste segments"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{}", b'{"versa_segments": 1, "items": [{}]}', b"[" * 9999])
def test_garbage_in_the_clipboard_is_refused(session, said, content):
    data = QMimeData()
    data.setData(MIME_TYPE, content)
    QGuiApplication.clipboard().setMimeData(data)
    before = session.project
    assert not session.paste()
    assert session.project is before
    assert len(said) == 1
    QGuiApplication.clipboard().setText("only text")
    assert not session.paste()
    assert said[-1] == ("info", "The clipboard holds no segments.")


def test_what_is_copied_is_plain_json(session):
    session.set_selection(("s1",))
    assert session.copy()
    content = json.loads(bytes(QGuiApplication.clipboard().mimeData().data(MIME_TYPE).data()))
    assert [item["segment"]["prompt"] for item in content["items"]] == ["wave 1"]
    session.set_selection(())
    assert not session.copy()


# Media ----------------------------------------------------------------------------------------------------------------


def test_another_portrait_drops_the_rig_and_the_same_one_elsewhere_keeps_it(session, tmp_path):
    first, second, third = (tmp_path / name for name in ("1.png", "2.png", "3.png"))
    first.write_bytes(b"one")
    second.write_bytes(b"one")
    third.write_bytes(b"two")
    session.set_portrait(first)  # the old file is missing: the same picture elsewhere
    session.set_rig({"points": [1]})
    session.set_portrait(second)
    assert session.project.rig == {"points": [1]}
    session.set_portrait(third)
    assert session.project.rig is None
    session.undo_stack.undo()
    assert session.project.rig == {"points": [1]}


def test_another_recording_has_an_unknown_length_until_it_is_read(session, tmp_path, said):
    first, second = tmp_path / "1.wav", tmp_path / "2.wav"
    first.write_bytes(b"one")
    second.write_bytes(b"two")
    session.set_audio(first)
    assert session.project.duration_us == 60_000_000
    session.set_audio(second)
    assert session.project.duration_us is None
    assert not session.apply_duration(50_000_000)
    assert "The recording ends at 50.0 s, but the segment 46.0-51.0 s" in said[0][1]
    assert session.apply_duration(70_000_000)
    assert session.project.duration_us == 70_000_000
    session.undo_stack.undo()
    assert session.project.duration_us == 60_000_000
    session.undo_stack.redo()
    assert session.project.duration_us == 70_000_000


# From the engine ------------------------------------------------------------------------------------------------------


def test_motion_becomes_part_of_the_last_step(session):
    before = session.project
    session.change_segments(("s0",), prompt="bow")
    assert session.apply_motion(motion_for(session.project, 1), session.revision)
    after = session.project
    assert after.motion != before.motion
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert session.project == before
    session.undo_stack.redo()
    assert session.project == after


def test_motion_that_comes_after_an_undo_belongs_to_the_older_state(session):
    session.change_segments(("s0",), prompt="bow")
    session.undo_stack.undo()
    state = session.project.motion.model_copy(update={"weights": "newer"})
    assert session.apply_motion(state, session.revision)
    older = session.project
    session.undo_stack.redo()
    assert session.project.segment("s0").prompt == "bow"
    session.undo_stack.undo()
    assert session.project == older


def test_another_take_becomes_a_take_when_its_motion_comes(session):
    session.another_take("s0")
    asked = session.project.segment("s0")
    assert [take.seed for take in asked.takes] == [0]
    session.apply_motion(motion_for(session.project, 1), session.revision)
    made = session.project.segment("s0")
    assert [take.seed for take in made.takes] == [0, 1]
    assert made.active_take == 1
    old = session.project.motion
    session.use_take("s0", 0)
    assert session.project.motion.tokens != old.tokens
    session.use_take("s0", 1)
    assert session.project.motion == old


def test_other_takes_of_several_segments_are_one_step_or_none(session):
    assert session.another_take(("s0", "s2"))
    assert session.undo_stack.undoText() == "Another take of 2 segments"
    before = session.project
    assert not session.another_take(("s4", "f"))
    assert session.project is before


def test_the_same_motion_again_changes_nothing(session):
    session.apply_motion(motion_for(session.project, 1), session.revision)
    told = []
    session.projectChanged.connect(lambda *projects: told.append(projects))
    assert session.apply_motion(motion_for(session.project, 1), session.revision)
    assert told == []


def test_motion_for_a_state_that_is_gone_is_refused(session):
    asked = session.revision
    state = session.project.motion.model_copy(update={"tokens": (1,) * 300})
    assert not session.apply_motion(state, asked + 5)
    session.set_audio("/media/other.wav")
    assert not session.apply_motion(state, asked)
    session.undo_stack.undo()
    session.change_segments(("s0",), locked=True)
    assert not session.apply_motion(state, asked)
    session.undo_stack.undo()
    session.use_take("s1", 0)
    assert not session.apply_motion(state, asked)
    session.undo_stack.undo()
    session.add_marker(5)
    assert session.apply_motion(state, asked)


def test_motion_alone_puts_no_star_on_a_project_that_was_only_opened(session, tmp_path):
    session.save_as(tmp_path / "talk.versa")
    session.open(tmp_path / "talk.versa")
    session.apply_motion(session.project.motion.model_copy(update={"weights": "newer"}), session.revision)
    assert not session.is_dirty
    session.change_segments(("s0",), prompt="bow")
    session.save()
    session.apply_motion(motion_for(session.project, 1), session.revision)
    assert session.is_dirty


def test_without_a_project_everything_is_refused_kindly(qapp, home):
    session = Session()
    said = []
    session.message.connect(lambda level, text: said.append(text))
    assert session.add_segment("prompts", 0, 1) is None
    assert not session.save()
    assert not session.copy()
    assert not session.apply_duration(5)
    session.set_selection(("s0",))
    session.close()
    assert said == ["No project is open."]


def test_how_motion_is_finished_is_one_step_of_undo(qapp, home, tmp_path):
    session = Session()
    assert session.new(tmp_path / "p.png", tmp_path / "a.wav")
    assert session.set_motion_settings(cleanup=False, stay=True)
    assert (session.project.motion_settings.cleanup, session.project.motion_settings.stay) == (False, True)
    assert not session.set_motion_settings(walk=True)
    session.undo_stack.undo()
    assert (session.project.motion_settings.cleanup, session.project.motion_settings.stay) == (True, None)
    session.close()


# Renderer -------------------------------------------------------------------------------------------------------------


def test_options_of_the_renderer_are_checked_and_one_step_each(session, said):
    assert session.set_versa(steps=40) and session.set_versa(seed=3, fast=True)
    assert session.project.output.versa == VersaOptions(steps=40, seed=3, fast=True)
    assert not session.set_versa(steps=0) and not session.set_versa(speed=1)
    assert (
        [level for level, _ in said] == ["refused", "refused"]
        and said[0][1].startswith("Steps: ")
        and "speed" in said[1][1]
    )
    assert session.reset_versa() and session.project.output.versa == VersaOptions()
    assert session.reset_versa(), "there is nothing to reset, and nothing to undo"
    assert session.undo_stack.count() == 3
    session.undo_stack.undo()
    assert session.project.output.versa == VersaOptions(steps=40, seed=3, fast=True)
    session.undo_stack.setIndex(0)
    assert session.project.output.versa == VersaOptions()


def test_a_reset_keeps_what_another_tool_stored(session):
    session.set_output(versa=VersaOptions.model_validate({"steps": 40, "theirs": 1}))
    session.reset_versa()
    assert session.project.output.versa.model_extra == {"theirs": 1} and session.project.output.versa.changed == ()
