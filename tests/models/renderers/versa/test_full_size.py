"""The networks at their public size, without data: would the published files load strictly?

The files themselves are not at hand. Their sizes are known to the byte (the registry has them), and the size of a
safetensors file follows from names, shapes and order of its tensors: another name or shape would give another size.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKLTemporalDecoder
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from models import weights
from models.renderers.versa.backbone import Backbone
from models.renderers.versa.bench import SVD_SCHEDULER
from models.renderers.versa.checkpoint import load_strictly
from models.renderers.versa.counting import FULL_UNET, FULL_VAE
from models.renderers.versa.face_adapter import DEFAULTS
from models.renderers.versa.memory import BACKBONE_PARAMETERS, CLIP_PARAMETERS, VAE_PARAMETERS

from . import tiny

FULL_CLIP: dict[str, Any] = {
    "hidden_size": 1280, "intermediate_size": 5120, "num_hidden_layers": 32, "num_attention_heads": 16,
    "patch_size": 14, "projection_dim": 1024, "image_size": 224, "hidden_act": "gelu",
}  # fmt: skip
"""ViT-H/14."""


@cache
def full(name: str) -> Any:
    with torch.device("meta"):
        match name:
            case "backbone":
                return Backbone(FULL_UNET, DEFAULTS)
            case "vae":
                return AutoencoderKLTemporalDecoder(**FULL_VAE)
            case _:
                return CLIPVisionModelWithProjection(CLIPVisionConfig(**FULL_CLIP))


def half_file_size(state: Mapping[str, torch.Tensor]) -> int:
    """Bytes of a safetensors file of these tensors in half precision: header, padded to eight bytes, and data."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name in sorted(state):
        begin, end = end, end + 2 * state[name].numel()
        header[name] = {"dtype": "F16", "shape": list(state[name].shape), "data_offsets": [begin, end]}
    return 8 + -(-len(json.dumps(header, separators=(",", ":"))) // 8) * 8 + end


def test_the_size_of_a_file_is_computed_as_safetensors_writes_it(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    state = {key: value.half() for key, value in tiny.backbone().state_dict().items()}
    save_file(state, tmp_path / "f.safetensors", metadata={"format": "pt"})
    assert half_file_size(state) == (tmp_path / "f.safetensors").stat().st_size


@pytest.mark.parametrize(
    ("name", "file", "tensors", "parameters"),
    [
        ("vae", "vae/diffusion_pytorch_model.fp16.safetensors", 374, VAE_PARAMETERS),
        ("clip", "image_encoder/model.fp16.safetensors", 520, CLIP_PARAMETERS),
    ],
)
def test_the_base_files_have_the_size_of_our_networks(name: str, file: str, tensors: int, parameters: int) -> None:
    state = full(name).state_dict()
    assert len(state) == tensors and sum(value.numel() for value in state.values()) == parameters
    published = {one.name: one.size for one in weights.find("svd-xt-1-1").files}
    assert half_file_size(state) == published[file]


def test_the_checkpoint_has_the_size_of_our_backbone() -> None:
    """1,447 tensors in half precision, and a zip around them that takes 145 bytes for each."""
    backbone = full("backbone")
    unet, pose = backbone.unet.state_dict(), backbone.pose_net.state_dict()
    assert (len(unet), sum(value.numel() for value in unet.values())) == (1428, 1_524_623_082)
    assert (len(pose), sum(value.numel() for value in pose.values())) == (19, 205_557)
    assert sum(value.numel() for part in (unet, pose) for value in part.values()) == BACKBONE_PARAMETERS
    size = weights.find("mimicmotion-1-1").files[0].size
    assert size is not None and size - 2 * BACKBONE_PARAMETERS == 210_169


def test_posenets_layers_are_those_of_the_checkpoint() -> None:
    """(out, in, kernel, stride) of every convolution, and the learned factor."""
    net = full("backbone").pose_net
    layers = {f"conv_layers.{2 * index}": net.conv_layers[2 * index] for index in range(8)}
    found = {name: (*layer.weight.shape[:3], layer.stride[0], layer.padding[0]) for name, layer in layers.items()}
    assert list(found.values()) == [
        (3, 3, 3, 1, 1), (16, 3, 4, 2, 1), (16, 16, 3, 1, 1), (32, 16, 4, 2, 1),
        (32, 32, 3, 1, 1), (64, 32, 4, 2, 1), (64, 64, 3, 1, 1), (128, 64, 3, 1, 1),
    ]  # fmt: skip
    wanted = {f"{name}.{kind}" for name in (*found, "final_proj") for kind in ("weight", "bias")} | {"scale"}
    assert set(net.state_dict()) == wanted
    assert net.final_proj.weight.shape == (320, 128, 1, 1) and net.scale.shape == (1,)


def test_names_at_full_size_are_those_at_the_fixtures_size() -> None:
    """Every name of the fixture's checkpoint, which the published code wrote, is there at full size, too."""
    folder = Path(__file__).parents[3] / "fixtures" / "mimicmotion"
    tiny_names = set(json.loads((folder / "keys.json").read_text("utf-8")))
    state = full("backbone").state_dict()
    kinds = {"".join(c if not c.isdigit() else "#" for c in name) for name in state if "face_adapter" not in name}
    assert {"".join(c if not c.isdigit() else "#" for c in name) for name in tiny_names} <= kinds


def test_a_full_checkpoint_fits_strictly_and_one_key_less_does_not() -> None:
    backbone = full("backbone")
    for part in ("unet", "pose_net"):
        module = getattr(backbone, part)
        state = {key: torch.empty_like(value, dtype=torch.float16) for key, value in module.state_dict().items()}
        load_strictly(module, state, part, Path("MimicMotion_1-1.pth"))
        lost = state.popitem()[0]
        with pytest.raises(ValueError, match=f"1 missing .{part}.{lost}"):
            load_strictly(module, state, part, Path("MimicMotion_1-1.pth"))


def test_the_face_adapter_is_in_all_thirty_two_blocks() -> None:
    adapter = full("backbone").face_adapter
    assert len(adapter.layers) == 32
    heads = {layer.to_q.in_features: layer.heads for layer in adapter.layers.values()}
    assert heads == {320: 5, 640: 10, 1280: 20}, "from the config, as the backbone's"
    assert 100e6 < sum(p.numel() for p in adapter.parameters()) < 110e6


def test_the_scheduler_is_svds() -> None:
    assert {name: SVD_SCHEDULER[name] for name in tiny.SCHEDULER if name != "_class_name"} == {
        "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "interpolation_type": "linear",
        "num_train_timesteps": 1000, "prediction_type": "v_prediction", "sigma_max": 700.0, "sigma_min": 0.002,
        "steps_offset": 1, "timestep_spacing": "leading", "timestep_type": "continuous", "use_karras_sigmas": True,
    }  # fmt: skip
