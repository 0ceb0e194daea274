"""Takes: the motion of a segment goes and comes back exactly, and nothing is left to be made for it."""

import pytest

from core import bulk_edits, edits
from core.motion_plan import plan_motion
from core.takes import another_take, favour_take, settle_takes, use_take
from core.timeline import MotionRecord, MotionState, Project, Segment, Take, TimelineError, Track, token_range

TOKENS = tuple(range(100))


def segment(start: float, end: float, prompt: str = "", **fields) -> Segment:
    return Segment(start_us=round(start * 1e6), end_us=round(end * 1e6), prompt=prompt, **fields)


def made(project: Project, tokens: tuple[int, ...]) -> Project:
    """The project with motion that was made just as it wishes."""
    motion = MotionState(tokens=tokens, weights="w", audio_sha256="a", base_seed=project.seed, records=project.wishes())
    return project.model_copy(update={"motion": motion})


def remade(project: Project, value: int) -> Project:
    """The project with everything made anew that is not as wished, and takes settled."""
    plan = plan_motion(project)
    tokens = list(project.motion.tokens)
    for stretch in plan.stretches:
        tokens[stretch.start : stretch.end] = [value] * (stretch.end - stretch.start)
    motion = project.motion.model_copy(
        update={"tokens": tuple(tokens), "records": plan.records, "base_seed": project.seed}
    )
    return settle_takes(project.model_copy(update={"motion": motion}))


@pytest.fixture
def project() -> Project:
    """Twenty seconds; "b" lies partly under "top" of an earlier track."""
    return made(
        Project(
            portrait="/p.png",
            audio="/a.wav",
            seed=3,
            duration_us=20_000_000,
            tracks=(
                Track(id="first", segments=(segment(13, 15, "nod", id="top"),)),
                Track(
                    id="main",
                    segments=(
                        segment(1.1, 3.25, "wave", id="a"),
                        segment(3.25, 6, "bow", id="b2"),
                        segment(12, 16, "kick", id="b"),
                        segment(17, 18, id="free"),
                    ),
                ),
                Track(id="faces", kind="emotion", segments=(segment(0, 2, id="f"),)),
            ),
        ),
        TOKENS,
    )


def tokens_of(project: Project, segment_id: str) -> tuple[int, ...]:
    found = project.segment(segment_id)
    first, end = token_range(found.start_us, found.end_us)
    return project.motion.tokens[first:end]


def nothing_to_do(project: Project) -> bool:
    return plan_motion(project).stretches == ()


def test_another_take_keeps_the_old_motion_and_asks_for_new(project):
    asked = another_take(project, "a")
    wanted = asked.segment("a")
    assert wanted.seed == 4
    assert wanted.active_take is None
    assert [take.tokens for take in wanted.takes] == [tokens_of(project, "a")]
    stretches = plan_motion(asked).stretches
    assert [(s.start, s.end, s.seed) for s in stretches] == [(*token_range(1_100_000, 3_250_000), 4)]
    done = remade(asked, 7)
    assert done.segment("a").active_take == 1
    assert [take.seed for take in done.segment("a").takes] == [3, 4]
    assert set(done.segment("a").takes[1].tokens) == {7}
    assert settle_takes(done) is done


def test_takes_are_switched_without_making_motion(project):
    done = remade(another_take(project, "a"), 7)
    back = use_take(done, "a", 0)
    assert back.motion.tokens == project.motion.tokens
    assert nothing_to_do(back)
    assert settle_takes(back) is back
    again = use_take(back, "a", 1)
    assert again.motion.tokens == done.motion.tokens
    assert nothing_to_do(again)
    assert again == done


def test_a_take_brings_its_prompt_and_strength_back(project):
    done = remade(another_take(project, "a"), 7)
    other = remade(bulk_edits.change(done, ["a"], prompt="shrug", strength=1.5), 9)
    assert [take.prompt for take in other.segment("a").takes] == ["wave", "wave", "shrug"]
    assert other.segment("a").active_take == 2
    back = use_take(other, "a", 1)
    assert (back.segment("a").prompt, back.segment("a").strength) == ("wave", 1.0)
    assert back.motion == done.motion
    there = use_take(back, "a", 2)
    assert (there.segment("a").prompt, there.segment("a").strength) == ("shrug", 1.5)
    assert there == other


def test_neighbours_keep_their_motion_and_their_records(project):
    done = remade(another_take(project, "a"), 7)
    back = use_take(done, "a", 0)
    assert tokens_of(back, "b2") == tokens_of(project, "b2")
    assert back.motion.records[0].seed == 3
    assert back.motion.records[1:] == project.motion.records[1:]


def test_a_record_that_reaches_over_the_segment_is_cut(project):
    long = project.motion.model_copy(
        update={"records": (MotionRecord(start_us=0, end_us=8_000_000, prompt="walk", strength=1.0, seed=3),)}
    )
    project = edits.add_take(
        project.model_copy(update={"motion": long}), "a", Take(seed=5, tokens=tuple([1] * 10), prompt="wave")
    )
    done = use_take(project, "a", 0)
    count = len(tokens_of(project, "a"))
    assert count != 10 or done.motion.tokens[5:15] == (1,) * 10
    project = edits.change(project, "a", takes=(Take(seed=5, tokens=tuple([1] * count), prompt="wave"),))
    done = use_take(project, "a", 0)
    assert [(r.start_us, r.end_us, r.prompt) for r in done.motion.records] == [
        (0, 1_100_000, "walk"),
        (1_100_000, 3_250_000, "wave"),
        (3_250_000, 8_000_000, "walk"),
    ]
    assert tokens_of(done, "a") == (1,) * count


def test_what_an_earlier_track_directs_is_left_alone(project):
    first, end = token_range(12_000_000, 16_000_000)
    take = Take(seed=8, tokens=tuple([500] * (end - first)), prompt="kick")
    done = use_take(edits.add_take(project, "b", take), "b", 0)
    assert tokens_of(done, "top") == tokens_of(project, "top")
    assert [token for token in tokens_of(done, "b") if token != 500] == list(tokens_of(project, "top"))
    assert nothing_to_do(done)


def test_a_muted_track_changes_no_motion(project):
    first, end = token_range(12_000_000, 16_000_000)
    take = Take(seed=8, tokens=tuple([500] * (end - first)), prompt="kick")
    muted = made(edits.set_track(edits.add_take(project, "b", take), "main", muted=True), TOKENS)
    assert use_take(muted, "b", 0).motion == muted.motion


def test_a_take_of_another_length_is_asked_for_anew(project):
    done = remade(another_take(project, "a"), 7)
    shorter = remade(edits.trim_out(done, "a", 2_000_000), 8)
    assert [len(take.tokens) for take in shorter.segment("a").takes] == [11, 5]
    back = use_take(shorter, "a", 0)
    assert back.segment("a").seed == 3
    assert [stretch.seed for stretch in plan_motion(back).stretches] == [3]
    settled = remade(back, 9)
    assert settled.segment("a").active_take == 0
    assert settled.segment("a").takes[0].tokens == (9,) * 5
    assert nothing_to_do(settled)


def test_a_segment_that_only_follows_the_speech_gets_takes_too(project):
    done = remade(another_take(project, "free"), 7)
    assert [take.seed for take in done.segment("free").takes] == [3, 4]
    back = use_take(done, "free", 0)
    assert back.motion.tokens == project.motion.tokens
    assert nothing_to_do(back)


def test_pressing_twice_before_the_motion_comes_keeps_one_old_take(project):
    asked = another_take(another_take(project, "a"), "a")
    assert asked.segment("a").seed == 5
    assert len(asked.segment("a").takes) == 1


def test_motion_that_is_not_there_yet_is_no_take(project):
    waiting = edits.change(project, "a", prompt="shrug")
    assert another_take(waiting, "a").segment("a").takes == ()
    without = project.model_copy(update={"motion": None})
    asked = another_take(without, "a")
    assert (asked.segment("a").takes, asked.segment("a").seed) == ((), 4)
    assert settle_takes(asked) is asked


def test_a_seed_at_the_end_goes_round(project):
    last = edits.change(project, "a", seed=2**32 - 1)
    assert another_take(last, "a").segment("a").seed == 0


def test_stars_come_and_go_also_under_a_lock(project):
    done = edits.change(remade(another_take(project, "a"), 7), "a", locked=True)
    starred = favour_take(done, "a", 1, True)
    assert [take.favourite for take in starred.segment("a").takes] == [False, True]
    assert favour_take(starred, "a", 1, False) == done
    with pytest.raises(TimelineError, match="has 2 takes; there is no take 3"):
        favour_take(done, "a", 2, True)


@pytest.mark.parametrize("act", [lambda p: use_take(p, "a", 0), lambda p: another_take(p, "a")])
def test_locks_hold(project, act):
    done = remade(another_take(project, "a"), 7)
    with pytest.raises(TimelineError, match="is locked"):
        act(edits.change(done, "a", locked=True))
    with pytest.raises(TimelineError, match="is locked"):
        act(edits.set_track(done, "main", locked=True))


def test_faces_have_no_takes(project):
    with pytest.raises(TimelineError, match="directs the face alone"):
        another_take(project, "f")


def test_a_split_take_is_whole_again_after_joining(project):
    done = remade(another_take(project, "a"), 7)
    parts = edits.split(done, "a", 2_000_000, right_id="r")
    assert nothing_to_do(parts)
    assert settle_takes(parts) is parts
    assert edits.join(parts, "a") == done


def test_a_take_brings_its_strength_back(project):
    take = Take(seed=9, tokens=tokens_of(project, "a"), prompt="wave", strength=1.5)
    done = use_take(edits.add_take(project, "a", take), "a", 0)
    assert done.segment("a").strength == 1.5
