"""The bundled sample: what the drawn people must offer to the program, and that projects and media fit together."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile

from core.pose import LEFT_EYE, RIGHT_EYE
from core.project_file import load_project, media_report
from core.rig import Rig
from resources import SAMPLE

NAMES = ("head", "half", "whole")


def _grey(name: str) -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(SAMPLE / f"{name}.png")), cv2.COLOR_BGR2GRAY)


def _rig(name: str) -> Rig:
    return Rig.from_json((SAMPLE / f"{name}.rig.json").read_text(encoding="utf-8"))


def _find(cascade: str, image: np.ndarray) -> list[tuple[int, int, int, int]]:
    detector = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / cascade))
    return [tuple(int(v) for v in box) for box in detector.detectMultiScale(image, 1.1, 4)]


@pytest.mark.parametrize("name", NAMES)
def test_face_detector_finds_the_one_face_and_both_eyes_where_the_rig_says(name):
    image, rig = _grey(name), _rig(name)
    faces = _find("haarcascade_frontalface_alt2.xml", image)
    assert len(faces) == 1
    x, y, w, h = faces[0]
    eyes = _find("haarcascade_eye_tree_eyeglasses.xml", image[y : y + h, x : x + w])
    centres = np.array([(x + ex + ew / 2, y + ey + eh / 2) for ex, ey, ew, eh in eyes])
    for eye in (RIGHT_EYE, LEFT_EYE):
        distance = np.hypot(*(centres - rig.body[eye, :2]).T).min()
        assert distance < 0.15 * rig.eye_distance


@pytest.mark.parametrize("name", NAMES)
def test_rig_lies_in_the_picture_and_shows_what_the_name_says(name):
    rig, (height, width) = _rig(name), _grey(name).shape
    assert rig.image_size == (width, height)
    assert rig.scale() == name
    for x, y, confidence in np.concatenate([rig.body, rig.hand_tips]):
        assert confidence in (0.0, 1.0)
        assert confidence == 0.0 or (0 <= x < width and 0 <= y < height)


@pytest.mark.parametrize("name", NAMES)
def test_project_has_its_media_beside_it_and_five_prompts_within_the_speech(name):
    path = SAMPLE / f"{name}.versa"
    project = load_project(path)
    report = media_report(project, path)
    assert {media.role for media in report} == {"portrait", "audio", "rig_file"}
    assert not any(media.missing or media.outside for media in report)
    info = soundfile.info(project.audio)
    assert 15 <= info.frames / info.samplerate <= 20
    assert info.samplerate == 22_050 and info.channels == 1
    assert len(project.prompt_segments()) == 5
    assert project.prompt_segments()[-1].end_us <= info.frames * 1e6 / info.samplerate


def test_mouth_of_the_rig_lies_on_the_lips():
    for name in NAMES:
        image = cv2.cvtColor(cv2.imread(str(SAMPLE / f"{name}.png")), cv2.COLOR_BGR2YCrCb)
        x, y, half = _rig(name).mouth
        unit = _rig(name).eye_distance
        lips = image[int(y - 0.05 * unit) : int(y + 0.1 * unit), int(x - half / 2) : int(x + half / 2), 1].mean()
        cheek = image[int(y - 0.6 * unit) : int(y - 0.5 * unit), int(x - half) : int(x - half / 2), 1].mean()
        assert lips > cheek + 3
