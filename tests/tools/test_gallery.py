"""The gallery tool: each motion is drawn where it is, shorter ones stand still, and both files hold every motion."""

import importlib.util
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.skeleton import PARENTS, UNIFORM_OFFSETS
from core.video import probe_video, read_frames

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
