"""The engine: one child process per window that holds the networks and makes motion and poses of what is edited."""

from typing import TYPE_CHECKING, Any

from app.engine.messages import AudioInfo, EngineState, SegmentState, unsaved_path

if TYPE_CHECKING:
    from app.engine.client import EngineClient

__all__ = ["AudioInfo", "EngineClient", "EngineState", "SegmentState", "unsaved_path"]


def __getattr__(name: str) -> Any:
    """Load the window's side when it is asked for: the engine's process needs no Qt."""
    if name == "EngineClient":
        from app.engine.client import EngineClient

        return EngineClient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
