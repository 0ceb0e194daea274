"""The renderer on tiny weights: seams, single segments, resuming, cancelling, memory that runs out, missing weights."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from core.cache import Cache
from core.cancel import Cancelled, CancelToken
from core.pose import LEFT_WRIST
from models.renderers import get_renderer
from models.renderers.base import FaceCue, RenderChunk, RenderJob, RenderNews
from models.renderers.versa import engine as engine_module
from models.renderers.versa.engine import Engine
from models.renderers.versa.locate import WeightsMissing
from models.renderers.versa.renderer import VersaRenderer
from models.renderers.versa.settings import SettingsError, VersaSettings
from tests.models.renderers import draft_scenes as scenes

FPS, FRAMES = 20.0, 24
OPTIONS: dict[str, Any] = {"steps": 2, "size": 64, "tile": 11, "overlap": 2, "profile": "all", "decode_chunk": 6}


def renderer(weights: tuple[Path, Path], **options: Any) -> VersaRenderer:
    made = get_renderer("versa", {**OPTIONS, "base": str(weights[0]), "checkpoint": str(weights[1]), **options})
    assert isinstance(made, VersaRenderer)
    made.unit_frames = 10  # anchors and bridges of six frames
    return made


def job(store: Cache | None = None, **changes: Any) -> RenderJob:
    person = scenes.portrait("half")
    made = scenes.make_job(
        person, scenes.gesture_poses(person, FRAMES), scenes.silence(FRAMES / FPS), size=(64, 64), fps=FPS, seed=3
    )
    return replace(made, store=store, **changes)


def moved(work: RenderJob, frames: range) -> RenderJob:
    """The job with a wrist elsewhere in some frames."""
    body = work.poses.body.copy()
    body[frames.start : frames.stop, LEFT_WRIST, :2] += 60.0
    return replace(work, poses=replace(work.poses, body=body))


def frames_of(made: VersaRenderer, work: RenderJob, chunks: tuple[RenderChunk, ...]) -> NDArray[np.uint8]:
    return np.stack([f.image for chunk in chunks for f in made.render_chunk(work, chunk, CancelToken())])


def latents_of(made: VersaRenderer, work: RenderJob, index: int) -> NDArray[np.float32]:
    """The finished latents of a unit, which must be there."""
    layout = made._layout(work)
    found = made._find(work, layout, layout.unit(index))
    assert found.complete and found.latents is not None
    return found.latents


@dataclass
class Whole:
    """A whole render, its chunks and its store."""

    job: RenderJob
    store: Cache
    chunks: tuple[RenderChunk, ...]
    frames: NDArray[np.uint8]
    news: list[RenderNews] = field(default_factory=list)
    latents: list[NDArray[np.float32]] = field(default_factory=list)


@pytest.fixture(scope="module")
def whole(weights: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    store = Cache(tmp_path_factory.mktemp("store"))
    news: list[RenderNews] = []
    work = job(store, news=news.append)
    made = renderer(weights)
    chunks = made.plan(work).chunks
    frames = frames_of(made, work, chunks)
    latents = [latents_of(made, work, chunk.index) for chunk in chunks]
    yield Whole(work, store, chunks, frames, news, latents)


def test_chunks_are_the_units(whole: Whole) -> None:
    assert [(c.index, c.start_frame, c.end_frame) for c in whole.chunks] == [
        (0, 0, 6), (1, 6, 12), (2, 12, 18), (3, 18, 24)
    ]  # fmt: skip
    assert whole.frames.shape == (24, 64, 64, 3) and whole.frames.std() > 5.0


def test_progress_counts_up_and_shows_previews(whole: Whole) -> None:
    shares = [n.done for n in whole.news if n.done is not None]
    assert max(shares) == pytest.approx(0.95)
    assert any(n.message == "step 2 of 2, tile 1 of 1" for n in whole.news)
    shown = [n.preview for n in whole.news if n.preview is not None]
    assert len(shown) == 4 and all(picture.shape == (8, 8, 3) for picture in shown)


def test_a_segment_alone_is_as_within_the_whole(weights: tuple[Path, Path], whole: Whole) -> None:
    """A bridge needs its anchors, which it makes itself; then every bit is the same. So is a part of a chunk."""
    alone = frames_of(renderer(weights), job(), (whole.chunks[1],))
    assert np.array_equal(alone, whole.frames[6:12])


def test_part_of_a_chunk(weights: tuple[Path, Path], whole: Whole) -> None:
    part = frames_of(renderer(weights), whole.job, (RenderChunk(2, 14, 16),))
    assert np.array_equal(part, whole.frames[14:16])


def test_seams_are_no_larger_than_steps_inside(whole: Whole) -> None:
    """Largest colour and motion step at a seam against the largest inside, in grey levels."""
    values = whole.frames.astype(np.float64)
    colour = np.abs(np.diff(values.mean(axis=(1, 2)), axis=0)).max(axis=1)
    motion = np.abs(np.diff(values, axis=0)).mean(axis=(1, 2, 3))
    seams = np.array([5, 11, 17])
    inside = np.setdiff1d(np.arange(23), seams)
    found = {name: (step[seams].max(), step[inside].max()) for name, step in (("colour", colour), ("motion", motion))}
    print(f"largest step at a seam and inside: {found}")
    assert found["motion"][0] < 1.25 * found["motion"][1]
    assert found["colour"][0] < 1.25 * found["colour"][1] + 1.0


def test_a_bridge_goes_on_as_its_anchor_would(weights: tuple[Path, Path], whole: Whole) -> None:
    """Its first frames are near those that the anchor denoised beyond its end; a deaf bridge's are not."""
    deaf = renderer(weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deaf, "_held", lambda work, layout, unit, found: found)
        work, layout = job(), deaf._layout(whole.job)
        alone = deaf._window(work, layout, layout.unit(1), CancelToken()).latents
    assert alone is not None
    anchor, bridge = whole.latents[0], whole.latents[1]  # frames 0..7 and 4..13
    assert np.array_equal(bridge[:2], anchor[4:6])  # the context is the anchor's to the bit
    fused = np.abs(bridge[2:4] - anchor[6:8]).mean(axis=(1, 2, 3))
    unfused = np.abs(alone[2:4] - anchor[6:8]).mean(axis=(1, 2, 3))
    print(f"distance from the anchor's margin, fused {fused}, deaf {unfused}")
    assert fused[0] < 0.6 * unfused[0] and fused[0] < fused[1] < unfused[1]


def test_a_killed_render_goes_on_from_its_latents(weights: tuple[Path, Path], whole: Whole) -> None:
    def never(*args: Any) -> None:
        raise AssertionError("latents were made again")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "unit_latents", never)
        again = frames_of(renderer(weights), whole.job, whole.chunks[2:3])
    assert np.array_equal(again, whole.frames[12:18])


def test_what_is_done_to_pictures_afterwards_denoises_nothing_again(weights: tuple[Path, Path], whole: Whole) -> None:
    """Another size of the video, colours, background and decoder chunks: other frames of the same latents."""

    def never(*args: Any) -> None:
        raise AssertionError("latents were made again")

    larger = replace(whole.job, width=96, height=96)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "unit_latents", never)
        again = frames_of(renderer(weights, decode_chunk=3, colour_hold=0.5), larger, (RenderChunk(2, 14, 16),))
    assert again.shape == (2, 96, 96, 3)
    plain, still = renderer(weights), renderer(weights, still_background=True)
    assert still._line(whole.job) == plain._line(whole.job)
    assert not _equal(still.chunk_inputs(whole.job, whole.chunks[2]), plain.chunk_inputs(whole.job, whole.chunks[2]))
    assert plain._line(replace(whole.job, width=64, height=128)) != plain._line(whole.job)
    for change in ({"seed": 4}, {"fps": 10.0}):
        assert plain._line(replace(whole.job, **change)) != plain._line(whole.job)


def test_the_estimate_counts_the_units_that_are_to_be_made(weights: tuple[Path, Path], whole: Whole) -> None:
    """A bridge alone needs its anchors, too; what is finished needs only its pictures."""
    made = renderer(weights)
    passes = []
    for work in (job(), replace(job(), start_frame=6, end_frame=12), whole.job):
        passes.append(made._estimated(work)[1].passes * (work.end_frame - work.start_frame))
    assert passes == [pytest.approx(4 * 11 * 2 * 2), pytest.approx(3 * 11 * 2 * 2), 0.0]


def test_other_settings_and_weights_are_other_frames(weights: tuple[Path, Path], tmp_path: Path, whole: Whole) -> None:
    base = renderer(weights).chunk_inputs(whole.job, whole.chunks[0])
    for options in ({"steps": 3}, {"guidance": 1.5}, {"fast": True, "steps": 5}, {"pose_strength": 0.5}):
        assert not _equal(base, renderer(weights, **options).chunk_inputs(whole.job, whole.chunks[0]))
    for options in ({"device": "cpu"}, {"compile": True}):
        assert _equal(base, renderer(weights, **options).chunk_inputs(whole.job, whole.chunks[0]))
    other = tmp_path / "other.pth"
    other.write_bytes(weights[1].read_bytes() + b"x")
    assert not _equal(base, renderer((weights[0], other)).chunk_inputs(whole.job, whole.chunks[0]))


def test_ten_minutes_fit_a_card_of_8_gb(weights: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """At the published size; a unit needs as much as one of a short video, and what it depends on is near."""
    from models.renderers.versa import memory

    monkeypatch.setattr(memory, "card_memory", lambda device: 8.0e9)
    monkeypatch.setattr(memory, "free_memory", lambda device: 7.6e9)
    person = scenes.portrait("half")
    needed = []
    for seconds in (20, 600):
        work = scenes.make_job(
            person, scenes.still_poses(person, 20 * seconds), scenes.silence(seconds), size=(1024, 576), fps=25.0
        )
        made = get_renderer("versa", {"base": str(weights[0]), "checkpoint": str(weights[1])})
        assert isinstance(made, VersaRenderer)
        vars(made.setup)["device"] = torch.device("cuda")
        chunks = made.plan(work).chunks
        assert made.setup.profile.name == "8" and chunks[-1].end_frame == 25 * seconds
        how, bytes_ = made.setup.fitted(made._work(work, len(chunks)))
        assert how == made.setup.profile.execution and bytes_ < 7.5e9
        needed.append(bytes_)
        assert len(made.chunk_inputs(work, chunks[len(chunks) // 2])["frames"]) == 59 + 2 * 6
    assert needed[0] == needed[1] and len(chunks) == 255


def test_cancel_ends_within_one_pass(weights: tuple[Path, Path]) -> None:
    token, told = CancelToken(), []

    def stop(news: RenderNews) -> None:
        told.append(news.message)
        if news.message.startswith("step"):
            token.cancel()

    work = job(news=stop)
    made = renderer(weights)
    with pytest.raises(Cancelled):
        list(made.render_chunk(work, made.plan(work).chunks[0], token))
    assert told == ["loading the networks", "step 1 of 2, tile 1 of 1"]
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):  # also while another chunk has the networks
        made._lock.acquire()
        list(made.render_chunk(work, made.plan(work).chunks[0], token))
    made._lock.release()


def test_out_of_memory_steps_down_and_says_so(weights: tuple[Path, Path], whole: Whole) -> None:
    told: list[str] = []
    tries: list[bool] = []
    original = engine_module.denoise

    def scarce(*args: Any, options: Any, **more: Any) -> Any:
        tries.append(options.batched)
        if options.batched:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return original(*args, options=options, **more)

    work = job(news=lambda news: told.append(news.note))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "denoise", scarce)
        found = frames_of(renderer(weights), work, whole.chunks[:1])
    assert tries == [True, False]
    assert [note for note in told if note] == [
        "versa: the card's memory ran out; going on with one pass after the other, all networks on the card, "
        "pictures in bands"
    ]
    assert np.abs(found.astype(int) - whole.frames[:6]).max() <= 1

    def never(*args: Any, **more: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "denoise", never)
        with pytest.raises(SettingsError, match="choose a smaller profile"):
            frames_of(renderer(weights), job(), whole.chunks[:1])


def test_missing_weights_say_what_to_do(weights: tuple[Path, Path], tmp_path: Path) -> None:
    made = renderer((tmp_path / "nothing", weights[1]))
    work = job()
    with pytest.raises(WeightsMissing, match=r"versa models download svd-xt-1-1.*--backend draft"):
        made.check(work)
    made = renderer((weights[0], tmp_path / "nothing.pth"))
    with pytest.raises(WeightsMissing, match=r"versa models download mimicmotion-1-1"):
        made.check(work)
    assert made.plan(work).chunks and made.chunk_inputs(work, made.plan(work).chunks[0])["weights"] == "missing"


def test_check_says_what_it_will_take(weights: tuple[Path, Path]) -> None:
    said = renderer(weights, device="cpu").check(job())
    assert "64 x 64 on cpu" in said[0] and "GB" in said[0] and "24 frames" in said[0]
    assert "no GPU" in said[1] and "--backend draft" in said[1]
    assert "no face adapter" in said[2]
    if not torch.cuda.is_available():
        with pytest.raises(SettingsError, match="no cuda device"):
            renderer(weights, device="cuda").check(job())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"steps": 0}, "steps is 0; choose 1 to 200"),
        ({"profile": "6"}, "no profile '6'"),
        ({"device": "npu"}, "no device 'npu'"),
        ({"tile": 4, "overlap": 4}, "makes no progress"),
        ({"speed": 3}, "no option 'speed'"),
        ({"size": "big"}, "size must be a int"),
        ({"fast": "yes"}, "fast must be on or off"),
    ],
)
def test_settings_are_checked(options: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        VersaSettings.of(options)


def test_face_controls_reach_the_frames(face_weights: tuple[Path, Path]) -> None:
    """With a trained adapter, sound and blinking change frames; without strength they do not."""
    from tests.models.renderers.versa import tiny

    random = np.random.default_rng(0)
    features = random.standard_normal((80, 16), np.float32)
    identity = np.full(512, 512**-0.5, np.float32)
    work = job(cues=(FaceCue(0.0, 1.2, "happy", 0.8, 2.0),))

    def render(sound: NDArray[np.float32], **options: Any) -> NDArray[np.uint8]:
        made = renderer(face_weights, steps=1, guidance=1.0, **options)
        made._faces.encode = lambda *args: (sound, identity)  # type: ignore[method-assign]
        engine = made._engine_for(work, CancelToken())
        if options.get("face_strength", 1.0) and "plain" not in options:
            tiny.trained_adapter(engine.components.backbone)
        return frames_of(made, work, (RenderChunk(0, 0, 3),))

    one, other = render(features), render(features[::-1].copy())
    assert (one != other).any()
    without = render(features, face_strength=0.0)
    assert np.array_equal(without, render(features[::-1].copy(), face_strength=0.0))
    inputs = [renderer(face_weights).chunk_inputs(one_job, RenderChunk(0, 0, 6)) for one_job in (work, job())]
    assert not _equal(*inputs)


def _equal(one: Any, other: Any) -> bool:
    from core.cache import content_key

    return content_key(one) == content_key(other)
