"""A small drawing kit on top of Skia: smooth outlines, tapered limbs, soft shading inside a shape.

Knows nothing about people; `face`, `hair` and `body` do. All coordinates are in the units of the canvas's current
transform (for people: the distance between the eyes), x right, y down.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import skia

Point = tuple[float, ...]
"""x, y, and optionally how round the outline is there (1 smooth, 0 a corner)."""

LIGHT: Final = (-0.55, -0.83)
"""Direction towards the light, upper left, as a unit vector."""


def rgb(colour: str, alpha: float = 1.0) -> int:
    """Skia's ARGB number of "#rrggbb"."""
    return (round(alpha * 255) << 24) | int(colour.lstrip("#"), 16)


def mix(a: str, b: str, share: float) -> str:
    """The colour `share` of the way from a to b."""
    pairs = ((int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)


def smooth(points: Sequence[Point], closed: bool = True) -> skia.Path:
    """A curve through the points (Catmull-Rom); a third number 0 makes a point a corner."""
    places = np.array([p[:2] for p in points], float)
    roundness = np.array([p[2] if len(p) > 2 else 1.0 for p in points])
    count = len(places)
    after = np.roll(places, -1, axis=0)
    before = np.roll(places, 1, axis=0)
    if not closed:
        before[0], after[-1] = places[0], places[-1]
    tangents = (after - before) / 6 * roundness[:, None]
    path = skia.Path()
    path.moveTo(*places[0])
    for i in range(count if closed else count - 1):
        j = (i + 1) % count
        # A short step beside a long one would make a loop; no handle is longer than 0.4 of its own step.
        step = float(np.hypot(*(places[j] - places[i])))
        handles = []
        for tangent in (tangents[i], tangents[j]):
            length = float(np.hypot(*tangent))
            handles.append(tangent * min(1.0, 0.4 * step / length) if length > 0 else tangent)
        path.cubicTo(*(places[i] + handles[0]), *(places[j] - handles[1]), *places[j])
    if closed:
        path.close()
    return path


def mirrored(points: Sequence[Point]) -> list[Point]:
    """A closed outline from its right half, listed from top centre to bottom centre."""
    left = [(-p[0], *p[1:]) for p in reversed(points) if abs(p[0]) > 1e-9]
    return [*points, *left]


def flip(points: Sequence[Point], side: float) -> list[Point]:
    """The points for a side: +1 as given (viewer's right), -1 mirrored."""
    return [(p[0] * side, *p[1:]) for p in points]


def limb(points: Sequence[Point], widths: Sequence[float], caps: tuple[float, float] = (0.5, 0.5)) -> skia.Path:
    """A tapered band along a smooth line.

    Args:
        points: centre line.
        widths: full width at each point.
        caps: how far the ends bulge out, as a share of the end's width (0 flat, 0.5 a half circle).
    """
    places = np.array([p[:2] for p in points], float)
    knots = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(places, axis=0).T))])
    t = np.linspace(0, knots[-1], 14 * len(points))
    centre = np.stack([_curve(knots, places[:, k], t) for k in (0, 1)], axis=1)
    half = _curve(knots, np.array(widths, float) / 2, t)
    along = np.gradient(centre, axis=0)
    along /= np.hypot(*along.T)[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    angles = np.linspace(0, np.pi, 9)[1:-1]

    def cap(i: int, sign: float, share: float) -> list[np.ndarray]:
        turn = [(np.cos(a), np.sin(a) * 2 * share) for a in angles]
        return [centre[i] + half[i] * (sign * (-c) * across[i] + sign * s * along[i]) for c, s in turn]

    outline = [
        *(centre + half[:, None] * across),
        *reversed(cap(-1, 1.0, caps[1])),
        *reversed(centre - half[:, None] * across),
    ]
    outline += list(reversed(cap(0, -1.0, caps[0])))
    path = skia.Path()
    path.addPoly([skia.Point(float(x), float(y)) for x, y in outline], True)
    return path


def _curve(knots: np.ndarray, values: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Smooth interpolation that does not overshoot."""
    from scipy.interpolate import PchipInterpolator

    return np.asarray(PchipInterpolator(knots, values)(t)) if len(knots) > 2 else np.interp(t, knots, values)


def ellipse(x: float, y: float, rx: float, ry: float) -> skia.Path:
    """An upright ellipse around x, y."""
    path = skia.Path()
    path.addOval(skia.Rect(x - rx, y - ry, x + rx, y + ry))
    return path


def union(*paths: skia.Path) -> skia.Path:
    """One outline around all paths."""
    whole = paths[0]
    for path in paths[1:]:
        whole = skia.Op(whole, path, skia.PathOp.kUnion_PathOp)
    return whole


def difference(path: skia.Path, hole: skia.Path) -> skia.Path:
    """The path without what `hole` covers."""
    return skia.Op(path, hole, skia.PathOp.kDifference_PathOp)


@dataclass
class Pen:
    """Draws on one canvas.

    Attributes:
        canvas: the Skia canvas with its transform set.
    """

    canvas: skia.Canvas
    _blurs: dict[float, skia.MaskFilter] = field(default_factory=dict)

    def _paint(self, colour: str, alpha: float, blur: float) -> skia.Paint:
        paint = skia.Paint(AntiAlias=True, Color=rgb(colour, alpha), Dither=True)
        if blur > 0:
            if blur not in self._blurs:
                self._blurs[blur] = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur)
            paint.setMaskFilter(self._blurs[blur])
        return paint

    def fill(self, path: skia.Path, colour: str, alpha: float = 1.0, blur: float = 0.0) -> None:
        """Fill a shape with one colour; `blur` is the standard deviation of a soft edge."""
        self.canvas.drawPath(path, self._paint(colour, alpha, blur))

    def fill_gradient(self, path: skia.Path, start: Point, end: Point, colours: Sequence[str]) -> None:
        """Fill a shape with a linear gradient from `start` to `end`."""
        paint = skia.Paint(AntiAlias=True, Dither=True)
        ends = [skia.Point(*start[:2]), skia.Point(*end[:2])]
        paint.setShader(skia.GradientShader.MakeLinear(ends, [rgb(c) for c in colours]))
        self.canvas.drawPath(path, paint)

    def glow(self, x: float, y: float, rx: float, ry: float, colour: str, alpha: float) -> None:
        """A soft elliptic spot that fades to nothing at its rim."""
        paint = skia.Paint(AntiAlias=True, Dither=True)
        stops = [rgb(colour, alpha), rgb(colour, alpha * 0.55), rgb(colour, 0.0)]
        shader = skia.GradientShader.MakeRadial(skia.Point(0, 0), 1.0, stops, [0.0, 0.5, 1.0])
        paint.setShader(shader)
        with self.placed(x, y, scale=(rx, ry)):
            self.canvas.drawCircle(0, 0, 1, paint)

    def line(self, points: Sequence[Point], colour: str, width: float, alpha: float = 1.0, blur: float = 0.0) -> None:
        """A smooth open line of even width with round ends."""
        paint = self._paint(colour, alpha, blur)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(width)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        self.canvas.drawPath(smooth(points, closed=False), paint)

    def swell(self, points: Sequence[Point], colour: str, width: float, alpha: float = 1.0, blur: float = 0.0) -> None:
        """A line that swells in the middle and ends in points, as a brush makes it."""
        places = np.array([p[:2] for p in points], float)
        knots = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(places, axis=0).T))]) / 1.0
        widths = [max(width * float(np.sin(np.pi * (0.04 + 0.92 * k / knots[-1]))) ** 0.7, 0.02 * width) for k in knots]
        self.fill(limb(points, widths), colour, alpha, blur)

    def shaded(
        self,
        path: skia.Path,
        base: str,
        shade: str,
        light: str | None = None,
        depth: float = 0.25,
        softness: float = 0.14,
        strength: float = 0.75,
    ) -> None:
        """Fill a shape and let it look round: darker inside the edge away from the light, lighter towards it.

        Args:
            path: outline.
            base: colour of the middle.
            shade: colour of the dark side.
            light: colour of the lit side, None for none.
            depth: how far the shading reaches in from the edge.
            softness: blur of the shading.
            strength: opacity of the shading.
        """
        self.fill(path, base)
        with self.inside(path):
            self._rim(path, shade, (LIGHT[0] * depth, LIGHT[1] * depth), softness, strength)
            if light is not None:
                self._rim(path, light, (-LIGHT[0] * depth * 0.6, -LIGHT[1] * depth * 0.6), softness, strength * 0.6)

    def _rim(self, path: skia.Path, colour: str, shift: tuple[float, float], softness: float, strength: float) -> None:
        outside = skia.Path(path)
        outside.offset(*shift)
        bounds = path.getBounds().makeOutset(2, 2)
        frame = skia.Path()
        frame.addRect(bounds)
        self.fill(difference(frame, outside), colour, strength, softness)

    @contextmanager
    def inside(self, path: skia.Path) -> Iterator[None]:
        """Everything drawn in the block shows only inside the path."""
        self.canvas.save()
        self.canvas.clipPath(path, doAntiAlias=True)
        try:
            yield
        finally:
            self.canvas.restore()

    @contextmanager
    def placed(
        self, x: float, y: float, degrees: float = 0.0, scale: tuple[float, float] = (1.0, 1.0)
    ) -> Iterator[None]:
        """Move the origin to x, y and turn and scale the axes for the block."""
        self.canvas.save()
        self.canvas.translate(x, y)
        self.canvas.rotate(degrees)
        self.canvas.scale(*scale)
        try:
            yield
        finally:
            self.canvas.restore()

    @contextmanager
    def fading(self, start: Point, end: Point) -> Iterator[None]:
        """What is drawn in the block grows from nothing at `start` to full opacity at `end`."""
        self.canvas.saveLayer()
        try:
            yield
        finally:
            paint = skia.Paint(BlendMode=skia.BlendMode.kDstIn)
            ends = [skia.Point(*start[:2]), skia.Point(*end[:2])]
            paint.setShader(skia.GradientShader.MakeLinear(ends, [0x00000000, 0xFF000000]))
            self.canvas.drawPaint(paint)
            self.canvas.restore()
