"""The names of a rig's handles as the user reads them."""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

_NAMES = {
    "nose": QT_TRANSLATE_NOOP("RigHandles", "Nose"),
    "neck": QT_TRANSLATE_NOOP("RigHandles", "Neck"),
    "right_shoulder": QT_TRANSLATE_NOOP("RigHandles", "Right shoulder"),
    "right_elbow": QT_TRANSLATE_NOOP("RigHandles", "Right elbow"),
    "right_wrist": QT_TRANSLATE_NOOP("RigHandles", "Right wrist"),
    "left_shoulder": QT_TRANSLATE_NOOP("RigHandles", "Left shoulder"),
    "left_elbow": QT_TRANSLATE_NOOP("RigHandles", "Left elbow"),
    "left_wrist": QT_TRANSLATE_NOOP("RigHandles", "Left wrist"),
    "right_hip": QT_TRANSLATE_NOOP("RigHandles", "Right hip"),
    "right_knee": QT_TRANSLATE_NOOP("RigHandles", "Right knee"),
    "right_ankle": QT_TRANSLATE_NOOP("RigHandles", "Right ankle"),
    "left_hip": QT_TRANSLATE_NOOP("RigHandles", "Left hip"),
    "left_knee": QT_TRANSLATE_NOOP("RigHandles", "Left knee"),
    "left_ankle": QT_TRANSLATE_NOOP("RigHandles", "Left ankle"),
    "right_eye": QT_TRANSLATE_NOOP("RigHandles", "Right eye"),
    "left_eye": QT_TRANSLATE_NOOP("RigHandles", "Left eye"),
    "right_ear": QT_TRANSLATE_NOOP("RigHandles", "Right ear"),
    "left_ear": QT_TRANSLATE_NOOP("RigHandles", "Left ear"),
    "left_hand_tip": QT_TRANSLATE_NOOP("RigHandles", "Left fingertip"),
    "right_hand_tip": QT_TRANSLATE_NOOP("RigHandles", "Right fingertip"),
    "mouth": QT_TRANSLATE_NOOP("RigHandles", "Mouth"),
    "mouth_right": QT_TRANSLATE_NOOP("RigHandles", "Right corner of the mouth"),
    "mouth_left": QT_TRANSLATE_NOOP("RigHandles", "Left corner of the mouth"),
    "face": QT_TRANSLATE_NOOP("RigHandles", "Face box"),
    "face_top_left": QT_TRANSLATE_NOOP("RigHandles", "Face box, top left"),
    "face_top": QT_TRANSLATE_NOOP("RigHandles", "Face box, top (brows)"),
    "face_top_right": QT_TRANSLATE_NOOP("RigHandles", "Face box, top right"),
    "face_left": QT_TRANSLATE_NOOP("RigHandles", "Face box, left edge"),
    "face_right": QT_TRANSLATE_NOOP("RigHandles", "Face box, right edge"),
    "face_bottom_left": QT_TRANSLATE_NOOP("RigHandles", "Face box, bottom left"),
    "face_bottom": QT_TRANSLATE_NOOP("RigHandles", "Face box, bottom (chin)"),
    "face_bottom_right": QT_TRANSLATE_NOOP("RigHandles", "Face box, bottom right"),
}


def handle_name(handle: str) -> str:
    """Return the name of a handle; left and right of a point are the person's."""
    return QCoreApplication.translate("RigHandles", str(_NAMES.get(handle, handle)))
