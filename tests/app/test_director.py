"""The chain of stages: what is computed when, what an edit recomputes, and what stays bit-identical."""

from dataclasses import replace

import numpy as np
import pytest

from app.director import Director
from app.finishing import ruling
from app.project_media import DirectorError
from core import edits
from core.cancel import Cancelled, CancelToken
from core.motion_export import clip_spans
from core.motion_finish import FINISH_VERSION
from core.portrait import PortraitError
from core.project_file import load_project, save_project
from core.prompts import PromptError
from core.takes import use_take
from core.timeline import MotionSettings, Project, Segment, TimelineError, Track
from tests.app.fakes import FakeModels, FakeMotion, token, write_portrait, write_speech


@pytest.fixture
def path(tmp_path):
    portrait = write_portrait(tmp_path / "p.png")
    audio = write_speech(tmp_path / "a.wav")
    segments = (
        Segment(id="wave", start_us=1_000_000, end_us=2_000_000, prompt="wave"),
        Segment(id="bow", start_us=4_000_000, end_us=5_000_000, prompt="bow", seed=3),
    )
    project = Project(
        portrait=str(portrait),
        rig_file=str(portrait.with_suffix(".rig.json")),
        audio=str(audio),
        seed=7,
        motion_settings=MotionSettings(cleanup=False, stay=False),
        tracks=(Track(id="t", segments=segments),),
    )
    save_project(project, tmp_path / "P.versa")
    return tmp_path / "P.versa"


def director(path, models=None, project=None) -> tuple[Director, FakeModels]:
    models = models or FakeModels()
    return Director(project or load_project(path), path, models=models), models


def test_motion_covers_the_recording_and_is_kept_in_the_project(path):
    chain, models = director(path)
    clip = chain.motion()
    assert len(clip) == 120 and len(clip.tokens) == 30
    state = chain.project.motion
    assert state.tokens == tuple(clip.tokens)
    assert (state.weights, state.base_seed, len(state.records)) == ("fake-1", 7, 2)
    assert chain.project.duration_us == 6_000_000
    assert clip.tokens[5] == token(7, "wave", 5) and clip.tokens[20] == token(3, "bow", 20)
    assert [span["prompt"] for span in clip_spans(clip)] == ["wave", "bow"]
    assert clip_spans(clip)[0] == {"start": 1.0, "end": 2.0, "prompt": "wave", "seed": 7}
    assert clip.provenance == {"generator": "fake", "finish": "no clean-up"}
    assert models.maker.calls == [("generate", 7)]


def test_a_second_run_makes_nothing_anew_even_without_the_cache(path):
    chain, models = director(path)
    first = chain.motion()
    save_project(chain.project, path)
    chain.cache.clean()
    again, models = director(path)
    clip = again.motion()
    np.testing.assert_array_equal(clip.tokens, first.tokens)
    np.testing.assert_array_equal(clip.joints, first.joints)
    assert models.maker.calls == []
    assert again.project == chain.project


@pytest.mark.parametrize(
    ("edit", "calls"),
    [
        (lambda p: edits.change(p, "wave", prompt="clap"), [("takes", 5, 10, 7)]),
        (lambda p: edits.change(p, "bow", seed=4), [("takes", 20, 25, 4)]),
        (lambda p: edits.delete(p, "bow"), [("takes", 20, 25, 7)]),
        (lambda p: edits.move(p, "bow", 3_000_000), [("takes", 15, 20, 3), ("takes", 20, 25, 7)]),
        (lambda p: edits.split(p, "wave", 1_400_000), []),
        (lambda p: edits.change(p, "wave", emotion="happy"), []),
    ],
)
def test_an_edit_remakes_its_range_and_nothing_else(path, edit, calls):
    chain, _ = director(path)
    before = np.array(chain.motion().tokens)
    changed, models = director(path, project=edit(chain.project))
    after = np.array(changed.motion().tokens)
    assert models.maker.calls == calls
    free = np.zeros(30, bool)
    for _, first, last, _ in calls:
        free[first:last] = True
    np.testing.assert_array_equal(before[~free], after[~free])
    assert changed.project.motion.records == changed.project.wishes()
    done, models = director(path, project=changed.project)
    done.motion()
    assert models.maker.calls == []


def with_arm(project: Project, **fields) -> Project:
    arm = Segment(id="arm", start_us=1_400_000, end_us=2_400_000, prompt="clap", part="right_arm", seed=9, **fields)
    return project.model_copy(update={"tracks": (*project.tracks, Track(id="arms", segments=(arm,)))})


def test_what_rules_a_frame_is_told_by_numbers_that_a_split_does_not_change(path):
    chain, _ = director(path)
    known = ruling(chain.project, 30)
    wave, bow = known[5], known[20]
    assert 0 < wave != bow > 0
    np.testing.assert_array_equal(np.flatnonzero(known), np.r_[5:10, 20:25])
    split = edits.split(chain.project, "wave", 1_400_000)
    np.testing.assert_array_equal(ruling(split, 30) > 0, known > 0)
    assert len(set(ruling(split, 30)[5:10].tolist())) == 1
    parted = ruling(with_arm(chain.project), 30)
    np.testing.assert_array_equal(parted[5:10], known[5:10])
    assert (parted[10:12] > 0).all() and parted[10] not in (0, wave)
    assert not ruling(edits.set_track(chain.project, chain.project.tracks[0].id, muted=True), 30).any()


def test_a_part_of_the_body_is_made_once_beside_the_whole(path):
    chain, _ = director(path)
    before = chain.motion().tokens.copy()
    parted, models = director(path, project=with_arm(chain.project))
    clip = parted.motion()
    assert models.maker.calls == [("takes", 7, 12, 9)]
    np.testing.assert_array_equal(clip.tokens, before)
    (layer,) = parted.project.motion.layers
    # The networks are told which arm.
    assert layer.tokens == tuple(token(9, "clap with the right hand", n) for n in range(7, 12))
    assert layer.prompt == "clap"
    assert parted.project.motion.records == chain.project.motion.records
    again, models = director(path, project=parted.project)
    again.motion()
    assert models.maker.calls == []
    # Its edit makes only it anew, and the deletion of the whole body's prompt below does not touch it.
    edited, models = director(path, project=edits.change(parted.project, "arm", seed=10))
    edited.motion()
    assert models.maker.calls == [("takes", 7, 12, 10)]
    below, models = director(path, project=edits.delete(parted.project, "bow"))
    below.motion()
    assert below.project.motion.layers == parted.project.motion.layers


@pytest.mark.parametrize(
    ("part", "prompt", "noted"),
    [
        ("left_arm", "wave with the right hand", True),
        ("right_arm", "wave with the LEFT hand", True),
        ("right_arm", "wave with the right hand", False),
        ("right_arm", "point to the left", False),
        ("left_arm", "wave both hands", False),
        ("head", "look at the right hand", False),
    ],
)
def test_a_prompt_for_one_arm_that_names_the_other_is_told(path, part, prompt, noted):
    chain, _ = director(path)
    arm = Segment(id="arm", start_us=1_400_000, end_us=2_400_000, prompt=prompt, part=part)
    chain.project = chain.project.model_copy(update={"tracks": (*chain.project.tracks, Track(id="a", segments=(arm,)))})
    chain.motion()
    assert any("of which nothing is shown" in note for note in chain.notes) is noted


def test_a_part_is_regenerated_with_takes(path):
    chain, _ = director(path)
    chain.project = with_arm(chain.project)
    chain.motion()
    tokens = chain.project.motion.tokens
    chain.regenerate("arm")
    arm = chain.project.segment("arm")
    assert (arm.seed, arm.active_take) == (10, 1)
    text = "clap with the right hand"
    assert [take.tokens for take in arm.takes] == [tuple(token(s, text, n) for n in range(7, 12)) for s in (9, 10)]
    chain.regenerate("arm", takes=3)
    arm = chain.project.segment("arm")
    assert [take.tokens for take in arm.takes] == [tuple(token(s, text, n) for n in range(7, 12)) for s in range(9, 14)]
    assert (arm.active_take, arm.seed) == (2, 11)
    assert chain.project.motion.layers[0].tokens == arm.takes[2].tokens
    assert chain.project.motion.tokens == tokens


def wishing(project: Project, **changes) -> Project:
    return edits.change(project, "wave", **changes)


def spoken(first: int, last: int, seed: int = 7) -> tuple[int, ...]:
    return tuple(token(seed, "", place) for place in range(first, last))


def test_an_arm_that_a_prompt_leaves_free_goes_on_with_the_speech(path):
    chain, models = director(path)
    chain.project = wishing(chain.project, prompt="wave, free")
    chain.motion()
    # The wave's stretch is spoken once by the seed of the recording, beside the motion of the whole body.
    assert models.maker.calls == [("generate", 7), ("takes", 5, 10, 7)]
    (layer,) = chain.project.motion.layers
    assert (layer.part, layer.start_us, layer.end_us, layer.prompt) == ("left_arm", 1_000_000, 2_000_000, "")
    assert layer.tokens == spoken(5, 10) != chain.project.motion.tokens[5:10]
    assert [record.free for record in chain.project.motion.records] == [("left_arm",), ()]
    again, models = director(path, project=chain.project)
    again.motion()
    assert models.maker.calls == []


def test_a_free_arm_is_kept_by_edits_that_leave_it_free_and_dropped_by_others(path):
    chain, _ = director(path)
    chain.project = wishing(chain.project, prompt="wave, free")
    chain.motion()
    layers = chain.project.motion.layers
    reseeded, models = director(path, project=wishing(chain.project, seed=70))
    reseeded.motion()
    assert models.maker.calls == [("takes", 5, 10, 70)]
    assert reseeded.project.motion.layers == layers
    beside, models = director(path, project=edits.change(chain.project, "bow", seed=71))
    beside.motion()
    assert models.maker.calls == [("takes", 20, 25, 71)] and beside.project.motion.layers == layers
    changed, models = director(path, project=wishing(chain.project, prompt="bow"))
    changed.motion()
    assert models.maker.calls == [("takes", 5, 10, 7)] and changed.project.motion.layers == ()


def test_every_take_knows_its_free_arm(path):
    chain, models = director(path)
    chain.project = wishing(chain.project, prompt="wave, free")
    chain.motion()
    chain.regenerate("wave", takes=3)
    takes = chain.project.segment("wave").takes
    assert [take.free for take in takes] == [("left_arm",)] * 4
    assert models.maker.calls[2:] == [("takes", 5, 10, 8, 9, 10)]  # what the speech does there is known
    layers = chain.project.motion.layers
    chain.project = use_take(chain.project, "wave", 0)
    chain.motion()
    assert chain.project.motion.layers == layers and chain.project.motion.records[0].free == ("left_arm",)


def test_a_user_who_directs_the_free_arm_is_obeyed(path):
    chain, _ = director(path)
    chain.project = wishing(chain.project, prompt="wave, free")
    arm = Segment(id="arm", start_us=1_400_000, end_us=2_400_000, prompt="clap", part="left_arm", seed=9)
    chain.project = chain.project.model_copy(update={"tracks": (*chain.project.tracks, Track(id="a", segments=(arm,)))})
    chain.motion()
    assert [layer.prompt for layer in chain.project.motion.layers] == ["clap"]


def test_clean_up_is_a_setting_and_can_be_left_out_of_one_run(path):
    chain, _ = director(path)
    chain.motion()
    finish = {"finish": f"clean-up {FINISH_VERSION}"}
    chain.project = chain.project.replace(motion_settings=MotionSettings(cleanup=True, stay=False))
    assert chain.motion().provenance.items() >= finish.items()
    chain.cleanup = False
    assert chain.motion().provenance["finish"] == "no clean-up"
    assert chain.project.motion_settings.cleanup


def test_locomotion_stays_for_portraits_that_show_no_feet(path):
    chain, _ = director(path)
    chain.project = chain.project.replace(motion_settings=MotionSettings(cleanup=True))
    scale = chain.portrait().scale
    assert chain.motion().provenance["finish"].endswith("stays") is (scale in ("head", "half"))
    for own in (True, False):  # an export may travel; what the project itself says counts more
        chain.stay = own
        assert chain.motion().provenance["finish"].endswith("stays") is own
        chain.project = chain.project.replace(motion_settings=MotionSettings(cleanup=True, stay=not own))
        assert chain.motion().provenance["finish"].endswith("stays") is not own
        chain.project = chain.project.replace(motion_settings=MotionSettings(cleanup=True))


def test_networks_that_change_other_tokens_are_caught(path):
    chain, _ = director(path)
    chain.motion()
    models = FakeModels(FakeMotion(spoil=True))
    spoiled, _ = director(path, models, edits.change(chain.project, "bow", seed=4))
    with pytest.raises(DirectorError, match=r"changed tokens outside 20\.\.25"):
        spoiled.motion()
    assert spoiled.project.motion == chain.project.motion


def test_other_weights_or_another_recording_make_all_motion_anew_and_say_so(path):
    chain, _ = director(path)
    chain.motion()
    newer, models = director(path, FakeModels(FakeMotion(version="fake-2")), chain.project)
    newer.motion()
    assert models.maker.calls == [("generate", 7)]
    assert "made by the weights fake-1" in newer.notes[0]
    write_speech(path.parent / "a.wav", 5.5)
    other, models = director(path, project=chain.project)
    assert len(other.motion()) == 110
    assert "the recording is another one" in other.notes[0]


def test_regenerate_by_number_takes_the_next_seed_and_keeps_the_old_motion_as_a_take(path):
    chain, models = director(path)
    before = np.array(chain.motion().tokens)
    after = np.array(chain.regenerate(2).tokens)
    assert models.maker.calls[-1] == ("takes", 20, 25, 4)
    np.testing.assert_array_equal(np.flatnonzero(before != after), range(20, 25))
    segment = chain.project.segment("bow")
    assert (segment.seed, segment.active_take) == (4, 1)
    assert [take.seed for take in segment.takes] == [3, 4]
    assert segment.takes[0].tokens == tuple(before[20:25])
    assert segment.takes[1].tokens == tuple(after[20:25])
    chain.regenerate("bow")
    assert [take.seed for take in chain.project.segment("bow").takes] == [3, 4, 5]


def test_several_takes_come_from_one_call_and_the_first_is_used(path):
    chain, models = director(path)
    before = np.array(chain.motion().tokens)
    after = np.array(chain.regenerate("bow", takes=3).tokens)
    assert models.maker.calls[1:] == [("takes", 20, 25, 4, 5, 6)]
    segment = chain.project.segment("bow")
    assert (segment.seed, segment.active_take) == (4, 1)
    assert [take.seed for take in segment.takes] == [3, 4, 5, 6]
    made = [tuple(token(seed, "bow", n) for n in range(20, 25)) for seed in (3, 4, 5, 6)]
    assert [take.tokens for take in segment.takes] == made
    assert tuple(after[20:25]) == made[1] and tuple(chain.project.motion.tokens) == tuple(after)
    assert np.array_equal(np.delete(after, range(20, 25)), np.delete(before, range(20, 25)))
    chain.motion()
    assert len(models.maker.calls) == 2
    chain.project = use_take(chain.project, "bow", 3)
    assert tuple(chain.motion().tokens[20:25]) == made[3] and len(models.maker.calls) == 2


def test_several_takes_that_begin_with_the_present_seed_make_the_others(path):
    chain, models = director(path)
    chain.motion()
    chain.regenerate("bow", seed=3, takes=3)
    assert models.maker.calls[1:] == [("takes", 20, 25, 4, 5)]
    assert [take.seed for take in chain.project.segment("bow").takes] == [3, 4, 5]


def test_regenerate_with_a_prompt_keeps_the_seed(path):
    chain, models = director(path)
    chain.regenerate(1, prompt=" clap ")
    assert models.maker.calls == [("generate", 7), ("takes", 5, 10, 7)]
    segment = chain.project.segment("wave")
    assert (segment.prompt, segment.seed) == ("clap", None)
    assert [take.prompt for take in segment.takes] == ["wave", "clap"]


def test_regenerate_with_what_is_there_changes_nothing(path):
    chain, models = director(path)
    chain.motion()
    before = chain.project
    chain.regenerate(2, seed=3, prompt="bow")
    assert chain.project == before
    assert len(models.maker.calls) == 1


def test_regenerate_refuses_what_is_not_there_and_what_is_locked(path):
    chain, _ = director(path)
    with pytest.raises(DirectorError, match="there is no segment 3; the project has segments 1 to 2"):
        chain.regenerate(3)
    with pytest.raises(TimelineError, match="no segment with the id x"):
        chain.regenerate("x")
    chain.project = edits.change(chain.project, "bow", locked=True)
    with pytest.raises(TimelineError, match='"bow" is locked'):
        chain.regenerate(2)


def test_segments_past_the_recording_are_refused_with_their_times(path):
    project = load_project(path)
    late = edits.move(project, "bow", 5_500_000)
    chain, _ = director(path, project=late)
    with pytest.raises(PromptError, match=r'5\.5-6\.5 s "bow" runs past the end of the audio \(6\.0 s\)'):
        chain.motion()


def test_poses_are_kept_and_follow_motion_portrait_and_mode(path):
    chain, models = director(path)
    first = chain.poses()
    np.testing.assert_array_equal(chain.poses().body, first.body)
    assert models.translator.calls == 1
    np.testing.assert_array_equal(chain.poses("direct").body, -first.body)
    assert models.translator.calls == 2
    again, others = director(path, project=chain.project)
    stored = again.poses()
    assert others.translator.calls == 0
    assert (stored.fps, stored.width, stored.height) == (20.0, 96, 160)
    chain.regenerate(1)
    chain.poses()
    assert models.translator.calls == 3
    rig = chain.portrait().rig
    body = rig.body.copy()
    body[4, 0] += 3
    chain.project = chain.project.model_copy(update={"rig": replace(rig, body=body).to_dict()})
    chain.poses()
    assert models.translator.calls == 4


def test_missing_media_are_named_and_the_project_still_loads(path):
    (path.parent / "p.png").unlink()
    chain, _ = director(path)
    chain.motion()
    with pytest.raises(DirectorError, match=r"the portrait .*p\.png is missing"):
        chain.poses()
    (path.parent / "a.wav").unlink()
    chain, _ = director(path)
    with pytest.raises(DirectorError, match=r"the audio .*a\.wav is missing"):
        chain.motion()


def test_a_broken_rig_file_is_named(path):
    (path.parent / "p.rig.json").write_text("{", "utf-8")
    chain, _ = director(path)
    with pytest.raises(PortraitError, match=r"p\.rig\.json: The rig is not JSON"):
        chain.portrait()
    (path.parent / "p.rig.json").unlink()
    with pytest.raises(DirectorError, match=r"the rig file .*p\.rig\.json is missing"):
        chain.portrait()


def test_cancel_stops_before_anything_is_changed(path):
    cancel = CancelToken()
    project = load_project(path)
    chain = Director(project, path, models=FakeModels(), cancel=cancel)
    cancel.cancel()
    with pytest.raises(Cancelled):
        chain.motion()
    assert chain.project == project
