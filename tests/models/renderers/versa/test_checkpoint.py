"""Loading of weights: the public layout, strictness by part, and files that are not what they should be."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from core.cancel import Cancelled, CancelToken
from models.checkpoint import CheckpointError
from models.renderers.versa.checkpoint import load_components, read_tensors

from . import tiny


@pytest.fixture
def own(tmp_path: Path, weights: tuple[Path, Path]) -> tuple[Path, Path]:
    """A copy of the weights that a test may spoil."""
    base, checkpoint = tmp_path / "svd", tmp_path / "MimicMotion_tiny.pth"
    shutil.copytree(weights[0], base)
    shutil.copy(weights[1], checkpoint)
    return base, checkpoint


def spoil(checkpoint: Path, change: str) -> None:
    tensors = torch.load(checkpoint, weights_only=True)
    if change == "missing":
        del tensors["unet.mid_block.resnets.0.time_mixer.mix_factor"]
    elif change == "unexpected":
        tensors["pose_net.extra.weight"] = torch.zeros(1)
    elif change == "stray":
        tensors["vae.encoder.conv_in.weight"] = torch.zeros(1)
    elif change == "shape":
        tensors["pose_net.scale"] = torch.zeros(2)
    torch.save(tensors, checkpoint)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("missing", r"part unet does not fit: keys 1 missing \(unet\.mid_block\.resnets\.0\.time_mixer\.mix_factor\)"),
        ("unexpected", r"part pose_net does not fit: keys 1 unexpected \(pose_net\.extra\.weight\)"),
        ("stray", r"1 unexpected keys \(vae\.encoder\.conv_in\.weight\)"),
        ("shape", r"pose_net\.scale has shape \(2,\), wanted \(1,\)"),
    ],
)
def test_keys_are_named(own: tuple[Path, Path], change: str, words: str) -> None:
    spoil(own[1], change)
    with pytest.raises(CheckpointError, match=words):
        load_components(*own)


def test_parts_of_the_base_are_strict_too(own: tuple[Path, Path]) -> None:
    path = own[0] / "vae" / "diffusion_pytorch_model.safetensors"
    tensors = load_file(path)
    del tensors["quant_conv.bias"]
    save_file(tensors, path)
    with pytest.raises(CheckpointError, match=r"part vae does not fit: keys 1 missing \(vae\.quant_conv\.bias\)"):
        load_components(*own)
    tensors["quant_conv.bias"] = torch.zeros(8)
    save_file(tensors, path)
    path = own[0] / "image_encoder" / "model.safetensors"
    clip = load_file(path)
    clip["visual_projection.bias"] = torch.zeros(32)
    save_file(clip, path, metadata={"format": "pt"})
    with pytest.raises(CheckpointError, match="image_encoder does not fit: unexpected visual_projection"):
        load_components(*own)
    path.unlink()
    with pytest.raises(CheckpointError, match=r"neither model\.safetensors nor model\.fp16\.safetensors"):
        load_components(*own)


def test_the_public_layout_has_two_parts_and_diffusers_names() -> None:
    keys = set(tiny.backbone().state_dict())
    assert {key for key in keys if key.startswith("unet.")} == {f"unet.{key}" for key in tiny.unet_keys()}
    assert len([key for key in keys if key.startswith("pose_net.")]) == 19


def test_half_precision_and_safetensors(tmp_path: Path) -> None:
    found = load_components(*tiny.write_weights(tmp_path, half=True, suffix=".safetensors"))
    assert {p.dtype for p in found.backbone.parameters()} == {torch.float32}
    assert {p.dtype for p in found.vae.parameters()} == {torch.float32}
    assert not found.backbone.training and found.config.pose_input == "full"


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_loading_is_cancelled_between_two_tensors(tmp_path: Path, suffix: str) -> None:
    """Wherever in the files it is: a look before every tensor of every part."""
    base, checkpoint = tiny.write_weights(tmp_path, suffix=suffix)

    class After(CancelToken):
        def __init__(self, looks: int) -> None:
            super().__init__()
            self.left = looks

        def check(self) -> None:
            self.left -= 1
            if self.left == 0:
                raise Cancelled

    counting = After(0)
    found = load_components(base, checkpoint, cancel=counting)
    tensors = sum(len(part.state_dict()) for part in (found.backbone, found.vae, found.image_encoder))
    looks = -counting.left
    assert looks >= tensors
    for number in (1, 2, len(found.backbone.state_dict()) + 5, looks):
        with pytest.raises(Cancelled):
            load_components(base, checkpoint, cancel=After(number))


def test_tensors_are_read_and_not_only_mapped(tmp_path: Path) -> None:
    """Else the disk would be read when they are used, where no cancel is heard; here the file is gone by then."""
    for suffix in (".pth", ".safetensors"):
        _, checkpoint = tiny.write_weights(tmp_path / suffix, suffix=suffix)
        found = read_tensors(checkpoint)
        wanted = {name: tensor.clone() for name, tensor in found.items()}
        with checkpoint.open("r+b") as file:
            file.write(b"\0" * checkpoint.stat().st_size)
        assert all(torch.equal(found[name], tensor) for name, tensor in wanted.items())


def test_pickles_that_hold_more_than_tensors_run_nothing(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str, ...]]:
            return (open, (str(tmp_path / "ran"), "w"))

    path = tmp_path / "evil.pth"
    torch.save({"unet.x": Evil()}, path)
    with pytest.raises(CheckpointError, match="more than tensors"):
        read_tensors(path)
    assert not (tmp_path / "ran").exists()
    torch.save([torch.zeros(1)], path)
    with pytest.raises(CheckpointError, match="not a plain dictionary"):
        read_tensors(path)
    path.write_bytes(b"not weights")
    with pytest.raises(CheckpointError, match=r"evil\.pth"):
        read_tensors(path)
    with pytest.raises(CheckpointError, match="missing"):
        read_tensors(tmp_path / "nothing.pth")


def test_face_adapter_needs_its_config(tmp_path: Path) -> None:
    base, checkpoint = tiny.write_weights(tmp_path, face=True)
    found = load_components(base, checkpoint)
    assert found.config.pose_input == "composite" and found.backbone.face_adapter is not None
    config = checkpoint.with_suffix(".json")
    config.write_text(json.dumps({"pose_input": "faces"}), "utf-8")
    with pytest.raises(CheckpointError, match='pose_input must be "full" or "composite"'):
        load_components(base, checkpoint)
    config.unlink()
    with pytest.raises(CheckpointError, match=r"face_adapter\.\*.*config file"):
        load_components(base, checkpoint)


def test_another_scheduler_is_refused(own: tuple[Path, Path]) -> None:
    path = own[0] / "scheduler" / "scheduler_config.json"
    path.write_text(json.dumps({**tiny.SCHEDULER, "prediction_type": "epsilon"}), "utf-8")
    with pytest.raises(CheckpointError, match="v-prediction"):
        load_components(*own)
