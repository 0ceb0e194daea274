"""Downloads from a hub on the loopback that breaks in every way that the real one does."""

import shutil
import threading
import time
from collections import namedtuple

import pytest

from core.cancel import Cancelled, CancelToken
from models.weights import hub as hub_module
from models.weights import install, store
from models.weights.entry import WeightsMissing
from models.weights.hub import AccessError, Broken, HubError, NotThere
from models.weights.install import LicenceNotAccepted, WrongFile, download
from models.weights.store import WeightsError
from tests.models.weights.hub_server import COMMIT
from tests.models.weights.tiny import CONFIG, WEIGHTS, tiny_entry

LARGE = "net/model.safetensors"


def quick(entry, **more):
    return download(entry, pause=0.01, **more)


def test_a_download_comes_whole_with_a_record_and_its_progress(hub):
    entry, seen = tiny_entry(), []
    assert entry.state() == "absent"
    with pytest.raises(WeightsMissing, match="versa models download tiny"):
        entry.require()
    assert quick(entry, progress=seen.append).ready
    assert entry.state() == "ready"
    assert entry.path(LARGE).read_bytes() == WEIGHTS and entry.path("config.json").read_bytes() == CONFIG
    record = store.read_record(entry.folder())
    assert record["commit"] == COMMIT and record["source"] == "tests/tiny" and record["licence"] == "Test terms"
    assert record["files"][LARGE]["checked_by"] == "program" and record["files"]["config.json"]["checked_by"] == "hub"
    bytes_seen = [p for p in seen if p.stage == "download"]
    assert {p.total for p in bytes_seen} == {len(CONFIG) + len(WEIGHTS)}
    assert [p.done for p in bytes_seen] == sorted(p.done for p in bytes_seen)
    assert bytes_seen[-1].done == bytes_seen[-1].total
    assert not store.staged_folder("tiny").exists()
    assert sorted(p.name for p in entry.folder().rglob("*") if p.is_file()) == [
        "config.json", "model.safetensors", "versa-weights.json",
    ]  # fmt: skip


def test_nothing_is_asked_for_before_the_licence_is_accepted(hub, home):
    (home / "licences-accepted.json").unlink()
    with pytest.raises(LicenceNotAccepted, match="Test terms"):
        quick(tiny_entry())
    assert hub.requests == []
    install.accept_licence(tiny_entry())
    assert quick(tiny_entry()).ready


def test_a_licence_that_changed_must_be_accepted_again(hub):
    store.record_consent("tiny", "Older terms", "https://example.org/old")
    with pytest.raises(LicenceNotAccepted):
        quick(tiny_entry())


def test_a_broken_connection_is_resumed_where_it_broke(hub):
    hub.faults.break_after = [10**9, 4096, 2048]  # the small file comes whole
    assert quick(tiny_entry()).ready
    assert hub.sent(LARGE) == ["", "bytes=4096-", "bytes=6144-"]


def test_after_too_many_breaks_the_part_is_kept_and_the_next_call_goes_on(hub):
    hub.faults.break_after = [10**9, 4096, *[0] * install.TRIES]
    entry, seen = tiny_entry(), []
    with pytest.raises(Broken, match="goes on from there"):
        quick(entry)
    assert entry.state() == "partial" and entry.staged_size() == len(CONFIG) + 4096
    hub.faults.break_after = []
    hub.requests.clear()
    assert quick(entry, progress=seen.append).ready
    assert hub.sent(LARGE) == ["bytes=4096-"] and hub.sent("config.json") == []
    first = next(p for p in seen if p.stage == "download" and p.done)
    assert first.done == len(CONFIG)
    assert entry.path(LARGE).read_bytes() == WEIGHTS


def test_a_server_that_knows_no_ranges_sends_all_again(hub):
    hub.faults.break_after = [10**9, 4096]
    hub.faults.no_ranges = True
    entry, seen = tiny_entry(), []
    assert quick(entry, progress=seen.append).ready
    assert entry.path(LARGE).read_bytes() == WEIGHTS
    assert max(p.done for p in seen if p.stage == "download") == len(CONFIG) + len(WEIGHTS)


def test_a_part_of_an_exchanged_file_is_not_continued(hub):
    hub.faults.break_after = [10**9, 4096, *[0] * install.TRIES]
    entry = tiny_entry(known=False)
    with pytest.raises(Broken):
        quick(entry)
    other = bytes(reversed(WEIGHTS[-40:])) + WEIGHTS[40:]
    hub.files[LARGE] = other
    hub.faults.break_after = []
    hub.requests.clear()
    with pytest.raises(WeightsError, match="not a safetensors file"):
        quick(entry)  # whole and as the hub says, but no safetensors
    assert hub.sent(LARGE) == [""]
    assert entry.state() == "partial" and entry.staged_size() == len(CONFIG)
    hub.files[LARGE] = WEIGHTS
    assert quick(entry).ready


def test_a_wrong_size_is_refused_before_a_byte_is_loaded(hub):
    hub.faults.announced_sizes = {LARGE: len(WEIGHTS) + 1}
    with pytest.raises(WrongFile, match=f"{len(WEIGHTS) + 1} bytes .* instead of {len(WEIGHTS)}"):
        quick(tiny_entry())
    assert hub.sent(LARGE) == [] and tiny_entry().state() == "absent"


def test_a_file_longer_than_announced_is_thrown_away(hub):
    hub.faults.content = {LARGE: WEIGHTS + b"more"}
    with pytest.raises(WrongFile, match="longer than"):
        quick(tiny_entry())
    assert not (store.staged_folder("tiny") / f"{LARGE}.part").exists()


def test_a_wrong_hash_is_thrown_away_and_a_second_try_mends_it(hub):
    hub.faults.content = {LARGE: WEIGHTS[:-1] + b"\xff"}
    entry = tiny_entry()
    with pytest.raises(WrongFile, match="checksum begins with"):
        quick(entry)
    assert not (store.staged_folder("tiny") / f"{LARGE}.part").exists() and not entry.folder().exists()
    hub.faults.content = {}
    assert quick(entry).ready


def test_a_wrong_hash_of_a_small_file_is_found_by_gits_name(hub):
    hub.faults.content = {"config.json": CONFIG.replace(b"4", b"5")}
    with pytest.raises(WrongFile, match=r"config\.json is damaged"):
        quick(tiny_entry())


def test_a_mirror_with_another_file_is_refused_before_a_byte_is_loaded(hub):
    hub.files[LARGE] = WEIGHTS[:-1] + b"\xff"
    with pytest.raises(WrongFile, match="not the known file"):
        quick(tiny_entry())
    assert hub.sent(LARGE) == []


def test_a_mirror_with_another_commit_is_refused(hub):
    hub.commit = "f" * 40
    with pytest.raises(WrongFile, match="commit ffffffffffff instead of 0123456789ab"):
        quick(tiny_entry())
    assert hub.sent("config.json") == []


def test_where_no_checksum_is_known_the_first_one_is_recorded_and_said(hub):
    hub.faults.plain_tags = True
    entry = tiny_entry(known=False)
    outcome = quick(entry)
    assert outcome.ready and set(outcome.unchecked) == {"config.json", LARGE}
    assert store.read_record(entry.folder())["files"][LARGE]["checked_by"] == "first download"
    assert install.verify(entry) == {}


def test_the_commit_of_the_first_look_counts_where_none_is_known(hub):
    hub.faults.break_after = [10**9, 1024, *[0] * install.TRIES]
    entry = tiny_entry(revision="main")
    with pytest.raises(Broken):
        quick(entry)
    hub.faults.break_after = []
    hub.requests.clear()
    assert quick(entry).ready
    assert all(f"/resolve/{COMMIT}/" in path for method, path, *_ in hub.requests if method == "HEAD")
    assert store.read_record(entry.folder())["commit"] == COMMIT


def test_gated_without_a_token_says_where_to_get_access(hub):
    hub.faults.token = "hf_secret"
    with pytest.raises(AccessError, match=r"huggingface\.co/tests/tiny.*HF_TOKEN"):
        quick(tiny_entry())


def test_a_wrong_token_is_told_apart_and_never_shown(hub, monkeypatch):
    hub.faults.token = "hf_secret"
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(AccessError, match="does not know your token") as caught:
        quick(tiny_entry())
    assert "hf_" not in str(caught.value)


def test_a_token_without_access_says_which_terms_to_accept(hub, monkeypatch):
    hub.faults.token, hub.faults.refuses = "hf_secret", True
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    with pytest.raises(AccessError, match=r"accept its terms at https://huggingface\.co/tests/tiny"):
        quick(tiny_entry())


def test_the_token_goes_to_the_hub_and_not_to_the_host_that_it_redirects_to(hub, home):
    hub.faults.token = "hf_secret"
    store.change_settings(token="hf_secret")
    assert (home / "hub-token").stat().st_mode & 0o077 == 0
    assert quick(tiny_entry()).ready
    assert {auth for _, path, _, auth in hub.requests if path.startswith("/cdn/")} == {""}
    assert {auth for _, path, _, auth in hub.requests if not path.startswith("/cdn/")} == {"Bearer hf_secret"}


def test_a_missing_file_is_named(hub):
    del hub.files[LARGE]
    with pytest.raises(NotThere, match=r"has no net/model\.safetensors of tests/tiny"):
        quick(tiny_entry())


def test_a_repository_that_hides_is_one_without_access(hub):
    """The hub says 404 for repositories that the asker may not even know of."""
    hub.faults.status = (404, "RepoNotFound")
    with pytest.raises(AccessError, match=r"huggingface\.co/tests/tiny.*HF_TOKEN"):
        quick(tiny_entry())


def test_a_commit_that_is_gone_is_named(hub):
    hub.faults.status = (404, "RevisionNotFound")
    with pytest.raises(NotThere, match=r"config\.json of tests/tiny at 0123456789ab"):
        quick(tiny_entry())


def test_a_hub_that_counts_requests_is_waited_for(hub):
    hub.faults.status = (429, "")
    with pytest.raises(Broken, match=r"busy \(status 429\)"):
        quick(tiny_entry())
    assert len(hub.requests) == install.LOOK_TRIES


def test_a_slow_link_comes_to_its_end_and_says_how_far_it_is(hub):
    hub.faults.slow_seconds = 0.02
    entry, seen = tiny_entry(), []
    assert quick(entry, progress=seen.append).ready
    done = [p.done for p in seen if p.stage == "download"]
    assert len({count for count in done if len(CONFIG) < count < len(CONFIG) + len(WEIGHTS)}) >= 1


def test_a_mirror_of_the_settings_serves_and_keeps_the_hubs_page(hub, monkeypatch):
    """The mirror's address is where files come from; people are sent to the hub, which alone gives access."""
    monkeypatch.delenv("HF_ENDPOINT")
    store.change_settings(mirror=hub.endpoint + "/")
    assert quick(tiny_entry()).ready
    record = store.read_record(tiny_entry().folder())
    assert record["endpoint"] == hub.endpoint and hub.requests
    assert tiny_entry().source.page == "https://huggingface.co/tests/tiny"


def test_a_licence_file_comes_along_where_there_is_one(hub):
    hub.files["LICENSE"] = b"terms"
    assert quick(tiny_entry()).ready
    assert (tiny_entry().folder() / "LICENSE").read_bytes() == b"terms"


def test_a_busy_hub_is_asked_again_a_few_times(hub):
    hub.faults.busy = 2
    assert quick(tiny_entry()).ready
    shutil.rmtree(tiny_entry().folder())
    hub.faults.status = (500, "")
    with pytest.raises(Broken, match=r"busy \(status 500\)"):
        quick(tiny_entry())


def test_what_is_no_hub_is_told(hub):
    hub.faults.status = (418, "")
    with pytest.raises(HubError, match="status 418"):
        quick(tiny_entry())


def test_no_server_says_so_and_names_the_mirror_setting(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # the discard port: nobody listens
    with pytest.raises(Broken, match=r"cannot be reached.*HF_ENDPOINT"):
        quick(tiny_entry())


def cancelled_after(entry, token, when):
    """Download in a thread, and cancel when `when()` holds: then it ends long before any time-out."""
    caught = []

    def run():
        try:
            quick(entry, cancel=token)
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    end = time.monotonic() + 20
    while not when():
        assert time.monotonic() < end and thread.is_alive(), caught
        time.sleep(0.01)
    token.cancel()
    thread.join(hub_module.READ_SECONDS / 2)
    assert not thread.is_alive() and isinstance(caught[0], Cancelled)


def test_a_slow_link_is_cancelled_at_once_and_goes_on_later(hub):
    hub.faults.slow_seconds = 0.5  # ten pieces: the whole file takes five seconds
    entry = tiny_entry()
    cancelled_after(entry, CancelToken(), lambda: entry.staged_size() > len(CONFIG))
    assert entry.state() == "partial"
    hub.faults.slow_seconds = 0.0
    assert quick(entry).ready


def test_a_link_that_sends_nothing_more_is_cancelled_all_the_same(hub):
    hub.faults.stalls = True
    entry = tiny_entry()
    cancelled_after(entry, CancelToken(), lambda: hub.sent("config.json") != [])


def test_a_silent_server_counts_as_broken(hub, monkeypatch):
    monkeypatch.setattr(hub_module, "READ_SECONDS", 0.2)
    hub.faults.stalls = True
    with pytest.raises(Broken, match="ReadTimeout"):
        quick(tiny_entry())
    assert tiny_entry().state() == "partial"


def test_a_disk_without_room_is_told_before_loading(hub, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("models.weights.staging.shutil.disk_usage", lambda _: usage(10**9, 10**9, 1000))
    with pytest.raises(WeightsError, match=r"needs 256\.0 MiB of free disk .* there are 1000 B"):
        quick(tiny_entry())
    assert hub.sent(LARGE) == []


def test_a_disk_that_fills_up_keeps_what_arrived(hub, monkeypatch):
    import errno

    def full(part, source, known, start, meter, cancel):
        part.write_bytes(b"x" * 100)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(install, "_append", full)
    with pytest.raises(WeightsError, match=r"is full; what arrived of tiny \(100 B\) is kept"):
        quick(tiny_entry())


def test_two_at_once_are_kept_apart(hub):
    with store.locked("tiny"), pytest.raises(WeightsError, match="another window or command"):
        quick(tiny_entry())
    assert quick(tiny_entry()).ready


def test_the_offline_switch_of_the_hub_is_respected(hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match="HF_HUB_OFFLINE is set"):
        quick(tiny_entry())
    assert hub.requests == []
