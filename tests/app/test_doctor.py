"""The report about this installation."""

import hashlib
import json
import shutil

import resources
from app.cli import main
from app.doctor import Finding, as_data, can_run, examine
from models.weights.entry import read_checksums, sha256


def test_this_installation_is_described(capsys):
    findings = {finding.topic: finding for finding in examine()}
    assert {"system", "python", "torch", "GPU", "ffmpeg", "disk", "renderer draft", "weights minilm"} <= set(findings)
    assert findings["numpy"].level == "ok"
    assert "ffmpeg version" in findings["ffmpeg"].text
    assert findings["weights minilm"].text.endswith("checksum right")
    assert findings["weights generator"].level == "ok" and "checksum right" in findings["weights generator"].text
    assert all(finding.advice for finding in findings.values() if finding.level == "missing")


def test_weights_are_those_of_the_registry(tmp_path, monkeypatch):
    monkeypatch.setenv("VERSA_MODELS", str(tmp_path / "models"))
    shutil.copytree(resources.WEIGHTS, tmp_path / "weights")
    monkeypatch.setattr(resources, "WEIGHTS", tmp_path / "weights")
    (tmp_path / "weights" / "tokenizer" / "model.safetensors").write_bytes(b"other")
    (tmp_path / "weights" / "generator" / "model.safetensors").unlink()
    findings = {finding.topic: finding for finding in examine()}
    assert (
        findings["weights tokenizer"].level == "note" and "not the file that came" in findings["weights tokenizer"].text
    )
    assert (
        findings["weights generator"].level == "missing" and "install it again" in findings["weights generator"].advice
    )
    absent = findings["weights svd-xt-1-1"]
    assert absent.level == "note" and "absent, only for backend versa" in absent.text
    assert "versa models download svd-xt-1-1" in absent.advice


def test_json_says_whether_it_can_run(capsys):
    status = main(["doctor", "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert answer["can_run"] is (status == 0)
    assert {"topic", "level", "text", "advice"} == set(answer["findings"][0])


def test_anything_missing_means_it_cannot_run():
    fine = (Finding("a", "ok", "x"), Finding("b", "note", "y"))
    assert can_run(fine) and as_data(fine)["can_run"]
    assert not can_run((*fine, Finding("c", "missing", "z", "install it")))


def test_checksums_are_read_as_sha256sum_writes_them(tmp_path):
    (tmp_path / "w.bin").write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    (tmp_path / "SHA256SUMS").write_text(f"{digest}  w.bin\n{digest} *other.bin\n")
    assert read_checksums(tmp_path / "SHA256SUMS") == {"w.bin": digest, "other.bin": digest}
    assert sha256(tmp_path / "w.bin") == digest
    assert read_checksums(tmp_path / "none") == {}
