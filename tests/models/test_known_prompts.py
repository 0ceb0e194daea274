"""What the program makes of a prompt: the nearest known wording, its side, and who can judge it."""

import json
import sys
from pathlib import Path

import pytest

from models.known_prompts import FOLDER, Confidence, Reading, confidence, in_plain_words, read_prompt
from models.obedience import obeyed
from models.predicates import PREDICATES
from models.text_encoder import MiniLMEncoder
from tests.core.walks import standing

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def encoder() -> MiniLMEncoder:
    return MiniLMEncoder()


def _read(encoder: MiniLMEncoder, text: str) -> Reading | None:
    return read_prompt(text, encoder.encode([text])[0])


@pytest.mark.parametrize(
    ("text", "judge"),
    [
        ("wave with the right hand", "wave_right"),
        ("Wave wiht your left hand!", "wave_left"),
        ("let her greet us with her left hand, waving", "wave_left"),
        ("the host takes a very deep bow", "bow"),
        ("they walk a few steps to the front", "walk_forward"),
        ("he kicks a football", "kick"),
        ("kick with the left leg", "kick_left"),
        ("throw a kick with the right leg", "kick_right"),
        ("kick to the left", "kick"),
        ("shrugging, no idea", "shrug"),
        ("point towards the right side", "point_right"),
        ("point to one side", "point_side"),
        ("both palms out, stop them", "stop_both_palms"),
        ("halt, with the right hand up", "stop_palms_forward"),
    ],
)
def test_prompts_find_their_judge(encoder: MiniLMEncoder, text: str, judge: str) -> None:
    reading = _read(encoder, text)
    assert reading is not None
    assert judge in reading.judges, reading


@pytest.mark.parametrize("text", ["eat a sandwich", "sing a song about the sea", "xkcd qwerty"])
def test_what_nobody_taught_is_not_read(encoder: MiniLMEncoder, text: str) -> None:
    assert _read(encoder, text) is None


def test_the_named_side_is_never_the_other_one(encoder: MiniLMEncoder) -> None:
    for side, other in (("left", "right"), ("right", "left")):
        for text in (f"swing your {side} hand as a greeting", f"go {side}", f"the {side} arm up, please"):
            reading = _read(encoder, text)
            assert reading is None or other not in reading.wording


def test_who_speaks_of_both_hands_means_neither_alone(encoder: MiniLMEncoder) -> None:
    for text in ("wave goodbye with both hands", "wave both hands goodbye", "raise both your arms"):
        reading = _read(encoder, text)
        assert reading is not None
        assert "left" not in reading.wording and "right" not in reading.wording, reading
        assert "left" not in reading.plain and "right" not in reading.plain, reading


@pytest.mark.parametrize(
    "text", ["clap your hands", "turn your head to the right", "give a thumbs up", "look to the left"]
)
def test_what_only_sounds_known_is_neither_read_nor_called_known(encoder: MiniLMEncoder, text: str) -> None:
    vector = encoder.encode([text])[0]
    assert read_prompt(text, vector) is None
    assert not confidence(text, vector).known


def test_the_bundled_list_is_that_of_the_captions(encoder: MiniLMEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    sys.modules.pop("make_known_prompts", None)
    from make_known_prompts import entries

    bundled = json.loads((FOLDER / "prompts.json").read_text(encoding="utf-8"))
    assert bundled == entries()
    assert {judge for entry in bundled for judge in entry["judges"]} <= set(PREDICATES)
    texts = {entry["text"] for entry in bundled}
    assert all(entry["plain"] in texts for entry in bundled)
    for number in (0, 100, len(bundled) - 1):  # a vector belongs to its text
        reading = _read(encoder, bundled[number]["text"])
        assert reading is not None
        assert reading.likeness > 0.999


def test_standing_obeys_no_prompt() -> None:
    joints = standing(60)
    for judge in ("wave_right", "kick", "shrug", "walk_forward", "point_side"):
        assert obeyed(joints, (judge,)) < 1.0


def test_confidence_tells_what_the_weights_know_from_what_they_do_not(encoder: MiniLMEncoder) -> None:
    def asked(text: str) -> Confidence:
        plain = in_plain_words(text, encoder.is_word)
        return confidence(plain, encoder.encode([plain])[0])

    for text in ("The presenter shrugs", "he kicks a football", "take a bow", "she greets with her left hand"):
        assert asked(text).known, text
    for text in ("recite the alphabet backwards in Klingon", "drink a cup of coffee", "juggle three balls"):
        assert not asked(text).known, text
    nearest = asked("wave with the left hand").nearest
    assert nearest[0] == ("wave with the left hand", pytest.approx(1.0, abs=2e-3))
    assert len(nearest) == 3 and not any("right" in wording for wording, _ in nearest)
    assert [likeness for _, likeness in nearest] == sorted((x for _, x in nearest), reverse=True)
