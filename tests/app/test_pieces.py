"""Finished chunks as views see them, the quality in their key, what a file says of itself, and the pose video."""

from dataclasses import replace

import numpy as np
import pytest

from app.director import Director
from app.pose_video import write_pose_video
from core import edits
from core.draw import FramePoses, HeadMask, draw_composite
from core.pose_time import pose_at
from core.project_file import load_project
from core.video import SYNTHETIC_NOTICE, VideoError, probe_video, read_frames
from tests.app.fakes import FakeModels, write_short_project


@pytest.fixture
def path(tmp_path):
    return write_short_project(tmp_path)


def chain(path, project=None) -> tuple[Director, FakeModels]:
    models = FakeModels()
    return Director(project or load_project(path), path, models=models), models


def test_pieces_are_those_that_are_finished_for_a_snapshot(path, tmp_path):
    director, models = chain(path)
    assert director.pieces() == ()  # no motion yet, and asking makes none
    assert models.maker.calls == []
    made = []
    report = director.render(None, start=4.5, end=5.0, on_chunk=made.append)
    assert (report.out, report.chunks_rendered, [p.first_frame for p in made]) == (None, 1, [100])
    assert director.pieces() == report.pieces == tuple(made)
    assert (made[0].start_us, made[0].end_us, made[0].frames) == (4_000_000, 6_000_000, 50)
    assert probe_video(made[0].path).frames == 50
    before = director.project
    director.render(tmp_path / "v.mp4")
    assert len(director.pieces()) == 4
    director.regenerate("s")
    director.poses()
    assert [p.first_frame for p in director.pieces()] == [0, 50, 150]
    assert len(director.twin(before).pieces()) == 4  # the old snapshot still has all of its own
    assert director.pieces(height=80) == ()


def test_a_face_wish_hides_the_pieces_that_do_not_show_it(path, tmp_path):
    director, _ = chain(path)
    director.render(tmp_path / "v.mp4")
    director.project = edits.change(director.project, "s", emotion="happy", emotion_strength=1.0)
    assert director.pieces() == ()  # the small renderer takes all wishes into account everywhere


def test_quality_is_part_of_what_a_chunk_is(path, tmp_path):
    director, models = chain(path)
    director.render(tmp_path / "v.mp4")
    models.painter.rendered.clear()
    director.render(tmp_path / "w.mp4", crf=30)
    assert len(models.painter.rendered) == 4
    assert len(director.pieces(crf=30)) == len(director.pieces()) == 4


def test_a_video_says_that_it_is_synthetic_and_what_made_it(path, tmp_path):
    director, _ = chain(path)
    director.render(tmp_path / "v.mp4")
    tags = probe_video(tmp_path / "v.mp4").metadata
    assert tags["comment"] == SYNTHETIC_NOTICE
    assert tags["description"].startswith("Made with Versa Director")
    assert tags["description"].endswith("renderer fake 1; motion weights fake-1")


def test_the_pose_video_shows_each_pose_at_its_time(path, tmp_path):
    director, _ = chain(path)
    portrait, poses = director.portrait(), director.poses()
    body = np.repeat(portrait.rig.body[None], len(poses), axis=0).copy()
    body[:, :, 0] += np.linspace(-20, 20, len(poses), dtype=np.float32)[:, None]
    poses = replace(poses, body=body)
    write_pose_video(
        tmp_path / "q.mp4", poses, portrait, director.project.audio, height=128, fps=25, start=2.0, end=3.0, canvas=128
    )
    info = probe_video(tmp_path / "q.mp4")
    assert (info.frames, info.width, info.height) == (25, 76, 128)
    assert info.metadata["comment"] == SYNTHETIC_NOTICE
    mask = HeadMask.for_rig(portrait.rig, portrait.width, portrait.height)
    for number, frame in enumerate(read_frames(tmp_path / "q.mp4")):
        wanted = draw_composite(pose_at(poses, 2.0 + number / 25), mask, 128, 76, 128)
        assert np.abs(frame.astype(int) - wanted).mean() < 12
    assert not list(tmp_path.glob(".q*"))


def test_poses_between_frames_are_in_proportion_and_stand_still_beyond_the_ends(path):
    poses = chain(path)[0].poses()
    first, second = FramePoses.from_sequence(poses, 10), FramePoses.from_sequence(poses, 11)
    np.testing.assert_allclose(pose_at(poses, 0.525).body, (first.body + second.body) / 2)
    np.testing.assert_array_equal(pose_at(poses, -1).body, FramePoses.from_sequence(poses, 0).body)
    np.testing.assert_array_equal(pose_at(poses, 99).body, FramePoses.from_sequence(poses, len(poses) - 1).body)


def test_an_empty_stretch_of_poses_is_refused(path, tmp_path):
    director, _ = chain(path)
    with pytest.raises(VideoError, match=r"the motion runs from 0 to 7\.05 s"):
        write_pose_video(tmp_path / "q.mp4", director.poses(), director.portrait(), None, height=64, fps=25, start=8.0)
