"""Edits of several segments at once as pure functions: all of them happen, or none.

`core.edits` has the edits of one segment. What is moved together may pass over each other in between: only the
result must keep the timeline's rules. Every refusal is a `TimelineError`.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from pydantic import ValidationError

from core import edits
from core.takes import released
from core.timeline import MAX_TIME_US, Project, Segment, TimelineError, Track, new_id, seconds

GROUP_FIELD: Final = "group"
"""Extra field of a segment: segments with the same text in it are selected together."""

SHORTEST_PROPOSAL_US: Final = 400_000
"""What is left of a proposed segment beside existing ones is added if it is at least this long."""


def move(project: Project, ids: Iterable[str], delta_us: int, *, track_id: str | None = None) -> Project:
    """Return the project with segments moved by a time, and into another track of their kind if one is given.

    Raises:
        TimelineError: a place is taken by a segment that stays, is outside the recording, or something is locked.
    """
    chosen = _chosen(project, ids, "moved")
    arriving: dict[str, list[Segment]] = {}
    for number, segments in chosen.items():
        source = project.tracks[number]
        target = source if track_id is None else _fitting(project, track_id, source, segments[0])
        arriving.setdefault(target.id, []).extend(_shifted(segment, delta_us) for segment in segments)
    return _placed(_without(project, chosen), arriving)


def duplicate(
    project: Project, ids: Iterable[str], delta_us: int, *, track_id: str | None = None
) -> tuple[Project, tuple[str, ...]]:
    """Return the project with copies of segments, shifted by a time, and the ids of the copies.

    Copies have no takes and are not locked. Groups become groups of their own.
    """
    arriving: dict[str, list[Segment]] = {}
    groups: dict[str, str] = {}
    for number, segments in _chosen(project, ids, None).items():
        source = project.tracks[number]
        target = source if track_id is None else _fitting(project, track_id, source, segments[0])
        made = [_shifted(fresh_copy(segment, groups), delta_us) for segment in segments]
        arriving.setdefault(target.id, []).extend(made)
    new = tuple(segment.id for segments in arriving.values() for segment in segments)
    return _placed(project, arriving), new


def delete(project: Project, ids: Iterable[str]) -> Project:
    """Return the project without segments; what follows them stays where it is."""
    return _without(project, _chosen(project, ids, "deleted"))


def ripple_delete(project: Project, ids: Iterable[str]) -> Project:
    """Return the project without segments; in each track the later segments move up by what was taken before them.

    Raises:
        TimelineError: a segment to delete, or one that would have to move, is locked.
    """
    chosen = _chosen(project, ids, "deleted")
    tracks = list(project.tracks)
    for number, segments in chosen.items():
        gone = {segment.id for segment in segments}
        gap = 0
        kept: list[Segment] = []
        for segment in tracks[number].segments:
            if segment.id in gone:
                gap += segment.duration_us
            elif gap:
                _refuse_locked(segment, "moved")
                kept.append(_shifted(segment, -gap))
            else:
                kept.append(segment)
        tracks[number] = tracks[number].model_copy(update={"segments": tuple(kept)})
    return project.model_copy(update={"tracks": tuple(tracks)})


def change(project: Project, ids: Iterable[str], **fields: Any) -> Project:
    """Return the project with the same fields of several segments changed.

    A change of what the motion is made for (prompt, strength, seed) lets go of the take in use: the new motion will be
    a take of its own. `group` may be given too; None takes the segments out of their group.
    """
    named = {name: value for name, value in fields.items() if name != GROUP_FIELD}
    _refuse_fixed(named)
    tracks = list(project.tracks)
    for number, segments in _chosen(project, ids, None).items():
        _refuse_locked_track(tracks[number])
        made = {segment.id: _changed(segment, named, fields) for segment in segments}
        kept = tuple(made.get(segment.id, segment) for segment in tracks[number].segments)
        tracks[number] = tracks[number].model_copy(update={"segments": kept})
    return project.model_copy(update={"tracks": tuple(tracks)})


def split(project: Project, ids: Iterable[str], time_us: int) -> tuple[Project, tuple[str, ...]]:
    """Return the project with segments cut at a time, and the ids of the right parts."""
    made = []
    for segment_id in dict.fromkeys(ids):
        made.append(new_id())
        project = edits.split(project, segment_id, time_us, right_id=made[-1])
    return project, tuple(made)


def join(project: Project, ids: Iterable[str]) -> tuple[Project, tuple[str, ...]]:
    """Return the project with segments that follow each other made one, and the ids that remain of them.

    In each track the given segments must be neighbours. A single segment is joined with the one behind it.

    Raises:
        TimelineError: another segment lies between, nothing follows, or something is locked.
    """
    chosen = _chosen(project, ids, "joined")
    single = sum(len(segments) for segments in chosen.values()) == 1
    kept = []
    for number, segments in chosen.items():
        track = project.tracks[number]
        if not single and len(segments) == 1:
            raise TimelineError(f"the segment {segments[0].describe()} has no selected neighbour to be joined with")
        first = track.segments.index(segments[0])
        for place, segment in enumerate(segments):
            between = track.segments[first + place]
            if between.id != segment.id:
                raise TimelineError(
                    f"the segment {between.describe()} lies between those to be joined; select it too or move it away"
                )
        for _ in range(1 if single else len(segments) - 1):
            project = edits.join(project, segments[0].id)
        kept.append(segments[0].id)
    return project, tuple(kept)


def insert(project: Project, arriving: Mapping[str, Sequence[Segment]]) -> Project:
    """Return the project with segments put into tracks.

    Args:
        project: the project.
        arriving: the segments for each track id.

    Raises:
        TimelineError: a place is taken or outside the recording, an id is in use, or a track is locked.
    """
    known = {segment.id for track in project.tracks for segment in track.segments}
    for segments in arriving.values():
        for segment in segments:
            if segment.id in known:
                raise TimelineError(f"there is already a segment with the id {segment.id}")
            known.add(segment.id)
    return _placed(project, arriving)


def propose(project: Project, stretches: Iterable[tuple[int, int]], track_id: str) -> tuple[Project, tuple[str, ...]]:
    """Return the project with an empty segment for each stretch of time, where there is room, and their ids.

    A stretch that is partly taken gives a segment for each free part of at least `SHORTEST_PROPOSAL_US`.
    """
    track = project.track(track_id)
    limit = MAX_TIME_US if project.duration_us is None else project.duration_us
    made: list[Segment] = []
    reached = 0
    for first, last in sorted(stretches):
        start, end = max(first, reached, 0), min(last, limit)
        reached = max(reached, end)
        taken = track.between(start, end) if start < end else ()
        edges = [start, *(time for segment in taken for time in (segment.start_us, segment.end_us)), end]
        for left, right in zip(edges[::2], edges[1::2], strict=True):
            if right - left >= min(SHORTEST_PROPOSAL_US, last - first) and right > left:
                made.append(Segment(start_us=left, end_us=right))
    return insert(project, {track_id: made}), tuple(segment.id for segment in made)


def fresh_copy(segment: Segment, groups: dict[str, str]) -> Segment:
    """Return a copy with an id of its own, without takes and lock.

    Args:
        segment: what is copied.
        groups: from old to new group names; filled as needed, so that copies made together form a group together.
    """
    update: dict[str, Any] = {"id": new_id(), "locked": False, "takes": (), "active_take": None}
    group = (segment.__pydantic_extra__ or {}).get(GROUP_FIELD)
    if isinstance(group, str):
        update[GROUP_FIELD] = groups.setdefault(group, new_id())
    return segment.model_copy(update=update)


def _chosen(project: Project, ids: Iterable[str], verb: str | None) -> dict[int, list[Segment]]:
    """Return the segments by track number, in time order; with a verb, refuse locked ones."""
    wanted = set(ids)
    found: dict[int, list[Segment]] = {}
    for number, track in enumerate(project.tracks):
        segments = [segment for segment in track.segments if segment.id in wanted]
        if not segments:
            continue
        if verb is not None:
            _refuse_locked_track(track)
            for segment in segments:
                _refuse_locked(segment, verb)
        found[number] = segments
        wanted.difference_update(segment.id for segment in segments)
    if wanted:
        raise TimelineError(f"there is no segment with the id {min(wanted)}")
    if not found:
        raise TimelineError("no segment is selected")
    return found


def _without(project: Project, chosen: Mapping[int, Sequence[Segment]]) -> Project:
    tracks = list(project.tracks)
    for number, segments in chosen.items():
        gone = {segment.id for segment in segments}
        kept = tuple(segment for segment in tracks[number].segments if segment.id not in gone)
        tracks[number] = tracks[number].model_copy(update={"segments": kept})
    return project.model_copy(update={"tracks": tuple(tracks)})


def _placed(project: Project, arriving: Mapping[str, Sequence[Segment]]) -> Project:
    for track_id in arriving:
        _refuse_locked_track(project.track(track_id))
    tracks = tuple(
        _merged(project, track, arriving[track.id]) if arriving.get(track.id) else track for track in project.tracks
    )
    return project.model_copy(update={"tracks": tracks})


def _merged(project: Project, track: Track, new: Sequence[Segment]) -> Track:
    segments = sorted((*track.segments, *new), key=lambda segment: segment.start_us)
    come = {segment.id for segment in new}
    for left, right in pairwise(segments):
        if right.start_us < left.end_us:
            one, other = (left, right) if left.id in come else (right, left)
            raise TimelineError(f"the segment {one.describe()} would overlap the segment {other.describe()}")
    for segment in new:
        if project.duration_us is not None and segment.end_us > project.duration_us:
            end = seconds(project.duration_us)
            raise TimelineError(f"the segment {segment.describe()} would run past the end of the audio ({end} s)")
    return track.model_copy(update={"segments": tuple(segments)})


def _fitting(project: Project, track_id: str, source: Track, segment: Segment) -> Track:
    target = project.track(track_id)
    if target.kind != source.kind:
        raise TimelineError(
            f"the segment {segment.describe()} is of kind {source.kind} and does not fit a track of kind {target.kind}"
        )
    return target


def _changed(segment: Segment, named: Mapping[str, Any], fields: Mapping[str, Any]) -> Segment:
    extra = segment.__pydantic_extra__ or {}
    same = all(getattr(segment, name) == value for name, value in named.items())
    group = fields.get(GROUP_FIELD, extra.get(GROUP_FIELD))
    if same and group == extra.get(GROUP_FIELD):
        return segment
    if fields.get("locked") is not False:
        _refuse_locked(segment, "changed")
    changed = segment if same else _checked(segment, {**named, **released(segment, named)})
    if group == extra.get(GROUP_FIELD):
        return changed
    if group is not None:
        return changed.model_copy(update={GROUP_FIELD: str(group)})
    changed = changed.model_copy()
    (changed.__pydantic_extra__ or {}).pop(GROUP_FIELD, None)
    return changed


def _checked(segment: Segment, changes: Mapping[str, Any]) -> Segment:
    try:
        return segment.replace(**changes)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        reason = f"{place}: {message}" if place else message
        raise TimelineError(f"the segment {segment.describe()} cannot be changed: {reason}") from error


def _refuse_fixed(names: Iterable[str]) -> None:
    for name in names:
        if name in ("id", "start_us", "end_us") or name not in Segment.model_fields:
            raise TimelineError(f"{name!r} is not a field of a segment that can be changed")


def _shifted(segment: Segment, by_us: int) -> Segment:
    start, end = segment.start_us + by_us, segment.end_us + by_us
    if start < 0 or end > MAX_TIME_US:
        raise TimelineError(
            f"the segment {segment.describe()} cannot be moved to {seconds(start)}-{seconds(end)} s: "
            f"times run from 0 to {seconds(MAX_TIME_US)} s"
        )
    return segment.model_copy(update={"start_us": start, "end_us": end})


def _refuse_locked(segment: Segment, verb: str) -> None:
    if segment.locked:
        raise TimelineError(f"the segment {segment.describe()} is locked and cannot be {verb}; unlock it first")


def _refuse_locked_track(track: Track) -> None:
    if track.locked:
        raise TimelineError(f"the track {track.name or track.id} is locked; unlock it first")
