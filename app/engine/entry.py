"""Where the engine's process begins: names it for the window without loading what it needs there."""

from multiprocessing.connection import Connection


def main(pipe: Connection, factory: str, preload: bool) -> None:
    """Serve a window until its pipe closes; see `app.engine.child`."""
    from app.engine import child

    child.main(pipe, factory, preload)
