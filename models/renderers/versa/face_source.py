"""Makes the face's controls of a job: encodes the recording and the portrait once, and keeps what was made.

The encoders' weights are found through the model manager; without them the sentence says what to download. Nothing here
loads torch before controls are asked for.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.cancel import CancelToken
from models.renderers.base import RenderJob
from models.renderers.versa.locate import IDENTITY_NAME, WAV2VEC_NAME, WeightsMissing, optional_folder
from models.renderers.versa.settings import SettingsError

if TYPE_CHECKING:
    from models.renderers.versa.controls import FaceTrack
    from models.renderers.versa.face_adapter import FaceControls

_OFF = "or switch the face controls off (--face-strength 0)"


class FaceSource:
    """Controls of the face for one job after the other."""

    def __init__(self) -> None:
        self._track: tuple[tuple[Any, ...], FaceTrack] | None = None
        self._encoded: tuple[RenderJob, NDArray[np.float32], NDArray[np.float32]] | None = None

    def track(self, job: RenderJob, total: int) -> "FaceTrack":
        """Emotion and blinking of all frames of a job."""
        from models.renderers.versa.controls import face_track

        key = (job.cues, job.fps, job.seed, total)
        if self._track is None or self._track[0] != key:
            self._track = (key, face_track(job, total))
        return self._track[1]

    def controls(
        self, job: RenderJob, total: int, config: Mapping[str, Any], masks: Any, frames: range, cancel: CancelToken
    ) -> "FaceControls":
        """Controls of the reference frame and a range of frames.

        Args:
            job: what is rendered.
            total: frames of the whole recording.
            config: the face adapter's.
            masks: (1 + len(frames), h, w) soft face masks, the reference's first.
            frames: absolute frames.
            cancel: looked at while the recording is encoded.

        Raises:
            WeightsMissing: an encoder's weights are not there.
            SettingsError: the speech encoder does not fit the adapter.
        """
        from models.renderers.versa.controls import controls_of

        known = self._encoded
        if known is None or known[0].audio is not job.audio or known[0].portrait is not job.portrait:
            known = self._encoded = (job, *self.encode(job, config, cancel))
        return controls_of(
            self.track(job, total), known[1], known[2], masks, frames, job.fps, int(config["audio_window"])
        )

    def encode(
        self, job: RenderJob, config: Mapping[str, Any], cancel: CancelToken
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(N, width) speech features of the recording and (512,) embedding of the portrait's face."""
        from models.renderers.versa.encoders import OnnxIdentity
        from models.wav2vec2 import Wav2Vec2Encoder

        folder, identity = optional_folder(WAV2VEC_NAME), optional_folder(IDENTITY_NAME)
        if folder is None:
            raise WeightsMissing(
                f"the face adapter needs the speech encoder; run `versa models download {WAV2VEC_NAME}`, {_OFF}"
            )
        models = [] if identity is None else sorted(identity.glob("*.onnx"))
        if not models:
            raise WeightsMissing(
                f"the face adapter needs a face network; run `versa models download {IDENTITY_NAME}`, {_OFF}"
            )
        encoder = Wav2Vec2Encoder(folder)
        if encoder.width != int(config["audio_dim"]):
            raise SettingsError(
                f"{folder}: the speech encoder gives {encoder.width} numbers, the face adapter wants "
                f"{config['audio_dim']}"
            )
        features = encoder.encode(job.audio.samples, cancel)
        cancel.check()
        return features, OnnxIdentity(models[0]).embed(job.portrait.image, job.portrait.rig)
