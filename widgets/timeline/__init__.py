"""The timeline of the editor; `TimelineWidget` is what the window uses, the other modules are its parts."""

from widgets.timeline.hit import Hit
from widgets.timeline.widget import TimelineWidget

__all__ = ["TimelineWidget", "Hit"]
