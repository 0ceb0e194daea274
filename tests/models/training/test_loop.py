"""What all trainings share."""

from pathlib import Path

import pytest

from models.training.loop import Curves


def _rows(folder: Path) -> list[str]:
    return (folder / "curves.csv").read_text("utf-8").splitlines()


def test_curves_hold_each_step_once_however_often_a_run_goes_on(tmp_path: Path) -> None:
    curves = Curves(tmp_path / "a", ("step", "loss"), 0)
    for step in (0, 20, 40):
        curves.add(step=step, loss=step / 8)
    # The checkpoint is of step 25, so step 40 is made again.
    curves = Curves(tmp_path / "a", ("step", "loss"), 25)
    assert _rows(tmp_path / "a") == ["step,loss", "0,0", "20,2.5"]
    curves.add(step=40, loss=1.0)
    assert _rows(tmp_path / "a") == ["step,loss", "0,0", "20,2.5", "40,1"]
    Curves(tmp_path / "a", ("step", "loss"), 0)
    assert _rows(tmp_path / "a") == ["step,loss"]


def test_every_column_of_the_curves_must_be_given(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="loss"):
        Curves(tmp_path, ("step", "loss"), 0).add(step=1)
