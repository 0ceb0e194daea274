"""A progress bar that is painted with the rest of the window, not in the middle of being told its value.

`QProgressBar.setValue` repaints at once, and where the window holds a 3D view that means all of the window: ten times a
second while a render runs, that is what the user waits for.
"""

from PySide6.QtWidgets import QProgressBar

_STEPS = 1000


class QuietBar(QProgressBar):
    """A bar for a fraction of work."""

    def show_fraction(self, fraction: float | None) -> None:
        """Show 0..1 of the work, or that its length is unknown (None)."""
        largest = 0 if fraction is None else _STEPS
        value = 0 if fraction is None else round(_STEPS * max(0.0, min(1.0, fraction)))
        if (self.maximum(), self.value()) == (largest, value):
            return
        self.setUpdatesEnabled(False)  # now a change is noted only; enabling asks for a paint in its turn
        self.setRange(0, largest)
        self.setValue(value)
        self.setUpdatesEnabled(True)
