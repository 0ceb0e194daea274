"""The draft backend: a puppet made of the portrait's own pixels. No torch, no weights."""

from models.renderers.draft.renderer import DraftRenderer

__all__ = ["DraftRenderer"]
