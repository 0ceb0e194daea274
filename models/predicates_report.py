"""How far the predicates can be trusted: each one on every captured clip, as a table of hits and false alarms.

    python -m models.predicates_report --data DIR

For whoever changes a predicate; the program itself does not need it.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from core.constants import MOTION_FPS
from models.predicates import PREDICATES, prepare
from models.training.captures import Capture, CaptureError, load_captures


@dataclass(frozen=True)
class Expectation:
    """Which contents a predicate must hold for, as regular expressions that are searched in a clip's content.

    Attributes:
        wanted: clips of the action.
        related: clips that may or may not do it, left out of the count: they do it in passing, or differ only in what
            joints do not show, such as a palm.
    """

    wanted: str
    related: str


_ONE_UP: Final = (
    "wave|bye|call|guide|Reach|Punch|punch|slash|[Tt]hrow|Scratch|Fight|Jump|dance|raise-up-both|respond|Guitar|Stretch"
)
_SIDEWAYS: Final = "(You|Stop|No|Negate)(Left|Right)"
_TURNS: Final = "Circle|Turn|Meander|JumpLeft|dance"
_GAITS: Final = "[Rr]un|dash|Jog|Walk|walk|Meander|Shuffle|Step|Jump|dance"
_AHEAD: Final = (
    "You|Point|^point|Offer|Sweep|Gesture|Empty|Deictic|Indicate|No(Forward|Left|Right)|Negate|guide|call|IdleFight|"
    "question|bye|Reach|Receive|Plea|BeatForward|StopBt01|punch|slash|Punch"
)

EXPECTATIONS: Final = {
    "wave_right": Expectation("^wave-right-hand$", "bye|wave-both"),
    "wave_left": Expectation("^wave-left-hand$", "bye|wave-both"),
    "raise_both_hands": Expectation("^raise-up-both", "byebye|wave-both|Jump|Stretch"),
    "raise_right_hand": Expectation("^raise-up-right-hand$", _ONE_UP),
    "raise_left_hand": Expectation("^raise-up-left-hand$", _ONE_UP),
    "hand_on_chest": Expectation("^Me(Bt|Lf|Rt|$)|^me", "ScratchChest|^We|^we|^us|TouchHands|SqueezeHand|nclusivity"),
    "hand_on_face": Expectation("ScratchHead|ScratchTemple", "Think|Contemplate|Stretch"),
    "reach_down": Expectation("(Reach|Punch).*Floor", "Reach|Punch|bow|dance|Jump"),
    "run": Expectation("^run$|^Jog|^Run01$|ChrUtah_(Run|Jog)001", "[Rr]un|dash|Jog|ToWalk|StrafeFast|dance"),
    "sidestep_left": Expectation("(StepSideways|Strafe(Slow|Fast))Lf", "Strafe|StepSide|Shuffle|Circle|dance"),
    "sidestep_right": Expectation("(StepSideways|Strafe(Slow|Fast))Rt", "Strafe|StepSide|Shuffle|Circle|dance"),
    "turn_left": Expectation("Turn(90|180)Lf", f"{_TURNS}|walk-turn-left|JumpLeft|KickLeft|PunchLeft|ReachLeft|Back"),
    "turn_right": Expectation("Turn(90|180)Rt", f"{_TURNS}|walk-turn-right|KickRight|PunchRight|ReachRight|Back"),
    "quarter_turn_left": Expectation("Turn90Lf", f"{_TURNS}|walk-turn-left|JumpLeft|KickLeft|PunchLeft|ReachLeft|Back"),
    "quarter_turn_right": Expectation("Turn90Rt", f"{_TURNS}|walk-turn-right|KickRight|PunchRight|ReachRight|Back"),
    "half_turn_left": Expectation("Turn180Lf", f"{_TURNS}|Back"),
    "half_turn_right": Expectation("Turn180Rt", f"{_TURNS}|Back"),
    "spin_left": Expectation("Turn360Lf", _TURNS),
    "spin_right": Expectation("Turn360Rt", _TURNS),
    "bow": Expectation("^bow$", "Reach|Punch|LeanForward|respond"),
    "walk_forward": Expectation("^walk$|^Walk(01|02)?$|^ChrUtah_Walk001$", _GAITS),
    "walk_backward": Expectation("^walk-back", "StepBack"),
    "turn_left_walking": Expectation("^walk-turn-left", _TURNS),
    "turn_right_walking": Expectation("^walk-turn-right", _TURNS),
    "point_side": Expectation(
        "^Point|Deictic|^point(left|right)|IndicateThere", f"Indicate|{_SIDEWAYS}|^point|guide|Sweep|Offer|BeatPoint"
    ),
    "point_left": Expectation(
        "DeicticLeft|^pointleft|ThereLeft|^PointLf",
        f"Point|Indicate|{_SIDEWAYS}|^point|guide|Sweep|Offer|There|Deictic",
    ),
    "point_right": Expectation(
        "DeicticRight|^pointright|ThereRight|^PointRt",
        f"Point|Indicate|{_SIDEWAYS}|^point|guide|Sweep|Offer|There|Deictic",
    ),
    "stop_both_palms": Expectation("^Stop(Forward|Left|Right)Bt|^StopBt02", f"^stop|{_AHEAD}"),
    "stop_palms_forward": Expectation("^Stop(Forward|Left|Right)|^StopBt02|^stop", _AHEAD),
    "shrug": Expectation("^Shrug", "ShoulderStretch"),
    "kick": Expectation("^Kick|^kick$", "dance"),
    "kick_left": Expectation("(?!)", "dance"),  # captured kicks are of the right leg
    "kick_right": Expectation("^Kick|^kick$", "dance"),
    "punch": Expectation("^Punch|^punch$", "slash|dance|Reach|[Kk]ick"),
    "jump": Expectation("Jump", "dance|[Rr]un|dash|Jog"),
    "speech_idle": Expectation(
        "^(Beat|Me(Bt|Lf|Rt|$)|You|We(Rt|$)|Neg|No|Idle0|IdleStand|Stop|Point|Shrug|Offer|Plea|Think|Chop|However|Here)",
        f"^(?!.*({_GAITS}))|StepInPlace|JumpUp|ReachJump",  # only what goes somewhere must not pass as standing
    ),
}


@dataclass(frozen=True)
class Row:
    """One predicate's figures.

    Attributes:
        name: the predicate.
        hits, wanted: clips of the action for which it holds, and all of them.
        alarms, others: unrelated clips for which it holds all the same, and all of them.
        confused: contents it fires on most, with how often and of how many.
        missed: contents of the action that it misses, with how often.
    """

    name: str
    hits: int
    wanted: int
    alarms: int
    others: int
    confused: tuple[tuple[str, int, int], ...]
    missed: tuple[tuple[str, int], ...]

    @property
    def recall(self) -> float:
        """Share of the action's clips for which the predicate holds."""
        return self.hits / max(1, self.wanted)

    @property
    def false_alarms(self) -> float:
        """Share of unrelated clips for which the predicate holds."""
        return self.alarms / max(1, self.others)


def measure(clips: Iterable[Capture], names: Sequence[str] = tuple(EXPECTATIONS)) -> tuple[Row, ...]:
    """Run the named predicates over clips at 20 fps."""
    hits: Counter[tuple[str, bool]] = Counter()
    missed: dict[str, Counter[str]] = {name: Counter() for name in names}
    alarms: dict[str, Counter[str]] = {name: Counter() for name in names}
    seen: dict[str, Counter[str]] = {name: Counter() for name in names}
    for clip in clips:
        prepared = prepare(clip.joints, MOTION_FPS)
        for name in names:
            expectation = EXPECTATIONS[name]
            wanted = re.search(expectation.wanted, clip.content) is not None
            if not wanted and re.search(expectation.related, clip.content):
                continue
            ok = PREDICATES[name](prepared).ok
            if wanted:
                hits[name, ok] += 1
                missed[name][clip.content] += not ok
            else:
                seen[name][clip.content] += 1
                alarms[name][clip.content] += ok
    return tuple(
        Row(
            name=name,
            hits=hits[name, True],
            wanted=hits[name, True] + hits[name, False],
            alarms=alarms[name].total(),
            others=seen[name].total(),
            confused=tuple((what, n, seen[name][what]) for what, n in alarms[name].most_common(6) if n),
            missed=tuple((what, n) for what, n in missed[name].most_common(6) if n),
        )
        for name in names
    )


def table_text(rows: Sequence[Row]) -> str:
    """The figures as a table for a terminal."""
    lines = [f"{'predicate':20} {'holds for its action':>22} {'fires on others':>20}  mostly on"]
    for row in rows:
        confused = ", ".join(f"{what} {n}/{of}" for what, n, of in row.confused)
        lines.append(
            f"{row.name:20} {row.hits:5}/{row.wanted:<5} {row.recall:9.1%} {row.alarms:6}/{row.others:<5} "
            f"{row.false_alarms:7.1%}  {confused}"
        )
        if row.missed:
            lines.append(f"{'':20} misses: " + ", ".join(f"{what} {n}" for what, n in row.missed))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m models.predicates_report", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with smartbody.npz, bandai_namco.npz, ...")
    parser.add_argument("--every", type=int, default=1, help="take every Nth clip only (default: all)")
    parser.add_argument("--only", choices=sorted(EXPECTATIONS), action="append", help="this predicate only; repeatable")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    if options.every < 1:
        parser.error("--every must be 1 or more")
    try:
        clips = (clip for n, clip in enumerate(load_captures(options.data, mirrored=False)) if n % options.every == 0)
        rows = measure(clips, options.only or tuple(EXPECTATIONS))
    except CaptureError as error:
        print(f"predicates_report: {error}", file=sys.stderr)
        return 1
    print(json.dumps([asdict(row) for row in rows], indent=1) if options.json else table_text(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
