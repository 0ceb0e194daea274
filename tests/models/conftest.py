"""A small relation bank for the tests of matching and translation."""

from pathlib import Path

import pytest

from models.relation_bank import RelationBank
from models.training.build_bank import build_bank
from tests.models.synthetic_captures import HandHeightTokenizer, write_captures


@pytest.fixture(scope="session")
def bank_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bank")
    write_captures(folder / "data")
    build_bank(folder / "data", HandHeightTokenizer(), folder / "bank")
    return folder / "bank"


@pytest.fixture(scope="session")
def bank(bank_folder: Path) -> RelationBank:
    return RelationBank.load(bank_folder)
