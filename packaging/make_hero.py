"""Composes the README's picture from the sample: frames of the three rendered videos, the speech and its prompts.

`python packaging/make_hero.py` renders the samples and writes docs/images/hero.png.
"""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

import numpy as np
import skia
import soundfile
from numpy.typing import NDArray
from sample_drawing.pen import Pen, mix, rgb

from app.director import Director
from core.constants import MICROSECONDS
from core.project_file import load_project
from core.video_read import read_frames
from resources import SAMPLE

SIZE: Final = (1600, 900)
INK, SOFT, PAPER = "#1f2530", "#8b93a3", "#f7f6f2"
CHIPS: Final = ("#d1604f", "#d9a036", "#4f9a8f", "#4a76b8", "#8a63b0")


def box(x: float, y: float, w: float, h: float, radius: float) -> skia.Path:
    """A rectangle with round corners."""
    path = skia.Path()
    path.addRRect(skia.RRect.MakeRectXY(skia.Rect.MakeXYWH(x, y, w, h), radius, radius))
    return path


def rendered_frame(name: str, second: float) -> NDArray[np.uint8]:
    """A frame of a sample's video at the portrait's own size, (H, W, 3)."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(SAMPLE, Path(folder) / "sample"))
        path = copy / f"{name}.versa"
        director = Director(load_project(path), path)
        height = director.portrait().height
        start = max(second - 0.5, 0.0)
        director.render(copy / "v.mp4", height=height, start=start, end=second + 0.5)
        frames = list(read_frames(copy / "v.mp4"))
    return frames[round((second - start) * director.project.output.fps)]


def card(
    pen: Pen, name: str, second: float, place: tuple[float, float, float, float], crop: tuple[float, float, float]
) -> None:
    """A frame of a sample's video in a card; crop is left and top in picture pixels and the scale."""
    x, y, w, h = place
    left, top, scale = crop
    frame = box(x, y, w, h, 28)
    pen.fill(box(x + 2, y + 12, w, h, 28), "#1f2530", 0.22, 16)
    pixels = rendered_frame(name, second)
    opaque = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    image = skia.Image.fromarray(opaque, colorType=skia.kRGBA_8888_ColorType)
    with pen.inside(frame), pen.placed(x - left * scale, y - top * scale, scale=(scale, scale)):
        pen.canvas.drawImage(image, 0, 0, skia.SamplingOptions(skia.CubicResampler.Mitchell()))
    outline = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=2, Color=rgb("#ffffff", 0.7))
    pen.canvas.drawPath(frame, outline)


def text(pen: Pen, words: str, x: float, y: float, size: float, colour: str, width: float, bold: bool = False) -> None:
    """One line of text whose baseline begins at x, y, smaller where it would be wider than `width`."""
    style = skia.FontStyle.Bold() if bold else skia.FontStyle.Normal()
    font = skia.Font(skia.Typeface("DejaVu Sans", style), size)
    font.setSize(size * min(1.0, width / max(font.measureText(words), 1.0)))
    font.setEdging(skia.Font.Edging.kAntiAlias)
    pen.canvas.drawString(words, x, y, font, skia.Paint(AntiAlias=True, Color=rgb(colour)))


def timeline(pen: Pen, place: tuple[float, float, float, float]) -> None:
    """The speech of the half-body sample with its five prompts."""
    x, y, w, h = place
    pen.fill(box(x + 2, y + 10, w, h, 24), "#1f2530", 0.2, 14)
    pen.fill(box(x, y, w, h, 24), "#232a37")
    project = load_project(SAMPLE / "half.versa")
    samples, rate = soundfile.read(project.audio, dtype="float32")
    duration = len(samples) / rate
    inner_x, inner_w, middle = x + 32, w - 64, y + h - 62
    count = 380
    edges = np.linspace(0, len(samples), count + 1).astype(int)
    segments = project.prompt_segments()
    for i in range(count):
        level = float(np.abs(samples[edges[i] : edges[i + 1]]).max()) * 44 + 1.5
        moment = (i + 0.5) / count * duration * MICROSECONDS
        inside = [k for k, s in enumerate(segments) if s.start_us <= moment < s.end_us]
        colour = mix(CHIPS[inside[0]], "#ffffff", 0.25) if inside else "#687389"
        px = inner_x + inner_w * (i + 0.5) / count
        pen.line([(px, middle - level), (px, middle + level)], colour, 2.2)
    for k, segment in enumerate(segments):
        left = inner_x + inner_w * segment.start_us / MICROSECONDS / duration
        right = inner_x + inner_w * segment.end_us / MICROSECONDS / duration
        pen.fill(box(left, y + 26, right - left, 50, 13), CHIPS[k])
        with pen.inside(box(left, y + 26, right - left, 50, 13)):
            text(pen, segment.prompt, left + 12, y + 56, 14.5, "#ffffff", right - left - 24, bold=True)


def main() -> None:
    """Draw and write the picture."""
    surface = skia.Surface(*SIZE)
    pen = Pen(surface.getCanvas())
    everything = box(0, 0, *SIZE, 0)
    pen.fill_gradient(everything, (0, 0), SIZE, (PAPER, "#e6e9ef"))
    card(pen, "head", 6.7, (60, 60, 480, 560), (110, 70, 0.595))
    card(pen, "half", 2.0, (570, 60, 500, 560), (20, 0, 0.5))
    card(pen, "whole", 2.1, (1100, 60, 440, 560), (0, 0, 0.43))
    timeline(pen, (60, 660, 1480, 190))
    target = ROOT / "docs" / "images" / "hero.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    surface.makeImageSnapshot().save(str(target))


if __name__ == "__main__":
    main()
