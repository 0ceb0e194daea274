"""Training of the renderer on tiny weights: two processes against one, stopping and going on, what a stage trains."""

import csv
import multiprocessing
import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate.state import AcceleratorState, GradientState
from safetensors.torch import load_file

from core.cancel import Cancelled, CancelToken, Progress
from models.renderers.versa.checkpoint import load_components
from models.training.renderer import train
from models.training.renderer.clips import DataError, Manifest
from models.training.renderer.draws import Draws, DrawSettings
from models.training.renderer.settings import RendererTraining
from models.training.renderer.train import Stage, train_renderer
from tests.models.renderers.versa import tiny

from .little_clips import write_clips

# A large epsilon keeps AdamW from blowing rounding up: with the usual one, a step has the rate's size however small
# the gradient is.
SETTINGS = RendererTraining(
    steps=2, frames=3, batch=2, rate=1e-3, warmup=1, epsilon=1e-3, ema=0.5, face=tiny.FACE, save_every=100,
    precision="float32",
)  # fmt: skip

Tensors = dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    write_clips(folder)
    return folder


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return tiny.write_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accelerate keeps one state a process; each test is a run of its own, on the processor."""
    monkeypatch.setenv("ACCELERATE_USE_CPU", "yes")
    AcceleratorState._reset_state(True)
    GradientState._reset_state()


def run(data: Path, weights: tuple[Path, Path], out: Path, settings: RendererTraining, stage: Stage = 2,
        **more: Any) -> Tensors:  # fmt: skip
    AcceleratorState._reset_state(True)
    return load_file(train_renderer(data, *weights, out, stage, settings, **more))


def farthest(a: Tensors, b: Tensors) -> float:
    assert a.keys() == b.keys()
    return max(float((a[key] - b[key]).abs().max()) for key in a)


def figures(out: Path) -> list[dict[str, str]]:
    with (out / "curves.csv").open() as file:
        return list(csv.DictReader(file))


def share(rank: int, port: int, data: Path, weights: tuple[Path, Path], out: Path, settings: RendererTraining) -> None:
    os.environ.update(
        RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port)
    )
    torch.set_num_threads(1)
    run(data, weights, out, settings)
    torch.distributed.destroy_process_group()


def together(data: Path, weights: tuple[Path, Path], out: Path, settings: RendererTraining) -> Tensors:
    """The same training in two processes that speak through gloo."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Not forked: threads of the tensor library do not survive that, and the children would wait for ever.
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=share, args=(rank, port, data, weights, out, settings)) for rank in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(200)
        if process.is_alive():
            process.kill()
        assert process.exitcode == 0
    return load_file(out / "renderer.safetensors")


def test_two_processes_match_one_with_twice_the_batch(data: Path, weights: tuple[Path, Path], tmp_path: Path) -> None:
    whole = run(data, weights, tmp_path / "whole", SETTINGS)
    shared = together(data, weights, tmp_path / "shared", replace(SETTINGS, batch=1))
    half = run(data, weights, tmp_path / "half", replace(SETTINGS, batch=1))
    assert farthest(whole, shared) < 1e-6
    assert farthest(whole, half) > 1e-5  # so the second process did count
    for one, two in zip(figures(tmp_path / "whole"), figures(tmp_path / "shared"), strict=True):
        assert float(one["loss"]) == pytest.approx(float(two["loss"]), rel=1e-5)
        assert float(one["gradient"]) == pytest.approx(float(two["gradient"]), rel=1e-4)


def test_stopped_training_goes_on_to_the_same_weights(data: Path, weights: tuple[Path, Path], tmp_path: Path) -> None:
    settings = replace(SETTINGS, steps=3, batch=1)
    straight = run(data, weights, tmp_path / "straight", settings)
    token = CancelToken()

    def stop(progress: Progress) -> None:
        token.cancel()

    with pytest.raises(Cancelled):
        run(data, weights, tmp_path / "stopped", settings, progress=stop, cancel=token)
    assert len(figures(tmp_path / "stopped")) == 1
    assert not (tmp_path / "stopped" / "renderer.safetensors").exists()
    assert farthest(run(data, weights, tmp_path / "stopped", settings), straight) == 0.0
    assert [row["step"] for row in figures(tmp_path / "stopped")] == ["1", "2", "3"]
    with pytest.raises(ValueError, match=r"rate 0.001, not 0.5"):
        run(data, weights, tmp_path / "stopped", replace(settings, rate=0.5))


def test_what_a_stage_trains_and_that_the_renderer_loads_it(
    data: Path, weights: tuple[Path, Path], tmp_path: Path
) -> None:
    settings = replace(SETTINGS, steps=1, batch=1, ema=0.0)
    before = load_components(*weights).backbone.state_dict()
    first = run(data, weights, tmp_path / "one", settings, stage=1)
    assert first.keys() == before.keys()
    moved = {key.split(".")[0] for key in first if not torch.equal(first[key], before[key])}
    assert moved == {"unet", "pose_net"}

    # Two steps: in the first one only the zero projections of the face adapter have a gradient.
    run(data, (weights[0], tmp_path / "one" / "renderer.safetensors"), tmp_path / "two", replace(settings, steps=2))
    loaded = load_components(weights[0], tmp_path / "two" / "renderer.safetensors")
    assert loaded.config.pose_input == "composite"
    adapter = loaded.backbone.face_adapter
    assert adapter is not None and adapter.config["audio_dim"] == 16
    assert all(float(layer.to_out.weight.abs().max()) > 0 for layer in adapter.layers.values())
    with pytest.raises(DataError, match="use --stage 2"):
        run(data, (weights[0], tmp_path / "two" / "renderer.safetensors"), tmp_path / "no", settings, stage=1)


def test_checkpointing_and_accumulation_change_nothing(data: Path, weights: tuple[Path, Path], tmp_path: Path) -> None:
    settings = replace(SETTINGS, steps=1)
    plain = run(data, weights, tmp_path / "plain", replace(settings, checkpointing=False))
    saving = run(data, weights, tmp_path / "saving", replace(settings, batch=1, accumulate=2))
    assert farthest(plain, saving) < 1e-6


def test_bfloat16_goes_the_same_way_and_keeps_full_weights(
    data: Path, weights: tuple[Path, Path], tmp_path: Path
) -> None:
    settings = replace(SETTINGS, steps=1, ema=0.0)
    before = load_components(*weights).backbone.state_dict()
    full = run(data, weights, tmp_path / "full", settings, stage=1)
    half = run(data, weights, tmp_path / "half", replace(settings, precision="bfloat16"), stage=1)
    assert {value.dtype for value in half.values()} == {torch.float32}
    losses = [float(figures(tmp_path / name)[0]["loss"]) for name in ("full", "half")]
    assert losses[0] != losses[1] and losses[1] == pytest.approx(losses[0], rel=0.02)
    one, two = (torch.cat([(made[key] - before[key]).flatten() for key in before]) for made in (full, half))
    assert float(torch.nn.functional.cosine_similarity(one, two, dim=0)) > 0.97


def test_checkpointing_computes_activations_again(
    data: Path, weights: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would save no memory, and no result would tell."""
    calls = []
    original = train.RendererLoss.forward

    def counted(self: Any, *args: Any) -> Any:
        unet = self.backbone.unet
        # Before, not after: the second time, torch leaves off as soon as it has what it needs.
        unet.down_blocks[0].resnets[0].register_forward_pre_hook(lambda *_: calls.append(None))
        return original(self, *args)

    monkeypatch.setattr(train.RendererLoss, "forward", counted)
    counts = []
    for checkpointing in (False, True):
        calls.clear()
        settings = replace(SETTINGS, steps=1, batch=1, checkpointing=checkpointing)
        run(data, weights, tmp_path / str(checkpointing), settings, stage=1)
        counts.append(len(calls))
    assert counts[1] > counts[0] > 0


def test_speech_features_must_fit(data: Path, weights: tuple[Path, Path], tmp_path: Path) -> None:
    manifest = Manifest.load(data)
    other = tmp_path / "other"
    other.mkdir()
    replace(manifest, speech="wav2vec2", speech_width=24).save(other)
    settings = replace(SETTINGS, face={**tiny.FACE, "audio_dim": 16})
    with pytest.raises(DataError, match="wav2vec2 features of 24 numbers"):
        run(other, weights, tmp_path / "out", settings)


def test_a_draw_follows_from_its_number_alone(data: Path) -> None:
    manifest = Manifest.load(data)
    settings = DrawSettings(frames=3, window=4, canvas=256, seed=3)
    whole = Draws(data, manifest, settings, 0, 6)
    later = Draws(data, manifest, settings, 4, 6)
    assert len(later) == 2
    for key, value in whole[5].items():
        assert torch.equal(value, later[1][key]), key
    assert not torch.equal(whole[4]["noise"], whole[5]["noise"])
    sample = whole[0]
    assert sample["pixels"].shape == sample["drawn"].shape == (4, 3, 64, 64)
    assert sample["weights"].shape == sample["mask"].shape == (4, 8, 8)
    assert sample["weights"].max() == 10.0 and sample["weights"].min() == 1.0
    assert sample["audio"].shape == (4, 4, 16)
    # The reference is silent, neutral and open-eyed, as in rendering.
    assert not sample["audio"][0].any() and not sample["strength"][0].any() and not sample["blink"][0].any()
    assert sample["emotion"].tolist() == [0, 1, 1, 1]
    with pytest.raises(DataError, match="longest of 2 clips has 12 frames, 13 are needed"):
        Draws(data, manifest, replace(settings, frames=13), 0, 1)
