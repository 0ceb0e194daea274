"""The timeline as an OpenTimelineIO file: the recording, the video where there is one, and the prompts as markers.

For editing programs that read `.otio`. Markers hold the whole direction of a segment in their metadata, so that a
program (or a person) can read it there. There is no import; projects are kept by `core.project_file`.
Format: https://opentimelineio.readthedocs.io, schemas Timeline.1, Track.1, Clip.2, Marker.2.
"""

import os
from pathlib import Path
from typing import Any, Final

import opentimelineio as otio

from core.atomic import write_text_atomic
from core.constants import MICROSECONDS
from core.timeline import Project, Segment, Take, Track

METADATA_KEY: Final = "versa_director"
"""Our part of the metadata of timeline, clips and markers, as the format asks for."""

FORMAT_VERSION: Final = 1

_COLOURS: Final = {"prompt": otio.schema.MarkerColor.GREEN, "emotion": otio.schema.MarkerColor.PINK}
_POINT_COLOUR: Final = otio.schema.MarkerColor.YELLOW


class InterchangeError(ValueError):
    """The timeline cannot be written; the message says why."""


def export_timeline(project: Project, out: str | os.PathLike[str], *, video: str | os.PathLike[str] = "") -> None:
    """Write a project's timeline as `.otio`.

    Args:
        project: its length must be known or at least one segment be there.
        out: the target; replaced only when the new file is whole.
        video: the rendered video of the whole recording, or "" for none.

    Raises:
        InterchangeError: the project has no length, or the file cannot be written.
    """
    timeline = timeline_of(project, Path(out).stem, video=video)
    text = otio.adapters.write_to_string(timeline, "otio_json")
    try:
        write_text_atomic(out, text + "\n")
    except OSError as error:
        raise InterchangeError(f"{out}: the timeline cannot be written: {error.strerror or error}") from error


def timeline_of(project: Project, name: str, *, video: str | os.PathLike[str] = "") -> otio.schema.Timeline:
    """Return a project's timeline.

    Times are whole frames of the output's rate, each rounded from its absolute time; the exact microseconds are in the
    metadata. Locked and muted segments are there too and say so.

    Raises:
        InterchangeError: the length of the recording is not known and there is no segment.
    """
    length = project.duration_us or max((t.segments[-1].end_us for t in project.tracks if t.segments), default=0)
    if not length:
        raise InterchangeError("the length of the recording is not known yet; open the project and wait a moment")
    rate = project.output.fps
    whole = _range(0, length, rate)
    timeline = otio.schema.Timeline(name=name, global_start_time=otio.opentime.RationalTime(0, rate))
    timeline.metadata[METADATA_KEY] = {
        "version": FORMAT_VERSION,
        "seed": project.seed,
        "duration_us": length,
        "portrait": project.portrait,
        "audio": project.audio,
        "motion_settings": project.motion_settings.model_dump(mode="json"),
        "output": project.output.model_dump(mode="json"),
    }
    if video:
        timeline.tracks.append(_media_track("Video", otio.schema.TrackKind.Video, os.fspath(video), whole))
    timeline.tracks.append(_media_track("Audio", otio.schema.TrackKind.Audio, project.audio, whole))
    # On the stack, editing programs show them as markers of the timeline.
    for track in project.tracks:
        for segment in track.segments:
            timeline.tracks.markers.append(_segment_marker(project, track, segment, rate))
    for point in project.markers:
        timeline.tracks.markers.append(
            otio.schema.Marker(
                name=point.name,
                marked_range=_range(point.time_us, point.time_us, rate),
                color=_POINT_COLOUR,
                metadata={METADATA_KEY: {"kind": "marker", "id": point.id, "time_us": point.time_us}},
            )
        )
    return timeline


def _media_track(name: str, kind: str, path: str, whole: otio.opentime.TimeRange) -> otio.schema.Track:
    media = Path(path)
    url = media.as_uri() if media.is_absolute() else media.as_posix()
    reference = otio.schema.ExternalReference(target_url=url, available_range=whole)
    track = otio.schema.Track(name=name, kind=kind)
    track.append(otio.schema.Clip(name=media.name, media_reference=reference, source_range=whole))
    return track


def _segment_marker(project: Project, track: Track, segment: Segment, rate: float) -> otio.schema.Marker:
    name = segment.prompt or (segment.emotion if track.kind == "emotion" else "")
    return otio.schema.Marker(
        name=name,
        marked_range=_range(segment.start_us, segment.end_us, rate),
        color=_COLOURS[track.kind],
        metadata={
            METADATA_KEY: {
                "kind": track.kind,
                "track": track.name,
                "track_id": track.id,
                "muted": track.muted,
                "id": segment.id,
                "start_us": segment.start_us,
                "end_us": segment.end_us,
                "prompt": segment.prompt,
                "part": segment.part,
                "stay": segment.stay,
                "strength": segment.strength,
                "seed": project.seed if segment.seed is None else segment.seed,
                "own_seed": segment.seed is not None,
                "emotion": segment.emotion,
                "emotion_strength": segment.emotion_strength,
                "blink": segment.blink,
                "locked": segment.locked or track.locked,
                "takes": [_take(take) for take in segment.takes],
                "active_take": segment.active_take,
            }
        },
    )


def _take(take: Take) -> dict[str, Any]:
    return take.model_dump(
        mode="json", include={"seed", "tokens", "prompt", "strength", "free", "created", "favourite"}
    )


def _range(start_us: int, end_us: int, rate: float) -> otio.opentime.TimeRange:
    """Return a stretch in whole frames; one that is not empty keeps at least a frame."""
    start, end = (round(time_us * rate / MICROSECONDS) for time_us in (start_us, end_us))
    if end_us > start_us:
        end = max(end, start + 1)
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(end - start, rate)
    )
