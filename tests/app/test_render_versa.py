"""`versa render --backend versa` and `versa reproduce` on tiny weights, as a user calls them."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import app.director_motion
from app.cli import main
from core.video import probe_video
from models.renderers import get_renderer
from tests.app.fakes import FakeModels, write_short_project
from tests.models.renderers.versa import tiny
from tests.models.renderers.versa.test_reproduce import CALL, make_case


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return tiny.write_weights(tmp_path_factory.mktemp("versa"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    class Models(FakeModels):
        def renderer(self, name: str, options: Any = None) -> Any:
            made: Any = get_renderer(name, options)
            made.unit_frames = 10
            return made

    monkeypatch.setattr(app.director_motion, "InstalledModels", Models)
    return write_short_project(tmp_path)


def render(project: Path, *more: str) -> int:
    return main(
        ["render", str(project), "--out", str(project.parent / "v.mp4"), "--backend", "versa", "--fps", "20", *more]
    )


def test_a_video_and_again_from_the_cache(
    project: Path, weights: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    preview = project.parent / "look.png"
    options = ["--base", str(weights[0]), "--checkpoint", str(weights[1]), "--steps", "2", "--size", "64", "--tile",
               "8", "--overlap", "2", "--to", "0.3", "--device", "cpu", "--preview", str(preview)]  # fmt: skip
    assert render(project, *options, "--json") == 0
    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert answer["frames"] == 6 and answer["chunks"] == {"rendered": 1, "reused": 0}
    assert any("64 x 128 on cpu" in note for note in answer["notes"])
    assert any("no GPU" in note and "--backend draft" in note for note in answer["notes"])
    info = probe_video(project.parent / "v.mp4")
    assert (info.width, info.height, info.frames) == (38, 64, 6)
    with Image.open(preview) as look:
        assert look.size == (8, 16)
    assert render(project, *options, "--json") == 0
    assert json.loads(capsys.readouterr().out)["chunks"] == {"rendered": 0, "reused": 1}


def test_missing_weights_offer_a_way_on(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VERSA_MODELS", str(tmp_path / "no models"))
    assert render(project, "--to", "0.3", "--device", "cpu") == 1
    said = capsys.readouterr().err
    assert "svd-xt-1-1" in said and "--backend draft" in said


def test_options_are_checked_and_are_not_drafts(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert render(project, "--steps", "0") == 1
    assert "steps is 0; choose 1 to 200" in capsys.readouterr().err
    assert render(project, "--profile", "7") == 2
    capsys.readouterr()
    assert render(project, "--preview", "look.jpg") == 2
    assert "--preview look.jpg: the name must end in .png" in capsys.readouterr().err
    assert main(["render", str(project), "--out", str(project.parent / "v.mp4"), "--steps", "3"]) == 1
    assert "the backend draft has no options; leave out steps" in capsys.readouterr().err


def test_reproduce_writes_its_tensors(
    tmp_path: Path, weights: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    from safetensors.torch import load_file

    case = make_case(tmp_path / "case", weights, {**CALL, "num_inference_steps": 1, "num_frames": 4})
    out = tmp_path / "numbers.safetensors"
    assert main(["reproduce", str(case), "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert "final_latents      1 x 4 x 4 x 4 x 5" in said.out and "denoising: done" in said.err
    wanted = {"posenet_out", "image_latents", "image_embeddings", "final_latents", "decoded_raw", "frames"}
    assert wanted <= set(load_file(out))
    assert main(["reproduce", str(tmp_path / "none"), "--out", str(out)]) == 1
    assert "no folder" in capsys.readouterr().err
    assert main(["reproduce", str(case), "--out", str(tmp_path / "n.npz")]) == 2
