"""The relation bank that comes with the program: size, coverage, licence, and steps no larger than captured ones."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.constants import CODEBOOK_SIZE
from models.portrait_fit import ARM_JOINTS, ARMS, portrait_body
from models.relation_bank import BANK_FILE, CONFIG_FILE, RelationBank
from models.translator import PoseTranslator
from tests.models.synthetic import clip_of, half_portrait, whole_portrait

FOLDER = Path(__file__).parents[2] / "resources" / "weights" / "relation_bank"


@pytest.fixture(scope="module")
def bank() -> RelationBank:
    return RelationBank.load()


def test_size_licence_and_coverage(bank: RelationBank) -> None:
    assert (FOLDER / BANK_FILE).stat().st_size < 12e6
    config = json.loads((FOLDER / CONFIG_FILE).read_text())
    assert "CC BY-NC 4.0 (Bandai Namco Research Inc.)" in config["licence"] and "non-commercial" in config["licence"]
    card = (FOLDER / "README.md").read_text()
    assert f"{config['frames']:,} frames" in card and f"{config['tokens_used']} of {CODEBOOK_SIZE}" in card
    assert config["tokens_used"] > 0.6 * CODEBOOK_SIZE
    for content in ("wave-right-hand", "raise-up-both-hands", "bow", "BeatMid", "Shrug", "Stop", "Kick", "Turn90"):
        assert any(content in clip for clip in config["clips"]), content


def test_captured_bodies_have_bodies_proportions(bank: RelationBank) -> None:
    rows = np.arange(0, bank.mirror_offset * 4, 50)
    view = bank.view(rows, np.zeros(len(rows), bool))
    for shoulder, elbow, wrist in ARM_JOINTS:
        upper = np.linalg.norm(view.joints[:, elbow] - view.joints[:, shoulder], axis=-1)
        fore = np.linalg.norm(view.joints[:, wrist] - view.joints[:, elbow], axis=-1)
        assert upper.min() > 0.24 and upper.max() < 0.28
        assert fore.min() > 0.24 and fore.max() < 0.29
    hands = np.linalg.norm(view.hands[..., 12, :], axis=-1)
    assert hands.min() > 0.03 and hands.max() < 0.24
    across = view.joints[:, 16, 0] - view.joints[:, 17, 0]
    assert np.median(across) > 0.25


@pytest.mark.parametrize("make", [half_portrait, whole_portrait])
def test_steps_stay_within_what_the_captures_show(bank: RelationBank, make) -> None:
    """Pieces of captures cut together at random, as a generator might: no joint moves faster than captured ones do."""
    slots = np.random.default_rng(7).integers(0, bank.mirror_offset - 12, 8)
    joints, steps = [], []
    for slot in slots:
        piece = bank.view(np.arange(slot * 4, slot * 4 + 40), np.zeros(40, bool)).joints
        joints.append(piece)
        inner = np.linalg.norm(np.diff(piece - piece[:, :1], axis=0), axis=-1)
        steps.append(inner)
    # Blend over ten frames, as tokens of a decoder do.
    motion = joints[0]
    for piece in joints[1:]:
        share = np.linspace(0, 1, 12)[1:-1, None, None]
        motion = np.concatenate([motion, motion[-1] * (1 - share) + piece[0] * share, piece])
    poses = PoseTranslator(bank).translate(clip_of(motion), make())
    scale = portrait_body(make()).pixels_per_metre
    allowed = max(np.linalg.norm(np.diff(motion, axis=0), axis=-1)[:, [20, 21]].max(), 0.15)
    for chain in ARMS:
        for point in chain:
            moved = np.linalg.norm(np.diff(poses.body[:, point, :2], axis=0), axis=-1).max() / scale
            assert moved < 1.2 * allowed
    heads = np.linalg.norm(np.diff(poses.body[:, [0, 1], :2], axis=0), axis=-1).max() / scale
    assert heads < 0.15
