"""The renderer on a card that is none: tensors lie where they must, precision holds, small memory is met step by step.

See `fake_card`: what a real card would refuse is refused here, and the numbers are right.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from core.cancel import Cancelled, CancelToken
from models.renderers.base import RenderChunk, RenderJob, RenderNews
from models.renderers.versa import engine as engine_module
from models.renderers.versa import safe_vae
from models.renderers.versa.banded_vae import decode_banded
from models.renderers.versa.engine import set_steps
from models.renderers.versa.memory import Execution
from models.renderers.versa.renderer import VersaRenderer

from . import tiny
from .fake_card import CARD, OnCard, card
from .test_renderer import job, renderer

Frames = NDArray[np.int64]
HOW = {
    "at once": Execution(True, "none"),
    "one after the other": Execution(False, "none"),
    "one network": Execution(False, "model"),
    "bands": Execution(False, "model", banded=True),
}


def on(made: VersaRenderer, device: torch.device, how: Execution) -> VersaRenderer:
    """The renderer as if it had found that device and that much memory."""
    vars(made.setup)["device"] = device
    made.setup.fitted = lambda work: (how, 0.0)  # type: ignore[method-assign]
    # Before the card is there: loaders build networks on the device whose name it takes.
    made._engine_for(job(), CancelToken())
    return made


def frames_of(made: VersaRenderer, work: RenderJob) -> Frames:
    """Two frames of the first unit; every operation on this card costs, so the tests ask for little."""
    frames = made.render_chunk(work, RenderChunk(0, 0, 2), CancelToken())
    return np.stack([frame.image for frame in frames]).astype(np.int64)


def small(weights: tuple[Path, Path], **options: Any) -> VersaRenderer:
    """The renderer with few steps, and few frames in a unit and in a call of the decoder."""
    made = renderer(weights, **{"steps": 1, "tile": 4, "overlap": 1, "decode_chunk": 2, **options})
    made.unit_frames = 4
    return made


@pytest.fixture(scope="module")
def wanted(weights: tuple[Path, Path]) -> Callable[..., Frames]:
    """Frames of the processor in float32, by options."""
    known: dict[str, Frames] = {}

    def make(**options: Any) -> Frames:
        key = repr(sorted(options.items()))
        if key not in known:
            known[key] = frames_of(on(small(weights, **options), torch.device("cpu"), HOW["at once"]), job())
        return known[key]

    return make


@pytest.mark.parametrize("name", HOW)
def test_every_way_to_run_gives_the_processors_frames(
    name: str, weights: tuple[Path, Path], wanted: Callable[..., Frames], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "precision", lambda device: torch.float32)
    made = on(small(weights), CARD, HOW[name])
    with card(doubles=False) as there:
        found = frames_of(made, job())
        assert there.operations > 1000
        assert made._engine is not None
        parts = made._engine.components
        homes = [next(net.parameters()) for net in (parts.backbone, parts.vae, parts.image_encoder)]
        assert [isinstance(one, OnCard) for one in homes] == (
            [True, True, True] if HOW[name].offload == "none" else [False, True, False]
        )
    assert np.abs(found - wanted()).max() <= 1


def test_half_precision_stays_near(weights: tuple[Path, Path], wanted: Callable[..., Frames]) -> None:
    made = on(small(weights), CARD, HOW["at once"])
    with card(doubles=False):
        found = frames_of(made, job())
        assert made._engine is not None
        parts = made._engine.components
        kinds = {p.dtype for net in (parts.backbone, parts.vae, parts.image_encoder) for p in net.parameters()}
    assert kinds == {torch.float16}
    assert np.abs(found - wanted()).mean() < 1.0


@pytest.mark.parametrize("name", ["at once", "one network"])
def test_fast_mode(
    name: str, weights: tuple[Path, Path], wanted: Callable[..., Frames], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deep features wait on the card, or in the system's memory where networks take turns."""
    monkeypatch.setattr(engine_module, "precision", lambda device: torch.float32)
    options = {"fast": True, "steps": 4}  # guided and not, each with and without reuse
    made = on(small(weights, **options), CARD, HOW[name])
    with card(doubles=False):
        found = frames_of(made, job())
    assert np.abs(found - wanted(**options)).max() <= 1


def test_the_face_adapter(face_weights: tuple[Path, Path]) -> None:
    features = np.random.default_rng(0).standard_normal((80, 16), np.float32)
    identity = np.full(512, 512**-0.5, np.float32)
    found = []
    for device in (torch.device("cpu"), CARD):
        made = on(small(face_weights, steps=1), device, HOW["one network"])
        made._faces.encode = lambda *args: (features, identity)  # type: ignore[method-assign]
        tiny.trained_adapter(made._engine_for(job(), CancelToken()).components.backbone)
        with card(doubles=False) as there:
            found.append(frames_of(made, job()))
            assert (there.operations > 0) == (device == CARD)
    assert np.abs(found[0] - found[1]).mean() < 1.0


def test_pictures_that_are_too_large_are_made_in_bands_then_on_the_processor(
    weights: tuple[Path, Path], wanted: Callable[..., Frames], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "precision", lambda device: torch.float32)
    monkeypatch.setattr(
        safe_vae, "decode_banded", lambda vae, latents, cancel: decode_banded(vae, latents, cancel, 2**20)
    )
    notes: list[str] = []
    work = job(news=lambda news: notes.append(news.note) if news.note else None)
    made = on(small(weights), CARD, HOW["one network"])
    words = ["they are made in bands", "the processor makes them"]
    with card(doubles=False) as there:
        made._window(work, made._layout(work), made._layout(work).unit(0), CancelToken())
        # Three frames of the widest map do not fit; then not even those of the smallest level.
        for number, limit in enumerate((3 * 32 * 64 * 64 * 4 - 1, 3 * 32 * 16 * 16 * 4 - 1), 1):
            there.limit = limit
            for _ in range(2):
                assert np.abs(frames_of(made, work) - wanted()).max() <= 1
            assert [word in note for word, note in zip(words, notes, strict=False)] == [True] * number


def test_a_decoder_that_overflows_goes_on_in_float32(weights: tuple[Path, Path], wanted: Callable[..., Frames]) -> None:
    notes: list[str] = []
    work = job(news=lambda news: notes.append(news.note) if news.note else None)
    made = on(small(weights), CARD, HOW["one network"])
    vae = made._engine_for(work, CancelToken()).components.vae
    # Large numbers that the next layer takes back.
    vae.decoder.conv_norm_out.bias.mul_(0.0).add_(1.0)
    vae.decoder.conv_norm_out.weight.mul_(0.0)
    vae.decoder.conv_out.weight.fill_(60000.0)
    with card(doubles=False):
        frames_of(made, work)
    assert [note for note in notes if "overflowed" in note] == [
        "versa: the decoder overflowed in half precision; decoding in float32"
    ]
    assert next(vae.parameters()).dtype == torch.float32


def test_a_cancel_while_networks_are_moved(weights: tuple[Path, Path], wanted: Callable[..., Frames]) -> None:
    """Some layers are on the card then, others not; the next render finds its way."""

    class Late(CancelToken):
        looks = 0

        def check(self) -> None:
            self.looks += 1
            if self.looks == 300:
                raise Cancelled

    made = on(small(weights), CARD, HOW["one network"])
    engine = made._engine_for(job(), CancelToken())
    with card():
        with pytest.raises(Cancelled):
            engine._place("backbone", Late())
        moved = {isinstance(p, OnCard) for p in engine.components.backbone.parameters()}
        assert moved == {True, False}
        assert np.abs(frames_of(made, job()) - wanted()).mean() < 1.0


def test_a_pass_that_finds_no_memory_goes_on_with_less(
    weights: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card's own failure, in the middle of a network, and not only one that is raised for it."""
    monkeypatch.setattr(engine_module, "precision", lambda device: torch.float32)
    notes: list[RenderNews] = []
    made = on(small(weights), CARD, HOW["at once"])
    original, work = engine_module.denoise, job()
    made._news = notes.append
    with card() as there:
        enough = 0

        def scarce(backbone: Any, scheduler: Any, *args: Any, options: Any, **more: Any) -> Any:
            nonlocal enough
            if not enough:
                there.largest = 0
                original(backbone, scheduler, *args, options=replace(options, batched=False))
                set_steps(scheduler, made.settings)
                enough = there.largest  # for one pass, but not for both at once
            there.limit = enough
            try:
                return original(backbone, scheduler, *args, options=options, **more)
            finally:
                there.limit = None

        monkeypatch.setattr(engine_module, "denoise", scarce)
        latents = made._window(work, made._layout(work), made._layout(work).unit(0), CancelToken()).latents
    said = [note.note for note in notes if note.note]
    assert len(said) == 1 and "going on with one pass after the other, all networks on the card" in said[0]
    plain = on(small(weights), torch.device("cpu"), HOW["at once"])
    wanted_latents = plain._window(job(), plain._layout(work), plain._layout(work).unit(0), CancelToken()).latents
    assert latents is not None and wanted_latents is not None
    assert float(np.abs(latents - wanted_latents).max()) < 1e-3
