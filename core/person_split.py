"""Telling the person of a photograph or drawing from the background: GrabCut led by a rig, twice.

After the first pass the picture itself corrects the seeds: what looks like the smooth backdrop, what has colours that
the person has nowhere, and what sticks out of a straight sleeve is background. Soft edges are made in `core.cutout`.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core.hidden_forearm import hidden_forearms
from core.matting import push_pull
from core.person_mask import BACKGROUND, PERSON, clean_mask, grab_cut
from core.person_zones import Mask, PersonZones, Points
from core.rig import Rig

CUT_SIDE: Final = 512
"""Longest side at which GrabCut runs; the edge is refined at full size afterwards."""

_BINS: Final = 16


def split_person(image: NDArray[np.uint8], rig: Rig, kept: Mask, removed: Mask) -> tuple[Mask, Mask]:
    """Hard person mask at full size and what of it is forearm behind a hand: (H, W) bool each.

    Args:
        image: (H, W, 3) uint8 RGB.
        rig: in pixels of the image.
        kept: (H, W) bool, the person's whatever the colours say.
        removed: (H, W) bool, not the person's.
    """
    height, width = image.shape[:2]
    factor = min(1.0, CUT_SIDE / max(height, width))
    size = (max(round(width * factor), 8), max(round(height * factor), 8))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    lab = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.float32)
    zones = PersonZones(rig, factor, (size[1], size[0]))
    labels, allowed = zones.labels, zones.allowed
    for mark, label in ((kept, PERSON), (removed, BACKGROUND)):
        if mark.any():
            shrunk = cv2.resize(mark.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) >= 128
            labels[shrunk] = label
            allowed[shrunk] = label == PERSON
    found = _cut_in_two(small, labels, zones, 4) & allowed
    backdrop = _like_backdrop(small, lab, found, zones.d)
    wrong = backdrop | _foreign(lab, found, zones) | _beyond_sleeves(lab, found, zones)
    labels[wrong & (labels != PERSON)] = BACKGROUND
    found = _cut_in_two(small, labels, zones, 2) & allowed
    found = clean_mask(found, labels == PERSON, (0.5 * zones.d) ** 2, backdrop)
    # Seeds of the background count only where the user painted them: the arm was searched too near to its bones.
    hidden = hidden_forearms(lab, found, rig, factor) & allowed
    found |= hidden
    found = np.asarray(cv2.medianBlur(found.astype(np.uint8) * 255, 5) >= 128)
    large, behind = (
        np.asarray(cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR) >= 0.5)
        for mask in (found, hidden)
    )
    return large, behind


def _cut_in_two(image: NDArray[np.uint8], labels: NDArray[np.uint8], zones: PersonZones, iterations: int) -> Mask:
    """GrabCut for the head and for the body apart: dark hair must not vouch for dark things beside the body."""
    height = labels.shape[0]
    line = int(np.clip(round(zones.throat), 0, height))
    overlap = max(2, round(1.2 * zones.d))
    found = np.zeros(labels.shape, bool)
    for first, last, begin, end in ((0, line, 0, line + overlap), (line, height, line - overlap, height)):
        begin, end = max(begin, 0), min(end, height)
        if last > first:
            part = grab_cut(image[begin:end], labels[begin:end], iterations)
            found[first:last] = part[first - begin : last - begin]
    return found


def _like_backdrop(image: NDArray[np.uint8], lab: NDArray[np.float32], found: Mask, d: float) -> Mask:
    """Pixels that look just like the smooth backdrop around them (gaps between arm and body, inside an earring)."""
    closed = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_CLOSE, disc(max(1, round(0.3 * d))))
    filled = np.maximum(closed, found.astype(np.uint8))
    outside = ~(cv2.dilate(filled, disc(max(2, round(0.25 * d)))) > 0)
    backdrop = cv2.cvtColor(push_pull(image, outside), cv2.COLOR_RGB2LAB).astype(np.float32)
    far = ~(cv2.dilate(filled, disc(max(3, round(1.0 * d)))) > 0)
    guess = cv2.cvtColor(push_pull(image, far), cv2.COLOR_RGB2LAB).astype(np.float32)
    # How well the backdrop can be guessed at all is seen on the ring of backdrop around the person.
    ring = (outside & ~far).astype(np.float32)
    error = np.abs(lab - guess).max(axis=2) * ring
    window = (2 * max(2, round(2.5 * d)) + 1,) * 2
    share = cv2.blur(ring, window)
    typical = np.where(share > 0.01, cv2.blur(error, window) / np.maximum(share, 1e-3), 99.0)
    alike = (np.abs(lab - backdrop).max(axis=2) < 3.0 + 0.8 * typical) & (typical < 5.0)
    return np.asarray(cv2.morphologyEx(alike.astype(np.uint8), cv2.MORPH_OPEN, disc(max(1, round(0.06 * d)))), bool)


def _foreign(lab: NDArray[np.float32], found: Mask, zones: PersonZones) -> Mask:
    """Pixels at the rim whose colour is rare in the core of the body and more frequent off it; skin never is."""
    below = np.arange(found.shape[0])[:, None] > zones.throat + 0.3 * zones.d
    body = found & below & zones.core
    if not body.any():
        return np.zeros(found.shape, bool)
    cells = np.clip((lab / (256 / _BINS)).astype(int), 0, _BINS - 1)
    index = (cells[..., 0] * _BINS + cells[..., 1]) * _BINS + cells[..., 2]

    def frequency(region: Mask) -> NDArray[np.float64]:
        counts = np.bincount(index[region], minlength=_BINS**3).reshape((_BINS,) * 3).astype(np.float64)
        for axis in range(3):
            moved = [np.roll(counts, step, axis) for step in (-1, 1)]
            counts = 0.5 * counts + 0.25 * (moved[0] + moved[1])
        return np.asarray(counts.ravel() / max(counts.sum(), 1.0))

    person, rest = frequency(body), frequency(~found & below)
    foreign = ((person < 0.0003) | ((person < 0.002) & (rest > person)))[index]
    spots = zones.face_spots()
    if spots:
        face = np.median([lab[y, x] for x, y in spots], axis=0)
        foreign &= np.hypot(lab[..., 1] - face[1], lab[..., 2] - face[2]) > 22.0
    # A forearm in another light than the face may have any colour.
    return np.asarray(foreign & found & below & ~zones.core & ~zones.forearms(0.85))


def _beyond_sleeves(lab: NDArray[np.float32], found: Mask, zones: PersonZones) -> Mask:
    """What sticks out of a hanging upper arm's straight outer edge, such as a dark thing beside a dark sleeve."""
    u = zones.u
    height, width = found.shape
    result = np.zeros(found.shape, bool)
    for side, (shoulder, elbow, _, _) in zip((-1, 1), zones.arms, strict=True):
        along = elbow - shoulder
        length = float(np.linalg.norm(along))
        if length < 1.5 * u or along[1] < 0.8 * length:
            continue
        along = along / length
        outward = np.array([along[1], -along[0]]) * side
        steps = np.linspace(0.15, 1.05, 16)
        starts = shoulder + steps[:, None] * length * along
        reach = np.linspace(0.0, 3.5 * u, 60)
        x, y = np.rint(starts[:, None] + reach[:, None] * outward).astype(int).transpose(2, 0, 1)
        valid = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        inside = found[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)] & valid
        edge = np.where(inside.all(axis=1), reach[-1], reach[np.argmin(inside, axis=1)])
        seen = edge > 0.2 * u
        line = _straight_edge(steps[seen], edge[seen] / u)
        if line is None:
            continue
        limit = (line[0] + line[1] * steps + 0.14) * u
        if not (edge > limit + 0.3 * u).any():
            continue
        outer = np.concatenate([starts + limit[:, None] * outward, (starts + 3.5 * u * outward)[::-1]])
        region = np.zeros(found.shape, np.uint8)
        cv2.fillPoly(region, [np.rint(outer).astype(np.int32)], 1)
        # Only what has the sleeve's colour could have been mistaken for it; a thumb before the arm is another matter.
        sleeve = np.median(lab[y[:, :6], x[:, :6]][inside[:, :6]], axis=0) if inside[:, :6].any() else lab[0, 0]
        result |= (region > 0) & (np.abs(lab - sleeve).max(axis=2) < 30.0)
    return np.asarray(result & ~zones.forearms(0.92))


def _straight_edge(steps: Points, edge: Points) -> tuple[float, float] | None:
    """Offset and slope of the line that most of the edge lies on, or None if less than half of it does."""
    best: tuple[int, float, float] | None = None
    for i in range(len(steps)):
        for j in range(i + 3, len(steps)):
            slope = float((edge[j] - edge[i]) / (steps[j] - steps[i]))
            offset = float(edge[i] - slope * steps[i])
            fits = int((np.abs(edge - offset - slope * steps) < 0.1).sum())
            middle = offset + 0.6 * slope
            if abs(slope) < 0.9 and 0.3 < middle < 1.2 and (best is None or fits > best[0]):
                best = (fits, offset, slope)
    return None if best is None or best[0] < 0.5 * max(len(steps), 6) else best[1:]


def disc(radius: int) -> NDArray[np.uint8]:
    """A round kernel for erosion and dilation."""
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), np.uint8)
