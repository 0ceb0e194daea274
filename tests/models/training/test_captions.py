"""Captions: sides are right, mirrored clips swap them, manners and frames keep the action."""

import numpy as np
import pytest

from models.training.captions import action_of, captions, framed


@pytest.mark.parametrize(
    ("content", "key", "side"),
    [
        ("wave-right-hand", "wave", "right"),
        ("raise-up-both-hands", "raise", "both"),
        ("walk-turn-left", "turn_walk", "left"),
        ("BeatMidRt01", "beat", "right"),
        ("ChopBoth01", "chop", "both"),
        ("StopForwardBt01", "stop", "both"),
        ("KickForwardHigh01", "kick", "right"),
        ("Shrug02", "shrug", ""),
        ("WeightShift01", "weight_shift", ""),
        ("ToWalk01_Turn90Rt01", "turn", "right"),
        ("Turn180Lf01", "turn", "left"),
        ("DeicticLeft", "point_side", "left"),
        ("bow", "bow", ""),
    ],
)
def test_contents_name_their_action_and_side(content: str, key: str, side: str) -> None:
    action = action_of(content)
    assert (action.key, action.side) == (key, side)
    swapped = action_of(content, mirrored=True)
    assert swapped.side == {"left": "right", "right": "left"}.get(side, side)


def test_captions_name_the_shown_hand_and_never_the_other() -> None:
    for mirrored, shown, other in ((False, "right", "left"), (True, "left", "right")):
        texts = captions("wave-right-hand", "normal", mirrored)
        assert f"wave with the {shown} hand" in texts
        assert not any(other in text for text in texts)
        assert not any("{" in text for text in texts)


def test_styles_add_manners() -> None:
    assert "take a bow proudly" in captions("bow", "proud")
    assert all(" " in text for text in captions("walk", "exhausted"))


def test_an_unknown_content_is_named() -> None:
    with pytest.raises(KeyError, match="juggle"):
        action_of("juggle")


def test_framing_keeps_the_caption() -> None:
    random = np.random.default_rng(0)
    texts = {framed("take a bow", random) for _ in range(60)}
    assert len(texts) > 8
    assert all("take a bow" in text.lower() for text in texts)
