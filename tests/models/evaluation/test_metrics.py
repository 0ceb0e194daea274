"""The metrics against numbers of the public implementation, and against plain second implementations."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import sqrtm

from models.evaluation import metrics
from models.evaluation.metrics import Score

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "metrics"


@pytest.fixture(scope="module")
def arrays() -> dict[str, NDArray[np.generic]]:
    with np.load(FIXTURES / "metrics.npz") as data:
        return {name: data[name] for name in data.files}


@pytest.fixture(scope="module")
def figures() -> dict[str, dict[str, object]]:
    return json.loads((FIXTURES / "metrics.json").read_text(encoding="utf-8"))


def test_retrieval_equals_the_reference(arrays, figures) -> None:
    texts, motions = arrays["text"], arrays["gt_motion"]
    np.testing.assert_allclose(metrics.distances(texts[:32], motions[:32]), arrays["gt.dist_batch0"], rtol=1e-5)
    hits = [metrics.top_hits(texts[s : s + 32], motions[s : s + 32]) for s in range(0, 960, 32)]
    assert np.array_equal(hits, arrays["gt.rprec_per_batch_counts"])
    np.testing.assert_allclose(metrics.r_precision(texts, motions), figures["gt"]["r_precision"], rtol=1e-12)
    ten = metrics.top_hits(texts[:32], motions[:32], top=10)
    assert np.array_equal(ten, arrays["gt.top10_batch0"].sum(0))


def test_matching_distance_and_diversity_equal_the_reference(arrays, figures) -> None:
    motions = arrays["gt_motion"]
    assert metrics.matching_distance(arrays["text"], motions) == pytest.approx(figures["gt"]["mm_dist"], rel=1e-6)
    for seed in (0, 7):
        pairs = arrays[f"gt.div_seed{seed}_first"], arrays[f"gt.div_seed{seed}_second"]
        assert metrics.pair_distance(motions, *pairs) == pytest.approx(figures["gt"][f"diversity_seed{seed}"], rel=1e-6)


def test_mean_covariance_and_the_distance_to_oneself(arrays) -> None:
    motions = arrays["gt_motion"].astype(np.float64)
    np.testing.assert_allclose(motions.mean(0), arrays["gt.mu"], atol=1e-5)
    np.testing.assert_allclose(np.cov(motions, rowvar=False), arrays["gt.cov"], rtol=1e-6, atol=1e-8)
    assert abs(metrics.frechet_distance(motions, motions)) < 1e-6


def plain_frechet(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    product = sqrtm(np.cov(a, rowvar=False) @ np.cov(b, rowvar=False))
    trace = np.trace(np.cov(a, rowvar=False) + np.cov(b, rowvar=False) - 2 * product.real)
    return float(np.sum((a.mean(0) - b.mean(0)) ** 2) + trace)


def test_frechet_distance_against_a_matrix_root() -> None:
    random = np.random.default_rng(3)
    a = random.normal(size=(200, 12)) @ random.normal(size=(12, 12))
    b = random.normal(size=(150, 12)) @ random.normal(size=(12, 12)) + 0.3
    assert metrics.frechet_distance(a, b) == pytest.approx(plain_frechet(a, b), rel=1e-7)
    assert metrics.frechet_distance(a, b) == pytest.approx(metrics.frechet_distance(b, a), rel=1e-9)


def test_frechet_distance_of_flat_clouds_is_real() -> None:
    random = np.random.default_rng(4)
    a, b = random.normal(size=(8, 30)), random.normal(size=(8, 30)) + 1.0  # fewer motions than dimensions
    value = metrics.frechet_distance(a, b)
    assert np.isfinite(value) and value > np.square(a.mean(0) - b.mean(0)).sum()
    assert metrics.frechet_distance(a, a) == pytest.approx(0.0, abs=1e-6)
    shifted = metrics.frechet_distance(a, a + 2.0)
    assert shifted == pytest.approx(30 * 4.0, rel=1e-9)  # the same shape elsewhere: the squared way alone


def test_retrieval_against_a_plain_loop() -> None:
    random = np.random.default_rng(5)
    texts = random.normal(size=(96, 7))
    motions = texts + random.normal(size=(96, 7)) * 0.8
    found = np.zeros(3)
    for start in (0, 32, 64):
        for i in range(32):
            nearer = 0
            for j in range(32):
                own = np.sum((texts[start + i] - motions[start + i]) ** 2)
                nearer += np.sum((texts[start + i] - motions[start + j]) ** 2) < own
            found += nearer < np.arange(1, 4)
    np.testing.assert_allclose(metrics.r_precision(texts, motions), found / 96)
    extra = np.concatenate([texts, texts[:5]]), np.concatenate([motions, motions[:5]])
    np.testing.assert_allclose(metrics.r_precision(*extra), found / 96)  # an incomplete pool is dropped


def test_equal_embeddings_are_no_trap() -> None:
    texts = np.random.default_rng(6).normal(size=(32, 16)).astype(np.float32) * 40
    assert metrics.top_hits(texts, texts).tolist() == [32, 32, 32]
    assert np.isfinite(metrics.distances(texts, texts)).all()
    alike = np.repeat(texts[:1], 32, axis=0)
    assert metrics.top_hits(texts, alike).tolist() == [1, 2, 3]  # motions that are all alike score as chance does


def test_multimodality_and_joint_error_against_plain_loops() -> None:
    random = np.random.default_rng(7)
    made = random.normal(size=(5, 9, 4))
    first, second = [0, 3, 5], [8, 1, 2]
    plain = np.mean(
        [np.linalg.norm(made[t, a] - made[t, b]) for t in range(5) for a, b in zip(first, second, strict=True)]
    )
    assert metrics.multimodality(made, first, second) == pytest.approx(plain)
    real, other = random.normal(size=(6, 22, 3)), random.normal(size=(6, 22, 3))
    error = [
        np.linalg.norm((real[t, j] - real[t, 0]) - (other[t, j] - other[t, 0])) for t in range(6) for j in range(22)
    ]
    assert metrics.root_aligned_error(real, other) == pytest.approx(np.mean(error))
    assert metrics.root_aligned_error(real, real + 5.0) == pytest.approx(0.0, abs=1e-12)


def test_scores_and_pairs() -> None:
    score = Score.of([0.2, 0.4, 0.6, 0.8])
    assert score.mean == pytest.approx(0.5)
    assert score.half_width == pytest.approx(1.96 * np.sqrt(0.05) / 2)
    with pytest.raises(ValueError, match="finite"):
        Score.of([0.1, float("nan")])
    first, second = metrics.draw_pairs(400, np.random.default_rng(0))
    assert len(set(first.tolist())) == len(set(second.tolist())) == 300
    assert len(metrics.draw_pairs(300, np.random.default_rng(0))[0]) == 100
    with pytest.raises(ValueError, match="at least 100"):
        metrics.draw_pairs(50, np.random.default_rng(0))
    with pytest.raises(ValueError, match="at least 32 texts"):
        metrics.r_precision(np.zeros((31, 2)), np.zeros((31, 2)))
