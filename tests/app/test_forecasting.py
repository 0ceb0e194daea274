"""What is foreseen of a render with the real `versa` backend on tiny weights, and the project's options in a render."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.director import Director
from app.model_source import InstalledModels
from core.project_file import load_project, save_project
from core.versa_options import VersaOptions
from models.renderers import get_renderer
from models.renderers.versa import locate, memory, setup
from models.renderers.versa.settings import VersaSettings, WeightFiles
from tests.app.fakes import FakeModels, write_short_project
from tests.models.renderers.versa import tiny


class Models(FakeModels):
    """Small networks, and the program's own renderers with short units."""

    def renderer(self, name: str, options: Any = None) -> Any:
        made: Any = InstalledModels().renderer(name, options)
        made.unit_frames = 10
        return made


@pytest.fixture(scope="module")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return tiny.write_weights(tmp_path_factory.mktemp("versa"))


@pytest.fixture
def weights(tiny_weights: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Tiny weights where the model manager would have put the real ones."""
    monkeypatch.setattr(setup, "find_weights", lambda settings: WeightFiles(*tiny_weights))
    return tiny_weights


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("app.director_motion.InstalledModels", Models)
    path = write_short_project(tmp_path)
    change(path, backend="versa", fps=20.0, versa=VersaOptions(steps=2, size=256))
    return path


def change(path: Path, **output: Any) -> None:
    stored = load_project(path)
    save_project(stored.replace(output=stored.output.replace(**output)), path)


def director(path: Path) -> Director:
    return Director(load_project(path), path, models=Models())


def ready(path: Path) -> Director:
    """A Director whose poses are there."""
    made = director(path)
    made.poses()
    return made


def test_without_poses_nothing_is_estimated_and_nothing_made(project: Path, weights: tuple[Path, Path]) -> None:
    made = director(project)
    forecast = made.forecast()
    assert forecast.usable and (forecast.backend, forecast.frames, forecast.seconds) == ("versa", None, None)
    assert made.project.motion is None


def test_time_and_memory_are_estimated_for_what_is_missing(project: Path, weights: tuple[Path, Path]) -> None:
    made = ready(project)
    whole, part = made.forecast(), made.forecast(start=0.0, end=0.3)
    assert whole.frames == 141 and part.frames is not None and part.frames < 20
    assert whole.seconds is not None and part.seconds is not None and whole.seconds > part.seconds > 0
    assert whole.device == "cpu" and whole.memory is not None and whole.memory > 1e9
    assert made.forecast(backend="draft").memory != whole.memory


def test_memory_of_the_processor_is_compared_and_not_refused(
    project: Path, weights: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "system_memory", lambda: 1e8)
    forecast = ready(project).forecast()
    assert forecast.usable and forecast.is_tight and forecast.needs_question


def test_a_card_that_is_too_small_is_refused_with_figures(
    project: Path, weights: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The processor here plays a card of 1 MB: a real one takes what it gets.
    monkeypatch.setattr(memory, "fit_processor", lambda work, profile: memory.fit(work, profile, 1e6))
    monkeypatch.setattr(memory, "system_memory", lambda: 1e6)
    forecast = ready(project).forecast()
    assert forecast.obstacle == "memory" and forecast.free == 1e6
    assert forecast.memory is not None and forecast.memory > 1e6 and "or tile" in forecast.sentence


def test_missing_weights_are_named(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERSA_MODELS", str(tmp_path / "none"))
    forecast = director(project).forecast()
    assert forecast.obstacle == "weights"
    assert [name for name, _ in forecast.weights] == [locate.BASE_NAME, locate.CHECKPOINT_NAME]


def test_an_unknown_renderer_is_no_crash(project: Path) -> None:
    forecast = director(project).forecast(backend="later")
    assert forecast.obstacle == "other" and "draft, versa" in forecast.sentence


# Options of the project -----------------------------------------------------------------------------------------------


def test_the_project_s_limits_and_first_values_are_the_backend_s() -> None:
    usual, backend = VersaOptions().backend_options(), VersaSettings()
    assert usual == {name: getattr(backend, name) for name in usual}
    for name in usual:
        for bound in ("ge", "le"):
            limit = next((getattr(m, bound) for m in VersaOptions.model_fields[name].metadata if hasattr(m, bound)), 0)
            if limit:
                get_renderer("versa", {**usual, name: limit})


SMALL = ("--size", "64")
"""A flag that goes before the project's option; the network's pictures are small, so that they are made quickly."""


def rendered(project: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    out = str(project.parent / "v.mp4")
    assert main(["render", str(project), "--out", out, "--to", "0.3", "--json", *more, *SMALL]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_the_command_takes_the_project_s_options_and_flags_go_first(
    project: Path, weights: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    first = rendered(project, capsys)
    assert first["chunks"] == {"rendered": 1, "reused": 0} and any("64 x 128" in note for note in first["notes"])
    assert rendered(project, capsys, "--steps", "2")["chunks"]["reused"] == 1, "the flag says what the project says"
    assert rendered(project, capsys, "--steps", "1")["chunks"]["rendered"] == 1
    change(project, versa=VersaOptions(steps=1, size=256, fast=True))
    assert rendered(project, capsys)["chunks"]["rendered"] == 1, "the fast mode makes other pictures"
    assert rendered(project, capsys, "--no-fast")["chunks"]["reused"] == 1, "made before with --steps 1"
    change(project, versa=VersaOptions(steps=2, size=256))
    assert rendered(project, capsys)["chunks"]["reused"] == 1, "changed back"


def test_the_seed_of_the_pictures_goes_before_the_project_s(
    project: Path, weights: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rendered(project, capsys)
    change(project, versa=VersaOptions(steps=2, size=256, seed=5))
    assert rendered(project, capsys)["chunks"]["rendered"] == 1
    assert rendered(project, capsys, "--seed", "0")["chunks"]["reused"] == 1
    assert rendered(project, capsys, "--steps", "1")["chunks"]["rendered"] == 1
