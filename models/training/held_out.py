"""What a tokenizer leaves of held-out clips, without those that a training clip repeats.

A short table for the config beside the weights; `models.evaluation.tokenizer` makes the long one.
"""

import numpy as np
from numpy.typing import NDArray

from core.features import LOCAL_POSITIONS, recover_joints
from models.tokenizer import MotionTokenizer
from models.training.dataset import NEAR_COPY, ClipInfo, FeatureTable


def without_near_copies(table: FeatureTable, clips: tuple[ClipInfo, ...]) -> tuple[ClipInfo, ...]:
    """Held-out clips that no training clip of the same length repeats within 15 mm of mean joint distance."""
    by_length: dict[int, list[ClipInfo]] = {}
    for clip in table.subset(held_out=False):
        by_length.setdefault(clip.frames, []).append(clip)
    kept = []
    for clip in clips:
        own = table.rows(clip)[:, LOCAL_POSITIONS].reshape(-1, 21, 3)
        copies = (
            np.linalg.norm(own - table.rows(other)[:, LOCAL_POSITIONS].reshape(-1, 21, 3), axis=-1).mean() < NEAR_COPY
            for other in by_length.get(clip.frames, [])
        )
        if not any(copies):
            kept.append(clip)
    return tuple(kept)


def evaluate_tokenizer(tokenizer: MotionTokenizer, table: FeatureTable) -> dict[str, float]:
    """Errors on held-out clips without near copies: root-aligned joints and wrists in mm, use of the first codebook.

    Figures with the prefix `base_` are those of the first level alone, where there are more.
    """
    clips = without_near_copies(table, table.subset(held_out=True))
    errors: dict[str, list[NDArray[np.float64]]] = {}
    used = np.zeros(tokenizer.config.codes)
    for clip in clips:
        features = table.rows(clip)
        codes = tokenizer.encode_levels(features)
        used += np.bincount(codes[:, 0], minlength=len(used))
        cases = {"": codes} if tokenizer.quantizers == 1 else {"": codes, "base_": codes[:, :1]}
        for prefix, chosen in cases.items():
            decoded = tokenizer.decode(chosen)
            real, made = recover_joints(features[: len(decoded)]), recover_joints(decoded)
            distance = np.linalg.norm((real - real[:, :1]) - (made - made[:, :1]), axis=-1) * 1000
            errors.setdefault(prefix + clip.source, []).append(distance)
    figures: dict[str, float] = {"clips": float(len(clips))}
    for source, parts in errors.items():
        joined = np.concatenate(parts)
        figures[f"{source}_mpjpe_mm"] = round(float(joined.mean()), 2)
        figures[f"{source}_wrist_mm"] = round(float(joined[:, [20, 21]].mean()), 2)
    share = used / max(used.sum(), 1.0)
    figures["codes_used"] = float((used > 0).sum())
    figures["perplexity"] = round(float(np.exp(-(share[share > 0] * np.log(share[share > 0])).sum())), 1)
    return figures
