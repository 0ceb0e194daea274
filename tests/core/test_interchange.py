"""The OpenTimelineIO file: read back by the library itself."""

import opentimelineio as otio
import pytest

from core.interchange import METADATA_KEY, InterchangeError, export_timeline, timeline_of
from core.timeline import Marker, OutputSettings, Project, Segment, Take, Track


@pytest.fixture
def project() -> Project:
    take = Take(seed=8, tokens=(1, 2, 3), prompt="wave", favourite=True)
    return Project(
        portrait="/media/my portrait.png",
        audio="/media/talk ü.wav",
        seed=7,
        duration_us=10_000_000,
        output=OutputSettings(fps=25.0),
        tracks=(
            Track(
                id="main",
                name="Prompts",
                segments=(
                    Segment(
                        id="a",
                        start_us=1_010_000,
                        end_us=3_000_000,
                        prompt="wave",
                        strength=1.5,
                        emotion="happy",
                        emotion_strength=0.5,
                        takes=(take,),
                        active_take=0,
                    ),
                    Segment(id="b", start_us=3_000_000, end_us=3_010_000, seed=9, locked=True),
                ),
            ),
            Track(
                id="f",
                kind="emotion",
                muted=True,
                segments=(Segment(id="c", start_us=0, end_us=5_000_000, emotion="sad"),),
            ),
        ),
        markers=(Marker(id="m", time_us=2_000_000, name="Applause"),),
    )


def test_the_file_holds_sound_video_prompts_and_markers(project, tmp_path):
    out = tmp_path / "talk.otio"
    export_timeline(project, out, video="/media/talk.mp4")
    timeline = otio.adapters.read_from_file(str(out))
    assert timeline.name == "talk"
    assert [(track.name, track.kind) for track in timeline.tracks] == [("Video", "Video"), ("Audio", "Audio")]
    sound = timeline.audio_tracks()[0][0]
    assert sound.media_reference.target_url == "file:///media/talk%20%C3%BC.wav"
    assert sound.duration() == otio.opentime.RationalTime(250, 25)
    assert timeline.duration().to_seconds() == 10.0
    assert [
        (m.name, m.marked_range.start_time.value, m.marked_range.duration.value) for m in timeline.tracks.markers
    ] == [
        ("wave", 25, 50),
        ("", 75, 1),
        ("sad", 0, 125),
        ("Applause", 50, 0),
    ]


def test_markers_hold_the_whole_direction(project, tmp_path):
    out = tmp_path / "talk.otio"
    export_timeline(project, out)
    timeline = otio.adapters.read_from_file(str(out))
    assert timeline.metadata[METADATA_KEY]["seed"] == 7
    first, second, face, point = (dict(marker.metadata[METADATA_KEY]) for marker in timeline.tracks.markers)
    assert (first["prompt"], first["seed"], first["own_seed"], first["strength"]) == ("wave", 7, False, 1.5)
    assert (first["part"], first["stay"]) == ("whole", None)
    assert timeline.metadata[METADATA_KEY]["motion_settings"]["cleanup"] is True
    assert (first["emotion"], first["emotion_strength"], first["blink"]) == ("happy", 0.5, 1.0)
    assert (first["start_us"], first["end_us"], first["active_take"]) == (1_010_000, 3_000_000, 0)
    take = dict(first["takes"][0])
    assert (take["seed"], list(take["tokens"]), take["prompt"], take["favourite"]) == (8, [1, 2, 3], "wave", True)
    assert (second["seed"], second["own_seed"], second["locked"]) == (9, True, True)
    assert (face["kind"], face["muted"]) == ("emotion", True)
    assert (point["kind"], point["time_us"]) == ("marker", 2_000_000)


def test_without_a_video_there_is_the_sound_alone(project):
    timeline = timeline_of(project, "talk")
    assert [track.name for track in timeline.tracks] == ["Audio"]


def test_an_unknown_length_is_that_of_the_segments_or_an_error(project):
    unknown = project.model_copy(update={"duration_us": None})
    assert timeline_of(unknown, "talk").duration().to_seconds() == 5.0
    with pytest.raises(InterchangeError, match="not known yet"):
        timeline_of(unknown.model_copy(update={"tracks": ()}), "talk")


def test_a_folder_that_is_missing_is_named(project, tmp_path):
    with pytest.raises(InterchangeError, match="cannot be written"):
        export_timeline(project, tmp_path / "none" / "talk.otio")
