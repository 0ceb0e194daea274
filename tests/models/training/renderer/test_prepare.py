"""Making training clips of small videos that the tests draw."""

import importlib.util
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from app.cli import main
from core.cancel import Cancelled, CancelToken
from core.constants import SPEECH_RATE
from core.draw import FramePoses
from core.pose import LEFT_EYE, RIGHT_EYE
from core.timeline import EMOTIONS
from core.video import probe_video, read_frames, write_video
from models.training.renderer import measure
from models.training.renderer.clips import ClipArrays, DataError, Manifest, clip_arrays, clip_video
from models.training.renderer.pose_source import PoseModels, pose_source
from models.training.renderer.prepare import PrepareSettings, find_videos, prepare
from tests.models.renderers import draft_scenes

from .little_clips import FPS, arrays, pictures

SIZE = 128
SETTINGS = PrepareSettings(
    width=64, height=64, fps=FPS, speech="log-mel", limits={"face": 20.0, "shortest": 1.0, "longest": 2.0}
)
SHUT = (6, 7)


def scene(seconds: float = 2.0, seed: int = 0) -> tuple[dict[str, Any], np.ndarray]:
    """Poses as `versa poses` writes them, and pictures; the eyes shut in the frames `SHUT`."""
    clip = arrays(int(seconds * FPS), seed)
    clip = replace(clip, blink=np.isin(np.arange(len(clip.body)), SHUT).astype(np.float32))
    face = clip.face.copy()
    for first, x in ((36, 0.42), (42, 0.58)):
        for point, (dx, dy) in enumerate(((-2, 0), (-1, -1), (1, -1), (2, 0), (1, 1), (-1, 1))):
            lid = np.where(np.isin(np.arange(len(face)), SHUT), 0.1, 1.0)
            face[:, first + point, 0], face[:, first + point, 1] = x + 0.02 * dx, 0.3 + 0.02 * dy * lid
            face[:, first + point, 2] = 0.9
    scale = np.array([SIZE, SIZE, 1.0], np.float32)
    poses = {"body": clip.body * scale, "face": face * scale, "hands": clip.hands * scale, "fps": FPS, "width": SIZE,
             "height": SIZE}  # fmt: skip
    return poses, pictures(clip, SIZE)


def write(folder: Path, name: str, poses: dict[str, Any] | None, frames: np.ndarray, level: float = 0.1) -> Path:
    video = folder / f"{name}.mp4"
    seconds = len(frames) / FPS
    times = np.arange(int(seconds * SPEECH_RATE)) / SPEECH_RATE
    sound = folder / f"{name}.wav"
    soundfile.write(sound, level * np.sin(2 * np.pi * 1000.0 * times), SPEECH_RATE)
    write_video(video, iter(frames), (frames.shape[2], frames.shape[1]), FPS, sound, seconds, crf=8)
    sound.unlink()
    if poses is not None:
        np.savez(video.with_suffix(".npz"), **poses)
    return video


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good video with a cut in its middle, and one for every reason to refuse."""
    folder = tmp_path_factory.mktemp("videos")
    poses, frames = scene(4.0)
    frames[20:] = 255 - frames[20:]
    write(folder, "a_happy_talk", poses, frames)
    poses, frames = scene()
    write(folder, "silent", poses, frames, level=0.0)
    write(folder, "still", {**poses, "body": poses["body"]}, np.repeat(frames[:1], 20, axis=0))
    write(folder, "blurred", poses, np.full_like(frames, 128) + np.arange(20, dtype=np.uint8)[:, None, None, None])
    write(folder, "dark", poses, frames // 12)
    unseen = poses["body"].copy()
    unseen[:4, RIGHT_EYE, 2] = 0.0
    write(folder, "turned", {**poses, "body": unseen}, frames)
    write(folder, "short", {**poses}, frames[:8])
    (folder / "notes.txt").write_text("no video")
    return folder


@pytest.fixture(scope="module")
def made(videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Manifest]]:
    out = tmp_path_factory.mktemp("clips")
    yield out, prepare(find_videos([videos]), out, SETTINGS)


def test_clips_between_cuts_and_a_reason_for_all_that_is_left_out(made: tuple[Path, Manifest]) -> None:
    out, manifest = made
    assert Manifest.load(out) == manifest
    assert [(clip.source, clip.start, clip.frames, clip.emotion) for clip in manifest.clips] == [
        ("a_happy_talk.mp4", 0.0, 20, "happy"), ("a_happy_talk.mp4", 2.0, 20, "happy")
    ]  # fmt: skip
    reasons = {refusal.source.removesuffix(".mp4"): refusal.reason for refusal in manifest.refused}
    assert reasons.keys() == {"silent", "still", "blurred", "dark", "turned", "short"}
    wanted = {"silent": "no speech is heard", "still": "does not move", "blurred": "blurred", "dark": "too dark",
              "turned": "in 80% of the frames", "short": "shorter than 1 s"}  # fmt: skip
    for name, text in wanted.items():
        assert text in reasons[name]


def test_a_close_up_is_cut_to_head_and_shoulders(tmp_path: Path) -> None:
    """The whole picture for stage 2, head and shoulders for stage 1; the face is in its place in both."""
    poses, frames = scene()
    wide = np.full((len(frames), 2 * SIZE, 2 * SIZE, 3), 90, np.uint8)
    wide[:, :SIZE, 64 : 64 + SIZE] = frames
    shift = np.array([64.0, 0.0, 0.0], np.float32)
    around = {**poses, **{name: poses[name] + shift for name in ("body", "face", "hands")}, "width": 2 * SIZE,
              "height": 2 * SIZE}  # fmt: skip
    video = write(tmp_path, "far", around, wide)
    shares = []
    for framing in ("whole", "close-up"):
        settings = replace(SETTINGS, framing=framing, limits={**SETTINGS.limits, "face": 8.0})
        manifest = prepare([video], tmp_path / framing, settings)
        assert manifest.framing == framing == Manifest.load(tmp_path / framing).framing
        clip = ClipArrays.load(clip_arrays(tmp_path / framing, manifest.clips[0].name))
        x, y, width, height = np.median(clip.face_box, axis=0)
        assert abs(x + width / 2 - 0.5) < 0.05 and y >= 0.0
        shares.append(float(height))
        shown = next(iter(read_frames(clip_video(tmp_path / framing, manifest.clips[0].name), 0, 1)))
        middle = shown[int((y + 0.75 * height) * 64), int((x + width / 2) * 64)].astype(int)
        assert np.abs(middle - (220, 170, 140)).max() < 40  # skin where the face's box says so
    assert shares[1] == pytest.approx(0.35, abs=0.03) and shares[0] < 0.75 * shares[1]
    # A face that is small in the source stays small, however large it is cut.
    assert (
        "pixels high" in prepare([video], tmp_path / "no", replace(settings, limits={"face": 200.0})).refused[0].reason
    )


def test_what_a_clip_holds(made: tuple[Path, Manifest]) -> None:
    out, manifest = made
    name = manifest.clips[0].name
    info = probe_video(clip_video(out, name))
    assert (info.width, info.height, info.frames) == (64, 64, 20)
    clip = ClipArrays.load(clip_arrays(out, name))
    assert clip.body.shape == (20, 18, 3) and clip.audio.shape[1] == 40
    assert len(clip.audio) >= 20 / FPS * 50
    assert EMOTIONS[int(clip.emotion)] == "happy" and float(clip.strength) == 1.0
    assert clip.blink[list(SHUT)].min() == 1.0 and np.delete(clip.blink, SHUT).max() == 0.0
    # 2.5 eye distances wide and high, and the mask 1.25 by 1.45 of them.
    assert clip.face_box[0] == pytest.approx([0.3, 0.18, 0.4, 0.4], abs=1e-3)
    assert clip.head_mask == pytest.approx([0.2, 0.232], abs=1e-3)
    picture = next(read_frames(clip_video(out, name)))
    for eye in (RIGHT_EYE, LEFT_EYE):
        x, y = (clip.body[0, eye, :2] * 64).astype(int)
        assert picture[y, x].max() < 90 < picture[y + 12, x].max()


def test_finished_videos_are_not_done_again(videos: Path, made: tuple[Path, Manifest]) -> None:
    out, manifest = made
    before = {path: path.stat().st_mtime_ns for path in sorted(out.rglob("*.*")) if path.name != "manifest.json"}
    assert prepare(find_videos([videos]), out, SETTINGS) == manifest
    assert before == {path: path.stat().st_mtime_ns for path in before}
    sad = prepare([videos / "a_happy_talk.mp4"], out, SETTINGS, {"a_happy_talk.mp4": ("sad", 0.5)})
    assert [clip.emotion for clip in sad.clips] == ["sad", "sad"]
    assert {clip.name for clip in sad.clips}.isdisjoint({clip.name for clip in manifest.clips})
    manifest.save(out)


def test_many_at_once_give_the_same(videos: Path, made: tuple[Path, Manifest], tmp_path: Path) -> None:
    some = [videos / "a_happy_talk.mp4", videos / "silent.mp4"]
    told: list[int] = []
    manifest = prepare(some, tmp_path, SETTINGS, jobs=2, progress=lambda progress: told.append(progress.done))
    assert manifest.clips == made[1].clips
    assert [refusal.reason for refusal in manifest.refused] == ["no speech is heard"]
    assert told[-1] == 2
    for clip in manifest.clips:
        one, two = (ClipArrays.load(clip_arrays(folder, clip.name)) for folder in (tmp_path, made[0]))
        assert np.array_equal(one.body, two.body)
        # the matrix products of the mel bands may be summed in another order in another process
        np.testing.assert_allclose(one.audio, two.audio, rtol=0, atol=1e-5)


def test_a_stop_keeps_what_is_finished(videos: Path, tmp_path: Path) -> None:
    token = CancelToken()
    some = [videos / "short.mp4", videos / "a_happy_talk.mp4"]
    with pytest.raises(Cancelled):
        prepare(some, tmp_path, SETTINGS, progress=lambda progress: token.cancel(), cancel=token)
    assert len(list((tmp_path / "videos").glob("short-*.json"))) == 1
    assert not list((tmp_path / "videos").glob("a_happy*"))


def test_a_wide_video_is_cut_around_the_face(tmp_path: Path) -> None:
    poses, frames = scene()
    wide = np.full((len(frames), SIZE, 2 * SIZE, 3), 60, np.uint8)
    wide[:, :, SIZE:] = frames
    shifted = {**poses, "width": 2 * SIZE}
    for key in ("body", "face", "hands"):
        shifted[key] = poses[key] + np.array([SIZE, 0.0, 0.0], np.float32)
    write(tmp_path, "wide", shifted, wide)
    manifest = prepare([tmp_path / "wide.mp4"], tmp_path / "out", SETTINGS)
    clip = ClipArrays.load(clip_arrays(tmp_path / "out", manifest.clips[0].name))
    assert clip.body[0, RIGHT_EYE, :2] == pytest.approx([0.42, 0.3], abs=0.01)


def test_videos_without_poses_are_refused(tmp_path: Path) -> None:
    _, frames = scene(1.0)
    video = write(tmp_path, "bare", None, frames)
    with pytest.raises(DataError, match=r"neither bare.npz beside it nor rtmlib's models"):
        prepare([video], tmp_path / "out", SETTINGS)
    with pytest.raises(DataError, match=r"bare.npz is missing"):
        prepare([video], tmp_path / "out", replace(SETTINGS, poses="given"))
    with pytest.raises(DataError, match="there is no video"):
        find_videos([tmp_path / "out"])
    with pytest.raises(DataError, match="multiples of 64"):
        replace(SETTINGS, width=100)


def test_one_bad_video_does_not_stop_the_others(tmp_path: Path) -> None:
    """Broken files, poses of something else, a face that is cut off: each is refused with its reason."""
    poses, frames = scene()
    good = write(tmp_path, "z_good", poses, frames)
    broken = write(tmp_path, "broken", poses, frames)
    broken.write_bytes(broken.read_bytes()[:600])
    (tmp_path / "empty.mp4").touch()
    np.savez(tmp_path / "empty.npz", **poses)
    write(tmp_path, "bad_poses", None, frames).with_suffix(".npz").write_bytes(b"PK no archive")
    write(tmp_path, "few_poses", {**poses, **{k: poses[k][:12] for k in ("body", "face", "hands")}}, frames)
    write(tmp_path, "other_shape", {**poses, "width": 2 * SIZE}, frames)
    gone = {k: poses[k] - np.array([0.4 * SIZE, 0.0, 0.0], np.float32) for k in ("body", "face", "hands")}
    write(tmp_path, "cut_off", {**poses, **gone}, np.roll(frames, -int(0.4 * SIZE), axis=2))
    (tmp_path / "copy").mkdir()
    for suffix in (".mp4", ".npz"):
        copied = tmp_path / "copy" / f"z_good{suffix}"
        copied.write_bytes(good.with_suffix(suffix).read_bytes())
    manifest = prepare(find_videos([tmp_path]), tmp_path / "out", SETTINGS)
    assert [clip.source for clip in manifest.clips] == ["z_good.mp4"]  # and its copy is the same video
    reasons = {refusal.source.removesuffix(".mp4"): refusal.reason for refusal in manifest.refused}
    wanted = {"broken": "broken.mp4", "empty": "not a video that can be read", "bad_poses": "no poses that can be read",
              "few_poses": "a face is seen in 70% of the frames only", "other_shape": "of a picture of 256 x 128",
              "cut_off": "the face is cut off in 100% of the frames"}  # fmt: skip
    assert reasons.keys() == wanted.keys()
    for name, text in wanted.items():
        assert text in reasons[name]


def test_matroska_has_sound_though_no_track_says_how_long(tmp_path: Path) -> None:
    import av

    poses, frames = scene()
    video = write(tmp_path, "talk", poses, frames)
    with av.open(str(video)) as source, av.open(str(tmp_path / "talk.mkv"), "w") as target:
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    manifest = prepare([tmp_path / "talk.mkv"], tmp_path / "out", SETTINGS)
    assert [clip.frames for clip in manifest.clips] == [20], manifest.refused


def test_the_rig_finder_looks_now_and_then() -> None:
    person = draft_scenes.portrait("half")
    source = pose_source(Path("x.mp4"), "rig", PoseModels())
    first = source.pose(person.image, 0.0)
    assert first.body.shape == (1, 18, 3)
    size = np.array([person.width, person.height])
    for eye in (RIGHT_EYE, LEFT_EYE):
        off = first.body[0, eye, :2] * size - person.rig.body[eye, :2]
        assert np.hypot(*off) < 0.35 * person.rig.eye_distance
    blank = np.zeros((64, 64, 3), np.uint8)
    assert source.pose(blank, 0.3) is first  # too early to look again
    assert len(source.pose(blank, 0.5).body) == 0


@pytest.mark.skipif(importlib.util.find_spec("rtmlib") is not None, reason="rtmlib is installed")
def test_networks_without_their_package_are_refused(tmp_path: Path) -> None:
    models = PoseModels(tmp_path / "d.onnx", tmp_path / "p.onnx")
    with pytest.raises(DataError, match="the package rtmlib, which is not installed"):
        pose_source(tmp_path / "x.mp4", "rtmlib", models)


def test_blinks_are_against_the_usual_opening() -> None:
    opening = np.array([0.30, 0.30, 0.30, 0.06, np.nan, 0.30, 0.15, 0.30])
    closure = measure.blink_ratio(opening)
    assert closure is not None
    assert closure.tolist() == pytest.approx([0, 0, 0, 1, 0.3636, 0, 0.5454, 0], abs=1e-3)
    assert measure.blink_ratio(np.full(4, np.nan)) is None


def test_cuts_and_even_pieces() -> None:
    differences = np.zeros(50)
    differences[[12, 30]] = 60.0
    wanted = [range(0, 12), range(12, 21), range(21, 30), range(30, 40), range(40, 50)]
    assert measure.pieces(differences, 28.0, 12) == wanted


def test_a_tone_is_heard_in_its_band() -> None:
    times = np.arange(SPEECH_RATE) / SPEECH_RATE
    tone = np.sin(2 * np.pi * 1000.0 * times).astype(np.float32)
    features = measure.LogMel().encode(tone, CancelToken())
    assert features.shape == (50, 40)
    edges = 700 * (10 ** (np.linspace(np.log10(1 + 60 / 700), np.log10(1 + 7600 / 700), 42)) - 1)
    band = int(features[10:40].mean(axis=0).argmax())
    assert edges[band] < 1000.0 < edges[band + 2]


def test_the_larger_person_counts() -> None:
    body = np.zeros((2, 18, 3))
    body[0, :2], body[1, :2] = [(0.1, 0.1, 1), (0.2, 0.2, 1)], [(0.5, 0.1, 1), (0.9, 0.9, 1)]
    people = FramePoses(body, np.zeros((2, 68, 3)), np.zeros((2, 2, 21, 3)))
    assert measure.main_person(people) == (1, False)
    body[0, 1] = (0.7, 0.9, 1)
    assert measure.main_person(replace(people, body=body)) == (0, True)


def test_emotions_from_names_and_tables(tmp_path: Path) -> None:
    assert measure.emotion_of(Path("anna_angry_03.mp4"), {}) == ("angry", 1.0)
    assert measure.emotion_of(Path("unhappy.mp4"), {}) == ("neutral", 0.0)
    table = tmp_path / "e.csv"
    table.write_text("file,emotion,strength\nx_angry.mp4,Sad,0.4\n", encoding="utf-8")
    labels = measure.read_emotions(table)
    assert measure.emotion_of(Path("x_angry.mp4"), labels) == ("sad", 0.4)
    table.write_text("file,emotion\nx.mp4,bored\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 2"):
        measure.read_emotions(table)


def test_the_command_says_what_it_left_out(videos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["--out", str(tmp_path), "--size", "64x64", "--fps", "10", "--speech", "log-mel", "--jobs", "1", "--quiet"]
    limits = ["--limit", "face=20", "--limit", "shortest=1"]
    video = str(videos / "short.mp4")
    assert main(["data", "prepare", video, *common, *limits, "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["clips"] == 0 and answer["refused"][0]["reason"] == "it is shorter than 1 s"
    assert main(["data", "prepare", video, *common, *limits, "--limit", "shortest=0.5"]) == 0
    assert len(Manifest.load(tmp_path).clips) == 1
    assert main(["data", "prepare", video, *common, "--limit", "smell=1"]) == 2
    assert "there is no limit 'smell'; known are shortest" in capsys.readouterr().err
    assert main(["train", "renderer", "--data", str(tmp_path), "--quiet"]) == 1
    assert "give --stage 1" in capsys.readouterr().err


def test_a_broken_manifest_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="versa data prepare"):
        Manifest.load(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"format": "versa-training-clips", "version": 1}))
    with pytest.raises(DataError, match="wrong or missing field"):
        Manifest.load(tmp_path)
