"""Which tokens an edit makes anew: every kind of edit, locks, and the rule that an unchanged project needs nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import edits
from core.motion_plan import plan_free, plan_layers, plan_motion
from core.takes import another_take, settle_takes, use_take
from core.timeline import MotionLayer, MotionRecord, MotionState, Project, Segment, Track


def segment(name: str, start: float, end: float, prompt: str, **fields) -> Segment:
    return Segment(id=name, start_us=round(start * 1e6), end_us=round(end * 1e6), prompt=prompt, **fields)


@pytest.fixture
def project() -> Project:
    """20 s of motion made for what the timeline asks: wave 2..4 s (tokens 10..20), bow 6..8 s (30..40)."""
    track = Track(id="t", segments=(segment("wave", 2, 4, "wave", seed=1), segment("bow", 6, 8, "bow")))
    return made(Project(portrait="p", audio="a", seed=5, tracks=(track,)))


def made(project: Project, tokens: int = 100) -> Project:
    state = MotionState(
        tokens=(0,) * tokens, weights="w", audio_sha256="x", base_seed=project.seed, records=project.wishes()
    )
    return project.model_copy(update={"motion": state})


def stretches(project: Project) -> list[tuple[int, int, int, str]]:
    return [(s.start, s.end, s.seed, s.prompt) for s in plan_motion(project).stretches]


def test_nothing_changed_needs_nothing(project):
    plan = plan_motion(project)
    assert plan.stretches == ()
    assert plan.records == project.motion.records


def test_changed_prompt_or_seed_or_strength_remakes_its_range_only(project):
    assert stretches(edits.change(project, "wave", prompt="clap")) == [(10, 20, 1, "clap")]
    assert stretches(edits.change(project, "wave", seed=9)) == [(10, 20, 9, "wave")]
    assert stretches(edits.change(project, "wave", strength=0.5)) == [(10, 20, 1, "wave")]


def test_face_wishes_do_not_touch_the_motion(project):
    assert stretches(edits.change(project, "wave", emotion="happy", emotion_strength=1.0, blink=0.0)) == []


def test_removed_prompt_becomes_speech_alone_with_the_base_seed(project):
    assert stretches(edits.delete(project, "wave")) == [(10, 20, 5, "")]
    assert stretches(edits.set_track(project, "t", muted=True)) == [(10, 20, 5, ""), (30, 40, 5, "")]


def test_added_prompt_remakes_its_range(project):
    assert stretches(edits.add(project, "t", segment("n", 10, 11, "kick"))) == [(50, 55, 5, "kick")]


def test_moved_prompt_is_made_anew_as_a_whole_and_leaves_speech_behind(project):
    assert stretches(edits.move(project, "wave", 3_000_000)) == [(10, 15, 5, ""), (15, 25, 1, "wave")]


def test_shortened_prompt_keeps_the_rest_and_lengthened_one_is_made_anew(project):
    assert stretches(edits.trim_out(project, "wave", 3_000_000)) == [(15, 20, 5, "")]
    assert stretches(edits.trim_out(project, "wave", 5_000_000)) == [(10, 25, 1, "wave")]


def test_split_and_join_change_nothing_and_a_changed_half_only_itself(project):
    halves = edits.split(project, "wave", 3_000_000, right_id="right")
    assert stretches(halves) == []
    assert stretches(edits.change(halves, "right", prompt="clap")) == [(15, 20, 1, "clap")]
    assert stretches(edits.join(made(halves), "wave")) == []


def test_base_seed_remakes_all_that_hangs_on_it(project):
    assert stretches(project.replace(seed=6)) == [(0, 10, 6, ""), (20, 30, 6, ""), (30, 40, 6, "bow"), (40, 100, 6, "")]


def test_locked_segments_keep_their_tokens_and_their_record(project):
    locked = edits.change(project, "bow", locked=True).replace(seed=6)
    plan = plan_motion(locked)
    assert [(s.start, s.end) for s in plan.stretches] == [(0, 10), (20, 30), (40, 100)]
    assert [(r.prompt, r.seed) for r in plan.records] == [("wave", 1), ("bow", 5)]


def test_wishes_past_the_motion_are_cut_off(project):
    assert stretches(made(edits.move(project, "bow", 19_000_000), tokens=98)) == []


def test_no_motion_is_an_error(project):
    with pytest.raises(ValueError, match="no motion"):
        plan_motion(project.model_copy(update={"motion": None}))


TEXTS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 15), st.sampled_from("abc"), st.booleans()), max_size=6)


def build(parts) -> Project:
    segments, at = [], 0
    for number, (gap, length, prompt, locked) in enumerate(parts):
        start = at + gap * 100_000
        at = start + length * 100_000
        segments.append(Segment(id=f"s{number}", start_us=start, end_us=at, prompt=prompt, locked=locked))
    return Project(portrait="p", audio="a", tracks=(Track(segments=tuple(segments)),))


@given(TEXTS, TEXTS)
def test_planning_converges_and_stretches_are_apart_and_inside(before, after):
    old, new = made(build(before)), build(after)
    new = new.model_copy(update={"motion": old.motion})
    plan = plan_motion(new)
    ends = [0]
    for stretch in plan.stretches:
        assert ends[-1] <= stretch.start < stretch.end <= 100
        ends.append(stretch.end)
    done = new.model_copy(update={"motion": new.motion.model_copy(update={"records": plan.records})})
    assert MotionState.model_validate(done.motion.model_dump()) == done.motion
    again = plan_motion(done)
    assert again.stretches == ()
    assert again.records == plan.records


def test_record_round_trip():
    record = MotionRecord(start_us=0, end_us=1, prompt="x", strength=1.0, seed=2)
    assert MotionRecord.model_validate_json(record.model_dump_json()) == record


def with_arm(project: Project, **fields) -> Project:
    """The project with a wave of the right arm at 5..7 s on a track of its own, made."""
    arm = segment("arm", 5, 7, "wave", seed=3, part="right_arm", **fields)
    project = project.model_copy(update={"tracks": (*project.tracks, Track(id="arm-track", segments=(arm,)))})
    layer = MotionLayer(
        part="right_arm", start_us=5_000_000, end_us=7_000_000, prompt="wave", strength=1.0, seed=3, tokens=range(10)
    )
    return project.model_copy(update={"motion": project.motion.model_copy(update={"layers": (layer,)})})


def test_a_part_of_the_body_leaves_the_whole_alone(project):
    with_part = with_arm(project)
    assert stretches(with_part) == []
    assert with_part.wishes() == project.wishes()
    assert stretches(edits.delete(with_part, "arm")) == []


def test_what_was_made_for_a_part_is_kept_and_cut_with_its_segment(project):
    project = with_arm(project)
    (plan,) = plan_layers(project)
    assert plan.part == "right_arm" and plan.layer == project.motion.layers[0]
    (cut,) = plan_layers(edits.trim_out(project, "arm", 6_000_000))
    assert cut.layer is not None and cut.layer.tokens == tuple(range(5)) and cut.layer.end_us == 6_000_000
    (late,) = plan_layers(edits.trim_in(project, "arm", 6_000_000))
    assert late.layer is not None and late.layer.tokens == tuple(range(5, 10))


@pytest.mark.parametrize("changes", [{"prompt": "clap"}, {"seed": 4}, {"strength": 2.0}, {"part": "left_arm"}])
def test_what_is_asked_otherwise_of_a_part_is_made_anew(project, changes):
    (plan,) = plan_layers(edits.change(with_arm(project), "arm", **changes))
    assert plan.layer is None


def test_longer_and_moved_parts_are_made_anew(project):
    assert plan_layers(edits.trim_out(with_arm(project), "arm", 8_000_000))[0].layer is None
    assert plan_layers(edits.move(with_arm(project), "arm", 6_000_000))[0].layer is None


def test_a_locked_part_is_kept(project):
    project = edits.change(with_arm(project, locked=True), "arm", locked=False)
    project = edits.change(project, "arm", seed=None)
    assert plan_layers(project)[0].layer is None
    assert plan_layers(edits.change(project, "arm", locked=True))[0].layer == project.motion.layers[0]


def test_muted_parts_are_not_asked_for(project):
    assert plan_layers(edits.set_track(with_arm(project), "arm-track", muted=True)) == ()


def test_a_part_goes_back_to_a_take(project):
    project = with_arm(project)
    asked = another_take(project, "arm")
    assert asked.segment("arm").takes[0].tokens == tuple(range(10))
    assert plan_layers(asked)[0].layer is None
    back = use_take(asked, "arm", 0)
    (plan,) = plan_layers(back)
    assert plan.layer is not None and plan.layer.tokens == tuple(range(10))
    assert back.motion.tokens == project.motion.tokens and back.motion.records == project.motion.records


def test_new_motion_of_a_part_becomes_a_take(project):
    project = another_take(with_arm(project), "arm")
    wish = project.wishes("right_arm")[0]
    layer = MotionLayer(**dict(wish), part="right_arm", tokens=(7,) * 10)
    project = project.model_copy(update={"motion": project.motion.model_copy(update={"layers": (layer,)})})
    settled = settle_takes(project).segment("arm")
    assert [take.tokens for take in settled.takes] == [tuple(range(10)), (7,) * 10]
    assert settled.active_take == 1


def test_joined_halves_of_a_part_are_one_layer_again(project):
    project = with_arm(project)
    halves = edits.split(project, "arm", 6_000_000)
    state = halves.motion.model_copy(update={"layers": tuple(plan.layer for plan in plan_layers(halves))})
    assert [layer.tokens for layer in state.layers] == [tuple(range(5)), tuple(range(5, 10))]
    (joined,) = plan_layers(project.model_copy(update={"motion": state}))
    assert joined.layer == project.motion.layers[0]


# Arms that prompts leave free -----------------------------------------------------------------------------------------


def freed(project: Project, *, seed: int = 5, layers: bool = True) -> Project:
    """The wave leaves the left arm free, for which there is the motion of the speech."""
    wave, bow = project.motion.records
    wave = wave.model_copy(update={"free": ("left_arm",)})
    layer = MotionLayer(
        start_us=wave.start_us, end_us=wave.end_us, prompt="", strength=1.0, seed=seed, part="left_arm",
        tokens=tuple(range(10)),
    )  # fmt: skip
    update = {"records": (wave, bow), "layers": (layer,) if layers else ()}
    return project.model_copy(update={"motion": project.motion.model_copy(update=update)})


def planned(project: Project) -> list[tuple]:
    records = plan_motion(project).records
    plans = plan_free(project, records, project.motion)
    return [(p.part, p.wish.start_us, p.wish.end_us, p.wish.seed, p.layer and p.layer.tokens) for p in plans]


def test_a_free_arm_speaks_with_the_seed_of_the_recording(project):
    assert planned(project) == []
    assert planned(freed(project)) == [("left_arm", 2_000_000, 4_000_000, 5, tuple(range(10)))]
    assert planned(freed(project, layers=False)) == [("left_arm", 2_000_000, 4_000_000, 5, None)]
    fresh = plan_free(freed(project), freed(project).motion.records, None)
    assert [plan.layer for plan in fresh] == [None]


def test_a_changed_prompt_must_show_anew_which_arm_is_free(project):
    assert planned(edits.change(freed(project), "wave", prompt="point")) == []
    assert planned(edits.change(freed(project), "wave", seed=8)) == []
    assert len(planned(edits.change(freed(project), "bow", prompt="nod"))) == 1


def test_another_seed_of_the_recording_makes_the_free_arm_anew(project):
    changed = freed(project).model_copy(update={"seed": 6})
    assert planned(changed) == [("left_arm", 2_000_000, 4_000_000, 6, None)]


def test_split_segments_keep_their_halves_of_a_free_arm(project):
    found = planned(edits.split(freed(project), "wave", 3_000_000))
    assert [plan[-1] for plan in found] == [tuple(range(5)), tuple(range(5, 10))]


def test_the_free_arm_of_a_locked_segment_stays_whatever_seed_it_has(project):
    locked = edits.change(freed(project, seed=99), "wave", locked=True)
    assert planned(locked)[0][-1] == tuple(range(10))
    assert planned(freed(project, seed=99))[0][-1] is None


@pytest.mark.parametrize(("part", "left"), [("left_arm", 0), ("upper", 0), ("right_arm", 1), ("head", 1)])
def test_an_arm_that_the_user_directs_is_not_free(project, part, left):
    arm = segment("arm", 3, 5, "clap", part=part)
    tracks = (*project.tracks, Track(id="arm-track", segments=(arm,)))
    assert len(planned(freed(project).model_copy(update={"tracks": tracks}))) == left


def test_a_take_knows_which_arm_its_motion_leaves_free(project):
    asked = another_take(freed(project), "wave")
    assert asked.segment("wave").takes[0].free == ("left_arm",)
    plan = plan_motion(asked)
    motion = asked.motion.model_copy(update={"records": plan.records, "tokens": (1,) * 100, "layers": ()})
    other = settle_takes(asked.model_copy(update={"motion": motion}))
    assert [take.free for take in other.segment("wave").takes] == [("left_arm",), ()]
    assert planned(other) == []
    back = use_take(other, "wave", 0)
    assert planned(back) == [("left_arm", 2_000_000, 4_000_000, 5, None)]
