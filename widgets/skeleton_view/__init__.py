"""The 3D skeleton view: `SkeletonView` is the widget; the other modules are its parts."""

from widgets.skeleton_view.state import MeshProvider
from widgets.skeleton_view.view import SkeletonView

__all__ = ["SkeletonView", "MeshProvider"]
