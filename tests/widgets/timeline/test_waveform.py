import numpy as np
import pytest
from PySide6.QtGui import QColor

from tests.widgets.timeline.conftest import RATE
from widgets.timeline.waveform import TILE, WaveformTiles, shade

WHITE = QColor(255, 255, 255)


@pytest.fixture
def tiles(qapp, tone):
    made = WaveformTiles()
    made.set_sound(tone[0], tone[2])
    return made


@pytest.mark.parametrize("us_per_column", [20_000.0, 4_100.0, 333.3, 70.0])
def test_columns_hold_the_extremes_of_their_samples(tiles, tone, us_per_column):
    samples = tone[1]
    first = round(3e6 / us_per_column)
    columns = tiles.columns(first, first + 40, us_per_column)
    for place in range(1, 40):
        low = int(np.floor((first + place) * us_per_column * RATE / 1e6 + 1e-9))
        high = max(low + 1, int(np.floor((first + place + 1) * us_per_column * RATE / 1e6 + 1e-9)))
        inside = samples[low:high]
        # A column may reach out to its neighbour and, far out, to the end of its block of 64 samples.
        assert columns[place, 0] <= inside.min() + 1e-6 and columns[place, 1] >= inside.max() - 1e-6
        around = samples[max(0, low - 2 * (high - low) - 128) : high + 128]
        assert columns[place, 0] >= around.min() - 1e-6 and columns[place, 1] <= around.max() + 1e-6


def test_neighbours_touch_so_that_the_line_is_one(tiles):
    columns = tiles.columns(4000, 4600, 100.0)
    assert (columns[1:, 0] <= columns[:-1, 1] + 1e-6).all() and (columns[1:, 1] >= columns[:-1, 0] - 1e-6).all()


def test_closer_than_a_sample_the_line_goes_through_the_samples(tiles, tone):
    us_per_column = 1e6 / RATE / 10  # ten columns a sample
    columns = tiles.columns(8000 * 10, 8010 * 10, us_per_column)
    for sample in range(10):
        value = tone[1][8000 + sample]
        assert columns[sample * 10, 0] - 1e-6 <= value <= columns[sample * 10, 1] + 1e-6
    steps = columns[1:, 1] - columns[:-1, 0]
    assert (steps >= -1e-6).all()


def test_nothing_is_drawn_beside_the_recording(tiles):
    columns = tiles.columns(-100, 100, 10_000.0)
    assert np.isnan(columns[:100]).all() and not np.isnan(columns[100:]).any()
    end = tiles.columns(1990, 2010, 10_000.0)
    assert np.isnan(end[10:]).all() and not np.isnan(end[:10]).any()


def test_panning_makes_only_what_comes_into_view(tiles, monkeypatch):
    tiles.tiles(0, 4 * TILE, 1000.0, 50, WHITE)
    asked = []
    real = tiles.columns
    monkeypatch.setattr(tiles, "columns", lambda *args: asked.append(args[:2]) or real(*args))
    tiles.tiles(100, 4 * TILE, 1000.0, 50, WHITE)
    assert asked == []
    tiles.tiles(300, 4 * TILE + 300, 1000.0, 50, WHITE)
    assert asked == [(4 * TILE, 6 * TILE)]


def test_the_loudest_place_fills_the_row(tiles, tone):
    assert tiles.gain * np.abs(tone[1]).max() == pytest.approx(1.0, abs=1e-3)
    tiles.set_sound(None, None)
    assert tiles.gain == 1.0 and tiles.columns(0, 3, 10.0).shape == (3, 2)


def test_shading_covers_pixels_in_part():
    columns = np.array([[-1, 1], [0, 0], [0, 0.5], [np.nan, np.nan]], dtype=np.float32)
    alpha = (shade(columns, 20, WHITE) >> 24).astype(int)
    assert (alpha[1:19, 0] == 255).all()
    assert alpha[:, 1].sum() == pytest.approx(255, abs=2)  # silence: one pixel, here shared by two
    assert (alpha[:, 3] == 0).all()
    assert alpha[:, 2].sum() == pytest.approx(4.5 * 255, abs=3)
