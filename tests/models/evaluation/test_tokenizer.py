"""Figures of a tokenizer, on a stand-in whose losses are known exactly."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.cli import main
from core.cancel import CancelToken, ignore_progress
from core.features import CONTACTS, encode
from models.evaluation.tokenizer import evaluate_tokenizer
from models.neutral import NEUTRAL_JOINTS
from models.tokenizer import TokenizerConfig
from models.training.dataset import ClipInfo, FeatureTable

STILL, FRAMES = 64, 80
LEFT_WRIST_UP = 4 + 3 * 19 + 1
"""Column of the left wrist's height; the pelvis has no columns of its own."""


class Known:
    """Codes are row numbers. The first level alone loses the shoulders' rise, lifts the left wrist by 40 mm and forgets
    the contacts; all levels give everything back, and so does the first one with searched codes."""

    def __init__(self, table: FeatureTable) -> None:
        self.config = TokenizerConfig(residual_levels=1)
        self._table = table
        self._flat = {clip.name: table.rows(clip)[0] for clip in table.clips}
        self._asked: NDArray[np.float32] | None = None

    def encode_levels(self, features: NDArray[np.float32], *, search: bool = False) -> NDArray[np.int64]:
        self._asked = features
        codes = np.arange(len(features) // 4) % 16 + 16 * search
        return np.stack([codes, np.zeros_like(codes)], axis=1)

    def decode(self, codes: NDArray[np.int64]) -> NDArray[np.float32]:
        assert self._asked is not None
        made = self._asked[: 4 * len(codes)].copy()
        if codes.shape[1] == 1 and codes[0, 0] < 16:
            made[:] = self._asked[0]
            made[:, LEFT_WRIST_UP] += 0.04
            made[:, CONTACTS] = 1 - self._asked[: len(made), CONTACTS]
        return made


def clip(name: str, content: str, row: int, frames: int, *, held_out: bool = False) -> ClipInfo:
    return ClipInfo(name, "smartbody", "Brad", content, "neutral", row, frames, False, held_out)


@pytest.fixture
def table() -> FeatureTable:
    """A speaker who stands, held out, and two shrugs of 60 mm."""
    still = np.repeat(np.asarray(NEUTRAL_JOINTS, dtype=np.float64)[None], FRAMES + 1, axis=0)
    shrug = still.copy()
    rise = 0.06 * np.exp(-(((np.arange(FRAMES + 1) - 40) / 8.0) ** 2))
    shrug[:, [13, 14, 16, 17, 18, 19, 20, 21], 1] += rise[:, None]
    parts = [encode(joints) for joints in (still[: STILL + 1], shrug, shrug)]
    clips = (
        clip("a", "Idle01", 0, STILL, held_out=True),
        clip("b", "Shrug01", STILL, FRAMES),
        clip("c", "Shrug02", STILL + FRAMES, FRAMES),
    )
    return FeatureTable(np.concatenate(parts).astype(np.float32), clips)


def test_errors_contacts_codes_and_survival_are_those_of_the_losses(table: FeatureTable) -> None:
    report = evaluate_tokenizer(Known(table), table, ignore_progress, CancelToken())  # type: ignore[arg-type]
    base, everything = report.sources["smartbody"]["base"], report.sources["smartbody"]["all"]
    assert base.clips == 1
    assert base.joints_mm == pytest.approx(40 / 22, abs=0.01)
    assert base.wrists_mm == pytest.approx(40 / 2, abs=0.01)
    assert (base.contacts, everything.contacts) == (0.0, 1.0)
    assert (everything.joints_mm, everything.wrists_mm) == (0.0, 0.0)
    assert set(report.contents) == {"Idle01"}
    searched = report.sources["smartbody"]["base searched"]
    assert (searched.joints_mm, searched.contacts) == (0.0, 1.0)
    shares = {"base": 0.0, "all": 1.0, "base searched": 1.0, "all searched": 1.0}
    assert report.survival == {"shrug": {"clips": 2.0} | shares}
    assert report.codes_used == 16
    assert report.perplexity == pytest.approx(16, abs=1e-6)
    stored = json.loads(json.dumps(report.data()))
    assert stored["sources"]["smartbody"]["base"]["wrists_mm"] == base.wrists_mm
    assert "| shrug | 2 | base 0 %, base searched 100 %, all 100 %, all searched 100 % |" in report.text()
    plain = evaluate_tokenizer(Known(table), table, ignore_progress, CancelToken(), search=False)  # type: ignore[arg-type]
    assert set(plain.sources["smartbody"]) == {"base", "all"}


def test_the_command_says_what_it_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "tokenizer"]) == 2
    assert "give --data the folder with motion/" in capsys.readouterr().err
    assert main(["evaluate", "tokenizer", "--data", str(tmp_path)]) == 1
    assert "holds no folder motion/" in capsys.readouterr().err
    (tmp_path / "motion").mkdir()
    twice = ["--weights", str(tmp_path), "--weights", str(tmp_path)]
    assert main(["evaluate", "tokenizer", "--data", str(tmp_path), *twice]) == 2
