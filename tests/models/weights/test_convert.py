"""Pickled checkpoints become safetensors; those that ask for anything but tensors run nothing."""

import collections
import hashlib
import io
import os
import pickle
import subprocess
import zipfile

import pytest
import torch
from safetensors.torch import load_file

from core.cancel import Cancelled, CancelToken
from models.weights import convert as convert_module
from models.weights.convert import UnsafeCheckpoint, convert_pickle, read_header
from models.weights.convert_child import RefusedError, check, convert, refusal, tensors_of
from models.weights.store import WeightsError
from tests.models.weights.tiny import WEIGHTS

TENSORS = {"unet.w": torch.arange(12, dtype=torch.float16).reshape(3, 4), "pose_net.scale": torch.tensor([2.0])}


class Touch:
    """Makes a file when it is unpickled."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return (os.mkdir, (str(self.marker),))


class Indirect:
    """The same by way of a builtin and a text."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return (eval, (f"__import__('os').mkdir({str(self.marker)!r})",))


def test_the_markers_of_these_tests_work(tmp_path):
    for number, kind in enumerate((Touch, Indirect)):
        pickle.loads(pickle.dumps(kind(tmp_path / str(number))))
        assert (tmp_path / str(number)).is_dir()


@pytest.mark.parametrize("legacy", [False, True])
def test_a_plain_checkpoint_is_converted_value_by_value(tmp_path, legacy):
    state = collections.OrderedDict(TENSORS, alias=TENSORS["unet.w"])  # shares its memory
    torch.save(state, tmp_path / "net.pth", _use_new_zipfile_serialization=not legacy)
    facts = convert(tmp_path / "net.pth", tmp_path / "net.safetensors")
    loaded = load_file(tmp_path / "net.safetensors")
    assert facts["tensors"] == len(loaded) == 3 and facts["size"] == (tmp_path / "net.safetensors").stat().st_size
    assert facts["sha256"] == hashlib.sha256((tmp_path / "net.safetensors").read_bytes()).hexdigest()
    for name, tensor in state.items():
        assert loaded[name].dtype == tensor.dtype and torch.equal(loaded[name], tensor)


@pytest.mark.parametrize("kind", [Touch, Indirect])
@pytest.mark.parametrize("legacy", [False, True])
def test_a_malicious_checkpoint_is_refused_before_anything_runs(tmp_path, kind, legacy):
    marker = tmp_path / "marker"
    path = tmp_path / "evil.pth"
    torch.save({**TENSORS, "x": kind(marker)}, path, _use_new_zipfile_serialization=not legacy)
    with pytest.raises(RefusedError, match=r"asks for (posix|nt|builtins|__builtin__)\.(mkdir|eval)"):
        check(path)
    assert not marker.exists()


def test_the_whole_way_refuses_in_one_sentence_and_leaves_no_file(tmp_path):
    marker = tmp_path / "marker"
    torch.save({"x": Touch(marker)}, tmp_path / "evil.pth")
    with pytest.raises(UnsafeCheckpoint) as caught:
        convert_pickle(tmp_path / "evil.pth", tmp_path / "net.safetensors")
    sentence = str(caught.value)
    assert sentence.startswith("evil.pth was not opened: its pickle asks for ") and "\n" not in sentence
    assert sorted(p.name for p in tmp_path.iterdir()) == ["evil.pth"]


def test_a_plain_pickle_runs_nothing(tmp_path):
    marker = tmp_path / "marker"
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        (tmp_path / "evil.bin").write_bytes(pickle.dumps(Touch(marker), protocol))
        with pytest.raises(RefusedError):
            check(tmp_path / "evil.bin")
    assert not marker.exists()


@pytest.mark.parametrize(
    ("pickled", "reason"),
    [
        (b"(ios\nsystem\nS'x'\n.", "INST"),
        (b"cos\nsystem\n(S'x'\ntR.", "os.system"),
        (b"\x8c\x02os\x8c\x06system\x93.", "STACK_GLOBAL"),
        (b"\x82\x01.", "EXT1"),
        (b"ctorch._utils\n_rebuild_tensor_v3\n.", "_rebuild_tensor_v3"),
        (b"ctorch\nload\n.", "torch.load"),
        (b"\xff\xff", "cannot be read"),
        (b"", "cannot be read"),
    ],
)
def test_every_way_of_naming_something_else_is_seen(pickled, reason):
    assert reason in refusal(io.BytesIO(pickled))


def test_a_pickle_of_tensors_alone_passes():
    assert refusal(io.BytesIO(b"\x80\x02ccollections\nOrderedDict\n)R.")) == ""


def test_a_zip_with_a_pickle_before_it_is_judged_as_torch_reads_it(tmp_path):
    """torch reads such a file as its old form, so the zip at its end must not decide."""
    marker = tmp_path / "marker"
    torch.save(TENSORS, tmp_path / "good.pth")
    path = tmp_path / "both.pth"
    path.write_bytes(pickle.dumps(Touch(marker), 2) + (tmp_path / "good.pth").read_bytes())
    assert zipfile.is_zipfile(path)
    with pytest.raises(RefusedError, match="mkdir"):
        check(path)
    assert not marker.exists()


def test_a_program_is_no_checkpoint(tmp_path):
    torch.save(TENSORS, tmp_path / "net.pth")
    with zipfile.ZipFile(tmp_path / "net.pth", "a") as archive:
        archive.writestr("net/code/__torch__.py", "x = 1")
    with pytest.raises(RefusedError, match="TorchScript"):
        check(tmp_path / "net.pth")


def test_a_second_pickle_is_refused(tmp_path):
    torch.save(TENSORS, tmp_path / "net.pth")
    with zipfile.ZipFile(tmp_path / "net.pth", "a") as archive:
        archive.writestr("other/data.pkl", pickle.dumps(Touch(tmp_path / "marker"), 2))
    with pytest.raises(RefusedError, match="2 pickles"):
        check(tmp_path / "net.pth")


def test_a_cut_checkpoint_is_no_checkpoint(tmp_path):
    torch.save(TENSORS, tmp_path / "net.pth")
    data = (tmp_path / "net.pth").read_bytes()
    (tmp_path / "net.pth").write_bytes(data[: len(data) // 2])
    with pytest.raises(RefusedError, match="cut short"):
        check(tmp_path / "net.pth")


@pytest.mark.parametrize(
    ("loaded", "reason"),
    [
        ([1], "holds a list"),
        ({}, "holds a dict, not a dictionary of tensors"),
        ({"epoch": 3}, "holds a int under 'epoch'"),
        ({"state_dict": {"w": torch.zeros(1)}}, "holds a dict under 'state_dict'"),
        ({1: torch.zeros(1)}, "under 1"),
    ],
)
def test_only_a_flat_dictionary_of_tensors_is_taken(loaded, reason):
    with pytest.raises(RefusedError, match=reason):
        tensors_of(loaded)


def test_the_process_gets_no_token_and_none_of_our_code(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    seen = {}

    class Stop(Exception):
        pass

    def popen(command, **options):
        seen.update(command=command, **options)
        raise Stop

    monkeypatch.setattr(subprocess, "Popen", popen)
    (tmp_path / "net.pth").write_bytes(b"x")
    with pytest.raises(Stop):
        convert_pickle(tmp_path / "net.pth", tmp_path / "net.safetensors")
    assert "HF_TOKEN" not in seen["env"] and "PYTHONPATH" not in seen["env"]
    assert seen["command"][1] == "-I"


def test_cancelling_ends_the_process(tmp_path):
    torch.save(TENSORS, tmp_path / "net.pth")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        convert_pickle(tmp_path / "net.pth", tmp_path / "net.safetensors", token)
    assert not (tmp_path / "net.safetensors").exists()


def test_a_process_that_dies_is_told(tmp_path, monkeypatch):
    script = tmp_path / "child.py"
    script.write_text("import os; os._exit(9)")
    monkeypatch.setattr(convert_module, "_CHILD", script)
    (tmp_path / "net.pth").write_bytes(b"x")
    with pytest.raises(WeightsError, match="ended with status 9"):
        convert_pickle(tmp_path / "net.pth", tmp_path / "net.safetensors")


def test_headers_tell_a_cut_file_and_a_strange_one(tmp_path):
    path = tmp_path / "m.safetensors"
    path.write_bytes(WEIGHTS)
    assert read_header(path)["w"]["shape"] == [2500]
    path.write_bytes(WEIGHTS[:-4])
    with pytest.raises(WeightsError, match="is damaged: its tensors need"):
        read_header(path)
    for content in (b"", b"PK\x03\x04" * 10, b"\xff" * 8, b"\x02\0\0\0\0\0\0\0[]"):
        path.write_bytes(content)
        with pytest.raises(WeightsError, match="not a safetensors file"):
            read_header(path)
