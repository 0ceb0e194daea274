"""Searched codes: never worse than the encoder's, and the best ones where all can be tried."""

import itertools

import numpy as np
import pytest
import torch
from torch import Tensor

from core.features import LOCAL_POSITIONS, encode, recover_joints
from models import code_search
from models.tokenizer import MotionTokenizer, TokenizerConfig
from tests.core.walks import walking


def tiny(residual_levels: int = 0, seed: int = 0) -> MotionTokenizer:
    torch.manual_seed(seed)
    config = TokenizerConfig(width=16, code_dim=8, depth=1, codes=6, residual_levels=residual_levels)
    made = MotionTokenizer(config).eval()
    made.residual_codebooks.normal_(0.0, 0.5)
    return made


def error(tokenizer: MotionTokenizer, latents: Tensor, x: Tensor, wrists: float = 10.0) -> float:
    """Written out here again: distances of joints with wrists several times, root and contacts a little."""
    with torch.no_grad():
        y = tokenizer.decode_latents(latents)
    weights = np.ones(21)
    weights[[19, 20]] = wrists
    places = (y - x)[..., LOCAL_POSITIONS].reshape(-1, 21, 3).norm(dim=-1).numpy()
    joints = float((places @ weights).mean() / weights.sum())
    root = float((y - x)[..., :4].square().mean())
    contacts = float((y - x)[..., 259:].square().mean())
    return joints + 0.25 * root + 0.05 * contacts


@pytest.mark.parametrize("seed", range(6))
def test_one_token_is_the_best_of_all(seed: int) -> None:
    tokenizer = tiny(seed=seed)
    x = torch.randn(1, 4, 263)
    errors = [error(tokenizer, tokenizer.codebook[[code]][None], x) for code in range(6)]
    codes = tokenizer.encode_levels((x[0] * tokenizer.std + tokenizer.mean).numpy(), search=True)
    assert codes.shape == (1, 1) and int(codes[0, 0]) == int(np.argmin(errors))


def test_no_other_code_for_a_single_token_would_be_better() -> None:
    """Far tokens are changed at once; here the sequence is shorter than that, so each one is at its best."""
    tokenizer = tiny(seed=3)
    x = torch.randn(1, 20, 263)
    codes = code_search.searched_codes(tokenizer, x)[:, 0]
    found = error(tokenizer, tokenizer.codebook[codes][None], x)
    encoded = tokenizer.nearest_codes(tokenizer.latents(x).detach())[0]
    assert found < error(tokenizer, tokenizer.codebook[encoded][None], x)
    for place, code in itertools.product(range(5), range(6)):
        other = codes.clone()
        other[place] = code
        assert error(tokenizer, tokenizer.codebook[other][None], x) > found - 1e-4


def test_residual_levels_follow_the_error() -> None:
    tokenizer = tiny(2, seed=4)
    x = torch.randn(1, 24, 263)
    with torch.no_grad():
        encoded = tokenizer.quantize(tokenizer.latents(x))
    searched = code_search.searched_codes(tokenizer, x)[None]
    errors = [error(tokenizer, tokenizer.embed(codes), x, 4.0) for codes in (encoded, searched)]
    assert searched.shape == (1, 6, 3) and errors[1] < errors[0]
    assert torch.equal(code_search.searched_codes(tokenizer, x), searched[0])  # nothing is left to chance
    assert all(parameter.grad is None for parameter in tokenizer.parameters())


def test_bundled_weights_give_a_walk_back_better() -> None:
    tokenizer = MotionTokenizer.from_pretrained()
    features = encode(walking(), "corrected")
    features = features[: len(features) // 4 * 4].astype(np.float32)
    real = recover_joints(features)
    apart = []
    for search in (False, True):
        made = recover_joints(tokenizer.decode(tokenizer.encode_levels(features, search=search)))
        apart.append(float(np.linalg.norm(made - made[:, :1] - real + real[:, :1], axis=-1).mean()))
    print(f"{1000 * apart[0]:.1f} mm as encoded, {1000 * apart[1]:.1f} mm searched")
    assert apart[1] < 0.85 * apart[0]
