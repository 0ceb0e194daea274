"""Starts Versa Director from a checkout: makes `.venv` beside this file the first time, then opens the editor.

Standard library only, and written so that an old Python can still read it and be told that it is too old. It knows
nothing about the program itself: commands other than `test` are passed on to `app.cli`.

    python3 versa.py               the editor, with your copy of the sample
    python3 versa.py edit [FILE]   the editor, with your project
    python3 versa.py demo          the samples, rendered without a window
    python3 versa.py test          style, types, import walls and the tests
    python3 versa.py COMMAND ...   any other command of `versa`
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "versa-setup.json")
UNFINISHED = os.path.join(VENV, "versa-setup-unfinished")
LOCK = os.path.join(ROOT, ".venv.lock")
CONSTRAINTS = "constraints.txt"
PACKAGE_LIST = os.path.join(ROOT, "packaging", "system_packages.txt")
OLDEST_PYTHON = (3, 11)
WINDOWS = os.name == "nt"

DISK_FULL = (
    f"There is not enough free disk space in {ROOT}: the set-up needs about 3 GB (8 GB with CUDA). "
    "Free some, then start again."
)
NO_NETWORK = (
    "The set-up downloads Python packages, and the network could not be reached. "
    "Connect (or set the proxy in HTTPS_PROXY), then start again."
)
NETWORK_SIGNS = (
    "NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "Network is unreachable", "ProxyError",
)  # fmt: skip


class SetupError(Exception):
    """What is wrong and what to do, in words for the user."""


def check_python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> None:
    """Raise `SetupError` if `version` is older than `OLDEST_PYTHON`."""
    if version[:2] < OLDEST_PYTHON:
        found = ".".join(str(part) for part in version)
        raise SetupError(
            f"Versa Director needs Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer, and {sys.executable} is "
            f"Python {found}. Install a newer one and start versa.py with it."
        )


# Debian packages ------------------------------------------------------------------------------------------------------


def read_package_list(text: str) -> dict[str, list[str]]:
    """Package names by group, from the text of packaging/system_packages.txt."""
    groups: dict[str, list[str]] = {}
    names: list[str] = []
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("["):
            names = groups.setdefault(line.strip("[]"), [])
        elif line:
            names.append(line)
    return groups


def missing_packages(names: list[str], status: str) -> list[str]:
    """Those of `names` that are not installed, by `status`: lines "package state" as dpkg-query prints them."""
    installed = {line.split()[0].split(":")[0] for line in status.splitlines() if line.split()[1:] == ["installed"]}
    return [name for name in names if name not in installed]


def dpkg_status(names: list[str]) -> str:
    """Lines "package state" for those of `names` that dpkg knows."""
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names]
    return subprocess.run(query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout


def need_packages(group: str, user_id: int | None = None) -> None:
    """See that the Debian packages of a group are installed; does nothing on other systems.

    As root (`user_id` 0) installs what is missing.

    Raises:
        SetupError: something is missing and we are not root, or apt-get failed.
    """
    if not shutil.which("dpkg-query") or not shutil.which("apt-get"):
        return
    with open(PACKAGE_LIST, encoding="utf-8") as file:
        names = read_package_list(file.read())[group]
    missing = missing_packages(names, dpkg_status(names))
    if not missing:
        return
    if (os.getuid() if user_id is None else user_id) != 0:
        raise SetupError(
            "These Debian packages are missing. Run this line, then start again:\n\n"
            "    sudo apt-get install -y --no-install-recommends " + " ".join(missing) + "\n"
        )
    say("Installing Debian packages: " + " ".join(missing))
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    update = ["apt-get", "update", "-q"]
    install = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *missing]
    subprocess.run(update, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    done = subprocess.run(
        install, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SetupError(
            f"apt-get could not install {' '.join(missing)}:\n{done.stderr.strip()[-1500:]}\n"
            "See that the network is there, then start again."
        )


# The environment ------------------------------------------------------------------------------------------------------


def say(text: str) -> None:
    """Print a line for the user, apart from the output of the command itself."""
    print("versa: " + text, file=sys.stderr, flush=True)


def venv_path(name: str) -> str:
    """Path of a program in the environment; "python" for its interpreter."""
    return os.path.join(VENV, "Scripts", name + ".exe") if WINDOWS else os.path.join(VENV, "bin", name)


def setup_key() -> str:
    """Hash of everything that decides what the environment must hold."""
    digest = hashlib.sha256()
    for part in (sys.version, sys.platform, ROOT):
        digest.update(part.encode() + b"\0")
    for name in ("pyproject.toml", CONSTRAINTS):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read() + b"\0")
    return digest.hexdigest()


def installed_extras(key: str) -> set[str] | None:
    """Extras that a finished set-up of this key installed, or None if there is none."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return None
    return set(stamp["extras"]) if stamp.get("key") == key and os.path.exists(venv_path("python")) else None


def environment_is_ours() -> bool:
    """Whether `.venv` holds a Python of the version that runs now."""
    try:
        with open(os.path.join(VENV, "pyvenv.cfg"), encoding="utf-8") as file:
            lines = dict(line.strip().split(" = ", 1) for line in file if " = " in line)
    except (OSError, ValueError):
        return False
    ours = ".".join(str(part) for part in sys.version_info[:2])
    return lines.get("version", "").split(".")[:2] == ours.split(".") and os.path.exists(venv_path("python"))


def works(command: list[str]) -> bool:
    """Whether a program starts and ends with status 0."""
    try:
        return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock of the set-up for the block; waits while another start of the program holds it."""
    with open(LOCK, "w") as file:
        if sys.platform == "win32":
            import msvcrt

            while True:
                try:
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # gives up after ten seconds
                    break
                except OSError:
                    say("Waiting for another set-up ...")
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                say("Waiting for another set-up ...")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_environment() -> list[str]:
    """Make `.venv` if it is missing, half installed or of another Python; return the command that is its pip.

    A Debian Python has ensurepip only with the package python3-venv. Without it the environment is made without pip
    and the pip outside installs into it.

    Raises:
        SetupError: there is no way to get a pip.
    """
    python = venv_path("python")
    has_ensurepip = works([sys.executable, "-c", "import venv, ensurepip"])
    if not has_ensurepip and not works([sys.executable, "-m", "pip", "--version"]):
        need_packages("setup")
        has_ensurepip = works([sys.executable, "-c", "import venv, ensurepip"])
        if not has_ensurepip:
            raise SetupError(f"{sys.executable} has neither ensurepip nor pip. Install pip for it, then start again.")
    # pip cannot repair packages that an interruption left half written, so then all of them go.
    whole = environment_is_ours() and not os.path.exists(UNFINISHED)
    whole = whole and (not has_ensurepip or works([python, "-m", "pip", "--version"]))
    if not whole:
        options = ["--clear"] if has_ensurepip else ["--clear", "--without-pip"]
        run_watched([sys.executable, "-m", "venv", *options, VENV], "Python could not make the environment " + VENV)
    if works([python, "-m", "pip", "--version"]):
        return [python, "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", python]


def explain(output: str, what: str) -> str:
    """One message for the user from what a failed program printed."""
    if "No space left on device" in output or f"Errno {errno.ENOSPC}]" in output:
        return DISK_FULL
    if any(sign in output for sign in NETWORK_SIGNS):
        return NO_NETWORK
    return what + ":\n" + output.strip()[-2000:]


def run_watched(command: list[str], what: str, environment: dict[str, str] | None = None) -> None:
    """Run a program of the set-up, showing what it prints, and raise `SetupError` with `what` if it fails."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,  # our own output stays clean for those who read it
        stderr=subprocess.PIPE,
        text=True,
    )
    errors = ""
    assert process.stderr is not None
    with process.stderr:
        for line in process.stderr:
            errors += line
    if process.wait() != 0:
        raise SetupError(explain(errors, what))


def set_up(extras: set[str]) -> None:
    """Bring `.venv` to what pyproject.toml and constraints.txt ask for; safe to repeat after an interruption.

    Raises:
        SetupError: with the reason and what to do.
    """
    if _is_set_up(extras):
        return
    try:
        with only_one():
            if not _is_set_up(extras):
                _install(extras)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise SetupError(DISK_FULL) from error
        raise SetupError(f"The environment {VENV} cannot be written: {error}.") from error


def _is_set_up(extras: set[str]) -> bool:
    have = installed_extras(setup_key())
    return have is not None and extras <= have


def _install(extras: set[str]) -> None:
    key = setup_key()
    wanted = sorted(extras | (installed_extras(key) or set()))
    say(f"Setting up {VENV} (once; downloads about 0.5 GB, 3 GB with CUDA) ...")
    pip = make_environment()
    target = ".[{}]".format(",".join(wanted)) if wanted else "."
    # Old versions of pip hand PIP_CONSTRAINT to the build environment, new ones PIP_BUILD_CONSTRAINT. Relative,
    # because pip splits these variables at spaces.
    environment = dict(os.environ, PIP_CONSTRAINT=CONSTRAINTS, PIP_BUILD_CONSTRAINT=CONSTRAINTS)
    options = ["--disable-pip-version-check", "--no-input", "--no-warn-script-location"]
    if not sys.stderr.isatty():
        options.append("--quiet")
    with open(UNFINISHED, "w"):
        pass
    try:
        run_watched([*pip, "install", *options, "-e", target], "pip could not install the packages", environment)
    except SetupError:
        os.remove(UNFINISHED)  # pip ended by itself and took back what it had begun
        raise
    with open(STAMP + ".new", "w", encoding="utf-8") as file:
        json.dump({"key": key, "extras": wanted}, file)
    os.replace(STAMP + ".new", STAMP)
    os.remove(UNFINISHED)
    say("Set up.")


# Commands -------------------------------------------------------------------------------------------------------------


def script(name: str) -> list[str]:
    """Command line of a console script; through the interpreter, because a shebang cannot hold every path."""
    return [venv_path(name)] if WINDOWS else [venv_path("python"), venv_path(name)]


def run_versa(arguments: list[str]) -> int:
    """Run the program; returns its exit status (on POSIX it takes this process's place instead)."""
    command = [*script("versa"), *arguments]
    if not WINDOWS:
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the program got it too and cleans up


class VirtualDisplay:
    """An X server without a screen, on a free display number, for as long as the `with` block runs."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> str:
        """Start the server and return its display name, such as ":1"."""
        receiver, sender = os.pipe()
        command = ["Xvfb", "-displayfd", str(sender), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"]
        quiet = subprocess.DEVNULL
        try:
            self.process = subprocess.Popen(command, pass_fds=(sender,), stdin=quiet, stdout=quiet, stderr=quiet)
        finally:
            os.close(sender)
        with os.fdopen(receiver) as pipe:
            number = pipe.readline().strip()  # ends at once if the server dies
        if not number:
            self.process.wait()
            raise SetupError("Xvfb could not be started, so the tests have no display. Set DISPLAY to one of yours.")
        return ":" + number

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()


def run_tests(arguments: list[str]) -> int:
    """Style, types, import walls, then pytest with `arguments`; 0 only if all pass. pytest's summary comes last."""
    python = venv_path("python")
    checks = {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "mypy": [python, "-m", "mypy"],
        "import walls": script("lint-imports"),
    }
    results = {}
    for name, command in checks.items():
        print("== " + name, flush=True)
        results[name] = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
    failed = [name for name, status in results.items() if status != 0]
    print("== checks: " + ("FAILED: " + ", ".join(failed) if failed else "all passed"), flush=True)
    # Two processes, a file at a time: much of the suite waits. Each has a display of its own, see tests/conftest.py.
    # Not reordered: files with few tests would come last, and the slowest of them are such.
    pytest = [python, "-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", *arguments]
    environment = dict(os.environ)
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY") and shutil.which("Xvfb"):
        with VirtualDisplay() as display:
            environment["DISPLAY"] = display
            status = subprocess.run(pytest, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
    else:
        status = subprocess.run(pytest, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
    return 1 if failed or status != 0 else 0


def main(arguments: list[str]) -> int:
    """Run `arguments` as the user typed them after versa.py; returns the exit status."""
    try:
        check_python()
        if arguments[:1] == ["test"]:
            if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
                need_packages("test")
            need_packages("window")
            set_up({"dev"})
            return run_tests(arguments[1:])
        if not arguments:
            arguments = ["edit", "--sample"]
        if arguments[0] == "edit" and "--help" not in arguments and "-h" not in arguments:
            need_packages("window")
        set_up(set())
        return run_versa(arguments)
    except SetupError as error:
        print(f"versa: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("versa: stopped; start again to continue.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
