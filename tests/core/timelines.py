"""Short ways to write and to read segments in tests: seconds instead of microseconds."""

from core.timeline import Project, Segment


def segment(start: float, end: float, prompt: str = "", **fields) -> Segment:
    return Segment(start_us=round(start * 1e6), end_us=round(end * 1e6), prompt=prompt, **fields)


def times(project: Project, track: int = 0) -> list[tuple[str, float, float]]:
    return [(s.id, s.start_us / 1e6, s.end_us / 1e6) for s in project.tracks[track].segments]
