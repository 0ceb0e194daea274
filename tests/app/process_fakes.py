"""Model sources for child processes, named as "tests.app.process_fakes:NAME": they behave well, slowly or badly."""

import os
import signal
import time
from pathlib import Path

import numpy as np

from app.engine.suggestions import Suggester
from app.model_source import BackendError
from core.cancel import CancelToken
from models.renderers.base import BackendLacks, RenderEstimate, RenderNews
from tests.app.fakes import FakeModels, FakeMotion, FakeRenderer


class Letters:
    """Vectors that count letters: enough to tell likely from unlikely."""

    name = "letters"

    def encode(self, texts):
        rows = np.array([[text.count(chr(97 + n)) for n in range(26)] for text in texts], np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


class Models(FakeModels):
    """Well-behaved networks."""

    def libraries(self) -> str:
        return "Quick GPU"

    def suggester(self) -> Suggester:
        return Suggester(Letters(), ("bow deeply", "nod", "wave the left hand", "wave the right hand"))


class SlowMotion(FakeMotion):
    """Looks at the token as it should, and takes a minute for prompts that say so."""

    def takes(self, tokens, speech, spans, *, start, end, seeds, progress, cancel):
        self._dawdle(spans, cancel)
        return super().takes(tokens, speech, spans, start=start, end=end, seeds=seeds, progress=progress, cancel=cancel)

    def generate(self, speech, spans, *, seed, progress, cancel):
        self._dawdle(spans, cancel)
        return super().generate(speech, spans, seed=seed, progress=progress, cancel=cancel)

    def _dawdle(self, spans, cancel: CancelToken) -> None:
        texts = {span.prompt for span in spans}
        for _ in range(6000 if "slow" in texts or "stuck" in texts else 0):
            time.sleep(0.01)
            if "stuck" not in texts:
                cancel.check()
        if "crash" in texts:
            os.kill(os.getpid(), signal.SIGKILL)
        if "wrong" in texts:
            raise ValueError("the networks cannot do this")


class SlowRenderer(FakeRenderer):
    """Waits with frames from 4 s on for a file `go` beside the portrait; with `stuck` it does not look at the token."""

    def render_chunk(self, job, chunk, cancel):
        folder = Path(job.portrait.path).parent
        for frame in super().render_chunk(job, chunk, cancel):
            while chunk.start_frame >= 4 * job.fps and not (folder / "go").exists():
                if not (folder / "stuck").exists():
                    cancel.check()
                time.sleep(0.01)
            yield frame
        if (folder / "crash").exists():
            os.kill(os.getpid(), signal.SIGKILL)


class TalkativeRenderer(FakeRenderer):
    """Tells how it is getting on, as slow backends do."""

    def render_chunk(self, job, chunk, cancel):
        job.news(RenderNews(note="two frames are rendered at a time"))
        job.news(RenderNews(0.5, "step 1 of 2", preview=np.full((640, 480, 3), 99, np.uint8)))
        folder = Path(job.portrait.path).parent
        while not (folder / "go").exists():
            cancel.check()
            time.sleep(0.01)
        yield from super().render_chunk(job, chunk, cancel)


class Diffusion(FakeRenderer):
    """Stands for the backend `versa`: its frames depend on its options, and files in the home say what it lacks."""

    def __init__(self, options) -> None:
        super().__init__(name="versa")
        self.options = dict(options or {})

    def require(self) -> None:
        lack = home_file("lacks")
        if lack in ("weights", "memory"):
            error = BackendLacks(f"the {lack} are missing")
            error.lack = lack
            if lack == "memory":
                error.needed, error.free = 30e9, 8e9
            raise error
        if lack:
            raise RuntimeError(lack)

    def check(self, job) -> tuple[str, ...]:
        self.require()
        return ()

    def estimate(self, job) -> RenderEstimate:
        seconds = float(home_file("seconds a frame") or 0.1)
        return RenderEstimate((job.end_frame - job.start_frame) * seconds, 12e9, 16e9, "cuda")

    def chunk_inputs(self, job, chunk):
        return {**super().chunk_inputs(job, chunk), "options": sorted(self.options.items())}


def home_file(name: str) -> str:
    """What a test wrote into a file of the program's folder, "" if it did not."""
    path = Path(os.environ["VERSA_HOME"]) / name
    return path.read_text("utf-8") if path.is_file() else ""


class BothRenderers(Models):
    """The draft and what stands for `versa`."""

    def renderer(self, name, options=None):
        if name == "versa":
            return Diffusion(options)
        if name != "draft":
            raise BackendError(f"there is no backend {name!r}; choose one of draft, versa")
        return super().renderer(name, options)


def both_renderers() -> BothRenderers:
    return BothRenderers()


def models() -> Models:
    return Models()


def careful() -> Models:
    return Models(maker=SlowMotion())


def talkative() -> Models:
    return Models(painter=TalkativeRenderer())


def slow_renderer() -> Models:
    return Models(painter=SlowRenderer())
