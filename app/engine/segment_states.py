"""How each segment's motion stands, from the project alone: compares wishes with what made the stored motion."""

from app.engine.messages import SegmentState
from core.motion_plan import plan_layers, plan_motion
from core.timeline import Project, token_range


def segment_states(project: Project, waiting: SegmentState = "queued") -> dict[str, SegmentState]:
    """Return the state of every segment of the prompt tracks.

    Args:
        project: as it is now.
        waiting: what segments are called whose motion has to be made: "queued", "generating", "changed" or "failed";
            without any motion "changed" becomes "none".
    """
    segments = [segment for track in project.tracks if track.kind == "prompt" for segment in track.segments]
    if project.motion is None:
        state: SegmentState = "none" if waiting == "changed" else waiting
        return {segment.id: state for segment in segments}
    stretches = plan_motion(project).stretches
    missing = [(one.part, one.wish) for one in plan_layers(project) if one.layer is None]
    states: dict[str, SegmentState] = {}
    for segment in segments:
        start, end = token_range(segment.start_us, segment.end_us)
        if segment.part == "whole":
            touched = any(stretch.start < end and stretch.end > start for stretch in stretches)
        else:
            touched = any(
                part == segment.part and wish.start_us < segment.end_us and wish.end_us > segment.start_us
                for part, wish in missing
            )
        states[segment.id] = waiting if touched else "ready"
    return states
