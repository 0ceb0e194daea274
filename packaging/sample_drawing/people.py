"""The three sample people and the rooms behind them, each put together from the parts in this folder.

Also says where their joints are, in pixels, in the program's own rig format.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import skia
from sample_drawing import body, clothes, hair
from sample_drawing import face as faces
from sample_drawing.pen import Pen, ellipse, mix, smooth

from core.pose import BODY_NAMES
from core.rig import Rig, Sleeve

DARK = faces.Skin("#915c3c", "#5e3524", "#c18a62", "#3c1d14", "#a04c3b", "#a04e4a")
OLIVE = faces.Skin("#dba77f", "#b07550", "#f0c9a3", "#7d4427", "#d07c5e", "#bd6e5c")
LIGHT = faces.Skin("#f2cdb2", "#d59c7e", "#fde5d3", "#9a5741", "#e68d7c", "#cf6f6b")

SWEATER = body.Cloth("#d9a036", "#9a6316", "#f3cb74")
SHIRT = body.Cloth("#33627a", "#173848", "#6a9cb2")
TEE = body.Cloth("#f1eee8", "#b9b5b2", "#ffffff")
CHINOS = body.Cloth("#b79b77", "#7c6345", "#d8c2a2")
BLAZER = body.Cloth("#d1604f", "#8f3530", "#ee9480")
NAVY = body.Cloth("#34405e", "#1a2138", "#5d6c92")
SNEAKERS = body.Cloth("#f3f1ee", "#b7b3b4", "#ffffff")


@dataclass(frozen=True)
class Sample:
    """One picture.

    Attributes:
        name: file name without suffix.
        size: width, height in pixels.
        origin: pixel of the middle between the eyes.
        unit: distance between the eyes in pixels.
        build, face: proportions.
        sleeve: what covers the arms.
        extent: how much of the person is in the picture.
    """

    name: str
    size: tuple[int, int]
    origin: tuple[float, float]
    unit: float
    build: body.Build
    face: faces.Face
    sleeve: Sleeve
    extent: Literal["head", "half", "whole"]


HEAD = Sample(
    "head", (1024, 1024), (512, 432), 122, body.Build(shoulder=(2.3, 3.35), elbow=(2.95, 7.1), wrist=(3.3, 10.3)),
    faces.Face(DARK, lashes=0.9, lips=1.3, nose=0.295, iris="#3d2213", brow="#20120d"), "long", "head",
)  # fmt: skip
HALF = Sample(
    "half", (1024, 1280), (512, 226), 80,
    body.Build(
        shoulder=(2.6, 3.45), elbow=(3.5, 7.05), wrist=(3.98, 10.25), tip=(4.06, 12.55), neck=0.86, arm=1.36,
        waist=1.92, hips=2.08,
    ),
    faces.Face(
        OLIVE, jaw=1.03, chin=1.9, brow_width=0.135, brow_arch=0.025, lashes=0.0, lips=0.85, iris="#5a4a2a",
        brow="#2a1912",
    ),
    "half", "half",
)  # fmt: skip
WHOLE = Sample(
    "whole", (1024, 1536), (512, 172), 57.5,
    body.Build(
        shoulder=(2.15, 3.3), elbow=(2.98, 6.9), wrist=(3.45, 10.0), tip=(3.55, 12.15), waist=1.55, hips=1.86,
        neck=0.62, arm=1.12,
    ),
    faces.Face(
        LIGHT, jaw=0.9, chin=1.79, lashes=0.8, eye_tilt=0.05, iris="#4b2e1c",
        brow="#3a2a26", brow_width=0.085, brow_arch=0.095,
    ),
    "long", "whole",
)  # fmt: skip
SAMPLES = (HEAD, HALF, WHOLE)


def _head(pen: Pen, sample: Sample, hair_before, colour: hair.HairColour) -> None:  # type: ignore[no-untyped-def]
    faces.ears(pen, sample.face)
    faces.head(pen, sample.face)
    faces.features(pen, sample.face)
    hair_before(pen, colour, faces.outline(sample.face), sample.face.skin.deep)


def _draw_head(pen: Pen) -> None:
    colour = hair.HairColour("#2b1a14", "#120a08", "#70492f")
    hair.curls_behind(pen, colour)
    clothes.sweater_back(pen, SWEATER)
    body.neck(pen, DARK, HEAD.build, faces.outline(HEAD.face))
    clothes.sweater(pen, DARK, SWEATER, HEAD.build, 10.0)
    _head(pen, HEAD, hair.curls_before, colour)
    for side in (-1.0, 1.0):
        ring = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.05, Color=0xFFE9C46A)
        pen.canvas.drawPath(ellipse(1.33 * side, 0.8, 0.15, 0.24), ring)
        pen.line(
            [(1.33 * side - 0.1, 0.64), (1.33 * side - 0.15, 0.8), (1.33 * side - 0.1, 0.97)], "#fff6d8", 0.02, 0.9
        )


def _draw_half(pen: Pen) -> None:
    colour = hair.HairColour("#3a251a", "#1c100b", "#7e563b")
    body.trousers(pen, CHINOS, HALF.build, 16.0)
    hair.short_behind(pen, colour)
    body.neck(pen, OLIVE, HALF.build, faces.outline(HALF.face))
    clothes.belt(pen, HALF.build, 9.35)
    clothes.overshirt(pen, OLIVE, SHIRT, TEE, HALF.build, 9.9)
    faces.ears(pen, HALF.face)
    faces.head(pen, HALF.face)
    faces.features(pen, HALF.face)
    faces.beard(pen, HALF.face, "#33211a")
    hair.short_before(pen, colour, faces.outline(HALF.face), OLIVE.deep)


def _draw_whole(pen: Pen) -> None:
    colour = hair.HairColour("#27201f", "#0f0b0c", "#75615e")
    x, y = WHOLE.build.ankle[:2]
    pen.fill(ellipse(0.15, y + 1.12, x + 2.2, 0.42), "#4a3b34", 0.3, 0.28)
    for side in (-1.0, 1.0):
        pen.fill(ellipse((x + 0.1) * side, y + 1.2, 0.85, 0.2), "#2e2420", 0.5, 0.12)
    body.shoes(pen, SNEAKERS, WHOLE.build)
    body.trousers(pen, NAVY, WHOLE.build, WHOLE.build.ankle[1] + 0.02)
    hair.bob_behind(pen, colour)
    body.neck(pen, LIGHT, WHOLE.build, faces.outline(WHOLE.face))
    clothes.blazer(pen, LIGHT, BLAZER, TEE, WHOLE.build, 10.9)
    _head(pen, WHOLE, hair.bob_before, colour)
    faces.glasses(pen, WHOLE.face, "#3a2c2c")


def _room(pen: Pen, size: tuple[int, int], wall: tuple[str, str], spot: str, floor: float | None = None) -> None:
    """A plain wall with a pool of light, and a floor that begins at y = floor."""
    w, h = size
    everything = skia.Path()
    everything.addRect(skia.Rect(0, 0, w, h))
    pen.fill_gradient(everything, (0, 0), (w * 0.25, h), wall)
    pen.glow(w * 0.38, h * 0.3, w * 0.85, h * 0.62, spot, 0.75)
    if floor is not None:
        ground = skia.Path()
        ground.addRect(skia.Rect(0, floor, w, h))
        pen.fill_gradient(ground, (0, floor), (0, h), (mix(wall[1], "#6b4a3a", 0.16), mix(wall[1], "#ffffff", 0.25)))
        pen.fill(ground, mix(wall[1], "#5a4034", 0.5), 0.12, 18)
        skirting = skia.Path()
        skirting.addRect(skia.Rect(0, floor - 26, w, floor))
        pen.fill(skirting, mix(wall[0], "#ffffff", 0.55))
        pen.line([(0, floor - 26), (w, floor - 26)], mix(wall[1], "#5a4034", 0.25), 2, 0.5)
        pen.line([(0, floor), (w, floor)], mix(wall[1], "#3a2a24", 0.5), 4, 0.4, 2)


def _leaf(pen: Pen, x: float, y: float, degrees: float, length: float, colour: str) -> None:
    with pen.placed(x, y, degrees, (length, length)):
        shape = smooth([(0, 0, 0.2), (0.16, -0.3), (0.15, -0.7), (0, -1, 0.1), (-0.15, -0.7), (-0.16, -0.3)])
        pen.shaded(shape, colour, mix(colour, "#0c2018", 0.45), mix(colour, "#ffffff", 0.35), depth=0.05, softness=0.04)
        pen.line([(0, 0), (0, -0.9)], mix(colour, "#ffffff", 0.3), 0.015, 0.6)


def _plant(pen: Pen, x: float, y: float, size: float) -> None:
    """A plant in a pot that stands on y."""
    for degrees, reach, colour in (
        (-62, 0.9, "#5f8a6b"), (58, 0.95, "#5f8a6b"), (-38, 1.25, "#6f9c78"), (36, 1.3, "#6b9775"),
        (-14, 1.5, "#7cab85"), (14, 1.42, "#76a57f"),
    ):  # fmt: skip
        _leaf(pen, x, y - 0.62 * size, degrees, reach * size, colour)
    pot = smooth(
        [
            (x - 0.4 * size, y - 0.72 * size, 0.1),
            (x + 0.4 * size, y - 0.72 * size, 0.1),
            (x + 0.3 * size, y, 0.1),
            (x - 0.3 * size, y, 0.1),
        ]
    )
    pen.fill(ellipse(x + 0.06 * size, y, 0.42 * size, 0.05 * size), "#3a2c26", 0.4, 0.04 * size)
    pen.fill_gradient(pot, (x - 0.4 * size, y), (x + 0.4 * size, y), ("#e9ddd0", "#cdb9a6", "#a98f7b"))


def _background(pen: Pen, sample: Sample) -> None:
    w, h = sample.size
    if sample.extent == "head":
        _room(pen, sample.size, ("#a9d3d0", "#5f9aa0"), "#d8efe9")
        pen.fill(ellipse(w * 0.5, h * 0.47, 400, 400), "#ffffff", 0.13)
    elif sample.extent == "half":
        _room(pen, sample.size, ("#efe3d3", "#cfb79d"), "#fff6e8")
        shelf = skia.Path()
        shelf.addRect(skia.Rect(w - 205, 330, w, 346))
        pen.fill(shelf, "#8d6b50", 0.5, 10)
        pen.fill(shelf, "#b08a68")
        _plant(pen, w - 92, 331, 105)
        frame = skia.Path()
        frame.addRect(skia.Rect(70, 120, 250, 350))
        pen.fill(frame, "#8d6b50", 0.35, 9)
        pen.fill(frame, "#fbf7f0")
        pen.fill(ellipse(160, 225, 52, 52), "#e3a178", 0.9)
        pen.fill(
            smooth([(82, 300, 0), (135, 255), (190, 285), (238, 262, 0), (238, 338, 0), (82, 338, 0)]), "#7ba39c", 0.9
        )
    else:
        _room(pen, sample.size, ("#dfe3ee", "#aab4cc"), "#f7f8fd", floor=1236)
        pen.fill(ellipse(w * 0.5, 520, 372, 372), "#ffffff", 0.22)
        _plant(pen, 872, 1330, 165)


def draw(sample: Sample) -> np.ndarray:
    """The finished picture, (H, W, 3) uint8 RGB."""
    surface = skia.Surface(*sample.size)
    canvas = surface.getCanvas()
    pen = Pen(canvas)
    _background(pen, sample)
    with pen.placed(*sample.origin, scale=(sample.unit, sample.unit)):
        {"head": _draw_head, "half": _draw_half, "whole": _draw_whole}[sample.extent](pen)
    return np.ascontiguousarray(
        surface.makeImageSnapshot().toarray(colorType=skia.ColorType.kRGBA_8888_ColorType)[..., :3]
    )


def rig(sample: Sample) -> Rig:
    """Where the joints of a drawn person are."""
    b, f = sample.build, sample.face
    right = {
        "eye": (0.5, -0.018), "ear": (1.3, 0.1), "shoulder": b.shoulder, "elbow": b.elbow, "wrist": b.wrist,
        "hip": b.hip, "knee": b.knee, "ankle": b.ankle,
    }  # fmt: skip
    places = {"nose": (0.0, faces.NOSE_Y - 0.1), "neck": (0.0, b.shoulder[1] - 0.35)}
    for name, (x, y) in ((k, v[:2]) for k, v in right.items()):
        places["left_" + name], places["right_" + name] = (x, y), (-x, y)
    unseen = {"head": {"elbow", "wrist", "hip", "knee", "ankle"}, "half": {"knee", "ankle"}, "whole": set()}[
        sample.extent
    ]

    def pixels(place: tuple[float, ...], seen: bool) -> list[float]:
        x, y = (o + sample.unit * v for o, v in zip(sample.origin, place[:2], strict=True))
        return [x, y, 1.0 if seen else 0.0]

    points = [pixels(places[name], name.split("_")[-1] not in unseen) for name in BODY_NAMES]
    tips = [pixels((s * b.tip[0], b.tip[1]), sample.extent != "head") for s in (1, -1)]
    x, y = sample.origin
    u = sample.unit
    return Rig(
        body=np.array(points, np.float32),
        hand_tips=np.array(tips, np.float32),
        face_box=np.array([x - 1.22 * u, y - 0.55 * u, 2.44 * u, (f.chin + 0.55) * u], np.float32),
        mouth=np.array([x, y + u * faces.MOUTH_Y, u * f.mouth], np.float32),
        sleeve=sample.sleeve,
        source="user",
        image_size=sample.size,
    )
