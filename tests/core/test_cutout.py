"""Cut-outs against figures whose outline is known exactly, and the promises about alpha, colours and background."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core import person_mask, pose
from core.cutout import Cutout, cut_out
from core.matting import clean_edge_colours, guided_filter, push_pull
from core.portrait import Portrait
from core.rig import Rig, Stroke

WIDTH, HEIGHT, D = 300, 380, 24.0  # D: eye distance in pixels


def figure_rig() -> Rig:
    """A half body with arms away from the trunk; the right arm is at the left of the picture."""
    x, y = 150.0, 70.0
    body = np.ones((18, 3), np.float32)
    places = {
        pose.RIGHT_EYE: (-0.5, 0), pose.LEFT_EYE: (0.5, 0), pose.NOSE: (0, 0.7), pose.NECK: (0, 2.75),
        pose.RIGHT_EAR: (-1.2, 0.2), pose.LEFT_EAR: (1.2, 0.2), pose.RIGHT_SHOULDER: (-2.6, 3.4),
        pose.LEFT_SHOULDER: (2.6, 3.4), pose.RIGHT_ELBOW: (-4.0, 7.2), pose.LEFT_ELBOW: (4.0, 7.2),
        pose.RIGHT_WRIST: (-4.6, 10.4), pose.LEFT_WRIST: (4.6, 10.4), pose.RIGHT_HIP: (-1.4, 10.4),
        pose.LEFT_HIP: (1.4, 10.4), pose.RIGHT_KNEE: (-1.4, 17), pose.LEFT_KNEE: (1.4, 17),
        pose.RIGHT_ANKLE: (-1.3, 23), pose.LEFT_ANKLE: (1.3, 23),
    }  # fmt: skip
    for index, (dx, dy) in places.items():
        body[index, :2] = x + dx * D, y + dy * D
    tips = np.array([[x + 4.7 * D, y + 12.4 * D, 1], [x - 4.7 * D, y + 12.4 * D, 1]])
    box = np.array([x - 1.25 * D, y - 0.8 * D, 2.5 * D, 2.5 * D])
    rig = Rig(body, tips, box, np.array([x, y + 1.15 * D, 0.4 * D]), "long", "user", (WIDTH, HEIGHT))
    return rig.rescaled(WIDTH, HEIGHT)


@lru_cache
def figure() -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Coverage (H, W) 0..1 and colours (H, W, 3) of the person alone, antialiased from 4 times the size."""
    scale = 4
    cover = np.zeros((HEIGHT * scale, WIDTH * scale), np.uint8)
    colour = np.zeros((HEIGHT * scale, WIDTH * scale, 3), np.uint8)
    rig = figure_rig()
    at = {name: tuple(int(v * scale) for v in rig.body[i, :2]) for i, name in enumerate(pose.BODY_NAMES)}

    def limb(start: tuple[int, ...], end: tuple[int, ...], width: float, value: tuple[int, int, int]) -> None:
        for canvas, paint in ((cover, 255), (colour, value)):
            cv2.line(canvas, start, end, paint, int(width * D * scale))

    skin, shirt, hair = (205, 150, 120), (40, 70, 150), (50, 35, 30)
    trunk = [at["right_shoulder"], at["left_shoulder"], at["left_hip"], at["right_hip"]]
    eyes = (int(150 * scale), int(70 * scale))
    for canvas, paint in ((cover, 255), (colour, hair)):
        centre = (eyes[0], eyes[1] - int(0.1 * D * scale))
        cv2.ellipse(canvas, centre, (int(1.5 * D * scale), int(2.0 * D * scale)), 0, 0, 360, paint, -1)
    limb((eyes[0], eyes[1] + int(D * scale)), at["neck"], 1.5, skin)
    for side in ("right", "left"):
        tip = rig.hand_tips[pose.LEFT_HAND if side == "left" else pose.RIGHT_HAND, :2] * scale
        limb(at[f"{side}_shoulder"], at[f"{side}_elbow"], 1.1, shirt)
        limb(at[f"{side}_elbow"], at[f"{side}_wrist"], 0.9, shirt)
        limb(at[f"{side}_wrist"], (int(tip[0]), int(tip[1])), 0.9, skin)
        limb(at["neck"], at[f"{side}_shoulder"], 1.3, shirt)
    for canvas, paint in ((cover, 255), (colour, shirt)):
        cv2.fillPoly(canvas, [np.array(trunk, np.int32)], paint)
        limb_low = [
            at["right_hip"],
            at["left_hip"],
            (at["left_hip"][0], HEIGHT * scale),
            (at["right_hip"][0], HEIGHT * scale),
        ]
        cv2.fillPoly(canvas, [np.array(limb_low, np.int32)], paint)
    cv2.ellipse(
        colour,
        (eyes[0], eyes[1] + int(0.5 * D * scale)),
        (int(1.1 * D * scale), int(1.3 * D * scale)),
        0,
        0,
        360,
        skin,
        -1,
    )
    size = (WIDTH, HEIGHT)
    small = cv2.resize(cover, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0
    sums = cv2.resize(colour * (cover[..., None] > 0), size, interpolation=cv2.INTER_AREA).astype(np.float32)
    plain = sums / np.maximum(small, 1e-3)[..., None]
    noise = np.random.default_rng(1).normal(0, 3, (HEIGHT, WIDTH, 1))
    return small, np.clip(plain + noise, 0, 255).astype(np.uint8)


def textured(seed: int = 5) -> NDArray[np.uint8]:
    """A busy greenish and yellowish backdrop."""
    noise = np.random.default_rng(seed).normal(0, 1, (HEIGHT, WIDTH, 3)).astype(np.float32)
    blotches = cv2.GaussianBlur(noise, (0, 0), 9)
    blotches *= 22.0 / float(blotches.std())
    return np.clip(np.array([150, 175, 90]) + blotches + 2 * noise, 0, 255).astype(np.uint8)


def portrait(background: NDArray[np.uint8], alpha: NDArray[np.uint8] | None = None) -> Portrait:
    cover, colour = figure()
    mixed = colour * cover[..., None] + background * (1.0 - cover[..., None])
    image = np.rint(mixed).astype(np.uint8)
    return Portrait(Path("figure.png"), image, alpha, figure_rig(), "half", WIDTH, HEIGHT)


@lru_cache
def cut(kind: str) -> Cutout:
    return cut_out(portrait(backdrop(kind)))


@lru_cache
def backdrop(kind: str) -> NDArray[np.uint8]:
    if kind == "busy":
        return textured()
    if kind == "plain":
        return np.full((HEIGHT, WIDTH, 3), (200, 210, 190), np.uint8)
    ramp = np.linspace(0, 60, HEIGHT)[:, None, None] * np.ones((1, WIDTH, 3))
    return (np.array([235, 215, 190]) - ramp).astype(np.uint8)


KINDS = ["busy", "plain", "smooth"]


@pytest.mark.parametrize("kind", KINDS)
def test_outline_is_found(kind: str) -> None:
    truth, found = figure()[0] >= 0.5, cut(kind).alpha >= 128
    overlap = float((truth & found).sum() / (truth | found).sum())
    assert overlap > 0.95
    # The gaps between arm and trunk are open.
    for x in (150 - 2.9 * D, 150 + 2.9 * D):
        assert cut(kind).alpha[int(70 + 8.6 * D), int(x)] < 40


@pytest.mark.parametrize("kind", KINDS)
def test_alpha_is_near_the_true_coverage(kind: str) -> None:
    error = np.abs(cut(kind).alpha / 255.0 - figure()[0])
    assert float(error.mean()) < 0.02
    soft = (cut(kind).alpha > 20) & (cut(kind).alpha < 235)
    assert 0.0 < float(soft.mean()) < 0.08


@pytest.mark.parametrize("kind", KINDS)
def test_foreground_keeps_no_fringe_of_the_old_background(kind: str) -> None:
    """On another background the result is near the figure painted there in truth."""
    result, (cover, colour) = cut(kind), figure()
    magenta = np.array([255.0, 0.0, 255.0])
    alpha = result.alpha[..., None] / 255.0
    got = result.foreground * alpha + magenta * (1 - alpha)
    want = colour * cover[..., None] + magenta * (1 - cover[..., None])
    assert float(np.abs(got - want).mean()) < 3.0
    rim = (result.alpha > 60) & (result.alpha < 250)
    lab = cv2.cvtColor(result.foreground, cv2.COLOR_RGB2LAB).astype(int)[rim]
    old = cv2.cvtColor(backdrop(kind), cv2.COLOR_RGB2LAB).astype(int)[rim]
    assert float((np.abs(lab - old).max(axis=1) < 12).mean()) < 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_background_is_untouched_far_from_the_person_and_filled_behind(kind: str) -> None:
    result, true = cut(kind), backdrop(kind)
    far = cv2.dilate((result.alpha > 8).astype(np.uint8), np.ones((17, 17), np.uint8)) == 0
    np.testing.assert_array_equal(result.background[far], portrait(true).image[far])
    behind = figure()[0] > 0.99
    off = np.abs(result.background.astype(int) - true.astype(int)).mean(axis=2)[behind]
    limit = {"plain": 2.0, "smooth": 8.0, "busy": 30.0}[kind]
    assert float(off.mean()) < limit


def test_same_input_same_bytes() -> None:
    again = cut_out(portrait(backdrop("busy")))
    for name in ("alpha", "foreground", "background"):
        np.testing.assert_array_equal(getattr(again, name), getattr(cut("busy"), name))


def test_file_transparency_is_taken_as_it_is() -> None:
    alpha = np.rint(figure()[0] * 255).astype(np.uint8)
    grey = np.full((HEIGHT, WIDTH, 3), 204, np.uint8)
    result = cut_out(portrait(grey, alpha))
    np.testing.assert_array_equal(result.alpha, alpha)
    assert int(np.abs(result.background.astype(int) - 204).max()) <= 2


def test_keep_and_remove_marks_win() -> None:
    keep = np.zeros((HEIGHT, WIDTH), np.uint8)
    remove = np.zeros((HEIGHT, WIDTH), np.uint8)
    keep[10:40, 10:40] = 255
    remove[int(70 + 11 * D) : int(70 + 12 * D), int(150 + 4.2 * D) : int(150 + 5 * D)] = 255
    remove[10:20, 10:20] = 255  # over a kept place: removing wins
    result = cut_out(portrait(backdrop("busy")), keep, remove)
    assert (result.alpha[25:38, 25:38] == 255).all()
    assert (result.alpha[remove > 0] == 0).all()
    assert result.alpha[70, 150] == 255
    with pytest.raises(ValueError, match="keep mask must have"):
        cut_out(portrait(backdrop("busy")), keep[:5])


@pytest.mark.parametrize("kind", ["busy", "plain"])
def test_strokes_of_the_rig_win_and_the_later_one_counts(kind: str) -> None:
    plain = portrait(backdrop(kind))
    strokes = (
        Stroke("keep", 12.0, np.array([[20.0, 20.0], [60.0, 20.0]])),
        Stroke("remove", 8.0, np.array([[150.0, 190.0], [150.0, 230.0]])),  # on the chest
        Stroke("remove", 4.0, np.array([[40.0, 20.0]])),
        Stroke("keep", 3.0, np.array([[-50.0, 5.0], [-40.0, 5.0]])),  # beside the picture
    )
    result = cut_out(replace(plain, rig=replace(plain.rig, strokes=strokes)))
    assert (result.alpha[12:28, 15:32] == 255).all() and (result.alpha[17:24, 38:43] == 0).all()
    assert (result.alpha[190:230, 146:155] == 0).all() and result.alpha[210, 170] == 255
    rim = result.alpha[4:12, 20:60]
    assert ((rim > 0) & (rim < 255)).any()  # the brush has a soft edge
    elsewhere = np.abs(result.alpha[300:].astype(int) - cut(kind).alpha[300:])
    assert float(elsewhere.mean()) < 1.0


def test_plain_background_needs_to_be_plain() -> None:
    assert person_mask.mask_from_plain_background(portrait(backdrop("plain")).image) is not None
    assert person_mask.mask_from_plain_background(portrait(backdrop("busy")).image) is None
    assert person_mask.mask_from_plain_background(np.full((90, 90, 3), 7, np.uint8)) is None
    assert person_mask.mask_from_alpha(np.full((50, 50), 255, np.uint8)) is None
    assert person_mask.mask_from_alpha(None) is None


def test_clean_mask_keeps_what_the_seeds_touch_and_closes_holes() -> None:
    mask = np.zeros((60, 60), bool)
    mask[10:40, 10:40] = True
    mask[20:24, 20:24] = False
    mask[50:55, 50:55] = True
    seeds = np.zeros_like(mask)
    seeds[12, 12] = True
    cleaned = person_mask.clean_mask(mask, seeds, 50)
    assert cleaned[10:40, 10:40].all() and not cleaned[50:55, 50:55].any()
    open_hole = person_mask.clean_mask(mask, seeds, 50, backdrop=~mask)
    assert not open_hole[20:24, 20:24].any()


def test_push_pull_keeps_the_known_and_continues_it() -> None:
    ramp = np.repeat(np.linspace(40, 200, 101)[None, :, None], 77, axis=0).repeat(3, axis=2).astype(np.uint8)
    known = np.ones((77, 101), bool)
    known[20:60, 30:70] = False
    filled = push_pull(np.where(known[..., None], ramp, 0).astype(np.uint8), known)
    np.testing.assert_array_equal(filled[known], ramp[known])
    hole = filled[~known].astype(int)
    assert hole.min() >= 40 and hole.max() <= 200
    assert float(np.abs(hole - ramp[~known]).mean()) < 12
    flat = push_pull(np.full((33, 9, 3), 77, np.uint8), known[:33, :9])
    assert (flat == 77).all()
    assert (push_pull(ramp, np.zeros_like(known)) == 128).all()


def test_guided_filter_follows_its_guide() -> None:
    guide = np.zeros((40, 60), np.float32)
    guide[:, 30:] = 1.0
    rough = np.zeros((40, 60), np.float32)
    rough[:, 28:] = 1.0  # two pixels off
    smooth = guided_filter(guide, rough, 5, 1e-4)
    assert float(smooth[:, 40:].min()) > 0.95 and float(smooth[:, :20].max()) < 0.05
    assert float(smooth[20, 31] - smooth[20, 28]) > 0.5


def test_clean_edge_colours_replaces_only_the_rim() -> None:
    image = np.full((40, 40, 3), (10, 200, 10), np.uint8)
    image[10:30, 10:30] = (200, 20, 20)
    alpha = np.zeros((40, 40), np.uint8)
    alpha[8:32, 8:32] = 120
    alpha[10:30, 10:30] = 255
    cleaned = clean_edge_colours(image, alpha)
    np.testing.assert_array_equal(cleaned[12:28, 12:28], image[12:28, 12:28])
    assert (np.abs(cleaned[8, 8:32].astype(int) - (200, 20, 20)) < 3).all()
