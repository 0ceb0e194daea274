"""Writes the three sample projects: which portrait, which voice, and five prompts each, timed to the sentences.

The projects are bundled, so only who changes them needs this: `python packaging/make_projects.py`, after
make_portraits.py and make_speech.py.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import soundfile

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.constants import MICROSECONDS
from core.project_file import save_project
from core.prompts import parse_segments
from core.timeline import OutputSettings, Project, Track

SAMPLE: Final = ROOT / "resources" / "sample"


@dataclass(frozen=True)
class SampleProject:
    """One project: portrait and project share their name."""

    name: str
    speech: str
    prompts: tuple[str, ...]
    seed: int = 0


PROJECTS: Final = (
    SampleProject(
        "head",
        "speech",
        (
            "0.2-2.6: nod",
            "5.8-8.2: think",
            "8.8-11.0: point to yourself",
            "12.8-15.0: shrug",
            "15.4-18.0: take a bow",
        ),
    ),
    SampleProject(
        "half",
        "speech_low",
        (
            "0.2-3.0: wave with the right hand",
            "5.4-7.8: point to the side",
            "8.2-10.4: raise both hands",
            "10.6-12.8: stop, palms forward",
            "14.8-17.2: take a bow",
        ),
    ),
    SampleProject(
        "whole",
        "speech",
        (
            "0.2-3.2: wave with the left hand",
            "5.6-8.2: walk forward",
            "8.8-11.0: raise both hands",
            "11.2-13.2: kick",
            "15.4-18.0: take a bow",
        ),
    ),
)


def main() -> None:
    """Write the projects to resources/sample."""
    for sample in PROJECTS:
        audio = SAMPLE / f"{sample.speech}.flac"
        info = soundfile.info(audio)
        duration_us = round(info.frames * MICROSECONDS / info.samplerate)
        segments = parse_segments(sample.prompts, duration_us)
        # Fixed ids, so that writing the projects again changes nothing.
        named = tuple(segment.replace(id=f"prompt-{i}") for i, segment in enumerate(segments, 1))
        project = Project(
            portrait=str(SAMPLE / f"{sample.name}.png"),
            audio=str(audio),
            rig_file=str(SAMPLE / f"{sample.name}.rig.json"),
            seed=sample.seed,
            duration_us=duration_us,
            tracks=(Track(id="prompts", kind="prompt", segments=named),),
            output=OutputSettings(height=720, fps=25.0),
        )
        save_project(project, SAMPLE / f"{sample.name}.versa")


if __name__ == "__main__":
    main()
