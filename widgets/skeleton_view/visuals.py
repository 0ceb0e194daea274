"""What the graphics card draws: capsules, screen-wide lines, the floor and a mesh, each in one draw call.

Thin wrappers over vispy's gloo with buffers that are kept from frame to frame. What is drawn where comes from
`widgets.skeleton_view.figure`; the order of drawing from `widgets.skeleton_view.scene`.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from widgets import theme
from widgets.skeleton_view.figure import Capsules, Floats, rgba


@dataclass(frozen=True)
class Detail:
    """How finely capsules are drawn.

    Attributes:
        sides: corners around a capsule.
        rings: rings from its rim to its pole.
        pixels: whether light is worked out for every pixel, or for corners only.
    """

    sides: int
    rings: int
    pixels: bool


FINE: Final = Detail(18, 5, True)
COARSE: Final = Detail(10, 3, False)
"""For pictures in motion where the processor draws."""

COARSE_GHOST: Final = Detail(6, 2, False)
"""As `COARSE`, for bodies that are thin and seen through."""


_LINE_STEP = 64  # room for lines grows in such steps, so that a trail's length may change from frame to frame

_LIGHT: Final = """
uniform vec3 u_eye;
vec3 lit(vec3 colour, vec3 normal, vec3 place) {
    vec3 look = normalize(u_eye - place);
    vec3 side = normalize(vec3(look.z, 0.0, -look.x) + vec3(1e-4, 0.0, 0.0));
    float key = max(dot(normal, normalize(look - 0.55 * side + vec3(0.0, 0.75, 0.0))), 0.0);
    float sky = 0.5 + 0.5 * normal.y;
    float rim = 1.0 - max(dot(normal, look), 0.0);
    return colour * (0.22 + 0.20 * sky + 0.62 * key) + vec3(0.10) * rim * rim * rim;
}
"""

_CAPSULE_PLACE: Final = """
uniform mat4 u_matrix;
uniform float u_flat;      // height that everything is pressed to, below -0.5 for none
uniform vec4 u_tint;       // takes the place of the colours where its w is above 0
uniform float u_shade;     // above 0.5 with light
attribute vec4 a_shape;    // direction in the capsule's own axes; w is 0 at its start and 1 at its end
attribute vec3 a_start;
attribute vec3 a_end;
attribute vec2 a_radii;
attribute vec4 a_colour;
varying vec4 v_colour;
vec3 normal, place;
void bend() {
    vec3 along = a_end - a_start;
    float reach = length(along);
    along = reach > 1e-5 ? along / reach : vec3(0.0, 1.0, 0.0);
    vec3 helper = abs(along.y) < 0.9 ? vec3(0.0, 1.0, 0.0) : vec3(1.0, 0.0, 0.0);
    vec3 side = normalize(cross(helper, along));
    vec3 up = cross(along, side);
    normal = a_shape.x * side + a_shape.y * up + a_shape.z * along;
    place = mix(a_start, a_end, a_shape.w) + normal * mix(a_radii.x, a_radii.y, a_shape.w);
    if (u_flat > -0.5) place.y = u_flat;
    v_colour = u_tint.w > 0.0 ? u_tint : a_colour;
    gl_Position = u_matrix * vec4(place, 1.0);
}
"""

_PIXEL_LIGHT: Final = (
    _CAPSULE_PLACE
    + """
varying vec3 v_normal;
varying vec3 v_place;
void main() {
    bend();
    v_normal = normal;
    v_place = place;
}
""",
    "varying vec3 v_normal; varying vec3 v_place; varying vec4 v_colour; uniform float u_shade;"
    + _LIGHT
    + """
void main() {
    vec3 colour = u_shade > 0.5 ? lit(v_colour.rgb, normalize(v_normal), v_place) : v_colour.rgb;
    gl_FragColor = vec4(colour, v_colour.a);
}
""",
)

_CORNER_LIGHT: Final = (
    _CAPSULE_PLACE
    + _LIGHT
    + """
void main() {
    bend();
    if (u_shade > 0.5) v_colour.rgb = lit(v_colour.rgb, normal, place);
}
""",
    "varying vec4 v_colour; void main() { gl_FragColor = v_colour; }",
)

_LINE_VERTEX: Final = """
uniform mat4 u_matrix;
uniform vec2 u_size;       // of the picture in pixels
uniform float u_width;     // of the line in pixels
attribute vec3 a_from;
attribute vec3 a_to;
attribute vec2 a_corner;   // 0 or 1 along the line, -1 or 1 across it
attribute vec4 a_colour;
varying vec4 v_colour;
varying float v_across;
void main() {
    vec4 first = u_matrix * vec4(a_from, 1.0);
    vec4 last = u_matrix * vec4(a_to, 1.0);
    vec2 along = (last.xy / last.w - first.xy / first.w) * u_size;
    along = length(along) > 1e-4 ? normalize(along) : vec2(1.0, 0.0);
    vec4 place = mix(first, last, a_corner.x);
    // One pixel more than the line is wide, for its soft edge.
    place.xy += vec2(-along.y, along.x) * a_corner.y * (u_width + 2.0) / u_size * place.w;
    v_across = a_corner.y * (u_width + 2.0) / 2.0;
    v_colour = a_colour;
    gl_Position = place;
}
"""

_LINE_FRAGMENT: Final = """
varying vec4 v_colour;
varying float v_across;
uniform float u_width;
void main() {
    float cover = clamp(u_width / 2.0 + 0.5 - abs(v_across), 0.0, 1.0);
    gl_FragColor = vec4(v_colour.rgb, v_colour.a * cover);
}
"""

_FLOOR_VERTEX: Final = """
uniform mat4 u_matrix;
uniform vec2 u_middle;
attribute vec2 a_place;
varying vec2 v_place;
void main() {
    v_place = u_middle + a_place;
    gl_Position = u_matrix * vec4(v_place.x, 0.0, v_place.y, 1.0);
}
"""

_FLOOR_FRAGMENT: Final = """
varying vec2 v_place;
uniform vec2 u_middle;
uniform vec4 u_colour;
uniform vec4 u_x_colour;
uniform vec4 u_z_colour;
float stroke(float place, float width) {   // soft line at whole numbers, wherever the picture puts them
    float wide = max(fwidth(place), 1e-5);
    float away = abs(fract(place - 0.5) - 0.5) / wide;
    return clamp(width - away, 0.0, 1.0) * clamp(1.6 - 2.5 * wide, 0.0, 1.0);
}
void main() {
    float fade = 1.0 - smoothstep(1.2, 7.0, length(v_place - u_middle));
    float fine = max(stroke(v_place.x * 4.0, 0.9), stroke(v_place.y * 4.0, 0.9)) * 0.28;
    float main_lines = max(stroke(v_place.x, 1.1), stroke(v_place.y, 1.1)) * 0.85;
    vec4 colour = vec4(u_colour.rgb, u_colour.a * max(fine, main_lines));
    float x_axis = clamp(1.3 - abs(v_place.y) / max(fwidth(v_place.y), 1e-5), 0.0, 1.0);
    float z_axis = clamp(1.3 - abs(v_place.x) / max(fwidth(v_place.x), 1e-5), 0.0, 1.0);
    colour = mix(colour, u_x_colour, x_axis);
    colour = mix(colour, u_z_colour, z_axis);
    gl_FragColor = vec4(colour.rgb, colour.a * fade);
}
"""

_MESH_VERTEX: Final = """
uniform mat4 u_matrix;
attribute vec3 a_place;
attribute vec3 a_normal;
varying vec3 v_place;
varying vec3 v_normal;
void main() {
    v_place = a_place;
    v_normal = a_normal;
    gl_Position = u_matrix * vec4(a_place, 1.0);
}
"""

_MESH_FRAGMENT: Final = (
    "varying vec3 v_place; varying vec3 v_normal; uniform vec4 u_colour;"
    + _LIGHT
    + "void main() { gl_FragColor = vec4(lit(u_colour.rgb, normalize(v_normal), v_place), u_colour.a); }"
)


@cache
def _template(sides: int, rings: int) -> tuple[Floats, NDArray[np.uint32]]:
    """(V, 4) directions with the end that they belong to, and the triangles between them."""
    lifts = np.concatenate([np.linspace(-np.pi / 2, 0, rings), np.linspace(0, np.pi / 2, rings)])
    ends = np.repeat([0.0, 1.0], rings)
    turns = np.arange(sides) * 2 * np.pi / sides
    rows = [
        [np.cos(lift) * np.cos(turn), np.cos(lift) * np.sin(turn), np.sin(lift), end]
        for lift, end in zip(lifts, ends, strict=True)
        for turn in turns
    ]
    faces = []
    for ring in range(2 * rings - 1):
        for side in range(sides):
            a, b = ring * sides + side, ring * sides + (side + 1) % sides
            faces += [(a, b, b + sides), (a, b + sides, a + sides)]
    return np.array(rows, np.float32), np.array(faces, np.uint32)


_CAPSULE_TYPE: Final = [
    ("a_start", np.float32, 3), ("a_end", np.float32, 3), ("a_radii", np.float32, 2), ("a_colour", np.float32, 4),
]  # fmt: skip


class CapsulesVisual:
    """Any number of capsules as one mesh: every one is the same template, bent in the vertex shader.

    Args:
        detail: how finely.
    """

    def __init__(self, detail: Detail = FINE) -> None:
        self._template, self._faces = _template(detail.sides, detail.rings)
        self._program = gloo.Program(*(_PIXEL_LIGHT if detail.pixels else _CORNER_LIGHT))
        self._count = 0
        self._rows = np.zeros(0, _CAPSULE_TYPE)
        self._buffer = gloo.VertexBuffer()
        self._indices = gloo.IndexBuffer()

    def set(self, capsules: Capsules) -> None:
        """Take the capsules to draw from now on."""
        size = len(self._template)
        if len(capsules) != self._count:
            self._count = len(capsules)
            self._rows = np.zeros(self._count * size, _CAPSULE_TYPE)
            if self._count == 0:
                return
            self._fill(capsules)
            # New objects: a buffer that changes its size in place keeps its old one alive on some drivers.
            self._buffer = gloo.VertexBuffer(self._rows)
            self._program.bind(self._buffer)
            self._program["a_shape"] = gloo.VertexBuffer(np.tile(self._template, (self._count, 1)))
            offsets = np.arange(self._count, dtype=np.uint32)[:, None, None] * size
            self._indices = gloo.IndexBuffer((self._faces[None] + offsets).reshape(-1))
        elif self._count:
            self._fill(capsules)
            self._buffer.set_subdata(self._rows, copy=False)

    def _fill(self, capsules: Capsules) -> None:
        table = self._rows.reshape(self._count, -1)
        table["a_start"] = capsules.start[:, None]
        table["a_end"] = capsules.end[:, None]
        table["a_radii"] = capsules.radii[:, None]
        table["a_colour"] = capsules.colours[:, None]

    def draw(self, matrix: Floats, eye: Floats) -> None:
        """Draw with light and shade and the present OpenGL state."""
        self._draw(matrix, eye, -1.0, (0.0, 0.0, 0.0, 0.0), True)

    def draw_depth(self, matrix: Floats) -> None:
        """Draw for the depth only: light, which is half of the work, is left out."""
        self._draw(matrix, np.zeros(3, np.float32), -1.0, (0.0, 0.0, 0.0, 0.0), False)

    def draw_flat(self, matrix: Floats, height: float, tint: Floats | None = None) -> None:
        """Draw pressed to a height, without light, in their own colours or all in `tint`."""
        self._draw(matrix, np.zeros(3, np.float32), height, (0.0, 0.0, 0.0, 0.0) if tint is None else tint, False)

    def _draw(self, matrix: Floats, eye: Floats, flat: float, tint: Floats | tuple[float, ...], shaded: bool) -> None:
        if self._count == 0:
            return
        self._program["u_matrix"] = matrix
        self._program["u_eye"] = eye
        self._program["u_flat"] = flat
        self._program["u_tint"] = tint
        self._program["u_shade"] = float(shaded)
        self._program.draw("triangles", self._indices)


class LinesVisual:
    """Line segments of a width in pixels, with soft edges."""

    def __init__(self) -> None:
        self._program = gloo.Program(_LINE_VERTEX, _LINE_FRAGMENT)
        self._count = 0
        self._capacity = 0
        self._rows: dict[str, Floats] = {}
        self._indices = gloo.IndexBuffer()

    def set(self, start: Floats, end: Floats, colours: Floats) -> None:
        """Take (N, 3) starts and ends and (N, 4) colours, N > 0."""
        count = len(start)
        capacity = -(-count // _LINE_STEP) * _LINE_STEP
        if capacity != self._capacity:
            corners = np.tile(np.array([[0, -1], [0, 1], [1, -1], [1, 1]], np.float32), (capacity, 1))
            self._program["a_corner"] = gloo.VertexBuffer(corners)
            faces = np.array([[0, 1, 2], [2, 1, 3]], np.uint32)
            self._indices = gloo.IndexBuffer((faces[None] + 4 * np.arange(capacity)[:, None, None]).astype(np.uint32))
        for name, values in (("a_from", start), ("a_to", end), ("a_colour", colours)):
            same = capacity == self._capacity
            if not same:
                self._rows[name] = np.zeros((4 * capacity, values.shape[1]), np.float32)
            rows = self._rows[name]
            table = rows.reshape(capacity, 4, -1)
            table[:count] = values[:, None]
            table[count:] = 0.0
            if same:
                self._program[name].set_subdata(rows, copy=False)
            else:
                self._program[name] = gloo.VertexBuffer(rows)
        self._capacity = capacity
        self._count = count

    def draw(self, matrix: Floats, size: tuple[int, int], width: float) -> None:
        """Draw into a picture of that many pixels."""
        if self._count == 0:
            return
        self._program["u_matrix"] = matrix
        self._program["u_size"] = size
        self._program["u_width"] = width
        self._program.draw("triangles", self._indices)


class FloorVisual:
    """The floor's grid: lines every 25 cm and every metre, fading away, with the two axes coloured."""

    def __init__(self) -> None:
        self._program = gloo.Program(_FLOOR_VERTEX, _FLOOR_FRAGMENT)
        self._program["a_place"] = np.array([[-9, -9], [-9, 9], [9, -9], [9, 9]], np.float32)
        self._program["u_colour"] = rgba(theme.DIM_TEXT, 0.5)
        self._program["u_x_colour"] = rgba(theme.ERROR, 0.6)
        self._program["u_z_colour"] = rgba(theme.ACCENT, 0.6)

    def draw(self, matrix: Floats, middle: tuple[float, float]) -> None:
        """Draw around a point of the floor (x, z)."""
        self._program["u_matrix"] = matrix
        self._program["u_middle"] = middle
        self._program.draw("triangle_strip")


class MeshVisual:
    """A closed surface whose points move and whose triangles stay."""

    def __init__(self) -> None:
        self._program = gloo.Program(_MESH_VERTEX, _MESH_FRAGMENT)
        self._faces: NDArray[np.uint32] | None = None
        self._indices = gloo.IndexBuffer()
        self._filled = False
        self._program["u_colour"] = rgba(theme.MIDDLE)

    def set(self, vertices: Floats, faces: NDArray[np.integer]) -> None:
        """Take (V, 3) metres and (F, 3) indices."""
        if self._faces is None or self._faces.shape != faces.shape or not np.array_equal(self._faces, faces):
            self._faces = np.ascontiguousarray(faces, np.uint32)
            self._indices = gloo.IndexBuffer(self._faces)
            self._filled = False
        for name, values in (("a_place", vertices), ("a_normal", _normals(vertices, self._faces))):
            values = np.ascontiguousarray(values, np.float32)
            if self._filled and self._program[name].size == len(values):
                self._program[name].set_subdata(values, copy=False)
            else:
                self._program[name] = gloo.VertexBuffer(values)
        self._filled = True

    def draw(self, matrix: Floats, eye: Floats) -> None:
        """Draw with the present OpenGL state."""
        if self._filled:
            self._program["u_matrix"] = matrix
            self._program["u_eye"] = eye
            self._program.draw("triangles", self._indices)


def _normals(vertices: Floats, faces: NDArray[np.uint32]) -> Floats:
    """(V, 3) directions of the surface at its points: the area-weighted mean of the triangles around."""
    corners = vertices[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat, count = faces.reshape(-1), len(vertices)
    sums = [np.bincount(flat, np.repeat(across[:, axis], 3), count) for axis in range(3)]
    total = np.stack(sums, axis=1)
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12), np.float32)


class ScreenVisual:
    """A texture over the whole picture, for pictures that were drawn larger to smooth their edges."""

    def __init__(self) -> None:
        self._program = gloo.Program(
            "attribute vec2 a_place; varying vec2 v_place;"
            "void main() { v_place = 0.5 + 0.5 * a_place; gl_Position = vec4(a_place, 0.0, 1.0); }",
            "uniform sampler2D u_picture; varying vec2 v_place;"
            "void main() { gl_FragColor = vec4(texture2D(u_picture, v_place).rgb, 1.0); }",
        )
        self._program["a_place"] = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]], np.float32)

    def draw(self, picture: gloo.Texture2D) -> None:
        """Fill the present viewport with the texture."""
        self._program["u_picture"] = picture
        self._program.draw("triangle_strip")
