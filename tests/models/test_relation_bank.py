"""Building a bank from captures made by formula, and matching motions with it."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.cancel import Cancelled, CancelToken
from core.features import mirror
from models.neutral import NEUTRAL_HANDS
from models.projection import body_frames, rotate_yaw
from models.relation_bank import RelationBank
from models.training.build_bank import build_bank
from tests.models.synthetic import raised, ramp, standing
from tests.models.synthetic_captures import HandHeightTokenizer, gestures, write_captures


def _twenty(motion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Every third half frame: 30 to 20 fps by linear interpolation."""
    times = np.arange(0, len(motion) - 1, 1.5)
    low = times.astype(int)
    part = (times - low)[:, None, None]
    return motion[low] * (1 - part) + motion[np.minimum(low + 1, len(motion) - 1)] * part


def test_config_names_sources_and_licence(bank_folder: Path) -> None:
    config = json.loads((bank_folder / "config.json").read_text())
    assert config["sources"] == ["bandai_namco", "smartbody"]
    assert "CC BY-NC 4.0" in config["licence"] and "LGPL 2.1" in config["licence"]
    assert config["runs"] >= 4 and config["frames_with_fingers"] > 0


def test_the_same_captures_make_the_same_bank(tmp_path: Path, bank_folder: Path) -> None:
    write_captures(tmp_path / "data")
    build_bank(tmp_path / "data", HandHeightTokenizer(), tmp_path / "bank")
    for name in ("bank.safetensors", "config.json"):
        assert (tmp_path / "bank" / name).read_bytes() == (bank_folder / name).read_bytes()


def test_missing_bank_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="versa train bank"):
        RelationBank.load(tmp_path)


def test_a_captured_motion_is_matched_by_itself_without_jumps(bank: RelationBank) -> None:
    joints = _twenty(gestures()["WaveRt"])
    local = body_frames(joints).local
    tokens = np.append(HandHeightTokenizer().encode(joints), 0)[: -(-len(local) // 4)]
    match = bank.match(local, tokens, CancelToken())
    steps = np.diff(match.slots[:-1])
    assert (steps == 1).mean() > 0.9
    detail = bank.detail(local, match, 0, len(local))
    error = np.linalg.norm(detail.joints[:, [18, 19, 20, 21]] - local[:, [18, 19, 20, 21]], axis=-1)
    assert error.mean() < 0.02
    np.testing.assert_allclose(detail.joints[:, :3], local[:, :3], atol=1e-9)


def test_a_left_wave_is_matched_by_the_mirror_image(bank: RelationBank) -> None:
    local = body_frames(mirror(_twenty(gestures()["WaveRt"]))).local
    match = bank.match(local, np.full(-(-len(local) // 4), -1), CancelToken())
    middle = match.slots[len(match.slots) // 3 : 2 * len(match.slots) // 3]
    assert (middle >= bank.mirror_offset).all()
    detail = bank.detail(local, match, 0, len(local))
    assert detail.joints[len(local) // 2, 20, 1] > detail.joints[len(local) // 2, 16, 1]


def test_what_the_bank_lacks_is_taken_from_the_motion(bank: RelationBank) -> None:
    """No capture raises the left hand only half: the arm must follow all the same."""
    joints = raised(80, "left", 0.45 * (ramp(80, 10, 25) - ramp(80, 55, 70)))
    local = body_frames(joints).local
    match = bank.match(local, np.full(20, -1), CancelToken())
    detail = bank.detail(local, match, 0, 80)
    assert np.linalg.norm(detail.joints[40, 20] - local[40, 20]) < 0.06


def test_detail_does_not_depend_on_the_block(bank: RelationBank) -> None:
    local = body_frames(_twenty(gestures()["Bow"])).local
    match = bank.match(local, np.full(-(-len(local) // 4), -1), CancelToken())
    whole = bank.detail(local, match, 0, len(local))
    part = bank.detail(local, match, 10, 70)
    np.testing.assert_allclose(part.joints[20:40], whole.joints[30:50], atol=1e-6)
    np.testing.assert_allclose(part.hands[20:40], whole.hands[30:50], atol=1e-6)


def test_every_view_of_a_pose_is_there(bank: RelationBank) -> None:
    rows = np.arange(8)
    front = bank.view(rows, np.zeros(8, bool))
    back = bank.view(rows, np.zeros(8, bool), yaw=np.pi)
    np.testing.assert_allclose(back.joints[..., 0], -front.joints[..., 0], atol=1e-9)
    np.testing.assert_allclose(back.joints[..., 1], front.joints[..., 1], atol=1e-9)
    side = bank.view(rows, np.zeros(8, bool), yaw=np.deg2rad(15.0))
    np.testing.assert_allclose(side.hands, rotate_yaw(front.hands, np.full(8, np.deg2rad(15.0))), atol=1e-9)
    mirrored = bank.view(rows, np.ones(8, bool))
    np.testing.assert_allclose(mirrored.joints[:, 20], front.joints[:, 21] * (-1, 1, 1), atol=1e-9)
    np.testing.assert_allclose(mirrored.hands[:, 0], front.hands[:, 1] * (-1, 1, 1), atol=1e-9)


def test_stored_hands_come_back_as_they_were_captured(bank: RelationBank) -> None:
    """In the neutral stance the relaxed hands hang as the capture had them."""
    local = body_frames(standing(40)).local
    match = bank.match(local, np.full(10, -1), CancelToken())
    detail = bank.detail(local, match, 0, 40)
    np.testing.assert_allclose(detail.hands[20], NEUTRAL_HANDS, atol=0.012)
    assert detail.hand_confidence.min() > 0.9


def test_clips_without_fingers_borrow_them_with_less_confidence(bank: RelationBank) -> None:
    rows = np.arange(bank.mirror_offset * 4)
    confidence = bank.view(rows, np.zeros(len(rows), bool)).hand_confidence
    assert set(np.round(np.unique(confidence), 2)) == {0.6, 0.95}


def test_cancel_stops_the_search(bank: RelationBank) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        bank.match(body_frames(standing(40)).local, np.full(10, -1), token)
