"""The VAE with what helps where a card is too small or half precision too narrow for it.

Steps down for good: whole pictures, bands of rows, the processor; half precision, float32. Each step is said once.
"""

from collections.abc import Callable
from typing import Any

import torch
from diffusers.models.autoencoders.vae import DecoderOutput
from torch import nn

from core.cancel import CancelToken
from models.renderers.versa.banded_vae import decode_banded, encode_banded
from models.renderers.versa.memory import empty_cache, is_out_of_memory


class SafeVae:
    """Encodes and decodes; what `decode` module's functions need of a VAE.

    Attributes:
        banded: works in bands of rows.
        on_processor: stays there from now on.
        cancel: looked at before every band.
    """

    def __init__(self, vae: Any, banded: bool, note: Callable[[str], None]) -> None:
        self.banded = banded
        self.on_processor = False
        self.cancel = CancelToken()
        self._vae = vae
        self._note = note

    @property
    def config(self) -> Any:
        """Diffusers' config of the network."""
        return self._vae.config

    @property
    def device(self) -> torch.device:
        """Where the network is now."""
        place: torch.device = next(self._vae.parameters()).device
        return place

    @property
    def dtype(self) -> torch.dtype:
        """The network's precision now."""
        kind: torch.dtype = next(self._vae.parameters()).dtype
        return kind

    def decode(self, latents: torch.Tensor, num_frames: int) -> DecoderOutput:
        """Pictures of (N, 4, h, w) latents; `num_frames` is N."""
        decoded = self._stepping_down(self._decoded, latents)
        if self.dtype != torch.float32 and not bool(torch.isfinite(decoded).all()):
            self._note("the decoder overflowed in half precision; decoding in float32")
            nn.Module.to(self._vae, torch.float32)
            decoded = self._stepping_down(self._decoded, latents)
        return DecoderOutput(sample=decoded)

    @torch.no_grad()
    def encode(self, pixels: torch.Tensor) -> torch.Tensor:
        """(1, 4, h, w) float32 mean of the encoding of one picture (1, 3, H, W) in -1..1, on the CPU.

        In float32, which costs little for one picture and cannot overflow.
        """
        usual = self.dtype
        nn.Module.to(self._vae, torch.float32)
        try:
            return self._stepping_down(self._encoded, pixels).float().cpu()
        finally:
            if not self.on_processor:
                nn.Module.to(self._vae, usual)

    def _decoded(self, latents: torch.Tensor) -> torch.Tensor:
        if self.banded:
            return decode_banded(self._vae, latents, self.cancel)
        decoded: torch.Tensor = self._vae.decode(latents, num_frames=latents.shape[0]).sample
        return decoded

    def _encoded(self, pixels: torch.Tensor) -> torch.Tensor:
        if self.banded:
            return encode_banded(self._vae, pixels, self.cancel)
        encoded: torch.Tensor = self._vae.encode(pixels).latent_dist.mode()
        return encoded

    def _stepping_down(self, work: Callable[[torch.Tensor], torch.Tensor], given: torch.Tensor) -> torch.Tensor:
        while True:
            place = self.device
            try:
                return work(given.to(place, self.dtype))
            except RuntimeError as error:
                if not is_out_of_memory(error) or place.type == "cpu":
                    raise
            # Behind the handler: what the failed pass had on the card is gone only now.
            if self.banded:
                self._note("the card's memory is too small for pictures even in bands; the processor makes them (slow)")
                self.on_processor = True
                nn.Module.to(self._vae, "cpu", torch.float32)
            else:
                self._note("the card's memory is too small for whole pictures; they are made in bands")
                self.banded = True
            empty_cache(place)
