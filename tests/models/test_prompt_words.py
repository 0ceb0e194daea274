"""The plain form of prompts, and slips of the finger."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.evaluation.prompts import load_paraphrases
from models.known_prompts import in_plain_words, known_wordings
from models.prompt_words import (
    STILL,
    VERBS,
    counted,
    gerund,
    is_untaught,
    manner_words,
    mended,
    participle,
    plain_words,
    third_person,
)
from models.text_encoder import MiniLMEncoder


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The presenter shrugs", "shrug"),
        ("She waves with her left hand.", "wave with the left hand"),
        ("now she is waving with the right hand", "wave with the right hand"),
        ("the left hand is raised", "raise the left hand"),
        ("Both arms are lifted up high!", "lift both arms up high"),
        ("Can you take a bow?", "take a bow"),
        ("I want her to kick", "kick"),
        ("have him nod twice, please", "nod twice"),
        ("a young woman walks forward", "walk forward"),
        ("the tall man should turn left while walking", "turn left while walking"),
        ("The woman in red points to the left", "point to the left"),
        ("He walks and waves", "walk and wave"),
        ("he indicates something on his left with the index finger", "point at something on the left"),
        ("She shows the way using her forefinger", "point at the way"),
        ("show the exit with one finger", "point at the exit"),
        ("they're walking backwards", "walk backwards"),
        ("then the host bows deeply", "bow deeply"),
        ("she points to the left with her right hand", "point to the left"),
        ("point to the screen with the left hand", "point to the screen with the left hand"),
        ("she happily waves goodbye with both hands", "wave with both hands happily"),
        ("back off slowly", "walk backward slowly"),
        ("step away from the camera", "walk backward"),
    ],
)
def test_who_does_it_and_who_wishes_it_is_left_out(text: str, plain: str) -> None:
    assert plain_words(text) == plain


@pytest.mark.parametrize("text", ["wave with the right hand", "look surprised", "hands up", "it is a test", "wave"])
def test_what_is_plain_already_stays(text: str) -> None:
    assert plain_words(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "do not wave", "Don't raise your hands!", "she never waves", "stop waving", "lower both arms", "hands down",
        "he puts his left hand down", "she lowers her right arm", "keep the left arm still", "hold still",
        "stand still with the left hand", "let your arms hang", "relax the arms", "freeze", "she keeps her hands quiet",
    ],
)  # fmt: skip
def test_who_shall_not_do_something_or_lowers_the_arms_stands_still(text: str) -> None:
    assert plain_words(text) == STILL


@pytest.mark.parametrize(
    "text",
    [
        "I don't know",
        "stop with both palms",
        "put your hands up",
        "drop to the floor",
        "stand still and wave",
        "rest your hands on your hips",
        "hold the left hand up",
        "raise the hand and hold it still",
    ],
)
def test_what_sounds_like_it_is_something_to_do(text: str) -> None:
    assert plain_words(text) != STILL


def test_what_no_capture_shows_is_told_from_every_caption() -> None:
    for text in (
        "clap your hands", "give a thumbs up", "look to the left", "turn the head to the right", "lean to the left",
        "left hook", "wave the right foot", "shake your head", "raise the left eyebrow", "sit down", "", "!!!",
    ):  # fmt: skip
        assert is_untaught(text), text
    assert not [text for text in known_wordings() if is_untaught(text)]
    assert not [entry.text for entry in load_paraphrases() if is_untaught(plain_words(entry.text))]


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_form_of_a_verb_leads_back_to_it(verb: str) -> None:
    for form in (third_person(verb), gerund(verb)):
        assert plain_words(f"she {form} now") == verb or plain_words(f"she {form} now") in VERBS
    assert plain_words(f"the right hand is {participle(verb)}") == f"{verb} the right hand"


@given(st.text(max_size=60))
def test_any_text_has_a_plain_form_that_stays(text: str) -> None:
    plain = plain_words(text)
    assert len(plain) <= len(text) + 8 and "\n" not in plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("wavs with the rihgt hand", "wave with the right hand"),
        ("kik the ball", "kick the ball"),
        ("shrgu", "shrug"),
        ("swim in the ocean", "swim in the ocean"),
        ("wiggle the right palm to and fro", "wiggle the right palm to and fro"),
        ("waev goodbye", "wave goodbye"),
        ("pirouette, then yodel", "pirouette, then yodel"),
    ],
)
def test_slips_of_the_finger_are_mended_and_other_words_left_alone(text: str, plain: str) -> None:
    assert in_plain_words(text, MiniLMEncoder().is_word) == plain


def test_a_word_like_no_other_stays() -> None:
    assert mended("zzyzx the ball", {"kick", "ball"}, lambda word: word == "the") == "zzyzx the ball"


@pytest.mark.parametrize(
    ("text", "manner"),
    [
        ("wave with the right hand", ""),
        ("run wearily", "wearily"),
        ("walk forward slowly like an old person", "slowly like an old person"),
        ("jog as if exhausted", "as if exhausted"),
        ("raise both hands with no energy", "with no energy"),
        ("kick in anger", "in anger"),
        ("say hello in a feminine way", "in a feminine way"),
        ("bow tired and slowly", "tired slowly"),
        ("punch with great force, angrily", "with great force angrily"),
        ("wave without confidence", "without confidence"),
        ("reply with a wave in front of the body", ""),
        ("fly away like this", ""),
        ("raise the right hand as if he had a question", ""),
    ],
)
def test_the_words_for_how_it_is_done_are_found(text: str, manner: str) -> None:
    assert manner_words(text) == manner


def test_every_manner_of_the_captions_is_found_as_a_whole() -> None:
    captions = Path(__file__).parents[2] / "models" / "training" / "captions.toml"
    for words in tomllib.loads(captions.read_text("utf-8"))["manners"].values():
        for manner in filter(None, words):
            assert manner_words(f"walk forward {manner}") == manner


@pytest.mark.parametrize(
    ("text", "once", "count"),
    [
        ("bow twice", "bow", 2),
        ("kick three times, angrily", "kick, angrily", 3),
        ("jump 4x", "jump", 4),
        ("nod a couple of times", "nod", 2),
        ("shrug once", "shrug", 1),
        ("take two bows", "take a bow", 2),
        ("throw two punches at the camera", "throw a punch at the camera", 2),
        ("do three jumps", "do a jump", 3),
        ("raise two hands", "raise two hands", None),
        ("bow many times", "bow many times", None),
        ("kick with the left leg", "kick with the left leg", None),
    ],
)
def test_how_often_is_told_from_what(text: str, once: str, count: int | None) -> None:
    assert counted(text) == (once, count)
