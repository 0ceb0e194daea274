"""Words of the timeline that several of its modules need: emotions, states, refusals and what screen readers hear."""

from PySide6.QtCore import QCoreApplication

from core.timecode import TimecodeMode, format_time, format_timecode
from core.timeline import Segment, Track
from widgets.timeline.placement import Refusal
from widgets.timeline.view import TimeView


def emotion_name(emotion: str) -> str:
    """Return an emotion as the user reads it."""
    translate = QCoreApplication.translate
    names = {
        "neutral": translate("Timeline", "Neutral"),
        "happy": translate("Timeline", "Happy"),
        "sad": translate("Timeline", "Sad"),
        "angry": translate("Timeline", "Angry"),
        "surprised": translate("Timeline", "Surprised"),
        "fearful": translate("Timeline", "Fearful"),
        "disgusted": translate("Timeline", "Disgusted"),
        "contempt": translate("Timeline", "Contempt"),
    }
    return names.get(emotion, emotion)


def state_name(state: str) -> str:
    """Return a motion state as the user reads it."""
    translate = QCoreApplication.translate
    names = {
        "none": translate("Timeline", "Not generated"),
        "queued": translate("Timeline", "Queued"),
        "generating": translate("Timeline", "Generating…"),
        "ready": translate("Timeline", "Ready"),
        "changed": translate("Timeline", "Changed"),
        "failed": translate("Timeline", "Failed"),
    }
    return names.get(state, state)


def refusal_name(refusal: Refusal) -> str:
    """Return why something cannot be dropped, as a short sentence."""
    translate = QCoreApplication.translate
    names = {
        "overlap": translate("Timeline", "Another segment is there."),
        "locked_segment": translate("Timeline", "The segment is locked."),
        "locked_track": translate("Timeline", "The track is locked."),
        "kind": translate("Timeline", "Prompts and emotions have tracks of their own."),
        "several_tracks": translate("Timeline", "Segments of several tracks move in time only."),
    }
    return names.get(refusal, "")


def row_name(kind: str, name: str) -> str:
    """Return the heading of a row; tracks without a name are called by their kind."""
    translate = QCoreApplication.translate
    names = {
        "audio": translate("Timeline", "Speech"),
        "prompt": translate("Timeline", "Prompts"),
        "emotion": translate("Timeline", "Emotion"),
        "motion": translate("Timeline", "Motion"),
        "video": translate("Timeline", "Video"),
    }
    return name or names[kind]


def time_text(time_us: int, mode: TimecodeMode, fps: float, view: TimeView | None = None) -> str:
    """Return a time for a bubble; close up with microseconds."""
    if mode == "timecode":
        return format_timecode(time_us, fps)
    if view is not None and view.us_per_px < 100:
        from core.timecode import format_seconds

        return format_seconds(time_us, 6 if view.us_per_px < 10 else 4)
    return format_time(time_us, mode, fps)


def body_part_name(part: str) -> str:
    """Return the name of a part of the body."""
    translate = QCoreApplication.translate
    names = {
        "whole": translate("Timeline", "Whole body"),
        "upper": translate("Timeline", "Upper body"),
        "lower": translate("Timeline", "Legs"),
        "left_arm": translate("Timeline", "Left arm"),
        "right_arm": translate("Timeline", "Right arm"),
        "head": translate("Timeline", "Head"),
    }
    return names.get(part, part)


def segment_sentence(track: Track, segment: Segment, state: str, mode: TimecodeMode, fps: float) -> str:
    """Return what a screen reader says about a segment."""
    translate = QCoreApplication.translate
    text = segment.prompt or translate("Timeline", "gesture to the speech")
    if track.kind == "emotion":
        text = emotion_name(segment.emotion)
    parts = [
        text,
        translate("Timeline", "{start} to {end}").format(
            start=time_text(segment.start_us, mode, fps), end=time_text(segment.end_us, mode, fps)
        ),
        translate("Timeline", "track {name}").format(name=row_name(track.kind, track.name)),
    ]
    if track.kind == "prompt":
        if segment.part != "whole":
            parts.append(body_part_name(segment.part))
        parts.append(state_name(state))
    if segment.locked:
        parts.append(translate("Timeline", "locked"))
    return ", ".join(parts)
