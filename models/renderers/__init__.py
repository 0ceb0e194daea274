"""Video backends by name. A backend's module is imported only when it is asked for.

What a backend must offer is in `models.renderers.base`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from models.renderers.base import Renderer

Options = Mapping[str, Any]
"""What a user set for a backend, by the backend's own names."""


def _draft(options: Options) -> Renderer:
    from models.renderers.draft import DraftRenderer

    if options:
        raise ValueError(f"the backend draft has no options; leave out {', '.join(options)}")
    return DraftRenderer()


def _versa(options: Options) -> Renderer:
    from models.renderers.versa.renderer import VersaRenderer

    return VersaRenderer(options)


_RENDERERS: dict[str, Callable[[Options], Renderer]] = {"draft": _draft, "versa": _versa}


def available_renderers() -> tuple[str, ...]:
    """Names that `get_renderer` knows."""
    return tuple(_RENDERERS)


def get_renderer(name: str, options: Options | None = None) -> Renderer:
    """A new renderer of that name.

    Raises:
        ValueError: if there is none; the message lists those that there are. Or an option that it does not take.
    """
    if name not in _RENDERERS:
        raise ValueError(f"there is no video backend {name!r}; choose one of: {', '.join(available_renderers())}")
    return _RENDERERS[name](options or {})
