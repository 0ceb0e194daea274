"""Against numbers that the published reference made from random weights (tests/fixtures/mimicmotion/README.md)."""

import json
import lzma
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import EulerDiscreteScheduler
from safetensors.torch import load_file

from core.cancel import CancelToken
from models.renderers.versa.checkpoint import load_backbone
from models.renderers.versa.checkpoint_config import CheckpointConfig
from models.renderers.versa.conditioning import Conditioning
from models.renderers.versa.denoise import DenoiseOptions, Window, denoise, encode_poses, guidance_ramp
from models.renderers.versa.noise import reference_noise, repeat_noise
from models.renderers.versa.reproduce import reproduce
from models.renderers.versa.tiling import tile_indices, tile_weights

FOLDER = Path(__file__).parents[3] / "fixtures" / "mimicmotion"


def read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def numbers() -> dict[str, torch.Tensor]:
    with np.load(FOLDER / "numbers.npz") as stored:
        return {name: torch.from_numpy(stored[name]) for name in stored.files}


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Any:
    shapes = read("keys.json")
    planes = np.frombuffer(lzma.decompress((FOLDER / "weights.xz").read_bytes()), np.uint8).reshape(4, -1)
    flat = np.ascontiguousarray(planes.T).view(np.float32).ravel()
    tensors, place = {}, 0
    for key, shape in shapes.items():
        size = math.prod(shape)
        tensors[key] = torch.from_numpy(flat[place : place + size].reshape(shape).copy())
        place += size
    assert place == len(flat)
    folder = tmp_path_factory.mktemp("mimicmotion")
    checkpoint = folder / "MimicMotion_tiny.pth"
    torch.save(tensors, checkpoint)
    (folder / "unet").mkdir()
    (folder / "unet" / "config.json").write_bytes((FOLDER / "unet_config.json").read_bytes())
    return load_backbone(folder, checkpoint, CheckpointConfig(), torch.float32)


def worst(found: torch.Tensor, wanted: torch.Tensor) -> float:
    assert found.shape == wanted.shape
    return float((found - wanted).abs().max())


def test_posenet(backbone: Any, numbers: dict[str, torch.Tensor]) -> None:
    poses = numbers["pose_images"][[0, 7, 19]].float() / 127.5 - 1.0
    assert worst(encode_poses(backbone, poses), numbers["posenet_out"]) < 1e-5


@pytest.mark.parametrize("with_pose", [True, False])
def test_unet_in_one_batch(backbone: Any, numbers: dict[str, torch.Tensor], with_pose: bool) -> None:
    with torch.no_grad():
        found = backbone(
            numbers["unet_sample"], numbers["unet_timestep"], numbers["unet_encoder_hidden_states"],
            numbers["unet_added_time_ids"], numbers["unet_pose_latents"] if with_pose else None,
        )  # fmt: skip
    assert worst(found, numbers["unet_out_pose" if with_pose else "unet_out_nopose"]) < 1e-5


def test_whole_loop(backbone: Any, numbers: dict[str, torch.Tensor]) -> None:
    call = read("call.json")
    scheduler = EulerDiscreteScheduler.from_config(read("scheduler_config.json"))
    scheduler.set_timesteps(call["num_inference_steps"])
    frames = call["num_frames"]
    window = Window(
        latents=repeat_noise(numbers["tile_noise"][0], frames) * scheduler.init_noise_sigma,
        pose_latents=encode_poses(backbone, numbers["pose_images"].float() / 127.5 - 1.0),
        conditioning=Conditioning(numbers["image_embeddings"], numbers["image_latents"], numbers["added_time_ids"]),
        guidance=guidance_ramp(call["min_guidance_scale"], call["max_guidance_scale"], frames),
        tiles=tile_indices(frames, call["tile_size"], call["tile_overlap"]),
    )
    seen: list[torch.Tensor] = []
    final = denoise(
        backbone, scheduler, window, CancelToken(), options=DenoiseOptions(batched=False),
        trace=lambda prediction, latents: seen.append(prediction),
    )  # fmt: skip
    assert worst(seen[1][None], numbers["guided_noise_pred"]) < 1e-4
    assert worst(final[None], numbers["final_latents"]) < 1e-4


@pytest.mark.parametrize("case", read("tiling_cases.json"), ids=lambda c: "-".join(map(str, list(c.values())[:3])))
def test_tiles(case: dict[str, Any]) -> None:
    tiles = tile_indices(case["num_frames"], case["tile_size"], case["tile_overlap"])
    assert [tile.tolist() for tile in tiles] == case["tiles"]
    total, weights = np.zeros(case["num_frames"]), np.zeros(case["num_frames"])
    for number, tile in enumerate(tiles, 1):
        weight = tile_weights(len(tile))
        total[tile] += weight * (100 * number + np.arange(len(tile)))
        weights[tile] += weight
    np.testing.assert_allclose(total / weights, np.array(case["merged_probe"], float), rtol=1e-6)


def test_schedules() -> None:
    for steps, wanted in read("euler_schedules.json").items():
        scheduler = EulerDiscreteScheduler.from_config(read("scheduler_config.json"))
        scheduler.set_timesteps(int(steps))
        np.testing.assert_allclose(scheduler.timesteps, wanted["timesteps"], rtol=1e-6)
        np.testing.assert_allclose(scheduler.sigmas, wanted["sigmas"], rtol=1e-6)
        assert float(scheduler.init_noise_sigma) == pytest.approx(wanted["init_noise_sigma"])


def test_noise_is_drawn_in_the_reference_order(numbers: dict[str, torch.Tensor]) -> None:
    call = read("call.json")
    _, tile = reference_noise(call["seed"], call["tile_size"], (call["height"], call["width"]), (4, 8, 12))
    assert torch.equal(tile, numbers["tile_noise"][0])


@pytest.mark.skipif("VERSA_REFERENCE_CASE" not in os.environ, reason="needs the folder of a whole reference case")
def test_a_whole_case() -> None:
    """All numbers of a case folder as `versa reproduce` takes it, with the files that the reference wrote beside."""
    case = Path(os.environ["VERSA_REFERENCE_CASE"])
    found = reproduce(case, CancelToken())
    compared = 0
    for name, tolerance in (("single_calls", 1e-5), ("trace", 1e-5), ("pipeline_outputs", 1e-4)):
        for key, wanted in load_file(case / f"{name}.safetensors").items():
            if key in found and key not in ("latents_per_step", "guided_noise_pred"):
                assert worst(found[key], wanted) < tolerance, key
                compared += 1
    assert compared >= 8
