"""Steps that reuse the U-Net's deep features of an earlier step: only its outermost level is computed again.

Neighbouring steps change the deep features little (DeepCache, Ma et al. 2024), so the fast mode computes them every
few steps. A full pass here gives exactly what the U-Net's own forward gives.
"""

from typing import Any

import torch

from models.renderers.versa.backbone import Backbone
from models.renderers.versa.face_adapter import FaceContext


def cached_pass(
    backbone: Backbone,
    sample: torch.Tensor,
    timestep: torch.Tensor,
    image_embeddings: torch.Tensor,
    added_time_ids: torch.Tensor,
    pose_latents: torch.Tensor | None,
    face: FaceContext | None,
    deep: torch.Tensor | None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Predict v, with the deep features given or computed.

    Args:
        backbone: the network; other arguments as its `forward`.
        sample: see there.
        timestep: see there; a tensor.
        image_embeddings: see there.
        added_time_ids: see there.
        pose_latents: see there.
        face: see there.
        deep: what went into the last up block in an earlier step; None computes it.

    Returns:
        (B, F, 4, h, w) and the deep features for later steps.
    """
    backbone.prepare(sample, pose_latents, face)
    unet: Any = backbone.unet
    batch, frames = sample.shape[:2]
    timesteps = timestep.reshape(-1).expand(batch)
    embedding = unet.time_embedding(unet.time_proj(timesteps).to(sample.dtype))
    extra = unet.add_time_proj(added_time_ids.flatten()).reshape(batch, -1).to(embedding.dtype)
    embedding = (embedding + unet.add_embedding(extra)).repeat_interleave(frames, dim=0)
    context = image_embeddings.repeat_interleave(frames, dim=0)
    video = torch.zeros(batch, frames, dtype=sample.dtype, device=sample.device)

    def run(block: Any, hidden: torch.Tensor, **more: Any) -> Any:
        if getattr(block, "has_cross_attention", False):
            more["encoder_hidden_states"] = context
        return block(hidden_states=hidden, temb=embedding, image_only_indicator=video, **more)

    hidden = unet.conv_in(sample.flatten(0, 1))
    skips: tuple[torch.Tensor, ...] = (hidden,)
    hidden, outputs = run(unet.down_blocks[0], hidden)
    skips += outputs
    last = unet.up_blocks[-1]
    own = len(last.resnets)
    if deep is None:
        for block in unet.down_blocks[1:]:
            hidden, outputs = run(block, hidden)
            skips += outputs
        hidden = unet.mid_block(
            hidden_states=hidden, temb=embedding, encoder_hidden_states=context, image_only_indicator=video
        )
        factor = 2**unet.num_upsamplers
        uneven = any(side % factor for side in sample.shape[-2:])
        for block in unet.up_blocks[:-1]:
            count = len(block.resnets)
            taken, skips = skips[-count:], skips[:-count]
            size = tuple(skips[-1].shape[2:]) if uneven else None
            hidden = run(block, hidden, res_hidden_states_tuple=taken, upsample_size=size)
        deep = hidden
    hidden = run(last, deep, res_hidden_states_tuple=skips[:own], upsample_size=None)
    hidden = unet.conv_out(unet.conv_act(unet.conv_norm_out(hidden)))
    return hidden.unflatten(0, (batch, frames)), deep
