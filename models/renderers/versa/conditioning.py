"""What the backbone is told of the reference picture: its CLIP embedding, its latents, and three numbers.

Also the preparation of a portrait as the published weights were used with. Row 0 of a result is unconditional (zeros),
row 1 conditional.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from diffusers.video_processor import VideoProcessor
from numpy.typing import NDArray
from PIL import Image

from models.renderers.versa.checkpoint import Components
from models.renderers.versa.settings import CELL, SettingsError

ASPECT: Final = 9 / 16
_CLIP_SIZE: Final = (224, 224)


@dataclass(frozen=True)
class Conditioning:
    """Conditions of one reference picture.

    Attributes:
        image_embeddings: (2, 1, D).
        image_latents: (2, 4, h, w), not scaled.
        added_time_ids: (2, 3) fps - 1, motion bucket, noise augmentation.
    """

    image_embeddings: torch.Tensor
    image_latents: torch.Tensor
    added_time_ids: torch.Tensor

    def to(self, device: torch.device | str, dtype: torch.dtype) -> "Conditioning":
        """The same elsewhere."""
        return Conditioning(
            self.image_embeddings.to(device, dtype),
            self.image_latents.to(device, dtype),
            self.added_time_ids.to(device, dtype),
        )


def condition(
    components: Components,
    image: Image.Image,
    height: int,
    width: int,
    *,
    fps: int = 7,
    motion_bucket_id: int = 127,
    noise_aug_strength: float = 0.0,
    image_noise: torch.Tensor | None = None,
    encode: Callable[[torch.Tensor], torch.Tensor] | None = None,
) -> Conditioning:
    """Encode a reference picture, once for a whole video.

    Args:
        components: the networks; CLIP and the VAE run where they are.
        image: RGB.
        height: of the video in pixels.
        width: of the video in pixels.
        fps: what the network is told, less one.
        motion_bucket_id: amount of motion.
        noise_aug_strength: factor of `image_noise`.
        image_noise: (1, 3, height, width) standard normal; needed only with a strength.
        encode: pixels to latents as `encode_vae`, instead of by the VAE in its own precision.

    Raises:
        SettingsError: a size that the networks cannot make.
    """
    check_size(height, width)
    embedding = encode_clip(components, image)
    pixels = VideoProcessor(do_resize=True, vae_scale_factor=CELL).preprocess(image, height=height, width=width)
    if noise_aug_strength and image_noise is None:
        raise SettingsError("noise augmentation needs noise of the picture's size")
    if image_noise is not None:
        if tuple(image_noise.shape) != tuple(pixels.shape):
            raise SettingsError(
                f"the image noise has shape {tuple(image_noise.shape)}, the picture {tuple(pixels.shape)}"
            )
        pixels = pixels + noise_aug_strength * image_noise
    latents = encode_vae(components.vae, pixels) if encode is None else encode(pixels)
    ids = torch.tensor([[fps - 1, motion_bucket_id, noise_aug_strength]], dtype=torch.float32)
    return Conditioning(
        torch.cat([torch.zeros_like(embedding), embedding]),
        torch.cat([torch.zeros_like(latents), latents]),
        ids.repeat(2, 1),
    )


def check_size(height: int, width: int) -> None:
    """Refuse sizes that are no multiple of a latent cell.

    Raises:
        SettingsError: with the nearest size that works.
    """
    if height % CELL or width % CELL or min(height, width) < CELL:
        near = [max(round(side / CELL), 1) * CELL for side in (width, height)]
        raise SettingsError(f"{width} x {height} pixels do not divide by {CELL}; choose {near[0]} x {near[1]}")


@torch.no_grad()
def encode_clip(components: Components, image: Image.Image) -> torch.Tensor:
    """(1, 1, D) CLIP embedding, float32: resized with antialiasing in -1..1, then only normalised."""
    pixels = torch.from_numpy(np.asarray(image.convert("RGB"), np.float32) / 255.0).permute(2, 0, 1)[None]
    pixels = (_resize_with_antialiasing()(pixels * 2.0 - 1.0, _CLIP_SIZE) + 1.0) / 2.0
    encoder = components.image_encoder
    inputs = components.feature_extractor(
        images=pixels, do_normalize=True, do_center_crop=False, do_resize=False, do_rescale=False, return_tensors="pt"
    ).pixel_values
    embeds: torch.Tensor = encoder(inputs.to(encoder.device, encoder.dtype)).image_embeds
    return embeds[:, None].float().cpu()


def _resize_with_antialiasing() -> Any:
    """Diffusers' own function; importing it makes transformers complain of torchvision, which is not needed."""
    from transformers.utils import logging

    said = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        from diffusers.pipelines.stable_video_diffusion import pipeline_stable_video_diffusion as pipeline
    finally:
        logging.set_verbosity(said)
    return pipeline._resize_with_antialiasing


@torch.no_grad()
def encode_vae(vae: Any, pixels: torch.Tensor) -> torch.Tensor:
    """(1, 4, h, w) mean of the VAE's encoding of (1, 3, H, W) in -1..1, in the VAE's own precision; not scaled."""
    encoded: torch.Tensor = vae.encode(pixels.to(vae.device, vae.dtype)).latent_dist.mode()
    return encoded.float().cpu()


def target_size(height: int, width: int, resolution: int = 576) -> tuple[int, int]:
    """Width and height that the published command makes of a picture; a square becomes landscape."""
    long_side = int(resolution / ASPECT / 64) * 64
    return (resolution, long_side) if height > width else (long_side, resolution)


def prepare_portrait(image: NDArray[np.uint8], resolution: int = 576) -> NDArray[np.uint8]:
    """Resize to cover the target size and cut its middle out, as the published command does.

    Bilinear without antialiasing, rounded; afterwards a level may be one lower, because the command goes to -1..1 and
    back in float32 and truncates.

    Args:
        image: (H, W, 3) RGB.
        resolution: short side of the result.

    Returns:
        (H', W', 3) uint8, see `target_size`.
    """
    height, width = image.shape[:2]
    wide, high = target_size(height, width, resolution)
    aspect = height / width
    size = (high, math.ceil(high / aspect)) if aspect < high / wide else (math.ceil(wide * aspect), wide)
    pixels = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None].float()
    pixels = torch.nn.functional.interpolate(pixels, size=size, mode="bilinear", align_corners=False)
    pixels = pixels.round().clamp(0, 255)[0]
    # Python's round is half-to-even, as in the original.
    top, left = round((size[0] - high) / 2.0), round((size[1] - wide) / 2.0)
    cut = pixels[:, top : top + high, left : left + wide]
    there_and_back = (cut / 127.5 - 1.0 + 1.0) * 127.5
    return np.ascontiguousarray(there_and_back.to(torch.uint8).permute(1, 2, 0).numpy())
