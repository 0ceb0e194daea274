"""Finds the codes whose decoded motion is nearest to a given one, instead of taking the encoder's.

The encoder sees a motion once and guesses; the decoder can do much better than that guess. A latent is moved along the
gradient of the error with its codes in its place (straight through), and the best codes of the first level that it
passes are tried against the encoder's next ones until the decoded joints come no nearer. The residual levels then
follow a latent in the same way, which moves freely at first.
Analysis by synthesis, as speech coders do it; figures are in docs/models.md.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor
from torch.nn import functional

from core.constants import FRAMES_PER_TOKEN
from core.features import CONTACTS, LOCAL_POSITIONS
from core.skeleton import LEFT_WRIST, RIGHT_WRIST

if TYPE_CHECKING:
    from models.tokenizer import MotionTokenizer

CANDIDATES: Final = 8
"""Nearest codes that are tried for each token of the first level, beside the one that was found before."""

_SWEEPS: Final = 3
_APART: Final = 8  # tokens between two that are changed at once: hardly a frame feels both
_FELT: Final = 4  # tokens on both sides over which a change is judged
_FIRST_STEPS: Final = 60
_FREE_STEPS: Final = 15
_CODED_STEPS: Final = 25
_RATE: Final = 0.06
_LEAST_GAIN: Final = 1e-6
_ROWS: Final = 16_000  # frames that are decoded at once at most

# Weights of the wrists among the 21 joints besides the root, of the root's turn and travel, and of the contacts. The
# first level alone leaves more of the wrists' error than of other joints', so there they weigh more.
_WRISTS: Final = 4.0
_WRISTS_FIRST: Final = 10.0
_ROOT: Final = 0.25
_CONTACT: Final = 0.05


def searched_codes(tokenizer: "MotionTokenizer", features: Tensor) -> Tensor:
    """Codes of all levels for normalised features.

    Args:
        tokenizer: its weights stay as they are.
        features: (1, T, 263), T a multiple of four.

    Returns:
        (T // 4, levels) int64.
    """
    with torch.inference_mode(False):
        x = features.clone()
        with torch.no_grad():
            latents = tokenizer.latents(x)
        first = _first_level(tokenizer, x, latents)
        if tokenizer.quantizers == 1:
            return first[:, None]
        return _all_levels(tokenizer, x, latents, first)


def _error(y: Tensor, x: Tensor, wrists: float) -> Tensor:
    """(B, T) how far decoded features (B, T, 263) are from the wanted ones: joints' distances above all."""
    weights = y.new_ones(21)
    weights[[LEFT_WRIST - 1, RIGHT_WRIST - 1]] = wrists
    apart = (y[..., LOCAL_POSITIONS] - x[..., LOCAL_POSITIONS]).unflatten(-1, (21, 3))
    joints = ((apart.square().sum(-1) + 1e-6).sqrt() * weights).sum(-1) / weights.sum()
    root = (y[..., :4] - x[..., :4]).square().mean(-1)
    contacts = (y[..., CONTACTS] - x[..., CONTACTS]).square().mean(-1)
    return joints + _ROOT * root + _CONTACT * contacts


def _followed(
    tokenizer: "MotionTokenizer",
    x: Tensor,
    latents: Tensor,
    quantize: Callable[[Tensor], Tensor],
    wrists: float,
    free: int,
    coded: int,
) -> Tensor:
    """The best codes (N, L) that `quantize` gives for latents (1, N, D) moved along the gradient of the error.

    The first `free` steps decode the latents themselves, `coded` more what their codes stand for.
    """
    moved = latents.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([moved], lr=_RATE)
    best, least = quantize(latents)[0], float("inf")
    for step in range(free + coded):
        decided = moved
        if step >= free:
            codes = quantize(moved.detach())
            decided = moved + (tokenizer.embed(codes) - moved).detach()
        with torch.enable_grad():
            error = _error(tokenizer.decode_latents(decided), x, wrists).mean()
        if step >= free and float(error.detach()) < least:
            best, least = codes[0], float(error.detach())
        (moved.grad,) = torch.autograd.grad(error, moved)
        optimizer.step()
    return best


def _first_level(tokenizer: "MotionTokenizer", x: Tensor, latents: Tensor) -> Tensor:
    """(N,) codes: followed along the gradient, then each tried against others."""
    start = _followed(tokenizer, x, latents, lambda moved: tokenizer.quantize(moved, 1), _WRISTS_FIRST, 0, _FIRST_STEPS)
    return _tried(tokenizer, x, latents, start[:, 0])


@torch.no_grad()
def _tried(tokenizer: "MotionTokenizer", x: Tensor, latents: Tensor, start: Tensor) -> Tensor:
    """(N,) codes: several tokens far from each other are changed at once, each judged by the frames around it."""
    book = tokenizer.book(0)
    distance = torch.cdist(latents[0].float(), book.float())
    nearest = distance.topk(min(CANDIDATES, len(book)), largest=False).indices
    candidates = torch.cat([nearest, start[:, None]], dim=1)
    codes = start.clone()
    error = _by_token(_decoded_error(tokenizer, book[codes][None], x))[0]
    for _ in range(_SWEEPS):
        before = float(error.sum())
        for phase in range(min(_APART, len(codes))):
            places = torch.arange(phase, len(codes), _APART)
            trials = codes.repeat(candidates.shape[1], 1)
            trials[:, places] = candidates[places].T
            change = _by_token(_decoded_error(tokenizer, book[trials], x)) - error
            felt = functional.pad(change, (_FELT, _FELT)).unfold(1, 2 * _FELT + 1, 1).sum(-1)[:, places]
            gain, best = felt.min(dim=0)
            better = gain < -_LEAST_GAIN
            changed = codes.clone()
            changed[places[better]] = candidates[places[better], best[better]]
            now = _by_token(_decoded_error(tokenizer, book[changed][None], x))[0]
            if now.sum() < error.sum():  # else what was better alone is worse together
                codes, error = changed, now
        if float(error.sum()) >= before:
            break
    return codes


def _decoded_error(tokenizer: "MotionTokenizer", latents: Tensor, x: Tensor) -> Tensor:
    """(B, T) errors of the first level's latents (B, N, D), decoded a few at a time."""
    at_once = max(1, _ROWS // x.shape[1])
    return torch.cat([_error(tokenizer.decode_latents(part), x, _WRISTS_FIRST) for part in latents.split(at_once)])


def _by_token(error: Tensor) -> Tensor:
    return error.unflatten(1, (-1, FRAMES_PER_TOKEN)).sum(-1)


def _all_levels(tokenizer: "MotionTokenizer", x: Tensor, latents: Tensor, first: Tensor) -> Tensor:
    """(N, levels) codes that begin with the first level's (N,)."""
    return _followed(
        tokenizer, x, latents, lambda moved: tokenizer.quantize(moved, first=first[None]), _WRISTS, _FREE_STEPS,
        _CODED_STEPS,
    )  # fmt: skip
