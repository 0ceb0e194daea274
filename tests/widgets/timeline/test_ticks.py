from itertools import pairwise

import pytest

from core.timecode import frame_start
from widgets.timeline.ticks import LABEL_PX, ticks
from widgets.timeline.view import TimeView

SCALES = [0.5, 3.0, 47.0, 800.0, 12_345.0, 90_000.0, 1e6, 6e6]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("mode", "fps"), [("seconds", 25.0), ("timecode", 25.0), ("timecode", 29.97)])
def test_labels_have_room_and_cover_the_view(scale, mode, fps):
    view = TimeView(3.3e9, scale, 1500.0)
    found = ticks(view, mode, fps)
    labelled = [tick for tick in found if tick.label]
    assert len({tick.label for tick in labelled}) == len(labelled)
    distances = [view.x(b.time_us) - view.x(a.time_us) for a, b in pairwise(labelled)]
    # A frame, the finest step of a timecode, may be wider than the view.
    assert all(distance >= LABEL_PX[mode] - 2 for distance in distances)
    assert min(view.x(b.time_us) - view.x(a.time_us) for a, b in pairwise(found)) > 3 if len(found) > 1 else True
    assert found[0].time_us <= max(0, view.start_us + 1e6 / fps) and found[-1].time_us >= view.end_us - 1e6 / fps


def test_whole_seconds():
    found = [tick for tick in ticks(TimeView(0, 10_000, 1000)) if tick.label]
    assert [(tick.time_us, tick.label) for tick in found[:3]] == [(0, "0:00"), (1_000_000, "0:01"), (2_000_000, "0:02")]


def test_single_samples_have_microseconds():
    found = [tick.label for tick in ticks(TimeView(1_000_000, 0.5, 1000)) if tick.label]
    assert found[:3] == ["0:01.00000", "0:01.00005", "0:01.00010"]


def test_timecode_ticks_are_starts_of_frames():
    found = ticks(TimeView(0, 900, 1000), "timecode", 29.97)
    assert [tick.time_us for tick in found[:4]] == [frame_start(n, 29.97) for n in range(4)]
    assert found[0].label == "00:00:00:00"
