"""Import, check, repair and removal of weights, and where they are kept."""

import hashlib
import shutil

import pytest
import torch
from safetensors.torch import load_file

from core.cancel import Cancelled, CancelToken
from models.weights import install, store
from models.weights.entry import WeightFile
from models.weights.install import LicenceNotAccepted, WrongFile, download, import_from, remove, undo_remove, verify
from models.weights.speed import ByteMeter
from models.weights.store import WeightsError
from tests.models.weights.tiny import CONFIG, WEIGHTS, safetensors_bytes, tiny_entry

LARGE = "net/model.safetensors"


@pytest.fixture
def files(home, tmp_path):
    """A folder with the files as the hub lays them out."""
    folder = tmp_path / "files"
    (folder / "net").mkdir(parents=True)
    (folder / "config.json").write_bytes(CONFIG)
    (folder / LARGE).write_bytes(WEIGHTS)
    install.accept_licence(tiny_entry())
    return folder


def test_a_folder_is_imported_without_a_network(files, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    entry, seen = tiny_entry(), []
    outcome = import_from(entry, files, seen.append)
    assert outcome.ready and outcome.unchecked == ("config.json",)
    assert entry.state() == "ready" and entry.path(LARGE).read_bytes() == WEIGHTS
    assert seen[-1].done == seen[-1].total == len(CONFIG) + len(WEIGHTS)
    assert (files / LARGE).is_file()


def test_a_flat_folder_is_understood(files):
    shutil.move(files / LARGE, files / "model.safetensors")
    assert import_from(tiny_entry(), files).ready


def test_files_one_by_one_make_a_whole(files):
    entry = tiny_entry()
    outcome = import_from(entry, files / "config.json")
    assert not outcome.ready and outcome.missing == (LARGE,) and entry.state() == "partial"
    assert import_from(entry, files / LARGE).ready and entry.state() == "ready"


def test_an_import_that_lacks_a_file_is_completed_by_a_download(hub, tmp_path):
    (tmp_path / "model.safetensors").write_bytes(WEIGHTS)
    entry = tiny_entry()
    assert import_from(entry, tmp_path / "model.safetensors").missing == ("config.json",)
    assert download(entry, pause=0.01).ready
    assert hub.sent(LARGE) == []


def test_an_imported_file_that_is_not_the_hubs_comes_anew(hub, tmp_path):
    entry = tiny_entry(known=False)
    (tmp_path / "model.safetensors").write_bytes(safetensors_bytes(seed=9))
    assert import_from(entry, tmp_path / "model.safetensors").missing == ("config.json",)
    assert download(entry, pause=0.01).ready
    assert hub.sent(LARGE) == [""] and entry.path(LARGE).read_bytes() == WEIGHTS


def test_a_wrong_file_is_refused(files):
    (files / LARGE).write_bytes(WEIGHTS[:-1])
    with pytest.raises(WrongFile, match=f"{len(WEIGHTS) - 1} bytes instead of {len(WEIGHTS)}"):
        import_from(tiny_entry(), files)
    (files / LARGE).write_bytes(WEIGHTS[:-1] + b"\xff")
    with pytest.raises(WrongFile, match="checksum begins with"):
        import_from(tiny_entry(), files / LARGE)
    assert tiny_entry().state() == "absent"


def test_nothing_to_import_is_told_with_the_names_that_count(files, tmp_path):
    with pytest.raises(WeightsError, match=r"none of the files of tiny: config\.json, net/model\.safetensors"):
        import_from(tiny_entry(), tmp_path / "home")
    with pytest.raises(WeightsError, match="does not exist"):
        import_from(tiny_entry(), tmp_path / "nowhere")


def test_an_import_needs_the_licence_too(files, home):
    (home / "licences-accepted.json").unlink()
    with pytest.raises(LicenceNotAccepted):
        import_from(tiny_entry(), files)


def test_an_import_can_be_cancelled(files):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        import_from(tiny_entry(), files, cancel=token)


def with_pickle():
    return tiny_entry(extra=(WeightFile("net.pth", becomes="net.safetensors"),))


def test_an_imported_pickle_is_converted_and_not_kept(files):
    torch.save({"a": torch.ones(3)}, files / "net.pth")
    source = hashlib.sha256((files / "net.pth").read_bytes()).hexdigest()
    entry = with_pickle()
    assert import_from(entry, files).ready
    assert torch.equal(load_file(entry.path("net.safetensors"))["a"], torch.ones(3))
    assert sorted(p.name for p in entry.folder().iterdir()) == [
        "config.json", "net", "net.safetensors", "versa-weights.json",
    ]  # fmt: skip
    assert entry.path("net.pth") == entry.path("net.safetensors") == entry.folder() / "net.safetensors"
    assert store.read_record(entry.folder())["files"]["net.safetensors"]["converted_from"] == f"net.pth {source}"
    assert verify(entry) == {}
    # A converted file can be carried to another machine.
    carried = files.parent / "carried"
    shutil.copytree(entry.folder(), carried)
    remove(entry)
    assert import_from(entry, carried).ready


def test_a_malicious_pickle_runs_nothing_on_its_way_in(files, tmp_path):
    from tests.models.weights.test_convert import Touch

    torch.save({"a": Touch(tmp_path / "marker")}, files / "net.pth")
    entry = with_pickle()
    with pytest.raises(WeightsError, match=r"net\.pth was not opened"):
        import_from(entry, files)
    assert not (tmp_path / "marker").exists() and entry.state() == "partial"
    assert not list(store.staged_folder("tiny").rglob("*.pth"))


def test_a_changed_byte_is_found_and_only_that_file_comes_anew(hub):
    entry = tiny_entry()
    download(entry, pause=0.01)
    path = entry.path(LARGE)
    path.write_bytes(WEIGHTS[:-1] + b"\xff")
    assert entry.state() == "ready"  # the size is right, and a look reads no bytes
    assert list(verify(entry)) == [LARGE] and entry.state() == "damaged"
    with pytest.raises(WeightsError, match="is damaged; get it"):
        entry.require()
    hub.requests.clear()
    assert download(entry, pause=0.01).ready
    assert hub.sent("config.json") == [] and hub.sent(LARGE) == [""]
    assert entry.state() == "ready" and verify(entry) == {} and path.read_bytes() == WEIGHTS


def test_a_cut_or_missing_file_is_seen_at_a_look(hub):
    entry = tiny_entry()
    download(entry, pause=0.01)
    entry.path(LARGE).write_bytes(b"short")
    assert entry.state() == "damaged" and "has 5 bytes" in entry.problems()[LARGE]
    entry.path(LARGE).unlink()
    assert entry.problems() == {LARGE: "is missing"}
    assert LARGE in verify(entry)
    assert download(entry, pause=0.01).ready


def test_a_folder_that_somebody_put_there_is_not_trusted_and_not_lost(files):
    entry = tiny_entry()
    shutil.copytree(files, entry.folder())
    (entry.folder() / "notes.txt").write_text("mine")
    assert entry.state() == "damaged"
    said = next(iter(entry.problems().values()))
    assert "did not put there" in said and f"versa models import tiny --from {entry.folder()}" in said
    assert import_from(entry, entry.folder()).ready
    assert [path.read_text() for path in store.models_folder().glob("tiny-*/notes.txt")] == ["mine"]


def test_a_check_that_is_cancelled_forgets_no_damage(files):
    entry, token = tiny_entry(), CancelToken()
    import_from(entry, files)
    entry.path(LARGE).write_bytes(WEIGHTS[:-1] + b"\xff")
    verify(entry)
    token.cancel()
    with pytest.raises(Cancelled):
        verify(entry, cancel=token)
    assert entry.state() == "damaged"


def test_removal_can_be_taken_back_until_it_is_purged(files):
    entry = tiny_entry()
    import_from(entry, files)
    kept = remove(entry)
    assert entry.state() == "absent"
    undo_remove(entry, kept)
    assert entry.state() == "ready" and verify(entry) == {}
    remove(entry)
    assert install.purge_removed(older_than=3600) == 0
    assert install.purge_removed() > len(WEIGHTS)
    assert list((store.models_folder() / store.REMOVED).glob("*")) == []
    with pytest.raises(WeightsError, match="is not on this machine"):
        remove(entry)


def test_removal_is_not_taken_back_over_something_newer(files):
    entry = tiny_entry()
    import_from(entry, files)
    kept = remove(entry)
    import_from(entry, files)
    with pytest.raises(WeightsError, match="brought back otherwise"):
        undo_remove(entry, kept)


def test_a_begun_download_is_removed_and_brought_back(files):
    entry = tiny_entry()
    import_from(entry, files / "config.json")
    kept = remove(entry)
    assert entry.state() == "absent"
    undo_remove(entry, kept)
    assert entry.state() == "partial" and import_from(entry, files).ready


def test_verifying_needs_something_to_verify(home):
    with pytest.raises(WeightsError, match="is not there"):
        verify(tiny_entry())


def test_the_folder_follows_the_setting_and_the_variable_first(home, tmp_path, monkeypatch):
    assert store.models_folder() == home / "models"
    store.change_settings(folder=str(tmp_path / "big disk"))
    assert store.models_folder() == tmp_path / "big disk"
    monkeypatch.setenv("VERSA_MODELS", str(tmp_path / "other"))
    assert store.models_folder() == tmp_path / "other"
    monkeypatch.delenv("VERSA_MODELS")
    store.change_settings(folder="")
    assert store.models_folder() == home / "models"
    with pytest.raises(WeightsError, match="must be a full path"):
        store.change_settings(folder="here")


def test_the_mirror_follows_the_setting_and_the_variable_first(home, monkeypatch):
    assert store.endpoint() == "https://huggingface.co"
    store.change_settings(mirror="https://mirror.example/")
    assert store.endpoint() == "https://mirror.example"
    monkeypatch.setenv("HF_ENDPOINT", "https://other.example")
    assert store.endpoint() == "https://other.example"
    with pytest.raises(WeightsError, match="must begin with https"):
        store.change_settings(mirror="mirror.example")


def test_the_login_of_the_hub_is_not_given_to_a_mirror(home, monkeypatch):
    monkeypatch.setattr("huggingface_hub.get_token", lambda: "hf_login")
    assert store.token() == "hf_login"
    store.change_settings(mirror="https://mirror.example")
    assert store.token() is None
    store.change_settings(token="hf_own")
    assert store.token() == "hf_own"
    store.change_settings(token="")
    assert not store.has_stored_token()


def test_a_token_never_travels_in_the_open(home, monkeypatch):
    from models.weights import hub as hub_module

    monkeypatch.setenv("HF_TOKEN", "hf_own")
    assert hub_module._token_for("https://mirror.example") == "hf_own"
    assert hub_module._token_for("http://mirror.example") is None


def test_speed_is_that_of_the_last_seconds_and_not_of_what_was_there():
    now, seen = [0.0], []
    meter = ByteMeter("download", 10_000, seen.append, clock=lambda: now[0])
    meter.already(5_000)
    assert seen[-1].done == 5_000 and seen[-1].seconds_left is None
    for _ in range(20):
        now[0] += 0.5
        meter.add(50)
    assert meter.rate() == pytest.approx(100, rel=0.1)
    assert seen[-1].seconds_left == pytest.approx((10_000 - 6_000) / meter.rate())
    for _ in range(60):
        now[0] += 0.5
        meter.add(25)
    assert meter.rate() == pytest.approx(50, rel=0.1)
    meter.add(10_000)
    assert seen[-1].done < 10_000  # checking is still to come
    meter.finish()
    assert seen[-1].done == seen[-1].total == 10_000
