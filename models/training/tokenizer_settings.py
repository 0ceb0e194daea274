"""Settings of a training run of the tokenizer, as they are saved in its config."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TokenizerTraining:
    """Settings of a run.

    Attributes:
        steps: optimiser steps.
        batch: windows a step on each process.
        window: frames a window.
        rate: highest learning rate (AdamW, cosine after a warm-up of `warmup` steps).
        positions: weight of the extra loss on local joint positions.
        distances: weight of the mean distance of joints (in standard deviations), which is what errors are measured by;
            the squares of the other losses see large errors only.
        wrists: weight of the wrists (and half of it for elbows, shoulders and collars) inside that loss.
        rotations: weight of the rotation columns, which no output of ours uses.
        velocities: weight of the velocity columns.
        steps_loss: weight of the loss on frame-to-frame steps of positions, which keeps waves waving.
        haste: how much more a step counts for each metre a second of its joint; without it the peaks of quick
            strokes come out a fifth too slow.
        root: weight of the extra loss on the root's turn and travel.
        commitment: weight that holds latents to their codes.
        reset_below: averaged count under which a code is replaced.
        residual_levels: codebooks behind the first one; with any, `versa train residual` belongs to the weights too.
        base_share: share of windows that are decoded from the first level alone, so that it stays good by itself.
        partial_share: share of windows that are decoded from some of the residual levels.
        decoder_only: with given weights, train the decoder alone: tokens keep their meaning, so what was trained on
            them stays valid.
        composed_share: share of windows from the composed windows that the generator learns from, where they are; half
            of those show a rare action.
        cluster_anew: with given weights, cluster the first codebook anew by k-means instead of keeping its codes.
        epsilon: of AdamW.
        seed: seed of everything random.
    """

    steps: int = 3200
    batch: int = 128
    window: int = 64
    rate: float = 3e-4
    warmup: int = 200
    epsilon: float = 1e-8
    clip_norm: float = 0.5
    positions: float = 0.75
    distances: float = 0.25
    wrists: float = 4.0
    rotations: float = 0.05
    velocities: float = 0.25
    steps_loss: float = 1.0
    haste: float = 0.0
    root: float = 0.25
    commitment: float = 0.05
    reset_below: float = 0.2
    residual_levels: int = 0
    base_share: float = 0.4
    partial_share: float = 0.2
    decoder_only: bool = False
    composed_share: float = 0.0
    cluster_anew: bool = False
    seed: int = 0
    save_every: int = 200
