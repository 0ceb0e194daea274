"""Folders of others are read clip by clip: bad ones are left out and told, and tables follow the files."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.cancel import CancelToken, Progress, ignore_progress
from core.features import encode
from models.audio_encoder import LogMelEncoder
from models.tokenizer import MotionTokenizer, TokenizerConfig
from models.training.adapters import AdapterError
from models.training.adapters.humanml3d import HumanML3DFolder
from models.training.corpus import NotedTable, Source, build_noted
from models.training.given_pairs import given_pairs
from models.training.loop import Meter
from tests.models.synthetic import raised, ramp
from tests.models.training.given_folders import beat2, humanml3d, parameters, write_body_model


class Listener:
    """Hears progress and notes, as the command line does."""

    def __init__(self) -> None:
        self.told: list[Progress] = []
        self.notes: list[str] = []

    def __call__(self, progress: Progress) -> None:
        self.told.append(progress)

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    humanml3d(tmp_path / "humanml3d")
    return tmp_path / "humanml3d"


def read(folder: Path, cache: Path, listener: Callable[[Progress], None] = ignore_progress) -> NotedTable:
    return build_noted(Source(folder, "humanml3d"), cache, listener, CancelToken())


def names(noted: NotedTable) -> set[str]:
    return {clip.name for clip in noted.table.clips}


def add_clip(folder: Path, name: str) -> None:
    np.save(folder / "new_joint_vecs" / f"{name}.npy", encode(raised(80, "left", ramp(80, 10, 40)), "published"))
    (folder / "texts" / f"{name}.txt").write_text("a man waves.#a/DET man/NOUN wave/VERB#0.0#0.0\n", encoding="utf-8")
    with (folder / "train.txt").open("a", encoding="utf-8") as stream:
        stream.write(f"{name}\n")


def test_bad_clips_are_left_out_and_told(folder: Path, tmp_path: Path) -> None:
    for name in ("000000", "000003", "000004"):
        add_clip(folder, name)
    (folder / "new_joint_vecs" / "000000.npy").write_bytes(b"")
    (folder / "texts" / "000003.txt").write_bytes("un café#un/DET#0.0#0.0\n".encode("latin-1"))
    np.save(folder / "new_joint_vecs" / "000004.npy", np.zeros((60, 263), dtype=np.float32))  # a body without a size
    listener = Listener()
    noted = read(folder, tmp_path, listener)
    assert names(noted) == {"humanml3d/000001", "humanml3d/000001/1", "M:humanml3d/000001", "M:humanml3d/000001/1"}
    (note,) = listener.notes
    assert note.startswith(f"left out of {folder}: 4 clips that cannot be used")
    assert "the first:" in note and "new_joint_vecs/000000.npy is no .npy file" in note
    (index,) = tmp_path.glob("table-humanml3d-*/features.json")
    left_out = json.loads(index.read_text(encoding="utf-8"))["left_out"]
    assert str(index) in note and len(left_out) == 4
    for text, name in zip(left_out, ("000000.npy", "000002.npy", "000003.txt", "humanml3d/000004"), strict=True):
        assert name in text
    assert listener.told[-1].message == "4 clips, 4 left out"


def test_a_folder_of_bad_clips_alone_is_refused_in_one_sentence(folder: Path, tmp_path: Path) -> None:
    (folder / "new_joint_vecs" / "000001.npy").write_bytes(b"")
    with pytest.raises(AdapterError, match=r"no usable clip of the training part.*2 cannot be used, .*000001\.npy"):
        read(folder, tmp_path)
    assert not list(tmp_path.glob("table-*/*"))


def test_one_slow_recording_does_not_refuse_amass(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    models = write_body_model(tmp_path / "models")
    (tmp_path / "amass").mkdir()
    for name, rate in (("a", 15.0), ("b", 120.0)):
        np.savez(tmp_path / "amass" / f"{name}_stageii.npz", **parameters(361), mocap_frame_rate=rate)  # type: ignore[arg-type]
    listener = Listener()
    noted = build_noted(Source(tmp_path / "amass", "amass", models), tmp_path, listener, CancelToken())
    assert names(noted) == {"amass/b_stageii", "M:amass/b_stageii"}
    assert len(listener.notes) == 1 and "a_stageii.npz has 15 frames a second" in listener.notes[0]
    assert ": 1 clip that cannot be used" in listener.notes[0]


def test_one_silent_recording_does_not_refuse_beat2(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    models = write_body_model(tmp_path / "models")
    beat2(tmp_path / "beat2", (("1_wayne_0_1_1", "train"), ("2_scott_0_1_1", "train")))
    (tmp_path / "beat2" / "wave16k" / "1_wayne_0_1_1.wav").write_bytes(b"RIFF")
    listener = Listener()
    noted = build_noted(Source(tmp_path / "beat2", "beat2", models), tmp_path, listener, CancelToken())
    assert names(noted) == {"beat2/2_scott_0_1_1", "M:beat2/2_scott_0_1_1"}
    assert "1_wayne_0_1_1.wav is not audio" in listener.notes[0]


def test_reading_has_a_share_and_a_time_left(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Meter.step

    def eager(self: Meter, done: int, message: str = "") -> None:
        self._last = -1e9  # every step, however quick
        real(self, done, message)

    monkeypatch.setattr(Meter, "step", eager)
    listener = Listener()
    read(folder, tmp_path, listener)
    # 000777 is in the list only: three recordings.
    assert [(told.done, told.total) for told in listener.told] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert [told.seconds_left is None for told in listener.told] == [True, False, False, False]
    assert [told.message for told in listener.told] == ["0 clips", "2 clips", "2 clips", "4 clips, 1 left out"]


def test_features_follow_the_files(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    real = HumanML3DFolder.read

    def counted(self: HumanML3DFolder, recording: str):  # type: ignore[no-untyped-def]
        opened.append(recording)
        return real(self, recording)

    monkeypatch.setattr(HumanML3DFolder, "read", counted)
    before, listener = read(folder, tmp_path), Listener()
    assert opened == ["000001", "000002", "M000001"]
    again = read(folder, tmp_path, listener)
    assert len(opened) == 3 and listener.told == [] and listener.notes == []  # nothing changed, nothing is read
    assert again.table.clips == before.table.clips and again.notes == before.notes

    add_clip(folder, "000003")
    after = read(folder, tmp_path, listener)
    assert names(after) - names(before) == {"humanml3d/000003"} and len(opened) == 3 + 4
    assert f"were made of other files than {folder} holds now" in listener.notes[0]
    for clip, note in zip(after.table.clips, after.notes, strict=True):
        assert np.isfinite(after.table.rows(clip)).all() and note.captions

    texts = folder / "texts" / "000003.txt"
    texts.write_text(texts.read_text(encoding="utf-8").replace("waves", "bends"), encoding="utf-8")  # of the same size
    os.utime(texts, ns=(0, 1_000_000_000))
    told = {text.text for note in read(folder, tmp_path).notes for text in note.captions}
    assert "a man bends." in told and "a man waves." not in told
    (folder / "notes.txt").write_text("of no data set")
    assert len(opened) == 3 + 4 + 4 and len(read(folder, tmp_path).table.clips) == 5 and len(opened) == 3 + 4 + 4


def test_windows_follow_the_files_too(folder: Path, tmp_path: Path) -> None:
    tokenizer = MotionTokenizer(TokenizerConfig(width=16, code_dim=16, residual_levels=1)).eval()

    def windows() -> int:
        table = given_pairs(
            Source(folder, "humanml3d"), tmp_path, tokenizer, LogMelEncoder(), tmp_path / "pairs", ignore_progress,
            CancelToken(), held_out=False,
        )  # fmt: skip
        assert table is not None
        return len(table)

    before = windows()
    add_clip(folder, "000003")
    assert windows() == before + 1
