"""`widgets.bool_guard`: thousands of signals and painting calls must not end the interpreter."""

import subprocess
import sys
from pathlib import Path

_SCRIPT = """
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPainter
from widgets.bool_guard import guard_bools
class Sender(QObject):
    changed = Signal(int)
guard_bools()
guard_bools()
sender, heard = Sender(), []
sender.changed.connect(heard.append)
for number in range(20_000):
    sender.changed.emit(number)
assert len(heard) == 20_000
picture = QImage(4, 4, QImage.Format.Format_RGB32)
painter = QPainter(picture)
for number in range(100_000):
    painter.drawLine(0, 0, 1, 1)
painter.end()
print("alive")
"""


def test_thousands_of_calls_do_not_end_the_interpreter():
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", _SCRIPT], cwd=root, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr
