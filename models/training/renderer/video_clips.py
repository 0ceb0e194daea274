"""Turns one video into training clips: looks at every frame, cuts, refuses what is no good, writes the rest.

Reads the video twice, a frame at a time, so memory does not grow with its length. Many videos are the business of
`prepare`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from core.audio import AudioError, load_audio
from core.cancel import CancelToken
from core.constants import SPEECH_RATE
from core.draw import HeadMask
from core.timeline import EMOTIONS
from core.video import VideoError, VideoWriter, probe_video, read_timed_frames
from models.renderers.versa.encoders import AudioEncoder, IdentityEncoder
from models.training.renderer import measure
from models.training.renderer.clips import ClipArrays, ClipEntry, Refusal, clip_arrays, clip_video
from models.training.renderer.pose_source import PoseSource
from models.wav2vec2 import FEATURE_RATE

Framing = Literal["whole", "close-up"]

CLOSE_UP: Final = 0.35
"""Height of the face as a share of a close-up: head and shoulders."""

_CRF: Final = 12
_CLOCK: Final = 0.002
"""Some files give times in whole milliseconds; a frame that is so much late is on time."""

_IDENTITY_WIDTH: Final = 512


@dataclass(frozen=True)
class Limits:
    """What a clip must be like.

    Attributes:
        shortest, longest: seconds.
        cut: difference of neighbouring frames (of 255) from which on another scene begins.
        still: mean difference below which the picture does not move.
        seen: share of frames in which a face must be seen.
        inside: least share of the face's box that must lie in the clip, in as many frames as `seen` says.
        face: least height of the face in pixels, of the clip and of the source.
        sharp: least variance of the Laplacian in the face at 128 pixels a side.
        dark, bright: grey levels between which the face must lie.
        alone: share of frames in which there may be a second person.
        quiet: level of the sound in decibels of full scale below which nothing is heard.
        slow: frames a second that the video must have, as a share of the clips' rate.
    """

    shortest: float = 2.0
    longest: float = 8.0
    cut: float = 28.0
    still: float = 0.02
    seen: float = 0.95
    inside: float = 0.85
    face: float = 48.0
    sharp: float = 15.0
    dark: float = 25.0
    bright: float = 235.0
    alone: float = 0.1
    quiet: float = -55.0
    slow: float = 0.9


@dataclass(frozen=True)
class Frames:
    """What was seen in the T frames of a video, at the clips' rate.

    Attributes:
        body, face, hands: poses of the main person in shares of the source's frame; zeros where there is none.
        boxes: (T, 4) of the face in shares.
        difference: (T,) to the frame before.
        sharp, level: (T,) of the face, NaN without one.
        crowd: (T,) whether another person is about as large.
        width, height: of the source in pixels.
    """

    body: NDArray[np.float64]
    face: NDArray[np.float64]
    hands: NDArray[np.float64]
    boxes: NDArray[np.float32]
    difference: NDArray[np.float64]
    sharp: NDArray[np.float64]
    level: NDArray[np.float64]
    crowd: NDArray[np.bool_]
    width: int
    height: int


@dataclass(frozen=True)
class ClipMaker:
    """How clips are made.

    Attributes:
        width, height: of the clips in pixels.
        fps: of the clips.
        limits: see `Limits`.
        speech: encoder of the sound.
        identity: encoder of the face, or None.
        framing: "whole" keeps as much of the picture as the clip's shape lets, so people of all scales; "close-up" cuts
            to head and shoulders, which the first stage of training is for.
    """

    width: int
    height: int
    fps: float
    limits: Limits
    speech: AudioEncoder
    identity: IdentityEncoder | None = None
    framing: Framing = "whole"

    def make(
        self, video: Path, name: str, poses: PoseSource, emotion: tuple[str, float], folder: Path, cancel: CancelToken
    ) -> tuple[list[ClipEntry], list[Refusal]]:
        """Write the clips of a video into a folder; names begin with `name`.

        Raises:
            Cancelled: `cancel` was set.
        """
        try:
            info = probe_video(video)
            if float(info.fps) < self.limits.slow * self.fps:
                reason = f"it has {float(info.fps):g} frames a second, the clips have {self.fps:g}"
                return [], [Refusal(video.name, 0.0, info.duration, reason)]
            if not info.audio_rate:
                return [], [Refusal(video.name, 0.0, info.duration, "it has no sound")]
            samples = load_audio(video, cancel=cancel).samples
            seen = self._look(video, info.fps, poses, cancel)
        except (VideoError, AudioError) as error:
            return [], [Refusal(video.name, 0.0, 0.0, str(error))]
        if seen is None:
            return [], [Refusal(video.name, 0.0, 0.0, "it has no frames")]
        longest = int(self.limits.longest * self.fps)
        accepted: list[tuple[range, ClipArrays, bool]] = []
        refused = []
        speech: NDArray[np.float32] | None = None
        for piece in measure.pieces(seen.difference, self.limits.cut, longest):
            fault = self._fault(seen, samples, piece)
            if fault is not None:
                refused.append(Refusal(video.name, piece.start / self.fps, piece.stop / self.fps, fault))
                continue
            if speech is None:
                speech = self.speech.encode(samples, cancel)
            accepted.append((piece, *self._arrays(seen, piece, speech, emotion)))
        return self._write(video, name, info.fps, seen, accepted, emotion[0], folder, cancel), refused

    def _look(self, video: Path, rate: Fraction, source: PoseSource, cancel: CancelToken) -> Frames | None:
        bodies, faces, hands, looks, crowd, differences = [], [], [], [], [], []
        before: NDArray[np.float32] | None = None
        width = height = 0
        for number, frame in enumerate(_resampled(video, float(rate), self.fps)):
            cancel.check()
            height, width = frame.shape[:2]
            people = source.pose(frame, number / self.fps)
            person, crowded = measure.main_person(people)
            bodies.append(np.zeros((18, 3)) if person is None else people.body[person])
            faces.append(np.zeros((68, 3)) if person is None else people.face[person])
            hands.append(np.zeros((2, 21, 3)) if person is None else people.hands[person])
            crowd.append(crowded)
            looks.append(measure.face_look(frame, measure.face_boxes(bodies[-1][None], width, height)[0]))
            small = measure.thumbnail(frame)
            differences.append(0.0 if before is None else float(np.abs(small - before).mean()))
            before = small
        if not bodies:
            return None
        body = np.stack(bodies)
        sharp, level = np.array(looks).T
        return Frames(
            body, np.stack(faces), np.stack(hands), measure.face_boxes(body, width, height), np.array(differences),
            sharp, level, np.array(crowd), width, height,
        )  # fmt: skip

    def _fault(self, seen: Frames, samples: NDArray[np.float32], piece: range) -> str | None:
        """Why a piece is no good, or None."""
        limits = self.limits
        part = slice(piece.start, piece.stop)
        if len(piece) < limits.shortest * self.fps:
            return f"it is shorter than {limits.shortest:g} s"
        there = seen.boxes[part, 3] > 0
        if there.mean() < limits.seen:
            return f"a face is seen in {there.mean():.0%} of the frames only"
        cut = self._cut(seen, piece)
        whole = measure.share_inside(
            seen.boxes[part][there], np.array(cut) / (seen.width, seen.height, seen.width, seen.height)
        )
        if (kept := float((whole >= limits.inside).mean())) < limits.seen:
            return f"the face is cut off in {1 - kept:.0%} of the frames"
        # A close-up of a small face is large and shows nothing.
        tall = float(np.median(seen.boxes[part, 3][there])) * seen.height * min(self.height / cut[3], 1.0)
        if tall < limits.face:
            return f"the face is {tall:.0f} pixels high, less than {limits.face:g}"
        if seen.crowd[part].mean() > limits.alone:
            return "there is more than one person"
        if not limits.dark <= (level := float(np.nanmedian(seen.level[part]))) <= limits.bright:
            return f"the face is too {'dark' if level < limits.dark else 'bright'} (grey level {level:.0f})"
        if (sharp := float(np.nanmedian(seen.sharp[part]))) < limits.sharp:
            return f"the face is blurred (sharpness {sharp:.1f}, less than {limits.sharp:g})"
        if len(piece) > 1 and seen.difference[piece.start + 1 : piece.stop].mean() < limits.still:
            return "the picture does not move"
        heard = samples[int(piece.start / self.fps * SPEECH_RATE) : int(piece.stop / self.fps * SPEECH_RATE)]
        power = float(np.square(heard, dtype=np.float64).mean()) if len(heard) else 0.0
        if 10.0 * np.log10(max(power, 1e-12)) < limits.quiet:
            return "no speech is heard"
        return None

    def _cut(self, seen: Frames, piece: range) -> tuple[int, int, int, int]:
        """Left, top, width and height in source pixels of the part of the picture that becomes the clip."""
        boxes = seen.boxes[piece.start : piece.stop]
        boxes = boxes[boxes[:, 3] > 0]
        scale = min(seen.width / self.width, seen.height / self.height)
        if self.framing == "close-up":
            face = float(np.median(boxes[:, 3])) * seen.height
            scale = min(scale, face / (CLOSE_UP * self.height))
        width, height = min(round(self.width * scale), seen.width), min(round(self.height * scale), seen.height)
        middle = np.median(boxes[:, :2] + boxes[:, 2:] / 2, axis=0) * (seen.width, seen.height)
        # The face stands in the middle across, and a third down, as far as the picture goes.
        left = int(np.clip(round(middle[0] - width / 2), 0, seen.width - width))
        top = int(np.clip(round(middle[1] - height / 3), 0, seen.height - height))
        return left, top, width, height

    def _arrays(
        self, seen: Frames, piece: range, speech: NDArray[np.float32], emotion: tuple[str, float]
    ) -> tuple[ClipArrays, bool]:
        part = slice(piece.start, piece.stop)
        left, top, width, height = self._cut(seen, piece)

        def moved(points: NDArray[np.float64]) -> NDArray[np.float32]:
            shifted = points[part].copy()
            shifted[..., 0] = (shifted[..., 0] * seen.width - left) / width
            shifted[..., 1] = (shifted[..., 1] * seen.height - top) / height
            return shifted.astype(np.float32)

        blink = measure.blink_ratio(measure.eye_opening(seen.face[part], seen.width, seen.height))
        body, face = moved(seen.body), moved(seen.face)
        first = int(piece.start / self.fps * FEATURE_RATE)
        boxes = measure.face_boxes(body, self.width, self.height)
        typical = int(np.argsort(boxes[:, 3])[len(boxes) // 2])
        mask = HeadMask.for_rig(
            measure.rig_of(body[typical], face[typical], self.width, self.height), self.width, self.height
        )
        arrays = ClipArrays(
            body=body, face=face, hands=moved(seen.hands), face_box=boxes,
            audio=speech[first : first + int(np.ceil(len(piece) / self.fps * FEATURE_RATE)) + 1],
            emotion=np.asarray(EMOTIONS.index(emotion[0])), strength=np.asarray(emotion[1], np.float32),
            blink=np.zeros(len(piece), np.float32) if blink is None else blink,
            identity=np.zeros(_IDENTITY_WIDTH, np.float32),
            head_mask=np.array([mask.half_width, mask.half_height], np.float32),
        )  # fmt: skip
        return arrays, blink is not None

    def _write(
        self, video: Path, name: str, rate: Fraction, seen: Frames, accepted: list[tuple[range, ClipArrays, bool]],
        emotion: str, folder: Path, cancel: CancelToken,
    ) -> list[ClipEntry]:  # fmt: skip
        entries: list[ClipEntry] = []
        if not accepted:
            return entries
        frames = enumerate(_resampled(video, float(rate), self.fps))
        for number, (piece, arrays, blinks) in enumerate(accepted):
            clip = f"{name}-{number:03d}"
            left, top, width, height = self._cut(seen, piece)
            first: tuple[NDArray[np.uint8], int] | None = None
            with VideoWriter(
                clip_video(folder, clip), (self.width, self.height), self.fps, crf=_CRF, cancel=cancel
            ) as writer:
                for place, frame in frames:
                    if place >= piece.start:
                        cut = frame[top : top + height, left : left + width]
                        method = cv2.INTER_AREA if height >= self.height else cv2.INTER_CUBIC
                        scaled = cv2.resize(cut, (self.width, self.height), interpolation=method)
                        picture = np.asarray(scaled, np.uint8)
                        if first is None and arrays.face_box[place - piece.start, 3] > 0:
                            first = picture, place - piece.start
                        writer.write(picture)
                    if place + 1 == piece.stop:
                        break
            if self.identity is not None and first is not None:
                body, face = arrays.body[first[1]], arrays.face[first[1]]
                rig = measure.rig_of(body, face, self.width, self.height)
                arrays.identity[:] = self.identity.embed(first[0], rig)
            arrays.save(clip_arrays(folder, clip))
            entries.append(
                ClipEntry(clip, video.name, piece.start / self.fps, len(piece), emotion, blinks,
                          self.identity is not None)
            )  # fmt: skip
        return entries


def _resampled(video: Path, rate: float, fps: float) -> Iterator[NDArray[np.uint8]]:
    """Frames of a video at another, even rate: for each instant the frame that is shown then.

    Args:
        video: file.
        rate: its mean frames a second, which tells how long its last frame is shown.
        fps: wanted.
    """
    wanted = 0
    shown: NDArray[np.uint8] | None = None
    time = 0.0
    for time, frame in read_timed_frames(video):
        while shown is not None and wanted / fps < time - _CLOCK:
            yield shown
            wanted += 1
        shown = frame
    while shown is not None and wanted / fps < time + 1.0 / rate - _CLOCK:
        yield shown
        wanted += 1
