"""Encoders that the face adapter hears and knows faces by, behind small interfaces, with loaders of real weights.

Each loads when it is made and runs on the CPU. wav2vec2 is in `models.wav2vec2`, because motion hears it, too; the face
network is an ONNX file of the user (proposal: AuraFace, Apache-2.0) and needs the package onnxruntime; whole-body poses
need rtmlib.
"""

import importlib
import importlib.util
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from core.cancel import CancelToken
from core.draw import FramePoses
from core.pose import LEFT_EYE, NOSE, RIGHT_EYE
from core.rig import Rig
from models.renderers.versa.locate import POSE_FILES

IDENTITY_WIDTH: Final = 512

_ARCFACE_SIZE: Final = 112
_ARCFACE_POINTS: Final = np.array([[38.3, 51.7], [73.5, 51.5], [56.0, 71.7], [56.0, 92.3]], np.float64)
"""Eyes, nose and middle of the mouth in the 112 pixel crop that ArcFace networks are trained on."""


class EncoderError(ValueError):
    """An encoder cannot be used; the sentence says what is missing and what to do."""


class AudioEncoder(Protocol):
    """Speech features.

    Attributes:
        name: what a checkpoint's config calls it.
        width: numbers of a feature.
    """

    name: str
    width: int

    def encode(self, samples: NDArray[np.float32], cancel: CancelToken) -> NDArray[np.float32]:
        """(N, width) features, `models.wav2vec2.FEATURE_RATE` a second, of mono samples at 16 kHz."""
        ...


class IdentityEncoder(Protocol):
    """Face embeddings."""

    def embed(self, image: NDArray[np.uint8], rig: Rig) -> NDArray[np.float32]:
        """(512,) unit vector of the face that the rig names in an RGB picture."""
        ...


class PoseEstimator(Protocol):
    """Whole-body poses of a picture."""

    def estimate(self, image: NDArray[np.uint8]) -> FramePoses:
        """The people of an RGB picture, in shares of it."""
        ...


class OnnxIdentity:
    """An ArcFace-type network in an ONNX file: (1, 3, 112, 112) RGB in -1..1 to (1, 512)."""

    def __init__(self, path: Path) -> None:
        runtime = _package("onnxruntime", "face identity")
        try:
            self._session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own error types have no common base
            raise EncoderError(f"{path} cannot be loaded as a face network: {error}") from None
        self._input = self._session.get_inputs()[0].name

    def embed(self, image: NDArray[np.uint8], rig: Rig) -> NDArray[np.float32]:
        """See `IdentityEncoder`."""
        crop = align_face(image, rig).astype(np.float32) / 127.5 - 1.0
        found = np.asarray(self._session.run(None, {self._input: crop.transpose(2, 0, 1)[None]})[0], np.float32).ravel()
        if found.shape != (IDENTITY_WIDTH,):
            raise EncoderError(f"the face network gives {found.size} numbers, not {IDENTITY_WIDTH}; choose another one")
        return np.asarray(found / max(float(np.linalg.norm(found)), 1e-6))


class RtmlibPose:
    """Whole-body poses by rtmlib from the user's detector and pose model files."""

    def __init__(self, detector: Path, pose: Path) -> None:
        rtmlib = _package("rtmlib", "whole-body poses")
        self._body = rtmlib.Wholebody(
            det=str(detector), det_input_size=(640, 640), pose=str(pose), pose_input_size=(288, 384),
            to_openpose=True, backend="onnxruntime", device="cpu",
        )  # fmt: skip

    def estimate(self, image: NDArray[np.uint8]) -> FramePoses:
        """See `PoseEstimator`."""
        points, scores = self._body(np.ascontiguousarray(image[..., ::-1]))
        return from_openpose(np.asarray(points), np.asarray(scores), image.shape[1], image.shape[0])


def estimate_portrait(folder: Path, image: NDArray[np.uint8]) -> FramePoses | None:
    """The pose of a portrait by DWPose's files in a folder; None where nobody is seen.

    Raises:
        EncoderError: rtmlib is missing or cannot use the files.
    """
    try:
        poses = RtmlibPose(*(folder / name for name in POSE_FILES)).estimate(image)
    except Exception as error:  # whatever rtmlib and onnxruntime raise
        raise EncoderError(f"rtmlib cannot find the portrait's pose with the files in {folder}: {error}") from None
    if not len(poses.body):
        return None
    best = int(poses.body[..., 2].mean(axis=1).argmax())
    return FramePoses(*(part[best : best + 1] for part in (poses.body, poses.face, poses.hands)))


def from_openpose(points: NDArray[Any], scores: NDArray[Any], width: int, height: int) -> FramePoses:
    """Poses from 134 whole-body points in OpenPose order: 18 body, 6 feet, 68 face, 21 left and 21 right hand.

    Args:
        points: (P, 134, 2) pixels.
        scores: (P, 134).
        width: of the picture.
        height: of the picture.
    """
    shares = points.reshape(-1, 134, 2) / np.array([width, height], np.float64)
    whole = np.concatenate([shares, scores.reshape(-1, 134, 1).clip(0.0, 1.0)], axis=2)
    return FramePoses(whole[:, :18], whole[:, 24:92], np.stack([whole[:, 92:113], whole[:, 113:134]], axis=1))


def align_face(image: NDArray[np.uint8], rig: Rig) -> NDArray[np.uint8]:
    """(112, 112, 3) the face turned and scaled to where ArcFace networks expect eyes, nose and mouth."""
    points = [rig.body[RIGHT_EYE, :2], rig.body[LEFT_EYE, :2], rig.body[NOSE, :2], rig.mouth[:2]]
    seen = [True, True, bool(rig.body[NOSE, 2] > 0), True]
    source = np.array([point for point, there in zip(points, seen, strict=True) if there], np.float64)
    matrix = _similarity(source, _ARCFACE_POINTS[np.array(seen)])
    return np.asarray(cv2.warpAffine(image, matrix, (_ARCFACE_SIZE, _ARCFACE_SIZE), flags=cv2.INTER_AREA), np.uint8)


def _similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, 3) turn, scale and shift that bring the source's points nearest to the target's (least squares)."""
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    spread = float((a**2).sum())
    cosine = float((a * b).sum()) / max(spread, 1e-9)
    sine = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / max(spread, 1e-9)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    return np.concatenate([turn, (target.mean(axis=0) - turn @ source.mean(axis=0))[:, None]], axis=1)


def _package(name: str, what: str) -> Any:
    if importlib.util.find_spec(name) is None:
        raise EncoderError(f"{what} needs the package {name}, which is not installed; run `pip install {name}`")
    return importlib.import_module(name)
