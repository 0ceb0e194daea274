"""Captions: sides are right, mirrored clips swap them, manners and frames keep the action."""

import numpy as np
import pytest

from models.training.captions import action_of, captions, framed, misspelt, told, variants


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


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("wave with your right hand", {"waves", "waving"}),
        ("push the palms forward", {"pushes", "pushing"}),
        ("stop", {"stops", "stopping"}),
        ("take a bow", {"takes", "taking"}),
        ("walk and turn left", {"walks and turns", "walking and turning"}),
        ("go forward", {"goes", "going"}),
    ],
)
def test_captions_are_told_of_somebody(caption: str, expected: set[str]) -> None:
    texts = {told(caption, np.random.default_rng(seed)) for seed in range(60)}
    assert None not in texts
    for form in expected:
        assert any(text and form in text for text in texts), (form, texts)
    assert not any(text and "your" in text.split() for text in texts)
    if "right" in caption:
        assert all(text and "right hand" in text for text in texts)


def test_wordings_without_a_verb_are_not_told() -> None:
    assert told("hands up", np.random.default_rng(0)) is None


def test_a_slip_changes_one_word_and_never_the_side() -> None:
    changed = 0
    for seed in range(200):
        text = misspelt("wave with the right hand", np.random.default_rng(seed))
        words = text.split()
        assert len(words) == 5
        assert words[3] == "right"
        changed += words != ["wave", "with", "the", "right", "hand"]
    assert changed > 150


def test_variants_begin_with_the_caption_itself() -> None:
    texts = variants("bow deeply", np.random.default_rng(3))
    assert texts[0] == "bow deeply"
    assert len(texts) >= 3
