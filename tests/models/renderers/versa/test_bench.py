"""The bench measures what it says: the same output as the straight way, and another one in fast mode."""

import torch

from core.cancel import CancelToken, ignore_progress
from models.renderers.versa.bench import BenchSize, bench_renderer


def test_the_straight_way_and_ours_agree() -> None:
    size = BenchSize(width=32, height=24, frames=6, tile=4, overlap=2, steps=4, decode_chunk=6)
    report = bench_renderer(torch.device("cpu"), ignore_progress, CancelToken(), size)
    for name in ("both_passes_at_once", "one_pass_after_the_other"):
        assert report[name]["largest_difference"] < 1e-3 and report[name]["times_faster"] > 0
    assert report["fast"]["mean_difference"] > 1e-4
    assert set(report["profiles"]) == {"8", "12", "16", "24", "all"}
    assert report["networks"] == "tiny, random weights" and report["precision"] == "float32"
