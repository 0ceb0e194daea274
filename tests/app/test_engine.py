"""The engine with small networks: what it says, how it is stopped softly and hard, and how it survives a crash."""

import os
import signal
from pathlib import Path

import pytest

from app.engine import EngineClient, messages
from core import edits
from core.project_file import load_project, save_project
from core.timeline import MotionSettings, Project, Segment, Track
from tests.app.fakes import token, write_portrait, write_speech

WAIT = 180_000
FAKES = "tests.app.process_fakes:careful"


@pytest.fixture
def path(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("VERSA_HOME", str(tmp_path / "home"))
    portrait = write_portrait(tmp_path / "p.png")
    segments = (
        Segment(id="wave", start_us=1_000_000, end_us=2_000_000, prompt="wave"),
        Segment(id="bow", start_us=4_000_000, end_us=5_000_000, prompt="bow", seed=3),
    )
    project = Project(
        portrait=str(portrait),
        rig_file=str(portrait.with_suffix(".rig.json")),
        audio=str(write_speech(tmp_path / "a.wav")),
        seed=7,
        motion_settings=MotionSettings(cleanup=False, stay=False),
        tracks=(Track(id="t", segments=segments),),
    )
    save_project(project, tmp_path / "P.versa")
    return tmp_path / "P.versa"


class Heard:
    """All that a client says, in order."""

    def __init__(self, client: EngineClient) -> None:
        self.said: list[tuple] = []
        for name in (
            "stateChanged", "audioReady", "portraitReady", "proposalReady", "motionReady", "posesReady", "piecesReady",
            "suggestionsReady", "confidenceReady", "segmentStates", "failed", "noted", "ended",
        ):  # fmt: skip
            getattr(client, name).connect(lambda *args, name=name: self.said.append((name, *args)))

    def all(self, name: str) -> list[tuple]:
        return [said[1:] for said in self.said if said[0] == name]

    def last(self, name: str) -> tuple:
        return self.all(name)[-1]


@pytest.fixture
def make_client(qtbot):
    made: list[EngineClient] = []

    def make(factory: str = FAKES) -> tuple[EngineClient, Heard]:
        client = EngineClient(factory=factory)
        made.append(client)
        client._debounce.setInterval(10)
        return client, Heard(client)

    yield make
    for client in made:
        client.stop()


def until(qtbot, condition) -> None:
    qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT)


def with_prompt(path: Path, text: str) -> Project:
    return edits.change(load_project(path), "bow", prompt=text)


def test_everything_about_a_project_comes_and_then_only_what_an_edit_changes(qtbot, make_client, path):
    client, heard = make_client()
    project = load_project(path)
    client.submit(project, path, 1)
    until(qtbot, lambda: heard.all("ended") == [(1, "done")])
    audio = heard.all("audioReady")[0][0]
    assert (audio.duration_us, audio.complete, len(audio.energy)) == (6_000_000, True, 120)
    assert audio.accents and audio.proposed[0][0] == 0 and audio.proposed[-1][1] == 6_000_000
    portrait, proposal = heard.last("portraitReady")[0], heard.last("proposalReady")[0]
    assert (portrait.width, portrait.rig.source, proposal.source) == (96, "user", "proposed")
    revision, state, clip = heard.last("motionReady")
    assert (revision, len(clip), state.tokens[20]) == (1, 120, token(3, "bow", 20))
    assert len(heard.last("posesReady")[1]) == 120
    assert heard.all("segmentStates")[0] == ({"wave": "queued", "bow": "queued"},)
    assert heard.last("segmentStates") == ({"wave": "ready", "bow": "ready"},)
    assert [name for name, *_ in heard.said].count("audioReady") == 1
    assert [state for (state,) in heard.all("stateChanged")][:2] == ["loading", "ready"] or client.state == "ready"

    changed = edits.change(project.model_copy(update={"motion": state}), "bow", prompt="nod")
    client.submit(changed, path, 2)
    until(qtbot, lambda: heard.all("ended")[-1] == (2, "done"))
    after = heard.last("motionReady")[1]
    assert [n for n in range(30) if after.tokens[n] != state.tokens[n]] == list(range(20, 25))
    assert ({"wave": "ready", "bow": "generating"},) in heard.all("segmentStates")
    assert len(heard.all("audioReady")) == len(heard.all("portraitReady")) == 1  # nothing new there
    assert heard.all("failed") == []


def test_an_answer_that_comes_after_the_work_does_not_take_the_segment_s_motion_away(make_client):
    """Questions are answered by another thread than the work, and one behind a slow one comes late."""
    client, heard = make_client()
    ready, queued = {"wave": "ready", "bow": "ready"}, {"wave": "ready", "bow": "queued"}
    for states in (
        messages.States(4, queued),
        messages.States(4, ready, by_work=True),
        messages.States(4, queued),  # late
        messages.States(5, queued),
        messages.States(4, ready, by_work=True),  # of the project before
        messages.States(5, ready, by_work=True),
    ):
        client._on_states(states)
    assert [states for (states,) in heard.all("segmentStates")] == [queued, ready, queued, ready]


def test_media_that_could_not_be_read_are_forgotten_and_the_old_ones_described_again(qtbot, make_client, path):
    """The window forgot the old ones when the new ones came."""
    client, heard = make_client()
    project = load_project(path)
    client.submit(project, path, 1)
    until(qtbot, lambda: heard.all("ended") == [(1, "done")])
    for name in ("broken.wav", "broken.png"):
        (path.parent / name).write_text("no media", encoding="utf-8")
    silent = project.model_copy(update={"audio": str(path.parent / "broken.wav")})
    faceless = project.model_copy(update={"portrait": str(path.parent / "broken.png")})
    for revision, one in enumerate((silent, project, faceless, project), start=2):
        client.submit(one, path, revision)
        until(qtbot, lambda revision=revision: heard.all("ended")[-1][0] == revision)
    assert [how for _, how in heard.all("ended")] == ["done", "failed", "done", "failed", "done"]
    assert len(heard.all("audioReady")) == len(heard.all("portraitReady")) == 2


def test_questions_are_answered_beside_the_work(qtbot, make_client, path):
    client, heard = make_client()
    client.submit(with_prompt(path, "slow"), path, 1)
    client.request_suggestions("wave the right")
    client.request_confidence("sing in Klingon")
    client.request_pieces(load_project(path), path, "mine")
    client.prepare(str(path.parent / "a.wav"), str(path.parent / "none.png"))
    until(qtbot, lambda: heard.all("suggestionsReady") and heard.all("piecesReady") and heard.all("failed"))
    text, found = heard.last("suggestionsReady")
    assert (text, found[0][0]) == ("wave the right", "wave the right hand")
    assert 0.9 < found[0][1] <= 1.001
    assert heard.last("piecesReady") == ("mine", ())
    until(qtbot, lambda: heard.all("confidenceReady"))
    assert heard.last("confidenceReady") == ("sing in Klingon", 0.3, False, (("wave", 0.3), ("bow", 0.2)))
    stage, sentence = heard.last("failed")
    assert stage == "portrait" and "none.png" in sentence
    assert heard.all("ended") == []
    client.cancel()
    until(qtbot, lambda: heard.all("ended") == [(1, "cancelled")])


def test_the_newest_edit_wins_and_stops_what_runs(qtbot, make_client, path):
    client, heard = make_client()
    client.submit(with_prompt(path, "slow"), path, 1)
    until(qtbot, lambda: client.state == "working" and client._stage == "motion")
    pid = client.pid
    client.submit(with_prompt(path, "slow"), path, 2)
    client.submit(with_prompt(path, "nod"), path, 3)  # 2 is never begun
    until(qtbot, lambda: heard.all("ended") == [(1, "cancelled"), (3, "done")])
    assert [revision for revision, *_ in heard.all("motionReady")] == [3]
    assert client.pid == pid and heard.all("failed") == []


def test_work_that_does_not_stop_is_ended_with_its_process(qtbot, make_client, path):
    client, heard = make_client()
    client._hard.setInterval(100)
    client.submit(with_prompt(path, "stuck"), path, 1)
    until(qtbot, lambda: client._stage == "motion")
    pid = client.pid
    client.submit(with_prompt(path, "nod"), path, 2)
    until(qtbot, lambda: heard.all("ended") == [(1, "cancelled"), (2, "done")])
    assert client.pid != pid and heard.all("failed") == []


def test_a_crash_is_one_sentence_and_the_work_is_done_by_the_next_process(qtbot, make_client, path):
    client, heard = make_client()
    client.start()
    until(qtbot, lambda: client.state == "ready")
    os.kill(client.pid, signal.SIGKILL)
    until(qtbot, lambda: heard.all("failed"))
    assert heard.all("failed") == [("engine", "The engine ended unexpectedly (signal 9) and was started again.")]
    client.submit(load_project(path), path, 1)
    until(qtbot, lambda: heard.all("ended") == [(1, "done")])


def test_an_edit_that_always_crashes_is_given_up_and_the_next_one_works(qtbot, make_client, path):
    client, heard = make_client()
    client.submit(with_prompt(path, "crash"), path, 1)
    until(qtbot, lambda: len(heard.all("failed")) == 2 and client.state == "ready")
    assert heard.all("ended") == [(1, "failed"), (1, "failed")]
    client.submit(with_prompt(path, "nod"), path, 2)
    until(qtbot, lambda: heard.all("ended")[-1] == (2, "done"))


def test_a_failure_is_told_and_its_segments_are_marked(qtbot, make_client, path):
    client, heard = make_client()
    client.submit(with_prompt(path, "wrong"), path, 1)
    until(qtbot, lambda: heard.all("ended") == [(1, "failed")])
    assert heard.last("failed")[0] == "motion" and "the networks cannot do this" in heard.last("failed")[1]
    assert heard.last("segmentStates") == ({"wave": "failed", "bow": "failed"},)
    (path.parent / "p.png").unlink()  # without a portrait there is motion, but there are no poses
    client.submit(with_prompt(path, "nod"), path, 2)
    until(qtbot, lambda: heard.all("ended")[-1] == (2, "failed"))
    assert heard.last("motionReady")[0] == 2 and heard.last("failed")[0] == "portrait"
    assert heard.last("segmentStates") == ({"wave": "ready", "bow": "ready"},)


def test_the_windows_process_loads_no_networks():
    import subprocess
    import sys

    code = (
        "import sys; from app.engine import EngineClient; from app.jobs import JobQueue; "
        "print([n for n in ('torch', 'transformers', 'scipy', 'cv2', 'models') if n in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
