"""The picture at frame size: the person with its alpha, the background without it, and what fills beside the picture.

Made once per portrait and frame size. It knows nothing of limbs or time.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.cutout import Cutout, cut_out
from core.framing import FrameTransform, frame_transform
from core.matting import push_pull
from core.portrait import Portrait

BORDER_TRIM = 3
"""Outermost picture pixels that never feed the fill beside the picture: a dark border line would be drawn out."""


RIM_FILLED, RIM_FADE = 0.03, 0.2
"""Eye distances beside the person that are filled, and over which the fill fades into the picture."""


@dataclass(frozen=True)
class Stage:
    """A portrait placed in a frame.

    Attributes:
        transform: from portrait to frame pixels.
        picture: (H, W, 3) uint8, what the still portrait looks like in this frame.
        person: (H, W, 3) uint8, the person's own colours, clean of background where alpha is below 1.
        alpha: (H, W) float32 0..1, 0 beside the picture.
        background: (H, W, 3) uint8 without the person.
        hidden_arms: (H, W) bool, what is seen of bare forearms behind their hands.
    """

    transform: FrameTransform
    picture: NDArray[np.uint8]
    person: NDArray[np.uint8]
    alpha: NDArray[np.float32]
    background: NDArray[np.uint8]
    hidden_arms: NDArray[np.bool_]


def build_stage(portrait: Portrait, width: int, height: int) -> Stage:
    """Cut the person out and lay both halves into a frame of `width` x `height`."""
    transform = frame_transform(portrait, width, height)
    cutout = cut_out(portrait)
    picture, inside = _place(portrait.image, transform)
    background, _ = _place(_tight_background(portrait.image, cutout, portrait.rig.eye_distance), transform)
    person, _ = _place(cutout.foreground, transform)
    alpha, _ = _place(cutout.alpha, transform)
    hidden, _ = _place(cutout.hidden_arms.astype(np.uint8) * 255, transform)
    if not inside.all():
        inside = _trimmed(inside)
        background = _extend(background, inside)
        picture = np.where(inside[..., None], picture, background)
    person = _matched(picture, person, background, alpha)
    return Stage(transform, picture, person, alpha.astype(np.float32) / 255.0, background, hidden > 127)


def _matched(picture: NDArray[np.uint8], person: NDArray[np.uint8], background: NDArray[np.uint8],
             alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:  # fmt: skip
    """The person's colours at the soft edge such that, put over this background, they give back the picture."""
    soft = (alpha > 20) & (alpha < 252)
    share = alpha[soft].astype(np.float32)[:, None] / 255.0
    solved = (picture[soft] - (1.0 - share) * background[soft]) / share
    result = person.copy()
    result[soft] = np.clip(np.rint(solved), 0, 255).astype(np.uint8)
    return result


def _tight_background(image: NDArray[np.uint8], cutout: Cutout, d: float) -> NDArray[np.uint8]:
    """The filled background, but the picture itself from a few pixels beside the person on.

    The cut-out fills a wide rim, in case a bit of the person was missed. Seen beside the resting person that rim looks
    like a halo; only the rim that really holds the person's colours is worth it.
    """
    distance = cv2.distanceTransform((cutout.alpha < 12).astype(np.uint8), cv2.DIST_L2, 3)
    share = np.clip((distance - RIM_FILLED * d) / (RIM_FADE * d), 0.0, 1.0)[..., None]
    mixed = cutout.background * (1.0 - share) + image * share
    return np.rint(mixed).astype(np.uint8)


def _place(image: NDArray[np.uint8], transform: FrameTransform) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The scaled image cropped to the frame, 0 beside it, and where it is."""
    size = (transform.scaled_width, transform.scaled_height)
    if image.shape[1::-1] != size:
        method = cv2.INTER_AREA if transform.scale_x < 1.0 else cv2.INTER_CUBIC
        image = np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)
    frame = np.zeros((transform.height, transform.width, *image.shape[2:]), np.uint8)
    inside = np.zeros((transform.height, transform.width), np.bool_)
    x0, y0 = max(transform.left, 0), max(transform.top, 0)
    x1, y1 = min(transform.left + size[0], transform.width), min(transform.top + size[1], transform.height)
    frame[y0:y1, x0:x1] = image[y0 - transform.top : y1 - transform.top, x0 - transform.left : x1 - transform.left]
    inside[y0:y1, x0:x1] = True
    return frame, inside


def _extend(background: NDArray[np.uint8], inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Fill beside the picture: its mirror image near the edge, smoother and smoother further out."""
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    y0, y1, x0, x1 = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    core = background[y0:y1, x0:x1]
    height, width = background.shape[:2]
    pads = (y0, height - y1, x0, width - x1)
    mirrored = cv2.copyMakeBorder(core, int(pads[0]), int(pads[1]), int(pads[2]), int(pads[3]), cv2.BORDER_REFLECT_101)
    smooth = push_pull(background, inside)
    distance = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 3)
    reach = 0.12 * max(height, width)
    blurred = cv2.GaussianBlur(mirrored, (0, 0), max(reach / 10.0, 1.0))
    soft = np.clip(distance / (0.25 * reach), 0.0, 1.0)[..., None]
    far = np.clip(distance / (2.5 * reach), 0.0, 1.0)[..., None]
    filled = (mirrored * (1.0 - soft) + blurred * soft) * (1.0 - far) + smooth * far
    return np.where(inside[..., None], background, filled.astype(np.uint8))


def _trimmed(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Without the picture's outermost pixels on the sides that do not lie on the frame's own edge."""
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    trim = min(BORDER_TRIM, len(rows) // 4, len(columns) // 4)
    y0, y1, x0, x1 = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    result = np.zeros_like(inside)
    height, width = inside.shape
    result[y0 + trim * (y0 > 0) : y1 - trim * (y1 < height), x0 + trim * (x0 > 0) : x1 - trim * (x1 < width)] = True
    return result
