"""Generated motion beside real motion and the nearest training clip, as MP4s and contact sheets, to be looked at.

For people who develop and review; the program itself does not use it. Usage:

    python tests/tools/gallery.py --data DIR --out FOLDER
    python tests/tools/gallery.py --data DIR --out FOLDER --prompt "she waves" --recordings 0

DIR holds `motion/` and `speech/`, as for `versa evaluate motion`. By default: the 30 unseen wordings with one seed, and
five recordings that training did not hear. Beside a prompt stand the held-out capture that the evaluator puts nearest
to its text and the training clip that holds the stretch nearest to its liveliest moment; beside speech, which no
capture has, stands at every moment the nearest training stretch. A mirrored capture is called by the side that is seen.
"""

import argparse
import itertools
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from contact_sheet import PAPER, Image, draw_stick, frame_numbers, grid, label

from core.cancel import CancelToken, ignore_progress
from core.constants import MOTION_FPS
from core.features import encode, recover_joints
from core.skeleton import PELVIS
from core.video import write_video
from models.evaluation.evaluator import MotionEvaluator
from models.evaluation.nearest import STRETCH, Found, TrainingStretches
from models.evaluation.prompts import END, START, Paraphrase, load_paraphrases, prompt_wishes
from models.evaluation.reference import Reference
from models.evaluation.run import find_recordings
from models.evaluation.systems import GeneratedSystem, Joints, Wish
from models.known_prompts import in_plain_words, read_prompt
from models.text_encoder import MiniLMEncoder
from models.training.captions import action_of, captions
from models.training.dataset import FeatureTable, build_table
from models.training.loop import Meter

CELL: Final = (128, 186)  # width and height in pixels of one view
SCALE: Final = 78.0  # pixels a metre
MARGIN: Final = 0.5  # seconds shown before and after a prompt
SHEET_MOMENTS: Final = 8


_SIDES: Final = {"left": "right", "Left": "Right", "Lf": "Rt", "L": "R"}
_OTHER_SIDE: Final = _SIDES | {right: left for left, right in _SIDES.items()}
_SIDE: Final = re.compile(r"left|right|Left|Right|(?:Lf|Rt)(?![a-z])|(?<![A-Za-z])[LR](?=Hand|Arm)")


def seen(content: str, style: str, mirrored: bool) -> str:
    """What a capture shows, for a title: content and style with the sides as they are seen."""
    name = _SIDE.sub(lambda match: _OTHER_SIDE[match[0]], content) if mirrored else content
    side = action_of(content, mirrored).side
    parts = [name, style]
    if side in ("left", "right") and not _SIDE.search(name):
        parts.append(f"{side} side")
    return ", ".join(parts) + (" (mirrored capture)" if mirrored else "")


@dataclass(frozen=True)
class Strip:
    """One motion of a comparison: its name and joints (T, 22, 3) in metres at 20 fps."""

    title: str
    joints: Joints


class Captures:
    """Held-out captures by what they mean, training captures by how they look."""

    def __init__(self, data: Path, cache: Path) -> None:
        self.table: FeatureTable = build_table(data / "motion", cache / "table", ignore_progress, CancelToken())
        self.training = self.table.subset(held_out=False)
        self.stretches = TrainingStretches(self.table.rows(clip) for clip in self.training)
        self._encoder = MiniLMEncoder()
        self.evaluator, self.reference = MotionEvaluator.from_pretrained(), Reference.load()
        self._by_name = {clip.name: clip for clip in self.table.clips}

    def real(self, text: str) -> Strip:
        """Of the held-out captures that a text's meaning describes, the one that the evaluator puts nearest to it."""
        plain = in_plain_words(text, self._encoder.is_word)
        reading = read_prompt(plain, self._encoder.encode([plain])[0])
        meant = {reading.wording, reading.plain} if reading else set()
        rows = [k for k, shown in enumerate(self.reference.labels) if meant & set(captions(*shown))]
        if not rows:
            return Strip("real: none, no held-out capture shows this", np.zeros((0, 22, 3), np.float32))
        away = np.linalg.norm(self.reference.embeddings[rows] - self.evaluator.embed_texts([text]), axis=1)
        row = rows[int(np.argmin(away))]
        features = self.table.rows(self._by_name[self.reference.names[row]])
        return Strip(
            f"real: {seen(*self.reference.labels[row])}", recover_joints(features[: self.reference.frames[row]])
        )

    def nearest(self, joints: Joints) -> tuple[Strip, str]:
        """The training clip that holds the stretch nearest to a motion's liveliest one, laid beside that one.

        Also the distances in words: of the liveliest stretch to its nearest, and the mean of all stretches to theirs.
        """
        found = self.stretches.nearest(encode(joints, "corrected"))
        speed = np.linalg.norm(np.diff(joints[:, 20:22] - joints[:, [PELVIS]], axis=0), axis=-1).sum(1)
        lively = [speed[k * STRETCH // 2 :][:STRETCH].sum() for k in range(len(found))]
        k = int(np.argmax(lively))
        clip = self.training[found[k].clip]
        begin = found[k].start - k * STRETCH // 2
        frames = np.clip(np.arange(begin, begin + len(joints)), 0, clip.frames - 1)
        shown = recover_joints(self.table.rows(clip))[frames]
        away = (
            f"{1000 * found[k].distance:.0f} mm away at the liveliest {STRETCH / MOTION_FPS:.1f} s "
            f"({_mean_distance(found):.0f} mm on the mean of all)"
        )
        return Strip(f"training, {away}: {seen(clip.content, clip.style, clip.mirrored)}", shown), away

    def nearest_throughout(self, joints: Joints) -> tuple[Strip, str]:
        """At every moment the nearest training stretch, for motion that no single clip resembles.

        Also the mean of the distances, in words.
        """
        found = self.stretches.nearest(encode(joints, "corrected"))
        half, quarter = STRETCH // 2, STRETCH // 4
        parts = []
        for stretch in found:
            body = recover_joints(self.table.rows(self.training[stretch.clip]))[stretch.start :][:STRETCH]
            body = body - body[:1, [PELVIS]] * np.array([1.0, 0.0, 1.0])
            parts.append(body[quarter : quarter + half])
        shown = np.concatenate([parts[0][:1].repeat(quarter, 0), *parts])
        away = f"{_mean_distance(found):.0f} mm away on the mean of all"
        return Strip(f"nearest training stretches, {away}", shown), away


def _mean_distance(found: Sequence[Found]) -> float:
    return 1000.0 * float(np.mean([stretch.distance for stretch in found]))


def views(strip: Strip, t: int) -> Image:
    """A moment seen from in front and from the body's right, where the strip's first frame stood."""
    width, height = CELL
    pair = []
    floor = float(np.percentile(strip.joints[..., 1].min(axis=1), 5)) if len(strip.joints) else 0.0
    for axis in (0, 2):
        canvas = np.full((height, width, 3), PAPER, np.uint8)
        cv2.line(canvas, (0, height - 14), (width, height - 14), (205, 205, 200), 1)
        if len(strip.joints):
            joints = strip.joints[min(t, len(strip.joints) - 1)]
            way = np.clip(joints[PELVIS, axis] - strip.joints[0, PELVIS, axis], -0.3, 0.3)
            draw_stick(canvas, joints, joints[:, axis] - joints[PELVIS, axis] + way, floor, SCALE, trail=False)
        pair.append(canvas)
    return np.hstack(pair)


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines that `label` can write over a picture of some width in pixels."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and cv2.getTextSize(longer, cv2.FONT_HERSHEY_SIMPLEX, 0.45, 1)[0][0] > width - 8:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def titled(picture: Image, text: str, lines: int = 0) -> Image:
    """The picture under its title, which takes at least as many lines as given."""
    parts = wrapped(text, picture.shape[1])
    for line in reversed(parts + [""] * (lines - len(parts))):
        picture = label(picture, line)
    return picture


def frames_of(strips: Sequence[Strip]) -> Iterator[Image]:
    """Frames of the side-by-side video; shorter motions stand still at their end."""
    lines = max(len(wrapped(strip.title, 2 * CELL[0])) for strip in strips)
    for t in range(max(len(strip.joints) for strip in strips)):
        yield np.hstack([titled(views(strip, t), strip.title, lines) for strip in strips])


def sheet_of(strips: Sequence[Strip]) -> Image:
    """A row for each motion under its title, its moments from left to right."""
    rows = []
    for strip in strips:
        moments = frame_numbers(max(len(strip.joints), 1), float(MOTION_FPS), SHEET_MOMENTS, 0.0, None)
        moments += [moments[-1]] * (SHEET_MOMENTS - len(moments))
        rows.append(titled(grid([views(strip, t) for t in moments], SHEET_MOMENTS), strip.title))
    return np.vstack(rows)


def write(strips: Sequence[Strip], stem: Path) -> None:
    """STEM.mp4 and STEM.png."""
    frames = frames_of(strips)
    head = next(frames)
    height, width = head.shape[:2]
    even = (width // 2 * 2, height // 2 * 2)
    cut = (frame[: even[1], : even[0]] for frame in itertools.chain([head], frames))
    write_video(stem.with_suffix(".mp4"), (np.ascontiguousarray(frame) for frame in cut), even, MOTION_FPS)
    cv2.imwrite(str(stem.with_suffix(".png")), cv2.cvtColor(sheet_of(strips), cv2.COLOR_RGB2BGR))


class Maker:
    """Makes motion over recordings that training did not hear."""

    def __init__(self, data: Path, weights: Path | None) -> None:
        self.speech = find_recordings(data, 20)
        self._system = GeneratedSystem("generated", weights, None)

    def make(self, wish: Wish) -> Joints:
        """Joints of one wish, finished as the program does."""
        return self._system.make([wish], self.speech, Meter("motion", 0, 1, ignore_progress), CancelToken())[0]


def show_prompts(captures: Captures, maker: Maker, asked: Sequence[Paraphrase], seed: int, out: Path) -> None:
    """Each prompt beside a real capture and the nearest training clip."""
    for number, wish in enumerate(prompt_wishes(asked, 1, len(maker.speech))):
        text = asked[number].text
        whole = maker.make(replace(wish, seed=wish.seed + seed))
        part = whole[round((START - MARGIN) * MOTION_FPS) : round((END + MARGIN) * MOTION_FPS)]
        near, away = captures.nearest(part)
        name = re.sub(r"[^a-z]+", "_", text.lower()).strip("_")[:40]
        write([Strip(text, part), captures.real(text), near], out / f"prompt_{number:02d}_{name}")
        print(f"{text}: nearest training stretch {away}", flush=True)


def show_speech(captures: Captures, maker: Maker, count: int, seed: int, out: Path) -> None:
    """Speech alone beside the nearest training stretches."""
    for row in range(min(count, len(maker.speech))):
        whole = maker.make(Wish(len(maker.speech[row]), 500 + seed, (), row))
        near, away = captures.nearest_throughout(whole)
        write([Strip(f"speech {row}", whole), near], out / f"speech_{row:02d}")
        print(f"recording {row}: nearest training stretches {away}", flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Generated, real and nearest training motion side by side.")
    parser.add_argument("--data", type=Path, required=True, help="folder with motion/ and speech/")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--weights", type=Path, help="weights folder (default: the bundled weights)")
    parser.add_argument("--prompt", action="append", help="instead of the unseen wordings (repeatable)")
    parser.add_argument("--recordings", type=int, default=5, help="recordings of speech alone")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache", type=Path, help="folder that keeps the captures' features")
    arguments = parser.parse_args(argv)
    arguments.out.mkdir(parents=True, exist_ok=True)
    asked = [Paraphrase(text, "") for text in arguments.prompt or ()] or load_paraphrases()
    with tempfile.TemporaryDirectory() as passing:
        captures = Captures(arguments.data, arguments.cache or Path(passing))
        maker = Maker(arguments.data, arguments.weights)
        show_prompts(captures, maker, asked, arguments.seed, arguments.out)
        show_speech(captures, maker, arguments.recordings, arguments.seed, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
