"""Video backends by name. A backend's module is imported only when it is asked for.

What a backend must offer is in `models.renderers.base`.
"""

from collections.abc import Callable

from models.renderers.base import Renderer


def _draft() -> Renderer:
    from models.renderers.draft import DraftRenderer

    return DraftRenderer()


_RENDERERS: dict[str, Callable[[], Renderer]] = {"draft": _draft}


def available_renderers() -> tuple[str, ...]:
    """Names that `get_renderer` knows."""
    return tuple(_RENDERERS)


def get_renderer(name: str) -> Renderer:
    """A new renderer of that name.

    Raises:
        ValueError: if there is none; the message lists those that there are.
    """
    if name not in _RENDERERS:
        raise ValueError(f"there is no video backend {name!r}; choose one of: {', '.join(available_renderers())}")
    return _RENDERERS[name]()
