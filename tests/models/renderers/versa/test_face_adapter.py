"""The face adapter: nothing until it is trained, then only inside the mask, and controls that do something."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers.models.attention import BasicTransformerBlock, TemporalBasicTransformerBlock

from models.renderers.versa.backbone import Backbone
from models.renderers.versa.deep_cache import cached_pass
from models.renderers.versa.face_adapter import FaceAdapter, FaceControls

from . import tiny

FRAMES, HEIGHT, WIDTH = 3, 7, 6  # odd, so that halving rounds up


def inputs(batch: int = 1, seed: int = 0) -> tuple[Any, ...]:
    generator = torch.Generator().manual_seed(seed)
    draw = lambda *shape: torch.randn(*shape, generator=generator)  # noqa: E731
    return (
        draw(batch, FRAMES, 8, HEIGHT, WIDTH), torch.tensor(0.7), draw(batch, 1, 32), draw(batch, 3),
        draw(batch * FRAMES, 32, HEIGHT, WIDTH),
    )  # fmt: skip


def controls(batch: int = 1, seed: int = 1) -> FaceControls:
    generator = torch.Generator().manual_seed(seed)
    return FaceControls(
        identity=torch.randn(batch, 512, generator=generator) / 20,
        audio=torch.randn(batch, FRAMES, tiny.FACE["audio_window"], tiny.FACE["audio_dim"], generator=generator),
        emotion=torch.randint(0, 8, (batch, FRAMES), generator=generator),
        emotion_strength=torch.rand(batch, FRAMES, generator=generator),
        blink=torch.rand(batch, FRAMES, generator=generator),
        mask=torch.ones(batch, FRAMES, HEIGHT, WIDTH),
    )


def other(first: FaceControls, name: str) -> FaceControls:
    """The controls with one of them changed."""
    value = getattr(first, name)
    return replace(first, **{name: (value + 1) % 8 if name == "emotion" else value.flip(-1) * 0.3})


def with_adapter(*, trained: bool) -> tuple[Backbone, FaceAdapter]:
    """The plain tiny backbone's weights with an adapter."""
    made = Backbone(tiny.UNET, tiny.FACE).eval().requires_grad_(False)
    plain = tiny.backbone().state_dict()
    left = made.load_state_dict(plain, strict=False)
    assert not left.unexpected_keys and all(key.startswith("face_adapter.") for key in left.missing_keys)
    if trained:
        tiny.trained_adapter(made)
    assert made.face_adapter is not None
    return made, made.face_adapter


@torch.no_grad()
def test_an_untrained_adapter_changes_no_bit() -> None:
    made, adapter = with_adapter(trained=False)
    given = inputs(batch=2)
    plain = tiny.backbone()(*given)
    assert torch.equal(made(*given, adapter.context(controls(batch=2))), plain)
    assert torch.equal(made(*given), plain)


def test_every_transformer_block_has_a_layer() -> None:
    made, adapter = with_adapter(trained=False)
    kinds = (BasicTransformerBlock, TemporalBasicTransformerBlock)
    blocks = [name for name, block in made.unet.named_modules() if isinstance(block, kinds)]
    assert sorted(adapter.layers) == sorted(name.replace(".", "-") for name in blocks)
    assert len(blocks) == 2 * len([name for name in blocks if "temporal" in name]) == 8


@torch.no_grad()
def test_a_layer_comes_after_the_original_attention() -> None:
    """One block by hand: hidden + attention, then the new layer on that sum."""
    made, adapter = with_adapter(trained=True)
    name, block = next(
        (name, block) for name, block in made.unet.named_modules() if isinstance(block, BasicTransformerBlock)
    )
    layer = adapter.layers[name.replace(".", "-")]
    dim = block.attn2.to_q.in_features
    hidden, context = torch.randn(FRAMES, HEIGHT * WIDTH, dim), torch.randn(FRAMES, 1, 32)
    face = adapter.context(controls())
    mask = torch.rand(1, FRAMES, HEIGHT, WIDTH)
    adapter.use(replace(face, mask=mask), (HEIGHT, WIDTH))
    found = block(hidden, encoder_hidden_states=context)
    adapter.use(None, (HEIGHT, WIDTH))
    step = hidden + block.attn1(block.norm1(hidden))
    step = step + block.attn2(block.norm2(step), encoder_hidden_states=context)
    query = layer.to_q(layer.norm(step)).unflatten(-1, (layer.heads, -1)).transpose(1, 2)
    tokens = face.tokens[0]
    key, value = (part(tokens).unflatten(-1, (layer.heads, -1)).transpose(1, 2) for part in (layer.to_k, layer.to_v))
    attention = torch.softmax(query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5, -1) @ value
    step = step + layer.to_out(attention.transpose(1, 2).flatten(2)) * mask[0].flatten(1)[..., None]
    step = step + block.ff(block.norm3(step))
    assert float((found - step).abs().max()) < 1e-5


@torch.no_grad()
@pytest.mark.parametrize("name", ["identity", "audio", "emotion", "emotion_strength", "blink"])
def test_every_control_counts(name: str) -> None:
    made, adapter = with_adapter(trained=True)
    given, first = inputs(), controls()
    before = made(*given, adapter.context(first))
    changed = other(first, name)
    assert float((made(*given, adapter.context(changed)) - before).abs().max()) > 1e-4


@torch.no_grad()
def test_controls_meet_the_identity_before_the_attention() -> None:
    _, adapter = with_adapter(trained=True)
    first = controls()
    count = tiny.FACE["identity_tokens"]
    before = adapter.context(first).tokens[:, :, :count]
    for name in ("audio", "emotion_strength", "blink"):
        changed = other(first, name)
        assert float((adapter.context(changed).tokens[:, :, :count] - before).abs().max()) > 1e-4, name


@torch.no_grad()
def test_without_strength_the_emotion_does_not_count() -> None:
    _, adapter = with_adapter(trained=True)
    neutral = replace(controls(), emotion_strength=torch.zeros(1, FRAMES))
    other = replace(neutral, emotion=(neutral.emotion + 3) % 8)
    assert torch.equal(adapter.context(neutral).tokens, adapter.context(other).tokens)


@torch.no_grad()
def test_a_frame_hears_its_own_audio_only() -> None:
    _, adapter = with_adapter(trained=True)
    first = controls()
    audio = first.audio.clone()
    audio[:, 1] = audio[:, 1].flip(-1)  # features are normalised, so a constant would not be heard
    same = (adapter.context(replace(first, audio=audio)).tokens - adapter.context(first).tokens).abs().amax((0, 2, 3))
    assert float(same[0]) == 0.0 and float(same[2]) == 0.0 and float(same[1]) > 1e-3


@torch.no_grad()
def test_the_mask_shuts_the_layers_off() -> None:
    made, adapter = with_adapter(trained=True)
    given = inputs()
    context = adapter.context(controls())
    nothing = replace(context, mask=torch.zeros_like(context.mask))
    assert torch.equal(made(*given, nothing), made(*given))
    # In one block only the cells of the mask change.
    block = next(b for b in made.unet.modules() if isinstance(b, TemporalBasicTransformerBlock))
    hidden = torch.randn(FRAMES, HEIGHT * WIDTH, block.attn2.to_q.in_features)
    states = torch.randn(HEIGHT * WIDTH, 1, 32)
    half = torch.zeros_like(context.mask)
    half[..., : WIDTH // 2] = 1.0
    results = []
    for face in (replace(context, mask=half), None):
        adapter.use(face, (HEIGHT, WIDTH))
        results.append(block(hidden, num_frames=FRAMES, encoder_hidden_states=states))
    moved = (results[0] - results[1]).abs().amax(-1).view(FRAMES, HEIGHT, WIDTH)
    assert float(moved[..., WIDTH // 2 :].max()) == 0.0 and float(moved[..., : WIDTH // 2].min()) > 0.0


@torch.no_grad()
def test_the_unconditional_half_of_a_batch_is_left_alone() -> None:
    made, adapter = with_adapter(trained=True)
    given = inputs()
    context = adapter.context(controls())
    pair = tuple(torch.cat([x, x]) if x.ndim else x for x in given)
    both = made(*pair, context.behind_nothing())
    assert float((both[0] - made(*given)[0]).abs().max()) < 1e-5
    assert float((both[1] - made(*given, context)[0]).abs().max()) < 1e-5
    assert float((both[1] - both[0]).abs().max()) > 1e-3


def test_an_adapter_can_be_trained_with_checkpointing() -> None:
    """Gradients are the same whether activations are kept or computed again."""
    made, adapter = with_adapter(trained=True)
    adapter.requires_grad_(True)
    made.train()
    gradients = []
    for checkpointing in (False, True):
        if checkpointing:
            made.unet.enable_gradient_checkpointing()
        made.zero_grad()
        made(*inputs(), adapter.context(controls())).square().mean().backward()
        gradients.append([p.grad.clone() for p in adapter.parameters() if p.grad is not None])
    assert len(gradients[0]) == len(list(adapter.parameters()))
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-7)


def test_wrong_contexts_are_refused() -> None:
    made, adapter = with_adapter(trained=False)
    with pytest.raises(ValueError, match="audio window"):
        adapter.context(replace(controls(), audio=torch.zeros(1, FRAMES, 9, tiny.FACE["audio_dim"])))
    context = adapter.context(controls())
    with pytest.raises(ValueError, match="face mask"):
        made(*inputs(), replace(context, mask=context.mask[..., :-1]))
    with pytest.raises(ValueError, match="without a face adapter"):
        tiny.backbone()(*inputs(), context)
    with pytest.raises(ValueError, match="unknown fields: voice"):
        FaceAdapter.for_unet(made.unet, {"voice": 1})


@torch.no_grad()
def test_deep_features_given_or_computed() -> None:
    made, adapter = with_adapter(trained=True)
    context = adapter.context(controls())
    given = inputs()
    whole = made(*given, context)
    found, deep = cached_pass(made, *given, context, None)
    assert float((found - whole).abs().max()) < 1e-6
    again, same = cached_pass(made, *given, context, deep)
    assert torch.equal(again, found) and same is deep
    # A later step with the old deep features differs, but by less than an unrelated prediction.
    later = (given[0] * 0.97, torch.tensor(0.6), *given[2:])
    reused, _ = cached_pass(made, *later, context, deep)
    exact = made(*later, context)
    assert 0.0 < float((reused - exact).abs().mean()) < 0.3 * float((exact - exact.mean()).abs().mean())
