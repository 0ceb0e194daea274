"""Takes of a segment as pure functions: keep the present motion, go back to another one, star one.

A take is the motion codes of a segment and what made them. Going back to one puts its codes into the stored motion
together with a record of what made them, so that `core.motion_plan` finds nothing to do. Making motion is not done
here.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import Any, Final

from core.constants import MAX_SEED
from core.motion_plan import kept_layer
from core.skeleton import BodyPart
from core.timeline import (
    MotionLayer,
    MotionRecord,
    MotionState,
    Project,
    Segment,
    Take,
    TimelineError,
    Track,
    token_range,
)

_MAKING: Final = ("prompt", "part", "strength", "seed")
"""Fields of a segment that its motion is made for."""

Made = tuple[str, float, int] | None
"""What a stretch of motion was made for: prompt, strength and seed, or None for the speech alone."""


def released(segment: Segment, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the further change that a change of a segment brings: the take in use is let go if it no longer fits."""
    if segment.active_take is None or "active_take" in changes:
        return {}
    if all(getattr(segment, name) == changes.get(name, getattr(segment, name)) for name in _MAKING):
        return {}
    return {"active_take": None}


def used_seed(project: Project, segment: Segment) -> int:
    """Return the seed that the segment's motion is drawn with."""
    return project.seed if segment.seed is None else segment.seed


def wish_of(segment: Segment, seed: int) -> MotionRecord:
    """Return what a segment asks for, drawn with a seed."""
    return MotionRecord(
        start_us=segment.start_us,
        end_us=segment.end_us,
        prompt=segment.prompt,
        strength=segment.strength,
        seed=seed,
    )


def made_tokens(project: Project, segment: Segment) -> tuple[int, ...]:
    """Return the codes of a segment's motion: of the whole body, or of its part's own; empty where there are none.

    For a part of the body they are those that were made as the segment wishes now.
    """
    state = project.motion
    if state is None:
        return ()
    if segment.part == "whole":
        start, end = _inside(segment.start_us, segment.end_us, state)
        return state.tokens[start:end]
    layer = kept_layer(state, segment.part, wish_of(segment, used_seed(project, segment)))
    return () if layer is None else layer.tokens


def free_arms(project: Project, segment: Segment) -> tuple[BodyPart, ...]:
    """Return the arms that a segment's motion leaves to the speech, see `MotionRecord`."""
    state = project.motion
    if state is None or segment.part != "whole":
        return ()
    index = bisect_right(state.records, segment.start_us, key=lambda record: record.start_us) - 1
    return state.records[index].free if index >= 0 and state.records[index].end_us > segment.start_us else ()


def another_take(project: Project, segment_id: str) -> Project:
    """Return the project in which a segment asks for other motion by the next unused seed.

    The motion that it has becomes its first take if it has none yet, so that the user can go back to it. The new motion
    becomes a take when it is there, see `settle_takes`.

    Raises:
        TimelineError: it or its track is locked, or it is no prompt segment.
    """
    track, index = _open(project, segment_id)
    segment = track.segments[index]
    if not segment.takes:
        segment = _settled(project, track, segment, first=True)
    seed = _next_seed([used_seed(project, segment), *(take.seed for take in segment.takes)])
    return _with_segment(project, track, index, segment.model_copy(update={"seed": seed, "active_take": None}))


def use_take(project: Project, segment_id: str, index: int) -> Project:
    """Return the project in which a segment has the motion of one of its takes again, with its prompt and seed.

    Where the take was made for a stretch of another length, only its prompt and seed are taken over, and its motion is
    to be made anew for the present length.

    Raises:
        TimelineError: there is no such take, the segment or its track is locked, or it is no prompt segment.
    """
    track, place = _open(project, segment_id)
    segment = track.segments[place]
    take = _take(segment, index)
    changed = segment.model_copy(
        update={"prompt": take.prompt, "seed": take.seed, "strength": take.strength, "active_take": index}
    )
    project = _with_segment(project, track, place, changed)
    state = project.motion
    if state is None:
        return project
    first, end = _inside(changed.start_us, changed.end_us, state)
    if end - first != len(take.tokens):
        return project
    if changed.part != "whole":
        return _with_layer(project, changed, take)
    tokens, records = list(state.tokens), state.records
    for start_us, end_us in _seen(project, project.track(track.id), changed):
        left, right = _inside(start_us, end_us, state)
        tokens[left:right] = take.tokens[left - first : right - first]
        record = MotionRecord(
            start_us=start_us, end_us=end_us, prompt=take.prompt, strength=take.strength, seed=take.seed, free=take.free
        )
        records = _with_record(records, record)
    motion = state.model_copy(update={"tokens": tuple(tokens), "records": records})
    return project.model_copy(update={"motion": motion})


def favour_take(project: Project, segment_id: str, index: int, favourite: bool) -> Project:
    """Return the project in which a take has the user's star, or no longer has it.

    A star is a note and no direction, so a locked segment may get one too.

    Raises:
        TimelineError: there is no such segment or take.
    """
    number, place = project.find(segment_id)
    track = project.tracks[number]
    segment = track.segments[place]
    take = _take(segment, index).model_copy(update={"favourite": favourite})
    takes = (*segment.takes[:index], take, *segment.takes[index + 1 :])
    return _with_segment(project, track, place, segment.model_copy(update={"takes": takes}))


def settle_takes(project: Project) -> Project:
    """Return the project in which the takes of the segments tell the motion that is there now.

    For segments that have takes, are not locked, and whose motion was made as they wish: motion that is not yet one of
    their takes becomes a take and the one in use; the take in use follows when its segment got another length or place.
    """
    if project.motion is None:
        return project
    for track in project.tracks:
        if track.kind != "prompt" or track.muted or track.locked:
            continue
        for index, segment in enumerate(track.segments):
            if segment.takes and not segment.locked and not _is_settled(project, segment):
                settled = _settled(project, track, segment, first=False)
                if settled is not segment:
                    project = _with_segment(project, project.track(track.id), index, settled)
    return project


def _is_settled(project: Project, segment: Segment) -> bool:
    """Return whether the take in use is the segment's present motion: then `_settled` has nothing to do.

    Two hours have thousands of segments, and an edit makes the motion of one.
    """
    state = project.motion
    if state is None or segment.active_take is None:
        return False
    take = segment.takes[segment.active_take]
    free = not segment.prompt and segment.seed is None
    seed = state.base_seed if free else used_seed(project, segment)
    if (take.prompt, take.strength, take.seed) != (segment.prompt, segment.strength, seed):
        return False
    start, end = _inside(segment.start_us, segment.end_us, state)
    return take.tokens == state.tokens[start:end]


def _settled(project: Project, track: Track, segment: Segment, *, first: bool) -> Segment:
    """Return the segment with its present motion as the take in use; itself if its motion is not there or known."""
    state = project.motion
    if state is None or _covered(project, track, segment):
        return segment
    tokens = made_tokens(project, segment)
    wished: Made = (segment.prompt, segment.strength, used_seed(project, segment))
    free = not segment.prompt and segment.seed is None
    if not tokens or (segment.part == "whole" and not _made_for(state, segment, None if free else wished)):
        return segment
    take = Take(
        seed=state.base_seed if free else used_seed(project, segment),
        tokens=tokens,
        prompt=segment.prompt,
        strength=segment.strength,
        free=free_arms(project, segment),
    )
    if first:
        return segment.model_copy(update={"takes": (take,), "active_take": 0})
    takes, active = segment.takes, segment.active_take
    if active is not None and _source(takes[active]) == _source(take):
        if takes[active].tokens == take.tokens:
            return segment
        followed = takes[active].model_copy(update={"tokens": take.tokens})
        return segment.model_copy(update={"takes": (*takes[:active], followed, *takes[active + 1 :])})
    for index, known in enumerate(takes):
        if _source(known) == _source(take) and known.tokens == take.tokens:
            return segment.model_copy(update={"active_take": index})
    return segment.model_copy(update={"takes": (*takes, take), "active_take": len(takes)})


def _source(take: Take) -> tuple[str, float, int]:
    return take.prompt, take.strength, take.seed


def _made_for(state: MotionState, segment: Segment, wished: Made) -> bool:
    """Return whether each token of the segment was made for just this."""
    reached = segment.start_us
    index = max(0, bisect_right(state.records, segment.start_us, key=lambda record: record.start_us) - 1)
    first, end = token_range(segment.start_us, segment.end_us)
    for record in state.records[index:]:
        if record.start_us >= segment.end_us:
            break
        left, right = token_range(record.start_us, record.end_us)
        if right <= first or left >= end:
            continue
        if wished is None or (record.prompt, record.strength, record.seed) != wished:
            return False
        if left > max(first, token_range(reached, reached + 1)[0]):
            return False
        reached = record.end_us
    if wished is None:
        return True
    return token_range(segment.start_us, reached)[1] >= min(end, len(state.tokens)) and reached > segment.start_us


def _seen(project: Project, track: Track, segment: Segment) -> list[tuple[int, int]]:
    """Return the stretches of a segment that direct the motion: earlier tracks win, and muted ones do not count."""
    if track.muted:
        return []
    free = [(segment.start_us, segment.end_us)]
    for other in project.tracks:
        if other.id == track.id:
            break
        if other.kind != "prompt" or other.muted:
            continue
        for above in other.between(segment.start_us, segment.end_us):
            if above.part != segment.part:
                continue
            if above.prompt or above.seed is not None:
                free = [
                    piece
                    for start, end in free
                    for piece in ((start, min(end, above.start_us)), (max(start, above.end_us), end))
                    if piece[0] < piece[1]
                ]
    return free


def _covered(project: Project, track: Track, segment: Segment) -> bool:
    """Return whether the segment does not direct all of its motion."""
    return _seen(project, track, segment) != [(segment.start_us, segment.end_us)]


def _with_layer(project: Project, segment: Segment, take: Take) -> Project:
    """Return the project in which a part of the body has the motion of a take where it directs that part alone."""
    state = project.motion
    track, _ = project.find(segment.id)
    if state is None or _covered(project, project.tracks[track], segment):
        return project
    start, end = segment.start_us, segment.end_us
    layer = MotionLayer(
        part=segment.part, start_us=start, end_us=end, prompt=take.prompt, strength=take.strength,
        seed=take.seed, tokens=take.tokens,
    )  # fmt: skip
    others = [old for old in state.layers if old.part != segment.part or old.end_us <= start or old.start_us >= end]
    layers = tuple(sorted([*others, layer], key=lambda one: (one.start_us, one.part)))
    return project.model_copy(update={"motion": state.model_copy(update={"layers": layers})})


def _with_record(records: tuple[MotionRecord, ...], new: MotionRecord) -> tuple[MotionRecord, ...]:
    """Return records in time order with a new one; of those that it overlaps, what lies before and after it stays."""
    first = bisect_left(records, new.start_us, key=lambda record: record.start_us)
    if first and records[first - 1].end_us > new.start_us:
        first -= 1
    last = bisect_left(records, new.end_us, first, key=lambda record: record.start_us)
    pieces = [new]
    if first < last and records[first].start_us < new.start_us:
        pieces.insert(0, records[first].model_copy(update={"end_us": new.start_us}))
    if first < last and records[last - 1].end_us > new.end_us:
        pieces.append(records[last - 1].model_copy(update={"start_us": new.end_us}))
    return records[:first] + tuple(pieces) + records[last:]


def _inside(start_us: int, end_us: int, state: MotionState) -> tuple[int, int]:
    first, end = token_range(start_us, end_us)
    return min(first, len(state.tokens)), min(end, len(state.tokens))


def _next_seed(used: list[int]) -> int:
    seed = (max(used) + 1) % (MAX_SEED + 1)
    while seed in used:
        seed = (seed + 1) % (MAX_SEED + 1)
    return seed


def _take(segment: Segment, index: int) -> Take:
    if not 0 <= index < len(segment.takes):
        raise TimelineError(
            f"the segment {segment.describe()} has {len(segment.takes)} takes; there is no take {index + 1}"
        )
    return segment.takes[index]


def _open(project: Project, segment_id: str) -> tuple[Track, int]:
    number, index = project.find(segment_id)
    track = project.tracks[number]
    segment = track.segments[index]
    if track.kind != "prompt":
        raise TimelineError(f"the segment {segment.describe()} directs the face alone and has no takes of motion")
    if track.locked:
        raise TimelineError(f"the track {track.name or track.id} is locked; unlock it first")
    if segment.locked:
        raise TimelineError(f"the segment {segment.describe()} is locked and cannot be changed; unlock it first")
    return track, index


def _with_segment(project: Project, track: Track, index: int, segment: Segment) -> Project:
    changed = track.model_copy(update={"segments": (*track.segments[:index], segment, *track.segments[index + 1 :])})
    tracks = tuple(changed if other.id == track.id else other for other in project.tracks)
    return project.model_copy(update={"tracks": tracks})
