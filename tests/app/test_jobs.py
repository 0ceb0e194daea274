"""The render queue: states, order, stopping softly and hard, and that nothing finished is lost however it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from app.jobs import JobQueue, RenderRequest
from app.jobs.store import JobStore, QueueError
from core.project_file import cache_folder, load_project, save_project
from core.timeline import Project, Segment, Track
from core.video import probe_video
from tests.app.fakes import write_portrait, write_speech

ROOT = Path(__file__).parents[2]
QUICK = "tests.app.process_fakes:models"
SLOW = "tests.app.process_fakes:slow_renderer"
WAIT = 180_000


@pytest.fixture
def path(tmp_path) -> Path:
    portrait = write_portrait(tmp_path / "p.png")
    project = Project(
        portrait=str(portrait),
        rig_file=str(portrait.with_suffix(".rig.json")),
        audio=str(write_speech(tmp_path / "a.wav", 7.03)),
        tracks=(Track(id="t", segments=(Segment(id="s", start_us=4_400_000, end_us=5_400_000, prompt="bow"),)),),
    )
    project = project.model_copy(update={"output": project.output.replace(height=64)})
    save_project(project, tmp_path / "P.versa")
    return tmp_path / "P.versa"


@pytest.fixture
def make_queue(tmp_path):
    made: list[JobQueue] = []

    def make(factory: str = QUICK) -> JobQueue:
        made.append(JobQueue(path=tmp_path / "queue.sqlite", factory=factory))
        return made[-1]

    yield make
    for queue in made:
        queue.stop()


def request(path: Path, name: str | None = "v.mp4", **options) -> RenderRequest:
    out = None if name is None else str(path.parent / name)
    return RenderRequest.of(load_project(path), path, out=out, **options)


def states(queue: JobQueue) -> list[str]:
    return [view.state for view in queue.jobs()]


def until(qtbot, condition) -> None:
    qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT)


def finished_chunks(path: Path) -> set[str]:
    """Chunks on disk with their records: what a later render can use."""
    return {record.stem for record in (cache_folder(path) / "frames").glob("[!.]*.json")}


def test_a_job_is_rendered_and_tells_each_chunk(qtbot, make_queue, path):
    queue = make_queue()
    chunks, steps = [], []
    queue.chunkReady.connect(lambda job, piece: chunks.append(piece))
    queue.progress.connect(lambda job, progress: steps.append(progress))
    with qtbot.waitSignal(queue.finished, timeout=WAIT) as done:
        job = queue.add(request(path))
    assert done.args == [job, str(path.parent / "v.mp4")]
    assert probe_video(path.parent / "v.mp4").frames == 176
    assert sorted((p.first_frame, p.frames) for p in chunks) == [(0, 50), (50, 50), (100, 50), (150, 26)]
    assert all((p.width, p.height, p.fps) == (38, 64, 25.0) and Path(p.path).is_file() for p in chunks)
    assert max(chunks, key=lambda p: p.end_us).end_us == 7_040_000
    assert {step.stage for step in steps} >= {"frames", "video"}
    assert (states(queue), queue.jobs()[0].title, queue.jobs()[0].message) == (["done"], "v", "")


def test_only_the_cache_is_filled_with_the_chunks_that_a_stretch_touches(qtbot, make_queue, path):
    queue = make_queue()
    chunks = []
    queue.chunkReady.connect(lambda job, piece: chunks.append(piece.first_frame))
    with qtbot.waitSignal(queue.finished, timeout=WAIT) as done:
        queue.add(request(path, None, start_us=4_400_000, end_us=5_400_000))
    assert (done.args[1], chunks) == ("", [100])
    assert [p.name for p in path.parent.glob("*.mp4")] == []
    with qtbot.waitSignal(queue.finished, timeout=WAIT):
        queue.add(request(path))
    assert sorted(chunks) == [0, 50, 100, 150]  # the one that was there is used again


def test_a_pose_video_is_a_job_too(qtbot, make_queue, path):
    queue = make_queue()
    with qtbot.waitSignal(queue.finished, timeout=WAIT):
        queue.add(request(path, "poses.mp4", kind="poses", start_us=1_000_000, end_us=1_400_000))
    info = probe_video(path.parent / "poses.mp4")
    assert (info.frames, info.height) == (10, 64)
    assert "Synthetic media" in info.metadata["comment"] and "drawing" in info.metadata["description"]


def test_video_and_pose_video_of_the_whole_are_equally_long(qtbot, make_queue, path):
    queue = make_queue()
    for name, kind in (("v.mp4", "video"), ("poses.mp4", "poses")):
        with qtbot.waitSignal(queue.finished, timeout=WAIT):
            queue.add(request(path, name, kind=kind))
    counts = [probe_video(path.parent / name).frames for name in ("v.mp4", "poses.mp4")]
    assert counts == [176, 176]  # 7.03 s; the motion's last frame would run on to 7.05 s


def test_a_failure_is_one_sentence_and_can_be_tried_again(qtbot, make_queue, path):
    (path.parent / "v.mp4").mkdir()
    queue = make_queue()
    with qtbot.waitSignal(queue.failed, timeout=WAIT) as told:
        job = queue.add(request(path))
    assert told.args[0] == job and "is a folder; give the name of a file" in told.args[1]
    assert (states(queue), queue.job(job).message) == (["failed"], told.args[1])
    (path.parent / "v.mp4").rmdir()
    with qtbot.waitSignal(queue.finished, timeout=WAIT):
        queue.retry(job)
    assert states(queue) == ["done"]


def test_one_job_runs_at_a_time_and_the_order_can_be_changed(qtbot, make_queue, path):
    queue = make_queue(SLOW)
    first, second, third = (queue.add(request(path, f"{n}.mp4")) for n in range(3))
    until(qtbot, lambda: queue.job(first).state == "running")
    queue.move(third, 1)
    assert [view.id for view in queue.jobs()] == [first, third, second]
    assert states(queue) == ["running", "waiting", "waiting"]
    order = []
    queue.finished.connect(lambda job, out: order.append(job))
    (path.parent / "go").touch()
    until(qtbot, lambda: len(order) == 3)
    assert order == [first, third, second]


def test_pause_keeps_finished_chunks_and_resume_uses_them(qtbot, make_queue, path):
    queue = make_queue(SLOW)
    chunks = []
    queue.chunkReady.connect(lambda job, piece: chunks.append(piece.first_frame))
    job = queue.add(request(path))
    until(qtbot, lambda: len(chunks) == 2)
    queue.pause(job)
    until(qtbot, lambda: queue.job(job).state == "paused")
    kept = finished_chunks(path)
    assert len(kept) == 2 and not (path.parent / "v.mp4").exists()
    (path.parent / "go").touch()
    with qtbot.waitSignal(queue.finished, timeout=WAIT):
        queue.retry(job)
    assert sorted(chunks) == [0, 50, 100, 150] and kept < finished_chunks(path)


def test_cancel_stops_a_waiting_and_a_running_job_and_the_next_one_begins(qtbot, make_queue, path):
    queue = make_queue(SLOW)
    running, waiting, last = (queue.add(request(path, f"{n}.mp4")) for n in range(3))
    until(qtbot, lambda: queue.job(running).state == "running")
    queue.cancel(waiting)
    assert queue.job(waiting).state == "cancelled"
    queue.cancel(running)
    until(qtbot, lambda: queue.job(running).state == "cancelled" and queue.job(last).state == "running")
    queue.remove(last)  # runs: stopped first, then off the list
    until(qtbot, lambda: [view.id for view in queue.jobs()] == [running, waiting])
    queue.remove(waiting)
    assert [view.id for view in queue.jobs()] == [running]


def test_a_worker_that_does_not_stop_is_killed(qtbot, make_queue, path):
    (path.parent / "stuck").touch()
    queue = make_queue(SLOW)
    chunks = []
    queue.chunkReady.connect(lambda job, piece: chunks.append(piece.first_frame))
    job = queue.add(request(path))
    until(qtbot, lambda: len(chunks) == 2)
    queue.cancel(job)
    until(qtbot, lambda: queue.job(job).state == "cancelled")
    assert len(finished_chunks(path)) == 2
    assert list(path.parent.glob("*.mp4")) == []


def test_a_killed_worker_is_a_failure_and_loses_no_finished_chunk(qtbot, make_queue, path):
    (path.parent / "crash").touch()
    queue = make_queue(SLOW)
    with qtbot.waitSignal(queue.failed, timeout=WAIT) as told:
        job = queue.add(request(path))
    assert told.args == [
        job,
        "The render process ended unexpectedly (signal 9); finished pieces are kept, try again.",
    ]
    kept = finished_chunks(path)
    (path.parent / "crash").unlink()
    (path.parent / "go").touch()
    with qtbot.waitSignal(queue.finished, timeout=WAIT):
        queue.retry(job)
    assert kept <= finished_chunks(path) and len(finished_chunks(path)) == 4


def test_ending_the_program_interrupts_what_runs(qtbot, make_queue, path):
    queue = make_queue(SLOW)
    job, other = queue.add(request(path)), queue.add(request(path, "w.mp4"))
    until(qtbot, lambda: queue.job(job).state == "running")
    queue.cancel(other)
    queue.stop()
    again = make_queue(SLOW)
    assert states(again) == ["interrupted", "cancelled"]
    (path.parent / "go").touch()
    with qtbot.waitSignal(again.finished, timeout=WAIT):
        again.retry(job)


DRIVER = """
import sys
from PySide6.QtCore import QCoreApplication
from pathlib import Path
from app.jobs import JobQueue, RenderRequest
from core.project_file import load_project

def main():
    app = QCoreApplication([])
    path = Path(sys.argv[1])
    queue = JobQueue(path=path.parent / "queue.sqlite", factory="tests.app.process_fakes:slow_renderer")
    queue.chunkReady.connect(lambda job, piece: print("chunk", flush=True))
    queue.add(RenderRequest.of(load_project(path), path, out=str(path.parent / "v.mp4")))
    app.exec()

if __name__ == "__main__":
    main()
"""


def test_a_killed_program_loses_no_finished_chunk(qtbot, make_queue, path):
    script = path.parent / "driver.py"
    script.write_text(DRIVER, "utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), str(path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert [program.stdout.readline() for _ in range(2)] == ["chunk\n", "chunk\n"]
        os.kill(program.pid, signal.SIGKILL)
        program.stdout.read()  # to its end: its render process has noticed, too, and renders nothing more
    kept = finished_chunks(path)
    assert len(kept) == 2
    queue = make_queue(SLOW)
    assert states(queue) == ["interrupted"]
    chunks = []
    queue.chunkReady.connect(lambda job, piece: chunks.append(piece.first_frame))
    (path.parent / "go").touch()
    with qtbot.waitSignal(queue.finished, timeout=WAIT):
        queue.retry(queue.jobs()[0].id)
    assert sorted(chunks) == [100, 150] and kept <= finished_chunks(path)


def test_notes_and_rough_pictures_come_through_and_notes_stay(qtbot, make_queue, path):
    queue = make_queue("tests.app.process_fakes:talkative")
    pictures: list = []
    queue.preview.connect(lambda job, picture: pictures.append((job, picture)))
    job = queue.add(request(path))
    until(qtbot, lambda: bool(pictures) and queue.job(job).notes)
    number, picture = pictures[0]
    assert number == job and picture.shape == (320, 240, 3) and (picture == 99).all()
    assert queue.job(job).notes == ("two frames are rendered at a time",)
    (path.parent / "go").touch()
    until(qtbot, lambda: queue.job(job).state == "done")
    assert pictures[-1] == (job, None), "no picture of work that is over"
    assert queue.job(job).notes == ("two frames are rendered at a time",)
    queue.retry(job)
    assert queue.job(job).notes == (), "another run says its own"


def test_what_waited_at_the_end_stands_still_at_the_next_start_until_it_is_wanted(qtbot, make_queue, path):
    store = JobStore(path.parent / "queue.sqlite")
    first, second = store.add(request(path)), store.add(request(path, "w.mp4"))
    store.close()
    queue = make_queue(SLOW)
    assert states(queue) == ["paused", "paused"] and queue.left == (first, second)
    QTest.qWait(700)  # longer than the driver looks away
    assert states(queue) == ["paused", "paused"]
    for job in queue.take_left():
        queue.retry(job)
    until(qtbot, lambda: states(queue) == ["running", "waiting"])
    assert queue.left == ()


def test_a_second_window_leaves_the_first_one_s_jobs_waiting(qtbot, make_queue, path):
    one = make_queue(SLOW)
    running, waiting = one.add(request(path)), one.add(request(path, "w.mp4"))
    until(qtbot, lambda: one.job(running).state == "running")
    assert make_queue(SLOW).left == ()
    assert one.job(waiting).state == "waiting"


def test_a_damaged_queue_is_put_aside_and_a_newer_one_is_refused(tmp_path):
    place = tmp_path / "queue.sqlite"
    place.write_bytes(b"this is no database" * 100)
    store = JobStore(place)
    assert store.views() == [] and store.replaced is not None and store.replaced.is_file()
    store._base().execute("PRAGMA user_version = 99")
    store.close()
    with pytest.raises(QueueError, match="made by a newer version"):
        JobStore(place)


def test_another_window_sees_the_jobs_and_can_stop_them(qtbot, make_queue, path):
    one, other = make_queue(SLOW), make_queue(SLOW)
    job = one.add(request(path))
    until(qtbot, lambda: other.job(job).state == "running")
    other.cancel(job)
    until(qtbot, lambda: one.job(job).state == "cancelled")
    assert other.job(job).state == "cancelled"


def test_requests_survive_the_way_through_the_file(path):
    wanted = request(path, start_us=1_000_000, end_us=2_500_000, crf=23, height=80)
    assert RenderRequest.from_json(wanted.to_json()) == wanted
    assert wanted.load() == load_project(path)
    assert wanted.shown_title() == "v, 0:01.0\u20130:02.5"
