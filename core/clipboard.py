"""Segments as JSON for the clipboard, and back with every field checked: the clipboard may hold anything.

Takes, locks and ids stay behind: what is pasted is new. Not for files (`core.project_file`).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core import bulk_edits
from core.timeline import Identifier, Project, Segment, TimelineError, Track, TrackKind

MIME_TYPE: Final = "application/x-versa-segments+json"
"""Under this name segments lie in the system's clipboard."""

FORMAT_VERSION: Final = 1

MAX_TEXT_BYTES: Final = 16 * 2**20
MAX_SEGMENTS: Final = 20_000

_COPIED: Final = (
    "start_us", "end_us", "prompt", "part", "strength", "seed", "emotion", "emotion_strength", "blink", "stay",
)  # fmt: skip


class ClipboardError(TimelineError):
    """What the clipboard holds cannot be pasted; the message says why."""


@dataclass(frozen=True)
class CopiedSegment:
    """A segment in the clipboard.

    Attributes:
        segment: its direction and times; its id is a fresh one.
        kind: of the track that it came from.
        track_id: that track.
    """

    segment: Segment
    kind: TrackKind
    track_id: str


class _Item(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    kind: TrackKind
    track: Identifier
    group: str | None = Field(default=None, max_length=64)
    segment: Segment


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    versa_segments: int
    items: tuple[_Item, ...] = Field(min_length=1, max_length=MAX_SEGMENTS)

    @model_validator(mode="before")
    @classmethod
    def _known_fields_only(cls, data: Any) -> Any:
        """Leave out what is not copied, whoever wrote it: ids, takes, locks and unknown fields."""
        if not isinstance(data, dict) or not isinstance(data.get("items"), list):
            return data
        items = []
        for item in data["items"]:
            if isinstance(item, dict) and isinstance(item.get("segment"), dict):
                item = {**item, "segment": {name: item["segment"][name] for name in _COPIED if name in item["segment"]}}
            items.append(item)
        return {**data, "items": items}


def copy_text(project: Project, ids: Iterable[str]) -> str:
    """Return segments as text for the clipboard.

    Raises:
        TimelineError: there is no such segment.
    """
    wanted = set(ids)
    items = []
    for track in project.tracks:
        for segment in track.segments:
            if segment.id in wanted:
                wanted.discard(segment.id)
                fields = segment.model_dump(mode="json", include=set(_COPIED))
                group = (segment.__pydantic_extra__ or {}).get(bulk_edits.GROUP_FIELD)
                items.append({"kind": track.kind, "track": track.id, "group": group, "segment": fields})
    if wanted:
        raise TimelineError(f"there is no segment with the id {min(wanted)}")
    return json.dumps({"versa_segments": FORMAT_VERSION, "items": items}, ensure_ascii=False)


def parse_text(text: str) -> tuple[CopiedSegment, ...]:
    """Return the segments that a text of the clipboard holds, with fresh ids.

    Raises:
        ClipboardError: it holds none, they are of a newer version of the program, or a field is wrong.
    """
    if len(text) > MAX_TEXT_BYTES:
        raise ClipboardError("the clipboard holds too much to be segments")
    try:
        document = json.loads(text)
        version = document.get("versa_segments") if isinstance(document, dict) else None
        if isinstance(version, int) and not isinstance(version, bool) and version > FORMAT_VERSION:
            raise ClipboardError("the clipboard holds segments of a newer version of the program")
        content = _Content.model_validate(document)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ClipboardError("the clipboard holds no segments") from error
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        reason = problem["msg"].removeprefix("Value error, ")
        raise ClipboardError(f"the clipboard holds no usable segments ({place}: {reason})") from error
    groups: dict[str, str] = {}
    return tuple(
        CopiedSegment(bulk_edits.fresh_copy(_grouped(item), groups), item.kind, item.track) for item in content.items
    )


def paste(project: Project, copied: Sequence[CopiedSegment], time_us: int) -> tuple[Project, tuple[str, ...]]:
    """Return the project with segments put in, the first at a time, the others as far behind it as they were.

    Each goes to the track that it came from, or else to the first open track of its kind.

    Raises:
        TimelineError: no track fits, a place is taken, or one would lie outside the recording.
    """
    if not copied:
        raise ClipboardError("the clipboard holds no segments")
    first = min(item.segment.start_us for item in copied)
    arriving: dict[str, list[Segment]] = {}
    for item in copied:
        track = _target(project, item)
        start = item.segment.start_us - first + time_us
        try:
            moved = item.segment.replace(start_us=start, end_us=start + item.segment.duration_us)
        except ValidationError as error:
            raise TimelineError(f"the segment {item.segment.describe()} would end after the longest time") from error
        arriving.setdefault(track.id, []).append(moved)
    return bulk_edits.insert(project, arriving), tuple(item.segment.id for item in copied)


def _grouped(item: _Item) -> Segment:
    if item.group is None:
        return item.segment
    return item.segment.model_copy(update={bulk_edits.GROUP_FIELD: item.group})


def _target(project: Project, item: CopiedSegment) -> Track:
    fitting = [track for track in project.tracks if track.kind == item.kind and not track.locked]
    if not fitting:
        raise TimelineError(f"there is no open track of kind {item.kind} to paste into; add or unlock one")
    return next((track for track in fitting if track.id == item.track_id), fitting[0])
