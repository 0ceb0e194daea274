"""Rendering by chunks: sizes, reuse, resuming, failure, and the video that comes out."""

import time
from dataclasses import replace

import numpy as np
import pytest

from app.director import Director
from app.rendering import RenderError, face_cues, frame_size
from core import edits
from core.cancel import Cancelled, CancelToken
from core.portrait import Portrait
from core.project_file import load_project
from core.timeline import Project, Segment, Track
from core.video import probe_video, read_frames
from tests.app.fakes import FakeModels, FakeRenderer, write_short_project


@pytest.fixture
def path(tmp_path):
    return write_short_project(tmp_path)


def chain(path, project=None, cancel=None) -> tuple[Director, FakeModels]:
    models = FakeModels()
    return Director(project or load_project(path), path, models=models, cancel=cancel), models


def greys(path) -> list[int]:
    return [round(float(frame.mean())) for frame in read_frames(path)]


def test_video_has_the_length_of_the_audio_and_shows_every_pose_at_its_time(path, tmp_path):
    director, _ = chain(path)
    report = director.render(tmp_path / "v.mp4")
    info = probe_video(tmp_path / "v.mp4")
    assert (report.width, report.height, report.frames, report.fps) == (38, 64, 176, 25.0)
    assert (info.width, info.height, info.frames) == (38, 64, 176)
    assert (report.chunks_rendered, report.chunks_reused) == (4, 0)
    poses = director.poses()
    expected = [poses.body[min(int(n / 25 * 20), len(poses) - 1), 0, 0] * 255 for n in range(176)]
    np.testing.assert_allclose(greys(tmp_path / "v.mp4"), expected, atol=4)


def test_flagged_frames_are_reported_in_seconds(path, tmp_path):
    report = chain(path)[0].render(tmp_path / "v.mp4")
    assert [(s.start, s.end, s.reasons) for s in report.flagged[:2]] == [
        (0.4, 0.8, ("turning",)),
        (2.4, 2.8, ("turning",)),
    ]


def test_a_second_render_reuses_all_chunks_and_gives_the_same_file(path, tmp_path):
    director, _ = chain(path)
    director.render(tmp_path / "v.mp4")
    again, models = chain(path, director.project)
    report = again.render(tmp_path / "w.mp4")
    assert (report.chunks_rendered, report.chunks_reused) == (0, 4)
    assert models.painter.rendered == []
    assert (tmp_path / "v.mp4").read_bytes() == (tmp_path / "w.mp4").read_bytes()


def test_one_changed_segment_renders_only_the_chunks_it_touches(path, tmp_path):
    director, models = chain(path)
    director.render(tmp_path / "v.mp4")
    models.painter.rendered.clear()
    director.regenerate(1)
    report = director.render(tmp_path / "v.mp4")
    assert models.painter.rendered == [2]  # 4 to 6 s
    assert (report.chunks_rendered, report.chunks_reused) == (1, 3)
    director.cache.clean()
    director.render(tmp_path / "fresh.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == (tmp_path / "fresh.mp4").read_bytes()


@pytest.mark.parametrize("options", [{"height": 66}, {"fps": 24}, {"start": 0.5}], ids=["height", "fps", "start"])
def test_what_a_frame_depends_on_is_in_its_key(path, tmp_path, options):
    director, models = chain(path)
    director.render(tmp_path / "v.mp4")
    models.painter.rendered.clear()
    director.render(tmp_path / "w.mp4", **options)
    assert 0 in models.painter.rendered


def test_another_version_of_the_renderer_renders_anew(path, tmp_path):
    director, models = chain(path)
    director.render(tmp_path / "v.mp4")
    models.painter.version = "2"
    assert director.render(tmp_path / "v.mp4").chunks_rendered == 4


def test_a_stretch_is_on_the_same_frame_grid(path, tmp_path):
    director, _ = chain(path)
    director.render(tmp_path / "v.mp4")
    report = director.render(tmp_path / "part.mp4", start=2.0, end=4.5)
    assert (report.frames, report.start) == (63, 2.0)
    assert report.chunks_reused == 1
    np.testing.assert_allclose(greys(tmp_path / "part.mp4"), greys(tmp_path / "v.mp4")[50:113], atol=2)


@pytest.mark.parametrize(("start", "end"), [(8.0, None), (3.0, 3.0), (-1.0, 2.0), (5.0, 4.0)])
def test_empty_stretches_are_refused(path, tmp_path, start, end):
    with pytest.raises(RenderError, match=r"the recording runs from 0 to 7\.03 s"):
        chain(path)[0].render(tmp_path / "v.mp4", start=start, end=end)
    assert not (tmp_path / "v.mp4").exists()


def test_a_failed_render_keeps_finished_chunks_and_the_old_file(path, tmp_path):
    (tmp_path / "v.mp4").write_bytes(b"old")
    director, models = chain(path)
    models.painter.fail_at = 160
    with pytest.raises(RuntimeError, match="the renderer broke"):
        director.render(tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix == ".mp4") == ["v.mp4"]
    assert list(director.cache.folder.rglob(".*")) == []
    done = len(models.painter.rendered)
    assert done >= 2
    models.painter.fail_at = None
    report = director.render(tmp_path / "v.mp4")
    assert (report.chunks_rendered, report.chunks_reused) == (4 - done, done)
    assert probe_video(tmp_path / "v.mp4").frames == 176


def test_a_renderer_with_room_for_one_chunk_gets_one_after_the_other(path, tmp_path):
    class OnOneCard(FakeRenderer):
        busy = 0

        def plan(self, job):
            return replace(super().plan(job), at_once=1)

        def render_chunk(self, job, chunk, cancel):
            assert not self.busy
            self.busy += 1
            time.sleep(0.02)  # long enough for another one to come in between
            yield from super().render_chunk(job, chunk, cancel)
            self.busy -= 1

    director, models = chain(path)
    models.painter = OnOneCard()
    director.render(tmp_path / "v.mp4")
    assert models.painter.rendered == [0, 1, 2, 3]


def test_a_damaged_chunk_is_rendered_again(path, tmp_path):
    director, _ = chain(path)
    director.render(tmp_path / "v.mp4")
    good = (tmp_path / "v.mp4").read_bytes()
    piece = sorted((director.cache.folder / "frames").glob("*.mp4"))[0]
    piece.write_bytes(piece.read_bytes()[:-100])
    assert director.render(tmp_path / "v.mp4").chunks_rendered == 1
    assert (tmp_path / "v.mp4").read_bytes() == good


def test_cancel_leaves_no_file_and_resumes(path, tmp_path):
    cancel = CancelToken()
    director, _ = chain(path, cancel=cancel)

    def stop(progress):
        if progress.stage == "frames" and progress.done >= 120:
            cancel.cancel()

    director._progress = stop
    with pytest.raises(Cancelled):
        director.render(tmp_path / "v.mp4")
    assert not (tmp_path / "v.mp4").exists()
    assert list(director.cache.folder.rglob(".*")) == []
    resumed, _ = chain(path, director.project)
    assert resumed.render(tmp_path / "v.mp4").chunks_reused >= 1


def test_a_renderer_that_makes_too_few_frames_is_caught(path, tmp_path):
    director, models = chain(path)
    models.painter.short = True
    with pytest.raises(RenderError, match="made 49 frames of 50"):
        director.render(tmp_path / "v.mp4")


def test_targets_that_cannot_be_written_are_refused_before_the_work(path, tmp_path):
    director, models = chain(path)
    (tmp_path / "folder.mp4").mkdir()
    for target in ("folder.mp4", "no/v.mp4", "v.avi"):
        with pytest.raises(RenderError):
            director.render(tmp_path / target)
    assert models.painter.rendered == []


def test_a_backend_with_one_rate_refuses_others(path, tmp_path):
    director, models = chain(path)
    models.painter.native_fps = 15.0
    with pytest.raises(RenderError, match="makes 15 frames a second only; ask for --fps 15"):
        director.render(tmp_path / "v.mp4")
    assert director.render(tmp_path / "v.mp4", fps=15).fps == 15.0


def test_cues_come_from_unmuted_tracks_the_emotion_track_first():
    happy = Segment(start_us=0, end_us=1_000_000, prompt="wave", emotion="happy", emotion_strength=0.5)
    sad = Segment(start_us=0, end_us=2_000_000, emotion="sad", emotion_strength=1.0)
    plain = Segment(start_us=3_000_000, end_us=4_000_000, prompt="bow")
    still = Segment(start_us=4_000_000, end_us=5_000_000, blink=0.0)
    muted = Segment(start_us=0, end_us=1_000_000, emotion="angry", emotion_strength=1.0)
    project = Project(
        portrait="p",
        audio="a",
        tracks=(
            Track(segments=(happy, plain, still)),
            Track(kind="emotion", segments=(sad,)),
            Track(kind="emotion", muted=True, segments=(muted,)),
        ),
    )
    cues = face_cues(project)
    assert [(c.start, c.end, c.emotion, c.emotion_strength, c.blink) for c in cues] == [
        (0, 2, "sad", 1.0, 1.0),
        (0, 1, "happy", 0.5, 1.0),
        (4, 5, "neutral", 0.0, 0.0),
    ]


def test_changed_cue_renders_its_chunks_but_makes_no_motion(path, tmp_path):
    director, models = chain(path)
    director.render(tmp_path / "v.mp4")
    models.painter.rendered.clear()
    calls = len(models.maker.calls)
    director.project = edits.change(director.project, "s", emotion="happy", emotion_strength=1.0)
    director.render(tmp_path / "v.mp4")
    assert models.painter.rendered and len(models.maker.calls) == calls


@pytest.mark.parametrize(
    ("height", "width_in", "height_in", "expected"),
    [
        (720, 1080, 1920, (406, 720)),
        (1280, 720, 1280, (720, 1280)),
        (721, 100, 100, (720, 720)),
        (17, 10, 1000, (2, 16)),
    ],
)
def test_frame_size_keeps_the_aspect_and_is_even(height, width_in, height_in, expected):
    image = np.zeros((height_in, width_in, 3), np.uint8)
    portrait = Portrait.__new__(Portrait)
    object.__setattr__(portrait, "image", image)
    assert frame_size(height, portrait) == expected
