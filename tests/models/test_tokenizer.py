"""The tokenizer's network and quantizer against numbers of the public reference."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from models.checkpoint import CheckpointError
from models.tokenizer import MotionTokenizer, TokenizerConfig
from models.training.quantizer import CodebookUpdater

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "tokenizer"


@pytest.fixture(scope="module")
def reference() -> dict[str, torch.Tensor]:
    return load_file(FIXTURES / "t2mgpt_small.safetensors")


def _our_key(key: str) -> str:
    """Name in our network of a key of the reference's state dict (width 64, depth 2)."""
    part, _, *rest = key.removeprefix("state.vqvae.").split(".")
    if part == "quantizer":
        return "codebook"
    last = rest[-1]
    first = int(rest[0])
    if part == "encoder":
        if first in (0, 4):
            return f"encoder.{'enter' if first == 0 else 'leave'}.{last}"
        if rest[1] == "0":
            return f"encoder.down.{first - 2}.{last}"
        return f"encoder.blocks.{first - 2}.{rest[3]}.{rest[4]}.{last}"
    if first in (0, 4, 6):
        return f"decoder.{ {0: 'enter', 4: 'smooth', 6: 'leave'}[first] }.{last}"
    if rest[1] == "2":
        return f"decoder.up.{first - 2}.{last}"
    return f"decoder.blocks.{first - 2}.{rest[3]}.{rest[4]}.{last}"


@pytest.fixture(scope="module")
def network(reference: dict[str, torch.Tensor]) -> MotionTokenizer:
    tokenizer = MotionTokenizer(TokenizerConfig(width=64, code_dim=64, depth=2))
    state = {_our_key(key): value for key, value in reference.items() if key.startswith("state.")}
    missing = set(tokenizer.state_dict()) - set(state)
    assert missing == {"mean", "std"}
    tokenizer.load_state_dict(state | {"mean": tokenizer.mean, "std": tokenizer.std})
    return tokenizer.eval()


def test_encoder_codes_and_decoder_equal_the_reference(
    network: MotionTokenizer, reference: dict[str, torch.Tensor]
) -> None:
    with torch.no_grad():
        latents = network.latents(reference["x"])
        codes = network.nearest_codes(latents)
        decoded = network.decode_latents(network.codebook[codes])
    torch.testing.assert_close(latents.transpose(1, 2), reference["enc_out"], atol=1e-5, rtol=1e-5)
    assert torch.equal(codes, reference["codes"].long())
    torch.testing.assert_close(decoded, reference["out"], atol=2e-5, rtol=1e-5)
    commitment = (latents - network.codebook[codes]).square().mean()
    torch.testing.assert_close(commitment, reference["commit_loss"][0], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(("frames", "tokens"), [(61, 15), (7, 1), (4, 1)])
def test_lengths_are_cut_to_whole_tokens(
    network: MotionTokenizer, reference: dict[str, torch.Tensor], frames: int, tokens: int
) -> None:
    features = reference["x"][0][:frames] if f"len{frames}.x" not in reference else reference[f"len{frames}.x"][0]
    codes = network.encode_features(features.numpy())
    assert codes.shape == (tokens,)
    assert network.decode(codes).shape == (4 * tokens, 263)
    if f"len{frames}.x" in reference:
        assert np.array_equal(codes, reference[f"len{frames}.codes"][0].numpy())
        np.testing.assert_allclose(network.decode(codes), reference[f"len{frames}.out"][0].numpy(), atol=2e-5)


def test_codebook_averages_and_resets_equal_the_reference() -> None:
    values = load_file(FIXTURES / "ema_reset.safetensors")
    updater = CodebookUpdater(torch.zeros(512, 16))
    for step in range(3):
        latents = values[f"step{step}.x"].transpose(1, 2).reshape(-1, 16)
        if step == 0:
            updater.initialise(latents)
            assert torch.equal(updater.codebook, values["init.codebook"])
        codes = torch.cdist(latents.double(), updater.codebook.double()).argmin(1)
        assert torch.equal(codes, values[f"step{step}.codes"].long().reshape(-1))
        perplexity = updater.update(latents, codes)
        torch.testing.assert_close(updater.codebook, values[f"step{step}.codebook"], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(updater.sums, values[f"step{step}.code_sum"], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(updater.counts, values[f"step{step}.code_count"], atol=1e-5, rtol=1e-5)
        assert perplexity == pytest.approx(float(values[f"step{step}.perplexity"][0]), rel=1e-4)


def test_a_resumed_codebook_is_not_initialised_again() -> None:
    torch.manual_seed(0)
    first = CodebookUpdater(torch.zeros(512, 16))
    first.initialise(torch.randn(600, 16))
    second = CodebookUpdater(first.codebook.clone())
    second.load_state_dict(first.state_dict())
    assert second.initialised
    assert torch.equal(second.sums, first.sums)


def test_wrong_input_is_refused(network: MotionTokenizer) -> None:
    with pytest.raises(ValueError, match="at least 4 frames"):
        network.encode_features(np.zeros((3, 263)))
    with pytest.raises(ValueError, match="from 0 to 511"):
        network.decode([512])
    with pytest.raises(ValueError, match="from 0 to 511"):
        network.decode([])


def test_weights_come_back_strictly(tmp_path: Path, network: MotionTokenizer) -> None:
    network.save_pretrained(tmp_path, {})
    again = MotionTokenizer.from_pretrained(tmp_path)
    for key, value in network.state_dict().items():
        torch.testing.assert_close(again.state_dict()[key], value, atol=1e-3, rtol=1e-3)
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(CheckpointError, match="damaged"):
        MotionTokenizer.from_pretrained(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(CheckpointError, match="missing"):
        MotionTokenizer.from_pretrained(tmp_path)
