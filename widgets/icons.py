"""Icons from the Material Design font that comes with qtawesome, drawn sharp at every size and screen.

The font is read without importing qtawesome: that would load all Qt bindings' compatibility layers and cost a quarter
of the start. Colours are the theme's.
"""

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

_FONT_PATTERN: Final = "materialdesignicons6-webfont-*.ttf"
_MAP_PATTERN: Final = "materialdesignicons6-webfont-charmap-*.json"
_FILL: Final = 0.94
"""Share of the icon's square that the font's square takes."""


class IconError(LookupError):
    """There is no icon of that name, or the font is missing."""


@cache
def _font() -> tuple[str, dict[str, str]]:
    """Family of the icon font, and the code of each icon as hexadecimal digits."""
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise IconError("qtawesome is not installed, so there are no icons; install the program again")
    folder = Path(spec.origin).parent / "fonts"
    fonts, maps = sorted(folder.glob(_FONT_PATTERN)), sorted(folder.glob(_MAP_PATTERN))
    if not fonts or not maps:
        raise IconError(f"the icon font is missing from {folder}; install the program again")
    number = QFontDatabase.addApplicationFont(str(fonts[-1]))
    families = QFontDatabase.applicationFontFamilies(number)
    if not families:
        raise IconError(f"the icon font {fonts[-1]} cannot be read")
    return families[0], json.loads(maps[-1].read_text(encoding="utf-8"))


class _GlyphEngine(QIconEngine):
    """Paints one letter of the icon font."""

    def __init__(self, letter: str, normal: str, disabled: str, active: str) -> None:
        super().__init__()
        self._letter = letter
        self._colours = (normal, disabled, active)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        normal, disabled, active = self._colours
        colour = {QIcon.Mode.Disabled: disabled, QIcon.Mode.Active: active}.get(mode, normal)
        font = QFont(_font()[0])
        font.setPixelSize(max(1, round(min(rect.width(), rect.height()) * _FILL)))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._letter)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _kept(_GlyphEngine(self._letter, *self._colours))


_engines: list[QIconEngine] = []


def _kept(engine: QIconEngine) -> QIconEngine:
    """Keep Python's half of an engine alive: Qt owns the other half and does not know of it."""
    _engines.append(engine)
    return engine


def make_icon(name: str, normal: str, disabled: str, active: str) -> QIcon:
    """Return an icon in colours for its normal, disabled and active state.

    Raises:
        IconError: there is no icon of that name.
    """
    code = _font()[1].get(name)
    if code is None:
        raise IconError(f"there is no icon {name!r} in the font")
    letter = chr(int(code.removeprefix("0x"), 16))
    return QIcon(_kept(_GlyphEngine(letter, normal, disabled, active)))
