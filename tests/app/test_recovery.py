"""The copy for crashes: when it is written, what is offered, and that the project's own file is never touched."""

import gc
import json
from datetime import UTC, datetime, timedelta

import pytest

from app.recovery import GENERATIONS, INTERVAL_MS, Autosave, RecoveryStore
from app.session import Session
from core.project_file import cache_folder, load_project, save_project
from tests.app.session_moves import motion_for, sample_project

NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _collect():
    """Sessions of earlier tests go in this thread, at a test's end, and never in the one that writes copies."""
    gc.disable()
    yield
    gc.enable()
    gc.collect()


class Clock:
    """A time that goes on by a minute with each look at it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def store(tmp_path, monkeypatch) -> RecoveryStore:
    monkeypatch.setenv("VERSA_HOME", str(tmp_path / "home"))
    return RecoveryStore(tmp_path / "recovery")


@pytest.fixture
def path(tmp_path):
    target = tmp_path / "talk.versa"
    save_project(sample_project(tmp_path), target)
    return target


@pytest.fixture
def session(qapp, store, path) -> Session:
    made = Session(merge_seconds=0.0)
    assert made.open(path)
    return made


@pytest.fixture
def autosave(session, store):
    made = Autosave(session, store, clock=Clock())
    yield made
    made.stop()


def crash(autosave: Autosave) -> None:
    """Leave everything as a process that was killed does: the system takes its locks away, nothing else."""
    autosave.save_now(wait_for_it=True)
    autosave._folder._lock.unlock()
    autosave._folder = None
    autosave._timer.stop()


def test_a_minute_holds_the_interval_and_the_writing():
    assert 30_000 <= INTERVAL_MS < 60_000


def test_nothing_is_written_without_unsaved_changes(autosave, store):
    autosave.save_now(wait_for_it=True)
    assert not autosave._timer.isActive()
    assert list(store.folder.rglob("*.versa")) == []


def test_an_edit_is_copied_after_the_interval_though_more_edits_follow(qtbot, session, store):
    autosave = Autosave(session, store, interval_ms=100)
    edits = iter(range(100_000))

    def go_on() -> None:
        session.add_marker(next(edits))

    from PySide6.QtCore import QTimer

    timer = QTimer()
    timer.timeout.connect(go_on)
    timer.start(5)
    with qtbot.waitSignals([autosave.written, autosave.written], timeout=20_000):
        go_on()
    timer.stop()
    autosave.stop()
    assert store.crashed() == ()


def test_a_crash_leaves_the_newest_state_and_the_file_as_it_was(autosave, session, store, path, tmp_path):
    before = path.read_bytes()
    session.delete_segments(("s0",))
    session.apply_motion(motion_for(session.project, 3), session.revision)
    crash(autosave)
    state = store.crashed()[0]
    assert (state.name, state.path, state.segments, state.older) == ("talk.versa", path, 7, False)
    assert state.saved_at == NOW + timedelta(minutes=1)
    assert store.load(state) == session.project
    assert path.read_bytes() == before

    other = Session()
    again = Autosave(other, store, clock=Clock())
    assert again.recover(state)
    assert other.project == session.project
    assert (other.path, other.is_dirty, other.title) == (path, True, "talk.versa*")
    assert path.read_bytes() == before
    assert store.crashed() == ()  # it is open
    assert other.save()
    assert load_project(path) == session.project
    again.stop()
    assert store.crashed() == ()
    assert list(store.folder.iterdir()) == []


def test_saving_recovered_work_keeps_what_the_file_held(autosave, session, store, path):
    before = path.read_bytes()
    session.delete_segments(("s0",))
    crash(autosave)
    again = Autosave(Session(), store)
    said = []
    again._session.message.connect(lambda level, text: said.append(text))
    assert again.recover(store.crashed()[0])
    assert again._session.is_recovered
    assert again._session.save() and not again._session.is_recovered
    kept = list(path.parent.glob("talk (before recovery *).versa"))
    assert [file.read_bytes() for file in kept] == [before]
    assert said == [f"The state of talk.versa before the recovery is kept as {kept[0].name}."]
    again._session.add_marker(1)
    assert again._session.save()  # from now on it is an ordinary project
    assert len(list(path.parent.glob("talk (*"))) == 1
    again.stop()


def test_nothing_is_begun_after_the_end(autosave, session, store):
    session.delete_segments(("s0",))
    autosave.stop()
    autosave._is_written(-1)  # a copy's signal that was still on its way
    autosave.save_now()
    assert not autosave._timer.isActive() and list(store.folder.iterdir()) == []


def test_a_second_crash_right_after_recovering_loses_nothing(autosave, session, store):
    session.delete_segments(("s0",))
    crash(autosave)
    state = store.crashed()[0]
    again = Autosave(Session(), store, clock=Clock())
    assert again.recover(state)
    again._folder._lock.unlock()
    again._folder = None
    assert [store.load(found) for found in store.crashed()] == [session.project]
    again.stop()


def test_states_in_use_by_another_window_are_not_opened_twice(autosave, session, store):
    session.delete_segments(("s0",))
    crash(autosave)
    state = store.crashed()[0]
    first, second = Autosave(Session(), store), Autosave(Session(), store)
    said = []
    second._session.message.connect(lambda level, text: said.append(text))
    assert first.recover(state)
    assert not second.recover(state)
    assert second._session.project is None
    assert said == ["talk.versa is already open in another window."]
    first.stop()
    second.stop()


def test_the_newest_generations_are_kept(autosave, session, store):
    for number in range(GENERATIONS + 4):
        session.add_marker(number)
        autosave.save_now(wait_for_it=True)
    crash(autosave)
    states = store.crashed()
    assert len(states) == GENERATIONS
    assert [len(store.load(state).markers) for state in states] == list(range(GENERATIONS + 4, 4, -1))
    assert states[0].saved_at > states[1].saved_at


def test_missing_media_do_no_harm(autosave, session, store):
    session.set_audio("/nowhere/ü/speech.wav")
    crash(autosave)
    again = Autosave(Session(), store)
    assert again.recover(store.crashed()[0])
    assert again._session.project.audio == "/nowhere/ü/speech.wav"
    again.stop()


def test_saving_removes_the_copies(autosave, session, store):
    session.delete_segments(("s0",))
    autosave.save_now(wait_for_it=True)
    assert session.save()
    crash(autosave)
    assert store.crashed() == ()


def test_closing_and_opening_another_removes_the_copies(autosave, session, store, path):
    session.delete_segments(("s0",))
    autosave.save_now(wait_for_it=True)
    session.open(path)
    session.delete_segments(("s1",))
    autosave.save_now(wait_for_it=True)
    session.close()
    assert list(store.folder.iterdir()) == []


def test_ending_with_keep_offers_the_work_again(autosave, session, store):
    session.delete_segments(("s0",))
    autosave.stop(keep=True)
    assert [store.load(state) for state in store.crashed()] == [session.project]


def test_a_project_without_a_file_keeps_its_derived_data(qapp, store, tmp_path):
    session = Session()
    autosave = Autosave(session, store)
    session.new(tmp_path / "p.png", tmp_path / "a.wav")
    chunk = cache_folder(session.cache_path) / "chunk.mp4"
    chunk.parent.mkdir(parents=True)
    chunk.write_bytes(b"frames")
    crash(autosave)
    state = store.crashed()[0]
    assert (state.name, state.path) == ("Untitled", None)
    again = Autosave(Session(), store)
    assert again.recover(state)
    assert again._session.title == "Untitled*"
    assert (cache_folder(again._session.cache_path) / "chunk.mp4").read_bytes() == b"frames"
    again._folder._lock.unlock()
    again._folder = None
    store.discard(state)
    assert not chunk.exists()
    assert store.crashed() == ()


def test_damaged_copies_are_not_offered_or_say_so(autosave, session, store):
    for number in range(6):
        session.add_marker(number)
        autosave.save_now(wait_for_it=True)
    crash(autosave)
    states = store.crashed()
    states[0].file.with_suffix(".json").write_text("{")
    states[1].file.with_suffix(".json").unlink()
    states[2].file.unlink()
    about = json.loads(states[3].file.with_suffix(".json").read_text())
    states[3].file.with_suffix(".json").write_text(json.dumps({**about, "saved_at": "yesterday"}))
    (store.folder / "a file").write_text("")
    (store.folder / "empty").mkdir()
    assert [state.file for state in store.crashed()] == [states[4].file, states[5].file]
    states[4].file.write_text("{")
    again = Autosave(Session(), store)
    said = []
    again._session.message.connect(lambda level, text: said.append((level, text)))
    assert not again.recover(states[4])
    assert said[0][0] == "error"
    assert again.recover(states[5])
    again.stop()


def test_a_copy_older_than_the_file_says_so(autosave, session, store, path):
    autosave._clock = lambda: datetime(2001, 1, 1, tzinfo=UTC)
    session.delete_segments(("s0",))
    crash(autosave)
    assert store.crashed()[0].older


def test_a_folder_that_cannot_be_written_is_told_once(qtbot, session, store):
    store.folder.parent.mkdir(exist_ok=True)
    autosave = Autosave(session, store, interval_ms=20)
    said = []
    session.message.connect(lambda level, text: said.append((level, text)))
    folder = autosave._folder.path
    autosave._folder._lock.unlock()
    folder.rmdir()
    folder.write_text("in the way")
    with qtbot.waitSignals([autosave.failed, autosave.failed], timeout=20_000):
        session.delete_segments(("s0",))
    assert len(said) == 1
    assert said[0][0] == "warning"
    assert "cannot be copied" in said[0][1]
    folder.unlink()
    with qtbot.waitSignal(autosave.written, timeout=20_000):
        session.delete_segments(("s1",))
    autosave.stop()


def test_a_recovery_folder_that_cannot_be_made_is_tried_again(qtbot, session, store, tmp_path):
    store.folder.write_text("in the way")
    said = []
    session.message.connect(lambda level, text: said.append(text))
    autosave = Autosave(session, store, interval_ms=20)
    session.delete_segments(("s0",))
    qtbot.waitUntil(lambda: len(said) == 1, timeout=20_000)
    store.folder.unlink()
    with qtbot.waitSignal(autosave.written, timeout=20_000):
        session.delete_segments(("s1",))
    assert len(said) == 1
    autosave.stop()


def test_discarding_all_leaves_nothing(autosave, session, store, path):
    session.delete_segments(("s0",))
    autosave.save_now(wait_for_it=True)
    session.delete_segments(("s1",))
    crash(autosave)
    assert len(store.crashed()) == 2
    store.discard_all()
    assert store.crashed() == ()
    assert load_project(path).segment("s0")
