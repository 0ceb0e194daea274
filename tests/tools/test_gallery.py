"""The gallery tool: motions drawn where they are, both files whole, titles that say side and distance as seen."""

import importlib.util
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from core.features import encode
from core.skeleton import PARENTS, UNIFORM_OFFSETS
from core.video import probe_video, read_frames
from models.evaluation.nearest import TrainingStretches
from models.evaluation.prompts import Paraphrase
from models.evaluation.reference import Reference
from models.training.captions import captions
from models.training.dataset import ClipInfo, FeatureTable

_PATH = Path(__file__).with_name("gallery.py")
_SPEC = importlib.util.spec_from_file_location("gallery", _PATH)
gallery = importlib.util.module_from_spec(_SPEC)
sys.modules["gallery"] = gallery
_SPEC.loader.exec_module(gallery)


def standing(frames: int, way: float = 0.0) -> np.ndarray:
    """A body that moves `way` metres to its left."""
    joints = np.zeros((frames, 22, 3), np.float32)
    for joint, parent in enumerate(PARENTS):
        if parent >= 0:
            joints[:, joint] = joints[:, parent] + UNIFORM_OFFSETS[joint]
    joints[..., 1] -= joints[..., 1].min()
    joints[..., 0] += np.linspace(0.0, way, frames)[:, None]
    return joints


def middle(picture: np.ndarray) -> float:
    """Mean column of what is drawn in red, blue or dark."""
    drawn = np.abs(picture.astype(int) - np.array(gallery.PAPER)).max(-1) > 60
    return float(np.nonzero(drawn)[1].mean())


def test_the_body_moves_in_front_and_stays_from_the_side():
    strip = gallery.Strip("walk", standing(20, 0.2))
    width = gallery.CELL[0]
    first, last = gallery.views(strip, 0), gallery.views(strip, 19)
    assert middle(last[:, :width]) - middle(first[:, :width]) == pytest.approx(0.2 * gallery.SCALE, abs=1.0)
    assert np.array_equal(first[:, width:], last[:, width:])
    assert np.array_equal(gallery.views(strip, 50), last)


def test_video_and_sheet_hold_every_motion(tmp_path):
    strips = [
        gallery.Strip("long", standing(30)),
        gallery.Strip("short", standing(4)),
        gallery.Strip("no capture", np.zeros((0, 22, 3), np.float32)),
    ]
    gallery.write(strips, tmp_path / "both")
    info = probe_video(tmp_path / "both.mp4")
    assert (info.frames, round(float(info.fps))) == (30, 20)
    frame = next(iter(read_frames(tmp_path / "both.mp4")))
    assert frame.shape[1] == 3 * 2 * gallery.CELL[0]
    sheet = cv2.imread(str(tmp_path / "both.png"))
    rows = np.array_split(sheet, 3)
    inked = [float((np.abs(row.astype(int) - row[30, 2]).max(-1) > 100).mean()) for row in rows]
    assert inked[0] == pytest.approx(inked[1], rel=0.1) and inked[2] < 0.2 * inked[0]


@pytest.mark.parametrize(
    ("content", "captured", "mirrored"),
    [
        ("wave-left-hand", "wave-left-hand, calm", "wave-right-hand, calm (mirrored capture)"),
        ("wave-both-hands", "wave-both-hands, calm", "wave-both-hands, calm (mirrored capture)"),
        ("kick", "kick, calm, right side", "kick, calm, left side (mirrored capture)"),
        ("StopLeftRt01", "StopLeftRt01, calm", "StopRightLf01, calm (mirrored capture)"),
        ("LHandOnHip_RArm_SweepRight", "LHandOnHip_RArm_SweepRight, calm",
         "RHandOnHip_LArm_SweepLeft, calm (mirrored capture)"),
        ("dance-short", "dance-short, calm", "dance-short, calm (mirrored capture)"),
        ("pointleft2", "pointleft2, calm", "pointright2, calm (mirrored capture)"),
    ],
)  # fmt: skip
def test_a_mirrored_capture_is_called_by_the_side_that_is_seen(content, captured, mirrored):
    assert gallery.seen(content, "calm", False) == captured
    assert gallery.seen(content, "calm", True) == mirrored


def swaying(frames: int, seed: int) -> np.ndarray:
    arms = np.random.default_rng(seed).normal(size=(frames, 2, 3)).cumsum(0) * 0.005
    joints = standing(frames)
    joints[:, 20:22] += arms.astype(np.float32)
    return joints


class Encoder:
    """Knows every word."""

    def is_word(self, word: str) -> bool:
        return True

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.zeros((len(texts), 4), np.float32)


@pytest.fixture
def captures(monkeypatch):
    """One mirrored clip, which is both the training clip and the held-out one."""
    features = encode(swaying(100, 0), "corrected")
    clip = ClipInfo("M:wave", "bandai_namco", "a", "wave-left-hand", "calm", 0, len(features), True, False)
    made = gallery.Captures.__new__(gallery.Captures)
    made.table = FeatureTable(features.astype(np.float16), (clip,))
    made.training, made._by_name = (clip,), {clip.name: clip}
    made.stretches = TrainingStretches([features])
    label = ("wave-left-hand", "calm", True)
    made.reference = Reference((clip.name,), (label,), np.array([60]), np.zeros((1, 4), np.float32))
    made.evaluator = SimpleNamespace(embed_texts=lambda texts: np.zeros((len(texts), 4), np.float32))
    made._encoder = Encoder()
    known = {"wave with the right hand": SimpleNamespace(wording=captions(*label)[0], plain="")}
    monkeypatch.setattr(gallery, "in_plain_words", lambda text, is_word: text)
    monkeypatch.setattr(gallery, "read_prompt", lambda plain, vector: known.get(plain))
    return made


def test_strips_say_the_side_and_what_a_distance_measures(captures):
    motion = swaying(90, 1)
    strip, said = captures.nearest(motion)
    found = captures.stretches.nearest(encode(motion, "corrected"))
    mean = 1000 * np.mean([stretch.distance for stretch in found])
    distances = re.fullmatch(r"(\d+) mm away at the liveliest 1\.6 s \((\d+) mm on the mean of all\)", said)
    assert distances and float(distances[2]) == pytest.approx(mean, abs=0.5)
    assert int(distances[1]) in [round(1000 * stretch.distance) for stretch in found]
    assert strip.title == f"training, {said}: wave-right-hand, calm (mirrored capture)"
    strip, said = captures.nearest_throughout(motion)
    assert said == f"{mean:.0f} mm away on the mean of all" and strip.title == f"nearest training stretches, {said}"


def test_the_real_strip_says_the_side_or_that_there_is_none(captures):
    assert captures.real("wave with the right hand").title == "real: wave-right-hand, calm (mirrored capture)"
    none = captures.real("juggle")
    assert none.title == "real: none, no held-out capture shows this" and not len(none.joints)


def test_the_console_says_what_a_distance_measures(captures, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(gallery, "write", lambda strips, stem: None)
    maker = SimpleNamespace(speech=[np.zeros(200)], make=lambda wish: swaying(200, 2))
    gallery.show_prompts(captures, maker, [Paraphrase("wave with the right hand", "")], 0, tmp_path)
    gallery.show_speech(captures, maker, 1, 0, tmp_path)
    first, second = capsys.readouterr().out.splitlines()
    assert re.search(
        r"nearest training stretch \d+ mm away at the liveliest 1\.6 s \(\d+ mm on the mean of all\)", first
    )
    assert re.search(r"recording 0: nearest training stretches \d+ mm away on the mean of all", second)


def test_long_titles_are_broken_so_that_nothing_is_cut_off(tmp_path):
    width = 2 * gallery.CELL[0]
    title = "training, 116 mm away at the liveliest 1.6 s (80 mm on the mean of all): kick, calm, left side"
    lines = gallery.wrapped(title, width)
    assert len(lines) > 1 and " ".join(lines) == title
    assert all(cv2.getTextSize(line, cv2.FONT_HERSHEY_SIMPLEX, 0.45, 1)[0][0] <= width - 8 for line in lines)
    strips = [gallery.Strip(title, standing(4)), gallery.Strip("short", standing(4))]
    (frame, *_) = gallery.frames_of(strips)
    assert frame.shape == (gallery.CELL[1] + 22 * len(lines), 2 * width, 3)
    assert len(gallery.wrapped(title, 2000)) == 1
