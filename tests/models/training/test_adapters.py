"""Other people's data folders, made here by their public descriptions, become captures with captions."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from core.constants import MOTION_FPS
from core.features import encode
from core.skeleton import UNIFORM_BONE_LENGTHS
from models.training.adapters import AdapterError, ClipError, DataClip, Dataset, open_dataset
from models.training.adapters.amass import AmassFolder
from models.training.adapters.beat2 import Beat2Folder, read_gestures, read_words
from models.training.adapters.body_model import load_body_model, y_up
from models.training.adapters.humanml3d import HumanML3DFolder, parse_texts
from tests.models.training.given_folders import (
    ALL_PARENTS,
    TEXTGRID,
    beat2,
    body_model,
    humanml3d,
    parameters,
    write_body_model,
)


def every_clip(dataset: Dataset) -> list[DataClip]:
    return [clip for recording in dataset.recordings() for clip in dataset.read(recording)]


@pytest.fixture(scope="module")
def model_values() -> dict[str, NDArray[np.generic]]:
    return body_model()


@pytest.fixture(scope="module")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_body_model(tmp_path_factory.mktemp("body_models"))


def test_joints_agree_with_the_smplx_package(models_folder: Path, model_values: dict[str, NDArray[np.generic]]) -> None:
    torch = pytest.importorskip("torch")
    reference = pytest.importorskip("smplx.lbs")
    given = parameters(7)
    ours = load_body_model(models_folder, "smplx", "neutral").joints(given["poses"], given["trans"], given["betas"])
    betas = torch.zeros(7, 20, dtype=torch.float64)
    betas[:, :10] = torch.tensor(given["betas"][:10])
    tensors = {name: torch.tensor(np.asarray(value, np.float64)) for name, value in model_values.items()}
    _, joints = reference.lbs(
        betas, torch.tensor(given["poses"]), tensors["v_template"][None], tensors["shapedirs"],
        tensors["posedirs"].reshape(-1, 486).T, tensors["J_regressor"], torch.tensor([-1, *ALL_PARENTS[1:]]),
        tensors["weights"],
    )  # fmt: skip
    np.testing.assert_allclose(ours, joints[:, :22].numpy() + given["trans"][:, None], atol=1e-6)


def test_amass_files_become_captures(tmp_path: Path, models_folder: Path) -> None:
    given = parameters(241)
    for place in ("CMU/01", "HumanEva/S1", "Eyes_Japan_Dataset/aita"):
        (tmp_path / place).mkdir(parents=True)
        np.savez(tmp_path / place / "walk_stageii.npz", **given, mocap_frame_rate=120.0)  # type: ignore[arg-type]
        np.savez(tmp_path / place / "shape.npz", betas=given["betas"])
    dataset = open_dataset(tmp_path, models_folder)
    assert isinstance(dataset, AmassFolder)
    clips = {clip.capture.name: clip for clip in every_clip(dataset)}
    assert set(clips) == {"amass/CMU/01/walk_stageii", "amass/HumanEva/S1/walk_stageii"}  # the third is too short
    clip = clips["amass/CMU/01/walk_stageii"]
    assert clip.split == "train" and clips["amass/HumanEva/S1/walk_stageii"].split == "val"
    assert clip.capture.actor == "01" and clip.captions == () and clip.capture.joints.shape == (41, 22, 3)
    own = load_body_model(models_folder, "smplx", "female").joints(given["poses"], given["trans"], given["betas"])
    np.testing.assert_allclose(clip.capture.joints, y_up(own)[::6], atol=1e-4)  # 120 to 20 frames a second, Y up


def test_what_amass_needs_is_said(tmp_path: Path, models_folder: Path) -> None:
    np.savez(tmp_path / "a_poses.npz", **parameters(60, 156), mocap_framerate=60.0)  # type: ignore[arg-type]
    with pytest.raises(AdapterError, match="register at the web site"):
        every_clip(open_dataset(tmp_path))
    with pytest.raises(AdapterError, match="no body model of the kind smplh"):
        every_clip(open_dataset(tmp_path, models_folder))
    np.savez(tmp_path / "a_poses.npz", **parameters(60, 72), mocap_framerate=60.0)  # type: ignore[arg-type]
    with pytest.raises(AdapterError, match=r"\(60, 72\)"):
        every_clip(open_dataset(tmp_path, models_folder))
    np.savez(tmp_path / "a_poses.npz", trans=np.zeros((4, 3)))
    with pytest.raises(AdapterError, match="no 'poses'"):
        every_clip(open_dataset(tmp_path, models_folder))


def test_humanml3d_folders_become_captures(tmp_path: Path) -> None:
    vectors = humanml3d(tmp_path)
    dataset = open_dataset(tmp_path)
    assert isinstance(dataset, HumanML3DFolder)
    assert dataset.recordings() == ("000001", "000002", "M000001")  # 000777 has no motion
    with pytest.raises(ClipError, match=r"000002\.npy: some values are NaN"):
        dataset.read("000002")
    clips = {clip.capture.name: clip for name in ("000001", "M000001") for clip in dataset.read(name)}
    assert set(clips) == {
        "humanml3d/000001", "humanml3d/000001/1", "M:humanml3d/000001", "M:humanml3d/000001/1"
    }  # fmt: skip
    whole = clips["humanml3d/000001"]
    assert [caption.text for caption in whole.captions] == ["a man lifts his right hand.", "someone raises an arm."]
    assert whole.split == "train" and not whole.capture.mirrored
    assert clips["M:humanml3d/000001"].split == "test" and clips["M:humanml3d/000001"].capture.mirrored
    assert len(clips["humanml3d/000001/1"].capture.joints) == 50  # 0.5 to 3.0 s
    lengths = np.linalg.norm(whole.capture.joints[:, 4] - whole.capture.joints[:, 1], axis=1)
    np.testing.assert_allclose(lengths, UNIFORM_BONE_LENGTHS[4], atol=1e-4)
    again = encode(whole.capture.joints, "published")
    np.testing.assert_allclose(again[:-1, 4:67], vectors["000001"][: len(again) - 1, 4:67], atol=2e-3)


def test_humanml3d_says_which_line_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match=r"x\.txt, line 2"):
        parse_texts("a#a/DET#0.0#0.0\nno tokens here", "x.txt")
    humanml3d(tmp_path)
    (tmp_path / "texts" / "000001.txt").unlink()
    with pytest.raises(AdapterError, match=r"000001\.txt is missing"):
        every_clip(open_dataset(tmp_path))
    with pytest.raises(ClipError, match=r"x\.txt, line 1: start and end must be seconds"):
        parse_texts("a#a/DET#0.0#inf", "x.txt")
    (tmp_path / "train.txt").write_bytes("é".encode("latin-1"))
    with pytest.raises(AdapterError, match=r"train\.txt is no text in UTF-8"):
        open_dataset(tmp_path)
    for split in ("train", "test"):
        (tmp_path / f"{split}.txt").unlink()
    with pytest.raises(AdapterError, match="split is unknown"):
        open_dataset(tmp_path)


def test_beat2_recordings_come_with_words_and_gestures(tmp_path: Path, models_folder: Path) -> None:
    beat2(tmp_path)
    dataset = open_dataset(tmp_path, models_folder)
    assert isinstance(dataset, Beat2Folder)
    (clip,) = every_clip(dataset)
    assert clip.capture.name == "beat2/2_scott_0_1_1" and clip.capture.actor == "2_scott" and clip.split == "test"
    assert len(clip.capture.joints) == 2 * MOTION_FPS + 1
    given = parameters(61)
    own = load_body_model(models_folder, "smplx", "neutral").joints(given["poses"], given["trans"], np.zeros(300))
    np.testing.assert_allclose(clip.capture.joints[::2], own[::3], atol=1e-4)  # 30 to 20 frames a second, no turn
    assert clip.speech is not None and clip.speech.audio.name == "2_scott_0_1_1.wav"
    assert clip.speech.words == (("hello", 0.5, 0.9), ('say "yes"', 0.9, 2.0))
    assert [(c.text, c.start, c.end) for c in clip.captions] == [("iconic: big", 0.5, 1.2), ("deictic", 1.2, 1.9)]


def test_beat2_says_what_is_wrong(tmp_path: Path, models_folder: Path) -> None:
    beat2(tmp_path)
    (tmp_path / "sem" / "2_scott_0_1_1.txt").write_text("iconic 0.5 1.2\n")
    with pytest.raises(AdapterError, match="line 1"):
        read_gestures(tmp_path / "sem" / "2_scott_0_1_1.txt")
    (tmp_path / "a.TextGrid").write_text("nothing")
    with pytest.raises(AdapterError, match="no TextGrid"):
        read_words(tmp_path / "a.TextGrid")
    (tmp_path / "utf16.TextGrid").write_bytes(TEXTGRID.encode("utf-16"))
    assert len(read_words(tmp_path / "utf16.TextGrid")) == 2
    with pytest.raises(AdapterError, match="whose file is not there"):
        every_clip(open_dataset(tmp_path))
    (tmp_path / "wave16k" / "2_scott_0_1_1.wav").unlink()
    with pytest.raises(AdapterError, match=r"\.wav is missing"):
        every_clip(open_dataset(tmp_path, models_folder))
    (tmp_path / "train_test_split.csv").write_text("id,type\nx,other\n")
    with pytest.raises(AdapterError, match="'other' is unknown"):
        open_dataset(tmp_path)


def test_an_unknown_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match="none of the known data sets"):
        open_dataset(tmp_path)
    with pytest.raises(AdapterError, match="is not a folder"):
        open_dataset(tmp_path / "nowhere")


def saved(array: NDArray[np.generic], **options: bool) -> bytes:
    raw = io.BytesIO()
    np.save(raw, array, **options)
    return raw.getvalue()


def zipped(**arrays: ArrayLike) -> bytes:
    raw = io.BytesIO()
    np.savez(raw, **arrays)  # type: ignore[arg-type]
    return raw.getvalue()


def bare(*names: str) -> bytes:
    """An archive of members that are no arrays."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name in names:
            archive.writestr(name, "words")
    return raw.getvalue()


FEATURES = np.zeros((60, 263), dtype=np.float32)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no .npy file; fetch it again"),
        (b"these are words", "is no .npy file"),
        (saved(FEATURES)[:-400], "is a damaged .npy file"),
        (saved(FEATURES)[:20] + b"[" + saved(FEATURES)[21:], "is a damaged .npy file"),
        (saved(np.array([{}, {}], dtype=object), allow_pickle=True), "is a damaged .npy file"),
        (zipped(a=FEATURES), "is no .npy file"),
        (saved(FEATURES[:, :251]), r"shape \(T, 263\), not \(60, 251\)"),
        (saved(FEATURES.astype(str)), "numbers are expected, not <U32"),
        (saved(FEATURES * np.nan), "some values are NaN or infinite"),
    ],
)
def test_a_broken_file_of_features_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    humanml3d(tmp_path)
    (tmp_path / "new_joint_vecs" / "000001.npy").write_bytes(content)
    with pytest.raises(ClipError, match=rf"new_joint_vecs/000001\.npy.*{said}"):
        open_dataset(tmp_path).read("000001")


def test_texts_in_another_encoding_are_named(tmp_path: Path) -> None:
    humanml3d(tmp_path)
    (tmp_path / "texts" / "000001.txt").write_bytes("a café#a/DET#0.0#0.0\n".encode("latin-1"))
    with pytest.raises(ClipError, match=r"texts/000001\.txt is no text in UTF-8; save it in that encoding"):
        open_dataset(tmp_path).read("000001")


GIVEN = parameters(61)
FALSE_PARAMETERS = [
    ({"poses": np.where(np.arange(165) == 7, np.nan, GIVEN["poses"])}, "poses: some values are NaN or infinite"),
    ({"trans": GIVEN["trans"][:, :2]}, r"trans \(T, 3\), not \(61, 165\) and \(61, 2\)"),
    ({"trans": GIVEN["trans"][:7]}, r"trans \(T, 3\), not \(61, 165\) and \(7, 3\)"),
    ({"betas": np.array(["a", "b"])}, "betas: numbers are expected, not <U1"),
    ({"betas": np.full(16, 1e308)}, "put joints 100 km away or farther"),
    ({"mocap_frame_rate": np.array("fast")}, "mocap_frame_rate: numbers are expected, not <U4"),
    ({"mocap_frame_rate": np.array([30, 30])}, "mocap_frame_rate: one number is expected, not 2"),
    ({"mocap_frame_rate": np.array(np.inf)}, "mocap_frame_rate: some values are NaN or infinite"),
    ({"mocap_frame_rate": np.array(15)}, "has 15 frames a second; 20 or more are needed"),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:(overflow|invalid value) encountered")
@pytest.mark.parametrize(("changed", "said"), FALSE_PARAMETERS)
def test_false_body_parameters_are_named(
    tmp_path: Path, models_folder: Path, changed: dict[str, NDArray[np.generic]], said: str
) -> None:
    content = zipped(**(GIVEN | {"mocap_frame_rate": np.array(30)} | changed))
    (tmp_path / "amass").mkdir()
    (tmp_path / "amass" / "a_stageii.npz").write_bytes(content)
    with pytest.raises(ClipError, match=rf"a_stageii\.npz.*{said}"):
        open_dataset(tmp_path / "amass", models_folder).read("a_stageii.npz")
    beat2(tmp_path / "beat2")
    (tmp_path / "beat2" / "smplxflame_30" / "2_scott_0_1_1.npz").write_bytes(content)
    with pytest.raises(ClipError, match=rf"2_scott_0_1_1\.npz.*{said}"):
        open_dataset(tmp_path / "beat2", models_folder).read("2_scott_0_1_1")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no .npz file; fetch it again"),
        (zipped(**GIVEN)[:-300], "is a damaged .npz file"),
        (bare("poses"), "has no 'poses'"),
        (saved(GIVEN["poses"]), "is no .npz file"),
        (zipped(**GIVEN), "does not say its frame rate"),
    ],
)
def test_a_broken_file_of_body_parameters_is_named(
    tmp_path: Path, models_folder: Path, content: bytes, said: str
) -> None:
    (tmp_path / "a_stageii.npz").write_bytes(content)
    with pytest.raises(ClipError, match=rf"a_stageii\.npz.*{said}"):
        open_dataset(tmp_path, models_folder).read("a_stageii.npz")


def test_a_broken_body_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "a_stageii.npz").write_bytes(zipped(**GIVEN, mocap_frame_rate=30))
    model = tmp_path / "model.npz"
    for content in (saved(FEATURES), zipped(**(body_model() | {"shapedirs": np.zeros(3)}))):
        model.write_bytes(content)
        with pytest.raises(AdapterError, match=r"model\.npz.*download") as caught:
            open_dataset(tmp_path, model).read("a_stageii.npz")
        assert not isinstance(caught.value, ClipError)  # no clip can be read, so none is skipped


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("wave16k/2_scott_0_1_1.wav", b"RIFF", "is not audio"),
        ("wave16k/2_scott_0_1_1.wav", b"", "is empty"),
        ("textgrid/2_scott_0_1_1.TextGrid", TEXTGRID.replace("xmax = 0.9", "xmax = 0.9.1").encode(), "are no times"),
        ("sem/2_scott_0_1_1.txt", "geste\t0.5\t1.0\t0\t0\té\n".encode("latin-1"), "no text in UTF-8"),
        ("sem/2_scott_0_1_1.txt", b"deictic\t0.5\tinf\n", "line 1: start and end must be seconds"),
    ],
)
def test_what_belongs_to_a_recording_is_looked_at(
    tmp_path: Path, models_folder: Path, file: str, content: bytes, said: str
) -> None:
    beat2(tmp_path)
    (tmp_path / file).write_bytes(content)
    with pytest.raises(ClipError, match=rf"{file}.*{said}"):
        open_dataset(tmp_path, models_folder).read("2_scott_0_1_1")
