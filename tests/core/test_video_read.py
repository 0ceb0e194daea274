"""Videos of cameras: turned pictures, and frames that come at no even rate."""

import struct
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from core.video import read_timed_frames, write_video


def test_a_note_to_turn_the_picture_is_followed(tmp_path: Path) -> None:
    """OpenCV, which follows it too, is the judge."""
    picture = np.zeros((64, 96, 3), np.uint8)
    picture[:20, :30], picture[44:, 66:] = (250, 20, 20), (20, 20, 250)
    lying = tmp_path / "lying.mp4"
    write_video(lying, iter([picture] * 3), (96, 64), 10.0)
    content = bytearray(lying.read_bytes())
    # ISO/IEC 14496-12, 8.3.2: the matrix of the track header of version 0.
    place = content.index(b"tkhd") + 44
    for matrix in ((0, 1, 0, -1, 0, 0), (0, -1, 0, 1, 0, 0), (-1, 0, 0, 0, -1, 0)):
        turned = [number << 16 for number in matrix] + [96 << 16, 96 << 16, 1 << 30]
        content[place : place + 36] = struct.pack(">9i", *turned)
        video = tmp_path / "turned.mp4"
        video.write_bytes(content)
        found = [frame for _, frame in read_timed_frames(video)]
        seen, wanted = cv2.VideoCapture(str(video)).read()
        assert seen and len(found) == 3 and found[0].shape == wanted.shape
        assert np.abs(found[0].astype(int) - wanted[..., ::-1].astype(int)).max() <= 2


def test_frames_come_with_their_times(tmp_path: Path) -> None:
    video = tmp_path / "uneven.mkv"
    places = [40, 140, 540, 640]
    with av.open(str(video), "w") as target:
        stream = target.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, place in enumerate(places):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 60 * number, np.uint8), format="rgb24")
            frame.pts, frame.time_base = place, Fraction(1, 1000)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    found = list(read_timed_frames(video))
    assert np.allclose([time for time, _ in found], [0.0, 0.1, 0.5, 0.6], atol=1e-6)
    assert np.allclose([frame.mean() for _, frame in found], [0, 60, 120, 180], atol=6)
