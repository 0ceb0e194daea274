"""The portrait's pose by an estimator: whose it is, that it is asked once, and what happens where it cannot be used."""

import importlib.util
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.cache import Cache
from models.renderers.versa import encoders, found_pose, renderer
from models.renderers.versa.found_pose import FoundPose
from models.renderers.versa.locate import POSE_FILES
from models.renderers.versa.portrait_frame import PortraitFrame
from models.renderers.versa.renderer import VersaRenderer
from tests.models.renderers import draft_scenes as scenes


class Two:
    """Finds two people; the second is seen better."""

    asked: list[int]

    def __init__(self, *files: Path) -> None:
        assert tuple(file.name for file in files) == POSE_FILES

    def estimate(self, picture: np.ndarray) -> object:
        self.asked.append(int(picture.sum()))
        points = np.tile(np.linspace(0.2, 0.8, 134)[:, None], (2, 1, 2))
        return encoders.from_openpose(points, np.array([[0.4], [0.9]]) * np.ones((1, 134)), 1, 1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Files as DWPose's, and an estimator that counts."""
    for name in POSE_FILES:
        (tmp_path / name).write_bytes(b"no network")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(encoders, "RtmlibPose", Two)
    Two.asked = []
    found_pose._known.clear()
    yield tmp_path
    found_pose._known.clear()


def test_the_person_who_is_seen_best_comes_before_the_rig(folder: Path) -> None:
    portrait = scenes.portrait("half")
    found = found_pose.found_pose(folder, portrait.image, None).pose
    assert found is not None and found.body.shape == (1, 18, 3) and found.body[0, 0, 2] == 0.9
    there = PortraitFrame(portrait, 192, 320, "full", found)
    np.testing.assert_allclose(there.own_pose.body, there.in_frame(found).body)


def test_a_picture_is_looked_at_once(folder: Path, tmp_path: Path) -> None:
    image = scenes.portrait("half").image
    store = Cache(tmp_path / "store")
    first = found_pose.found_pose(folder, image, store)
    assert found_pose.found_pose(folder, image.copy(), None) is first
    found_pose._known.clear()  # another process
    again = found_pose.found_pose(folder, image, store)
    assert again.pose is not None and first.pose is not None
    assert all(np.array_equal(getattr(again.pose, name), getattr(first.pose, name)) for name in vars(first.pose))
    assert len(Two.asked) == 1
    found_pose.found_pose(folder, image[::-1].copy(), store)
    assert len(Two.asked) == 2
    os.utime(folder / POSE_FILES[1], ns=(0, 0))  # other files
    found_pose.found_pose(folder, image, store)
    assert len(Two.asked) == 3


def test_renderers_of_one_portrait_share_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question which chunks are finished makes a renderer of its own."""
    monkeypatch.setattr(renderer, "optional_folder", lambda name: folder)
    portrait = scenes.portrait("half")
    job = scenes.make_job(portrait, scenes.still_poses(portrait, 20), scenes.silence(1.0), size=(64, 64), fps=20.0)
    for _ in range(3):
        made = VersaRenderer({"size": 64, "device": "cpu"})
        chunk = made.plan(job).chunks[0]
        assert "portrait_pose" in made.chunk_inputs(replace(job), chunk)
    assert len(Two.asked) == 1


def test_nobody_is_remembered_too(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(files: Path, image: object) -> None:
        Two.asked.append(0)

    monkeypatch.setattr(encoders, "estimate_portrait", nobody)
    image, store = scenes.portrait("half").image, Cache(tmp_path / "store")
    for _ in range(2):
        assert found_pose.found_pose(folder, image, store) == FoundPose(None)
        found_pose._known.clear()
    assert Two.asked == [0]


def test_without_files_or_package_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = scenes.portrait("half").image
    assert found_pose.found_pose(tmp_path, image, None) == FoundPose(None)
    for name in POSE_FILES:
        (tmp_path / name).write_bytes(b"no network")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert found_pose.found_pose(tmp_path, image, None) == FoundPose(None)


def test_what_cannot_be_used_is_told_and_tried_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*files: Path) -> None:
        Two.asked.append(0)
        raise RuntimeError("no ONNX")

    monkeypatch.setattr(encoders, "RtmlibPose", broken)
    image = scenes.portrait("half").image
    for _ in range(2):
        found = found_pose.found_pose(folder, image, None)
        assert found.pose is None and "cannot find the portrait's pose" in found.problem and "no ONNX" in found.problem
    assert Two.asked == [0]
