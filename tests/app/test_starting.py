"""The editor from its start to the first project, and how it is ended from outside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.editor import EditorError, check_display
from tests.app.editor_window import WAIT, trigger, write_project

ROOT = Path(__file__).parents[2]


def test_the_window_is_up_before_anything_heavy_is_loaded(home):
    code = (
        "import sys\n"
        "from app.editor import make_application\n"
        "from app.main_window import MainWindow\n"
        "from app.settings import Settings\n"
        "application = make_application([])\n"
        "window = MainWindow(Settings())\n"
        "window.show()\n"
        "assert window.isVisible() and window.menuBar().actions()\n"
        "heavy = {'torch', 'transformers', 'vispy', 'pyqtgraph', 'scipy', 'cv2', 'models'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_torch_never_comes_into_the_window_s_process(home, tmp_path):
    project = write_project(tmp_path)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from PySide6.QtCore import QTimer\n"
        "from app.editor import make_application\n"
        "from app.main_window import MainWindow\n"
        "from app.settings import Settings\n"
        "def main():\n"
        "    application = make_application([])\n"
        f"    window = MainWindow(Settings(), [Path({str(project)!r})], models='tests.app.process_fakes:models')\n"
        "    window.settings.set_flag('tour_seen', True)\n"
        "    def posed(*_):\n"
        "        for name in ('poses', 'video', 'rig', 'skeleton'):\n"
        "            window.preview.set_current(name)\n"
        "            application.processEvents()\n"
        "        window.session.undo_stack.setClean()\n"
        "        window.close()\n"
        "        application.exit(0)\n"
        "    window.ready.connect(lambda: window.engine.posesReady.connect(posed))\n"
        "    window.show()\n"
        "    application.exec()\n"
        "    heavy = {'torch', 'transformers', 'models'} & {name.partition('.')[0] for name in sys.modules}\n"
        "    assert not heavy, heavy\n"
        "if __name__ == '__main__':\n"
        "    main()\n"
    )
    run_script(tmp_path, code)


def run_script(folder: Path, code: str, status: int = 0) -> str:
    """Run a program in a process of its own, see that it ends with a status, and return its error stream."""
    script = folder / "start.py"
    script.write_text(code, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(script)], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == status, done.stderr
    return done.stderr


def test_the_system_s_request_to_stop_leaves_unsaved_work_and_a_clean_log(home, tmp_path):
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from PySide6.QtCore import QTimer\n"
        "from app import editor\n"
        "from app.main_window import MainWindow\n"
        "made = MainWindow.__init__\n"
        "def make(window, *args, **options):\n"
        "    made(window, *args, models='tests.app.process_fakes:models', **options)\n"
        "    def edit():\n"
        "        window.session.add_marker(500_000)\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "    window.ready.connect(lambda: QTimer.singleShot(200, edit))\n"
        "MainWindow.__init__ = make\n"
        "if __name__ == '__main__':\n"
        f"    sys.exit(editor.run_editor([Path({str(write_project(tmp_path))!r})]))\n"
    )
    assert "Error" not in run_script(tmp_path, code, status=128 + 15)
    log = (home / "logs" / "versa.log").read_text("utf-8")
    assert "stopped by signal 15" in log and "unexpected error" not in log
    assert list((home / "recovery").glob("*/*.versa"))


def test_without_a_display_the_reason_is_a_sentence(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(EditorError, match="needs a display"):
        check_display()


def test_the_start_page_offers_new_open_sample_and_recent(start, tmp_path, qtbot):
    assert not start.shows_editor
    assert all(not dock.isVisible() for dock in start.docks.all())
    assert not start.registry["save"].isEnabled() and start.registry["new"].isEnabled()
    path = write_project(tmp_path)
    assert start.files.open_path(path)
    assert start.shows_editor and "talk.versa" in start.windowTitle() and start.status.time_label.isVisible()
    trigger(start, "close")
    assert not start.shows_editor and start.session.project is None and not start.status.time_label.isVisible()
    assert start.start_page.list.count() == 1
    assert start.recent_menu.actions()[0].text().startswith("&1  talk")
    start.start_page.list.itemActivated.emit(start.start_page.list.item(0))
    assert start.session.path == path


def test_the_sample_is_a_copy_of_the_user_s_own(start):
    trigger(start, "open_sample")
    assert start.session.path == start.settings.path.parent / "sample" / "half.versa"
    assert Path(start.session.project.portrait).parent == start.session.path.parent


def test_the_bar_says_what_renders_compute_on(editor, qtbot):
    label = editor.status.device_label
    qtbot.waitUntil(lambda: "Quick GPU" in label.text(), timeout=WAIT)
    assert "  ·  " in label.text()  # the sound device is named, too


def test_a_refusal_is_forgotten_with_the_next_edit(editor):
    editor.session.set_playhead(0)
    trigger(editor, "split")
    assert "no segment to split" in editor.status.message
    editor.session.set_playhead(1_500_000)
    trigger(editor, "split")
    assert not editor.status.message
