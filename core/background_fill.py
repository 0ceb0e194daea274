"""The background where a person stood: what lies beside the person goes on behind, with its texture and structure.

Pieces of the picture are copied from beside the hole; a smooth membrane then takes away what would not fit at its edge.
So shelves, frames and grain go on behind the person, and it costs half a second. Deep inside, where nothing is ever
seen for long, the fill is smooth.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core.matting import push_pull
from core.person_split import disc

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_GRAIN_LIMIT: Final = 4.0  # grey levels; a detailed background would otherwise pass for coarse grain
_MARGIN: Final = 0.24  # eye distances around the person that are filled as well, in case a bit was missed
_DOUBT: Final = 0.5  # eye distances around doubtful pixels
_BORDER: Final = 3  # some pictures have a dark line along their border, which must not run into the hole
_BAND: Final = 0.07  # eye distances of known picture beside the hole that the fill is made to fit
_DEEP: Final = (1.8, 3.0)  # eye distances from the hole's edge over which the copied picture fades out
_PLAIN: Final = (1.2, 3.0)  # grey levels of detail up to which a background is plain, and from which it is busy
_SEARCH_SIDE: Final = 256  # pixels of the longer side at which shifts are chosen
_WORST: Final = 1e4
_FAR: Final = 1.5  # grey levels that a shift may be worse if it is an eye distance shorter
_SIDEWAYS: Final = tuple((0.0, sign * dx) for dx in (0.9, 1.4, 2.1, 3.1, 4.4) for sign in (-1.0, 1.0))
_SLANTED: Final = tuple((dy, sign * dx) for dx in (0.9, 1.4, 2.1) for sign in (-1.0, 1.0) for dy in (-0.25, 0.25))
_SHIFTS: Final = (*_SIDEWAYS, *_SLANTED, (-1.2, 0.0), (-2.2, 0.0), (1.2, 0.0), (2.2, 0.0))
"""Rows and columns in eye distances: mostly sideways, because rooms have floors, shelves and horizons."""


def without_person(image: NDArray[np.uint8], alpha: NDArray[np.uint8], d: float, doubtful: Mask | None = None
                   ) -> NDArray[np.uint8]:  # fmt: skip
    """The picture with the person's place filled from around it.

    Args:
        image: (H, W, 3) uint8.
        alpha: (H, W) uint8, the person.
        d: distance between the eyes in pixels.
        doubtful: (H, W) bool, where bits of the person may be left: nothing near it is copied.

    Returns:
        (H, W, 3) uint8, equal to the picture away from the person; the same input always gives the same bytes.
    """
    height, width = alpha.shape
    hole = cv2.dilate((alpha > 8).astype(np.uint8), disc(max(3, round(_MARGIN * d)))) > 0
    known = ~hole
    source = known.copy()
    if doubtful is not None and doubtful.any():
        source &= cv2.dilate(doubtful.astype(np.uint8), disc(max(3, round(_DOUBT * d)))) == 0
    source[:_BORDER], source[height - _BORDER :] = False, False
    source[:, :_BORDER], source[:, width - _BORDER :] = False, False
    if not source.any():
        source = known
    smooth = _smooth(image, hole, source, d)
    copied, trust = _copied(image, source, d)
    fitted = copied + _membrane(image, copied, source, trust, d)
    depth = np.asarray(cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5), np.float32) / d
    share = np.clip((_DEEP[1] - depth) / (_DEEP[1] - _DEEP[0]), 0.0, 1.0) * trust * _busy(image, source, d)
    mixed = smooth + (fitted - smooth) * share[..., None]
    result = np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)
    result[known] = image[known]
    return result


def _busy(image: NDArray[np.uint8], source: Mask, d: float) -> Floats:
    """(H, W) 0..1, how much there is to go on with around each place: on a plain wall only the joins would show."""
    height, width = source.shape
    scale = min(1.0, 24.0 / d)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32)
    there = np.asarray(cv2.resize(source.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)
    fine = max(1.0, 0.2 * d * scale)
    blurred = cv2.GaussianBlur(small * there[..., None], (0, 0), fine)
    mean_colour = blurred / np.maximum(cv2.GaussianBlur(there, (0, 0), fine), 1e-3)[..., None]
    detail = np.abs(small - mean_colour).max(axis=2) * there
    broad = max(1.0, d * scale)
    mean = cv2.GaussianBlur(detail, (0, 0), broad) / np.maximum(cv2.GaussianBlur(there, (0, 0), broad), 1e-3)
    share = np.clip((mean - _PLAIN[0]) / (_PLAIN[1] - _PLAIN[0]), 0.0, 1.0)
    grown = cv2.resize(np.asarray(share, np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown, np.float32)


def _smooth(image: NDArray[np.uint8], hole: Mask, source: Mask, d: float) -> Floats:
    """The hole filled smoothly, with as much grain as the background has."""
    filled = push_pull(image, source)
    near = cv2.GaussianBlur(hole.astype(np.float32), (0, 0), max(1.0, 0.05 * d))
    weight = np.clip((near - 0.5) * 2.0, 0.0, 1.0)[..., None]
    mixed = filled * (1.0 - weight) + cv2.GaussianBlur(filled, (0, 0), max(1.0, 0.12 * d)) * weight
    return np.asarray(mixed + _grain(image, ~hole)[..., None] * weight, np.float32)


def _copied(image: NDArray[np.uint8], source: Mask, d: float) -> tuple[Floats, Floats]:
    """What is not known, copied from beside it in large pieces, and how far (0..1) there was something to copy.

    A piece is moved by one of a few shifts; each place takes the shift under which the picture around the hole repeats
    itself best (after He and Sun, Statistics of patch offsets for image completion, 2012, with fixed shifts and without
    their optimisation).
    """
    height, width = source.shape
    scale = min(_SEARCH_SIDE / max(height, width), 1.0)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32)
    known = cv2.resize(source.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99
    unit = d * scale
    reach = round(0.5 * unit) * 2 + 1
    near = cv2.dilate((~known).astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    best = np.full(known.shape, _WORST, np.float32)
    label = np.full(known.shape, -1, np.int16)
    shifts = [(round(dy * unit), round(dx * unit)) for dy, dx in _SHIFTS]
    for index, (dy, dx) in enumerate(shifts):
        cost = _shift_cost(small, known, near, dy, dx, unit)
        cost = cost + _FAR * float(np.hypot(5.0 * dy, dx)) / unit
        better = cost < best
        best[better], label[better] = cost[better], index
    label = _spread(_joined(np.where(known, -1, label).astype(np.int16), 0.16 * unit))
    missing = near & (label >= 0)
    band = max(2, round(_BAND * d))
    wanted = cv2.dilate((~source).astype(np.uint8), np.ones((2 * band + 1,) * 2, np.uint8)) > 0
    total, weights = np.zeros((height, width, 3), np.float32), np.zeros((height, width), np.float32)
    for index in np.unique(label[missing]):
        dy, dx = (round(part / scale) for part in shifts[index])
        piece = cv2.GaussianBlur((missing & (label == index)).astype(np.float32), (0, 0), max(0.09 * unit, 0.5))
        weight = np.asarray(cv2.resize(piece, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        to = (slice(max(-dy, 0), height - max(dy, 0)), slice(max(-dx, 0), width - max(dx, 0)))
        of = (slice(max(dy, 0), height - max(-dy, 0)), slice(max(dx, 0), width - max(-dx, 0)))
        part = weight[to] * source[of] * wanted[to]
        total[to] += image[of] * part[..., None]
        weights[to] += part
    copied = np.asarray(total / np.maximum(weights, 1e-6)[..., None], np.float32)
    trust = cv2.GaussianBlur((weights > 0.05).astype(np.float32), (0, 0), max(1.0, 0.06 * d))
    return copied, np.asarray(np.where(weights > 0.05, np.clip(2.0 * trust - 1.0, 0.0, 1.0), 0.0), np.float32)


def _joined(label: NDArray[np.int16], sigma: float) -> NDArray[np.int16]:
    """The labels without small islands: each place takes the one that is most common around it."""
    most, joined = np.zeros(label.shape, np.float32), label.copy()
    for index in np.unique(label[label >= 0]):
        share = cv2.GaussianBlur((label == index).astype(np.float32), (0, 0), max(sigma, 0.5))
        more = (share > most) & (label >= 0)
        most[more], joined[more] = share[more], index
    return joined


def _spread(label: NDArray[np.int16]) -> NDArray[np.int16]:
    """The labels carried on beyond where there are any, so that a piece is seen to fit or not at its own edge."""
    none = label < 0
    if none.all():
        return label
    _, nearest = cv2.distanceTransformWithLabels(none.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    values = np.full(int(nearest.max()) + 1, -1, np.int16)
    values[nearest[~none]] = label[~none]
    return np.asarray(values[nearest], np.int16)


def _shift_cost(small: Floats, known: Mask, near: Mask, dy: int, dx: int, unit: float) -> Floats:
    """How badly the picture repeats itself under a shift, beside a hole and carried into it; _WORST where it cannot."""
    height, width = known.shape
    if abs(dy) >= height or abs(dx) >= width:
        return np.full(known.shape, _WORST, np.float32)
    to = (slice(max(-dy, 0), height - max(dy, 0)), slice(max(-dx, 0), width - max(dx, 0)))
    of = (slice(max(dy, 0), height - max(-dy, 0)), slice(max(dx, 0), width - max(-dx, 0)))
    there = np.zeros(known.shape, np.bool_)
    there[to] = known[of]
    apart = np.zeros(known.shape, np.float32)
    apart[to] = np.minimum(np.abs(small[of] - small[to]).max(axis=2), 70.0)
    seen = (there & known & near).astype(np.float32)
    amount, cost = np.full(known.shape, 1e-4, np.float32), np.full(known.shape, 40e-4, np.float32)
    for sigma, share in ((0.45 * unit, 1.0), (1.3 * unit, 0.05)):
        amount = np.asarray(amount + share * cv2.GaussianBlur(seen, (0, 0), sigma), np.float32)
        cost = np.asarray(cost + share * cv2.GaussianBlur(apart * seen, (0, 0), sigma), np.float32)
    return np.where(there, cost / amount, _WORST).astype(np.float32)


def _membrane(image: NDArray[np.uint8], copied: Floats, source: Mask, trust: Floats, d: float) -> Floats:
    """(H, W, 3) what must be added to the copied pieces so that it fits the known one at the hole's edge."""
    band = max(2, round(_BAND * d))
    outer = cv2.dilate((~source).astype(np.uint8), np.ones((2 * band + 1,) * 2, np.uint8)) > 0
    edge = source & outer & (trust > 0.0)
    if not edge.any():
        return np.zeros_like(copied)
    # Broad differences only: small ones are texture.
    apart = np.where(edge[..., None], image - copied, 0.0).astype(np.float32)
    spread = np.maximum(cv2.GaussianBlur(edge.astype(np.float32), (0, 0), float(band)), 1e-3)[..., None]
    broad = cv2.GaussianBlur(apart, (0, 0), float(band)) / spread
    coded = np.clip(np.rint(broad * 0.5 + 128.0), 0, 255).astype(np.uint8)
    return (push_pull(coded, edge).astype(np.float32) - 128.0) * 2.0


def _grain(image: NDArray[np.uint8], known: Mask) -> Floats:
    """Noise like that of the background: (H, W) float32 in grey levels, always the same for the same picture."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.float32)
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.5))[known]
    level = min(1.48 * float(np.median(fine)), _GRAIN_LIMIT) if fine.size else 0.0
    noise = np.random.default_rng(0).standard_normal(grey.shape, dtype=np.float32)
    return np.asarray(noise * level, np.float32)
