"""Lays out frames of a video, of a 3D motion or of 2D poses in one picture, to be judged at a glance.

For people who develop and review; the program itself does not use it. Usage:

    python tests/tools/contact_sheet.py V.mp4 --out sheet.png
    python tests/tools/contact_sheet.py M.npz --out sheet.png --from 2 --to 6
    python tests/tools/contact_sheet.py Q.npz --portrait P.png --out sheet.png --frames 24 --columns 6
"""

import argparse
import itertools
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.constants import MOTION_FPS
from core.skeleton import CHAINS, PELVIS

Image = NDArray[np.uint8]

PAPER: Final = (250, 250, 247)
INK: Final = (40, 44, 52)
RIGHT_COLOUR, LEFT_COLOUR, SPINE_COLOUR = (214, 84, 58), (46, 114, 196), (70, 74, 82)
CHAIN_COLOURS: Final = (RIGHT_COLOUR, LEFT_COLOUR, SPINE_COLOUR, RIGHT_COLOUR, LEFT_COLOUR)

BODY_LIMBS: Final = (
    (1, 2), (2, 3), (3, 4), (1, 5), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13),
    (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
RIGHT_POINTS: Final = frozenset((2, 3, 4, 8, 9, 10, 14, 16))
LEFT_POINTS: Final = frozenset((5, 6, 7, 11, 12, 13, 15, 17))
FINGERS: Final = tuple((0, *range(first, first + 4)) for first in (1, 5, 9, 13, 17))
FACE_LINES: Final = (
    (range(17), False), (range(17, 22), False), (range(22, 27), False), (range(27, 31), False), (range(31, 36), False),
    (range(36, 42), True), (range(42, 48), True), (range(48, 60), True), (range(60, 68), True),
)  # fmt: skip
SHEET_WIDTH: Final = 1560  # wider sheets are shown scaled down by most viewers
SHIFT: Final = 4  # fractional bits of cv2's sub-pixel drawing


def frame_numbers(count: int, fps: float, wanted: int, start: float, end: float | None) -> list[int]:
    """Up to `wanted` frame numbers, evenly spread over start..end seconds of a clip of `count` frames."""
    first = min(max(round(start * fps), 0), count - 1)
    last = count - 1 if end is None else min(max(round(end * fps), first), count - 1)
    return sorted({round(x) for x in np.linspace(first, last, min(wanted, last - first + 1))})


def _line(image: Image, a: NDArray, b: NDArray, colour: tuple[int, int, int], width: int) -> None:
    ends = [tuple(int(v) for v in np.round(p[:2] * (1 << SHIFT))) for p in (a, b)]
    cv2.line(image, ends[0], ends[1], colour, width, cv2.LINE_AA, SHIFT)


def _dot(image: Image, a: NDArray, colour: tuple[int, int, int], radius: float) -> None:
    x, y = (int(v) for v in np.round(a[:2] * (1 << SHIFT)))
    cv2.circle(image, (x, y), round(radius * (1 << SHIFT)), colour, -1, cv2.LINE_AA, SHIFT)


def label(image: Image, text: str) -> Image:
    """The picture (H, W, 3) with a line of text above it."""
    bar = np.full((22, image.shape[1], 3), PAPER, np.uint8)
    cv2.putText(bar, text, (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, INK, 1, cv2.LINE_AA)
    return np.vstack([bar, image])


def grid(cells: Sequence[Image], columns: int | None) -> Image:
    """Cells of one size laid out row by row with a gap between them; None makes rows about `SHEET_WIDTH` wide."""
    if not cells:
        raise ValueError("No frame lies in the asked stretch of time.")
    height, width = cells[0].shape[:2]
    columns = min(columns or max(1, SHEET_WIDTH // (width + 6)), len(cells))
    rows = -(-len(cells) // columns)
    gap = 6
    sheet = np.full((rows * (height + gap) + gap, columns * (width + gap) + gap, 3), PAPER, np.uint8)
    for i, cell in enumerate(cells):
        y, x = gap + i // columns * (height + gap), gap + i % columns * (width + gap)
        sheet[y : y + height, x : x + width] = cell
    return sheet


def draw_stick(canvas: Image, joints: NDArray, horizontal: NDArray, floor: float, scale: float, trail: bool) -> None:
    """Draw (22, 3) metres seen along the axis that `horizontal` (22,) in metres leaves out."""
    height, width = canvas.shape[:2]
    points = np.stack([width / 2 + horizontal * scale, height - 14 - (joints[:, 1] - floor) * scale], axis=1)
    for chain, colour in zip(CHAINS, CHAIN_COLOURS, strict=True):
        if trail:
            colour = tuple(int(c + 0.6 * (p - c)) for c, p in zip(colour, PAPER, strict=True))
        for a, b in itertools.pairwise(chain):
            _line(canvas, points[a], points[b], colour, 2 if trail else 4)
    if not trail:
        _dot(canvas, points[15], SPINE_COLOUR, 6)
        for wrist, colour in ((20, LEFT_COLOUR), (21, RIGHT_COLOUR)):
            _dot(canvas, points[wrist], colour, 4)


def motion_sheet(
    joints: NDArray,
    fps: float = float(MOTION_FPS),
    *,
    frames: int = 16,
    columns: int | None = None,
    start: float = 0.0,
    end: float | None = None,
    titles: Sequence[str] = (),
) -> Image:
    """Front and side view of a motion.

    Args:
        joints: (T, 22, 3) metres, Y up, as in `core.motion.MotionClip`.
        fps: frames per second of `joints`.
        frames: how many moments to show.
        columns: cells in a row, None for as many as fit.
        start: first moment in seconds.
        end: last moment in seconds, None for the clip's end.
        titles: optional text for each frame of the clip, shown after the time.

    Returns:
        (H, W, 3) uint8 RGB. Red is the body's right, blue its left. The left view of each cell is seen from in front
        (+Z), so the body's left is on the viewer's right; the right view is seen from the body's right at frame 0,
        which then faces right. The pale figure is a quarter of a second earlier. Both views follow the pelvis; its way
        from the first frame is written below.
    """
    joints = np.asarray(joints, np.float64)
    width, height = 150, 196
    scale = 84.0
    floor = float(np.percentile(joints[..., 1].min(axis=1), 5))
    cells = []
    for t in frame_numbers(len(joints), fps, frames, start, end):
        views = []
        for axis in (0, 2):
            canvas = np.full((height, width, 3), PAPER, np.uint8)
            cv2.line(canvas, (0, height - 14), (width, height - 14), (205, 205, 200), 1)
            earlier = max(t - round(fps / 4), 0)
            for moment, trail in ((earlier, True), (t, False)):
                draw_stick(
                    canvas, joints[moment], joints[moment, :, axis] - joints[t, PELVIS, axis], floor, scale, trail
                )
            views.append(canvas)
        way = joints[t, PELVIS, [0, 2]] - joints[0, PELVIS, [0, 2]]
        cv2.putText(
            views[0],
            f"x {way[0]:+.2f} z {way[1]:+.2f}",
            (3, height - 3),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.33,
            INK,
            1,
            cv2.LINE_AA,
        )
        title = titles[t] if t < len(titles) else ""
        cells.append(label(np.hstack(views), f"{t / fps:.2f} s  {title}"))
    return grid(cells, columns)


def draw_points(canvas: Image, body: NDArray, face: NDArray, hands: NDArray, threshold: float = 0.3) -> None:
    """Draw one frame of 2D poses into `canvas`, in its own pixels: body (18, 3), face (68, 3), hands (2, 21, 3)."""
    width = max(2, round(canvas.shape[0] / 160))
    for a, b in BODY_LIMBS:
        if min(body[a, 2], body[b, 2]) >= threshold:
            right, left = a in RIGHT_POINTS or b in RIGHT_POINTS, a in LEFT_POINTS or b in LEFT_POINTS
            _line(canvas, body[a], body[b], RIGHT_COLOUR if right else LEFT_COLOUR if left else SPINE_COLOUR, width)
    for i, point in enumerate(body):
        if point[2] >= threshold:
            _dot(
                canvas,
                point,
                RIGHT_COLOUR if i in RIGHT_POINTS else LEFT_COLOUR if i in LEFT_POINTS else SPINE_COLOUR,
                width,
            )
    for hand, colour in zip(hands, (LEFT_COLOUR, RIGHT_COLOUR), strict=True):
        for finger in FINGERS:
            for a, b in itertools.pairwise(finger):
                if min(hand[a, 2], hand[b, 2]) >= threshold:
                    _line(canvas, hand[a], hand[b], colour, max(1, width // 2))
    for line, closed in FACE_LINES:
        points = face[list(line)]
        if points[:, 2].min() >= threshold:
            whole = np.round(points[:, :2] * (1 << SHIFT)).astype(np.int32)
            cv2.polylines(canvas, [whole], closed, (60, 140, 90), 1, cv2.LINE_AA, SHIFT)


def pose_sheet(
    body: NDArray,
    face: NDArray,
    hands: NDArray,
    fps: float,
    *,
    portrait: Image | None = None,
    size: tuple[int, int] | None = None,
    frames: int = 16,
    columns: int | None = None,
    start: float = 0.0,
    end: float | None = None,
    cell_height: int = 320,
) -> Image:
    """2D poses over their portrait.

    Args:
        body: (T, 18, 3), x, y in portrait pixels, confidence.
        face: (T, 68, 3), the same.
        hands: (T, 2, 21, 3), the same.
        fps: frames per second.
        portrait: (H, W, 3) uint8 RGB picture that the coordinates belong to, shown faded; None for a blank canvas.
        size: (width, height) of the blank canvas; by default what holds the points.
        frames: how many moments to show.
        columns: cells in a row, None for as many as fit.
        start: first moment in seconds.
        end: last moment in seconds, None for the clip's end.
        cell_height: height in pixels of one cell.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    if portrait is None:
        seen = body[..., 2] > 0
        reach = np.max(body[seen][:, :2], axis=0) * 1.05 if seen.any() else np.array([512, 512])
        width, height = size or (int(reach[0]), int(reach[1]))
        portrait = np.full((height, width, 3), PAPER, np.uint8)
    scale = cell_height / portrait.shape[0]
    cell_size = (max(1, round(portrait.shape[1] * scale)), cell_height)
    small = cv2.resize(portrait, cell_size, interpolation=cv2.INTER_AREA)
    faded = np.asarray(np.round(small * 0.45 + np.array(PAPER) * 0.55), np.uint8)
    cells = []
    for t in frame_numbers(len(body), fps, frames, start, end):
        canvas = faded.copy()
        scaled = [part[t] * np.array([scale, scale, 1.0]) for part in (body, face, hands)]
        draw_points(canvas, *scaled)
        cells.append(label(canvas, f"{t / fps:.2f} s"))
    return grid(cells, columns)


def video_sheet(
    path: Path,
    *,
    frames: int = 16,
    columns: int | None = None,
    start: float = 0.0,
    end: float | None = None,
    cell_height: int = 320,
) -> Image:
    """Frames of a video file with their presentation times; (H, W, 3) uint8 RGB."""
    import av

    cells: list[Image] = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        times = [float(packet.pts * stream.time_base) for packet in container.demux(stream) if packet.pts is not None]
        times.sort()
        spacing = (times[-1] - times[0]) / max(len(times) - 1, 1) or 1.0
        wanted = {times[i] for i in frame_numbers(len(times), 1.0 / spacing, frames, start, end)}
        container.seek(0)
        for frame in container.decode(stream):
            if frame.time is None or not any(abs(frame.time - t) < spacing / 2 for t in wanted):
                continue
            image = frame.to_ndarray(format="rgb24")
            size = (max(1, round(image.shape[1] * cell_height / image.shape[0])), cell_height)
            cells.append(label(cv2.resize(image, size, interpolation=cv2.INTER_AREA), f"{frame.time:.2f} s"))
    return grid(cells, columns)


def picture_sheet(paths: Sequence[Path], *, columns: int | None = None, cell_height: int = 480) -> Image:
    """Picture files side by side, each fitted into a square cell, with their names."""
    cells = []
    for path in paths:
        image = read_picture(path)
        scale = cell_height / max(image.shape[:2])
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        cell = np.full((cell_height, cell_height, 3), PAPER, np.uint8)
        y, x = (cell_height - small.shape[0]) // 2, (cell_height - small.shape[1]) // 2
        cell[y : y + small.shape[0], x : x + small.shape[1]] = small
        cells.append(label(cell, path.name))
    return grid(cells, columns)


def read_picture(path: Path) -> Image:
    """A picture file as (H, W, 3) uint8 RGB."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(f"{path} is not a picture that can be read.")
    return np.ascontiguousarray(image[..., ::-1])


def _segment_titles(data: "np.lib.npyio.NpzFile", count: int, fps: float) -> list[str]:
    """The prompt of each frame, from the `segments` of a motion file (JSON text; absent in some files)."""
    titles = [""] * count
    if "segments" in data:
        for segment in json.loads(str(data["segments"])):
            first, last = round(segment["start"] * fps), round(segment["end"] * fps)
            for t in range(max(first, 0), min(last, count)):
                titles[t] = str(segment["prompt"])
    return titles


def sheet_of(arguments: argparse.Namespace) -> Image:
    """The sheet that the command line asks for, by the kind of the first file."""
    path: Path = arguments.files[0]
    shared = {"frames": arguments.frames, "columns": arguments.columns, "start": arguments.start, "end": arguments.end}
    if path.suffix.lower() in {".png", ".jpg", ".jpeg", ".webp"}:
        return picture_sheet(arguments.files, columns=arguments.columns, cell_height=arguments.height)
    if path.suffix.lower() != ".npz":
        return video_sheet(path, cell_height=arguments.height, **shared)
    with np.load(path, allow_pickle=False) as data:
        fps = float(data["fps"]) if "fps" in data else float(MOTION_FPS)
        if "joints" in data:
            return motion_sheet(data["joints"], fps, titles=_segment_titles(data, len(data["joints"]), fps), **shared)
        if "body" in data:
            portrait = read_picture(arguments.portrait) if arguments.portrait else None
            size = (int(data["width"]), int(data["height"])) if "width" in data else None
            parts = (data["body"], data["face"], data["hands"])
            return pose_sheet(*parts, fps, portrait=portrait, size=size, cell_height=arguments.height, **shared)
    raise ValueError(f"{path} holds neither joints (a motion) nor body (2D poses).")


def main(argv: Sequence[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Contact sheet of a video, a motion, poses or pictures.")
    parser.add_argument("files", type=Path, nargs="+", help="MP4, motion NPZ, pose NPZ, or several pictures")
    parser.add_argument("--out", type=Path, required=True, help="PNG to write")
    parser.add_argument("--portrait", type=Path, help="picture that the poses belong to")
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--columns", type=int, help="cells in a row (default: as many as fit)")
    parser.add_argument("--from", dest="start", type=float, default=0.0, metavar="S", help="seconds")
    parser.add_argument("--to", dest="end", type=float, metavar="S", help="seconds")
    parser.add_argument("--height", type=int, default=320, help="height of a cell in pixels (videos, poses, pictures)")
    arguments = parser.parse_args(argv)
    cv2.setNumThreads(1)
    try:
        sheet = sheet_of(arguments)
    except (OSError, ValueError) as error:
        print(f"contact_sheet: {error}", file=sys.stderr)
        return 1
    if not cv2.imwrite(str(arguments.out), sheet[..., ::-1]):
        print(f"contact_sheet: {arguments.out} cannot be written.", file=sys.stderr)
        return 1
    print(f"{arguments.out}  {sheet.shape[1]} x {sheet.shape[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
