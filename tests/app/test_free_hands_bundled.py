"""The bundled weights in the Director: the hand that a prompt leaves free goes on with the speech."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.director import Director
from app.model_source import InstalledModels
from core.motion import MotionClip
from core.prompts import parse_segments
from core.timeline import Project, Track
from models.predicates import PREDICATES, prepare

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "sample"
PROMPTS = (
    (40, 110, "wave with the right hand", "wave_right", "left"),
    (150, 220, "wave with the left hand", "wave_left", "right"),
)
"""First and last frame of each, its judge, and the hand that it leaves free."""


@pytest.fixture(scope="module")
def models() -> InstalledModels:
    return InstalledModels()


def director(models: InstalledModels, folder: Path, *prompts: str, seed: int = 0) -> Director:
    Image.new("RGB", (64, 96), "white").save(folder / "p.png")
    track = Track(id="t", segments=parse_segments(prompts))
    project = Project(portrait=str(folder / "p.png"), audio=str(SAMPLE / "speech.flac"), seed=seed, tracks=(track,))
    return Director(project, folder / "p.versa", models=models)


def speed(clip: MotionClip, first: int, last: int, side: str) -> float:
    return float(prepare(clip.joints[first:last]).arms[side].speed.mean())


def test_the_free_hand_lives_with_the_speech_and_the_prompt_is_done(models: InstalledModels, tmp_path: Path) -> None:
    asked = [f"{first / 20}-{last / 20}: {text}" for first, last, text, *_ in PROMPTS]
    moves, speaks = [], []
    for seed in range(2):
        folder = tmp_path / str(seed)
        folder.mkdir()
        chain = director(models, folder, *asked, seed=seed)
        clip, alone = chain.motion(), director(models, folder, seed=seed).motion()
        assert [record.free for record in chain.project.motion.records] == [("left_arm",), ("right_arm",)]
        for first, last, _, judge, free in PROMPTS:
            verdict = PREDICATES[judge](clip.joints[first : last + 4])
            assert verdict.ok, verdict.reason
            moves.append(speed(clip, first, last, free))
            speaks.append(speed(alone, first, last, free))
    # Held still by the networks alone it moves at 0.13 to 0.2 m/s.
    assert np.mean(moves) > 0.8 * np.mean(speaks)


def test_an_edit_leaves_a_free_hand_elsewhere_as_it_was(models: InstalledModels, tmp_path: Path) -> None:
    chain = director(models, tmp_path, *(f"{first / 20}-{last / 20}: {text}" for first, last, text, *_ in PROMPTS))
    before = chain.motion()
    layers = chain.project.motion.layers
    after = chain.regenerate(2)
    assert chain.project.motion.layers == layers
    assert not np.array_equal(after.joints[150:220], before.joints[150:220])
    np.testing.assert_array_equal(after.joints[:130], before.joints[:130])
    np.testing.assert_array_equal(after.joints[240:], before.joints[240:])
