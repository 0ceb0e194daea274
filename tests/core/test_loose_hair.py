"""Thin things beside the face: found before a smooth backdrop, left alone before a busy one."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.cutout import cut_out
from core.loose_hair import thin_parts
from core.portrait import Portrait
from core.rig import Rig

SAMPLES = Path(__file__).parents[2] / "resources" / "sample"


def head(strand: bool = True) -> tuple[NDArray[np.uint8], Rig]:
    """A round head, maybe with a strand of hair beside its cheek, before an even backdrop."""
    image = np.full((300, 300, 3), (190, 200, 205), np.uint8)
    cv2.ellipse(image, (150, 120), (50, 70), 0, 0, 360, (60, 40, 35), -1)
    if strand:
        cv2.line(image, (105, 150), (88, 190), (60, 40, 35), 3, cv2.LINE_AA)
    body = np.zeros((18, 3), np.float32)
    body[[14, 15]] = (135, 120, 1), (165, 120, 1)
    body[[1, 2, 5]] = (150, 210, 1), (80, 230, 1), (220, 230, 1)
    rig = Rig(body, np.zeros((2, 3)), np.array([115, 95, 70, 90]), np.array([150, 155, 12]), image_size=(300, 300))
    return image, rig


def without_strand() -> NDArray[np.uint8]:
    alpha = np.zeros((300, 300), np.uint8)
    cv2.ellipse(alpha, (150, 120), (50, 70), 0, 0, 360, 255, -1)
    return alpha


def test_a_strand_that_touches_the_person_is_found() -> None:
    image, rig = head()
    found = thin_parts(image, without_strand(), rig)
    assert found[175, 94] > 150
    assert (found[:, 180:] == 0).all()
    strand = np.zeros((300, 300), np.uint8)
    cv2.line(strand, (107, 145), (88, 190), 255, 15)
    assert (found[strand == 0] == 0).all()


def test_specks_apart_from_the_person_and_busy_backdrops_are_not() -> None:
    image, rig = head()
    image[150:200, 80:110] = (190, 200, 205)
    cv2.line(image, (70, 150), (66, 190), (60, 40, 35), 3)
    assert (thin_parts(image, without_strand(), rig)[:, :85] == 0).all()
    shelf, _ = head(strand=False)
    cv2.line(shelf, (80, 130), (100, 130), (60, 40, 35), 3)
    assert (thin_parts(shelf, without_strand(), rig) == 0).all()
    noise = np.random.default_rng(0).normal(0, 30, image.shape)
    busy = np.clip(head()[0] + noise, 0, 255).astype(np.uint8)
    assert (thin_parts(busy, without_strand(), rig) == 0).all()


def test_hoop_earrings_of_the_sample_go_with_the_head() -> None:
    rig = Rig.from_json((SAMPLES / "head.rig.json").read_text("utf-8"))
    image = cv2.cvtColor(cv2.imread(str(SAMPLES / "head.png")), cv2.COLOR_BGR2RGB)
    person = Portrait(SAMPLES / "head.png", image, None, replace(rig, image_size=None).rescaled(1024, 1024), "head",
                      1024, 1024)  # fmt: skip
    gold = (image[..., 0].astype(int) - image[..., 2] > 90) & (image[..., 1] > 150)
    gold[640:] = False
    cut = cut_out(person)
    assert gold.sum() > 200
    assert (cut.alpha[gold] > 120).mean() > 0.9
    behind = cut.background[gold].astype(int)
    assert (behind[:, 0] - behind[:, 2] > 90).mean() < 0.02
