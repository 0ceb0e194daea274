"""Draws three kinds of hair (natural curls, a short cut, a smooth bob), each in a part behind and one before the head.

Same origin and unit as `face`. Strands and curls are placed by a seeded generator, so the pictures are always the same.
"""

from dataclasses import dataclass

import numpy as np
import skia
from sample_drawing.pen import Pen, Point, ellipse, flip, mirrored, mix, smooth, union


@dataclass(frozen=True)
class HairColour:
    """Colours of hair: lit evenly, in the dark, and where it shines."""

    base: str
    dark: str
    shine: str


def _curls(pen: Pen, inside: skia.Path, colour: HairColour, count: int, size: float, seed: int) -> None:
    """Fill a shape with small loose curls, lit from the upper left."""
    random = np.random.default_rng(seed)
    bounds = inside.getBounds()
    with pen.inside(inside):
        for _ in range(count):
            x, y = random.uniform(bounds.left(), bounds.right()), random.uniform(bounds.top(), bounds.bottom())
            turn, radius = random.uniform(0, 2 * np.pi), size * random.uniform(0.6, 1.25)
            angles = turn + np.linspace(0, 1.5 * np.pi, 7)
            radii = radius * np.linspace(1.0, 0.45, 7)
            points: list[Point] = [(x + r * np.cos(a), y + r * np.sin(a)) for a, r in zip(angles, radii, strict=True)]
            lit = float(np.clip(0.5 - 0.32 * x - 0.35 * (y + 0.75), 0.0, 1.0))
            if random.uniform() < 0.35 + 0.5 * lit:
                pen.swell(points, colour.shine, size * 0.42, 0.1 + 0.38 * lit)
            else:
                pen.swell(points, colour.dark, size * 0.5, 0.55)


def curls_behind(pen: Pen, colour: HairColour) -> None:
    """The large round shape of natural curls behind the head."""
    random = np.random.default_rng(11)
    puffs = [ellipse(0, -0.62, 1.82, 1.62)]
    for angle in np.linspace(np.radians(148), np.radians(392), 30):
        reach = 1.0 + random.uniform(-0.025, 0.03)
        puffs.append(ellipse(1.74 * reach * np.cos(angle), -0.6 + 1.56 * reach * np.sin(angle), 0.25, 0.24))
    shape = union(*puffs)
    pen.shaded(
        shape, colour.base, colour.dark, mix(colour.base, colour.shine, 0.5), depth=0.34, softness=0.24, strength=0.8
    )
    _curls(pen, shape, colour, 760, 0.12, 3)
    with pen.inside(shape):
        pen.fill(ellipse(0, 0.75, 1.25, 1.0), colour.dark, 0.75, 0.25)


def curls_before(pen: Pen, colour: HairColour, head: skia.Path, shadow: str) -> None:
    """Curls along the forehead and the temples."""
    random = np.random.default_rng(5)
    line = [
        (-1.2, -0.3), (-1.12, -0.52), (-0.98, -0.74), (-0.78, -0.9), (-0.54, -1.01), (-0.28, -1.08),
        (0.0, -1.1), (0.28, -1.07), (0.54, -1.0), (0.78, -0.89), (0.98, -0.73), (1.12, -0.5), (1.2, -0.28),
    ]  # fmt: skip
    puffs = [
        ellipse(x * 1.04, y - 0.11, 0.15 + random.uniform(0, 0.03), 0.15 + random.uniform(0, 0.03)) for x, y in line
    ]
    crown = smooth(
        [*line, (1.42, -0.3), (1.32, -1.0), (0.9, -1.55), (0.0, -1.78), (-0.9, -1.55), (-1.32, -1.0), (-1.42, -0.3)]
    )
    fringe = union(*puffs)
    with pen.inside(head):
        pen.fill(fringe, shadow, 0.5, 0.09)
    for shape in (crown, fringe):
        pen.fill(shape, colour.base)
    _curls(pen, crown, colour, 620, 0.105, 8)
    _curls(pen, fringe, colour, 620, 0.09, 9)


def _strands(
    pen: Pen,
    inside: skia.Path,
    ways: list[tuple[list[Point], list[Point]]],
    colour: HairColour,
    seed: int,
    count: int = 60,
) -> None:
    """Fine strands between pairs of guide lines."""
    random = np.random.default_rng(seed)
    with pen.inside(inside):
        for first, second in ways:
            a, b = np.array(first, float), np.array(second, float)
            for _ in range(count):
                t = random.uniform()
                points = [(float(x), float(y)) for x, y in a + (b - a) * t + random.normal(0, 0.008, a.shape)]
                bright = random.uniform() < 0.5
                pen.swell(
                    points,
                    colour.shine if bright else colour.dark,
                    random.uniform(0.015, 0.045),
                    0.22 if bright else 0.32,
                )


def short_behind(pen: Pen, colour: HairColour) -> None:
    """Nothing of a short cut is seen behind the head but its rim."""
    pen.fill(
        smooth(mirrored([(0, -1.86), (0.7, -1.75), (1.16, -1.25), (1.3, -0.6), (1.27, 0.1), (0, 0.2)])), colour.dark
    )


def short_before(pen: Pen, colour: HairColour, head: skia.Path, shadow: str) -> None:
    """Short sides and a fuller top that is combed up to the viewer's right."""
    for side in (-1.0, 1.0):
        temple = smooth(
            flip(
                [
                    (1.26, 0.18),
                    (1.145, 0.2),
                    (1.13, -0.12),
                    (1.06, -0.42),
                    (0.98, -0.72),
                    (0.8, -1.0),
                    (0.9, -1.5),
                    (1.2, -1.2),
                    (1.31, -0.5),
                ],
                side,
            )
        )
        pen.fill(temple, mix(colour.base, shadow, 0.25), 0.9, 0.025)
        with pen.inside(temple):
            pen.glow(1.25 * side, -0.6, 0.35, 0.9, colour.dark, 0.55)
    top = smooth([
        (-1.27, -0.5), (-1.12, -0.62), (-1.0, -0.84), (-0.78, -0.98), (-0.5, -1.03), (-0.2, -1.0), (0.12, -1.06),
        (0.45, -1.02),
        (0.74, -0.98), (0.97, -0.86), (1.1, -0.62), (1.26, -0.48), (1.34, -0.95), (1.25, -1.45), (0.95, -1.88),
        (0.42, -2.12), (-0.2, -2.1),
        (-0.75, -1.93), (-1.15, -1.55), (-1.33, -1.0),
    ])  # fmt: skip
    with pen.inside(head):
        pen.fill(top, shadow, 0.5, 0.1)
    pen.shaded(top, colour.base, colour.dark, colour.shine, depth=0.3, softness=0.2, strength=0.6)
    left = [(-0.95, -0.75), (-1.05, -1.2), (-0.8, -1.7), (-0.3, -2.0)]
    middle = [(-0.2, -1.0), (-0.25, -1.4), (0.05, -1.8), (0.55, -2.05)]
    right = [(0.9, -0.85), (0.95, -1.15), (1.12, -1.4), (1.2, -1.5)]
    _strands(pen, top, [(left, middle), (middle, right)], colour, 4, 70)
    with pen.inside(top):
        pen.glow(-0.45, -1.6, 0.75, 0.35, colour.shine, 0.4)


def bob_behind(pen: Pen, colour: HairColour) -> None:
    """The back of a bob that ends above the shoulders."""
    shape = smooth(
        mirrored(
            [
                (0, -1.9),
                (0.75, -1.8),
                (1.3, -1.3),
                (1.5, -0.5),
                (1.58, 0.6),
                (1.6, 1.5),
                (1.42, 2.06),
                (1.0, 2.2),
                (0.5, 2.1),
                (0, 2.05),
            ]
        )
    )
    pen.shaded(shape, mix(colour.base, colour.dark, 0.45), colour.dark, None, depth=0.3, softness=0.2)
    with pen.inside(shape):
        pen.fill(ellipse(0, 1.5, 0.95, 1.1), colour.dark, 0.8, 0.2)


def bob_before(pen: Pen, colour: HairColour, head: skia.Path, shadow: str) -> None:
    """Two curtains from a side parting, tucked close to the cheeks."""
    part = (-0.38, -1.78)
    right = smooth([
        (*part, 0.2), (-0.3, -1.42), (0.05, -1.08), (0.52, -0.86), (0.92, -0.56), (1.08, -0.1), (1.1, 0.5),
        (1.06, 1.1), (1.0, 1.7), (0.92, 2.08, 0.4),
        (1.2, 2.14), (1.46, 2.02), (1.63, 1.5), (1.6, 0.6), (1.52, -0.4), (1.34, -1.2), (0.9, -1.74), (0.25, -1.93),
    ])  # fmt: skip
    left = smooth([
        (*part, 0.2), (-0.45, -1.42), (-0.66, -1.05), (-0.9, -0.74), (-1.06, -0.35), (-1.12, 0.2), (-1.1, 0.9),
        (-1.04, 1.6), (-0.95, 2.06, 0.4),
        (-1.2, 2.14), (-1.46, 2.02), (-1.63, 1.5), (-1.6, 0.6), (-1.52, -0.4), (-1.34, -1.2), (-0.95, -1.68),
        (-0.6, -1.85),
    ])  # fmt: skip
    with pen.inside(head):
        for shape in (left, right):
            pen.fill(shape, shadow, 0.45, 0.1)
    for shape in (left, right):
        pen.shaded(shape, colour.base, colour.dark, colour.shine, depth=0.18, softness=0.14, strength=0.6)
    inner_right = [part, (0.5, -0.92), (1.1, 0.0), (1.1, 1.1), (0.98, 2.1)]
    outer_right = [(0.1, -1.93), (1.2, -1.35), (1.55, -0.1), (1.62, 1.1), (1.4, 2.1)]
    inner_left = [part, (-0.75, -0.95), (-1.12, 0.0), (-1.1, 1.1), (-1.0, 2.1)]
    outer_left = [(-0.5, -1.88), (-1.28, -1.25), (-1.55, -0.1), (-1.62, 1.1), (-1.4, 2.1)]
    _strands(pen, right, [(inner_right, outer_right)], colour, 6, 90)
    _strands(pen, left, [(inner_left, outer_left)], colour, 7, 90)
    for shape, x in ((right, 0.75), (left, -1.0)):
        with pen.inside(shape):
            pen.glow(x, -1.12, 0.62, 0.26, colour.shine, 0.55)
