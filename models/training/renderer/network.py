"""The trained part of the renderer as one module with one forward pass, and the frozen encoders before it.

One forward pass, because that is what distributed training wraps. The loop is in `train`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn

from models.renderers.versa.backbone import Backbone
from models.renderers.versa.checkpoint import Components
from models.renderers.versa.conditioning import encode_clip, encode_vae
from models.renderers.versa.face_adapter import FaceControls
from models.training.renderer.draws import Sample
from models.training.renderer.objective import KEPT, draw_sigma, edm_loss, network_input, noisy, preconditioning
from models.training.renderer.settings import RendererTraining


@dataclass(frozen=True)
class Encoded:
    """What the frozen encoders make of a batch.

    Attributes:
        latents: (B, F, 4, h, w) scaled; frame 0 is the reference.
        image_latents: (B, 4, h, w) of the reference, not scaled.
        embeddings: (B, 1, D) of the reference.
    """

    latents: torch.Tensor
    image_latents: torch.Tensor
    embeddings: torch.Tensor


@torch.no_grad()
def encode(components: Components, pixels: torch.Tensor, encode_batch: int) -> Encoded:
    """Encode (B, F, 3, H, W) pictures in -1..1; the results are on the CPU."""
    vae: Any = components.vae
    parts = [encode_vae(vae, part) for part in pixels.flatten(0, 1).split(encode_batch)]
    means = torch.cat(parts).unflatten(0, pixels.shape[:2])
    embeddings = [encode_clip(components, _picture(sample[0])) for sample in pixels]
    return Encoded(means * float(vae.config.scaling_factor), means[:, 0], torch.cat(embeddings))


class RendererLoss(nn.Module):
    """The backbone with its loss: samples and their encoding in, (B,) losses out.

    Attributes:
        backbone: trained; the face adapter takes part where there is one.
    """

    def __init__(self, backbone: Backbone, settings: RendererTraining) -> None:
        super().__init__()
        self.backbone = backbone
        self._settings = settings

    def forward(self, sample: Sample, encoded: dict[str, torch.Tensor]) -> torch.Tensor:
        """Losses of a batch from `draws.Draws`, all tensors on the network's device."""
        settings = self._settings
        latents = encoded["latents"]
        sigma = draw_sigma(sample["level"], settings.sigma_mean, settings.sigma_spread)
        noised = noisy(latents, sample["noise"], sigma)
        prediction = self.predict(sample, encoded, network_input(noised, sigma), preconditioning(sigma).time)
        return edm_loss(prediction, noised, latents, sigma, sample["weights"])

    def predict(
        self, sample: Sample, encoded: dict[str, torch.Tensor], scaled: torch.Tensor, time: torch.Tensor
    ) -> torch.Tensor:
        """The network's v for (B, F, 4, h, w) scaled noisy latents at (B,) times."""
        batch, frames = scaled.shape[:2]
        kept = {name: sample["kept"][:, place] for place, name in enumerate(KEPT)}
        image = encoded["image_latents"] * kept["image"][:, None, None, None]
        embeddings = encoded["embeddings"] * kept["image"][:, None, None]
        inputs = torch.cat([scaled, image[:, None].expand(-1, frames, -1, -1, -1)], dim=2)
        poses = self.backbone.pose_net(sample["drawn"].flatten(0, 1))
        poses = poses * kept["pose"].repeat_interleave(frames)[:, None, None, None]
        ids = torch.tensor([self._settings.fps - 1, self._settings.motion_bucket, 0.0], device=scaled.device)
        adapter = self.backbone.face_adapter
        face = None if adapter is None else adapter.context(_controls(sample, kept))
        return self.backbone(inputs, time, embeddings, ids.repeat(batch, 1), poses, face)


def _controls(sample: Sample, kept: dict[str, torch.Tensor]) -> FaceControls:
    return FaceControls(
        identity=sample["identity"],
        audio=sample["audio"] * kept["audio"][:, None, None, None],
        emotion=sample["emotion"],
        emotion_strength=sample["strength"] * kept["emotion"][:, None],
        blink=sample["blink"],
        mask=sample["mask"] * kept["face"][:, None, None, None],
    )


def _picture(pixels: torch.Tensor) -> Image.Image:
    bytes_ = ((pixels.float().cpu() + 1.0) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return Image.fromarray(np.ascontiguousarray(bytes_.permute(1, 2, 0).numpy()))
