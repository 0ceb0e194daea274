"""Draws a head without its hair: outline, ears, eyes, brows, nose, mouth, beard and glasses.

The origin is the middle between the eyes and the unit is the distance between them, so that the drawn proportions can
be read as those of a real face. Frontal view, mouth closed.
"""

from dataclasses import dataclass

import skia
from sample_drawing.pen import Pen, difference, ellipse, flip, limb, mirrored, mix, smooth

MOUTH_Y = 1.14
NOSE_Y = 0.66
EYE_X = 0.5


@dataclass(frozen=True)
class Skin:
    """Colours of a skin.

    Attributes:
        base, shade, light: lit evenly, on the dark side, on the lit side.
        deep: lines and hollows.
        blush: cheeks, nose tip, ears.
        lip: lips.
    """

    base: str
    shade: str
    light: str
    deep: str
    blush: str
    lip: str


@dataclass(frozen=True)
class Face:
    """What makes one face differ from another; lengths in eye distances.

    Attributes:
        skin: colours.
        jaw: half width of the jaw at the height of the mouth.
        chin: y of the chin.
        eye_height: opening of the lids.
        eye_tilt: how much higher the outer corner lies.
        iris: its colour.
        brow: colour, and its thickness and arch.
        brow_width, brow_arch: thickness in the middle, rise of the arch.
        lashes: 0 (plain) to 1 (strong).
        nose: half width at the nostrils.
        lips: thickness, 1 is medium.
        mouth: half width.
        crease: opacity of the fold above the eye.
        eye_shadow: opacity of the hollow between brow and lid.
    """

    skin: Skin
    jaw: float = 0.93
    chin: float = 1.84
    eye_height: float = 0.215
    eye_tilt: float = 0.035
    iris: str = "#5b3a21"
    brow: str = "#2b1b14"
    brow_width: float = 0.105
    brow_arch: float = 0.08
    lashes: float = 0.6
    nose: float = 0.27
    lips: float = 1.0
    mouth: float = 0.4
    crease: float = 0.5
    eye_shadow: float = 0.35


def outline(face: Face) -> skia.Path:
    """The head from the crown to the chin."""
    jaw, chin = face.jaw, face.chin
    half = [
        (0, -1.72), (0.55, -1.62), (0.98, -1.25), (1.19, -0.7), (1.225, -0.1), (1.185, 0.42),
        (1.2 - (1.2 - jaw) * 0.42, 0.78), (jaw, MOUTH_Y + 0.04), (jaw * 0.76, chin - 0.34), (jaw * 0.44, chin - 0.1),
        (jaw * 0.23, chin - 0.035), (0, chin),
    ]  # fmt: skip
    return smooth(mirrored(half))


def ears(pen: Pen, face: Face) -> None:
    """Both ears; drawn before the head, which covers their roots."""
    skin = face.skin
    for side in (-1.0, 1.0):
        shape = smooth(
            flip(
                [(1.14, -0.2), (1.3, -0.32), (1.43, -0.2), (1.43, 0.08), (1.35, 0.36), (1.25, 0.53), (1.14, 0.46)], side
            )
        )
        pen.shaded(shape, mix(skin.base, skin.blush, 0.3), skin.shade, depth=0.1, softness=0.06, strength=0.6)
        with pen.inside(shape):
            pen.line(flip([(1.22, -0.1), (1.33, -0.18), (1.37, 0.02), (1.3, 0.24)], side), skin.deep, 0.05, 0.4, 0.018)
            pen.glow(1.25 * side, 0.12, 0.12, 0.22, skin.deep, 0.35)


def head(pen: Pen, face: Face) -> None:
    """The skin of the head with all soft shading, without features."""
    skin, shape = face.skin, outline(face)
    pen.fill(shape, skin.base)
    with pen.inside(shape):
        pen.shaded(shape, skin.base, skin.shade, skin.light, depth=0.24, softness=0.2, strength=0.62)
        pen.glow(-0.1, -0.85, 1.0, 0.6, skin.light, 0.5)  # forehead
        pen.glow(-0.62, 0.55, 0.52, 0.38, skin.light, 0.42)  # cheekbones
        pen.glow(0.6, 0.52, 0.46, 0.36, skin.light, 0.26)
        pen.glow(-0.04, face.chin - 0.2, 0.34, 0.2, skin.light, 0.42)  # chin
        for side in (-1.0, 1.0):
            pen.glow(0.74 * side, 0.62, 0.42, 0.34, skin.blush, 0.34)
            pen.glow(0.47 * side, -0.1, 0.44, 0.28, skin.shade, face.eye_shadow)  # socket
            pen.glow(0.2 * side, -0.08, 0.16, 0.3, skin.deep, 0.16)  # beside the bridge
            pen.glow(1.1 * side, 0.95, 0.35, 0.75, skin.shade, 0.35)  # below the cheekbone
        pen.glow(0, face.chin - 0.46, 0.34, 0.1, skin.deep, 0.24)  # below the lower lip


def eye(pen: Pen, face: Face, side: float) -> None:
    """One eye with lids, lashes and the fold above; `side` +1 is the viewer's right."""
    skin, h, tilt = face.skin, face.eye_height, face.eye_tilt
    inner, outer = (EYE_X - 0.255, 0.045), (EYE_X + 0.265, 0.005 - tilt)
    upper = [(0.335, -0.33 * h - 0.01), (0.43, -0.6 * h), (0.53, -0.64 * h), (0.645, -0.46 * h - 0.3 * tilt)]
    lower = [(0.66, 0.26 * h), (0.53, 0.42 * h), (0.4, 0.38 * h), (0.31, 0.3 * h)]
    opening = smooth(flip([(*inner, 0.25), *upper, (*outer, 0.3), *lower], side))
    pen.fill(opening, skin.deep, 0.28, 0.05)
    pen.fill(opening, "#f6f1ec")
    with pen.inside(opening):
        x, y, r = EYE_X * side, -0.018, 0.138
        pen.glow(inner[0] * side, 0.04, 0.1, 0.1, "#c98f86", 0.6)
        pen.fill(ellipse(x, y, r, r), mix(face.iris, "#000000", 0.45))
        pen.fill(ellipse(x, y, r * 0.86, r * 0.86), face.iris)
        pen.glow(x, y + 0.055, r * 0.8, r * 0.62, mix(face.iris, "#ffd9a0", 0.6), 0.75)
        pen.fill(ellipse(x, y, 0.06, 0.06), "#140d0a")
        pen.fill(
            smooth(
                flip(
                    [(0.2, -0.26), (0.85, -0.26), (0.85, -0.1), (0.62, -0.36 * h), (0.46, -0.4 * h), (0.3, -0.16 * h)],
                    side,
                )
            ),
            "#3a2a2a",
            0.32,
            0.03,
        )
        pen.fill(ellipse(x - 0.048, y - 0.052, 0.034, 0.034), "#ffffff", 0.96)
        pen.fill(ellipse(x + 0.05, y + 0.05, 0.017, 0.017), "#ffffff", 0.5)
    lash = mix("#1c110d", face.brow, 0.25)
    rim = [inner, *upper, outer]
    k = face.lashes
    wing = (outer[0] + 0.02 + 0.08 * k, outer[1] + 0.01 - 0.08 * k)
    widths = [0.01, 0.026, 0.036 + 0.026 * k, 0.038 + 0.038 * k, 0.034 + 0.05 * k, 0.024 + 0.052 * k, 0.004]
    pen.fill(limb(flip([*rim, wing], side), widths), lash)
    if face.lashes > 0.4:
        for place, (dx, dy) in (
            ((0.70, -0.3 * h - 0.3 * tilt), (0.075, -0.075)),
            ((0.755, -0.12 * h - 0.7 * tilt), (0.085, -0.055)),
        ):
            tip = (place[0] + dx * face.lashes, place[1] + dy * face.lashes)
            pen.fill(limb(flip([place, tip], side), [0.03, 0.004]), lash)
    pen.swell(flip([outer, *lower, (inner[0] + 0.03, inner[1])], side), lash, 0.02, 0.42)
    pen.swell(flip([(x, y + 0.07) for x, y in (outer, *lower[:3])], side), skin.deep, 0.03, 0.2, 0.015)
    fold = [(inner[0] + 0.02, -0.1), *((x, y - 0.085) for x, y in upper), (outer[0] + 0.035, outer[1] - 0.07)]
    pen.swell(flip(fold, side), skin.deep, 0.034, face.crease, 0.008)


def brow(pen: Pen, face: Face, side: float) -> None:
    """One eyebrow: a tapered band with a few hairs along its upper edge."""
    arch, width = face.brow_arch, face.brow_width
    points = [
        (0.2, -0.385),
        (0.36, -0.425 - 0.35 * arch),
        (0.6, -0.435 - 0.9 * arch),
        (0.78, -0.4 - 0.75 * arch),
        (0.94, -0.3 - 0.3 * arch),
    ]
    widths = [width * 0.6, width * 0.95, width * 0.9, width * 0.55, 0.01]
    band = limb(flip(points, side), widths, caps=(0.3, 0.5))
    pen.fill(band, face.brow, 0.35, 0.03)
    pen.fill(band, face.brow, 0.88, 0.008)
    with pen.inside(band):
        for i in range(9):
            x = 0.18 + 0.07 * i
            pen.line(
                flip([(x, -0.3 - 0.5 * arch), (x + 0.1, -0.5 - arch)], side),
                mix(face.brow, "#ffffff", 0.2),
                0.014,
                0.35,
            )


def nose(pen: Pen, face: Face) -> None:
    """Bridge, tip and nostrils; drawn with shade and light, with a line only below."""
    skin, w = face.skin, face.nose
    pen.fill(
        smooth([(0.1, -0.2), (0.155, 0.15), (0.19, 0.42), (0.29, 0.62), (0.2, 0.7), (0.08, 0.5), (0.06, 0.1)]),
        skin.shade,
        0.5,
        0.07,
    )
    pen.fill(smooth([(-0.045, -0.2), (0.03, -0.2), (0.035, 0.35), (-0.05, 0.35)]), skin.light, 0.62, 0.055)
    pen.glow(-0.035, NOSE_Y - 0.17, 0.15, 0.13, skin.light, 0.85)
    pen.glow(0.0, NOSE_Y - 0.08, 0.32, 0.2, skin.blush, 0.2)
    for side in (-1.0, 1.0):
        pen.swell(
            flip(
                [
                    (w - 0.045, NOSE_Y - 0.21),
                    (w + 0.015, NOSE_Y - 0.1),
                    (w, NOSE_Y + 0.01),
                    (w - 0.075, NOSE_Y + 0.045),
                ],
                side,
            ),
            skin.deep,
            0.034,
            0.4,
            0.016,
        )
        pen.fill(
            smooth(
                flip(
                    [(0.07, NOSE_Y + 0.03), (0.14, NOSE_Y - 0.018), (w - 0.06, NOSE_Y + 0.012), (0.13, NOSE_Y + 0.046)],
                    side,
                )
            ),
            mix(skin.deep, "#200d0a", 0.45),
            0.8,
            0.012,
        )
    pen.swell(
        [
            (-0.1, NOSE_Y + 0.05),
            (-0.045, NOSE_Y + 0.075),
            (0, NOSE_Y + 0.088),
            (0.045, NOSE_Y + 0.075),
            (0.1, NOSE_Y + 0.05),
        ],
        skin.deep,
        0.04,
        0.5,
        0.012,
    )
    pen.glow(0.03, NOSE_Y + 0.16, 0.3, 0.1, skin.shade, 0.55)
    pen.fill(
        smooth([(-0.045, NOSE_Y + 0.14), (0.045, NOSE_Y + 0.14), (0.06, MOUTH_Y - 0.14), (-0.06, MOUTH_Y - 0.14)]),
        skin.shade,
        0.4,
        0.03,
    )


def mouth(pen: Pen, face: Face) -> None:
    """Closed lips with the hint of a smile."""
    skin, m, y, k = face.skin, face.mouth, MOUTH_Y, face.lips
    corner = (m, y - 0.055)
    upper = mirrored(
        [
            (0, y - 0.085 * k),
            (0.085, y - 0.125 * k),
            (0.2, y - 0.09 * k),
            (0.32, y - 0.05),
            (*corner, 0.2),
            (0.25, y + 0.016),
            (0.1, y + 0.006),
            (0, y + 0.02),
        ]
    )
    lower = mirrored(
        [
            (0, y + 0.012),
            (0.1, y - 0.002),
            (0.25, y + 0.008),
            (m - 0.025, y - 0.04, 0.3),
            (0.29, y + 0.1 * k),
            (0.15, y + 0.165 * k),
            (0, y + 0.18 * k),
        ]
    )
    for side in (-1.0, 1.0):
        pen.glow((m + 0.04) * side, y - 0.045, 0.08, 0.09, skin.deep, 0.22)
    lower_path, upper_path = smooth(lower), smooth(upper)
    pen.fill(lower_path, skin.lip, 0.5, 0.02)
    pen.fill(lower_path, skin.lip)
    with pen.inside(lower_path):
        pen.glow(0, y + 0.2 * k, 0.5, 0.08, mix(skin.lip, skin.deep, 0.6), 0.6)
        pen.glow(-0.06, y + 0.085 * k, 0.2, 0.06, mix(skin.lip, "#ffffff", 0.55), 0.6)
    pen.fill(upper_path, mix(skin.lip, skin.deep, 0.28))
    with pen.inside(upper_path):
        pen.glow(-0.05, y - 0.1 * k, 0.3, 0.06, mix(skin.lip, "#ffffff", 0.3), 0.5)
    line = [
        (-m - 0.01, y - 0.064),
        (-0.25, y + 0.01),
        (-0.1, y + 0.002),
        (0, y + 0.016),
        (0.1, y + 0.002),
        (0.25, y + 0.01),
        (m + 0.01, y - 0.064),
    ]
    pen.swell(line, mix(skin.deep, "#2a0c0c", 0.55), 0.034, 0.92)


def beard(pen: Pen, face: Face, colour: str) -> None:
    """A short full beard with a moustache that leaves the lips free."""
    jaw, chin, m = face.jaw, face.chin, face.mouth
    outer = [
        (0, chin + 0.15), (jaw * 0.36, chin + 0.085), (jaw * 0.8, chin - 0.24), (jaw * 1.075, MOUTH_Y + 0.05),
        (1.19, 0.72), (1.225, 0.3), (1.21, -0.12),
    ]  # fmt: skip
    inner = [(1.12, 0.1), (1.03, 0.5), (0.88, 0.78), (0.62, 0.86), (0.4, 0.83), (0.2, 0.795), (0, 0.83)]
    shape = smooth(mirrored([*reversed(inner), *reversed(outer)]))
    y, k = MOUTH_Y, face.lips
    lips = smooth(
        mirrored(
            [
                (0, y - 0.09 * k),
                (0.12, y - 0.122 * k),
                (0.3, y - 0.062),
                (m + 0.005, y - 0.058),
                (0.31, y + 0.09 * k),
                (0.15, y + 0.168 * k),
                (0, y + 0.182 * k),
            ]
        )
    )
    shape = difference(shape, lips)
    with pen.inside(shape):
        pen.fill(shape, mix(colour, face.skin.shade, 0.12), 0.97)
        pen.shaded(
            shape,
            mix(colour, face.skin.shade, 0.14),
            mix(colour, "#000000", 0.4),
            mix(colour, face.skin.light, 0.3),
            depth=0.16,
            softness=0.12,
            strength=0.6,
        )
        for i in range(34):
            x = -1.2 + 2.4 * i / 33
            for row in range(7):
                y0 = 0.72 + 0.19 * row + 0.07 * ((i * 7 + row * 5) % 5) / 5
                lean = 0.16 * x
                pen.line(
                    [(x, y0), (x + lean * 0.5, y0 + 0.09), (x + lean * 0.75, y0 + 0.17)],
                    mix(colour, "#ffffff" if (i + row) % 3 == 0 else "#000000", 0.22),
                    0.016,
                    0.35,
                )
    # Softens the edge on the cheek so that hair seems to thin out.
    edge = [(1.13, -0.02), (1.1, 0.24), (1.03, 0.5), (0.88, 0.78), (0.62, 0.86), (0.4, 0.83)]
    for side in (-1.0, 1.0):
        pen.line(flip(edge, side), mix(colour, face.skin.base, 0.35), 0.05, 0.55, 0.035)


def glasses(pen: Pen, face: Face, colour: str) -> None:
    """Round glasses with thin frames; the lenses keep the eyes well visible."""
    for side in (-1.0, 1.0):
        lens = smooth(
            flip(
                [
                    (0.52, -0.4),
                    (0.83, -0.31),
                    (0.95, -0.02),
                    (0.85, 0.28),
                    (0.54, 0.4),
                    (0.24, 0.3),
                    (0.12, 0.03),
                    (0.2, -0.29),
                ],
                side,
            )
        )
        pen.line(flip([(0.2, 0.33), (0.52, 0.45), (0.88, 0.32)], side), face.skin.deep, 0.05, 0.25, 0.04)
        with pen.inside(lens):
            pen.fill(lens, "#ffffff", 0.05)
            pen.fill(
                smooth(flip([(0.62, -0.45), (0.8, -0.45), (0.42, 0.45), (0.3, 0.45)], side * 1.0)),
                "#ffffff",
                0.07,
                0.02,
            )
        paint = pen._paint(colour, 1.0, 0.0)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(0.052)
        pen.canvas.drawPath(lens, paint)
        pen.line(flip([(0.93, -0.12), (1.08, -0.15), (1.24, -0.16)], side), colour, 0.05)
        pen.line(flip([(0.5, -0.395), (0.72, -0.365), (0.86, -0.26)], side), mix(colour, "#ffffff", 0.45), 0.016, 0.6)
    pen.line([(-0.135, -0.05), (-0.06, -0.11), (0.06, -0.11), (0.135, -0.05)], colour, 0.052)


def features(pen: Pen, face: Face) -> None:
    """Eyes, brows, nose and mouth on a drawn head."""
    nose(pen, face)
    mouth(pen, face)
    for side in (-1.0, 1.0):
        eye(pen, face, side)
        brow(pen, face, side)
