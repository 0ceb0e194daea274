"""Which joint of a foreign skeleton is which part of the body: by the usual names, else by the shape of the tree.

Only finds joints; positions, units and axes are handled in `core.bvh_retarget`. A part is written as "left_knee" or
"neck".
"""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.bvh_file import BvhFile

Array = NDArray[np.float64]

SIDED_PARTS: Final[dict[str, tuple[str, ...]]] = {
    "hip": ("thigh", "upleg", "upperleg", "uleg", "femur", "hip", "hipjoint", "leg"),
    "knee": ("shin", "calf", "lowerleg", "lowleg", "lleg", "tibia", "knee", "leg"),
    "ankle": ("ankle", "foot"),
    "foot": ("toebase", "toes", "toe", "ball", "foot"),
    "collar": ("clavicle", "collar", "collarbone", "scapula", "shoulder"),
    "shoulder": ("upperarm", "uparm", "uarm", "arm", "shldr", "humerus", "shoulder"),
    "elbow": ("forearm", "lowerarm", "lowarm", "larm", "elbow", "radius"),
    "wrist": ("wrist", "hand"),
}
"""Names of a part without the side, the clearest first. One joint serves one part, in this order of parts."""

MIDDLE_PARTS: Final[dict[str, tuple[str, ...]]] = {"neck": ("lowerneck", "neck"), "head": ("head", "skull")}

REQUIRED: Final = ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")

_SIDES: Final = {"left": "left", "right": "right", "l": "left", "r": "right", "lf": "left", "rt": "right", "lt": "left"}

_HELPERS: Final = {
    "twist", "roll", "ik", "fk", "pole", "ctrl", "control", "end", "nub", "helper", "target", "mch", "adj", "dummy",
    "eff", "effector", "weapon", "prop", "attach", "tip", "marker",
}  # fmt: skip
"""Words of joints that only help another joint; they never stand for a part of the body."""

_WORDS: Final = {name for names in (*SIDED_PARTS.values(), *MIDDLE_PARTS.values()) for name in names}


def split_name(name: str) -> tuple[str, str]:
    """Return the side ("left", "right" or "") and the plain lower-case part of a joint's name.

    Name spaces ("mixamorig:"), prefixes, numbers, case and separators fall away: "Bip01 L UpperArm" and "upper_arm.L"
    give ("left", "upperarm"). A joint that is only a helper, such as a twist bone, gives an empty part.
    """
    plain = name.rsplit(":", 1)[-1]
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", plain)]
    if any(word in _HELPERS for word in words):
        return "", ""
    side = ""
    rest: list[str] = []
    for word in words:
        if not side and word in _SIDES:
            side = _SIDES[word]
        elif word != "bend":  # "thighBend" and "thighTwist" share a thigh, the first is its start
            rest.append(word)
    for start in range(len(rest)):
        part = "".join(rest[start:])
        if part in _WORDS:
            return side, part
        if not side:
            for prefix in ("left", "right", "l", "r"):
                if part.startswith(prefix) and part[len(prefix) :] in _WORDS:
                    return _SIDES[prefix], part[len(prefix) :]
    return side, ""


def parts_by_name(file: BvhFile) -> dict[str, int]:
    """Map parts to joint indices as far as the names tell; parts that no name tells are absent."""
    named: dict[tuple[str, str], int] = {}
    for index, joint in enumerate(file.joints):
        if not joint.end_site:
            named.setdefault(split_name(joint.name), index)
    found: dict[str, int] = {}
    for side in ("left", "right"):
        for part, names in _sided_choices(named, side).items():
            match = next((named[side, name] for name in names if (side, name) in named), None)
            if match is not None:
                found[f"{side}_{part}"] = match
    for part, names in MIDDLE_PARTS.items():
        match = next((named["", name] for name in names if ("", name) in named), None)
        if match is not None:
            found[part] = match
    return found


def _sided_choices(named: dict[tuple[str, str], int], side: str) -> dict[str, tuple[str, ...]]:
    """`SIDED_PARTS` with the ambiguous names given to one part: leg, foot and shoulder differ between conventions."""
    have = {part for which, part in named if which == side}
    choices = dict(SIDED_PARTS)

    def without(part: str, name: str) -> None:
        choices[part] = tuple(word for word in choices[part] if word != name)

    if have & (set(SIDED_PARTS["hip"]) - {"leg"}):
        without("hip", "leg")
    else:
        without("knee", "leg")
    without("foot" if "ankle" not in have else "ankle", "foot")
    if have & (set(SIDED_PARTS["shoulder"]) - {"shoulder"}):
        without("shoulder", "shoulder")
    else:
        without("collar", "shoulder")
    return choices


def has_body(parts: dict[str, int]) -> bool:
    """True when both legs and both arms are known down to ankles and wrists, every joint serving once."""
    wanted = [f"{side}_{part}" for side in ("left", "right") for part in REQUIRED]
    return all(name in parts for name in wanted) and len({parts[name] for name in wanted}) == len(wanted)


def _limb(children: list[list[int]], length: Array, reach: Array, start: int) -> list[int]:
    """Joints from `start` to the far end of its branch, without joints that lie on their parent."""
    path = [start]
    while children[path[-1]]:
        path.append(max(children[path[-1]], key=lambda child: float(reach[child])))
    small = 0.02 * float(reach[start])
    # A joint on top of its parent is only a helper: of such a pile the last one carries the limb.
    return [joint for i, joint in enumerate(path) if i + 1 == len(path) or length[path[i + 1]] > small]


def _long_bones(length: Array, path: list[int]) -> int | None:
    """Index in `path` of the joint at which the two longest neighbouring bones of a limb begin."""
    if len(path) < 3:
        return None
    return max(range(len(path) - 2), key=lambda i: float(length[path[i + 1]] + length[path[i + 2]]))


def parts_by_shape(file: BvhFile) -> dict[str, int]:
    """Map parts to joint indices by the tree alone: two pairs of equal limbs, the pair nearer to the root is the legs.

    Sides are arbitrary here (the first of a pair is called left); `core.bvh_retarget` settles them from the feet.
    """
    children = file.children()
    length = np.linalg.norm(file.bone_vectors(), axis=1)
    reach = length.copy()
    for index in reversed(range(len(file.joints))):
        if children[index]:
            reach[index] += max(reach[child] for child in children[index])
    size = float(reach.max())
    found: dict[str, int] = {}
    pairs: list[tuple[int, int, int]] = []
    for index in range(len(file.joints)):
        limbs = sorted((c for c in children[index] if reach[c] > 0.25 * size), key=lambda c: -float(reach[c]))
        best = min(
            ((a, b) for i, a in enumerate(limbs) for b in limbs[i + 1 :] if abs(reach[a] - reach[b]) < 0.1 * reach[a]),
            key=lambda pair: abs(float(reach[pair[0]] - reach[pair[1]])),
            default=None,
        )
        if best is not None:
            pairs.append((index, min(best), max(best)))
    if len(pairs) < 2:
        return {}
    for (_, *limbs), names in zip(pairs[:2], (("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist")), strict=True):
        for side, limb in zip(("left", "right"), limbs, strict=True):
            path = _limb(children, length, reach, limb)
            start = _long_bones(length, path)
            if start is None:
                return {}
            found.update({f"{side}_{name}": joint for name, joint in zip(names, path[start:], strict=False)})
            if names[0] == "hip" and len(path) > start + 3:
                found[f"{side}_foot"] = path[start + 3]
            if names[0] == "shoulder" and start > 0:
                found[f"{side}_collar"] = path[start - 1]
    chest = pairs[1][0]
    others = [child for child in children[chest] if child not in pairs[1][1:]]
    if others:
        path = _limb(children, length, reach, max(others, key=lambda child: float(reach[child])))
        found["neck"] = path[0]
        if len(path) > 1:
            found["head"] = path[1]
    return found
