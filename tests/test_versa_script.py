"""versa.py as its users meet it: Debian packages, the environment it makes, its messages and its test command."""

import errno
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]

LIST = """
# comment
[test]
xvfb   # a display
espeak-ng

[window]
libegl1
"""


@pytest.fixture
def versa(tmp_path: Path) -> ModuleType:
    """The script as a module whose environment would lie in a temporary folder."""
    spec = importlib.util.spec_from_file_location("versa_script", ROOT / "versa.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.VENV = str(tmp_path / ".venv")
    module.STAMP = str(tmp_path / ".venv" / "versa-setup.json")
    module.UNFINISHED = str(tmp_path / ".venv" / "versa-setup-unfinished")
    module.LOCK = str(tmp_path / ".venv.lock")
    return module


def test_package_list_has_groups(versa):
    assert versa.read_package_list(LIST) == {"test": ["xvfb", "espeak-ng"], "window": ["libegl1"]}


def test_bundled_package_list_has_the_groups_that_the_script_asks_for(versa):
    groups = versa.read_package_list(Path(versa.PACKAGE_LIST).read_text(encoding="utf-8"))
    assert groups["setup"] == ["python3-venv"]
    assert groups["test"] == ["xvfb", "xdotool"]
    assert {"libegl1", "libgl1-mesa-dri", "libxcb-cursor0", "libportaudio2"} <= set(groups["window"])


def test_missing_packages_are_those_not_fully_installed(versa):
    status = "xvfb installed\nlibegl1:amd64 installed\nespeak-ng config-files\n"
    assert versa.missing_packages(["xvfb", "espeak-ng", "libegl1", "libgl1"], status) == ["espeak-ng", "libgl1"]


@pytest.fixture
def debian(versa, monkeypatch, tmp_path):
    """A Debian without xvfb; what would be run is recorded."""
    runs: list[list[str]] = []
    (tmp_path / "list.txt").write_text(LIST, encoding="utf-8")
    versa.PACKAGE_LIST = str(tmp_path / "list.txt")
    monkeypatch.setattr(versa.shutil, "which", lambda name: "/usr/bin/" + name)
    monkeypatch.setattr(versa, "dpkg_status", lambda names: "espeak-ng installed\n")

    def run(command, **_):
        runs.append(command)
        return subprocess.CompletedProcess(command, 100 if versa.fail else 0, "", "E: Unable to fetch")

    versa.fail = False
    monkeypatch.setattr(versa.subprocess, "run", run)
    return runs


def test_a_user_gets_the_one_line_to_run(versa, debian):
    with pytest.raises(versa.SetupError) as caught:
        versa.need_packages("test", user_id=1000)
    lines = [line.strip() for line in str(caught.value).splitlines()]
    assert "sudo apt-get install -y --no-install-recommends xvfb" in lines
    assert debian == []


def test_root_installs_what_is_missing(versa, debian):
    versa.need_packages("test", user_id=0)
    assert [command[1] for command in debian] == ["update", "install"]
    assert debian[1][-1] == "xvfb" and "espeak-ng" not in debian[1]


def test_root_without_network_is_told_so(versa, debian):
    versa.fail = True
    with pytest.raises(versa.SetupError, match=r"xvfb[\s\S]*Unable to fetch[\s\S]*network"):
        versa.need_packages("test", user_id=0)


def test_other_systems_are_left_alone(versa, monkeypatch):
    monkeypatch.setattr(versa.shutil, "which", lambda name: None)
    versa.need_packages("test", user_id=1000)


def test_old_python_is_refused_with_what_to_do(versa):
    versa.check_python((3, 11, 0))
    with pytest.raises(versa.SetupError, match=r"3\.11 or newer.*3\.9\.2.*Install"):
        versa.check_python((3, 9, 2))


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk space"),
        ("WARNING: Retrying after connection broken by 'NewConnectionError(...)'\nERROR: No matching", "network"),
        ("ERROR: something else", "pip failed:\nERROR: something else"),
    ],
)
def test_failures_of_pip_are_explained(versa, output, words):
    assert words in versa.explain(output, "pip failed")


def _finish(versa: ModuleType, extras: list[str]) -> None:
    python = Path(versa.venv_path("python"))
    python.parent.mkdir(parents=True, exist_ok=True)
    python.touch()
    Path(versa.STAMP).write_text(json.dumps({"key": versa.setup_key(), "extras": extras}), encoding="utf-8")


def test_a_finished_setup_is_not_repeated(versa, monkeypatch):
    _finish(versa, ["dev"])
    monkeypatch.setattr(versa, "make_environment", lambda: pytest.fail("set up again"))
    versa.set_up({"dev"})
    versa.set_up(set())


def test_a_changed_dependency_sets_up_again(versa, monkeypatch, tmp_path):
    _finish(versa, [])
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    versa.ROOT = str(tmp_path)
    _finish(versa, [])
    assert versa.installed_extras(versa.setup_key()) == set()
    (tmp_path / "constraints.txt").write_text("numpy==1.0\n", encoding="utf-8")
    assert versa.installed_extras(versa.setup_key()) is None


def test_a_stamp_cut_short_counts_as_no_setup(versa):
    _finish(versa, [])
    Path(versa.STAMP).write_text('{"key": "', encoding="utf-8")
    assert versa.installed_extras(versa.setup_key()) is None


def test_no_stamp_is_left_when_pip_fails(versa, monkeypatch):
    monkeypatch.setattr(
        versa, "make_environment", lambda: [sys.executable, "-c", "import sys; sys.exit('No space left on device')"]
    )
    Path(versa.VENV).mkdir()
    with pytest.raises(versa.SetupError, match="disk space"):
        versa.set_up(set())
    assert not Path(versa.STAMP).exists()


def test_an_interrupted_setup_begins_with_a_fresh_environment(versa, monkeypatch):
    _finish(versa, [])
    Path(versa.STAMP).unlink()
    made: list[list[str]] = []
    monkeypatch.setattr(versa, "works", lambda command: True)
    monkeypatch.setattr(versa, "environment_is_ours", lambda: True)
    monkeypatch.setattr(versa, "run_watched", lambda command, what: made.append(command))
    versa.make_environment()
    assert made == []
    Path(versa.UNFINISHED).touch()
    versa.make_environment()
    assert [command[1:4] for command in made] == [["-m", "venv", "--clear"]]


def test_the_unfinished_mark_stays_only_where_pip_did_not_end_by_itself(versa, monkeypatch):
    Path(versa.VENV).mkdir()
    monkeypatch.setattr(versa, "make_environment", lambda: ["pip"])

    def stopped(command, what, environment=None):
        assert Path(versa.UNFINISHED).exists()
        raise error

    monkeypatch.setattr(versa, "run_watched", stopped)
    for error, stays in ((versa.SetupError("no network"), False), (KeyboardInterrupt(), True)):
        with pytest.raises(type(error)):
            versa.set_up(set())
        assert Path(versa.UNFINISHED).exists() == stays
        assert not Path(versa.STAMP).exists()


def test_two_starts_do_not_set_up_at_once(versa, capfd):
    code = (
        f"import runpy, time; script = runpy.run_path({str(ROOT / 'versa.py')!r}, run_name='x')\n"
        f"script['only_one'].__wrapped__.__globals__['LOCK'] = {versa.LOCK!r}\n"
        "with script['only_one'](): print(1, flush=True); time.sleep(0.4)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline()
        with versa.only_one():
            other.wait()
    assert other.returncode == 0
    assert "Waiting for another set-up" in capfd.readouterr().err


def test_full_disk_while_writing_the_stamp_is_explained(versa, monkeypatch):
    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(versa, "make_environment", full)
    with pytest.raises(versa.SetupError, match="disk space"):
        versa.set_up(set())


def test_a_broken_environment_is_seen(versa):
    assert not versa.environment_is_ours()
    venv = Path(versa.VENV)
    venv.mkdir()
    (venv / "pyvenv.cfg").write_text("version = 3.7.1\n", encoding="utf-8")
    assert not versa.environment_is_ours()


def test_every_failed_check_fails_the_tests_and_pytest_speaks_last(versa, monkeypatch, capfd):
    script = "import sys; print('ran', *sys.argv[1:]); sys.exit(1 if 'format' in sys.argv else 0)"
    monkeypatch.setattr(versa, "venv_path", lambda name: sys.executable)
    monkeypatch.setattr(versa, "script", lambda name: [sys.executable, "-c", script, name])
    monkeypatch.setenv("DISPLAY", ":77")
    real = subprocess.run

    def run(command, **options):
        return real([sys.executable, "-c", script, *command[1:]], **{**options, "cwd": None})

    monkeypatch.setattr(versa.subprocess, "run", run)
    assert versa.run_tests(["tests/core"]) == 1
    lines = capfd.readouterr().out.splitlines()
    assert "== checks: FAILED: ruff format" in lines
    assert lines[-1] == "ran -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests/core"


def test_old_pythons_can_read_the_script_far_enough_to_be_refused():
    import ast

    ast.parse((ROOT / "versa.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_only_the_standard_library_is_imported(versa):
    code = "import sys; sys.path.pop(0); import runpy; runpy.run_path(sys.argv[1], run_name='x'); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(ROOT / "versa.py")], capture_output=True, text=True, check=True
    )
    modules = {name.split(".")[0] for name in done.stdout.split()}
    assert modules <= set(sys.stdlib_module_names) | {"__main__", "sitecustomize"}


def test_without_a_command_the_editor_opens_with_the_sample(versa, monkeypatch):
    needed: list[str] = []
    ran: list[list[str]] = []
    monkeypatch.setattr(versa, "need_packages", needed.append)
    monkeypatch.setattr(versa, "set_up", lambda extras: None)
    monkeypatch.setattr(versa, "run_versa", lambda arguments: ran.append(arguments) or 0)
    assert versa.main([]) == 0
    assert versa.main(["edit", "talk.versa"]) == 0
    assert needed == ["window", "window"]
    assert versa.main(["demo"]) == 0
    assert versa.main(["edit", "--help"]) == 0
    assert needed == ["window", "window"]
    assert ran == [["edit", "--sample"], ["edit", "talk.versa"], ["demo"], ["edit", "--help"]]
