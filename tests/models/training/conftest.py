"""Trainings read many wordings; what these mean does not matter here, so they are read in no time."""

import pytest

from models.text_encoder import MiniLMEncoder
from tests.models.evaluation.fakes import WordEncoder


@pytest.fixture(autouse=True)
def quick_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MiniLMEncoder, "encode", WordEncoder.encode)
