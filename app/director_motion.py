"""The Director's part up to the motion: recording, portrait, and what the networks make of speech and prompts.

Poses and video are `app.director`'s, which is what everybody uses.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.body_layers import made_layers, other_side, with_layers
from app.derived import DerivedStore
from app.finishing import Finish, made_spans
from app.free_arms import FreeArms
from app.model_source import InstalledModels, ModelSource, MotionMaker, PromptConfidence
from app.progress import Meter
from app.project_media import DirectorError, media_sha, portrait_source, project_rig
from core import edits
from core.audio import AudioTrack, load_audio
from core.cache import Cache
from core.cancel import CancelToken, ProgressCallback, ignore_progress
from core.constants import MAX_SEED, MOTION_FPS
from core.motion import MotionClip
from core.motion_plan import PartWish, Stretch, plan_layers, plan_motion, why_anew
from core.portrait import Portrait, load_portrait
from core.project_file import cache_folder
from core.prompts import check_segments, part_title
from core.skeleton import BodyPart
from core.speech import SpeechFeatures, frame_count, speech_features
from core.takes import free_arms, made_tokens, use_take, wish_of
from core.timeline import TOKEN_US, MotionRecord, MotionState, Project, Segment, Take, token_range

_SECOND: Final = 1_000_000


class MotionDirector:
    """Runs the stages of one project up to its motion.

    Attributes:
        project: the project as it is now; `motion` and `regenerate` replace it.
        confidence: how well the weights know each prompt that motion was made for since the director is there.
        notes: sentences that the user should read (repairs, fallbacks), in the order in which they came up.
        cache: store of derived data.
        cleanup: whether motion is cleaned up, instead of what the project says; None leaves it to the project.
        stay: whether locomotion comes back to the spot, where the project does not say; None leaves it to the portrait.
    """

    def __init__(
        self,
        project: Project,
        project_path: str | os.PathLike[str],
        *,
        models: ModelSource | None = None,
        progress: ProgressCallback = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> None:
        self.project = project
        self.notes: list[str] = []
        self.confidence: dict[str, PromptConfidence] = {}
        self.cleanup: bool | None = None
        self.stay: bool | None = None
        self._path = project_path
        self.cache = Cache(cache_folder(project_path))
        self._derived = DerivedStore(self.cache)
        self._models = InstalledModels() if models is None else models
        self._progress = progress
        self._cancel = CancelToken() if cancel is None else cancel
        self._loaded: dict[str, tuple[str, Any]] = {}

    def watch(self, progress: ProgressCallback, cancel: CancelToken) -> None:
        """Report to `progress` and obey `cancel` from now on; what is in memory stays."""
        self._progress = progress
        self._cancel = cancel

    # Inputs -----------------------------------------------------------------------------------------------------------

    def audio(self) -> AudioTrack:
        """Return the decoded recording.

        Raises:
            DirectorError: the file is missing.
            core.audio.AudioError: it cannot be decoded.
        """
        sha = media_sha("audio", self.project.audio)
        known = self._known("audio", sha)
        if known is None:
            known = load_audio(self.project.audio, self._progress, self._cancel)
            self._keep("audio", sha, known, [f"{known.path.name}: {warning}" for warning in known.warnings])
        return known

    def speech(self) -> SpeechFeatures:
        """Return the recording's features at the motion rate."""
        audio = self.audio()
        sha = media_sha("audio", self.project.audio)
        known = self._known("speech", sha)
        if known is None:
            known = speech_features(audio.samples, audio.duration, MOTION_FPS)
            self._keep("speech", sha, known)
        return known

    def portrait(self) -> Portrait:
        """Return the picture with its rig: the project's own, or that of its rig file, or a proposed one.

        Raises:
            DirectorError: a file is missing.
            core.portrait.PortraitError: the picture or the rig cannot be used.
        """
        key = portrait_source(self.project)
        known = self._known("portrait", key)
        if known is None:
            self._cancel.check()
            meter = Meter("portrait", 1, self._progress)
            known = load_portrait(Path(self.project.portrait), project_rig(self.project))
            meter.finish()
            self._keep("portrait", key, known, known.warnings)
        return known

    # Motion -----------------------------------------------------------------------------------------------------------

    def motion(self) -> MotionClip:
        """Return the motion of the whole recording; makes what is missing or what an edit changed, and only that.

        Afterwards `project.motion` holds the tokens and what made them.

        Raises:
            DirectorError: segments run past the recording, or a file is missing.
            core.prompts.PromptError: a prompt runs past the end of the recording.
        """
        return self._made_motion()[0]

    def _made_motion(
        self, more: Mapping[tuple[int, int], Sequence[int]] | None = None
    ) -> tuple[MotionClip, list[NDArray[np.int64]]]:
        """Return the motion, and what further seeds make of stretches: all tokens, one array a seed.

        Args:
            more: further seeds of a stretch, by its first token and the one after its last; the others are in one batch
                with the stretch itself and do not enter the project.
        """
        audio = self.audio()
        for track in self.project.tracks:
            check_segments(track.segments, audio.duration_us)
        sha = media_sha("audio", self.project.audio)
        state = self.project.motion
        frames = frame_count(audio.duration, MOTION_FPS)
        version = self._models.motion_version()
        reason = why_anew(state, sha, version, frames)
        if state is None or reason is not None:
            if reason:
                self._note(reason)
            clip = self._motion_maker(self._spans()).generate(
                self.speech(), self._spans(), seed=self.project.seed, progress=self._progress, cancel=self._cancel
            )
            plan = [PartWish(part, wish, None) for part, wish in self.project.part_wishes()]
            self._set_motion(clip.tokens, version, sha, self.project.wishes(), plan, [(0, len(clip.tokens))], None)
            return self._decoded(clip.tokens, frames), []
        edited = plan_motion(self.project)
        tokens = np.asarray(state.tokens, dtype=np.int64)
        further: list[NDArray[np.int64]] = []
        for stretch in edited.stretches:
            tokens, *others = self._remade(tokens, stretch, more=(more or {}).get((stretch.start, stretch.end), ()))
            further += others
        anew = [(stretch.start, stretch.end) for stretch in edited.stretches]
        self._set_motion(tokens, version, sha, edited.records, plan_layers(self.project), anew, state)
        return self._decoded(tokens, frames), further

    def regenerate(
        self, segment: int | str, *, prompt: str | None = None, seed: int | None = None, takes: int = 1
    ) -> MotionClip:
        """Make the motion of one segment anew and leave all other tokens as they are.

        The old motion stays as a take of the segment, the new one becomes its active take.

        Args:
            segment: its id, or its number by time over all prompt tracks, counted from 1.
            prompt: a new prompt; None keeps the old one.
            seed: a new seed; None takes the next one unless the prompt changes.
            takes: how many to make, with the seeds that follow; the first of them becomes the active one.

        Raises:
            DirectorError: there is no such segment.
            core.timeline.TimelineError: it is locked, or a value is out of its limits.
        """
        if self.project.motion is None:
            self.motion()
        target = self._segment(segment)
        used = self.project.seed if target.seed is None else target.seed
        text = target.prompt if prompt is None else prompt.strip()
        if seed is None and text == target.prompt:
            seed = (max([used, *(take.seed for take in target.takes)]) + 1) % (MAX_SEED + 1)
        new = used if seed is None else seed
        wanted = edits.change(self.project, target.id, prompt=text, seed=target.seed if seed is None else seed)
        if (text, new) == (target.prompt, used):  # it is there
            if takes == 1:
                return self.motion()
            return self.regenerate(target.id, prompt=prompt, seed=(new + 1) % (MAX_SEED + 1), takes=takes - 1)
        if not target.takes:
            # What is there now is the first take, so that the user can go back to it.
            wanted = edits.add_take(wanted, target.id, self._take(target, used, target.prompt))
        self.project = wanted
        others = [(new + k) % (MAX_SEED + 1) for k in range(1, takes)]
        start, end = token_range(target.start_us, target.end_us)
        clip, further = self._made_motion({(start, end): others})
        made = self.project.segment(target.id)
        self.project = edits.add_take(self.project, target.id, self._take(made, new, made.prompt))
        if not others:
            return clip
        first = len(made.takes)
        if len(further) < len(others):  # a part of the body, or a stretch of which a lock holds some
            for other in others:
                self.regenerate(target.id, seed=other)
            self.project = use_take(self.project, target.id, first)
            return self.motion()
        for other, tokens in zip(others, further, strict=True):
            self.project = edits.add_take(self.project, target.id, self._further_take(made, other, tokens))
        self.project = edits.change(self.project, target.id, active_take=first)
        return clip

    def _further_take(self, segment: Segment, seed: int, tokens: NDArray[np.int64]) -> Take:
        """Return a take of a segment whose motion is that of another seed in all tokens of the recording."""
        start, end = token_range(segment.start_us, segment.end_us)
        arms = self._free_arms(tokens, self.project.motion)
        [record] = arms.found([wish_of(segment, seed)], [(start, end)], ignore_progress, self._cancel)
        codes = tuple(int(token) for token in tokens[start:end])
        return Take(seed=seed, prompt=record.prompt, strength=record.strength, tokens=codes, free=record.free)

    def weigh_prompts(self) -> None:
        """Fill `confidence` for all prompts of the project, also for those whose motion is there already."""
        self._motion_maker(self._spans([*self.project.wishes(), *(wish for _, wish in self.project.part_wishes())]))

    def _segment(self, segment: int | str) -> Segment:
        if isinstance(segment, str):
            return self.project.segment(segment)
        known = self.project.prompt_segments()
        if not 1 <= segment <= len(known):
            count = f"segments 1 to {len(known)}" if known else "no segment"
            raise DirectorError(f"there is no segment {segment}; the project has {count}")
        return known[segment - 1]

    def _spans(self, wishes: Sequence[MotionRecord] | None = None) -> list[Any]:
        return [
            self._models.span(
                start=wish.start_us / _SECOND,
                end=wish.end_us / _SECOND,
                prompt=wish.prompt,
                seed=wish.seed,
                strength=wish.strength,
            )
            for wish in (self.project.wishes() if wishes is None else wishes)
        ]

    def _made_part(
        self, tokens: NDArray[np.int64], wishes: Sequence[MotionRecord], start: int, end: int, seed: int
    ) -> NDArray[np.int64]:
        """Return the tokens with a stretch made anew for wishes that hold one for a part of the body."""
        return self._remade(tokens, Stretch(start, end, seed, ""), wishes)[0]

    def _remade(
        self,
        tokens: NDArray[np.int64],
        stretch: Stretch,
        wishes: Sequence[MotionRecord] | None = None,
        more: Sequence[int] = (),
        progress: ProgressCallback | None = None,
    ) -> NDArray[np.int64]:
        """Return (1 + more, N) tokens with a stretch made anew by its seed and by more; the rest must be as it was."""
        spans = self._spans(wishes)
        made = self._motion_maker(spans).takes(
            tokens,
            self.speech(),
            spans,
            start=stretch.start * TOKEN_US / _SECOND,
            end=stretch.end * TOKEN_US / _SECOND,
            seeds=[stretch.seed, *more],
            progress=progress or self._progress,
            cancel=self._cancel,
        )
        kept = np.ones(len(tokens), dtype=bool)
        kept[stretch.start : stretch.end] = False
        if made.shape != (1 + len(more), len(tokens)) or not (made[:, kept] == tokens[kept]).all():
            raise DirectorError(
                f"the motion networks changed tokens outside {stretch.start}..{stretch.end}; the motion was kept"
            )
        return made

    def _free_arms(self, tokens: NDArray[np.int64], before: MotionState | None) -> FreeArms:
        def decide(record: MotionRecord, speak: Callable[[], NDArray[np.int64]]) -> tuple[BodyPart, ...]:
            return self._models.motion().free_arms(tokens, self._spans([record])[0], speak)

        def speak(wishes: Sequence[MotionRecord], start: int, end: int, seed: int) -> NDArray[np.int64]:
            return self._remade(tokens, Stretch(start, end, seed, ""), wishes, progress=ignore_progress)[0]

        return FreeArms(self.project, tokens, before, decide, speak)

    def _motion_maker(self, spans: Sequence[Any]) -> MotionMaker:
        """Return the networks, once it is said which prompts they do not know."""
        maker = self._models.motion()
        for span in spans:
            if span.strength <= 0 or not span.prompt.strip() or span.prompt in self.confidence:
                continue
            found = self.confidence[span.prompt] = maker.confidence(span.prompt)
            if not found.known:
                nearest = ", ".join(f'"{wording}"' for wording, _ in found.nearest)
                self._note(
                    f'the motion weights do not know how to do what the prompt "{span.prompt}" asks for; '
                    f"what they know sounds like this at most: {nearest}"
                )
        return maker

    def _set_motion(
        self,
        tokens: NDArray[np.int64],
        version: str,
        sha: str,
        records: Sequence[MotionRecord],
        parts: Sequence[PartWish],
        anew: Sequence[tuple[int, int]],
        before: MotionState | None,
    ) -> None:
        """Store tokens, what made them, and the motion of parts; that of `before` is kept where it still holds."""
        for part, wish in ((one.part, one.wish) for one in parts if one.layer is None):
            if side := other_side(part, wish.prompt):
                self._note(
                    f'the prompt "{wish.prompt}" is for the {part_title(part)} but names the {side} one, of which '
                    "nothing is shown; change its words or the part of the body"
                )
        arms = self._free_arms(tokens, before)
        found = arms.found(records, anew, self._progress, self._cancel)
        plan = (*parts, *arms.plan(found))
        state = MotionState(
            tokens=tuple(int(token) for token in tokens),
            weights=version,
            audio_sha256=sha,
            base_seed=self.project.seed,
            records=found,
            layers=made_layers(tokens, plan, self.project.wishes(), self._made_part),
        )
        self.project = self.project.model_copy(update={"motion": state, "duration_us": self.audio().duration_us})

    def _decoded(self, tokens: NDArray[np.int64], frames: int) -> MotionClip:
        """Return the motion of tokens; what an edit did not change is as it was before the edit."""

        def decode() -> MotionClip:
            maker = self._models.motion()
            clip = replace(maker.decode(tokens, frames), provenance=dict(maker.provenance))
            return with_layers(clip, tokens, layers, maker.decode)

        assert self.project.motion is not None
        layers = self.project.motion.layers

        sha = media_sha("audio", self.project.audio)
        finish = self._finish(tokens, frames, self._models.motion_version())
        clip = self._derived.motion(
            finish.wanted, sha, lambda: finish.made(decode(), self.speech().accents), finish.mend
        )
        return replace(clip, spans=made_spans(self.project.motion, len(clip)))

    def _finish(self, tokens: NDArray[np.int64], frames: int, weights: str) -> Finish:
        return Finish.of(self.project, tokens, frames, weights, self._scale, self.cleanup, self.stay)

    def _scale(self) -> str | None:
        """Return the portrait's scale, or None if the picture cannot be used: motion is made without it, too."""
        try:
            return self.portrait().scale
        except (OSError, ValueError):
            return None

    def _take(self, segment: Segment, seed: int, prompt: str) -> Take:
        return Take(
            seed=seed,
            prompt=prompt,
            strength=segment.strength,
            tokens=made_tokens(self.project, segment),
            free=free_arms(self.project, segment),
        )

    def _known(self, stage: str, key: str) -> Any:
        found = self._loaded.get(stage)
        return found[1] if found is not None and found[0] == key else None

    def _keep(self, stage: str, key: str, value: Any, warnings: Sequence[str] = ()) -> None:
        self._loaded[stage] = (key, value)
        for warning in warnings:
            self._note(warning)

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)
