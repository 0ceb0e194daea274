"""What a render works with on this computer: device, profile and weights; what a job takes there, and whether it fits.

Looks at the computer once, when it is first asked. Nothing here loads torch before a device is asked for.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from models.renderers.base import RenderEstimate, RenderJob
from models.renderers.versa.locate import INSTEAD, WeightsMissing, find_weights
from models.renderers.versa.settings import CELL, DECODE_CONTEXT, FAST_GUIDED, VersaSettings, WeightFiles
from models.renderers.versa.units import UnitLayout

if TYPE_CHECKING:
    from models.renderers.versa.checkpoint_config import CheckpointConfig
    from models.renderers.versa.memory import Execution, Profile, Work
    from models.renderers.versa.portrait_frame import PortraitFrame


class Setup:
    """See the module.

    Attributes:
        settings: as the user gave them.
    """

    def __init__(self, settings: VersaSettings) -> None:
        self.settings = settings

    @cached_property
    def device(self) -> Any:
        """Where the networks run, a `torch.device`."""
        from models.renderers.versa.memory import pick_device

        return pick_device(self.settings.device)

    @cached_property
    def profile(self) -> "Profile":
        """How much memory may be used."""
        from models.renderers.versa.memory import card_memory, choose_profile

        return choose_profile(self.settings, card_memory(self.device))

    @cached_property
    def resolved(self) -> VersaSettings:
        """The settings with the profile's tile and decode chunk where the user left them open."""
        return self.settings.resolved(self.profile.tile, self.profile.decode_chunk)

    @cached_property
    def fingerprint(self) -> str:
        """Changes with the weights; "missing" without them."""
        return "missing" if self._files is None else self._files.fingerprint()

    @cached_property
    def config(self) -> "CheckpointConfig":
        """The checkpoint's, that of a public one without weights."""
        from models.renderers.versa.checkpoint_config import CheckpointConfig, read_checkpoint_config

        return CheckpointConfig() if self._files is None else read_checkpoint_config(self._files.checkpoint)

    def weights(self) -> WeightFiles:
        """Where the weights lie.

        Raises:
            WeightsMissing: they are not there.
        """
        return find_weights(self.settings)

    @cached_property
    def _files(self) -> WeightFiles | None:
        try:
            return self.weights()
        except WeightsMissing:
            return None

    def require(self) -> None:
        """Make sure that weights and device are there.

        Raises:
            WeightsMissing: the weights are not there.
            DeviceMissing: no such device.
        """
        self.weights()
        _ = self.device

    def work(self, job: RenderJob, frame: "PortraitFrame", layout: UnitLayout, units: int) -> "Work":
        """The work of a job.

        Args:
            job: what is rendered.
            frame: of the network's size.
            layout: of the whole video.
            units: how many are to be denoised; those whose latents are there already are only decoded.
        """
        from models.renderers.versa.memory import Work
        from models.renderers.versa.tiling import tile_indices

        settings = self.resolved
        window = 1 + min(layout.window, layout.total)
        tile = min(settings.tile, window)
        in_tiles = sum(len(one) for one in tile_indices(window, tile, min(settings.overlap, tile - 1)))
        guided = 0.0 if settings.guidance <= 1.0 else (FAST_GUIDED if settings.fast else 1.0)
        frames = job.end_frame - job.start_frame
        return Work(
            cells=frame.width * frame.height // CELL**2,
            tile=tile,
            decode_frames=min(settings.decode_chunk + 2 * DECODE_CONTEXT, layout.total),
            passes=settings.used_steps * (1.0 + guided) * units * in_tiles / frames,
            frames=frames,
            bytes_per_number=4 if self.device.type == "cpu" else 2,
            kept=(1 + (guided > 0)) * in_tiles if settings.fast else 0,
        )

    def fitted(self, work: "Work") -> "tuple[Execution, float]":
        """How the work will be run, and the bytes that it will take.

        Raises:
            MemoryShort: not enough memory on the card; a processor takes what it gets.
        """
        from models.renderers.versa.memory import fit, fit_processor, free_memory

        if self.device.type == "cpu":
            return fit_processor(work, self.profile)
        return fit(work, self.profile, free_memory(self.device))

    def estimated(self, work: "Work") -> "tuple[RenderEstimate, Execution]":
        """What the work takes, from the device's measured speed at its best, and how it will be run.

        Raises:
            MemoryShort: not enough memory; the sentence says what else can be done.
        """
        from models.renderers.versa import memory

        device = self.device
        try:
            how, needed = self.fitted(work)
        except memory.MemoryShort as error:
            raise memory.MemoryShort(f"{error}; or {INSTEAD}", error.needed, error.free) from None
        seconds = memory.work_seconds(work, memory.operations_per_second(device, memory.precision(device)))
        free = memory.system_memory() if device.type == "cpu" else memory.free_memory(device)
        return RenderEstimate(seconds, needed, free, device.type), how
