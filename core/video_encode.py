"""Encoding frames to a silent H.264 file as they come: one FFmpeg child, fed through a pipe, memory flat.

The files that `VideoWriter` makes can be joined without encoding again (`core.video_mux`): no frame refers to a later
one, and all files of one size, rate and quality share their stream header.
"""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

import numpy as np
from numpy.typing import NDArray

from core.atomic import atomic_path
from core.cancel import CancelToken
from core.video_format import VideoError, encoded_size, parse_fps
from core.video_read import verify_video
from core.yuv import Box, YuvPicture

KEYFRAME_SECONDS: Final = 2
"""Seconds between key frames at most: seeking in a player stays quick."""

_PIPE_BYTES: Final = 1 << 20
_F_SETPIPE_SZ: Final = 1031
_PATIENCE: Final = 60
"""Seconds that the encoder may take for its last frames and the file's index."""

_NO_SPACE: Final = ("No space left", "File too large", "Disk quota")
_SIGXFSZ: Final = -25


class VideoWriter:
    """Encodes frames to a silent MP4 at `target`, which exists only if all went well.

    Use it as a context manager: leaving it normally finishes the file, leaving it by an exception (also Ctrl+C and
    `Cancelled`) ends the encoder and removes what was written.

    Attributes:
        size: (width, height) of the frames to give.
        fps: exact frame rate.
        frames: number of frames written so far.
    """

    def __init__(
        self,
        target: str | os.PathLike[str],
        size: tuple[int, int],
        fps: float | Fraction | str,
        *,
        crf: int = 18,
        preset: str = "veryfast",
        threads: int = 0,
        cancel: CancelToken | None = None,
        shown_as: str | os.PathLike[str] | None = None,
    ) -> None:
        """Check what was asked; nothing is started yet.

        Args:
            target: MP4 file to make.
            size: (width, height) of the frames; an odd side is padded by a copy of its edge.
            fps: frame rate, 0.1 to 300.
            crf: x264's quality, 0 (lossless) to 51 (worst); 18 looks like the original.
            preset: x264's speed ("ultrafast" to "veryslow").
            threads: threads of the encoder, 0 for as many as fit the machine.
            cancel: looked at before every frame.
            shown_as: what messages call the file, where `target` is only a step on the way to another one.

        Raises:
            VideoError: size, rate or quality is not possible.
        """
        self.size = size
        self.fps = parse_fps(fps)
        self.frames = 0
        self._target = Path(target)
        self._name = self._target if shown_as is None else Path(shown_as)
        self._encoded = encoded_size(size)
        self._picture = YuvPicture(*self._encoded)
        if not 0 <= crf <= 51:
            raise VideoError(f"a quality (crf) of {crf} is not possible; choose 0 (lossless) to 51")
        self._options = ["-preset", preset, "-crf", str(crf), "-threads", str(threads)]
        self._cancel = cancel
        self._stack = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._messages: IO[bytes] | None = None
        self._temporary = Path()

    def __enter__(self) -> Self:
        try:
            self._temporary = self._stack.enter_context(atomic_path(self._target))
            # A file, not a pipe: nobody has to read it while frames are written.
            self._messages = self._stack.enter_context(tempfile.TemporaryFile())
            self._process = self._start()
        except OSError as error:
            self._stack.__exit__(*sys.exc_info())
            raise VideoError(f"{self._name} cannot be written: {error}") from error
        except BaseException:
            self._stack.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._kill()
            self._stack.__exit__(kind, error, trace)
            return
        try:
            self._finish()
            self._process = None
        except BaseException:
            self._kill()
            self._stack.__exit__(*sys.exc_info())
            raise
        try:
            self._stack.close()
        except OSError as failure:
            raise VideoError(f"{self._name} cannot be written: {failure}") from failure

    def write(self, frame: NDArray[np.uint8], changed: Box | None = None) -> None:
        """Add one frame.

        Args:
            frame: (H, W, 3) uint8 RGB.
            changed: x0, y0, x1, y1 of the part outside which it equals the frame written before; None if unknown.

        Raises:
            VideoError: wrong shape, the encoder failed, the disk is full.
            core.cancel.Cancelled: the token was set.
        """
        if self._process is None or self._process.stdin is None:
            raise VideoError("frames can be written only inside the writer's `with` block")
        if self._cancel is not None:
            self._cancel.check()
        width, height = self.size
        if frame.shape != (height, width, 3) or frame.dtype != np.uint8:
            raise VideoError(
                f"frame {self.frames} is {frame.dtype} of shape {frame.shape}; this video needs uint8 of shape "
                f"({height}, {width}, 3)"
            )
        if self._encoded != self.size:
            extra = ((0, self._encoded[1] - height), (0, self._encoded[0] - width), (0, 0))
            frame, changed = np.pad(frame, extra, mode="edge"), None
        self._picture.update(frame, changed if self.frames else None)
        try:
            self._process.stdin.write(self._picture.data.data)
        except OSError as error:
            raise self._failure() from error
        self.frames += 1

    def _start(self) -> "subprocess.Popen[bytes]":
        import imageio_ffmpeg

        command = [
            imageio_ffmpeg.get_ffmpeg_exe(),
            *("-hide_banner", "-loglevel", "error", "-nostats", "-y"),
            *("-f", "rawvideo", "-pixel_format", "yuv420p", "-video_size", f"{self._encoded[0]}x{self._encoded[1]}"),
            *("-framerate", str(self.fps), "-i", "pipe:0", "-an"),
            # What the planes are, so that nothing is converted on the way.
            *("-vf", "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709,setsar=1"),
            *("-c:v", "libx264", *self._options, "-pix_fmt", "yuv420p", "-bf", "0"),
            *("-g", str(max(1, round(KEYFRAME_SECONDS * self.fps)))),
            *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"),
            # No version and no date in the file: the same frames give the same bytes.
            *("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
            *("-movflags", "+faststart", "-f", "mp4", f"file:{self._temporary}"),
        ]
        process = _spawn(command, self._messages)
        if sys.platform == "linux" and process.stdin is not None:
            import fcntl

            # Fewer switches between the two processes; a busy machine may refuse the larger pipe.
            with contextlib.suppress(OSError):
                fcntl.fcntl(process.stdin, _F_SETPIPE_SZ, _PIPE_BYTES)
        return process

    def _finish(self) -> None:
        process = self._process
        if process is None or process.stdin is None:
            raise VideoError("the writer was not started; use it in a `with` block")
        if self.frames == 0:
            raise VideoError(f"{self._name}: no frame was written, so there is no video")
        try:
            process.stdin.close()
        except OSError as error:
            raise self._failure() from error
        try:
            code = process.wait(_PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise VideoError(f"{self._name}: the encoder did not finish within {_PATIENCE} s; try again") from error
        if code != 0:
            raise self._failure()
        verify_video(self._temporary, self.frames)

    def _failure(self) -> VideoError:
        """Return the error for an encoder that stopped, with its own last words."""
        assert self._process is not None
        try:
            code: int | str = self._process.wait(5)
        except subprocess.TimeoutExpired:
            code = "still running"
        words = ""
        if self._messages is not None:
            self._messages.seek(0)
            words = _last_words(self._messages.read().decode("utf-8", "replace"))
        full = code == _SIGXFSZ or any(text in words for text in _NO_SPACE)
        return VideoError(
            f"{self._name} could not be written: the video encoder stopped after {self.frames} frames "
            f"(exit code {code}{': ' + words if words else ''}); "
            + ("the disk is full, check the free space" if full else "try again, or with another quality or size")
        )

    def _kill(self) -> None:
        """End the encoder if it still runs, and wait for it."""
        process = self._process
        if process is None:
            return
        self._process = None
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdin is not None:
            with contextlib.suppress(OSError):  # unsent bytes have nowhere to go
                process.stdin.close()


def _last_words(log: str) -> str:
    """The lines of FFmpeg's errors that tell most, without its component addresses: the first three and the last."""
    lines = [re.sub(r"\[[^\]]*@ 0x[0-9a-f]+\] ?", "", line).strip() for line in log.splitlines()]
    lines = [line for line in lines if line]
    return "; ".join(lines if len(lines) <= 4 else [*lines[:3], lines[-1]])


def _spawn(command: Sequence[str], messages: IO[bytes] | None) -> "subprocess.Popen[bytes]":
    """Start a child that Ctrl+C does not reach: its parent decides what happens to the file."""
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=messages, creationflags=flags
        )
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=messages, start_new_session=True
    )
