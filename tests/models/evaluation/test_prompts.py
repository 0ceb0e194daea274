"""The paraphrases are unseen, and the judges of prompts count what was done and with which hand."""

import re
from pathlib import Path

import numpy as np
import pytest

from models.evaluation.prompts import END, LENGTH, START, judge, load_paraphrases, prompt_scores, prompt_wishes
from models.predicates import PREDICATES
from models.training import captions as captions_module

TOML = Path(captions_module.__file__).with_suffix(".toml")


def plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z]+", text.lower()))


def test_thirty_paraphrases_are_in_no_caption() -> None:
    texts = [plain(entry.text) for entry in load_paraphrases()]
    assert len(texts) == len(set(texts)) == 30
    # All wordings that captions are made of, with the sides put in: none may hold a paraphrase or be one.
    source = TOML.read_text(encoding="utf-8")
    wordings = {plain(w.replace("{s}", side)) for w in re.findall(r'"([^"\n]*)"', source) for side in ("left", "right")}
    assert len(wordings) > 300
    seen = [(text, wording) for text in texts for wording in wordings if text in wording]
    assert not seen
    assert not {text for text in texts if text in wordings}


def test_paraphrases_are_judged_by_predicates_that_know_sides() -> None:
    entries = load_paraphrases()
    assert {entry.predicate for entry in entries} <= set(PREDICATES)
    opposites = {entry.predicate: entry.opposite for entry in entries}
    assert opposites["wave_right"] == "wave_left" and opposites["turn_left_walking"] == "turn_right_walking"
    assert opposites["bow"] is None
    assert all(opposite in PREDICATES for opposite in opposites.values() if opposite)


def test_wrong_lists_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        load_paraphrases(tmp_path / "none.toml")
    (tmp_path / "a.toml").write_text('paraphrases = [{ text = "fly", predicate = "fly" }]')
    with pytest.raises(ValueError, match="'fly' of 'fly' is no predicate"):
        load_paraphrases(tmp_path / "a.toml")


def test_what_was_done_is_counted() -> None:
    from core.features import mirror
    from tests.models.test_predicates import waving

    entries = [entry for entry in load_paraphrases() if entry.predicate in ("wave_right", "bow")][:1]
    entries += [entry for entry in load_paraphrases() if entry.predicate == "bow"][:1]
    wishes = prompt_wishes(entries, 2, 3)
    assert [wish.recording for wish in wishes] == [0, 1, 1, 2]
    assert wishes[0].spans == ((START, END, entries[0].text),) and wishes[0].frames == LENGTH * 20
    assert [wish.recording for wish in prompt_wishes(entries, 2, 0)] == [-1] * 4
    right = np.tile(waving("right"), (2, 1, 1))
    figures = judge(entries, [right, mirror(right), right, right])
    assert (figures[0].obeyed, figures[0].mirrored, figures[0].seeds) == (1, 1, 2)
    assert figures[0].reason.startswith("the right wrist")
    assert figures[1].obeyed == 0 and figures[1].mirrored == 0
    scores = prompt_scores(entries, figures)
    assert scores["prompts_obeyed"].mean == pytest.approx(0.25)
    assert scores["prompts_worst"].mean == 0.0
    assert scores["right_side"].mean == pytest.approx(0.5)
