"""Where a render worker's process begins: names it for the window without loading what it needs there."""

from multiprocessing.connection import Connection


def main(pipe: Connection, request: str, factory: str) -> None:
    """Render one job and end; see `app.jobs.worker`."""
    from app.jobs import worker

    worker.main(pipe, request, factory)
