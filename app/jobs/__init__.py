"""Rendering in the background: a queue that outlives the program, and a worker process for the job that runs."""

from typing import TYPE_CHECKING, Any

from app.jobs.request import JobProgress, RenderRequest

if TYPE_CHECKING:
    from app.jobs.queue import JobQueue

__all__ = ["JobProgress", "JobQueue", "RenderRequest"]


def __getattr__(name: str) -> Any:
    """Load the queue when it is asked for: a worker process needs no Qt."""
    if name == "JobQueue":
        from app.jobs.queue import JobQueue

        return JobQueue
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
