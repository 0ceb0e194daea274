"""The editor of a portrait's rig: points, face box, mouth, sleeve, and the brush for the cut-out.

`RigEditor` is all that others need.
"""

from widgets.rig_editor.editor import RigEditor

__all__ = ["RigEditor"]
