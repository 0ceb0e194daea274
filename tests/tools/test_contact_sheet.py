"""The contact sheet tool: which frames it picks, and that each kind of file gives a sheet that shows them."""

import importlib.util
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.skeleton import PARENTS, UNIFORM_OFFSETS

_PATH = Path(__file__).with_name("contact_sheet.py")
_SPEC = importlib.util.spec_from_file_location("contact_sheet", _PATH)
sheets = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(sheets)


def test_frames_are_spread_evenly_and_never_repeat():
    assert sheets.frame_numbers(100, 20.0, 5, 0.0, None) == [0, 25, 50, 74, 99]
    assert sheets.frame_numbers(100, 20.0, 5, 1.0, 1.1) == [20, 21, 22]
    assert sheets.frame_numbers(3, 20.0, 16, 0.0, 99.0) == [0, 1, 2]


@pytest.fixture
def motion(tmp_path) -> Path:
    """Two seconds of a standing body with a prompt in the second one."""
    joints = np.zeros((40, 22, 3))
    for joint, parent in enumerate(PARENTS):
        if parent >= 0:
            joints[:, joint] = joints[:, parent] + UNIFORM_OFFSETS[joint]
    joints[..., 1] -= joints[..., 1].min()
    path = tmp_path / "m.npz"
    segments = json.dumps([{"start": 1.0, "end": 2.0, "prompt": "wave"}])
    np.savez(path, joints=joints.astype(np.float32), fps=20.0, segments=segments)
    return path


def _colours(path: Path) -> set[tuple[int, ...]]:
    image = cv2.imread(str(path))[..., ::-1]
    return {tuple(int(v) for v in c) for c in np.unique(image.reshape(-1, 3), axis=0)}


def test_motion_shows_left_and_right_in_their_colours(motion, tmp_path):
    out = tmp_path / "sheet.png"
    assert sheets.main([str(motion), "--out", str(out), "--frames", "4", "--columns", "2"]) == 0
    assert {sheets.LEFT_COLOUR, sheets.RIGHT_COLOUR, sheets.SPINE_COLOUR} <= _colours(out)
    with np.load(motion) as data:
        titles = sheets._segment_titles(data, 40, 20.0)
    assert titles == [""] * 20 + ["wave"] * 20


def test_poses_are_drawn_where_they_are_over_their_portrait(tmp_path):
    body = np.zeros((2, 18, 3), np.float32)
    body[:, 1] = (100, 100, 1)
    body[:, 2] = (40, 100, 1)
    np.savez(tmp_path / "q.npz", body=body, face=np.zeros((2, 68, 3)), hands=np.zeros((2, 2, 21, 3)), fps=20.0)
    cv2.imwrite(str(tmp_path / "p.png"), np.full((200, 200, 3), 128, np.uint8))
    out = tmp_path / "sheet.png"
    arguments = [str(tmp_path / "q.npz"), "--portrait", str(tmp_path / "p.png"), "--out", str(out), "--height", "200"]
    assert sheets.main([*arguments, "--frames", "1"]) == 0
    image = cv2.imread(str(out))[..., ::-1]
    assert tuple(image[6 + 22 + 100, 6 + 70]) == sheets.RIGHT_COLOUR


def test_what_cannot_be_read_is_said(tmp_path, capsys):
    np.savez(tmp_path / "x.npz", other=1)
    assert sheets.main([str(tmp_path / "x.npz"), "--out", str(tmp_path / "s.png")]) == 1
    assert "neither joints" in capsys.readouterr().err
