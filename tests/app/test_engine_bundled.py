"""Engine and queue with the bundled weights: a prompt of the sample is changed, and most of the rest is used again."""

import shutil
from pathlib import Path

import numpy as np
import soundfile

import resources
from app.engine import EngineClient
from app.jobs import JobQueue, RenderRequest
from core import edits
from core.project_file import load_project
from core.timeline import Project
from core.video import probe_video

WAIT = 240_000
SAMPLE = Path(resources.__path__[0]) / "sample"


def acceleration(joints: np.ndarray) -> np.ndarray:
    """(T,) largest acceleration of a joint in each frame, metres per frame squared."""
    return np.pad(np.linalg.norm(np.diff(joints.astype(np.float64), 2, axis=0), axis=-1).max(axis=1), 1)


def test_an_edit_keeps_the_rest_of_motion_poses_and_video(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("VERSA_HOME", str(tmp_path / "home"))
    project = sample(tmp_path)
    path = tmp_path / "half.versa"
    client, queue = EngineClient(), JobQueue(path=tmp_path / "queue.sqlite")
    try:
        motion, poses, project = made(qtbot, client, project, path, 1)
        assert pieces(qtbot, client, project, path) == ()
        rendered = render(qtbot, queue, RenderRequest.of(project, path))
        whole = pieces(qtbot, client, project, path)
        assert len(whole) == rendered == 7

        edited = edits.change(project, "prompt-2", prompt="wave with both hands")
        segment = edited.segment("prompt-2")
        new_motion, new_poses, edited = made(qtbot, client, edited, path, 2)
        tokens, new_tokens = np.array(motion.tokens), np.array(new_motion.tokens)
        changed = np.flatnonzero(tokens != new_tokens)
        first, last = segment.start_us / 200_000, segment.end_us / 200_000
        assert first - 0.5 <= changed.min() and changed.max() + 0.5 <= last and len(changed) >= 5

        # What is further than a second from the segment stays bit for bit.
        time = np.arange(len(motion)) / 20
        far = (time < segment.start_us / 1e6 - 1) | (time > segment.end_us / 1e6 + 1)
        np.testing.assert_array_equal(new_motion.joints[far], motion.joints[far])
        np.testing.assert_array_equal(new_motion.features[far], motion.features[far])
        for name in ("body", "face", "hands", "depth", "yaw"):
            np.testing.assert_array_equal(getattr(new_poses, name)[far], getattr(poses, name)[far])

        # The seams are no rougher than the motion itself: at most 1.2 times its 95th percentile.
        # An action may end a frame behind its segment, so some of it lies in the seam.
        start, end = round(segment.start_us / 50_000), round(segment.end_us / 50_000)
        rough = acceleration(new_motion.joints)
        seams = np.r_[start - 21 : start, end : end + 21]
        inside = max(np.percentile(part, 95) for part in (rough[start:end], acceleration(motion.joints)))
        assert rough[seams].max() <= 1.2 * inside

        # Going back gives the old motion, poses and video without any network.
        old_motion, old_poses, _ = made(qtbot, client, project, path, 3)
        np.testing.assert_array_equal(old_motion.joints, motion.joints)
        np.testing.assert_array_equal(old_poses.body, poses.body)
        assert pieces(qtbot, client, project, path) == whole

        for text, known in (("nod your head", True), ("juggle three balls", False)):
            with qtbot.waitSignal(client.confidenceReady, timeout=WAIT) as told:
                client.request_confidence(text)
            assert told.args[0] == text and told.args[2] is known and len(told.args[3]) == 3

        # Most of the video is there before anything is rendered, and only the rest is rendered.
        kept = pieces(qtbot, client, edited, path)
        out = str(tmp_path / "v.mp4")
        assert render(qtbot, queue, RenderRequest.of(edited, path, out=out)) == 7 - len(kept)
        tags = probe_video(out).metadata
        assert tags["comment"].startswith("Synthetic media")
        assert "renderer draft" in tags["description"] and edited.motion.weights in tags["description"]
        assert set(kept) < set(whole)
        assert len(kept) >= 4
    finally:
        client.stop()
        queue.stop()


def sample(folder: Path) -> Project:
    """Return the first 12.2 s of the sample with two prompts, in a folder of its own."""
    for name in ("half.versa", "half.png", "half.rig.json"):
        shutil.copy(SAMPLE / name, folder)
    sound, rate = soundfile.read(SAMPLE / "speech_low.flac", dtype="int16")
    soundfile.write(folder / "speech_low.flac", sound[: round(12.2 * rate)], rate)
    project = load_project(folder / "half.versa").model_copy(update={"duration_us": None})
    for number in (3, 4, 5):
        project = edits.delete(project, f"prompt-{number}")
    return project.model_copy(update={"output": project.output.replace(height=160)})


def made(qtbot, client: EngineClient, project: Project, path: Path, revision: int):
    """Return motion and poses of a project, and the project with its motion."""
    motions, poses = [], []
    client.motionReady.connect(lambda *args: motions.append(args))
    client.posesReady.connect(lambda *args: poses.append(args))
    with qtbot.waitSignal(client.ended, timeout=WAIT) as done:
        client.submit(project, path, revision)
    assert done.args == [revision, "done"]
    assert (motions[-1][0], poses[-1][0]) == (revision, revision)
    _, state, clip = motions[-1]
    return clip, poses[-1][1], project.model_copy(update={"motion": state})


def pieces(qtbot, client: EngineClient, project: Project, path: Path):
    with qtbot.waitSignal(client.piecesReady, timeout=WAIT) as told:
        client.request_pieces(project, path)
    return told.args[1]


def render(qtbot, queue: JobQueue, request: RenderRequest) -> int:
    """Do a job; return how many chunks were rendered."""
    chunks = []
    queue.chunkReady.connect(lambda job, piece: chunks.append((job, piece)))
    with qtbot.waitSignal(queue.finished, timeout=WAIT) as done:
        queue.add(request)
    return len({piece for job, piece in chunks if job == done.args[0]})
