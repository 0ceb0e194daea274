"""`Rig`: where the person is in a portrait (body points, hand tips, face box, mouth, sleeve, brush), and its JSON form.

Coordinates are pixels of one picture, x right, y down. Finding a rig is in `core.rig_proposal`, loading in
`core.portrait`.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Self, cast

import numpy as np
from numpy.typing import NDArray

from core.pose import BODY_NAMES, LEFT_EYE, LEFT_HAND, RIGHT_EYE, RIGHT_HAND

Scale = Literal["head", "half", "whole"]
"""How much of the person a portrait shows."""

Sleeve = Literal["none", "half", "long"]
"""What covers the arms: nothing, the upper arm, or all down to the wrist."""

SLEEVES: Final = ("none", "half", "long")
RIG_FORMAT: Final = "versa-rig"
RIG_VERSION: Final = 1

_HAND_NAMES: Final = {LEFT_HAND: "left", RIGHT_HAND: "right"}


StrokeKind = Literal["keep", "remove"]
"""What a brush stroke says of the pixels under it: they are the person's, or they are not."""

STROKE_KINDS: Final = ("keep", "remove")


class PortraitError(ValueError):
    """A picture or a rig cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """One stroke of the brush that corrects the cut-out; where strokes cross, the later one counts.

    Attributes:
        kind: "keep" makes the pixels the person's, "remove" makes them the background's.
        radius: half the brush's width in pixels, above 0.
        points: (N, 2) float32 x, y in pixels along the stroke; one point is a dab.
    """

    kind: StrokeKind
    radius: float
    points: NDArray[np.float32]

    def __post_init__(self) -> None:
        points = np.array(self.points, dtype=np.float32)
        if self.kind not in STROKE_KINDS:
            raise PortraitError(f'A stroke\'s kind must be "keep" or "remove", not {self.kind!r}.')
        if not math.isfinite(self.radius) or self.radius <= 0:
            raise PortraitError(f"A stroke's radius must be above 0, not {self.radius!r}.")
        if points.ndim != 2 or points.shape[1] != 2 or not len(points):
            raise PortraitError(f"A stroke's points must have shape (N, 2) with N of at least 1, not {points.shape}.")
        if not np.isfinite(points).all():
            raise PortraitError("A stroke's points must hold finite numbers only.")
        points.setflags(write=False)
        object.__setattr__(self, "radius", float(self.radius))
        object.__setattr__(self, "points", points)

    def scaled(self, factor: tuple[float, float]) -> "Stroke":
        """The same stroke in a picture that is `factor` (x, y) times as large."""
        size = np.array(factor, np.float32)
        return Stroke(self.kind, self.radius * math.sqrt(float(size[0]) * float(size[1])), self.points * size)


@dataclass(frozen=True, eq=False)
class Rig:
    """Points of the person in a portrait.

    Attributes:
        body: (18, 3) float32 x, y in pixels and confidence 0..1; 0 means not in the picture (x, y may lie outside it).
            OpenPose order, see `core.pose.BODY_NAMES`.
        hand_tips: (2, 3) float32, the same for the end of the middle finger; the person's left hand first.
        face_box: (4,) float32 x, y, width, height in pixels, from the brows' top to the chin.
        mouth: (3,) float32 x, y of the line between the lips and half the mouth's width, in pixels.
        sleeve: what covers the arms.
        source: whether the program proposed it or a user made or corrected it.
        image_size: width, height of the picture that the coordinates belong to; None if whoever made it does not say.
        strokes: the user's brush for the cut-out, in the order of painting; they win over what the program finds.
    """

    body: NDArray[np.float32]
    hand_tips: NDArray[np.float32]
    face_box: NDArray[np.float32]
    mouth: NDArray[np.float32]
    sleeve: Sleeve = "half"
    source: Literal["proposed", "user"] = "proposed"
    image_size: tuple[int, int] | None = None
    strokes: tuple[Stroke, ...] = ()

    def __post_init__(self) -> None:
        for name, shape in {"body": (18, 3), "hand_tips": (2, 3), "face_box": (4,), "mouth": (3,)}.items():
            value = np.array(getattr(self, name), dtype=np.float32)
            if value.shape != shape:
                raise PortraitError(f"The rig's {name} must have shape {shape}, not {value.shape}.")
            if not np.isfinite(value).all():
                raise PortraitError(f"The rig's {name} must hold finite numbers only.")
            value.setflags(write=False)
            object.__setattr__(self, name, value)
        if self.sleeve not in SLEEVES:
            raise PortraitError(f'The rig\'s sleeve must be "none", "half" or "long", not {self.sleeve!r}.')

    @property
    def eye_distance(self) -> float:
        """Distance between the eye centres in pixels, the unit of all body proportions; at least 1."""
        gap = self.body[LEFT_EYE, :2] - self.body[RIGHT_EYE, :2]
        return max(float(np.hypot(gap[0], gap[1])), 1.0)

    def rescaled(self, width: int, height: int) -> "Rig":
        """The same rig for the picture at another size.

        Points outside the picture get confidence 0. Without `image_size` the coordinates are taken as they are.
        """
        if self.image_size is None or self.image_size == (width, height):
            factor = np.ones(2, np.float32)
        else:
            factor = np.array([width / self.image_size[0], height / self.image_size[1]], np.float32)
        body, tips = self.body.copy(), self.hand_tips.copy()
        for points in (body, tips):
            points[:, :2] *= factor
            inside = (points[:, :2] >= 0).all(axis=1) & (points[:, 0] < width) & (points[:, 1] < height)
            points[~inside, 2] = 0.0
        return replace(
            self,
            body=body,
            hand_tips=tips,
            face_box=self.face_box * np.tile(factor, 2),
            mouth=self.mouth * np.array([factor[0], factor[1], factor[0]], np.float32),
            image_size=(width, height),
            strokes=tuple(stroke.scaled((float(factor[0]), float(factor[1]))) for stroke in self.strokes),
        )

    def scale(self) -> Scale:
        """How much of the person is seen: "whole" with an ankle, "half" with an elbow or a hip, otherwise "head"."""
        seen = {name for name, point in zip(BODY_NAMES, self.body, strict=True) if point[2] > 0}
        if seen & {"right_ankle", "left_ankle"}:
            return "whole"
        if seen & {"right_hip", "left_hip", "right_elbow", "left_elbow"}:
            return "half"
        return "head"

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, strings and lists, as stored in JSON."""
        data: dict[str, Any] = {
            "format": RIG_FORMAT,
            "version": RIG_VERSION,
            "image_size": None if self.image_size is None else list(self.image_size),
            "source": self.source,
            "sleeve": self.sleeve,
            "face_box": _numbers(self.face_box),
            "mouth": _numbers(self.mouth),
            "body": {name: _numbers(point) for name, point in zip(BODY_NAMES, self.body, strict=True)},
            "hand_tips": {name: _numbers(self.hand_tips[hand]) for hand, name in _HAND_NAMES.items()},
        }
        if self.strokes:  # a rig without them stays readable for programs that know none
            data["strokes"] = [
                {"kind": s.kind, "radius": round(s.radius, 3), "points": [_numbers(point) for point in s.points]}
                for s in self.strokes
            ]
        return data

    def to_json(self) -> str:
        """JSON text that `from_json` reads back (coordinates rounded to 1/1000 pixel)."""
        return json.dumps(self.to_dict(), indent=2)

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Read what `to_dict` wrote.

        Raises:
            PortraitError: a field is missing, unknown or out of range; the message names it.
        """
        fields = _mapping(
            data,
            "the rig",
            required=("body", "hand_tips", "face_box", "mouth"),
            optional=("format", "version", "image_size", "source", "sleeve", "strokes"),
        )
        if fields.get("format", RIG_FORMAT) != RIG_FORMAT:
            raise PortraitError(f'Rig field "format" must be "{RIG_FORMAT}", not {fields["format"]!r}.')
        if fields.get("version", RIG_VERSION) != RIG_VERSION:
            raise PortraitError(
                f'Rig field "version" is {fields["version"]!r}; this program reads version {RIG_VERSION} only.'
            )
        sleeve, source = fields.get("sleeve", "half"), fields.get("source", "user")
        if sleeve not in SLEEVES:
            raise PortraitError(f'Rig field "sleeve" must be "none", "half" or "long", not {sleeve!r}.')
        if source not in ("proposed", "user"):
            raise PortraitError(f'Rig field "source" must be "proposed" or "user", not {source!r}.')
        body = _mapping(fields["body"], '"body"', required=BODY_NAMES)
        tips = _mapping(fields["hand_tips"], '"hand_tips"', required=tuple(_HAND_NAMES.values()))
        face_box = _row(fields["face_box"], "face_box", 4)
        mouth = _row(fields["mouth"], "mouth", 3)
        if face_box[2] <= 0 or face_box[3] <= 0:
            raise PortraitError('Rig field "face_box" needs a width and a height above 0 (it is x, y, width, height).')
        if mouth[2] <= 0:
            raise PortraitError('Rig field "mouth" needs half a width above 0 (it is x, y, half width).')
        return cls(
            body=np.array([_point(body[name], f"body.{name}") for name in BODY_NAMES], np.float32),
            hand_tips=np.array([_point(tips[n], f"hand_tips.{n}") for n in _HAND_NAMES.values()], np.float32),
            face_box=np.array(face_box, np.float32),
            mouth=np.array(mouth, np.float32),
            sleeve=cast(Sleeve, sleeve),
            source=cast(Literal["proposed", "user"], source),
            image_size=_size(fields.get("image_size")),
            strokes=_strokes(fields.get("strokes", [])),
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
            PortraitError: not JSON, or a field is missing, unknown or out of range; the message names it.
        """
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise PortraitError(f"The rig is not JSON (line {error.lineno}, column {error.colno}).") from error
        return cls.from_dict(data)


def _numbers(row: NDArray[np.float32]) -> list[float]:
    return [round(float(value), 3) for value in row]


def _mapping(data: object, where: str, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise PortraitError(f"Rig: {where} must be an object with named fields, not {type(data).__name__}.")
    for name in required:
        if name not in data:
            raise PortraitError(f'Rig: {where} lacks the field "{name}".')
    for name in data:
        if name not in required and name not in optional:
            raise PortraitError(f'Rig: {where} has an unknown field "{name}".')
    return data


def _row(value: object, name: str, length: int) -> list[float]:
    if not isinstance(value, list | tuple) or len(value) != length:
        raise PortraitError(f'Rig field "{name}" must be a list of {length} numbers.')
    for number in value:
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            raise PortraitError(f'Rig field "{name}" must hold finite numbers, not {number!r}.')
        if abs(number) > 1e6:
            raise PortraitError(f'Rig field "{name}" holds {number!r}, which is no pixel position.')
    return [float(number) for number in value]


def _point(value: object, name: str) -> list[float]:
    row = _row(value, name, 3)
    if not 0.0 <= row[2] <= 1.0:
        raise PortraitError(f'Rig field "{name}" has confidence {row[2]:g}; it must lie in 0..1.')
    return row


def _size(value: object) -> tuple[int, int] | None:
    if value is None:
        return None
    width, height = _row(value, "image_size", 2)
    if width < 1 or height < 1 or width != int(width) or height != int(height):
        raise PortraitError('Rig field "image_size" must be width and height in whole pixels.')
    return int(width), int(height)


def _strokes(value: object) -> tuple[Stroke, ...]:
    if not isinstance(value, list | tuple):
        raise PortraitError('Rig field "strokes" must be a list of brush strokes.')
    found = []
    for index, item in enumerate(value):
        name = f"strokes[{index}]"
        fields = _mapping(item, f'"{name}"', required=("kind", "radius", "points"))
        if fields["kind"] not in STROKE_KINDS:
            raise PortraitError(f'Rig field "{name}.kind" must be "keep" or "remove", not {fields["kind"]!r}.')
        radius = _row([fields["radius"]], f"{name}.radius", 1)[0]
        if radius <= 0:
            raise PortraitError(f'Rig field "{name}.radius" must be above 0, not {radius:g}.')
        points = fields["points"]
        if not isinstance(points, list | tuple) or not points:
            raise PortraitError(f'Rig field "{name}.points" must be a list of at least one point.')
        rows = [_row(point, f"{name}.points[{number}]", 2) for number, point in enumerate(points)]
        found.append(Stroke(cast(StrokeKind, fields["kind"]), radius, np.array(rows, np.float32)))
    return tuple(found)
