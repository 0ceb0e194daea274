"""Captions for the captures, written by us: what a user might type to get each action, in many wordings.

A clip's content decides the action, its style the manner, and a mirrored clip the side. Contents are matched by
pattern in the order of `_RULES`; sides are written as {s} (the side of the hand or direction) and swapped for
mirrored clips.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.prompt_words import VERBS, gerund, third_person


@dataclass(frozen=True)
class Action:
    """What a clip shows.

    Attributes:
        key: name of the action without its side, for balance and reports.
        side: "left", "right", "both" or "".
        phrases: imperative wordings with {s} for the side.
        speech: the clip also serves as a gesture of a speaker.
    """

    key: str
    side: str
    phrases: tuple[str, ...]
    speech: bool = False


_OTHER_SIDE = {"left": "right", "right": "left", "both": "both", "": ""}

_TEXTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_PHRASES: dict[str, tuple[str, ...]] = {name: tuple(texts) for name, texts in _TEXTS["phrases"].items()}
_MANNERS: dict[str, tuple[str, ...]] = {style: tuple(texts) for style, texts in _TEXTS["manners"].items()}
_FRAMES: tuple[str, ...] = tuple(_TEXTS["frames"])
_PEOPLE: tuple[tuple[str, str], ...] = tuple((who, whose) for who, whose in _TEXTS["people"])

# (pattern on the content, action key, side or "?" to read it from the content, name of its phrases, also a speaker's
# gesture)
_RULES: tuple[tuple[str, str, str, str, bool], ...] = (
    (r"^raise-up-both", "raise", "both", "raise_both", False),
    (r"^raise-up-", "raise", "?", "raise_one", False),
    (r"^wave-both", "wave", "both", "wave_both", False),
    (r"^wave-", "wave", "?", "wave_one", False),
    (r"^byebye", "bye", "", "goodbye", False),
    (r"^bye", "bye", "", "goodbye", False),
    (r"^bow", "bow", "", "bow", False),
    (r"^walk-turn-", "turn_walk", "?", "turn_walk", False),
    (r"^walk-back", "walk_back", "", "back", False),
    (r"^walk-(left|right)", "walk_diagonal", "?", "diagonal", False),
    (r"^walk$", "walk", "", "walk", False),
    (r"^run$", "run", "", "run", False),
    (r"^dash$", "dash", "", "dash", False),
    (r"^guide$", "guide", "", "guide", False),
    (r"^call$", "call", "", "call", False),
    (r"^respond$", "respond", "", "respond", False),
    (r"^punch$", "punch", "", "punch", False),
    (r"^slash$", "slash", "", "slash", False),
    (r"^dance", "dance", "", "dance", False),
    (r"^kick$", "kick", "right", "kick_forward", False),
    (r"KickForward|KickChair", "kick", "right", "kick_forward", False),
    (r"Kick(Left|Right)Side", "kick", "?", "kick_side", False),
    (r"KickBack", "kick_back", "", "kick_back", False),
    (r"Punch", "punch", "", "punch", False),
    (r"Jump", "jump", "", "jump", False),
    (r"Reach.*High", "reach_high", "", "reach_high", False),
    (r"Reach.*(Floor|Low)", "reach_low", "", "reach_low", False),
    (r"Reach", "reach", "", "reach_mid", False),
    (r"IdleFight", "fight", "", "fight", False),
    (r"Circle(Rt|Right)|Circle.*Right|RunIn.*Right", "circle", "right", "circle", False),
    (r"Circle(Lf|Left)|Circle.*Left|RunIn.*Left", "circle", "left", "circle", False),
    # These turn on the spot before they set off, so they are turns.
    (r"Turn360", "turn", "?", "spin", False),
    (r"Turn180", "turn", "?", "turn_about", False),
    (r"Turn\d+", "turn", "?", "turn", False),
    (r"StepBackward", "step_back", "", "step_back", False),
    (r"StepForward", "step_forward", "", "step_forward", False),
    (r"StepSideways|Strafe|Shuffle", "strafe", "?", "strafe", False),
    (r"LiftFoot", "lift_foot", "?", "lift_foot", False),
    (r"Run|Jog", "run", "", "run", False),
    (r"Walk|Meander", "walk", "", "walk", False),
    (r"Nod|Relax001", "nod", "", "nod", True),
    (r"Lean", "lean", "", "lean", True),
    (r"ThrowAway", "throw", "?", "throw", True),
    (r"Guitar", "guitar", "", "guitar", False),
    (r"Shrug", "shrug", "", "shrug", True),
    (r"question|GestureWhy|When", "question", "", "question", True),
    (r"StopForwardBt|StopLeftBt|StopRightBt|StopBt|^stop", "stop", "both", "stop", True),
    (r"Stop", "stop", "?", "stop_one", True),
    (r"pointleft|DeicticLeft|ThereLeft|^PointLf", "point_side", "left", "point_side", True),
    (r"pointright|DeicticRight|ThereRight|^PointRt", "point_side", "right", "point_side", True),
    (r"IndicateLeft|IndicateRight|SweepRight", "indicate", "?", "indicate", True),
    (r"pointhere|Here", "point_down", "", "point_down", True),
    (r"YouLeft|YouRight", "you", "?", "you", True),
    (r"pointcenter|Point", "point_forward", "?", "point_forward", True),
    (r"You|you", "you", "?", "you", True),
    (r"^Me|^me", "me", "?", "me", True),
    (r"WeightShift", "weight_shift", "", "shift", True),
    (r"^We|^we|^us|nclusivity", "we", "", "we", True),
    (r"(Negat|No(Forward|Left|Right)).*Bt|negation|Safe", "negate", "both", "negate_both", True),
    (r"Negat|^No(Forward|Left|Right)|However|Besides", "negate", "?", "negate", True),
    (r"Offer(Bt|Both)|Surround|Arms_Sweep", "offer", "both", "offer_both", True),
    (r"Offer", "offer", "?", "offer", True),
    (r"Receive", "receive", "?", "receive", True),
    (r"Plea", "plead", "both", "plea", True),
    (r"Chop(Bt|Both)", "chop", "both", "chop_both", True),
    (r"Chop", "chop", "?", "chop", True),
    (r"Beat.*Bt|Example.*Bt|Motex", "beat", "both", "beat_both", True),
    (r"Beat|Example", "beat", "?", "beat", True),
    (r"bigger|Empty|Frame", "big", "both", "big", True),
    (r"Think|Contemplate", "think", "", "think", False),
    (r"ScratchChest", "scratch_chest", "", "scratch_chest", False),
    (r"Scratch", "scratch", "?", "scratch", False),
    (r"Stretch", "stretch", "", "stretch", False),
    (r"SqueezeHand|TouchHands", "touch_hands", "", "touch", False),
    (r"HandOnHip|IdleHandOnHip", "hand_on_hip", "", "hip", False),
    (r"CrossedArms", "arms_crossed", "", "crossed", False),
    (r"Idle|idle", "idle", "", "idle", True),
)  # fmt: skip


def _side_of(content: str) -> str:
    if re.search(r"(Bt|Both)(\d|$)", content):
        return "both"
    if match := re.search(r"(Lf|Rt)(\d|$)", content):
        return "left" if match[1] == "Lf" else "right"
    if match := re.search(r"left|right", content, re.IGNORECASE):
        return match[0].lower()
    return ""


def action_of(content: str, mirrored: bool = False) -> Action:
    """The action that a clip's content names, with its side as it appears (swapped when mirrored).

    Raises:
        KeyError: no rule knows the content.
    """
    for pattern, key, side, name, speech in _RULES:
        if re.search(pattern, content):
            phrases = _PHRASES[name]
            shown = _side_of(content) if side == "?" else side
            if mirrored:
                shown = _OTHER_SIDE[shown]
            if shown not in ("left", "right"):
                phrases = tuple(phrase for phrase in phrases if "{s}" not in phrase) or phrases
            return Action(key, shown, phrases, speech)
    raise KeyError(f"no caption is written for the content {content!r}")


def manners_of(style: str) -> tuple[str, ...]:
    """What is said of how a style moves; "" among them if often nothing is, no text for a style that says nothing."""
    return _MANNERS.get(style, ())


def captions(content: str, style: str, mirrored: bool = False) -> tuple[str, ...]:
    """All captions of a clip without framing words: every wording with every manner word of its style."""
    action = action_of(content, mirrored)
    side = action.side if action.side in ("left", "right") else "one"
    manners = _MANNERS.get(style, ("",))
    texts = {f"{phrase.format(s=side)} {manner}".strip() for phrase in action.phrases for manner in manners}
    if action.side in ("left", "right") and action.key in ("wave", "raise"):
        general = _PHRASES["wave_any" if action.key == "wave" else "raise_any"]
        texts |= {f"{phrase} {manner}".strip() for phrase in general for manner in manners}
    return tuple(sorted(texts))


def framed(caption: str, random: np.random.Generator) -> str:
    """A caption as a sentence that a user might write around it."""
    text = _FRAMES[int(random.integers(len(_FRAMES)))].format(p=caption)
    return text[0].upper() + text[1:] if random.random() < 0.4 else text


def told(caption: str, random: np.random.Generator) -> str | None:
    """A caption told of somebody: "she waves with her right hand", "waving with the right hand".

    Returns:
        None for wordings that do not begin with a verb.
    """
    words = caption.split()
    if words[0] not in VERBS:
        return None
    who, whose = _PEOPLE[int(random.integers(len(_PEOPLE)))]
    chance = random.random()
    plural = who == "they"
    for place, word in enumerate(words):
        second = place >= 2 and words[place - 1] == "and" and word in VERBS
        if place == 0 or second:
            if chance < 0.6:
                words[place] = word if plural else third_person(word)
            else:
                words[place] = gerund(word)
        elif word == "your":
            words[place] = whose
        elif word == "yourself":
            words[place] = {"her": "herself", "his": "himself"}.get(whose, "themselves")
    text = " ".join(words)
    if chance < 0.6:
        return f"{who} {text}"
    return f"{who} {'are' if plural else 'is'} {text}" if chance < 0.8 else text


def misspelt(text: str, random: np.random.Generator) -> str:
    """A text with one slip of the fingers in a longer word: two letters swapped, one left out or one doubled."""
    words = text.split()
    long = [place for place, word in enumerate(words) if len(word) >= 4 and word not in ("left", "right", "both")]
    if not long:
        return text
    place = long[int(random.integers(len(long)))]
    word = words[place]
    at = int(random.integers(1, len(word) - 1))
    kind = int(random.integers(3))
    if kind == 0:
        word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    elif kind == 1:
        word = word[:at] + word[at + 1 :]
    else:
        word = word[:at] + word[at] + word[at:]
    words[place] = word
    return " ".join(words)


def variants(caption: str, random: np.random.Generator) -> tuple[str, ...]:
    """A caption as users write it: as it is, in a sentence around it, told of somebody, and sometimes misspelt."""
    texts = [caption, framed(caption, random)]
    if (story := told(caption, random)) is not None:
        texts.append(story)
    if random.random() < 0.35:
        texts.append(misspelt(texts[int(random.integers(len(texts)))], random))
    return tuple(texts)
