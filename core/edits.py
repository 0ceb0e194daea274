"""Edits of the timeline as pure functions: each takes a project and returns a new one, the old one is untouched.

Undo is keeping the old project. Every refusal is a `TimelineError` that names the segment and its times; nothing is
half done. Unchanged tracks and segments are shared between the old and the new project.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from core.timeline import (
    MAX_TIME_US,
    Marker,
    Project,
    Segment,
    Take,
    TimelineError,
    Track,
    TrackKind,
    new_id,
    seconds,
    token_range,
)

Model = TypeVar("Model", Track, Marker)


def add_track(project: Project, kind: TrackKind = "prompt", name: str = "", *, track_id: str | None = None) -> Project:
    """Return the project with an empty track below the others."""
    track = _checked(Track, id=track_id or new_id(), kind=kind, name=name)
    if any(other.id == track.id for other in project.tracks):
        raise TimelineError(f"there is already a track with the id {track.id}")
    return project.model_copy(update={"tracks": (*project.tracks, track)})


def remove_track(project: Project, track_id: str) -> Project:
    """Return the project without a track; refused while the track or one of its segments is locked."""
    track = _open_track(project, track_id)
    for segment in track.segments:
        _refuse_locked(segment, "deleted with its track")
    return project.model_copy(update={"tracks": tuple(t for t in project.tracks if t.id != track_id)})


def set_track(
    project: Project,
    track_id: str,
    *,
    name: str | None = None,
    locked: bool | None = None,
    muted: bool | None = None,
) -> Project:
    """Return the project with a track renamed, locked or muted; a locked track may be changed too, to unlock it."""
    wanted: dict[str, Any] = {"name": name, "locked": locked, "muted": muted}
    changes = {field: value for field, value in wanted.items() if value is not None}
    track = project.track(track_id)
    try:
        changed = track.replace(**changes)
    except ValidationError as error:
        raise TimelineError(_first_sentence(error)) from error
    return _with_track(project, changed)


def add(project: Project, track_id: str, segment: Segment) -> Project:
    """Return the project with a segment put into a track.

    Raises:
        TimelineError: the place is taken, outside the recording, the track is locked, or the id is in use.
    """
    if any(segment.id == other.id for track in project.tracks for other in track.segments):
        raise TimelineError(f"there is already a segment with the id {segment.id}")
    return _with_track(project, _inserted(project, _open_track(project, track_id), segment))


def delete(project: Project, segment_id: str) -> Project:
    """Return the project without a segment; what follows stays where it is."""
    track, index = _open_segment(project, segment_id, "deleted")
    return _with_track(project, _spliced(track, index, index + 1, ()))


def ripple_delete(project: Project, segment_id: str) -> Project:
    """Return the project without a segment, and with all later segments of its track moved up by its length.

    Raises:
        TimelineError: the segment or one that would have to move is locked.
    """
    track, index = _open_segment(project, segment_id, "deleted")
    gap = track.segments[index].duration_us
    later = track.segments[index + 1 :]
    for segment in later:
        _refuse_locked(segment, "moved")
    moved = tuple(_shifted(segment, -gap) for segment in later)
    return _with_track(project, _spliced(track, index, len(track.segments), moved))


def move(project: Project, segment_id: str, start_us: int, *, track_id: str | None = None) -> Project:
    """Return the project with a segment moved to another start, and to another track of its kind if one is given.

    Raises:
        TimelineError: the place is taken or outside the recording, or something is locked.
    """
    track, index = _open_segment(project, segment_id, "moved")
    segment = track.segments[index]
    moved = _shifted(segment, start_us - segment.start_us)
    rest = _spliced(track, index, index + 1, ())
    if track_id is None or track_id == track.id:
        return _with_track(project, _inserted(project, rest, moved))
    target = _open_track(project, track_id)
    if target.kind != track.kind:
        raise TimelineError(
            f"the segment {segment.describe()} is of kind {track.kind} and does not fit a track of kind {target.kind}"
        )
    placed = _inserted(project, target, moved)
    return _with_track(_with_track(project, rest), placed)


def trim_in(project: Project, segment_id: str, start_us: int) -> Project:
    """Return the project with a segment's start moved, its end kept."""
    return _trimmed(project, segment_id, start_us=start_us)


def trim_out(project: Project, segment_id: str, end_us: int) -> Project:
    """Return the project with a segment's end moved, its start kept."""
    return _trimmed(project, segment_id, end_us=end_us)


def split(project: Project, segment_id: str, time_us: int, *, right_id: str | None = None) -> Project:
    """Return the project with a segment cut in two at a time inside it; the left part keeps the id.

    Takes are cut at the same place, so neither part loses its motion. The right part gets `right_id`, or a fresh id.
    """
    track, index = _open_segment(project, segment_id, "split")
    segment = track.segments[index]
    if not segment.start_us < time_us < segment.end_us:
        raise TimelineError(
            f"{seconds(time_us)} s is not inside the segment {segment.describe()}, it cannot be cut there"
        )
    first, end = token_range(segment.start_us, segment.end_us)
    cut = token_range(segment.start_us, time_us)[1] - first
    whole = all(len(take.tokens) == end - first for take in segment.takes)
    left = _edited(
        segment,
        end_us=time_us,
        takes=tuple(take.model_copy(update={"tokens": take.tokens[:cut]}) for take in segment.takes) if whole else (),
        active_take=segment.active_take if whole else None,
    )
    right = _edited(
        segment,
        id=right_id or new_id(),
        start_us=time_us,
        takes=tuple(take.model_copy(update={"tokens": take.tokens[cut:]}) for take in segment.takes) if whole else (),
        active_take=segment.active_take if whole else None,
    )
    if any(right.id == other.id for other_track in project.tracks for other in other_track.segments):
        raise TimelineError(f"there is already a segment with the id {right.id}")
    return _with_track(project, _spliced(track, index, index + 1, (left, right)))


def join(project: Project, segment_id: str) -> Project:
    """Return the project with a segment and the one that follows it in its track made one.

    The left part's direction and id win; a gap between the two is closed. Takes are kept where each of one part has
    its counterpart (same seed and time of making) in the other, as after `split`.

    Raises:
        TimelineError: nothing follows, or one of the two is locked.
    """
    track, index = _open_segment(project, segment_id, "joined")
    left = track.segments[index]
    if index + 1 == len(track.segments):
        raise TimelineError(f"nothing follows the segment {left.describe()} in its track, so it cannot be joined")
    right = track.segments[index + 1]
    _refuse_locked(right, "joined")
    takes = _paired(left, right)
    active = left.active_take if takes and left.active_take == right.active_take else None
    joined = _edited(left, end_us=right.end_us, takes=takes, active_take=active)
    return _with_track(project, _spliced(track, index, index + 2, (joined,)))


def duplicate(project: Project, segment_id: str, start_us: int | None = None, *, new: str | None = None) -> Project:
    """Return the project with a copy of a segment, by default right behind it.

    The copy has no takes and is not locked. Its id is `new`, or a fresh one.
    """
    number, index = project.find(segment_id)
    segment = project.tracks[number].segments[index]
    start = segment.end_us if start_us is None else start_us
    copy = _shifted(
        _edited(segment, id=new or new_id(), locked=False, takes=(), active_take=None), start - segment.start_us
    )
    return add(project, project.tracks[number].id, copy)


def change(project: Project, segment_id: str, **fields: Any) -> Project:
    """Return the project with fields of a segment changed (prompt, strength, seed, emotion, blink, ...).

    Times are changed by `move` and `trim_in`/`trim_out`. `locked` may be changed on a locked segment.

    Raises:
        TimelineError: an unknown field, a value out of its limits, or a lock.
    """
    for name in fields:
        if name in ("id", "start_us", "end_us") or name not in Segment.model_fields:
            raise TimelineError(f"{name!r} is not a field of a segment that can be changed")
    number, index = project.find(segment_id)
    track = _open_track(project, project.tracks[number].id)
    segment = track.segments[index]
    if fields.get("locked") is not False:
        _refuse_locked(segment, "changed")
    return _with_track(project, _spliced(track, index, index + 1, (_edited(segment, **fields),)))


def add_take(project: Project, segment_id: str, take: Take) -> Project:
    """Return the project with a take put at the end of a segment's takes and made the active one."""
    segment = project.segment(segment_id)
    return change(project, segment_id, takes=(*segment.takes, take), active_take=len(segment.takes))


def add_marker(project: Project, time_us: int, name: str = "", *, marker_id: str | None = None) -> Project:
    """Return the project with a marker."""
    marker = _checked(Marker, id=marker_id or new_id(), time_us=time_us, name=name)
    if any(other.id == marker.id for other in project.markers):
        raise TimelineError(f"there is already a marker with the id {marker.id}")
    return _with_markers(project, [*project.markers, marker])


def move_marker(project: Project, marker_id: str, time_us: int) -> Project:
    """Return the project with a marker at another time."""
    old = _marker(project, marker_id)
    moved = _checked(Marker, **{**dict(old), "time_us": time_us})
    return _with_markers(project, [moved if m.id == marker_id else m for m in project.markers])


def remove_marker(project: Project, marker_id: str) -> Project:
    """Return the project without a marker."""
    _marker(project, marker_id)
    return _with_markers(project, [m for m in project.markers if m.id != marker_id])


def _marker(project: Project, marker_id: str) -> Marker:
    for marker in project.markers:
        if marker.id == marker_id:
            return marker
    raise TimelineError(f"there is no marker with the id {marker_id}")


def _with_markers(project: Project, markers: Sequence[Marker]) -> Project:
    return project.model_copy(update={"markers": tuple(sorted(markers, key=lambda marker: marker.time_us))})


def _open_track(project: Project, track_id: str) -> Track:
    track = project.track(track_id)
    if track.locked:
        raise TimelineError(f"the track {track.name or track.id} is locked; unlock it first")
    return track


def _open_segment(project: Project, segment_id: str, verb: str) -> tuple[Track, int]:
    number, index = project.find(segment_id)
    track = _open_track(project, project.tracks[number].id)
    _refuse_locked(track.segments[index], verb)
    return track, index


def _refuse_locked(segment: Segment, verb: str) -> None:
    if segment.locked:
        raise TimelineError(f"the segment {segment.describe()} is locked and cannot be {verb}; unlock it first")


def _with_track(project: Project, track: Track) -> Project:
    tracks = tuple(track if other.id == track.id else other for other in project.tracks)
    return project.model_copy(update={"tracks": tracks})


def _spliced(track: Track, first: int, end: int, new: tuple[Segment, ...]) -> Track:
    return track.model_copy(update={"segments": track.segments[:first] + new + track.segments[end:]})


def _inserted(project: Project, track: Track, segment: Segment) -> Track:
    """Return the track with the segment at its place in time, or refuse; looks at the neighbours only."""
    index = bisect_left(track.segments, segment.start_us, key=lambda other: other.start_us)
    for neighbour in track.segments[max(0, index - 1) : index + 1]:
        if neighbour.start_us < segment.end_us and segment.start_us < neighbour.end_us:
            raise TimelineError(f"the segment {segment.describe()} would overlap the segment {neighbour.describe()}")
    if project.duration_us is not None and segment.end_us > project.duration_us:
        raise TimelineError(
            f"the segment {segment.describe()} would run past the end of the audio ({seconds(project.duration_us)} s)"
        )
    return _spliced(track, index, index, (segment,))


def _trimmed(project: Project, segment_id: str, **times: int) -> Project:
    track, index = _open_segment(project, segment_id, "trimmed")
    segment = track.segments[index]
    start = times.get("start_us", segment.start_us)
    end = times.get("end_us", segment.end_us)
    if not 0 <= start < end <= MAX_TIME_US:
        raise TimelineError(
            f"the segment {segment.describe()} cannot be trimmed to {seconds(start)}-{seconds(end)} s: "
            "it must start at 0 s or later and end after it starts"
        )
    trimmed = _edited(segment, start_us=start, end_us=end)
    return _with_track(project, _inserted(project, _spliced(track, index, index + 1, ()), trimmed))


def _shifted(segment: Segment, by_us: int) -> Segment:
    start, end = segment.start_us + by_us, segment.end_us + by_us
    if start < 0 or end > MAX_TIME_US:
        raise TimelineError(
            f"the segment {segment.describe()} cannot be moved to {seconds(start)}-{seconds(end)} s: "
            f"times run from 0 to {seconds(MAX_TIME_US)} s"
        )
    return segment.model_copy(update={"start_us": start, "end_us": end})


def _paired(left: Segment, right: Segment) -> tuple[Take, ...]:
    if len(left.takes) != len(right.takes) or left.end_us != right.start_us:
        return ()
    paired = []
    for first, second in zip(left.takes, right.takes, strict=True):
        if (first.seed, first.created) != (second.seed, second.created):
            return ()
        paired.append(first.model_copy(update={"tokens": first.tokens + second.tokens}))
    return tuple(paired)


def _edited(segment: Segment, **changes: Any) -> Segment:
    try:
        return segment.replace(**changes)
    except ValidationError as error:
        raise TimelineError(f"the segment {segment.describe()} cannot be changed: {_first_sentence(error)}") from error


def _checked(model: type[Model], **fields: Any) -> Model:
    try:
        return model(**fields)
    except ValidationError as error:
        raise TimelineError(_first_sentence(error)) from error


def _first_sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
