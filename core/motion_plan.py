"""What of a stored motion must be made anew after an edit: a comparison of wishes with records, token by token.

Pure planning; the tokens themselves are made by `models.motion_pipeline` and put in place by `app.director`.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from core.constants import FRAMES_PER_TOKEN
from core.skeleton import BodyPart
from core.timeline import TOKEN_US, MotionLayer, MotionRecord, MotionState, Project, token_range


@dataclass(frozen=True)
class Stretch:
    """A half-open range of tokens that is made anew in one go.

    Attributes:
        start, end: token numbers.
        seed: seed to draw it with.
        prompt: text that directs it, "" for speech alone.
    """

    start: int
    end: int
    seed: int
    prompt: str


@dataclass(frozen=True)
class MotionPlan:
    """Stretches to make anew, in time order, and the records that hold afterwards."""

    stretches: tuple[Stretch, ...]
    records: tuple[MotionRecord, ...]


def why_anew(state: MotionState | None, audio_sha256: str, weights: str, frames: int) -> str | None:
    """Return why a stored motion cannot be kept at all, or None if it can; "" where there is none yet.

    Args:
        state: the stored motion.
        audio_sha256: the recording as it is.
        weights: the motion weights as they are.
        frames: length of the recording in frames of motion.
    """
    if state is None:
        return ""
    if state.audio_sha256 != audio_sha256 or len(state.tokens) != -(-frames // FRAMES_PER_TOKEN):
        return "the recording is another one than the stored motion was made for; all motion is made anew"
    if state.weights != weights:
        return (
            f"the stored motion was made by the weights {state.weights} and the installed ones are {weights}; "
            "all motion is made anew"
        )
    return None


def locked_ranges(project: Project) -> tuple[tuple[int, int], ...]:
    """Return the token ranges of locked segments (and of locked tracks), which no edit may touch."""
    return tuple(
        token_range(segment.start_us, segment.end_us)
        for track in project.tracks
        if track.kind == "prompt"
        for segment in track.segments
        if segment.part == "whole" and (segment.locked or track.locked)
    )


@dataclass(frozen=True)
class PartWish:
    """What is asked of a part of the body on a stretch.

    Attributes:
        part: which.
        wish: the stretch and its direction.
        layer: the stored motion that was made so, or None where it has to be made.
    """

    part: BodyPart
    wish: MotionRecord
    layer: MotionLayer | None


def plan_layers(project: Project) -> tuple[PartWish, ...]:
    """Compare what is asked of parts of the body with what is stored for them, as `plan_motion` does for the whole.

    A stored layer is kept when it was made for the same part, prompt, strength and seed and covers the stretch; of a
    longer one the stretch is cut out. The layer of a locked segment is kept however it was made.
    """
    state = project.motion
    locked = {
        (segment.part, segment.start_us, segment.end_us)
        for track in project.tracks
        if track.kind == "prompt"
        for segment in track.segments
        if segment.locked or track.locked
    }
    found = []
    for part, wish in project.part_wishes():
        layer = None if state is None else kept_layer(state, part, wish)
        if layer is None and state is not None and (part, wish.start_us, wish.end_us) in locked:
            layer = _layer_of(state, part, wish)
        found.append(PartWish(part, wish, layer))
    return tuple(found)


def _layer_of(state: MotionState, part: BodyPart, wish: MotionRecord) -> MotionLayer | None:
    """Return the stored layer of just this stretch, however it was made."""
    same = (wish.start_us, wish.end_us)
    return next((old for old in state.layers if old.part == part and (old.start_us, old.end_us) == same), None)


def kept_layer(state: MotionState, part: BodyPart, wish: MotionRecord) -> MotionLayer | None:
    """Return the stored layer that fulfils a wish, cut to its stretch or put together from neighbours, or None."""
    first, end = _inside(wish, len(state.tokens))
    tokens: tuple[int, ...] = ()
    near = bisect_right(state.layers, wish.end_us + TOKEN_US, key=lambda layer: layer.start_us)
    for layer in reversed(state.layers[:near]):  # in time order, those of one part lie one behind the other
        left, right = _inside(layer, len(state.tokens))
        if layer.part != part or left >= end:
            continue
        if not _same(wish, layer) or len(layer.tokens) != right - left or right < end - len(tokens):
            break
        if (layer.start_us, layer.end_us) == (wish.start_us, wish.end_us):
            return layer
        tokens = layer.tokens[max(first - left, 0) : end - len(tokens) - left] + tokens
        if left <= first:
            return MotionLayer(**dict(wish), part=part, tokens=tokens) if tokens else None
    return None


def spoken_wish(record: MotionRecord, base_seed: int) -> MotionRecord:
    """Return what arms do that a prompt leaves free: what the speech alone asks for on its stretch."""
    return MotionRecord(start_us=record.start_us, end_us=record.end_us, prompt="", strength=1.0, seed=base_seed)


def plan_free(project: Project, records: Sequence[MotionRecord], state: MotionState | None) -> tuple[PartWish, ...]:
    """Return what is wished of the arms that prompts leave free, with the stored layers that fulfil it.

    Where the user directs such an arm, or the upper body, nothing is wished. The layer of a locked segment is kept
    however it was made.

    Args:
        project: what is asked of parts, and its locks.
        records: what made the motion, as it is now.
        state: the stored motion whose layers may be kept, or None.
    """
    asked = [(part, wish) for part, wish in project.part_wishes() if part in ("upper", "left_arm", "right_arm")]
    locked = locked_ranges(project) if state is not None else ()
    found = []
    for record in records:
        taken = {part for part, wish in asked if wish.start_us < record.end_us and wish.end_us > record.start_us}
        for part in () if "upper" in taken else record.free:
            if part in taken:
                continue
            wish = spoken_wish(record, project.seed)
            layer = None if state is None else kept_layer(state, part, wish)
            if layer is None and state is not None and token_range(record.start_us, record.end_us) in locked:
                layer = _layer_of(state, part, record)
            found.append(PartWish(part, wish, layer))
    return tuple(found)


def plan_motion(project: Project) -> MotionPlan:
    """Compare what the project asks for with what made its stored motion.

    A wish is kept when every token of it was made for the same prompt, strength and seed: splitting, joining and
    shortening a segment therefore change nothing that remains. A wish that is new, moved, lengthened or changed is made
    anew as a whole. What no wish covers any more is made anew from the speech alone. Locked segments keep their tokens.

    Args:
        project: with a stored motion.

    Raises:
        ValueError: there is no stored motion.
    """
    state = project.motion
    if state is None:
        raise ValueError("the project has no motion to compare with")
    count = len(state.tokens)
    made: list[MotionRecord | None] = [None] * count
    for record in state.records:
        start, end = _inside(record, count)
        made[start:end] = [record] * (end - start)
    fixed = [False] * count
    for start, end in locked_ranges(project):
        fixed[start:end] = [True] * len(fixed[start:end])

    wishes = project.wishes()
    owner: list[MotionRecord | None] = [None] * count
    dirty = [False] * count
    for wish in wishes:
        start, end = _inside(wish, count)
        owner[start:end] = [wish] * (end - start)
        if any(not _same(wish, record) for record in made[start:end]):
            dirty[start:end] = [True] * (end - start)
    for token in range(count):
        if owner[token] is None and (made[token] is not None or project.seed != state.base_seed):
            dirty[token] = True
        if fixed[token]:
            dirty[token] = False

    return MotionPlan(
        _stretches(owner, dirty, project.seed), _records(state.records, wishes, made, owner, dirty, fixed)
    )


def _inside(record: MotionRecord, count: int) -> tuple[int, int]:
    start, end = token_range(record.start_us, record.end_us)
    return min(start, count), min(end, count)


def _same(wish: MotionRecord, record: MotionRecord | None) -> bool:
    return record is not None and (wish.prompt, wish.strength, wish.seed) == (
        record.prompt,
        record.strength,
        record.seed,
    )


def _stretches(owner: Sequence[MotionRecord | None], dirty: Sequence[bool], base_seed: int) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    token = 0
    while token < len(dirty):
        if not dirty[token]:
            token += 1
            continue
        start, wish = token, owner[token]
        while token < len(dirty) and dirty[token] and owner[token] is wish:
            token += 1
        found.append(
            Stretch(start, token, base_seed if wish is None else wish.seed, "" if wish is None else wish.prompt)
        )
    return tuple(found)


def _records(
    old: Sequence[MotionRecord],
    wishes: Sequence[MotionRecord],
    made: Sequence[MotionRecord | None],
    owner: Sequence[MotionRecord | None],
    dirty: Sequence[bool],
    fixed: Sequence[bool],
) -> tuple[MotionRecord, ...]:
    """Return the wishes, except where a lock kept tokens that were made otherwise: there the old record stays true."""
    stale = [
        fixed[token] and not dirty[token] and not _matches(owner[token], made[token]) for token in range(len(dirty))
    ]
    wishes = [_freed(wish, made, dirty) for wish in wishes]
    if not any(stale):
        return tuple(wishes)
    kept = [piece for wish in wishes for piece in _pieces(wish, stale, keep=False)]
    kept += [piece for record in old for piece in _pieces(record, stale, keep=True)]
    return tuple(sorted(kept, key=lambda record: record.start_us))


def _freed(wish: MotionRecord, made: Sequence[MotionRecord | None], dirty: Sequence[bool]) -> MotionRecord:
    """Return a wish with the arms that its motion leaves free, if that is there already."""
    start, end = _inside(wish, len(made))
    before = made[start] if start < end and not dirty[start] else None
    return wish if before is None or not before.free else wish.model_copy(update={"free": before.free})


def _matches(wish: MotionRecord | None, record: MotionRecord | None) -> bool:
    return record is None if wish is None else _same(wish, record)


def _pieces(record: MotionRecord, stale: Sequence[bool], *, keep: bool) -> list[MotionRecord]:
    """Return the parts of a record that lie on stale tokens (`keep`) or on the others."""
    start, end = _inside(record, len(stale))
    pieces: list[MotionRecord] = []
    token = start
    while token < end:
        if stale[token] is not keep:
            token += 1
            continue
        first = token
        while token < end and stale[token] is keep:
            token += 1
        pieces.append(
            record.model_copy(
                update={
                    "start_us": record.start_us if first == start else first * TOKEN_US,
                    "end_us": record.end_us if token == end else token * TOKEN_US,
                }
            )
        )
    return pieces
