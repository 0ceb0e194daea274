"""The draft renderer against what can be measured: the still picture, silence, speech, hands, untouched background."""

import itertools
from dataclasses import replace

import cv2
import numpy as np
import pytest

from core.cancel import Cancelled, CancelToken
from core.pose import (
    LEFT_ANKLE,
    LEFT_HIP,
    LEFT_KNEE,
    LEFT_WRIST,
    RIGHT_ANKLE,
    RIGHT_HIP,
    RIGHT_KNEE,
    RIGHT_WRIST,
    PoseFlag,
    PoseSequence,
)
from models.renderers import available_renderers, get_renderer
from models.renderers.base import FaceCue, RenderChunk, RenderedFrame, RenderJob
from models.renderers.draft import DraftRenderer
from models.renderers.draft.compositing import draw_layer, outline
from models.renderers.draft.geometry import segment_distance
from models.renderers.draft.placing import place
from models.renderers.draft.pose_track import PoseTrack
from models.renderers.draft.puppet import rigid_matrix

from . import draft_scenes as scenes


def render(renderer: DraftRenderer, job: RenderJob, start: int, end: int) -> list[RenderedFrame]:
    return list(renderer.render_chunk(job, RenderChunk(0, start, end), CancelToken()))


@pytest.mark.parametrize("name", scenes.NAMES)
def test_own_pose_gives_the_picture(name: str) -> None:
    person = scenes.portrait(name)
    job = scenes.make_job(person, scenes.still_poses(person), scenes.silence(2.0))
    frame = render(scenes.quiet_renderer(), job, 0, 1)[0]
    puppet = scenes.quiet_renderer().puppet(person, *scenes.SIZE)
    error = np.abs(frame.image.astype(np.float64) - puppet.picture).mean(axis=2)
    area = puppet.alpha > 0.02
    assert area.mean() > 0.05
    assert error[area].mean() < 1.5
    box = puppet.transform.to_frame(
        np.array([person.rig.face_box[:2], person.rig.face_box[:2] + person.rig.face_box[2:]])
    )
    (x0, y0), (x1, y1) = np.rint(box).astype(int)
    head = np.zeros_like(area)
    head[max(y0 - (y1 - y0) // 2, 0) : y1, x0:x1] = True
    assert error[area & head].mean() < 2.0
    assert frame.flags == 0


def test_constant_pose_in_silence_stands_still() -> None:
    person = scenes.portrait("half")
    job = scenes.make_job(person, scenes.still_poses(person), scenes.silence(2.0))
    frames = render(scenes.quiet_renderer(), job, 3, 9)
    assert all(np.array_equal(frames[0].image, frame.image) for frame in frames)


def test_breath_moves_the_chest_and_can_be_switched_off() -> None:
    person = scenes.portrait("head")
    job = scenes.make_job(person, scenes.still_poses(person, 80), scenes.silence(4.0))
    breathing = DraftRenderer(breathing=True, blinking=False, nodding=False)
    first, later = render(breathing, job, 0, 1)[0].image, render(breathing, job, 50, 51)[0].image
    assert np.abs(first.astype(int) - later).max() > 10
    quiet = render(scenes.quiet_renderer(), job, 50, 51)[0].image
    assert np.array_equal(quiet, render(scenes.quiet_renderer(), job, 0, 1)[0].image)


def test_chunks_do_not_matter() -> None:
    person = scenes.portrait("half")
    job = scenes.make_job(person, scenes.gesture_poses(person), scenes.babble(3.0), seed=4)
    one, other = DraftRenderer(), DraftRenderer()
    whole = [frame.image for frame in render(one, job, 20, 26)]
    parts = [frame.image for frame in render(other, job, 23, 26)] + [
        frame.image for frame in render(other, job, 20, 23)
    ]
    for a, b in zip(whole, parts[3:] + parts[:3], strict=True):
        assert np.array_equal(a, b)


def test_plan_covers_the_job_at_fixed_places() -> None:
    person = scenes.portrait("head")
    job = scenes.make_job(person, scenes.still_poses(person, 100), scenes.silence(5.0))
    renderer = scenes.quiet_renderer()
    whole = renderer.plan(job).chunks
    assert whole[0].start_frame == 0
    assert whole[-1].end_frame == job.end_frame
    assert all(a.end_frame == b.start_frame for a, b in itertools.pairwise(whole))
    later = RenderJob(person, job.poses, job.audio, job.width, job.height, job.fps, 60, job.end_frame)
    assert set(renderer.plan(later).chunks[1:]) <= set(whole)
    with pytest.raises(ValueError, match="nothing to render"):
        renderer.plan(RenderJob(person, job.poses, job.audio, 360, 640, 25.0, 5, 5))
    with pytest.raises(ValueError, match="cannot be made"):
        renderer.plan(RenderJob(person, job.poses, job.audio, 4, 640, 25.0, 0, 5))


def test_cancel_stops_at_the_next_frame() -> None:
    person = scenes.portrait("head")
    job = scenes.make_job(person, scenes.still_poses(person), scenes.silence(2.0))
    cancel = CancelToken()
    frames = scenes.quiet_renderer().render_chunk(job, RenderChunk(0, 0, 10), cancel)
    next(frames)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(frames)


@pytest.mark.parametrize("name", ["head", "half"])
def test_mouth_follows_the_sound(name: str) -> None:
    """Measured in the frames: change of the mouth box from the closed mouth, against the level in 64 ms windows."""
    person = scenes.portrait(name)
    audio = scenes.babble(4.0, seed=1)
    job = scenes.make_job(person, scenes.still_poses(person, 80), audio)
    renderer = scenes.quiet_renderer()
    frames = [frame.image for frame in render(renderer, job, 0, job.end_frame)]
    x0, y0, x1, y1 = renderer.puppet(person, *scenes.SIZE).face.mouth_box
    closed = renderer.puppet(person, *scenes.SIZE).picture[y0:y1, x0:x1].astype(np.float64)
    change = np.array([np.abs(frame[y0:y1, x0:x1] - closed).mean() for frame in frames])
    centres = np.rint(np.arange(len(frames)) * 16000 / 25.0).astype(int) + 512
    padded = np.pad(audio.samples.astype(np.float64), 512)
    power = np.array([np.mean(padded[c - 512 : c + 512] ** 2) for c in centres])
    level = np.maximum(10.0 * np.log10(power + 1e-10), 10.0 * np.log10(power.max()) - 32.0)
    scores = {lag: np.corrcoef(level[: len(level) - lag or None], change[lag:])[0, 1] for lag in range(5)}
    early = np.corrcoef(level[1:], change[:-1])[0, 1]
    best = max(scores, key=lambda lag: scores[lag])
    assert scores[best] >= 0.7
    assert best <= 2
    assert early < scores[best]
    shifted = np.corrcoef(np.roll(level, len(level) // 2), change)[0, 1]
    assert shifted < 0.5


def test_silence_keeps_the_mouth_shut() -> None:
    person = scenes.portrait("half")
    sound = np.concatenate([scenes.babble(1.0).samples, np.zeros(32000, np.float32)])
    job = scenes.make_job(person, scenes.still_poses(person, 60), scenes.track(sound))
    renderer = scenes.quiet_renderer()
    still = render(renderer, scenes.make_job(person, scenes.still_poses(person), scenes.silence(2.0)), 0, 1)[0].image
    assert np.array_equal(render(renderer, job, 60, 61)[0].image, still)


@pytest.mark.parametrize("name", ["half", "whole"])
def test_hands_lie_where_the_pose_says(name: str) -> None:
    """The hand layers alone, painted: a hand's painted pixels come within 3 px of the pose's wrist."""
    person = scenes.portrait(name)
    poses = scenes.gesture_poses(person)
    renderer = scenes.quiet_renderer()
    puppet = renderer.puppet(person, 720, 1280)
    track = PoseTrack(poses, puppet.transform)
    worst = 0.0
    for frame in range(0, len(poses), 5):
        sample = track.at(frame / poses.fps)
        placement = place(puppet.geometry, sample, track.usual_depth, puppet.size, lift=0.0, nod=0.0)
        for layers in puppet.layers.arms:
            spot = placement.arms[layers.arm.side]
            assert spot is not None
            if placement.flags & PoseFlag.CLAMPED:
                continue
            limb = layers.hand
            matrix = rigid_matrix(limb.start, spot.wrist, spot.hand_turn, spot.hand_scale)
            matrix[:, 2] += matrix[:, :2] @ np.array([limb.left, limb.top], np.float64)
            painted = np.zeros_like(limb.layer)
            painted[limb.layer[..., 3] > 100] = 255
            black = np.zeros((1280, 720, 3), np.uint8)
            draw_layer(black, painted, outline(painted), matrix)
            rows, columns = np.nonzero(black[..., 0] > 100)
            wrist = puppet.transform.to_frame(poses.body[frame, (LEFT_WRIST, RIGHT_WRIST)[layers.arm.side], :2])
            worst = max(worst, float(np.hypot(columns - wrist[0], rows - wrist[1]).min()))
    assert worst <= 3.0


def test_background_beside_the_moving_limbs_is_untouched() -> None:
    person = scenes.portrait("whole")
    poses = scenes.gesture_poses(person)
    job = scenes.make_job(person, poses, scenes.silence(3.0))
    renderer = scenes.quiet_renderer()
    frames = [frame.image for frame in render(renderer, job, 0, job.end_frame)[::6]]
    puppet = renderer.puppet(person, *scenes.SIZE)
    y, x = np.mgrid[0 : scenes.SIZE[1], 0 : scenes.SIZE[0]].astype(np.float32)
    swept = cv2.dilate((puppet.alpha > 0.0).astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    joints = puppet.transform.to_frame(poses.body[..., :2])
    tips = puppet.transform.to_frame(poses.hands[:, :, 12, :2])
    reach = 1.0 * puppet.geometry.unit + 6.0
    for frame in range(0, len(poses), 2):
        for elbow, wrist, side in ((6, LEFT_WRIST, 0), (3, RIGHT_WRIST, 1)):
            swept |= segment_distance(x, y, joints[frame, elbow], joints[frame, wrist])[0] < reach
            swept |= segment_distance(x, y, joints[frame, wrist], tips[frame, side])[0] < reach + puppet.geometry.unit
    assert (~swept).mean() > 0.3
    for image in frames:
        assert np.array_equal(image[~swept], puppet.background[~swept])


@pytest.mark.parametrize("name", ["head", "whole"])
def test_frames_say_what_changed(name: str) -> None:
    """Outside the named part a frame equals the one before, and the part is mostly not everything."""
    person = scenes.portrait(name)
    job = scenes.make_job(person, scenes.gesture_poses(person), scenes.babble(2.0))
    frames = render(DraftRenderer(), job, 4, 20)
    assert frames[0].changed is None
    shares = []
    for before, frame in itertools.pairwise(frames):
        assert frame.changed is not None
        x0, y0, x1, y1 = frame.changed
        same = np.ones(frame.image.shape[:2], bool)
        same[y0:y1, x0:x1] = False
        assert np.array_equal(before.image[same], frame.image[same])
        shares.append(1.0 - same.mean())
    assert np.mean(shares) < 0.85


def test_no_popping_in_a_normal_clip() -> None:
    person = scenes.portrait("half")
    job = scenes.make_job(person, scenes.gesture_poses(person, 80), scenes.silence(4.0))
    frames = [frame.image for frame in render(scenes.quiet_renderer(), job, 0, job.end_frame)]
    steps = [np.abs(a.astype(np.int16) - b).mean() for a, b in itertools.pairwise(frames)]
    assert max(steps) / np.percentile(steps, 95) < 2.0


def test_blinks_change_the_eyes_and_follow_the_wish() -> None:
    person = scenes.portrait("head")
    poses = scenes.still_poses(person, 200)
    renderer = DraftRenderer(breathing=False, blinking=True, nodding=False)
    job = scenes.make_job(person, poses, scenes.silence(10.0), seed=2)
    timing = renderer._timing_of(job)
    shut, open_frame = int(np.argmax(timing.closure)), int(np.argmin(timing.closure))
    assert timing.closure[shut] == pytest.approx(1.0, abs=0.2)
    a, b = (render(renderer, job, frame, frame + 1)[0].image.astype(int) for frame in (shut, open_frame))
    puppet = renderer.puppet(person, *scenes.SIZE)
    eyes, unit = puppet.geometry.joints[14:16], puppet.geometry.unit
    changed = np.abs(a - b).max(axis=2) > 0
    y, x = np.nonzero(changed)
    distance = np.min([np.hypot((x - eye[0]), (y - eye[1])) for eye in eyes], axis=0)
    assert changed.sum() > 20
    assert distance.max() < 0.55 * unit
    brows = np.abs(a - b)[int(eyes[0, 1] - 0.6 * unit) : int(eyes[0, 1] - 0.33 * unit)]
    assert brows.max() == 0
    none = scenes.make_job(person, poses, scenes.silence(10.0), cues=(FaceCue(0.0, 10.0, blink=0.0),), seed=2)
    assert DraftRenderer(breathing=False)._timing_of(none).closure.max() == 0.0


def test_emotion_moves_the_mouth_corners() -> None:
    person = scenes.portrait("head")
    cue = FaceCue(0.0, 4.0, emotion="happy", emotion_strength=1.0)
    job = scenes.make_job(person, scenes.still_poses(person, 60), scenes.silence(3.0), cues=(cue,))
    renderer = DraftRenderer(breathing=False, blinking=False, nodding=False)
    image = render(renderer, job, 30, 31)[0].image.astype(int)
    puppet = renderer.puppet(person, *scenes.SIZE)
    plain = scenes.make_job(person, job.poses, job.audio)
    still = render(scenes.quiet_renderer(), plain, 30, 31)[0].image
    change = np.abs(image - still).max(axis=2)
    mouth, unit = puppet.geometry.mouth, puppet.geometry.unit
    near = change[int(mouth[1] - 0.3 * unit) : int(mouth[1] + 0.3 * unit), int(mouth[0] - mouth[2] - 4) : int(mouth[0])]
    assert near.max() > 15
    assert change[int(puppet.geometry.joints[1, 1]) + 5 :, :].max() == 0


def test_what_cannot_be_shown_is_marked() -> None:
    person = scenes.portrait("head")
    poses = scenes.still_poses(person)
    body = poses.body.copy()
    body[10:, LEFT_WRIST, 2] = 1.0
    body[10:, LEFT_WRIST, :2] -= (0.0, 900.0)
    yaw = np.zeros(len(poses), np.float32)
    yaw[20:] = 2.5
    moved = PoseSequence(body, poses.face, poses.hands, poses.depth, yaw, poses.flags, 20.0, poses.width, poses.height)
    job = scenes.make_job(person, moved, scenes.silence(2.0))
    frames = render(scenes.quiet_renderer(), job, 0, job.end_frame)
    assert frames[0].flags == 0
    assert frames[20].flags & PoseFlag.HIDDEN_LIMB
    assert frames[40].flags & PoseFlag.TURNING
    assert np.abs(frames[40].image.astype(int) - frames[0].image).mean() < 1.0


def test_wrists_stay_in_the_frame() -> None:
    person = scenes.portrait("half")
    poses = scenes.still_poses(person)
    body = poses.body.copy()
    body[:, LEFT_WRIST, 0] += 2000.0
    moved = PoseSequence(
        body, poses.face, poses.hands, poses.depth, poses.yaw, poses.flags, 20.0, poses.width, poses.height
    )
    puppet = scenes.quiet_renderer().puppet(person, *scenes.SIZE)
    track = PoseTrack(moved, puppet.transform)
    placement = place(puppet.geometry, track.at(0.0), track.usual_depth, puppet.size, lift=0.0, nod=0.0)
    spot = placement.arms[0]
    assert spot is not None
    assert spot.wrist[0] < scenes.SIZE[0]
    assert placement.flags & PoseFlag.CLAMPED


def test_renderers_by_name() -> None:
    assert "draft" in available_renderers()
    renderer = get_renderer("draft")
    assert (renderer.name, renderer.native_fps) == ("draft", None)
    with pytest.raises(ValueError, match="choose one of: draft"):
        get_renderer("magic")


@pytest.mark.parametrize("spread", [0.25, 0.5])
def test_legs_are_whole_in_a_wide_stance(spread: float) -> None:
    """Along each thigh, from the hip's height down, there is trouser everywhere and no corner beside it."""
    person = scenes.portrait("whole")
    poses = scenes.still_poses(person)
    body = poses.body.copy()
    unit = float(person.rig.face_box[3])
    for knee, ankle, sign in ((RIGHT_KNEE, RIGHT_ANKLE, -1.0), (LEFT_KNEE, LEFT_ANKLE, 1.0)):
        body[:, knee, 0] += sign * spread * unit
        body[:, ankle, 0] += sign * 1.8 * spread * unit
    renderer = scenes.quiet_renderer()
    frame = render(renderer, scenes.make_job(person, replace(poses, body=body), scenes.silence(2.0)), 0, 1)[0]
    puppet = renderer.puppet(person, *scenes.SIZE)
    apart = np.abs(frame.image.astype(float) - puppet.background).max(axis=2)
    joints = puppet.transform.to_frame(body[0, :, :2].astype(float))
    for hip, knee in ((RIGHT_HIP, RIGHT_KNEE), (LEFT_HIP, LEFT_KNEE)):
        bone = joints[knee] - joints[hip]
        across = np.array([-bone[1], bone[0]]) / np.hypot(*bone)
        half = 0.55 * puppet.geometry.legs[0].thigh_radius
        for share, side in itertools.product(np.linspace(0.1, 0.95, 18), (-1.0, 0.0, 1.0)):
            x, y = np.rint(joints[hip] + share * bone + side * half * (1 - 0.5 * share) * across).astype(int)
            assert apart[y, x] > 25, (hip, round(float(share), 2), side)
