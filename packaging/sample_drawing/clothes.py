"""Draws the three tops of the sample people: a knitted sweater, an open overshirt over a T-shirt, and a blazer.

Each function draws torso and arms in the right order; the arms themselves are `body.arm`. Origin and unit as in `body`.
"""

import skia
from sample_drawing.body import Build, Cloth, arm, torso_outline
from sample_drawing.face import Skin
from sample_drawing.pen import Pen, Point, difference, ellipse, flip, limb, mirrored, mix, smooth

SIDES = (-1.0, 1.0)


def _folds(pen: Pen, cloth: Cloth, build: Build) -> None:
    """Soft folds from the armpits and along the sides."""
    x, y = build.shoulder[:2]
    for side in SIDES:
        pen.swell(
            flip([(x + 0.1, y + 1.2), (x - 0.5, y + 1.65), (x - 1.0, y + 1.75)], side), cloth.dark, 0.16, 0.35, 0.07
        )
        pen.swell(
            flip([(build.waist + 0.1, 6.6), (build.waist - 0.5, 7.0), (build.waist - 1.1, 7.05)], side),
            cloth.dark,
            0.13,
            0.3,
            0.06,
        )
        pen.swell(
            flip([(build.waist + 0.1, 7.6), (build.waist - 0.6, 7.75), (build.waist - 1.0, 7.6)], side),
            cloth.dark,
            0.11,
            0.25,
            0.06,
        )
        pen.glow((x + 0.05) * side, y + 2.2, 0.4, 1.3, cloth.dark, 0.4)


def sweater(pen: Pen, skin: Skin, cloth: Cloth, build: Build, hem: float) -> None:
    """A knitted sweater with a ribbed crew neck and long sleeves."""
    for side in SIDES:
        arm(pen, skin, cloth, build, side, 1.0)
    torso = torso_outline(build, hem, neck_x=0.98, neck_y=2.42, dip=3.02)
    pen.shaded(torso, cloth.base, cloth.dark, cloth.light, depth=0.3, softness=0.24, strength=0.55)
    with pen.inside(torso):
        pen.glow(-0.9, 4.1, 1.4, 1.1, cloth.light, 0.5)
        _folds(pen, cloth, build)
        for i in range(-16, 17):
            x = i * 0.19
            pen.line([(x * 0.93, 2.4), (x, 4.0), (x * 0.97, hem)], cloth.dark, 0.03, 0.2, 0.012)
            pen.line([(x * 0.93 + 0.05, 2.4), (x + 0.05, 4.0), (x * 0.97 + 0.05, hem)], cloth.light, 0.022, 0.22, 0.01)
    collar_line: list[Point] = [
        (-0.86, 2.34), (-0.82, 2.68), (-0.5, 2.98), (0, 3.1), (0.5, 2.98), (0.82, 2.68), (0.86, 2.34),
    ]  # fmt: skip
    collar = limb(collar_line, [0.2, 0.32, 0.36, 0.36, 0.36, 0.32, 0.2], caps=(0.5, 0.5))
    with pen.inside(torso):
        pen.fill(collar, cloth.dark, 0.6, 0.07)
    rib = mix(cloth.base, cloth.light, 0.15)
    pen.shaded(collar, rib, cloth.dark, cloth.light, depth=0.1, softness=0.07, strength=0.6)
    with pen.inside(collar):
        for i in range(-15, 16):
            x = i / 15 * 0.95
            middle = 3.1 - 0.72 * abs(x / 0.86) ** 2.4
            pen.line([(x * 0.9, middle - 0.26), (x * 1.08, middle + 0.26)], cloth.dark, 0.026, 0.4, 0.008)


def sweater_back(pen: Pen, cloth: Cloth) -> None:
    """The part of the crew neck that is seen behind the neck; drawn before the neck."""
    band = smooth(mirrored([(0, 2.1), (0.6, 2.13), (0.92, 2.3), (0.9, 2.62), (0, 2.62)]))
    pen.shaded(band, mix(cloth.base, cloth.dark, 0.55), cloth.dark, cloth.base, depth=0.1, softness=0.07)


def overshirt(pen: Pen, skin: Skin, cloth: Cloth, under: Cloth, build: Build, hem: float) -> None:
    """An open overshirt with rolled sleeves over a T-shirt."""
    shirt = torso_outline(build, hem - 0.2, neck_x=0.9, neck_y=2.4, dip=3.05)
    pen.shaded(shirt, under.base, under.dark, under.light, depth=0.2, softness=0.2, strength=0.5)
    with pen.inside(shirt):
        for points in (
            [(-0.9, 4.6), (-0.3, 4.9), (0.5, 4.75)],
            [(0.8, 6.4), (0.2, 6.8), (-0.6, 6.7)],
            [(-0.7, 8.3), (0.0, 8.6), (0.7, 8.4)],
        ):
            pen.swell(points, under.dark, 0.14, 0.5, 0.06)
    band: list[Point] = [(-0.92, 2.4), (-0.76, 2.78), (-0.42, 3.03), (0, 3.1), (0.42, 3.03), (0.76, 2.78), (0.92, 2.4)]
    pen.fill(limb(band, [0.2] * 7), under.dark, 0.35, 0.04)
    pen.shaded(limb(band, [0.18] * 7), under.light, under.dark, None, depth=0.06, softness=0.04)
    for side in SIDES:
        arm(pen, skin, cloth, build, side, 0.6)
    whole = torso_outline(build, hem, neck_x=0.94, neck_y=2.36, dip=3.0)
    opening = smooth(
        [
            (0, 2.0),
            (0.72, 2.3),
            (0.86, 3.2),
            (0.72, 5.0),
            (0.66, 7.5),
            (0.8, hem + 0.5, 0),
            (-0.7, hem + 0.5, 0),
            (-0.56, 7.5),
            (-0.64, 5.0),
            (-0.84, 3.2),
            (-0.72, 2.3),
        ]
    )
    panels = difference(whole, opening)
    with pen.inside(shirt):
        pen.fill(panels, under.dark, 0.75, 0.12)
    pen.shaded(panels, cloth.base, cloth.dark, cloth.light, depth=0.22, softness=0.18, strength=0.6)
    with pen.inside(panels):
        pen.glow(-1.3, 4.1, 0.9, 1.0, cloth.light, 0.45)
        _folds(pen, cloth, build)
        pen.line([(0.98, 3.2), (0.86, 5.0), (0.8, 7.5), (0.94, hem)], cloth.dark, 0.03, 0.6)
        pen.line([(-0.97, 3.2), (-0.78, 5.0), (-0.7, 7.5), (-0.84, hem)], cloth.dark, 0.03, 0.6)
        pocket = smooth([(1.05, 4.75, 0), (1.95, 4.75, 0), (1.95, 5.65, 0.2), (1.5, 5.85, 0.2), (1.05, 5.65, 0.2)])
        pen.shaded(
            pocket, mix(cloth.base, cloth.light, 0.12), cloth.dark, cloth.light, depth=0.06, softness=0.04, strength=0.5
        )
        pen.line([(1.05, 4.98), (1.5, 5.0), (1.95, 4.98)], cloth.dark, 0.03, 0.6)
    for y in (4.2, 5.5, 6.8, 8.1):
        x = -0.73 + 0.02 * y
        pen.fill(ellipse(-0.9 + 0.022 * y, y, 0.075, 0.075), mix(cloth.light, "#ffffff", 0.4))
        pen.fill(ellipse(-0.9 + 0.022 * y, y, 0.03, 0.03), cloth.dark)
        del x
    for side in SIDES:
        collar = smooth(
            flip([(0.7, 1.98), (1.0, 2.28), (1.55, 2.72, 0.3), (1.28, 3.62, 0.1), (0.84, 3.16), (0.66, 2.5)], side)
        )
        with pen.inside(whole):
            pen.fill(collar, cloth.dark, 0.55, 0.08)
        pen.shaded(
            collar, mix(cloth.base, cloth.light, 0.16), cloth.dark, cloth.light, depth=0.1, softness=0.08, strength=0.6
        )


def blazer(pen: Pen, skin: Skin, cloth: Cloth, under: Cloth, build: Build, hem: float) -> None:
    """A single-breasted blazer over a plain top."""
    top = smooth(mirrored([(0, 3.3), (0.4, 3.18), (0.9, 2.55), (1.15, 3.1), (1.4, 5.0), (1.2, 9.0), (0, 9.2)]))
    pen.shaded(top, under.base, under.dark, under.light, depth=0.12, softness=0.12, strength=0.5)
    for points in ([(-0.5, 4.3), (0.0, 4.55), (0.5, 4.4)], [(0.4, 5.5), (0.0, 5.8), (-0.4, 5.7)]):
        pen.swell(points, under.dark, 0.1, 0.5, 0.05)
    for side in SIDES:
        arm(pen, skin, cloth, build, side, 1.0)
    whole = torso_outline(build, hem, neck_x=0.9, neck_y=2.4, dip=2.6)
    opening = smooth(
        [
            (0, 1.8),
            (0.8, 2.3),
            (0.78, 3.4),
            (0.46, 5.2),
            (0.04, 7.0, 0.1),
            (0.3, 8.4),
            (0.75, hem + 0.6, 0),
            (-0.45, hem + 0.6, 0),
            (-0.14, 8.4),
            (-0.02, 7.0, 0.1),
            (-0.46, 5.2),
            (-0.78, 3.4),
            (-0.8, 2.3),
        ]
    )
    panels = difference(whole, opening)
    with pen.inside(top):
        pen.fill(panels, under.dark, 0.8, 0.12)
    pen.shaded(panels, cloth.base, cloth.dark, cloth.light, depth=0.22, softness=0.18, strength=0.6)
    with pen.inside(panels):
        pen.glow(-1.3, 4.0, 0.9, 1.0, cloth.light, 0.45)
        _folds(pen, cloth, build)
        pen.swell([(0.02, 7.0), (0.16, 8.2), (0.5, hem)], cloth.dark, 0.08, 0.6, 0.02)
        for side in SIDES:
            pen.line(flip([(0.85, 8.0), (1.2, 7.92), (1.62, 7.96)], side), cloth.dark, 0.13, 0.45, 0.015)
            pen.line(flip([(0.85, 7.95), (1.2, 7.87), (1.62, 7.91)], side), cloth.light, 0.03, 0.6, 0.01)
    for y in (7.15, 8.05):
        pen.fill(ellipse(-0.22, y, 0.1, 0.1), cloth.dark)
        pen.fill(ellipse(-0.235, y - 0.015, 0.075, 0.075), mix(cloth.base, "#3a2020", 0.35))
    for side in SIDES:
        lapel = smooth(
            flip(
                [
                    (0.78, 2.2, 0.3),
                    (1.05, 2.5),
                    (1.5, 3.5, 0.1),
                    (1.22, 3.66, 0.1),
                    (1.44, 4.05, 0.1),
                    (0.86, 5.6),
                    (0.06, 7.0, 0.1),
                    (0.5, 5.0),
                    (0.76, 3.5),
                ],
                side,
            )
        )
        with pen.inside(whole):
            pen.fill(lapel, cloth.dark, 0.5, 0.09)
        pen.shaded(
            lapel, mix(cloth.base, cloth.light, 0.2), cloth.dark, cloth.light, depth=0.1, softness=0.08, strength=0.55
        )
        with pen.inside(lapel):
            pen.line(flip([(0.98, 3.38), (1.22, 3.64)], side), cloth.dark, 0.03, 0.7)


def belt(pen: Pen, build: Build, y: float) -> None:
    """A leather belt with a buckle at the waist of the trousers."""
    w = build.hips * 0.97
    strap = smooth(
        [(-w, y - 0.2, 0), (0, y - 0.1), (w, y - 0.2, 0), (w, y + 0.14, 0), (0, y + 0.24), (-w, y + 0.14, 0)]
    )
    pen.shaded(strap, "#5a3a26", "#2e1b11", "#8a6040", depth=0.08, softness=0.06)
    buckle = skia.Path()
    buckle.addRRect(skia.RRect.MakeRectXY(skia.Rect(-0.3, y - 0.12, 0.3, y + 0.27), 0.07, 0.07))
    pen.shaded(
        difference(buckle, ellipse(0, y + 0.075, 0.17, 0.1)), "#d9c48a", "#8a7440", "#fff2c8", depth=0.05, softness=0.03
    )
