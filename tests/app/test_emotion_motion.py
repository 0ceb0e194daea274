"""An emotion of the sample's project: what it changes of the motion of the bundled weights, and what it leaves."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import resources
from app.director import Director
from core import edits, physics
from core.body_clearance import clearance
from core.project_file import load_project
from core.skeleton import LEFT_WRIST
from core.timeline import Segment, Track

SAMPLE = Path(resources.__path__[0]) / "sample"
START, END = 4_000_000, 8_000_000


@pytest.fixture(scope="module")
def talk(tmp_path_factory):
    """The sample with an emotion segment of no strength, its motion made."""
    folder = tmp_path_factory.mktemp("talk")
    for name in ("half.png", "half.rig.json", "speech_low.flac", "half.versa"):
        shutil.copy(SAMPLE / name, folder / name)
    project = load_project(folder / "half.versa")
    face = Segment(id="face", start_us=START, end_us=END, emotion="neutral")
    project = project.model_copy(
        update={"tracks": (*project.tracks, Track(id="faces", kind="emotion", segments=(face,)))}
    )
    director = Director(project, folder / "half.versa")
    return director, director.motion()


def with_emotion(talk, emotion: str, strength: float = 1.0):
    """The motion of the project with an emotion instead."""
    director, _ = talk
    project = edits.change(director.project, "face", emotion=emotion, emotion_strength=strength)
    other = director.twin(project)
    clip = other.motion()
    assert other.project.motion == director.project.motion, "nothing is generated anew"
    return clip


def inside(clip, reach: float = 0.0):
    time = np.arange(len(clip)) / 20
    return (time >= START / 1e6 - reach) & (time < END / 1e6 + reach)


def test_wrists_are_quicker_and_wider_with_arousal_and_slower_with_sadness(talk):
    _, plain = talk
    frames = inside(plain)

    def measured(clip) -> tuple[float, float]:
        speed = physics.wrist_speeds(clip.joints)[frames].mean()
        seen = physics.in_body_frame(clip.joints)[frames]
        return float(speed), float(np.sqrt((seen[:, 20:22] - seen[:, 16:18]).var(axis=0).sum()))

    speed, size = measured(plain)
    for emotion in ("happy", "angry", "surprised"):
        faster, larger = (
            now / before for now, before in zip(measured(with_emotion(talk, emotion)), (speed, size), strict=True)
        )
        assert faster > 1.1 and larger > 1.02, (emotion, faster, larger)
    slower, smaller = (
        now / before for now, before in zip(measured(with_emotion(talk, "sad")), (speed, size), strict=True)
    )
    assert slower < 0.92 and smaller < 0.98, (slower, smaller)


@pytest.mark.parametrize("emotion", ["angry", "sad"])
def test_all_that_is_farther_than_a_second_stays_bit_for_bit(talk, emotion):
    _, plain = talk
    clip = with_emotion(talk, emotion)
    far = ~inside(plain, 1.0)
    np.testing.assert_array_equal(clip.joints[far], plain.joints[far])
    np.testing.assert_array_equal(clip.features[far], plain.features[far])
    assert np.abs(clip.joints - plain.joints)[inside(plain), LEFT_WRIST].max() > 0.02
    back = with_emotion(talk, "neutral", 0.0)
    np.testing.assert_array_equal(back.joints, plain.joints)


@pytest.mark.parametrize("emotion", ["angry", "sad"])
def test_feet_stand_and_hands_stay_out_of_the_body(talk, emotion):
    _, plain = talk
    clip = with_emotion(talk, emotion)
    assert physics.foot_skate(clip.joints) <= physics.foot_skate(plain.joints) + 0.1
    legs = [1, 2, 4, 5, 7, 8, 10, 11]
    np.testing.assert_allclose(clip.joints[:, legs], plain.joints[:, legs], atol=1e-4)
    assert (clearance(clip.joints) >= np.minimum(clearance(plain.joints), 0.0) - 0.005).all()
    assert physics.bone_length_variation(clip.joints) < 1e-4
