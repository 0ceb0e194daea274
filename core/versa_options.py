"""What a project says about renders with the backend `versa`: the settings that a user of the editor can change.

The backend itself takes more (`models.renderers.versa.settings`), and wider limits: here are those that make sense, and
none that belong to one computer, such as where weights lie.
"""

from typing import Annotated, Any, Final, Literal, get_args

from pydantic import Field

from core.constants import MAX_SEED
from core.frozen_model import FrozenModel

VersaProfile = Literal["auto", "8", "12", "16", "24", "all"]
PROFILES: Final[tuple[VersaProfile, ...]] = get_args(VersaProfile)
"""Gigabytes of the card's memory that a render may use; "auto" is chosen from the card, "all" holds nothing back."""

STEPS: Final = (1, 100)
GUIDANCE: Final = (1.0, 10.0)
SIZE: Final = (256, 1024)
STRENGTH: Final = (0.0, 2.0)
SHARE: Final = (0.0, 1.0)
"""Lowest and highest values of the options."""

_Strength = Annotated[float, Field(ge=STRENGTH[0], le=STRENGTH[1])]


class VersaOptions(FrozenModel):
    """Options of the backend `versa`.

    Attributes:
        profile: see `PROFILES`.
        steps: denoising steps; in fast mode at most ten are taken.
        guidance: how strictly portrait and poses are followed; 1 leaves the second pass out.
        size: short side in pixels of the picture that the network makes, before it is scaled to the video.
        seed: seed of the noise, or None for the project's base seed.
        pose_strength: weight of the poses; 1 as trained.
        face_strength: weight of speech, emotion and blinking on the face; 0 leaves them out.
        fast: fewer steps along a shorter schedule.
        colour_hold: share of the colours' drift that is taken back.
        still_background: show the portrait's own pixels where the person never is.
    """

    profile: VersaProfile = "auto"
    steps: int = Field(default=25, ge=STEPS[0], le=STEPS[1], strict=True)
    guidance: float = Field(default=2.0, ge=GUIDANCE[0], le=GUIDANCE[1])
    size: int = Field(default=576, ge=SIZE[0], le=SIZE[1], strict=True)
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED, strict=True)
    pose_strength: _Strength = 1.0
    face_strength: _Strength = 1.0
    fast: bool = Field(default=False, strict=True)
    colour_hold: float = Field(default=0.0, ge=SHARE[0], le=SHARE[1])
    still_background: bool = Field(default=False, strict=True)

    def backend_options(self) -> dict[str, Any]:
        """Return what the backend is told, by its own names; the seed goes with the job instead."""
        return {name: getattr(self, name) for name in VersaOptions.model_fields if name != "seed"}

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of the options that are not as they are at first."""
        usual = VersaOptions()
        return tuple(name for name in VersaOptions.model_fields if getattr(self, name) != getattr(usual, name))
