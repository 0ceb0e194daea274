"""Small stand-ins for networks and renderers, so that tests of the chain see exactly what it asks for."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from PIL import Image, ImageDraw

from core.cancel import CancelToken, Progress
from core.motion import MotionClip
from core.pose import BODY_NAMES, PoseSequence
from core.project_file import save_project
from core.rig import Rig
from core.timeline import MotionSettings, Project, Segment, Track
from models.known_prompts import Confidence
from models.renderers.base import RenderChunk, RenderedFrame, RenderEstimate, RenderJob, RenderPlan

RATE = 16_000


@dataclass(frozen=True)
class Span:
    start: float
    end: float
    prompt: str
    seed: int
    strength: float


def token(seed: int, prompt: str, place: int) -> int:
    digest = hashlib.sha256(f"{seed}|{prompt}|{place}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 512


@dataclass
class FakeMotion:
    """Tokens are hashes of what directs them; the joints at a frame come from its token alone."""

    version: str = "fake-1"
    provenance: dict[str, str] = field(default_factory=lambda: {"generator": "fake"})
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    spoil: bool = False

    def generate(self, speech, spans, *, seed, progress, cancel) -> MotionClip:
        self.calls.append(("generate", seed))
        cancel.check()
        count = -(-len(speech) // 4)
        tokens = np.array([token(seed, "", n) for n in range(count)])
        for span in spans:
            self._fill(tokens, spans, *self._tokens(span.start, span.end, count), span.seed)
        progress(Progress("motion", 1, 1))
        return self.decode(tokens, len(speech))

    def takes(self, tokens, speech, spans, *, start, end, seeds, progress, cancel) -> np.ndarray:
        first, last = self._tokens(start, end, len(tokens))
        self.calls.append(("takes", first, last, *seeds))
        made = np.repeat(np.array(tokens)[None], len(seeds), axis=0)
        for take, seed in zip(made, seeds, strict=True):
            self._fill(take, spans, first, last, seed)
            take[0] += self.spoil
        return made

    def confidence(self, prompt):
        known = "klingon" not in prompt.lower()
        return Confidence(1.0 if known else 0.3, known, (("wave", 1.0 if known else 0.3), ("bow", 0.2)))

    def free_arms(self, tokens, span, speak):
        """Prompts that say "free" leave the left arm to the speech."""
        return ("left_arm",) if "free" in span.prompt and len(speak()) == len(tokens) else ()

    def decode(self, tokens, frames) -> MotionClip:
        per_frame = np.repeat(np.asarray(tokens, dtype=np.float32), 4)[:frames]
        joints = np.zeros((frames, 22, 3), np.float32)
        joints[:] = per_frame[:, None, None] / 512
        features = np.zeros((frames, 263), np.float32)
        return MotionClip(joints, features, np.asarray(tokens, dtype=np.int64), np.zeros((frames, 4), np.float32))

    @staticmethod
    def _tokens(start: float, end: float, count: int) -> tuple[int, int]:
        return int(np.ceil(start * 5 - 0.5 - 1e-9)), min(int(np.ceil(end * 5 - 0.5 - 1e-9)), count)

    def _fill(self, tokens, spans, first, last, seed) -> None:
        for place in range(first, last):
            middle = (place + 0.5) / 5
            text = next((s.prompt for s in spans if s.start <= middle < s.end), "")
            tokens[place] = token(seed, text, place)


@dataclass
class FakePoses:
    """Every keypoint's x comes from the motion of its own frame."""

    version: str = "poses-1"
    calls: int = 0

    def translate(self, clip, portrait, *, mode, progress, cancel) -> PoseSequence:
        self.calls += 1
        frames = len(clip)
        value = clip.joints[:, 0, 0]
        body = np.ones((frames, 18, 3), np.float32) * value[:, None, None]
        return PoseSequence(
            body=body if mode == "bank" else -body,
            face=np.zeros((frames, 68, 3), np.float32),
            hands=np.zeros((frames, 2, 21, 3), np.float32),
            depth=np.zeros((frames, 18), np.float32),
            yaw=np.zeros(frames, np.float32),
            flags=np.zeros(frames, np.uint8),
            fps=20.0,
            width=portrait.width,
            height=portrait.height,
        )


@dataclass
class FakeRenderer:
    """Paints each frame in a grey that tells the pose at its time; counts the chunks that it makes."""

    name: str = "fake"
    version: str = "1"
    native_fps: float | None = None
    needs: str = "nothing"
    licence: str = "none"
    rendered: list[int] = field(default_factory=list)
    fail_at: int | None = None
    stop_at: int | None = None
    short: bool = False

    def plan(self, job: RenderJob) -> RenderPlan:
        length = round(2 * job.fps)
        chunks, first = [], job.start_frame
        while first < job.end_frame:
            last = min((first // length + 1) * length, job.end_frame)
            chunks.append(RenderChunk(first // length, first, last))
            first = last
        return RenderPlan(tuple(chunks), 1000)

    def require(self) -> None:
        pass

    def estimate(self, job: RenderJob) -> RenderEstimate:
        return RenderEstimate(seconds=(job.end_frame - job.start_frame) * 0.1, memory=1e9, free=8e9, device="cpu")

    def check(self, job: RenderJob) -> tuple[str, ...]:
        return ()

    def pose_at(self, job: RenderJob, frame: int) -> int:
        return min(int(frame / job.fps * job.poses.fps), len(job.poses) - 1)

    def chunk_inputs(self, job: RenderJob, chunk: RenderChunk) -> dict[str, Any]:
        first, last = self.pose_at(job, chunk.start_frame), self.pose_at(job, chunk.end_frame - 1)
        cues = [[c.start, c.end, c.emotion, c.emotion_strength, c.blink] for c in job.cues]
        return {"body": job.poses.body[first : last + 1], "cues": cues}

    def render_chunk(self, job: RenderJob, chunk: RenderChunk, cancel: CancelToken) -> Iterator[RenderedFrame]:
        for frame in range(chunk.start_frame, chunk.end_frame - (1 if self.short else 0)):
            if self.stop_at == frame:
                raise KeyboardInterrupt
            if self.fail_at == frame:
                raise RuntimeError("the renderer broke")
            cancel.check()
            grey = int(abs(job.poses.body[self.pose_at(job, frame), 0, 0]) * 255) % 256
            image = np.full((job.height, job.width, 3), grey, np.uint8)
            yield RenderedFrame(image, 1 if frame // 10 % 5 == 1 else 0)
        self.rendered.append(chunk.index)


@dataclass
class FakeModels:
    """All parts, each made once."""

    maker: FakeMotion = field(default_factory=FakeMotion)
    translator: FakePoses = field(default_factory=FakePoses)
    painter: FakeRenderer = field(default_factory=FakeRenderer)

    def motion(self) -> FakeMotion:
        return self.maker

    def motion_version(self) -> str:
        return self.maker.version

    def poses(self) -> FakePoses:
        return self.translator

    def renderer(self, name: str, options: Mapping[str, Any] | None = None) -> FakeRenderer:
        assert name in ("draft", "fake")
        return self.painter

    def span(self, *, start: float, end: float, prompt: str, seed: int, strength: float) -> Span:
        return Span(start, end, prompt, seed, strength)


def write_speech(path: Path, seconds: float = 6.0, rate: int = RATE) -> Path:
    """Write something like speech: syllables of a falling voice with a noise before each, and pauses."""
    random = np.random.default_rng(1)
    time = np.arange(round(seconds * rate)) / rate
    pitch = 120 + 20 * np.sin(2 * np.pi * 0.3 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    voice = sum(np.sin(n * phase) / n for n in range(1, 12))
    syllable = np.clip(np.sin(2 * np.pi * 4 * time), 0, 1) * (np.sin(2 * np.pi * 0.35 * time + 0.4) > -0.6)
    sound = 0.12 * voice * syllable + 0.003 * random.standard_normal(len(time))
    soundfile.write(path, sound.astype(np.float32), rate, subtype="PCM_16")
    return path


def write_portrait(path: Path, width: int = 96, height: int = 160) -> Path:
    """Write a simple drawn person, and beside it the rig of where it is (NAME.rig.json)."""
    x, eye = width / 2, height * 0.18
    d = width * 0.12
    picture = Image.new("RGB", (width, height), (196, 208, 216))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((x - 2.9 * d, eye + 3 * d, x + 2.9 * d, height), fill=(60, 80, 140))
    draw.ellipse((x - 1.2 * d, eye - 1.8 * d, x + 1.2 * d, eye + 1.9 * d), fill=(226, 180, 150))
    for side in (-1, 1):
        draw.ellipse((x + side * d / 2 - 1.5, eye - 1.5, x + side * d / 2 + 1.5, eye + 1.5), fill=(20, 20, 20))
    draw.line((x - 0.4 * d, eye + 1.15 * d, x + 0.4 * d, eye + 1.15 * d), fill=(140, 50, 50), width=2)
    picture.save(path)
    places = {
        "nose": (0, 0.6), "neck": (0, 2.75), "right_shoulder": (-2.3, 3.4), "right_elbow": (-2.7, 6.6),
        "right_wrist": (-2.2, 9.4), "left_shoulder": (2.3, 3.4), "left_elbow": (2.7, 6.6), "left_wrist": (2.2, 9.4),
        "right_hip": (-1.5, 9.5), "left_hip": (1.5, 9.5), "right_eye": (-0.5, 0), "left_eye": (0.5, 0),
        "right_ear": (-1.2, 0.2), "left_ear": (1.2, 0.2),
    }  # fmt: skip
    body = np.zeros((18, 3), np.float32)
    for number, name in enumerate(BODY_NAMES):
        if name in places:
            across, down = places[name]
            body[number] = x + across * d, eye + down * d, 1.0
            body[number, 2] = float(body[number, 1] < height)
    rig = Rig(
        body=body,
        hand_tips=np.array([[x + 2 * d, eye + 11 * d, 0], [x - 2 * d, eye + 11 * d, 0]], np.float32),
        face_box=np.array([x - 1.1 * d, eye - 0.8 * d, 2.2 * d, 2.7 * d], np.float32),
        mouth=np.array([x, eye + 1.15 * d, 0.4 * d], np.float32),
        sleeve="long",
        source="user",
        image_size=(width, height),
    )
    path.with_suffix(".rig.json").write_text(rig.to_json(), "utf-8")
    return path


def write_short_project(folder: Path) -> Path:
    """A project of 7.03 s with one prompt, rendered 64 pixels high."""
    portrait = write_portrait(folder / "p.png")
    project = Project(
        portrait=str(portrait),
        rig_file=str(portrait.with_suffix(".rig.json")),
        audio=str(write_speech(folder / "a.wav", 7.03)),
        motion_settings=MotionSettings(cleanup=False, stay=False),
        tracks=(Track(id="t", segments=(Segment(id="s", start_us=4_400_000, end_us=5_400_000, prompt="bow"),)),),
    )
    project = project.model_copy(update={"output": project.output.replace(height=64)})
    save_project(project, folder / "P.versa")
    return folder / "P.versa"
