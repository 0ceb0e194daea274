"""Project files: round trip, canonical text, media paths, versions, every kind of broken file, speed."""

import json
import os
import stat
import time

import pytest

from core.project_file import (
    SCHEMA_VERSION,
    ProjectFileError,
    cache_folder,
    dump_project,
    load_project,
    media_report,
    save_project,
)
from core.timeline import (
    Marker,
    MotionRecord,
    MotionSettings,
    MotionState,
    OutputSettings,
    Project,
    Segment,
    Take,
    Track,
)
from core.versa_options import VersaOptions


@pytest.fixture
def full(tmp_path) -> Project:
    return Project(
        portrait=str(tmp_path / "media" / "Ärztin 👩.png"),
        audio=str(tmp_path / "speech.wav"),
        rig_file=str(tmp_path / "rig.json"),
        rig={"sleeve": "long", "points": [1.5, 2.5]},
        seed=7,
        duration_us=10_000_000,
        tracks=(
            Track(
                id="t",
                name="Körper",
                segments=(
                    Segment(
                        id="s",
                        start_us=1,
                        end_us=3_000_001,
                        prompt='say "hi"',
                        strength=0.1,
                        seed=4,
                        emotion="happy",
                        emotion_strength=0.7,
                        blink=0.5,
                        takes=(Take(seed=4, tokens=(1, 2, 3), favourite=True),),
                        active_take=0,
                    ),
                ),
            ),
        ),
        markers=(Marker(id="m", time_us=5, name="here"),),
        output=OutputSettings(height=1280, fps=29.97),
        motion=MotionState(
            tokens=tuple(range(50)),
            weights="w1",
            audio_sha256="ab",
            base_seed=7,
            records=(MotionRecord(start_us=1, end_us=3_000_001, prompt='say "hi"', strength=0.1, seed=4),),
        ),
    )


def write(path, document) -> None:
    path.write_text(json.dumps(document), "utf-8")


def minimal(**fields) -> dict:
    return {"schema_version": SCHEMA_VERSION, "portrait": "p.png", "audio": "a.wav", **fields}


def test_round_trip_is_exact(full, tmp_path):
    save_project(full, tmp_path / "P.versa")
    assert load_project(tmp_path / "P.versa") == full


def test_text_is_canonical_utf8_and_one_edit_is_a_small_difference(full, tmp_path):
    path = tmp_path / "P.versa"
    save_project(full, path)
    text = path.read_text("utf-8")
    assert list(json.loads(text))[:4] == ["schema_version", "portrait", "audio", "rig_file"]
    assert "Ärztin 👩" in text and "\r" not in text and text.endswith("}\n")
    assert any(line.strip().startswith('"tokens": [0, 1, 2') for line in text.splitlines())
    save_project(load_project(path), path)
    assert path.read_text("utf-8") == text
    changed = dump_project(full.replace(seed=8), path)
    different = [pair for pair in zip(text.splitlines(), changed.splitlines(), strict=True) if pair[0] != pair[1]]
    assert different == [('  "seed": 7,', '  "seed": 8,')]


def test_unknown_fields_survive_at_every_level(full, tmp_path):
    path = tmp_path / "P.versa"
    document = json.loads(dump_project(full, path))
    document["zebra"] = {"b": 1, "a": [1, {"x": None}]}
    document["tracks"][0]["colour"] = "red"
    document["tracks"][0]["segments"][0]["note"] = "keep me"
    write(path, document)
    project = load_project(path)
    save_project(project.replace(seed=9), path)
    again = json.loads(path.read_text("utf-8"))
    assert again["zebra"] == document["zebra"]
    assert again["tracks"][0]["colour"] == "red"
    assert again["tracks"][0]["segments"][0]["note"] == "keep me"


def test_media_inside_the_folder_are_relative_and_move_with_it(full, tmp_path):
    (tmp_path / "media").mkdir()
    save_project(full, tmp_path / "P.versa")
    assert json.loads((tmp_path / "P.versa").read_text("utf-8"))["portrait"] == "media/Ärztin 👩.png"
    other = tmp_path / "elsewhere"
    other.mkdir()
    (tmp_path / "P.versa").rename(other / "P.versa")
    assert load_project(other / "P.versa").portrait == str(other / "media" / "Ärztin 👩.png")


def test_media_outside_the_folder_are_found_again_and_reported(tmp_path):
    folder = tmp_path / "projects"
    folder.mkdir()
    (tmp_path / "me.png").write_bytes(b"x")
    project = Project(portrait=str(tmp_path / "me.png"), audio=str(folder / "a.wav"))
    save_project(project, folder / "P.versa")
    assert json.loads((folder / "P.versa").read_text("utf-8"))["portrait"] == "../me.png"
    loaded = load_project(folder / "P.versa")
    assert loaded == project
    portrait, audio = media_report(loaded, folder / "P.versa")
    assert (portrait.role, portrait.missing, portrait.outside) == ("portrait", False, True)
    assert (audio.role, audio.missing, audio.outside) == ("audio", True, False)


def test_absolute_paths_of_the_file_are_taken_and_reported_as_outside(tmp_path):
    write(tmp_path / "P.versa", minimal(portrait="/etc/hostname"))
    loaded = load_project(tmp_path / "P.versa")
    assert loaded.portrait == os.path.normpath("/etc/hostname")
    assert media_report(loaded, tmp_path / "P.versa")[0].outside


def test_saving_under_another_folder_keeps_pointing_at_the_same_media(full, tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    save_project(full, tmp_path / "deep" / "er" / "Q.versa")
    assert load_project(tmp_path / "deep" / "er" / "Q.versa").audio == full.audio


def test_windows_paths_are_understood(tmp_path):
    if os.name == "nt":  # backslashes are separators there anyway
        return
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "p.png").write_bytes(b"x")
    (tmp_path / "odd\\name.wav").write_bytes(b"x")
    write(tmp_path / "P.versa", minimal(portrait="media\\p.png", audio="odd\\name.wav", rig_file="C:\\rigs\\r.json"))
    loaded = load_project(tmp_path / "P.versa")
    assert loaded.portrait == str(tmp_path / "media" / "p.png")
    assert loaded.audio == str(tmp_path / "odd\\name.wav")
    assert [m.missing for m in media_report(loaded, tmp_path / "P.versa")] == [False, False, True]
    save_project(loaded, tmp_path / "P.versa")
    assert json.loads((tmp_path / "P.versa").read_text("utf-8"))["rig_file"] == "C:\\rigs\\r.json"


def test_first_draft_is_migrated_and_its_file_left_alone(tmp_path):
    path = tmp_path / "old.versa"
    write(
        path,
        {
            "portrait": "p.png",
            "audio": "a.wav",
            "seed": 5,
            "height": 640,
            "fps": 30,
            "segments": [
                {"start": 5, "end": 6.5, "text": "take a bow"},
                {"start": 3.2, "end": 5.0, "text": "wave", "strength": 1.5, "note": "kept"},
            ],
        },
    )
    before = path.read_bytes()
    project = load_project(path)
    assert path.read_bytes() == before
    assert (project.seed, project.output.height, project.output.fps) == (5, 640, 30.0)
    wave, bow = project.tracks[0].segments
    assert (wave.start_us, wave.end_us, wave.prompt, wave.strength) == (3_200_000, 5_000_000, "wave", 1.5)
    assert (bow.start_us, bow.end_us) == (5_000_000, 6_500_000)
    assert wave.model_extra == {"note": "kept"}
    save_project(project, path)
    assert json.loads(path.read_text("utf-8"))["schema_version"] == SCHEMA_VERSION
    assert load_project(path) == project


def test_the_first_schema_is_migrated(tmp_path):
    path = tmp_path / "P.versa"
    segment = {"id": "s", "start_us": 0, "end_us": 10, "prompt": "wave", "part": "of another tool", "stay": 7}
    write(
        path,
        {
            "schema_version": 1,
            "portrait": "p.png",
            "audio": "a.wav",
            "motion_settings": {"theirs": 1},
            "tracks": [{"id": "t", "kind": "prompt", "segments": [segment]}],
        },
    )
    project = load_project(path)
    assert project.motion_settings == MotionSettings(cleanup=True, stay=None)
    assert (project.segment("s").part, project.segment("s").stay) == ("whole", None)
    save_project(project.replace(motion_settings=MotionSettings(cleanup=False, stay=True)), path)
    assert json.loads(path.read_text("utf-8"))["schema_version"] == SCHEMA_VERSION
    assert load_project(path).motion_settings == MotionSettings(cleanup=False, stay=True)


@pytest.mark.parametrize("output", [{"height": 480, "backend": "versa", "theirs": 1, "versa": "of another tool"}, None])
def test_the_second_schema_is_migrated(tmp_path, output):
    path = tmp_path / "P.versa"
    more = {} if output is None else {"output": output}
    write(path, {"schema_version": 2, "portrait": "p.png", "audio": "a.wav", **more})
    project = load_project(path)
    assert project.output.versa == VersaOptions() and project.output.versa.changed == ()
    if output is not None:
        assert (project.output.height, project.output.backend) == (480, "versa")
        assert project.output.model_extra == {"theirs": 1}
    changed = project.replace(output=project.output.replace(versa=VersaOptions(steps=30, seed=9, fast=True)))
    save_project(changed, path)
    assert json.loads(path.read_text("utf-8"))["output"]["versa"]["steps"] == 30
    assert load_project(path) == changed
    assert load_project(path).output.versa.changed == ("steps", "seed", "fast")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("profile", "7"), ("steps", 0), ("steps", 101), ("steps", 2.5), ("guidance", 0.5), ("guidance", 11),
        ("size", 255), ("size", "576"), ("seed", -1), ("seed", 2**32), ("pose_strength", 2.1), ("face_strength", -0.1),
        ("colour_hold", 1.5), ("fast", 1), ("still_background", "yes"),
    ],
)  # fmt: skip
def test_a_wrong_option_of_the_renderer_is_named(tmp_path, name, value):
    path = tmp_path / "P.versa"
    write(path, minimal(output={"versa": {name: value}}))
    with pytest.raises(ProjectFileError, match=rf"output\.versa\.{name}: "):
        load_project(path)


def test_what_another_tool_stored_with_the_options_stays(tmp_path):
    path = tmp_path / "P.versa"
    write(path, minimal(output={"versa": {"steps": 40, "theirs": [1]}}))
    project = load_project(path)
    assert project.output.backend_options("versa")["steps"] == 40
    assert "theirs" not in project.output.backend_options("versa"), "the backend would refuse it"
    save_project(project, path)
    assert json.loads(path.read_text("utf-8"))["output"]["versa"]["theirs"] == [1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1"),
        ('{"portrait": "p",\n "audio" }', "line 2, column 10"),
        ('{"seed": NaN}', "NaN is not a number"),
        ('{"seed": 1, "seed": 2}', "'seed' stands twice"),
        ("[]", "must be a JSON object"),
        ("[" * 100_000, "broken JSON"),
        ('{"schema_version": "1"}', "schema_version must be a whole number"),
        ('{"schema_version": true}', "schema_version must be a whole number"),
        ('{"schema_version": 999}', "newer version"),
        ('{"schema_version": 1}', "portrait: Field required; 1 more fields are wrong"),
        ("{}", "portrait: Field required"),
        ('{"portrait": "p", "audio": "a", "segments": [{"start": 1}]}', "the field 'end' is missing"),
        ('{"portrait": "p", "audio": "a", "segments": 5}', "cannot be brought to schema 1"),
        ('{"portrait": "p", "audio": "a", "segments": [5]}', "cannot be brought to schema 1"),
        ('{"portrait": "p", "audio": "a", "segments": [{"start": 1e999, "end": 2}]}', "cannot be brought to schema 1"),
    ],
)
def test_broken_files_are_refused_with_their_place_and_left_alone(tmp_path, text, message):
    path = tmp_path / "P.versa"
    path.write_text(text, "utf-8")
    with pytest.raises(ProjectFileError) as caught:
        load_project(path)
    assert message in str(caught.value) and "P.versa" in str(caught.value)
    assert path.read_text("utf-8") == text


def test_a_wrong_field_is_named_by_its_json_path(tmp_path):
    bad = {"id": "a", "start_us": 3.5, "end_us": 5}
    write(tmp_path / "P.versa", minimal(tracks=[{"segments": []}, {"segments": [bad]}]))
    with pytest.raises(ProjectFileError, match=r"tracks\[1\]\.segments\[0\]\.start_us: .*found 3\.5"):
        load_project(tmp_path / "P.versa")


def test_overlap_in_a_file_is_refused_with_times(tmp_path):
    segments = [{"start_us": 0, "end_us": 2_000_000}, {"start_us": 1_000_000, "end_us": 3_000_000}]
    write(tmp_path / "P.versa", minimal(tracks=[{"segments": segments}]))
    with pytest.raises(ProjectFileError, match=r"tracks\[0\]: the segments 0\.0-2\.0 s and 1\.0-3\.0 s overlap"):
        load_project(tmp_path / "P.versa")


def test_not_text_and_not_there(tmp_path):
    (tmp_path / "P.versa").write_bytes(b"\xff\xfe{}")
    with pytest.raises(ProjectFileError, match="byte 0 is not UTF-8"):
        load_project(tmp_path / "P.versa")
    with pytest.raises(ProjectFileError, match="no such file"):
        load_project(tmp_path / "other.versa")
    with pytest.raises(ProjectFileError, match="cannot be read"):
        load_project(tmp_path)


def test_a_byte_order_mark_is_accepted(tmp_path):
    (tmp_path / "P.versa").write_text(json.dumps(minimal()), "utf-8-sig")
    assert load_project(tmp_path / "P.versa").seed == 0


def test_failed_save_leaves_the_old_file_and_nothing_beside(full, tmp_path, monkeypatch):
    path = tmp_path / "P.versa"
    save_project(full, path)
    before = path.read_bytes()

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(ProjectFileError, match="cannot be saved: No space left on device"):
        save_project(full.replace(seed=1), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["P.versa"]


def test_saving_into_a_missing_folder_is_a_clear_error(full, tmp_path):
    with pytest.raises(ProjectFileError, match="nowhere"):
        save_project(full, tmp_path / "nowhere" / "P.versa")


def test_permissions_are_kept(full, tmp_path):
    path = tmp_path / "P.versa"
    save_project(full, path)
    path.chmod(0o640)
    save_project(full, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_ten_thousand_segments_load_and_save_in_two_seconds(tmp_path):
    takes = (Take(seed=1, tokens=(1, 2, 3, 4, 5)),)
    segments = tuple(
        Segment(start_us=n * 1_000_000, end_us=n * 1_000_000 + 900_000, prompt=f"prompt {n}", takes=takes)
        for n in range(10_000)
    )
    project = Project(portrait=str(tmp_path / "p"), audio=str(tmp_path / "a"), tracks=(Track(segments=segments),))
    began = time.process_time()  # other programs may have the processor meanwhile
    save_project(project, tmp_path / "P.versa")
    saved = time.process_time()
    loaded = load_project(tmp_path / "P.versa")
    assert saved - began < 2 and time.process_time() - saved < 2
    assert loaded == project


def test_cache_folder_is_beside_the_project(tmp_path):
    assert cache_folder(tmp_path / "P.versa") == tmp_path / "P.versa.cache"
