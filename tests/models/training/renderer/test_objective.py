"""The renderer's training objective, against diffusers' scheduler and against numbers worked out by hand."""

import numpy as np
import pytest
import torch
from diffusers import EulerDiscreteScheduler

from models.training.renderer.objective import (
    KEPT,
    Dropout,
    draw_kept,
    draw_sigma,
    edm_loss,
    estimate,
    hand_weights,
    network_input,
    noisy,
    preconditioning,
)
from tests.models.renderers.versa.tiny import SCHEDULER


def tensors(*, seed: int = 0, batch: int = 2) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    latents, noise, prediction = (torch.randn(batch, 3, 4, 5, 6, generator=generator) for _ in range(3))
    return latents, noise, prediction


def test_input_time_and_estimate_are_the_schedulers() -> None:
    scheduler = EulerDiscreteScheduler.from_config(SCHEDULER)
    scheduler.set_timesteps(9)
    latents, noise, prediction = tensors(batch=1)
    for number in (0, 3, 7, 8):
        scheduler._step_index = None
        timestep = scheduler.timesteps[number]
        sigma = scheduler.sigmas[number].double().reshape(1)
        noised = noisy(latents.double(), noise.double(), sigma)
        scaled = scheduler.scale_model_input(noised, timestep)
        assert torch.allclose(network_input(noised, sigma), scaled, rtol=1e-6, atol=1e-9)
        assert preconditioning(sigma).time.item() == pytest.approx(timestep.item(), rel=1e-5, abs=1e-6)
        wanted = scheduler.step(prediction.double(), timestep, noised).pred_original_sample
        assert torch.allclose(estimate(prediction.double(), noised, sigma), wanted, rtol=1e-5, atol=1e-6)


def test_loss_is_the_squared_error_in_v() -> None:
    latents, noise, prediction = tensors()
    sigma = torch.tensor([0.3, 12.0])
    noised = noisy(latents, noise, sigma)
    total = (sigma**2 + 1).sqrt()[:, None, None, None, None]
    v = noise / total - latents * sigma[:, None, None, None, None] / total
    loss = edm_loss(prediction, noised, latents, sigma)
    assert torch.allclose(loss, (prediction - v).square().flatten(1).mean(1), rtol=1e-4)
    assert edm_loss(v, noised, latents, sigma).max() < 1e-8


def test_heavier_cells_count_more() -> None:
    latents, noise, prediction = tensors()
    sigma = torch.tensor([1.0, 2.0])
    noised = noisy(latents, noise, sigma)
    weights = torch.ones(2, 3, 5, 6)
    plain = edm_loss(prediction, noised, latents, sigma)
    assert torch.equal(edm_loss(prediction, noised, latents, sigma, weights), plain)
    weights[0, 1, 2, 3] = 10.0
    error = (estimate(prediction, noised, sigma) - latents)[0, 1, :, 2, 3].square().sum() * 2.0
    heavy = edm_loss(prediction, noised, latents, sigma, weights)
    assert heavy[0].item() == pytest.approx(plain[0].item() + 9 * error.item() / (3 * 4 * 5 * 6), rel=1e-4)
    assert torch.equal(heavy[1], plain[1])


def test_noise_levels_are_log_normal() -> None:
    drawn = draw_sigma(torch.randn(200_000, generator=torch.Generator().manual_seed(1)), 0.7, 1.6).log()
    assert drawn.mean().item() == pytest.approx(0.7, abs=0.02)
    assert drawn.std().item() == pytest.approx(1.6, abs=0.02)


def hands(confidence: float = 0.9) -> np.ndarray:
    points = np.zeros((2, 2, 21, 3))
    points[0, 0, :, 0] = np.linspace(0.30, 0.50, 21)
    points[0, 0, :, 1] = np.linspace(0.40, 0.60, 21)
    points[0, 0, :, 2] = confidence
    return points


def test_the_box_of_a_confident_hand_weighs_ten() -> None:
    weights = hand_weights(hands(), 10, 20)
    # 0.28..0.52 of 20 columns, 0.38..0.62 of 10 rows
    wanted = np.ones((10, 20))
    wanted[3:7, 5:11] = 10.0
    assert np.array_equal(weights[0], wanted)
    assert np.array_equal(weights[1], np.ones((10, 20)))


def test_one_uncertain_keypoint_takes_the_hand_out() -> None:
    points = hands()
    points[0, 0, 7, 2] = 0.29
    assert (hand_weights(points, 10, 20) == 1.0).all()


def test_a_hand_at_the_edge_stays_in_the_picture() -> None:
    points = hands()
    points[0, 0, :, 0] -= 0.4
    weights = hand_weights(points, 10, 20)[0]
    assert (weights[3:7, :3] == 10.0).all() and (weights[:, 3:] == 1.0).all()


def test_conditions_are_left_out_as_often_as_said() -> None:
    random = np.random.default_rng(0)
    dropout = Dropout(everything=0.2, image=0.1, pose=0.0, face=0.3, audio=0.0, emotion=0.0)
    kept = np.stack([draw_kept(dropout, random) for _ in range(20_000)])
    nothing = (kept == 0).all(axis=1).mean()
    assert nothing == pytest.approx(0.2, abs=0.01)
    shares = dict(zip(KEPT, kept.mean(axis=0), strict=True))
    assert shares["pose"] == pytest.approx(0.8, abs=0.01)
    assert shares["image"] == pytest.approx(0.8 * 0.9, abs=0.01)
    assert shares["face"] == pytest.approx(0.8 * 0.7, abs=0.01)
    with pytest.raises(ValueError, match="dropout of pose"):
        Dropout(pose=1.5)
