"""The renderer's proof: its puppet is what the measures take it for, and it runs. What it reaches is in the docs."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.cancel import Cancelled, CancelToken
from models.training.renderer.proof import Controls, ProofSettings, pictures, prove, regions


@pytest.mark.parametrize("name", ["sound", "blink", "emotion", "hand"])
def test_a_control_of_the_puppet_shows_in_its_region_alone(name: str) -> None:
    controls = Controls(*(np.full(2, 0.1) for _ in range(4)))
    changed = replace(controls, **{name: 1.0 - vars(controls)[name]})
    size = np.abs(pictures(changed, 12) - pictures(controls, 12)).mean(axis=(0, 1))
    region = regions(12)[name]
    assert size[region].mean() > 0.05
    assert size[~region].max() == 0.0


def test_the_proof_measures_and_is_repeatable(tmp_path: Path) -> None:
    settings = ProofSettings(steps=2, cells=8, clip=8, frames=2, denoising=2)
    figures = prove(tmp_path / "a", settings)
    assert json.loads((tmp_path / "a" / "figures.json").read_text()) == figures
    assert figures["loss_fall"] == pytest.approx(1.0 - figures["loss_last"] / figures["loss_first"])
    again = prove(tmp_path / "b", settings)
    assert {**again, "cpu_seconds": 0.0} == {**figures, "cpu_seconds": 0.0}
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        prove(tmp_path / "c", settings, cancel=token)
