"""What the draft renderer says a chunk depends on: equal inputs give equal frames, and far edits change no input."""

from dataclasses import replace

import numpy as np
import pytest

from core.audio import load_audio
from core.cache import content_key
from core.cancel import CancelToken
from core.portrait import load_portrait
from core.pose import PoseSequence
from core.rig import Rig
from models.renderers.base import FaceCue, RenderJob
from models.renderers.draft import DraftRenderer
from tests.app.fakes import write_portrait, write_speech

FRAMES = 160  # 8 s at 20 fps


@pytest.fixture(scope="module")
def job(tmp_path_factory) -> RenderJob:
    folder = tmp_path_factory.mktemp("draft")
    path = write_portrait(folder / "p.png", 180, 320)
    portrait = load_portrait(path, Rig.from_json(path.with_suffix(".rig.json").read_text("utf-8")))
    body = np.repeat(portrait.rig.body[None], FRAMES, 0)
    time = np.arange(FRAMES) / 20
    for joint in (4, 7):
        body[:, joint, 1] -= 12 + 12 * np.sin(2 * time)
    hands = np.repeat(body[:, [7, 4]][:, :, None], 21, 2)
    hands[:, :, 9:, 1] -= 4
    poses = PoseSequence(
        body=body,
        face=np.zeros((FRAMES, 68, 3), np.float32),
        hands=hands.astype(np.float32),
        depth=np.zeros((FRAMES, 18), np.float32),
        yaw=np.zeros(FRAMES, np.float32),
        flags=np.zeros(FRAMES, np.uint8),
        fps=20.0,
        width=portrait.width,
        height=portrait.height,
    )
    audio = load_audio(write_speech(folder / "a.wav", 8.0))
    return RenderJob(portrait, poses, audio, 180, 320, 25.0, 0, 200)


def keys(renderer: DraftRenderer, job: RenderJob) -> list[str]:
    return [content_key(renderer.chunk_inputs(job, chunk)) for chunk in renderer.plan(job).chunks]


def changed(job: RenderJob, name: str, first: int, last: int, value: float) -> RenderJob:
    array = getattr(job.poses, name).copy()
    array[first:last] += np.asarray(value, array.dtype)
    return replace(job, poses=replace(job.poses, **{name: array}))


def test_the_same_job_has_the_same_inputs_in_another_renderer(job):
    assert keys(DraftRenderer(), job) == keys(DraftRenderer(), replace(job))


@pytest.mark.parametrize(("first", "last", "touched"), [(90, 100, {2}), (78, 80, {1, 2}), (0, 1, {0}), (159, 160, {3})])
def test_poses_touch_the_chunks_around_them(job, first, last, touched):
    renderer = DraftRenderer()
    before, after = keys(renderer, job), keys(renderer, changed(job, "body", first, last, 2.0))
    assert {n for n in range(4) if before[n] != after[n]} == touched


def test_an_arm_that_goes_behind_and_stays_there_touches_all_later_chunks(job):
    # -0.08 m is inside the hysteresis: it stays as it was before.
    middle = changed(job, "depth", 50, 160, np.where(np.arange(18) == 4, -0.08, 0.0))
    behind = changed(middle, "depth", 45, 50, np.where(np.arange(18) == 4, -0.2, 0.0))
    renderer = DraftRenderer()
    before, after = keys(renderer, middle), keys(renderer, behind)
    assert [n for n in range(4) if before[n] != after[n]] == [1, 2, 3]


def test_cues_and_seed_touch_what_they_change(job):
    renderer = DraftRenderer()
    before = keys(renderer, job)
    happy = keys(renderer, replace(job, cues=(FaceCue(4.5, 5.5, "happy", 1.0),)))
    assert [n for n in range(4) if before[n] != happy[n]] == [2]
    assert keys(renderer, replace(job, seed=1)) != before


def test_equal_inputs_give_equal_frames(job):
    renderer = DraftRenderer()
    other = changed(job, "body", 100, 104, 5.0)
    before, after = keys(renderer, job), keys(renderer, other)
    for number, chunk in enumerate(renderer.plan(job).chunks):
        frames = [np.stack([f.image for f in renderer.render_chunk(j, chunk, CancelToken())]) for j in (job, other)]
        same = before[number] == after[number]
        assert same is (number != 2)
        assert np.array_equal(frames[0], frames[1]) is same
