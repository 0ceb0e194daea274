"""Edits are local to the frame: what lies further than the overlap from a change stays as it is, to the bit."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.cache import Cache
from models.renderers.base import RenderJob
from models.renderers.versa.engine import Engine, UnitWork
from models.renderers.versa.kept_frames import Wanted, assembled, kept_frames
from models.renderers.versa.renderer import VersaRenderer
from models.renderers.versa.unit_store import FRAMES_STAGE, STAGE, UnitVersion
from tests.models.renderers.versa.test_renderer import Whole, _equal, frames_of, job, moved, renderer
from tests.models.renderers.versa.test_renderer import whole as whole  # a fixture

OVERLAP = 2
Frames = NDArray[np.uint8]


@pytest.fixture
def store(whole: Whole, tmp_path: Path) -> Cache:
    """A copy of the whole render's store, so that tests do not see each other's edits."""
    import shutil

    shutil.copytree(whole.store.folder, tmp_path / "store")
    return Cache(tmp_path / "store")


@contextmanager
def counted() -> Iterator[list[UnitWork]]:
    """Note what is denoised."""
    asked: list[UnitWork] = []
    original = Engine.unit_latents

    def count(self: Engine, frame: Any, work: UnitWork, *rest: Any) -> Any:
        asked.append(work)
        return original(self, frame, work, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "unit_latents", count)
        yield asked


@pytest.fixture(scope="module")
def made(weights: tuple[Path, Path]) -> VersaRenderer:
    """One renderer for all, so that the networks are loaded once."""
    return renderer(weights)


def render(
    made: VersaRenderer, work: RenderJob, before: RenderJob | None = None, shown: Frames | None = None
) -> Frames:
    """All frames of a job; chunks with the inputs of `before` are taken from what was shown, as in the program."""
    parts = []
    for chunk in made.plan(work).chunks:
        same = before is not None and _equal(made.chunk_inputs(work, chunk), made.chunk_inputs(before, chunk))
        if same and shown is not None:
            parts.append(shown[chunk.start_frame : chunk.end_frame])
        else:
            parts.append(frames_of(made, work, (chunk,)))
    return np.concatenate(parts)


def changed(one: Frames, other: Frames) -> list[int]:
    return np.flatnonzero((one != other).any(axis=(1, 2, 3))).tolist()


@pytest.mark.parametrize("edit", [range(8, 10), range(3, 4), range(5, 7), range(9, 16), range(22, 24)])
def test_frames_beyond_the_overlap_do_not_change_at_all(
    made: VersaRenderer, whole: Whole, store: Cache, edit: range
) -> None:
    """Inside a bridge, inside an anchor, over a border, over a whole anchor, and at the end."""
    edited = moved(replace(whole.job, store=store), edit)
    new = render(made, edited, whole.job, whole.frames)
    found = changed(new, whole.frames)
    # A frame lies between two poses: here poses and frames are at one rate, so exactly those of the edit changed.
    assert set(edit) <= set(found)
    assert edit.start - OVERLAP <= found[0] and found[-1] < edit.stop + OVERLAP
    # What is in the overlap comes nearer and nearer to what was there.
    apart = np.abs(new.astype(float) - whole.frames).mean(axis=(1, 2, 3))
    for inner, outer in ((edit.stop, edit.stop + 1), (edit.start - 1, edit.start - 2)):
        if 0 <= outer < len(apart):
            assert apart[outer] < apart[inner]


def test_only_what_an_edit_touches_is_denoised_and_encoded_again(
    made: VersaRenderer, whole: Whole, store: Cache
) -> None:
    work = replace(whole.job, store=store)
    edited = moved(work, range(8, 10))  # the bridge of frames 6 to 11
    inputs = [(made.chunk_inputs(work, c), made.chunk_inputs(edited, c)) for c in whole.chunks]
    assert [_equal(*pair) for pair in inputs] == [True, False, True, True]
    assert made._estimated(replace(edited, start_frame=0, end_frame=24))[1].passes * 24 == pytest.approx(11 * 2 * 2)
    with counted() as asked:
        new = frames_of(made, edited, whole.chunks)
    assert [one.frames for one in asked] == [range(4, 14)]
    held = asked[0].held
    assert held is not None
    # Frames 4, 5, 12 and 13 are the anchors'; 6, 7, 10 and 11 are old frames that fade out; 8 and 9 are free.
    np.testing.assert_allclose(held.weights, [1, 1, 2 / 3, 1 / 3, 0, 0, 1 / 3, 2 / 3, 1, 1], 1e-6)
    assert changed(new, whole.frames) == [6, 7, 8, 9, 10, 11]


def test_undo_brings_every_frame_back_without_denoising(made: VersaRenderer, whole: Whole, store: Cache) -> None:
    work = replace(whole.job, store=store)
    first = moved(work, range(8, 10))
    both = moved(first, range(16, 18))
    with_first = render(made, first, work, whole.frames)
    with_both = render(made, both, first, with_first)
    second = moved(work, range(16, 18))  # the first edit undone, the second one kept
    with counted() as asked:
        assert np.array_equal(frames_of(made, work, whole.chunks[1:3]), whole.frames[6:18])
        mixed = render(made, second, both, with_both)
    assert asked == []
    assert np.array_equal(mixed[:12], whole.frames[:12]) and np.array_equal(mixed[12:], with_both[12:])


def test_seams_of_an_edit_are_no_larger_than_steps_inside(made: VersaRenderer, whole: Whole, store: Cache) -> None:
    """Steps between frames at the ends of the overlap and in it, against the largest elsewhere, in grey levels."""
    work = replace(whole.job, store=store)
    new = render(made, moved(work, range(8, 10)), work, whole.frames).astype(float)
    steps = np.abs(np.diff(new, axis=0)).mean(axis=(1, 2, 3))
    colour = np.abs(np.diff(new.mean(axis=(1, 2)), axis=0)).max(axis=1)
    seam = np.arange(5, 12)
    inside = np.setdiff1d(np.arange(23), seam)
    print(
        f"motion {steps[seam].max():.2f} at the edit, {steps[inside].max():.2f} elsewhere; "
        f"colour {colour[seam].max():.2f}, {colour[inside].max():.2f}"
    )
    assert steps[seam].max() < 1.25 * steps[inside].max()
    assert colour[seam].max() < 1.25 * colour[inside].max() + 1.0


def test_many_edits_never_move_what_they_do_not_touch(made: VersaRenderer, whole: Whole, store: Cache) -> None:
    """Each edit of a chain changes its own frames and the overlap only, seen from the render before."""
    work, before = replace(whole.job, store=store), whole.frames
    for edit in (range(4, 8), range(2, 5), range(5, 6)):
        edited = moved(work, edit)
        after = render(made, edited, work, before)
        found = changed(after, before)
        assert set(edit) <= set(found) and edit.start - OVERLAP <= found[0] and found[-1] < edit.stop + OVERLAP
        work, before = edited, after
    with counted() as asked:
        assert np.array_equal(frames_of(made, work, whole.chunks[:2]), before[:12])
    assert asked == []


def test_latents_that_are_lost_are_made_again(weights: tuple[Path, Path], whole: Whole, store: Cache) -> None:
    """A damaged version does not count; without any the unit is made from nothing, which is what it was before."""
    work, chunks = replace(whole.job, store=store), whole.chunks[2:3]
    fresh = renderer(weights)
    key = fresh._find(work, fresh._layout(work), fresh._layout(work).unit(2)).key
    data = next(store.folder.glob(f"{STAGE}/{key}.npz"))
    data.write_bytes(data.read_bytes()[:-1])
    with counted() as asked:
        assert np.array_equal(frames_of(renderer(weights), work, chunks), whole.frames[12:18])
    assert [one.frames for one in asked] == [range(10, 20)]
    for record in store.folder.glob(f"{FRAMES_STAGE}/*"):
        record.unlink()
    with counted() as asked:
        assert np.array_equal(frames_of(renderer(weights), work, chunks), whole.frames[12:18])
    assert len(asked) == 1


def test_frames_may_follow_from_the_project_alone(weights: tuple[Path, Path], whole: Whole, store: Cache) -> None:
    """Without `keep_frames` an edit renders whole units, as if nothing had been there."""
    edited, chunk = moved(replace(whole.job, store=store), range(8, 10)), whole.chunks[1:2]
    alone = renderer(weights, keep_frames=False)
    there = frames_of(alone, edited, chunk)
    assert np.array_equal(there, frames_of(renderer(weights), replace(edited, store=None), chunk))
    with counted() as asked:
        assert np.array_equal(frames_of(alone, edited, chunk), there)
    assert asked == []
    old, new = (alone.chunk_inputs(one, whole.chunks[0]) for one in (whole.job, edited))
    assert _equal(old, new)  # the anchor does not see frames 8 and 9
    assert not _equal(old, renderer(weights).chunk_inputs(whole.job, whole.chunks[0]))


def test_an_emotion_is_local_too(face_weights: tuple[Path, Path]) -> None:
    from models.renderers.base import FaceCue

    made = renderer(face_weights)
    chunks = made.plan(job()).chunks
    told = [
        [made.chunk_inputs(job(cues=cues), chunk) for chunk in chunks]
        for cues in ((), (FaceCue(0.4, 0.5, "happy", 0.8, 1.0),))
    ]
    # Frames 8 and 9 of the bridge; with an overlap of two neither anchor sees them.
    assert [_equal(*pair) for pair in zip(*told, strict=True)] == [True, False, True, True]


# The rules alone ------------------------------------------------------------------------------------------------------


def version(name: str, rows: list[int], low: int = 0) -> UnitVersion:
    return UnitVersion(name, low, low, np.array(rows, np.uint64)[:, None], (name,) * len(rows))


def wanted(rows: list[int], reach: int | None = OVERLAP) -> Wanted:
    count = len(rows)
    edge = reach or 0
    return Wanted(edge, count - edge, 0, np.array(rows, np.uint64)[:, None], reach)


def test_what_is_kept_fades_out_towards_the_change() -> None:
    """The window is frames 2 to 15. The newer version has most of it; the older one is kept where only it is right."""
    old, new = version("old", [1] * 18), version("new", [1] * 12 + [2] * 6)
    kept = kept_frames([old, new], wanted([1] * 8 + [3] + [1] * 3 + [2] * 6))
    assert [one.key for one in kept.versions] == ["new", "old"]
    assert kept.source.tolist() == [0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(kept.weights, [1, 1, 1, 1, 2 / 3, 1 / 3, 0, 1 / 3, 2 / 3, 1, 1, 1, 1, 1])


def test_frames_that_never_stood_beside_each_other_are_made_again() -> None:
    """Two versions that share no frame: where one would follow the other, those around are free."""
    one, other = version("a", [1] * 9 + [5] * 5), version("b", [4] * 4 + [1] * 10)
    kept = kept_frames([one, other], wanted([1] * 14))
    assert (kept.weights == 1).all() and set(kept.source.tolist()) == {0, 1}
    random = np.random.default_rng(0)
    strangers = [random.standard_normal((14, 4, 1, 1)).astype(np.float32) for _ in range(2)]
    freed, _ = assembled(kept, strangers, wanted([1] * 14))
    switch = int(np.flatnonzero(np.diff(kept.source))[0]) + 1
    assert np.flatnonzero(freed.weights == 0).tolist() == list(range(switch - OVERLAP, switch + OVERLAP))
    same, made = assembled(kept, [strangers[0], strangers[0]], wanted([1] * 14))
    assert (same.weights == 1).all() and np.array_equal(made, strangers[0][OVERLAP:-OVERLAP])


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(st.integers(0, 2), min_size=20, max_size=20), min_size=1, max_size=4),
    st.lists(st.integers(0, 2), min_size=20, max_size=20),
)
def test_kept_means_that_nothing_near_changed(versions: list[list[int]], now: list[int]) -> None:
    kept = kept_frames([version(str(place), rows) for place, rows in enumerate(versions)], wanted(now))
    for frame, (source, weight) in enumerate(zip(kept.source, kept.weights, strict=True)):
        near = slice(frame, frame + 2 * OVERLAP + 1)  # rows begin two frames before the window
        alike = [np.array_equal(rows[near], now[near]) for rows in versions]
        assert (weight == 1.0) == any(alike)
        if source >= 0:
            rows = versions[int(kept.versions[source].key)]
            assert rows[frame + OVERLAP] == now[frame + OVERLAP]
            assert weight < 1.0 or rows[near] == now[near]
