"""How each segment's motion stands, from the project alone: compares wishes with what made the stored motion."""

from app.engine.messages import SegmentState
from core.motion_plan import plan_motion
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
    states: dict[str, SegmentState] = {}
    for segment in segments:
        start, end = token_range(segment.start_us, segment.end_us)
        touched = any(stretch.start < end and stretch.end > start for stretch in stretches)
        states[segment.id] = waiting if touched else "ready"
    return states
