"""The clipboard: what is copied is pasted, and garbage is refused with a sentence."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import bulk_edits
from core.clipboard import ClipboardError, copy_text, parse_text, paste
from core.timeline import Project, Segment, Take, TimelineError, Track


def segment(start: float, end: float, prompt: str = "", **fields) -> Segment:
    return Segment(start_us=round(start * 1e6), end_us=round(end * 1e6), prompt=prompt, **fields)


@pytest.fixture
def project() -> Project:
    take = Take(seed=1, tokens=(1, 2))
    return Project(
        portrait="/p.png",
        audio="/a.wav",
        duration_us=60_000_000,
        tracks=(
            Track(
                id="main",
                segments=(
                    segment(1, 3, "wave “ü”", id="a", seed=4, strength=1.5, takes=(take,), active_take=0, locked=True),
                    segment(4, 6, "bow", id="b"),
                ),
            ),
            Track(id="second", segments=(segment(2, 5, "nod", id="d", part="head", stay=False),)),
            Track(id="face", kind="emotion", segments=(segment(2, 4, id="f", emotion="happy", blink=0.5),)),
        ),
    )


def test_a_paste_keeps_direction_distances_and_tracks(project):
    changed, new = paste(project, parse_text(copy_text(project, ["f", "a", "b", "d"])), 20_000_000)
    pasted = [changed.segment(segment_id) for segment_id in new]
    assert [(changed.tracks[changed.find(s.id)[0]].id, s.start_us, s.end_us, s.prompt) for s in pasted] == [
        ("main", 20_000_000, 22_000_000, "wave “ü”"),
        ("main", 23_000_000, 25_000_000, "bow"),
        ("second", 21_000_000, 24_000_000, "nod"),
        ("face", 21_000_000, 23_000_000, ""),
    ]
    assert (pasted[0].seed, pasted[0].strength, pasted[0].takes, pasted[0].locked) == (4, 1.5, (), False)
    assert (pasted[3].emotion, pasted[3].blink) == ("happy", 0.5)
    assert [(s.part, s.stay) for s in pasted[:3]] == [("whole", None), ("whole", None), ("head", False)]
    assert not {"a", "b", "d", "f"} & set(new)


def test_pasting_twice_gives_other_ids_and_groups(project):
    grouped = bulk_edits.change(project, ["b", "d"], group="together")
    text = copy_text(grouped, ["b", "d"])
    once, first = paste(grouped, parse_text(text), 20_000_000)
    twice, second = paste(once, parse_text(text), 40_000_000)
    groups = [{twice.segment(segment_id).group for segment_id in ids} for ids in (first, second)]
    assert [len(names) for names in groups] == [1, 1]
    assert len({"together"} | groups[0] | groups[1]) == 3


def test_a_track_that_is_gone_or_locked_gives_way_to_another_of_its_kind(project):
    text = copy_text(project, ["d"])
    without = project.model_copy(update={"tracks": (project.tracks[0], project.tracks[2])})
    changed, new = paste(without, parse_text(text), 20_000_000)
    assert changed.find(new[0])[0] == 0
    faces = project.model_copy(update={"tracks": (project.tracks[2],)})
    with pytest.raises(TimelineError, match="no open track of kind prompt"):
        paste(faces, parse_text(text), 0)


def test_a_place_that_is_taken_or_outside_is_refused(project):
    copied = parse_text(copy_text(project, ["b"]))
    with pytest.raises(TimelineError, match="would overlap"):
        paste(project, copied, 2_000_000)
    with pytest.raises(TimelineError, match="past the end"):
        paste(project, copied, 59_000_000)
    with pytest.raises(TimelineError, match="longest time"):
        paste(project, copied, 24 * 3600 * 1_000_000)
    with pytest.raises(ClipboardError):
        paste(project, (), 0)


GOOD = {"kind": "prompt", "track": "main", "segment": {"start_us": 0, "end_us": 5, "prompt": "wave"}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[]",
        "null",
        "12",
        '"text"',
        "{",
        "[" * 100_000,
        "NaN",
        json.dumps({"versa_segments": 1}),
        json.dumps({"versa_segments": 1, "items": []}),
        json.dumps({"versa_segments": 1, "items": {}}),
        json.dumps({"versa_segments": 1, "items": [1]}),
        json.dumps({"versa_segments": 1, "items": [{**GOOD, "kind": "other"}]}),
        json.dumps({"versa_segments": 1, "items": [{**GOOD, "track": "../x"}]}),
        json.dumps({"versa_segments": 1, "items": [{**GOOD, "segment": {"start_us": 5, "end_us": 5}}]}),
        json.dumps({"versa_segments": 1, "items": [{**GOOD, "segment": {"start_us": 0.5, "end_us": 5}}]}),
        json.dumps({"versa_segments": 1, "items": [{**GOOD, "segment": {"start_us": 0, "end_us": 1e30}}]}),
        json.dumps({"versa_segments": 1, "items": [{**GOOD, "segment": {**GOOD["segment"], "prompt": "a\nb"}}]}),
        json.dumps({"versa_segments": 1, "items": [{**GOOD, "segment": {**GOOD["segment"], "strength": 7}}]}),
        json.dumps({"versa_segments": 1, "items": [{**GOOD, "segment": {**GOOD["segment"], "prompt": "a" * 600}}]}),
        '{"versa_segments": 1, "items": [' + json.dumps(GOOD).replace("0", "NaN") + "]}",
        json.dumps({"versa_segments": 1, "items": [GOOD] * 20_001}),
        " " * (17 * 2**20),
    ],
)
def test_garbage_is_refused(text):
    with pytest.raises(ClipboardError, match="clipboard holds"):
        parse_text(text)


def test_a_newer_version_is_named():
    with pytest.raises(ClipboardError, match="newer version"):
        parse_text(json.dumps({"versa_segments": 2, "items": [GOOD]}))


def test_foreign_fields_do_not_come_in():
    bad = {**GOOD["segment"], "id": "mine", "locked": True, "takes": [1], "active_take": 9, "path": "/etc/passwd"}
    found = parse_text(json.dumps({"versa_segments": 1, "items": [{**GOOD, "segment": bad, "more": 1}]}))[0].segment
    assert (found.prompt, found.locked, found.takes, found.__pydantic_extra__) == ("wave", False, (), {})
    assert found.id != "mine"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["versa_segments", "items", "segment", "kind", "track", "start_us"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(json_values | st.text())
def test_anything_at_all_is_refused_in_one_way(value):
    text = value if isinstance(value, str) else json.dumps(value)
    with pytest.raises(ClipboardError):
        parse_text(text)
