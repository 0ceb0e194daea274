"""Random things that a user does to a project, for tests of undo, of long work and of crashes."""

import random
from collections.abc import Callable
from pathlib import Path

from app.session import Session
from core.constants import MAX_SEED
from core.timeline import (
    MotionRecord,
    MotionState,
    Project,
    Segment,
    Take,
    Track,
    token_range,
)

END_US = 60_000_000


def sample_project(folder: Path = Path("/media")) -> Project:
    """A minute with two prompt tracks, faces, a marker, takes and motion made as wished."""
    tokens = tuple(range(100, 400))
    segments = []
    for number in range(6):
        start, end = number * 9_000_000 + 1_000_000, number * 9_000_000 + 6_000_000
        first, last = token_range(start, end)
        takes = (
            Take(seed=100 + number, tokens=tokens[::-1][first:last], prompt="point"),
            Take(seed=number, tokens=tokens[first:last], prompt=f"wave {number}"),
        )
        segments.append(
            Segment(
                id=f"s{number}",
                start_us=start,
                end_us=end,
                prompt=f"wave {number}",
                seed=number,
                takes=takes if number % 2 else (),
                active_take=1 if number % 2 else None,
            )
        )
    project = Project(
        portrait=str(folder / "portrait.png"),
        audio=str(folder / "speech.wav"),
        duration_us=END_US,
        tracks=(
            Track(id="prompts", name="Prompts", segments=tuple(segments)),
            Track(id="more", name="More", segments=(Segment(id="m", start_us=2_000_000, end_us=9_000_000),)),
            Track(id="faces", kind="emotion", segments=(Segment(id="f", start_us=0, end_us=9_000_000),)),
        ),
    )
    motion = MotionState(tokens=tokens, weights="w", audio_sha256="a", base_seed=0, records=project.wishes())
    return project.model_copy(update={"motion": motion})


def motion_for(project: Project, salt: int) -> MotionState:
    """Motion as the engine would make it: new codes where wishes changed, records of all wishes."""
    rng = random.Random(salt)
    old = project.motion
    tokens = list(old.tokens if old is not None else range(300))
    records: tuple[MotionRecord, ...] = project.wishes()
    known = set() if old is None else {record.model_dump_json() for record in old.records}
    for record in records:
        if record.model_dump_json() not in known:
            first, last = token_range(record.start_us, record.end_us)
            for token in range(first, min(last, len(tokens))):
                tokens[token] = rng.randrange(512)
    return MotionState(tokens=tuple(tokens), weights="w", audio_sha256="a", base_seed=project.seed, records=records)


class Hand:
    """Does one thing after the other with a session, chosen by numbers."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.rng = random.Random(0)
        self.actions: tuple[Callable[[], object], ...] = (
            self.add, self.add, self.change, self.change, self.move, self.move, self.duplicate, self.trim, self.trim,
            self.split, self.join, self.delete, self.delete, self.ripple, self.copy_paste, self.cut, self.marker,
            self.move_marker, self.rename_marker, self.remove_marker, self.add_track, self.remove_track,
            self.set_track, self.rig, self.output, self.finish, self.media, self.propose, self.seed,
            self.another, self.use, self.favour, self.group, self.lock,
        )  # fmt: skip

    def act(self, number: int, seed: int) -> object:
        """Do the thing with a number; its details follow from the seed."""
        self.rng = random.Random(seed)
        return self.actions[number % len(self.actions)]()

    @property
    def project(self) -> Project:
        """The session's project."""
        assert self.session.project is not None
        return self.session.project

    def some(self) -> list[str]:
        """One to four segments, sometimes one that does not exist."""
        known = [segment.id for track in self.project.tracks for segment in track.segments]
        if not known or self.rng.random() < 0.02:
            return ["nobody"]
        # Neighbours more often than not, as a user would select them.
        first = self.rng.randrange(len(known))
        chosen = known[first : first + self.rng.randint(1, 4)]
        return chosen if self.rng.random() < 0.7 else self.rng.sample(known, min(len(known), 3))

    def one(self) -> str:
        """One segment."""
        return self.some()[0]

    def time(self) -> int:
        """A time, sometimes outside the recording."""
        return self.rng.randrange(-1_000_000, END_US + 2_000_000)

    def track(self) -> str:
        """A track."""
        return self.rng.choice(self.project.tracks).id if self.project.tracks else "none"

    def marker_id(self) -> str:
        """A marker."""
        return self.rng.choice(self.project.markers).id if self.project.markers else "none"

    def add(self) -> object:
        start = self.time()
        return self.session.add_segment(self.track(), start, start + self.rng.randrange(-100, 3_000_000), "nod")

    def change(self) -> object:
        field, value = self.rng.choice(
            [
                ("prompt", self.rng.choice(["bow", "shrug", "", "line\nbreak"])),
                ("strength", self.rng.choice([0.5, 1.0, 2, 9.0])),
                ("seed", self.rng.choice([None, 1, 7, MAX_SEED, -1])),
                ("emotion", self.rng.choice(["happy", "sad", "hungry"])),
                ("emotion_strength", self.rng.random() * 1.2),
                ("blink", self.rng.random() * 2.2),
                ("colour", "red"),
            ]
        )
        return self.session.change_segments(self.some(), **{field: value})

    def move(self) -> object:
        track = self.track() if self.rng.random() < 0.3 else None
        return self.session.move_segments(self.some(), self.rng.randrange(-5_000_000, 5_000_000), track)

    def duplicate(self) -> object:
        return self.session.duplicate_segments(self.some(), self.rng.randrange(-9_000_000, 9_000_000))

    def trim(self) -> object:
        segment_id = self.one()
        known = {segment.id: segment for track in self.project.tracks for segment in track.segments}
        near = known[segment_id].end_us if segment_id in known else 0
        return self.session.trim_segment(
            segment_id, self.rng.choice(["in", "out"]), near + self.rng.randrange(-3_000_000, 3_000_000)
        )

    def split(self) -> object:
        self.session.set_selection(self.some())
        return self.session.split_at(self.time(), self.some() if self.rng.random() < 0.2 else None)

    def join(self) -> object:
        return self.session.join_segments(self.some())

    def delete(self) -> object:
        return self.session.delete_segments(self.some())

    def ripple(self) -> object:
        return self.session.ripple_delete_segments(self.some())

    def copy_paste(self) -> object:
        self.session.set_selection(self.some())
        self.session.set_playhead(self.time())
        return self.session.copy() and self.session.paste()

    def cut(self) -> object:
        self.session.set_selection(self.some())
        return self.session.cut()

    def marker(self) -> object:
        return self.session.add_marker(self.time(), "here")

    def move_marker(self) -> object:
        return self.session.move_marker(self.marker_id(), self.time())

    def rename_marker(self) -> object:
        return self.session.rename_marker(self.marker_id(), self.rng.choice(["there", "tab\t"]))

    def remove_marker(self) -> object:
        return self.session.remove_marker(self.marker_id())

    def add_track(self) -> object:
        if len(self.project.tracks) > 6:
            return False
        return self.session.add_track(self.rng.choice(["prompt", "emotion"]), "Track")

    def remove_track(self) -> object:
        return self.session.remove_track(self.track()) if len(self.project.tracks) > 3 else False

    def set_track(self) -> object:
        field, value = self.rng.choice([("locked", False), ("locked", True), ("muted", True), ("name", "Other")])
        unlock = [track.id for track in self.project.tracks if track.locked]
        if unlock:
            return self.session.set_track(unlock[0], locked=False)
        return self.session.set_track(self.track(), **{field: value})

    def rig(self) -> object:
        return self.session.set_rig(self.rng.choice([None, {"points": [[1, 2], [3.5, 4]], "n": self.rng.random()}]))

    def output(self) -> object:
        if self.rng.random() < 0.5:
            return self.versa()
        field, value = self.rng.choice([("height", 480), ("height", 3), ("fps", 30.0), ("pose_mode", "direct")])
        return self.session.set_output(**{field: value})

    def versa(self) -> object:
        if self.rng.random() < 0.4:
            return self.session.reset_versa()
        field, value = self.rng.choice(
            [("steps", 40), ("steps", 0), ("seed", 3), ("seed", None), ("fast", True), ("guidance", 3.5), ("speed", 1)]
        )
        return self.session.set_versa(**{field: value})

    def finish(self) -> object:
        field, value = self.rng.choice([("cleanup", self.rng.random() < 0.5), ("stay", self.rng.choice([None, True]))])
        return self.session.set_motion_settings(**{field: value})

    def media(self) -> object:
        if self.rng.random() < 0.5:
            return self.session.set_portrait(f"/media/portrait {self.rng.randrange(3)}.png")
        return self.session.set_audio(f"/media/speech {self.rng.randrange(3)}.wav")

    def propose(self) -> object:
        starts = [self.rng.randrange(END_US) for _ in range(4)]
        return self.session.propose_segments([(start, start + 2_000_000) for start in starts])

    def seed(self) -> object:
        return self.session.set_seed(self.rng.randrange(3))

    def another(self) -> object:
        return self.session.another_take(self.one() if self.rng.random() < 0.7 else self.some())

    def use(self) -> object:
        return self.session.use_take(self.one(), self.rng.randrange(3))

    def favour(self) -> object:
        return self.session.favour_take(self.one(), self.rng.randrange(2), self.rng.random() < 0.5)

    def group(self) -> object:
        return self.session.change_segments(self.some(), group=self.rng.choice([None, "together"]))

    def lock(self) -> object:
        locked = [segment.id for track in self.project.tracks for segment in track.segments if segment.locked]
        return self.session.change_segments(locked or self.some(), locked=not locked)
