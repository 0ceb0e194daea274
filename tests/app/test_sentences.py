"""What engine, queue and core say in English, said in the user's language."""

import json
import sys
from pathlib import Path

import pytest

from app.director import Director
from app.failures import exit_sentence, sentence_of
from app.sentences import said
from core import edits
from core.project_file import ProjectFileError, load_project
from core.timeline import TimelineError
from tests.app.fakes import FakeModels, write_short_project
from tests.languages import speaking

ROOT = Path(__file__).parents[2]


@pytest.fixture
def german(qapp, tmp_path):
    with speaking("de", tmp_path):
        yield


def test_the_list_of_sentences_is_that_of_the_code(monkeypatch):
    """`python packaging/make_translations.py` brings it up to date."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    import error_texts

    listed = json.loads((ROOT / "resources" / "translations" / "errors.json").read_text("utf-8"))
    assert listed == error_texts.templates()
    sys.modules.pop("error_texts")


def test_errors_of_the_engine_are_said_in_german(german, tmp_path):
    path = write_short_project(tmp_path)
    project = load_project(path).replace(portrait="/nowhere/p.png")
    with pytest.raises(ValueError) as missing:
        Director(project, path, models=FakeModels()).portrait()
    assert said(sentence_of(missing.value)) == (
        "Das Portrait /nowhere/p.png fehlt; legen Sie die Datei zurück, oder sagen Sie unter Datei > Fehlende Medien "
        "suchen, wo sie jetzt liegt."
    )
    with pytest.raises(ValueError) as empty:
        Director(load_project(path), path, models=FakeModels()).render(tmp_path / "v.mp4", start=9, end=10)
    assert said(sentence_of(empty.value)).startswith("Der Abschnitt von 9 bis ")
    assert said(sentence_of(MemoryError())).startswith("Der Speicher reicht nicht")
    assert said(sentence_of(KeyError("wave"))) == (
        "Ein unerwarteter Fehler (KeyError: 'wave'); Einzelheiten stehen in der Protokolldatei."
    )


def test_the_queue_s_sentences_are_said_in_german_with_what_stands_in_them(german):
    sentence = f"The render process ended unexpectedly ({exit_sentence(-9)}); finished pieces are kept, try again."
    assert said(sentence) == (
        "Der Render-Prozess endete unerwartet (Signal 9); fertige Stücke bleiben erhalten, "
        "versuchen Sie es noch einmal."
    )


def test_refused_edits_and_files_are_said_in_german(german, tmp_path):
    project = load_project(write_short_project(tmp_path))
    locked = edits.change(project, "s", locked=True)
    with pytest.raises(TimelineError) as refused:
        edits.delete(locked, "s")
    text = said(str(refused.value))
    assert text.startswith("das Segment ") and "kann nicht" in text and "{" not in text
    (tmp_path / "broken.versa").write_text("{")
    with pytest.raises(ProjectFileError) as broken:
        load_project(tmp_path / "broken.versa")
    assert "kaputtes JSON" in said(str(broken.value))


def test_what_is_not_known_and_what_is_english_stays_as_it_is(qapp):
    for text in ("", "Gespeichert.", "the folder /x does not exist; create it first"):
        assert said(text) == text


def test_an_unknown_text_stays_as_it_is_in_german(german):
    assert said("wave with the right hand") == "wave with the right hand"
