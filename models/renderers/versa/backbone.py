"""The denoising network: diffusers' spatio-temporal U-Net with PoseNet's features added after its first convolution.

The U-Net is diffusers' own, untouched; what is added is hooked in. The state dict has the parts `unet.*` and
`pose_net.*` of the public checkpoint, and `face_adapter.*` where there is one.
"""

from collections.abc import Mapping
from typing import Any

import torch
from diffusers import UNetSpatioTemporalConditionModel
from torch import nn

from models.renderers.versa.face_adapter import FaceAdapter, FaceContext
from models.renderers.versa.posenet import PoseNet


class Backbone(nn.Module):
    """U-Net, PoseNet and, where the checkpoint has one, the face adapter.

    Attributes:
        unet: predicts v; in_channels 8 (noisy latents, image latents).
        pose_net: see `PoseNet`.
        face_adapter: see `FaceAdapter`, or None.

    Args:
        config: the U-Net's config, as in `unet/config.json`.
        face: the face adapter's config, or None for the plain backbone.
    """

    def __init__(self, config: Mapping[str, Any], face: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.unet: UNetSpatioTemporalConditionModel = UNetSpatioTemporalConditionModel.from_config(dict(config))
        self.pose_net = PoseNet(int(self.unet.config["block_out_channels"][0]))
        self.face_adapter: FaceAdapter | None = None
        self._pose: torch.Tensor | None = None
        self.unet.conv_in.register_forward_hook(self._add_pose)
        if face is not None:
            self.add_face_adapter(face)

    def add_face_adapter(self, config: Mapping[str, Any]) -> FaceAdapter:
        """Put a new face adapter (which changes nothing until it is trained) into every transformer block."""
        adapter = FaceAdapter.for_unet(self.unet, config)
        adapter.attach(self.unet)
        self.face_adapter = adapter
        return adapter

    def forward(
        self,
        sample: torch.Tensor,
        timestep: torch.Tensor | float,
        image_embeddings: torch.Tensor,
        added_time_ids: torch.Tensor,
        pose_latents: torch.Tensor | None = None,
        face: FaceContext | None = None,
    ) -> torch.Tensor:
        """Predict v.

        Args:
            sample: (B, F, 8, h, w) scaled noisy latents and image latents.
            timestep: scalar tensor.
            image_embeddings: (B, 1, D).
            added_time_ids: (B, 3) fps - 1, motion bucket, noise augmentation.
            pose_latents: (B * F, C, h, w) of `pose_net`, or None for no pose.
            face: controls of the face, for a backbone with an adapter; None leaves it out.

        Returns:
            (B, F, 4, h, w).
        """
        self.prepare(sample, pose_latents, face)
        predicted: torch.Tensor = self.unet(
            sample, timestep, encoder_hidden_states=image_embeddings, added_time_ids=added_time_ids, return_dict=False
        )[0]
        return predicted

    def prepare(self, sample: torch.Tensor, pose_latents: torch.Tensor | None, face: FaceContext | None) -> None:
        """Set what the next pass of the U-Net adds; see `forward`."""
        # Not reset afterwards: gradient checkpointing runs parts of the network a second time in the backward pass.
        self._pose = pose_latents
        if self.face_adapter is not None:
            self.face_adapter.use(face, tuple(sample.shape[-2:]))
        elif face is not None:
            raise ValueError("face controls were given to a backbone without a face adapter")

    def _add_pose(self, module: nn.Module, inputs: Any, output: torch.Tensor) -> torch.Tensor:
        return output if self._pose is None else output + self._pose
