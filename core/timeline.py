"""The timeline's nouns: `Project`, `Track`, `Segment`, `Take`, `Marker`, `OutputSettings` and the stored motion.

Immutable data with its rules (order, limits, no overlap). Editing is in `core.edits`, reading and writing in
`core.project_file`. Every time is an integer number of microseconds; frames and tokens are derived from absolute times.
"""

import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Annotated, Any, Final, Literal, Self, cast

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from core.constants import CODEBOOK_SIZE, FRAMES_PER_TOKEN, MAX_SEED, MICROSECONDS, MOTION_FPS
from core.frozen_model import FrozenModel
from core.skeleton import BODY_PARTS, BodyPart
from core.versa_options import VersaOptions

EMOTIONS: Final = ("neutral", "happy", "sad", "angry", "surprised", "fearful", "disgusted", "contempt")
"""The eight classes of facial emotion that a segment can ask for."""

MAX_TIME_US: Final = 24 * 3600 * MICROSECONDS
"""No time of a project lies beyond one day."""

MAX_PROMPT_LENGTH: Final = 500
"""Characters of a prompt; the text encoders read about 250 at most, the rest is the user's notes."""

TOKEN_US: Final = FRAMES_PER_TOKEN * MICROSECONDS // MOTION_FPS
"""Length of a motion token in microseconds."""

MAX_NAME_LENGTH: Final = 200

TrackKind = Literal["prompt", "emotion"]
Emotion = Literal["neutral", "happy", "sad", "angry", "surprised", "fearful", "disgusted", "contempt"]
PoseMode = Literal["bank", "direct"]

Time = Annotated[int, Field(strict=True, ge=0, le=MAX_TIME_US)]
Seed = Annotated[int, Field(strict=True, ge=0, le=MAX_SEED)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
# One line of text: a control character or a line break cannot be shown on a timeline and is most likely an accident.
PromptText = Annotated[str, StringConstraints(max_length=MAX_PROMPT_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*$")]
NameText = Annotated[str, StringConstraints(max_length=MAX_NAME_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*$")]
Token = Annotated[int, Field(strict=True, ge=0, lt=CODEBOOK_SIZE)]


class TimelineError(ValueError):
    """An edit that the timeline's rules forbid; the message names the segment and its times."""


def new_id() -> str:
    """Return a fresh short identifier, 12 hexadecimal digits."""
    return uuid.uuid4().hex[:12]


def seconds(time_us: int) -> str:
    """Return a time as the user reads it: seconds without needless zeros, "3.2"."""
    text = f"{time_us / MICROSECONDS:.6f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def token_range(start_us: int, end_us: int) -> tuple[int, int]:
    """Return the half-open range of motion tokens of a stretch of time.

    A token (0.2 s) belongs to the stretch that holds its middle, so stretches that touch never share a token.
    """
    half = TOKEN_US // 2
    return -(-(start_us - half) // TOKEN_US), -(-(end_us - half) // TOKEN_US)


class Take(FrozenModel):
    """One generated motion of a segment that the user can go back to.

    Attributes:
        seed: seed that drew it.
        tokens: its motion codes, `token_range` of the segment.
        prompt: text that it was made for.
        strength: weight of the prompt that it was made with.
        free: arms that it leaves to the speech, see `MotionRecord`.
        created: when, with time zone.
        favourite: the user's star.
    """

    seed: Seed
    tokens: tuple[Token, ...]
    prompt: PromptText = ""
    strength: float = Field(default=1.0, ge=0.0, le=2.0)
    free: tuple[BodyPart, ...] = ()
    created: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    favourite: bool = False


class Segment(FrozenModel):
    """A stretch of the timeline and the direction given for it.

    Attributes:
        id: unique in the project; never changes when the segment is edited.
        start_us, end_us: half-open stretch in microseconds.
        prompt: what the person does, "" for speech alone.
        part: part of the body that it is for; it is put onto the motion of the whole.
        strength: weight of the prompt, 0 (ignored) to 2; 1 is as trained.
        seed: seed of the segment's motion, or None for the project's base seed.
        emotion, emotion_strength: facial emotion and its amount, 0..1.
        blink: blinks relative to the natural rate, 0..2.
        stay: locomotion comes back to the spot, or goes away; None: as the project's settings say.
        locked: edits and regeneration leave it alone.
        takes: generated motions, oldest first.
        active_take: index of the take in use, or None.
    """

    id: Identifier = Field(default_factory=new_id)
    start_us: Time
    end_us: Time
    prompt: PromptText = ""
    part: BodyPart = "whole"
    strength: float = Field(default=1.0, ge=0.0, le=2.0)
    seed: Seed | None = None
    emotion: Emotion = "neutral"
    emotion_strength: float = Field(default=0.0, ge=0.0, le=1.0)
    blink: float = Field(default=1.0, ge=0.0, le=2.0)
    stay: bool | None = None
    locked: bool = False
    takes: tuple[Take, ...] = ()
    active_take: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.start_us >= self.end_us:
            raise ValueError(f"the segment {self.describe()} must end after it starts")
        if self.active_take is not None and self.active_take >= len(self.takes):
            raise ValueError(f"active_take is {self.active_take} but the segment has {len(self.takes)} takes")
        return self

    @property
    def duration_us(self) -> int:
        """Length in microseconds."""
        return self.end_us - self.start_us

    def describe(self) -> str:
        """Return how messages name the segment: times in seconds and the beginning of the prompt."""
        text = self.prompt if len(self.prompt) <= 40 else self.prompt[:39] + "…"
        return f"{seconds(self.start_us)}-{seconds(self.end_us)} s" + (f' "{text}"' if text else "")


def _start(segment: Segment) -> int:
    return segment.start_us


class Track(FrozenModel):
    """Segments of one kind in time order, without overlap.

    Attributes:
        id: unique in the project.
        kind: "prompt" directs the body, "emotion" the face alone.
        name: shown to the user.
        locked: edits are refused.
        muted: ignored by motion and rendering.
        segments: sorted by start; touching is allowed, overlapping is not.
    """

    id: Identifier = Field(default_factory=new_id)
    kind: TrackKind = "prompt"
    name: NameText = ""
    locked: bool = False
    muted: bool = False
    segments: tuple[Segment, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        for left, right in pairwise(self.segments):
            if right.start_us < left.start_us:
                raise ValueError(f"segments must be in time order: {right.describe()} comes after {left.describe()}")
            if right.start_us < left.end_us:
                raise ValueError(f"the segments {left.describe()} and {right.describe()} overlap")
        return self

    def at(self, time_us: int) -> Segment | None:
        """Return the segment that covers a time, or None."""
        index = bisect_right(self.segments, time_us, key=_start) - 1
        if index >= 0 and time_us < self.segments[index].end_us:
            return self.segments[index]
        return None

    def between(self, start_us: int, end_us: int) -> tuple[Segment, ...]:
        """Return the segments that share time with a stretch, in order."""
        first = bisect_right(self.segments, start_us, key=_start) - 1
        if first < 0 or self.segments[first].end_us <= start_us:
            first += 1
        return self.segments[first : max(first, bisect_left(self.segments, end_us, key=_start))]


class Marker(FrozenModel):
    """A named point in time."""

    id: Identifier = Field(default_factory=new_id)
    time_us: Time
    name: NameText = ""


class OutputSettings(FrozenModel):
    """How the video is made.

    Attributes:
        height: frame height in pixels; the width follows from the portrait's aspect, rounded to even.
        fps: frames per second of the file.
        backend: renderer name.
        pose_mode: how motion becomes poses: "bank" of real poses, or "direct" projection.
        versa: options of the backend `versa`, kept while another one is chosen.
    """

    height: int = Field(default=720, ge=16, le=8192)
    fps: float = Field(default=25.0, ge=1.0, le=240.0)
    backend: NameText = "draft"
    pose_mode: PoseMode = "bank"
    versa: VersaOptions = VersaOptions()

    def backend_options(self, backend: str) -> dict[str, Any]:
        """Return the options that are stored for a renderer, by its own names; most have none."""
        return self.versa.backend_options() if backend == "versa" else {}

    def backend_seed(self, backend: str) -> int | None:
        """Return the seed that is stored for a renderer, or None for the project's."""
        return self.versa.seed if backend == "versa" else None


class MotionSettings(FrozenModel):
    """How the motion is finished after it was made, see `core.motion_finish`.

    Attributes:
        cleanup: feet that stand do not slide, nothing sinks into the floor, jitter is smoothed, bones keep their
            lengths, and a body that stands too still breathes.
        stay: locomotion comes back to the spot; None: as the portrait asks for, on for head and half body.
    """

    cleanup: bool = True
    stay: bool | None = None

    def stays(self, scale: str | None) -> bool:
        """Return whether locomotion comes back to the spot for a portrait of a scale; None: not known yet."""
        return scale in ("head", "half") if self.stay is None else self.stay


class MotionRecord(FrozenModel):
    """Which wish made a stretch of the stored motion. Fields as in `Segment`, with the seed resolved.

    Attributes:
        free: arms that the motion does not need: they go on with the speech. Empty in wishes.
    """

    start_us: Time
    end_us: Time
    prompt: PromptText
    strength: float
    seed: Seed
    free: tuple[BodyPart, ...] = ()


class MotionLayer(MotionRecord):
    """Motion that was made for one part of the body.

    Attributes:
        part: which.
        tokens: its codes, `token_range` of the stretch; they stand for a whole body, of which the part is taken.
    """

    part: BodyPart
    tokens: tuple[Token, ...]


class MotionState(FrozenModel):
    """The motion itself: five integers a second, from which everything else is computed.

    Attributes:
        tokens: codes of the whole recording.
        weights: version of the motion weights that made (and can decode) them.
        audio_sha256: the recording they were made for.
        base_seed: seed of the stretches without a prompt.
        records: what made which stretch, in time order without overlap; the rest was made from the speech alone.
        layers: what was made for parts of the body, wished for or free, in time order; those of one part do not
            overlap.
    """

    tokens: tuple[Token, ...]
    weights: str
    audio_sha256: str
    base_seed: Seed
    records: tuple[MotionRecord, ...] = ()
    layers: tuple[MotionLayer, ...] = ()


class Project(FrozenModel):
    """All that the user decided, and the motion that was made of it.

    Attributes:
        portrait, audio: files; absolute in memory, see `core.project_file` for how they are stored.
        rig_file: JSON file with the portrait's rig, or "" for none.
        rig: the portrait's rig as a JSON object (`core.portrait.Rig`), wins over `rig_file`; None for none.
        seed: base seed of everything random.
        duration_us: length of the recording where it is known; no segment may end after it.
        tracks: earlier tracks win where prompts of two tracks share time.
        markers: in time order.
        motion_settings: how the motion is finished.
        output: video settings.
        motion: the generated motion, or None before the first.
    """

    portrait: str
    audio: str
    rig_file: str = ""
    rig: dict[str, Any] | None = None
    seed: Seed = 0
    duration_us: Time | None = None
    tracks: tuple[Track, ...] = ()
    markers: tuple[Marker, ...] = ()
    motion_settings: MotionSettings = MotionSettings()
    output: OutputSettings = OutputSettings()
    motion: MotionState | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        seen: set[str] = set()
        for item in self._identified():
            if item.id in seen:
                raise ValueError(f"the id {item.id} is used twice")
            seen.add(item.id)
        for left, right in pairwise(self.markers):
            if right.time_us < left.time_us:
                raise ValueError(f"markers must be in time order: {seconds(right.time_us)} s comes too late")
        if self.duration_us is not None:
            for track in self.tracks:
                if track.segments and track.segments[-1].end_us > self.duration_us:
                    raise ValueError(
                        f"the segment {track.segments[-1].describe()} runs past the end of the audio "
                        f"({seconds(self.duration_us)} s)"
                    )
        return self

    def _identified(self) -> Iterator[Track | Segment | Marker]:
        for track in self.tracks:
            yield track
            yield from track.segments
        yield from self.markers

    def find(self, segment_id: str) -> tuple[int, int]:
        """Return the place of a segment: index of its track and its index in that track.

        Raises:
            TimelineError: there is no such segment.
        """
        for number, track in enumerate(self.tracks):
            for index, segment in enumerate(track.segments):
                if segment.id == segment_id:
                    return number, index
        raise TimelineError(f"there is no segment with the id {segment_id}")

    def segment(self, segment_id: str) -> Segment:
        """Return a segment by its id; raises `TimelineError` if there is none."""
        track, index = self.find(segment_id)
        return self.tracks[track].segments[index]

    def track(self, track_id: str) -> Track:
        """Return a track by its id; raises `TimelineError` if there is none."""
        for track in self.tracks:
            if track.id == track_id:
                return track
        raise TimelineError(f"there is no track with the id {track_id}")

    def prompt_segments(self) -> tuple[Segment, ...]:
        """Return the segments of all prompt tracks in the order of time, as the command line numbers them."""
        found = [s for track in self.tracks if track.kind == "prompt" for s in track.segments]
        return tuple(sorted(found, key=_start))

    def wishes(self, part: BodyPart = "whole") -> tuple[MotionRecord, ...]:
        """Return what the motion is asked to be: prompts of unmuted tracks, in time order and without overlap.

        Where two tracks share time the earlier track wins. A segment without prompt but with its own seed counts too:
        it asks for another gesture to the speech.

        Args:
            part: of the body; prompts for other parts do not count.
        """
        kept: list[MotionRecord] = []
        for track in self.tracks:
            if track.kind != "prompt" or track.muted:
                continue
            taken = sorted(kept, key=lambda record: record.start_us)
            for segment in track.segments:
                if segment.part != part or (not segment.prompt and segment.seed is None):
                    continue
                for start, end in _gaps(segment.start_us, segment.end_us, taken):
                    kept.append(
                        MotionRecord(
                            start_us=start,
                            end_us=end,
                            prompt=segment.prompt,
                            strength=segment.strength,
                            seed=self.seed if segment.seed is None else segment.seed,
                        )
                    )
        return tuple(sorted(kept, key=lambda record: record.start_us))

    def part_wishes(self) -> tuple[tuple[BodyPart, MotionRecord], ...]:
        """Return what is asked of parts of the body, by part and time."""
        return tuple((part, wish) for part in BODY_PARTS if part != "whole" for wish in self.wishes(part))


def _gaps(start: int, end: int, taken: list[MotionRecord]) -> Iterator[tuple[int, int]]:
    """Yield what is left of start..end outside `taken` (sorted, without overlap)."""
    index = max(0, bisect_right(taken, start, key=lambda record: record.start_us) - 1)
    while index < len(taken) and taken[index].start_us < end:
        if taken[index].start_us > start:
            yield start, taken[index].start_us
        start = max(start, taken[index].end_us)
        index += 1
    if start < end:
        yield start, end


def as_emotion(name: str) -> Emotion:
    """Return the name as an emotion class.

    Raises:
        TimelineError: it is none of `EMOTIONS`.
    """
    if name not in EMOTIONS:
        raise TimelineError(f"{name!r} is no emotion; choose one of {', '.join(EMOTIONS)}")
    return cast(Emotion, name)
