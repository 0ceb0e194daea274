"""Counts the memory and the operations of the full-size networks without running them.

The networks are run on tensors that have shapes but no data, and the storages that live at the same time are added up.
The constants of `memory` were counted with this; what a card's allocator adds is not in it.
"""

import weakref
from collections.abc import Callable, Mapping
from typing import Any, Final

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from models.renderers.versa.backbone import Backbone

FULL_UNET: Final[dict[str, Any]] = {
    "in_channels": 8, "out_channels": 4, "block_out_channels": (320, 640, 1280, 1280), "layers_per_block": 2,
    "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 768, "cross_attention_dim": 1024,
    "num_attention_heads": (5, 10, 20, 20), "num_frames": 25, "sample_size": 96,
}  # fmt: skip
"""Sizes of the public U-Net."""

FULL_VAE: Final[dict[str, Any]] = {
    "block_out_channels": (128, 256, 512, 512), "down_block_types": ("DownEncoderBlock2D",) * 4,
    "layers_per_block": 2, "latent_channels": 4,
}  # fmt: skip
"""Sizes of the public VAE."""


class _Live(TorchDispatchMode):
    """Adds up the bytes of all storages that were made under it and still live."""

    def __init__(self, module: torch.nn.Module) -> None:
        super().__init__()
        self.peak = 0
        self._now = 0
        self._sizes: dict[int, int] = {}
        self._weights = [parameter.untyped_storage() for parameter in module.parameters()]
        self._skip = {storage._cdata for storage in self._weights}

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = function(*args, **(kwargs or {}))
        for value in tree_leaves(made):
            if isinstance(value, torch.Tensor):
                storage = value.untyped_storage()
                key = storage._cdata
                if key not in self._sizes and key not in self._skip:
                    self._sizes[key] = storage.nbytes()
                    self._now += storage.nbytes()
                    self.peak = max(self.peak, self._now)
                    weakref.finalize(storage, self._gone, key)
        return made

    def _gone(self, key: int) -> None:
        self._now -= self._sizes.pop(key, 0)


def count_unet(
    frames: int,
    height: int,
    width: int,
    *,
    batch: int = 1,
    config: Mapping[str, Any] = FULL_UNET,
    dtype: torch.dtype = torch.float16,
) -> tuple[int, int]:
    """Peak bytes of activations and operations of one pass over latents of (batch, frames, 8, height, width)."""
    width_of_context, width_of_pose = int(config["cross_attention_dim"]), int(config["block_out_channels"][0])

    def run(backbone: Any) -> None:
        def empty(*shape: int) -> torch.Tensor:
            return torch.empty(*shape, dtype=dtype)

        backbone(
            empty(batch, frames, 8, height, width), torch.tensor(1.0), empty(batch, 1, width_of_context),
            empty(batch, 3), empty(batch * frames, width_of_pose, height, width),
        )  # fmt: skip

    return _count(lambda: Backbone(config), run, dtype)


def count_decoder(frames: int, height: int, width: int, dtype: torch.dtype = torch.float16) -> tuple[int, int]:
    """Peak bytes and operations of decoding latents of (frames, 4, height, width) in one call."""
    from diffusers import AutoencoderKLTemporalDecoder

    def run(vae: Any) -> None:
        vae.decode(torch.empty(frames, 4, height, width, dtype=dtype), num_frames=frames)

    return _count(lambda: AutoencoderKLTemporalDecoder(**FULL_VAE), run, dtype)


def _count(make: Callable[[], Any], run: Callable[[Any], None], dtype: torch.dtype) -> tuple[int, int]:
    usual = torch.get_default_dtype()
    with FakeTensorMode():
        torch.set_default_dtype(dtype)
        try:
            module = make().requires_grad_(False)
        finally:
            torch.set_default_dtype(usual)
        with torch.no_grad(), FlopCounterMode(display=False) as operations, _Live(module) as live:
            run(module)
    return live.peak, operations.get_total_flops()
