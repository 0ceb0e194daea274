"""The registry's facts are complete, and our own weights are in it."""

import re
import subprocess
import sys

import pytest

from models import weights
from models.checkpoint import bundled_weights
from models.weights.entry import BundledSource, HubSource, PackageSource, size_text
from models.weights.store import WeightsError


def test_every_entry_is_complete():
    assert len({entry.name for entry in weights.ENTRIES}) == len(weights.ENTRIES)
    for entry in weights.ENTRIES:
        assert re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", entry.name)
        assert entry.title and entry.purpose.endswith(".") and entry.needed_by and entry.files
        assert entry.licence.url.startswith("https://") and len(entry.licence.text()) > 200
        names = [file.final_name for file in entry.files]
        assert len(set(names)) == len(names)
        for file in entry.files:
            assert not file.name.startswith("/") and ".." not in file.name
            assert file.sha256 is None or re.fullmatch(r"[0-9a-f]{64}", file.sha256)
            assert not file.final_name.endswith((".pth", ".pt", ".bin", ".ckpt")), "pickles are converted"


def test_downloads_are_pinned_and_their_sizes_known():
    for entry in weights.ENTRIES:
        if isinstance(entry.source, HubSource):
            pinned = re.fullmatch(r"[0-9a-f]{40}", entry.source.revision)
            assert pinned or entry.name == "mimicmotion-1-1", "only there no commit is known"
            assert all(file.size for file in entry.files if not file.optional)
            large = [file for file in entry.files if (file.size or 0) > 2**20]
            assert large and all(file.sha256 for file in large), "no large file is taken on the hub's word alone"
    assert weights.find("mimicmotion-1-1").files[0].size == 3_049_867_447


def test_what_a_backend_lacks_is_told(home):
    missing = weights.missing_for("versa")
    assert [entry.name for entry in missing] == ["svd-xt-1-1", "mimicmotion-1-1"]
    assert "versa models download svd-xt-1-1` (1.36 GiB)" in missing[0].missing_message()
    assert weights.missing_for("draft") == ()


def test_our_own_weights_are_ready_and_cannot_be_removed(home):
    from models.weights.install import remove, verify

    ours = [entry for entry in weights.ENTRIES if not entry.downloadable]
    assert [entry.name for entry in ours] == [
        "tokenizer",
        "generator",
        "rehearsals",
        "relation_bank",
        "evaluator",
        "minilm",
    ]
    for entry in ours:
        assert entry.state() == "ready" and verify(entry) == {} and entry.size > 2**15
        with pytest.raises(WeightsError, match="cannot be downloaded, imported or removed"):
            remove(entry)
    assert weights.find("generator").folder() == bundled_weights("generator")


def test_a_changed_bundled_file_counts_as_damaged(tmp_path, monkeypatch):
    entry = weights.find("tokenizer")
    assert isinstance(entry.source, BundledSource)
    (tmp_path / "tokenizer").mkdir()
    monkeypatch.setattr("resources.WEIGHTS", tmp_path)
    assert entry.state() == "absent"
    (tmp_path / "tokenizer" / "model.safetensors").write_bytes(b"other")
    assert entry.state() == "damaged" and "not the file that came" in entry.problems()["model.safetensors"]
    assert "install it again" in entry.missing_message()


def test_a_package_that_is_not_installed_is_absent():
    from dataclasses import replace

    entry = replace(weights.find("minilm"), source=PackageSource("no-such-package-of-weights", "1.0"))
    assert entry.state() == "absent"
    with pytest.raises(weights.WeightsMissing, match=r"--force-reinstall no-such-package-of-weights==1\.0"):
        entry.folder()


def test_an_unknown_name_is_told_with_those_that_there_are():
    with pytest.raises(weights.UnknownWeights, match=r"no weights 'sdv'; there are: tokenizer, .*svd-xt-1-1"):
        weights.find("sdv")


def test_looking_imports_no_network_and_no_torch():
    code = (
        "import sys; from models import weights; [entry.state() for entry in weights.ENTRIES]; "
        "from models.weights import install, hub, convert, staging; "
        "print({'torch', 'huggingface_hub', 'httpx2', 'PySide6'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_sizes_read_as_people_write_them():
    assert [size_text(n) for n in (0, 496, 2048, 9 * 2**20, 3_049_867_447)] == [
        "0 B", "496 B", "2 KiB", "9.0 MiB", "2.84 GiB",
    ]  # fmt: skip
