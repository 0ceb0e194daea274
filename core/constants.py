"""Constants of the method that more than one module needs; each has one home here and a name.

Not for tuning parameters of one module: those live beside the code that uses them.
"""

from typing import Final

MOTION_FPS: Final = 20
"""Frames per second of 3D motion (HumanML3D)."""

FRAMES_PER_TOKEN: Final = 4
"""Temporal downsampling of the motion tokenizer: 5 tokens per second."""

CODEBOOK_SIZE: Final = 512
"""Number of motion codes (paper section 3.2.1)."""

NUM_JOINTS: Final = 22
"""SMPL body joints used by HumanML3D."""

NUM_FEATURES: Final = 263
"""Width of one HumanML3D feature row."""

SPEECH_RATE: Final = 16_000
"""Sample rate, in Hz, of the mono audio that the models hear."""

CONFIDENCE_THRESHOLD: Final = 0.3
"""A 2D keypoint below this confidence is not drawn as body (DWPose, MimicMotion)."""

MAX_SEED: Final = 2**32 - 1
"""Seeds are 32 bits."""

MICROSECONDS: Final = 1_000_000
"""Microseconds per second: all times of the timeline are integer microseconds."""
