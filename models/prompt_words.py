"""The plain form of a prompt: what people write about somebody, said as the shortest request.

"The presenter waves with her left hand", "now she is waving with the left hand" and "wave with your left hand!" ask for
the same. Sentence vectors make much of who does something and little of what is done, so prompts are compared in their
plain form. Words that are misspelt are mended by the words that the weights know.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

_TEXTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

VERBS: Final[frozenset[str]] = frozenset(_TEXTS["verbs"])
"""What wordings begin with."""

_DOUBLED = re.compile("beg|chop|cut|grab|hit|hop|jab|jog|nod|put|rub|run|shrug|(side)?step|spin|stop")


def third_person(verb: str) -> str:
    """What she does: "wave" to "waves"."""
    if verb in ("go", "do") or verb.endswith(("s", "sh", "ch", "x", "ss")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb[:-1] + "ies"
    return verb + "s"


def gerund(verb: str) -> str:
    """What she is doing: "wave" to "waving"."""
    if _DOUBLED.fullmatch(verb):
        return verb + verb[-1] + "ing"
    return verb[:-1] + "ing" if verb.endswith("e") and not verb.endswith("ee") else verb + "ing"


def participle(verb: str) -> str:
    """What is done, by the rule: "wave" to "waved"."""
    if _DOUBLED.fullmatch(verb):
        return verb + verb[-1] + "ed"
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb[:-1] + "ied"
    return verb + ("d" if verb.endswith("e") else "ed")


_FORMS: Final = {form(verb): verb for verb in VERBS for form in (third_person, gerund)}
_PAST: Final[dict[str, str]] = {participle(verb): verb for verb in VERBS} | dict(_TEXTS["participles"])

_PEOPLE = "|".join(_TEXTS["people"])
_WHO = (
    r"(?:she|he|they|you|it|we|i|someone|somebody|everyone|"
    rf"(?:(?:the|a|an|our|this|that|your|my)\s+)?(?:\w+\s+)?(?:{_PEOPLE})(?:\s+(?:in|on)\s+(?:the\s+)?\w+)?)"
)
_MUST = (
    r"(?:(?:is|are|be)\s+(?:now\s+|slowly\s+|quickly\s+)?(?:going\s+to\s+)?|should\s+|must\s+|will\s+|shall\s+|can\s+|could\s+|would\s+|"
    r"(?:has|have|needs?|wants?|ought|begins?|starts?|tries|try|decides?)\s+to\s+)"
)
_OPENINGS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:and|then|now|so|next|here|finally|please|just|also|again|suddenly|afterwards?|first|ok|okay)[\s,]+",
        rf"(?:can|could|would|will)\s+{_WHO}\s+(?:please\s+)?",
        rf"(?:i\s+want|i\s+would\s+like|i'd\s+like|we\s+want|ask|tell|get)\s+(?:her|him|them|you|{_WHO})\s+to\s+",
        rf"(?:make|let|have)\s+(?:her|him|them|{_WHO})\s+",
        r"(?:begin|start)\s+to\s+",
        rf"{_WHO}\s+{_MUST}",
        rf"{_WHO}\s+",
    )
)
_PASSIVE: Final = re.compile(
    r"(?P<what>(?:(?:the|a|one|both|her|his|their|your)\s+)?(?:of\s+)?(?:(?:the|her|his|their|your)\s+)?(?:(?:left|right|two)\s+)?"
    r"(?:hands?|arms?|palms?|shoulders?|fingers?|fists?|head|body|foot|feet|legs?|kick|punch|bow))\s+"
    r"(?:is|are|gets?|goes|go)\s+(?:being\s+)?(?P<done>[a-z]+)\b\s*(?P<rest>.*)"
)
_FINGER: Final = re.compile(
    r"(?:indicate|show)\s+(?:at\s+|to\s+)?(?P<what>.+?)\s+(?:with|using)\s+(?:the|a|an|one)\s+(?:(?:index|pointing|fore)[\s-]?)?finger"
)
_RARE: Final = frozenset({"fro"})  # words that no list of words knows and that are no slips

_ALIKE: Final = 0.78
"""How alike, 0 to 1 by `difflib`, a slip and its word are: one slip in five letters leaves 0.8, two in six 0.67."""

_ALIKE_SHORT: Final = 0.75  # the same below five letters: one slip in four leaves 0.75

_MOODS = "|".join(_TEXTS["moods"])
_MANNER: Final = re.compile(
    r"\b(?:(?:like|as)\s+(?:an?|if|though|in)(?:\s+[a-z]+){1,3}(?=,|$)"  # more words are a reason, not a manner
    rf"|(?:with(?:out)?|full\s+of)\s+(?:[a-z]+\s+){{0,2}}?(?:{_MOODS})\b"
    rf"|in\s+(?:an?\s+)?[^,]*?\b(?:{_MOODS}|way|manner|fashion|style|mood)\b"
    r"|(?!(?:only|fly|reply|apply|belly)\b)[a-z]{2,}ly\b"
    rf"|(?:{'|'.join(_TEXTS['manners'])})\b)"
)

_ARM = r"(?:(?:both|of|the|her|his|their|your|one|a|left|right)\s+)*(?:hands?|arms?)\b"
_NOTHING: Final = re.compile(
    r"(?:(?:she|he|they|the\s+\w+)\s+(?:is\s+)?)?"
    r"(?:(?:do(?:es)?\s+not|do(?:es)?n['\u2019]?t|never)\s+(?!know\b|care\b|understand\b|mind\b)"
    r"|(?:stop|quit|cease)s?\s+\w+ing\b|no\s+more\s+\w+ing\b"
    rf"|(?:lower|drop+)(?:s|ing)?\s+{_ARM}|(?:put|bring|let|take|keep)s?\s+{_ARM}\s+(?:\w+\s+)?down\b"
    r"|(?:hands?|arms?)\s+down\b"
    r"|(?:stand|stay|keep|hold|remain|be)s?\s+(?!.*\b(?:and|then|while)\b).*\b(?:still|motionless|quiet)\b|freeze\b|do\s+nothing\b"
    rf"|let\s+{_ARM}\s+(?:hang|rest)\b|relax\s+(?!.*\bon\b){_ARM}).*"
)
_AWAY: Final = re.compile(r"(?:(?:step|move)\s+away|back\s+(?:off|away))(?:\s+from\s+(?:the\s+)?\w+)?")
_WAVE_BOTH: Final = re.compile(r"(?:.*\s)?wav(?:es?|ing)\b.*\bboth\s+(?:of\s+)?(?:(?:the|your)\s+)?(?:hands|arms)\b")
_WITH_HAND: Final = re.compile(
    r"\s+(?:with|using)\s+(?:(?:the|your)\s+)?(?:left|right)\s+(?:hand|arm|(?:index\s+)?finger)\b"
)
_UNTAUGHT: Final = re.compile(
    r"\b(?:clap\w*|applau\w*|thumbs?|eyebrows?|eyelids?|wink\w*|smil\w*|frown\w*|kneel\w*|uppercut|hook|hug\w*)\b"
    r"|\bsit\b|\bshake\s+(?:the|your)\s+head\b|\b(?:turn|tilt|rotate)\s+(?:the|your)\s+head\b|\blean\s+(?:to|over|sideways)\b"
    r"|\b(?:look|glance|gaze)\s+(?:(?:over|to|towards?|the|your)\s+)*(?:left|right)\b|\bwave\b.*\b(?:foot|feet|legs?)\b"
)

_NUMBERS: Final = {
    "once": 1, "twice": 2, "thrice": 3, "a couple of": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "2": 2, "3": 3, "4": 4, "5": 5, "6": 6,
}  # fmt: skip
_MANY = "|".join(word for word in _NUMBERS if word not in ("once", "twice", "thrice"))
_HOW_OFTEN: Final = re.compile(rf",?\s*\b(?:(?P<number>once|twice|thrice)\b|(?P<many>{_MANY})\s*(?:times\b|x\b))")
_SO_MANY: Final = re.compile(
    rf"\b(?P<number>{_MANY})\s+(?P<noun>bows|jumps|hops|leaps|kicks|punches|jabs|nods|shrugs)\b"
)

STILL: Final = "stand still"
"""Plain words of prompts that ask for something not to be done, or for hands to come down."""

_ENDINGS: Final = re.compile(r"[\s,]+(?:please|now|at this point|for a moment|right now)$")


def plain_words(text: str) -> str:
    """A prompt without who does it and who wishes it, its verbs as requests: "She waves" to "wave".

    What a finger indicates or shows is pointed at, in the direction that is named, whichever hand is. Who is not to
    wave, or lowers the arms, stands still: the sentence vector of "do not wave" is nearly that of "wave".
    """
    words = re.sub(r"\s+", " ", text.strip().lower()).strip(' .!?;:"\u201c\u201d')
    words = re.sub(r"\b(she|he|it|who)['\u2019]s\b", r"\1 is", words)
    words = re.sub(r"\b(they|you|we)['\u2019]re\b", r"\1 are", words)
    while (shorter := _ENDINGS.sub("", words)) != words:
        words = shorter
    if (passive := _PASSIVE.fullmatch(words)) and passive["done"] in _PAST:
        words = f"{_PAST[passive['done']]} {passive['what']} {passive['rest']}".strip()
    words = _without_openings(words)
    parts = words.split(" ")
    for place, word in enumerate(parts):
        if place == 0 or parts[place - 1] in ("and", "then", "and,"):
            parts[place] = _FORMS.get(word, word)
        elif word in ("her", "his", "their", "its") and place + 1 < len(parts):
            parts[place] = "the"
        elif word in ("herself", "himself", "themselves", "themself"):
            parts[place] = "yourself"
    words = _AWAY.sub("walk backward", " ".join(parts), count=1)
    if _NOTHING.fullmatch(words):
        return STILL
    if _WAVE_BOTH.match(words):
        return f"wave with both hands {manner_words(words)}".strip()
    if re.match(r"(?:point|aim|gesture)\b", words) and re.search(r"\b(?:left|right)\b", _WITH_HAND.sub("", words)):
        words = _WITH_HAND.sub("", words)
    return f"point at {finger['what']}" if (finger := _FINGER.fullmatch(words)) else words


def counted(text: str) -> tuple[str, int | None]:
    """A request without how often, and how often: "bow twice" to "bow" and 2, "take two bows" to "take a bow" and 2.

    Args:
        text: in plain words.

    Returns:
        the text and None where no number is said.
    """
    if match := _HOW_OFTEN.search(text):
        number = match["number"] or match["many"]
        return re.sub(r"\s+", " ", text[: match.start()] + text[match.end() :]).strip(" ,"), _NUMBERS[number]
    if match := _SO_MANY.search(text):
        once = f"{text[: match.start()]}a {match['noun'].removesuffix('es' if match['noun'] == 'punches' else 's')}"
        return once + text[match.end() :], _NUMBERS[match["number"]]
    return text, None


def is_untaught(text: str) -> bool:
    """Whether plain words ask for what no capture shows, though it may sound like something that one does.

    Hands that clap, faces, heads that turn or shake, bodies that sit or lean; or no word at all.
    """
    return _UNTAUGHT.search(text) is not None or not re.search(r"[^\W\d_]", text)


def _without_openings(words: str) -> str:
    """What is left behind openings, as long as it still begins with something that can be done."""
    for _ in range(4):
        for opening in _OPENINGS:
            match = opening.match(words)
            rest = words[match.end() :] if match else ""
            done = rest.split(" ")[0]
            if rest and (opening not in _OPENINGS[-2:] or done in _FORMS or done in VERBS):
                words = rest
                break
        else:
            return words
    return words


def manner_words(text: str) -> str:
    """The words of a prompt that say how it is done: "wave wearily, like an old man" to "wearily like an old man".

    Args:
        text: in plain words.
    """
    return " ".join(match.group().strip() for match in _MANNER.finditer(text))


def mended(text: str, known: Collection[str], is_word: Callable[[str], bool]) -> str:
    """A text whose misspelt words are replaced by the known word that is written most alike.

    Args:
        text: in small letters.
        known: words to choose from.
        is_word: whether a word is one of the language; those stay as they are.
    """
    parts = text.split(" ")
    for place, word in enumerate(parts):
        if len(word) < 3 or not word.isalpha() or word in known or word in _RARE or is_word(word):
            continue
        close = difflib.get_close_matches(word, known, n=1, cutoff=_ALIKE_SHORT if len(word) < 5 else _ALIKE)
        parts[place] = close[0] if close else word
    return " ".join(parts)
