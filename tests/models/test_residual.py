"""Residual levels: what they add to a code, and the transformer that predicts them without chance."""

import numpy as np
import pytest
import torch

from models.residual import ResidualConfig, ResidualTransformer
from models.tokenizer import MotionTokenizer, TokenizerConfig
from models.training.quantizer import CodebookUpdater

SMALL = ResidualConfig(width=32, layers=2, heads=2, hidden=64, levels=2, reach=3)


@pytest.fixture(scope="module")
def network() -> ResidualTransformer:
    torch.manual_seed(0)
    return ResidualTransformer(SMALL).eval()


@pytest.fixture(scope="module")
def tokenizer() -> MotionTokenizer:
    torch.manual_seed(0)
    result = MotionTokenizer(TokenizerConfig(width=32, code_dim=16, depth=1, residual_levels=2)).eval()
    result.residual_codebooks.copy_(0.4 * torch.randn(2, 512, 16))
    return result


def test_each_level_chooses_the_code_nearest_to_what_is_left(tokenizer: MotionTokenizer) -> None:
    latents = torch.randn(3, 7, 16)
    codes = tokenizer.quantize(latents)
    assert codes.shape == (3, 7, 3)
    rest = latents.double().numpy()
    for level in range(3):
        book = tokenizer.book(level).double().numpy()
        distance = ((rest[..., None, :] - book) ** 2).sum(-1)
        assert (codes[..., level].numpy() == distance.argmin(-1)).all()
        rest = rest - book[codes[..., level].numpy()]
        np.testing.assert_allclose(tokenizer.embed(codes[..., : level + 1]), latents.numpy() - rest, atol=1e-5)


def test_an_absent_level_counts_nothing_and_tokens_are_the_first_level(tokenizer: MotionTokenizer) -> None:
    features = np.random.default_rng(0).normal(size=(43, 263))
    codes = tokenizer.encode_levels(features)
    assert codes.shape == (10, 3)
    assert (tokenizer.encode_features(features) == codes[:, 0]).all()
    absent = codes.copy()
    absent[:, 1:] = -1
    np.testing.assert_array_equal(tokenizer.decode(absent), tokenizer.decode(codes[:, 0]))
    assert np.abs(tokenizer.decode(codes) - tokenizer.decode(codes[:, 0])).max() > 1e-3
    with pytest.raises(ValueError, match="up to 3 levels"):
        tokenizer.decode(np.zeros((4, 4)))
    with pytest.raises(ValueError, match="from 0 to 511"):
        tokenizer.decode(absent[:, ::-1])


def test_completing_is_a_plain_function_that_keeps_the_tokens(network: ResidualTransformer) -> None:
    tokens = np.random.default_rng(1).integers(0, 512, 70)
    codes = network.complete(tokens)
    assert codes.shape == (70, 3)
    assert (codes[:, 0] == tokens).all()
    assert codes.min() >= 0
    assert codes.max() < 512
    np.testing.assert_array_equal(codes, network.complete(tokens))


def test_blocks_give_what_one_piece_gives_and_edits_stay_local(network: ResidualTransformer) -> None:
    tokens = np.random.default_rng(2).integers(0, 512, 90)
    whole = network.complete(tokens)
    np.testing.assert_array_equal(whole, network.complete(tokens, block=17))
    changed = tokens.copy()
    changed[45] = (changed[45] + 100) % 512
    far = np.abs(np.arange(90) - 45) > SMALL.reach * SMALL.layers * SMALL.levels
    np.testing.assert_array_equal(network.complete(changed)[far], whole[far])


def test_padding_is_not_seen(network: ResidualTransformer) -> None:
    codes = torch.randint(0, 512, (1, 12, 1))
    valid = torch.arange(12)[None] < 8
    other = torch.where(valid[..., None], codes, (codes + 9) % 512)
    with torch.no_grad():
        torch.testing.assert_close(network(codes, valid)[:, :8], network(other, valid)[:, :8], atol=1e-5, rtol=1e-5)


def test_unused_codes_move_to_what_is_fitted_badly() -> None:
    torch.manual_seed(0)
    near = torch.zeros(60, 2) + 0.01 * torch.randn(60, 2)
    latents = torch.cat([near, torch.tensor([[5.0, 5.0]])])
    codebook = torch.tensor([[0.0, 0.0], [-50.0, -50.0], [60.0, -60.0]])
    updater = CodebookUpdater(codebook, reset_below=0.995, reset_statistics=True)
    updater.keep()
    codes = torch.cdist(latents, codebook).argmin(1)
    updater.update(latents, codes)
    assert torch.cdist(latents[-1:], codebook).min() < 1e-5
