"""The generator's networks: paper's fusion, guidance and decoding, on small random weights."""

import inspect
import math

import pytest
import torch

import models.generator
from models.generator import Conditions, GeneratorConfig, MotionGenerator
from models.parallel import ahead
from models.place_features import range_features
from models.training.train_generator import training_mask
from tests.models.renderers.versa.fake_card import CARD, card

SMALL = GeneratorConfig(width=32, layers=8, heads=2, hidden=64)


def _conditions(length: int, strength: float = 1.0, audio_strength: float = 1.0) -> Conditions:
    generator = torch.Generator().manual_seed(1)
    return Conditions(
        text=torch.randn(1, length, 384, generator=generator),
        place=torch.rand(1, length, 4, generator=generator),
        strength=torch.full((1, length), strength),
        audio_strength=torch.full((1, length), audio_strength),
        audio=torch.randn(1, 4 * length, 46, generator=generator),
    )


@pytest.fixture(scope="module")
def generator() -> MotionGenerator:
    torch.manual_seed(0)
    network = MotionGenerator(SMALL).eval()
    torch.nn.init.normal_(network.audio_branch.head.weight, std=0.1)
    return network


def test_both_branches_have_eight_layers_as_in_the_paper() -> None:
    network = MotionGenerator()
    assert len(network.text_branch.layers) == len(network.audio_branch.layers) == 8
    assert network.text_branch.head.out_features == 512


def test_an_untrained_audio_branch_leaves_the_text_branch_as_it_is() -> None:
    torch.manual_seed(0)
    network = MotionGenerator(SMALL).eval()
    tokens, yes, no = torch.randint(0, 512, (1, 12)), torch.ones(1, dtype=torch.bool), torch.zeros(1, dtype=torch.bool)
    with torch.no_grad():
        both = network.logits(tokens, _conditions(12), yes, yes)
        text = network.logits(tokens, _conditions(12), yes, no)
    assert torch.equal(both, text)


def test_every_text_layer_reaches_the_audio_branch(generator: MotionGenerator) -> None:
    tokens, yes = torch.randint(0, 512, (1, 12)), torch.ones(1, dtype=torch.bool)
    hidden = torch.zeros(1, 1, 1, 12)
    conditions = _conditions(12)
    with torch.no_grad():
        _, outputs = generator.text_branch(tokens, conditions.text, conditions.place, yes, hidden)
        heard = generator.audio_branch.audio(conditions.audio)
        usual = generator.audio_branch(tokens, heard, yes, outputs, hidden)
        for layer in range(8):
            without = [torch.zeros_like(x) if i == layer else x for i, x in enumerate(outputs)]
            changed = generator.audio_branch(tokens, heard, yes, without, hidden)
            assert (changed - usual).abs().max() > 1e-4


def test_guidance_is_the_classifier_free_formula_in_each_branch(generator: MotionGenerator) -> None:
    tokens, yes, no = torch.randint(0, 512, (1, 10)), torch.ones(1, dtype=torch.bool), torch.zeros(1, dtype=torch.bool)
    plain, hidden = _conditions(10), torch.zeros(1, 1, 1, 10)
    with torch.no_grad():
        text, outputs = generator.text_branch(tokens, plain.text, plain.place, yes, hidden)
        no_text, _ = generator.text_branch(tokens, plain.text, plain.place, no, hidden)
        heard = generator.audio_branch.audio(plain.audio)
        audio = generator.audio_branch(tokens, heard, yes, outputs, hidden)
        no_audio = generator.audio_branch(tokens, heard, no, outputs, hidden)
        unguided = generator.guided_logits(tokens, plain)
        by_text = generator.guided_logits(tokens, _conditions(10, 3.0))
        by_both = generator.guided_logits(tokens, _conditions(10, 3.0, 2.5))
    assert (text - no_text).abs().max() > 1e-3
    assert (audio - no_audio).abs().max() > 1e-3
    torch.testing.assert_close(unguided, generator.logits(tokens, plain, yes, yes))
    torch.testing.assert_close(by_text, text + 2.0 * (text - no_text) + audio, atol=1e-4, rtol=1e-4)
    expected = text + 2.0 * (text - no_text) + audio + 1.5 * (audio - no_audio)
    torch.testing.assert_close(by_both, expected, atol=1e-4, rtol=1e-4)


def test_rows_of_a_batch_are_filled_as_if_each_were_alone(generator: MotionGenerator) -> None:
    tokens = torch.randint(0, 512, (2, 30))
    free = torch.zeros(2, 30, dtype=torch.bool)
    free[0, 5:12] = True
    free[1, 14:27] = True
    seeds = (5, 9)
    rows = [
        generator.fill(tokens[k : k + 1], free[k : k + 1], _conditions(30), [torch.Generator().manual_seed(seeds[k])])
        for k in range(2)
    ]
    single = _conditions(30)
    both = Conditions(*(torch.cat([value, value]) for value in vars(single).values()))
    together = generator.fill(tokens, free, both, [torch.Generator().manual_seed(seed) for seed in seeds])
    assert torch.equal(together, torch.cat(rows))


def test_filling_keeps_the_context_and_repeats_with_the_seed(generator: MotionGenerator) -> None:
    tokens = torch.randint(0, 512, (1, 30))
    free = torch.zeros(1, 30, dtype=torch.bool)
    free[:, 8:19] = True
    first = generator.fill(tokens, free, _conditions(30), [torch.Generator().manual_seed(5)])
    again = generator.fill(tokens, free, _conditions(30), [torch.Generator().manual_seed(5)])
    other = generator.fill(tokens, free, _conditions(30), [torch.Generator().manual_seed(6)])
    assert torch.equal(first, again)
    assert torch.equal(first[~free], tokens[~free])
    assert int(first.max()) < 512
    assert not torch.equal(first[free], other[free])


def test_filling_on_a_card_gives_the_processors_tokens() -> None:
    """Chance stays on the processor; what a card refuses, tensors of both in one operation, is refused here."""
    torch.manual_seed(0)
    network = MotionGenerator(GeneratorConfig(width=16, layers=1, heads=2, hidden=16)).eval().requires_grad_(False)
    torch.nn.init.normal_(network.audio_branch.head.weight, std=0.1)
    tokens, free = torch.randint(0, 512, (2, 12)), torch.zeros(2, 12, dtype=torch.bool)
    free[0, 2:9] = free[1, 5:] = True
    one = _conditions(12, 2.0, 1.5)
    conditions = Conditions(*(torch.cat([value, value]) for value in vars(one).values()))

    def seeds() -> list[torch.Generator]:
        return [torch.Generator().manual_seed(seed) for seed in (5, 9)]

    wanted = network.fill(tokens, free, conditions, seeds(), steps=4, wander=0.5)
    with card() as there:
        network.to(CARD)
        moved = Conditions(*(value.to(CARD) for value in vars(conditions).values()))
        fill = inspect.unwrap(MotionGenerator.fill)  # tensors that wrap others cannot be viewed in inference mode
        found = fill(network, tokens.to(CARD), free.to(CARD), moved, seeds(), steps=4, wander=0.5)
        assert there.operations > 100 and found.device.type == CARD.type
        assert torch.equal(found.cpu(), wanted)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_filling_leaves_no_mask_behind_however_few_positions_are_free(generator: MotionGenerator, count: int) -> None:
    free = torch.zeros(1, 9, dtype=torch.bool)
    free[:, :count] = True
    result = generator.fill(
        torch.zeros(1, 9, dtype=torch.int64), free, _conditions(9), [torch.Generator().manual_seed(0)]
    )
    assert int(result.max()) < generator.mask_token


def test_padding_does_not_change_real_positions(generator: MotionGenerator) -> None:
    tokens, yes = torch.randint(0, 512, (1, 16)), torch.ones(1, dtype=torch.bool)
    conditions = _conditions(16)
    valid = torch.arange(16)[None] < 10
    changed = torch.where(valid, tokens, (tokens + 7) % 512)
    no = torch.zeros(1, dtype=torch.bool)
    with torch.no_grad():
        first = generator.logits(tokens, conditions, yes, no, valid)[:, :10]
        second = generator.logits(changed, conditions, yes, no, valid)[:, :10]
    torch.testing.assert_close(first, second, atol=1e-5, rtol=1e-5)


def test_training_masks_stay_inside_and_are_never_empty() -> None:
    random = torch.Generator().manual_seed(0)
    valid = torch.arange(50)[None] < torch.randint(1, 51, (400, 1), generator=random)
    labels = torch.where(torch.rand(400, 50, generator=random) < 0.3, 4, -1)
    mask = training_mask(valid, labels, random)
    assert not bool((mask & ~valid).any())
    assert bool(mask.any(1).all())
    share = (mask.sum(1) / valid.sum(1)).mean()
    # cos(u pi / 2) has the mean 2 / pi; stretches, rests and prompts move it a little.
    assert abs(float(share) - 2 / math.pi) < 0.12


def test_place_features_tell_where_a_token_is_in_its_prompt() -> None:
    features = range_features(2.0, 6.0, 10)
    assert features[:, 0].tolist() == [0, 0, 1, 1, 1, 1, 0, 0, 0, 0]
    assert features[2].tolist() == pytest.approx([1, 0.125, 0.5 / 16, 3.5 / 16])
    # A window that begins later sees the same prompt in the same place.
    assert range_features(-1.0, 3.0, 5)[:3].tolist() == features[3:6].tolist()


@pytest.mark.parametrize("amx", [True, False])
def test_products_are_halved_where_the_processor_has_amx_alone(
    generator: MotionGenerator, monkeypatch: pytest.MonkeyPatch, amx: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": amx})
    quick = MotionGenerator(SMALL).eval()
    quick.load_state_dict(generator.state_dict())
    quick.quicken()
    tokens, conditions = torch.randint(0, 512, (1, 12)), _conditions(12, 3.0, 3.0)
    with torch.inference_mode():
        exact = generator.guided_logits(tokens, conditions)
        with quick._products():
            halved = quick.guided_logits(tokens, conditions)
    apart = float((halved - exact).norm() / exact.norm())
    assert halved.dtype == torch.float32
    assert (0 < apart < 0.02) if amx else apart == 0
    free = torch.ones(1, 12, dtype=torch.bool)
    made = [quick.fill(tokens, free, conditions, [torch.Generator().manual_seed(3)], steps=4) for _ in range(2)]
    assert torch.equal(*made)


def test_both_branches_at_once_fill_like_one_after_the_other(
    generator: MotionGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)
    beside = MotionGenerator(SMALL).eval()
    beside.load_state_dict(generator.state_dict())
    cores = torch.get_num_threads()
    torch.set_num_threads(2)
    beside.quicken()
    torch.set_num_threads(cores)
    tokens, free, conditions = torch.zeros(1, 12, dtype=torch.long), torch.ones(1, 12) > 0, _conditions(12, 3.0, 2.5)
    used = []
    monkeypatch.setattr(models.generator, "ahead", lambda *given: used.append(1) or ahead(*given))
    made = [
        network.fill(tokens, free, conditions, [torch.Generator().manual_seed(3)], steps=4)
        for network in (generator, beside)
    ]
    assert len(used) == 4  # a pass each
    assert torch.equal(*made)
