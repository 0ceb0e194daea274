"""`widgets.media_panel`: all of it is seen on a small screen."""

import pytest
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest

from tests.shown import show_active
from widgets.media_panel import MediaPanel
from widgets.theme_sheet import style_sheet


@pytest.mark.parametrize(("height", "least", "most"), [(300, 60, 110), (600, 150, 150)])
def test_the_picture_gives_way_to_what_stands_below_it(qtbot, height, least, most):
    panel = MediaPanel()
    panel.setStyleSheet(style_sheet())
    panel.resize(270, height)
    show_active(qtbot, panel)
    portrait = QPixmap(400, 400)
    portrait.fill()
    panel.set_portrait(portrait, "woman.jpg\n1024 x 1024")
    panel.set_audio("speech.wav\n0:09.6, 22.05 kHz")
    QTest.qWait(20)
    assert panel.verticalScrollBar().maximum() == 0
    assert least <= panel.picture.pixmap().height() <= most
