"""Draws what is below the head: neck, torso, arms with hands, legs and shoes, and the clothes over them.

Same origin and unit as `face` (the middle between the eyes, the distance between the eyes). The joints come from
`Build`, so the drawing and the rig that is written beside it can never disagree.
"""

from dataclasses import dataclass

import skia
from sample_drawing.face import Skin
from sample_drawing.pen import Pen, Point, ellipse, flip, limb, mirrored, mix, smooth


@dataclass(frozen=True)
class Cloth:
    """Colours of a fabric: lit evenly, on the dark side, on the lit side."""

    base: str
    dark: str
    light: str


@dataclass(frozen=True)
class Build:
    """Joints of a body that stands upright, and its widths, in eye distances; x for the viewer's right side.

    Attributes:
        shoulder, elbow, wrist, tip: arm joints; tip is the end of the middle finger.
        hip, knee, ankle: leg joints.
        neck: half width of the neck.
        arm: width of the upper arm at the shoulder.
        waist: half width of the torso at the waist.
        hips: half width at the hips.
    """

    shoulder: Point = (2.3, 3.3)
    elbow: Point = (3.35, 6.95)
    wrist: Point = (3.8, 10.2)
    tip: Point = (3.92, 12.35)
    hip: Point = (1.05, 10.3)
    knee: Point = (1.28, 16.1)
    ankle: Point = (1.42, 21.5)
    neck: float = 0.66
    arm: float = 1.2
    waist: float = 1.72
    hips: float = 2.02


def neck(pen: Pen, skin: Skin, build: Build, head: skia.Path) -> None:
    """Neck and the skin of the chest, with the shadow that the head throws."""
    w = build.neck
    shape = smooth(
        mirrored(
            [(0, 0.9), (w, 1.0), (w * 0.97, 1.9), (w * 1.08, 2.3), (w + 0.22, 2.72), (1.0, 3.3), (1.1, 4.2), (0, 4.6)]
        )
    )
    pen.shaded(shape, skin.base, skin.shade, skin.light, depth=0.16, softness=0.12, strength=0.5)
    with pen.inside(shape):
        shadow = skia.Path(head)
        shadow.offset(0.1, 0.34)
        pen.fill(shadow, skin.deep, 0.42, 0.12)
        shadow.offset(-0.04, -0.2)
        pen.fill(shadow, skin.deep, 0.35, 0.05)
        for side in (-1.0, 1.0):
            pen.swell(flip([(w * 0.9, 1.85), (w * 0.55, 2.35), (0.16, 2.74)], side), skin.deep, 0.07, 0.16, 0.04)
            pen.swell(flip([(0.2, 2.86), (0.7, 2.78), (1.25, 2.72)], side), skin.deep, 0.06, 0.3, 0.03)
            pen.swell(flip([(0.2, 2.8), (0.7, 2.72), (1.25, 2.66)], side), skin.light, 0.05, 0.35, 0.03)
        pen.glow(0, 2.87, 0.15, 0.13, skin.deep, 0.16)


def torso_outline(build: Build, hem: float, neck_x: float = 0.86, neck_y: float = 2.5, dip: float = 3.0) -> skia.Path:
    """A top from the shoulders to y = hem, with a round neckline down to y = dip."""
    x, y = build.shoulder[:2]
    half: list[Point] = [
        (0, dip), (neck_x * 0.62, dip - 0.12), (neck_x, neck_y, 0.2), (neck_x + 0.26, neck_y + 0.24),
        (x - 0.75, y - 0.26),
        (x - 0.38, y - 0.1), (x - 0.26, y + 0.5), (x - 0.24, y + 1.1), (x - 0.2, y + 1.7),
        (build.waist + 0.13, 6.0),
        (build.waist, 7.3), (build.hips - 0.06, 9.0), (build.hips + 0.06, hem - 0.2, 0.3),
        (build.hips - 0.15, hem, 0.3),
        (0, hem + 0.1),
    ]  # fmt: skip
    return smooth(mirrored(half))


def arm(pen: Pen, skin: Skin, cloth: Cloth, build: Build, side: float, sleeve: float) -> None:
    """One arm, hand included; `sleeve` is the covered share of the way from shoulder to wrist (0.62 half, 1 long)."""
    a, e, w = build.shoulder, build.elbow, build.wrist
    # The sleeve begins at the neck, so that neck, shoulder and arm have one smooth outer line.
    root, slope, top = (build.neck + 0.3, a[1] - 0.46), (a[0] - 0.8, a[1] - 0.05), (a[0] - 0.2, a[1] + 0.6)
    bend = (e[0] + 0.03, e[1])
    half_up = ((top[0] + bend[0]) / 2 + 0.06, (top[1] + bend[1]) / 2)
    half_down = ((e[0] + w[0]) / 2 + 0.1, (e[1] + w[1]) / 2)
    under_hand = (w[0] + (w[0] - half_down[0]) * 0.16, w[1] + (w[1] - half_down[1]) * 0.16)
    bare = build.arm
    forearm = limb(
        flip([bend, half_down, w[:2], under_hand], side), [bare * k for k in (0.66, 0.6, 0.42, 0.41)], (0.5, 0)
    )
    pen.shaded(forearm, skin.base, skin.shade, skin.light, depth=0.14, softness=0.1, strength=0.5)
    hand(pen, skin, build, side)
    covered, widths = [root, slope, top, half_up, bend], [0.6, 0.95, bare, bare * 0.96, bare * 0.88]
    if sleeve < 1:
        end = (e[0] + (w[0] - e[0]) * 0.16, e[1] + (w[1] - e[1]) * 0.16)
        covered, widths = [*covered, end], [*widths, bare * 0.92]
        with pen.inside(forearm):
            pen.fill(ellipse(end[0] * side, end[1] + 0.12, 0.6, 0.3), skin.deep, 0.45, 0.12)
    else:
        covered, widths = [*covered, half_down, (w[0], w[1] - 0.02)], [*widths, bare * 0.76, bare * 0.62]
    fabric = limb(flip(covered, side), widths, caps=(0.3, 0.08))
    pen.shaded(fabric, cloth.base, cloth.dark, cloth.light, depth=0.22, softness=0.15, strength=0.65)
    with pen.inside(fabric):
        for dx, dy, length, alpha in ((-0.42, -0.3, 0.42, 0.28), (-0.44, 0.08, 0.7, 0.36)):
            x, y = e[0] + dx, e[1] + dy
            fold = [(x, y), (x + length * 0.5, y + 0.12), (x + length, y + 0.03)]
            pen.swell(flip(fold, side), cloth.dark, 0.1, alpha, 0.045)
        fold = [(a[0] - 0.5, a[1] + 1.5), (a[0] - 0.05, a[1] + 1.2), (a[0] + 0.3, a[1] + 1.3)]
        pen.swell(flip(fold, side), cloth.dark, 0.1, 0.3, 0.06)
    last, before = covered[-1], covered[-2]
    length = ((last[0] - before[0]) ** 2 + (last[1] - before[1]) ** 2) ** 0.5
    ux, uy = (last[0] - before[0]) / length, (last[1] - before[1]) / length
    cuff_height = 0.42 if sleeve < 1 else 0.26
    cuff = limb(
        flip([(last[0] - ux * cuff_height, last[1] - uy * cuff_height), last], side),
        [widths[-1] * 1.05, widths[-1] * 1.06],
        caps=(0.06, 0.1),
    )
    pen.shaded(
        cuff, mix(cloth.base, cloth.light, 0.18), cloth.dark, cloth.light, depth=0.14, softness=0.08, strength=0.6
    )
    with pen.inside(cuff):
        pen.line(
            flip(
                [
                    (last[0] - ux * cuff_height - 0.6 * uy, last[1] - uy * cuff_height + 0.6 * ux),
                    (last[0] - ux * cuff_height + 0.6 * uy, last[1] - uy * cuff_height - 0.6 * ux),
                ],
                side,
            ),
            cloth.dark,
            0.06,
            0.6,
            0.02,
        )


FINGERS = (
    # root x, root y, middle x, middle y, tip x, tip y, width; thumb side is negative x
    (-0.28, 0.86, -0.33, 1.4, -0.3, 1.86, 0.235),
    (-0.085, 0.92, -0.1, 1.54, -0.07, 2.06, 0.24),
    (0.11, 0.9, 0.13, 1.48, 0.14, 1.95, 0.228),
    (0.285, 0.82, 0.335, 1.28, 0.335, 1.66, 0.195),
)
HAND_LENGTH = 2.06


def hand(pen: Pen, skin: Skin, build: Build, side: float) -> None:
    """A relaxed hand, seen from its back, with the thumb towards the body."""
    import math

    w, t = build.wrist, build.tip
    length = math.dist(w[:2], t[:2])
    degrees = math.degrees(math.atan2(-(t[0] - w[0]), t[1] - w[1]))
    scale = length / HAND_LENGTH
    with pen.placed(w[0] * side, w[1], degrees * side, (scale * side * 1.12, scale)):
        # Under a mirrored transform the light comes from the other side; the hand is small enough not to show it.
        thumb = limb([(-0.2, 0.22), (-0.46, 0.55), (-0.58, 0.9), (-0.56, 1.24)], [0.36, 0.31, 0.235, 0.17])
        wrist = 0.21 * build.arm / scale / 1.12
        palm = smooth(
            [
                (-wrist, -0.06, 0.3), (-wrist - 0.03, 0.2), (-0.41, 0.6), (-0.4, 0.95), (-0.1, 1.06), (0.18, 1.04),
                (0.385, 0.92),
                (0.4, 0.6), (wrist + 0.05, 0.2), (wrist, -0.06, 0.3),
            ]
        )  # fmt: skip
        pen.shaded(thumb, skin.base, skin.shade, skin.light, depth=0.08, softness=0.05, strength=0.6)
        for rx, ry, mx, my, tx, ty, width in FINGERS:
            finger = limb(
                [(rx, ry - 0.2), (rx, ry), (mx, my), (tx, ty - width * 0.36)],
                [width, width, width * 0.92, width * 0.72],
            )
            pen.fill(finger, skin.deep, 0.55, 0.018)
            pen.shaded(finger, skin.base, skin.shade, skin.light, depth=0.07, softness=0.045, strength=0.62)
            with pen.inside(finger):
                nail = ellipse(tx, ty - width * 0.5, width * 0.24, width * 0.42)
                pen.fill(nail, skin.shade, 0.45, 0.012)
                pen.fill(nail, mix(skin.light, skin.lip, 0.25), 0.85)
                pen.swell(
                    [(mx - width * 0.4, my - 0.02), (mx, my + 0.015), (mx + width * 0.4, my - 0.02)],
                    skin.deep,
                    0.03,
                    0.3,
                    0.012,
                )
        with pen.fading((0, -0.05), (0, 0.17)):
            pen.fill(palm, skin.base)
        with pen.inside(palm):
            pen.glow(0.42, 0.6, 0.3, 0.62, skin.shade, 0.6)
            pen.glow(-0.14, 0.55, 0.3, 0.4, skin.light, 0.4)
        with pen.inside(palm):
            for rx, ry, *_ in FINGERS:
                pen.glow(rx, ry + 0.02, 0.12, 0.1, skin.blush, 0.4)
                pen.glow(rx, ry - 0.08, 0.1, 0.1, skin.light, 0.45)
            for x in (-0.18, 0.02, 0.2):
                pen.swell([(x, 0.95), (x * 0.8, 0.72)], skin.deep, 0.03, 0.35, 0.014)
            pen.swell([(-0.32, 0.42), (-0.38, 0.68), (-0.4, 0.9)], skin.deep, 0.04, 0.4, 0.018)
        pen.fill(ellipse(-0.565, 1.2, 0.045, 0.075), mix(skin.light, skin.lip, 0.25), 0.8)


def trousers(pen: Pen, cloth: Cloth, build: Build, hem: float) -> None:
    """Trousers from the waist to y = hem."""
    hip, knee, ankle = build.hip, build.knee, build.ankle
    crotch = hip[1] + 1.75
    outer: list[Point] = [
        (0, hip[1] - 1.7), (build.hips * 0.9, hip[1] - 1.75, 0), (build.hips * 0.99, hip[1] - 0.7),
        (build.hips * 1.0, hip[1] + 0.6),
        (build.hips * 0.97, hip[1] + 2.2), (knee[0] + 0.66, knee[1]), (ankle[0] + 0.5, hem, 0),
        (ankle[0] - 0.5, hem + 0.04, 0), (knee[0] - 0.6, knee[1]), (0.16, crotch + 1.1), (0, crotch, 0.3),
    ]  # fmt: skip
    shape = smooth(mirrored(outer))
    pen.shaded(shape, cloth.base, cloth.dark, cloth.light, depth=0.26, softness=0.2, strength=0.6)
    with pen.inside(shape):
        for side in (-1.0, 1.0):
            pen.line(
                flip([(hip[0] + 0.08, hip[1] + 1.6), (knee[0] + 0.02, knee[1]), (ankle[0], hem)], side),
                cloth.light,
                0.07,
                0.3,
                0.04,
            )
            pen.glow((knee[0] - 0.75) * side, knee[1] - 2.2, 0.5, 3.4, cloth.dark, 0.5)
            pen.glow((knee[0] - 0.1) * side, knee[1] - 0.2, 0.5, 0.9, cloth.light, 0.3)
            for dx, dy in ((-0.5, 0.25), (-0.46, 0.62)):
                fold = [
                    (knee[0] + dx, knee[1] + dy),
                    (knee[0] + dx + 0.4, knee[1] + dy + 0.13),
                    (knee[0] + dx + 0.8, knee[1] + dy + 0.02),
                ]
                pen.swell(flip(fold, side), cloth.dark, 0.1, 0.35, 0.05)
            pen.swell(
                flip([(0.1, crotch - 0.25), (0.7, crotch - 0.75), (1.3, crotch - 1.0)], side),
                cloth.dark,
                0.12,
                0.42,
                0.05,
            )
            pen.swell(
                flip([(0.2, crotch + 0.15), (0.75, crotch - 0.2), (1.2, crotch - 0.3)], side),
                cloth.dark,
                0.1,
                0.3,
                0.05,
            )
            pocket = [
                (build.hips * 0.66, hip[1] - 1.5),
                (build.hips * 0.78, hip[1] - 0.7),
                (build.hips * 0.98, hip[1] - 0.1),
            ]
            pen.swell(flip(pocket, side), cloth.dark, 0.06, 0.7, 0.012)
            pen.swell(
                flip([(ankle[0] - 0.45, hem - 0.5), (ankle[0], hem - 0.36), (ankle[0] + 0.4, hem - 0.45)], side),
                cloth.dark,
                0.1,
                0.35,
                0.05,
            )
        pen.swell([(0.03, hip[1] - 1.6), (0.06, hip[1] + 0.6), (0, crotch)], cloth.dark, 0.06, 0.7, 0.015)


def shoes(pen: Pen, cloth: Cloth, build: Build) -> None:
    """Sneakers, seen from the front, toes turned out a little."""
    size = 1.12
    x, y = build.ankle[:2]
    for side in (-1.0, 1.0):
        with pen.placed((x - 0.06) * side, y - 0.12, 0.0, (side * size, size)):
            sole = smooth([(-0.52, 0.85), (-0.5, 1.24), (0.1, 1.34), (0.72, 1.26), (0.8, 0.9)])
            upper = smooth(
                [
                    (-0.38, -0.1),
                    (-0.44, 0.4),
                    (-0.54, 0.85),
                    (-0.44, 1.12),
                    (0.12, 1.2),
                    (0.7, 1.12),
                    (0.78, 0.85),
                    (0.6, 0.35),
                    (0.42, -0.1),
                ]
            )
            pen.shaded(sole, "#f1ede6", "#b9b2a8", None, depth=0.08, softness=0.05)
            pen.shaded(upper, cloth.base, cloth.dark, cloth.light, depth=0.16, softness=0.1, strength=0.6)
            with pen.inside(upper):
                pen.fill(
                    smooth([(-0.46, 0.9), (0.1, 0.78), (0.72, 0.9), (0.7, 1.3), (-0.5, 1.3)]), cloth.light, 0.5, 0.02
                )
                pen.fill(smooth([(-0.18, -0.1), (0.2, -0.1), (0.26, 0.62), (-0.1, 0.62)]), cloth.dark, 0.35, 0.03)
                for row in range(4):
                    y0 = 0.06 + 0.16 * row
                    pen.line([(-0.17, y0), (0.05, y0 + 0.045), (0.27, y0)], "#ffffff", 0.05, 0.95)
