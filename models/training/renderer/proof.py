"""A proof on tiny sizes that the training teaches what it should: `versa train renderer --proof`.

A drawn puppet's mouth follows the sound, its lids the blink ratio, its cheeks the emotion and its hand the pose, all
independently. A tiny network learns it from chance; then one control at a time is changed. Latents are the mean colours
of 8 x 8 pixels, so no VAE takes part, and pictures are compared at that size.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from diffusers import EulerDiscreteScheduler
from numpy.typing import NDArray

from core.atomic import atomic_path
from core.cancel import CancelToken, ProgressCallback, ignore_progress
from core.draw import HeadMask, draw_composite
from core.pose import LEFT_ELBOW, LEFT_EYE, LEFT_SHOULDER, LEFT_WRIST, NECK, NOSE, RIGHT_EYE
from models.renderers.versa.backbone import Backbone
from models.renderers.versa.conditioning import Conditioning
from models.renderers.versa.denoise import DenoiseOptions, Window, denoise
from models.renderers.versa.face_adapter import FaceControls
from models.renderers.versa.portrait_frame import soft_face_masks
from models.renderers.versa.settings import CELL
from models.training.loop import Curves, Meter
from models.training.renderer.clips import ClipArrays
from models.training.renderer.draws import Sample
from models.training.renderer.network import RendererLoss
from models.training.renderer.objective import KEPT
from models.training.renderer.settings import RendererTraining

_UNET: Final[dict[str, Any]] = {
    "block_out_channels": [32, 64], "layers_per_block": 1, "num_attention_heads": [2, 4], "cross_attention_dim": 32,
    "addition_time_embed_dim": 32, "projection_class_embeddings_input_dim": 96, "in_channels": 8, "out_channels": 4,
    "num_frames": 9, "sample_size": 12, "transformer_layers_per_block": 1,
    "down_block_types": ["CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"],
    "up_block_types": ["UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"],
}  # fmt: skip
_FACE: Final = {"width": 64, "heads": 4, "layers": 1, "audio_dim": 8, "audio_window": 2, "identity_tokens": 1}
_SCHEDULER: Final[dict[str, Any]] = {
    "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "prediction_type": "v_prediction",
    "sigma_max": 700.0, "sigma_min": 0.002, "steps_offset": 1, "timestep_spacing": "leading",
    "timestep_type": "continuous", "use_karras_sigmas": True,
}  # fmt: skip
_PICTURE_SPREAD: Final = 0.5
"""Latents are signed colours divided by this, so that they spread about as far as real ones."""

_MOUTH, _EYES, _CHEEKS = (
    (0.5, 0.47, 0.09),
    ((0.4, 0.31, 0.06), (0.6, 0.31, 0.06)),
    ((0.34, 0.42, 0.07), (0.66, 0.42, 0.07)),
)


@dataclass(frozen=True)
class Controls:
    """What the puppet does in T frames; each (T,) in 0..1."""

    sound: NDArray[np.float64]
    blink: NDArray[np.float64]
    hand: NDArray[np.float64]
    emotion: NDArray[np.float64]


@dataclass(frozen=True)
class ProofSettings:
    """Size of the proof.

    Attributes:
        cells: of the latents on each side.
        clip: frames of the clip.
        frames: of a training sample besides the reference.
    """

    steps: int = 600
    cells: int = 12
    clip: int = 48
    frames: int = 3
    rate: float = 2e-3
    denoising: int = 12
    seed: int = 0


def prove(
    out: Path, settings: ProofSettings, progress: ProgressCallback = ignore_progress, cancel: CancelToken | None = None
) -> dict[str, float]:
    """Overfit the puppet, measure, and write `figures.json`.

    Returns:
        loss_first, loss_last: of fixed samples and noises before and after. loss_fall: share by which it fell.
        psnr: decibels of the rendered clip against the drawn one, at one pixel a cell.
        For each of sound, blink, emotion and hand: X_inside, the mean change in the part of the picture that it should
        change, X_outside elsewhere, X_follows, how well the change matches the drawn puppet's (correlation);
        cpu_seconds.

    Raises:
        Cancelled: stopped.
    """
    token = CancelToken() if cancel is None else cancel
    began = time.process_time()
    torch.manual_seed(settings.seed)
    random = np.random.default_rng(settings.seed)
    controls = _random_controls(settings.clip, random)
    clip = _sample(controls, settings, random)
    backbone = Backbone(_UNET, _FACE)
    model = RendererLoss(backbone, RendererTraining())
    optimizer = torch.optim.AdamW(model.parameters(), settings.rate, weight_decay=0.0)
    held = [_cut(clip, settings, np.random.default_rng((settings.seed, 1, number))) for number in range(8)]
    first = _mean_loss(model, held)
    curves, meter = Curves(out, ("step", "loss"), 0), Meter("proof", 0, settings.steps, progress)
    for step in range(settings.steps):
        token.check()
        for group in optimizer.param_groups:
            group["lr"] = settings.rate * min(1.0, (step + 1) / 30, 2.0 * (1.0 - step / settings.steps))
        loss = model(*_cut(clip, settings, np.random.default_rng((settings.seed, 2, step)))).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        curves.add(step=step, loss=float(loss.detach()))
        meter.step(step + 1, f"loss {float(loss.detach()):.3f}")
    last = _mean_loss(model, held)
    model.eval()
    figures = {"steps": float(settings.steps), "loss_first": first, "loss_last": last, "loss_fall": 1.0 - last / first}
    figures |= _measure(backbone, controls, settings, token)
    figures["cpu_seconds"] = time.process_time() - began
    with atomic_path(out / "figures.json") as temporary:
        temporary.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


def _random_controls(count: int, random: np.random.Generator) -> Controls:
    emotion = random.integers(0, 2, count).astype(np.float64)
    return Controls(random.random(count), (random.random(count) < 0.35).astype(float), random.random(count), emotion)


def _arrays(controls: Controls) -> ClipArrays:
    count = len(controls.sound)
    body, face = np.zeros((count, 18, 3), np.float32), np.zeros((count, 68, 3), np.float32)
    for place, x, y in ((NOSE, 0.5, 0.38), (NECK, 0.5, 0.65), (RIGHT_EYE, 0.4, 0.31), (LEFT_EYE, 0.6, 0.31),
                        (LEFT_SHOULDER, 0.75, 0.7), (LEFT_ELBOW, 0.85, 0.9)):  # fmt: skip
        body[:, place] = (x, y, 1.0)
    body[:, LEFT_WRIST] = (0.88, 0.5, 1.0)
    body[:, LEFT_WRIST, 1] = 0.2 + 0.5 * controls.hand
    face[:, 48:68] = (0.5, 0.47, 1.0)
    turn = np.arange(8) * np.pi / 4  # two directions: the adapter's norm takes a mere size away
    wave = 2.0 * controls.sound[:, None] * np.cos(turn) + np.sin(turn)
    return ClipArrays(
        body=body, face=face, hands=np.zeros((count, 2, 21, 3), np.float32), face_box=np.zeros((count, 4), np.float32),
        audio=wave.astype(np.float32), emotion=controls.emotion.astype(np.int64), strength=np.ones((), np.float32),
        blink=controls.blink.astype(np.float32), identity=np.ones(512, np.float32) / 512**0.5,
        head_mask=np.array([0.25, 0.29], np.float32),
    )  # fmt: skip


def pictures(controls: Controls, cells: int) -> NDArray[np.float32]:
    """(T, 3, cells, cells) the puppet in -1..1, one pixel a cell, smooth edges."""
    y, x = (np.mgrid[0:cells, 0:cells] + 0.5) / cells
    result = np.empty((len(controls.sound), 3, cells, cells), np.float32)

    def paint(picture: NDArray[Any], place: tuple[float, float, float], colour: tuple[float, ...], much: float) -> None:
        cover = np.clip((place[2] - np.hypot(x - place[0], y - place[1])) * cells + 0.5, 0.0, 1.0) * much
        picture[:] = picture * (1 - cover) + np.array(colour)[:, None, None] * cover

    for number, picture in enumerate(result):
        picture[:] = np.array([-0.5, -0.2, 0.1])[:, None, None]
        paint(picture, (0.5, 0.38, 0.27), (0.7, 0.3, 0.1), 1.0)
        for cheek in _CHEEKS:
            paint(picture, cheek, (1.0, -0.4, -0.3), float(controls.emotion[number]))
        for eye in _EYES:
            paint(picture, eye, (-0.9, -0.9, -0.8), 1.0 - float(controls.blink[number]))
        paint(picture, _MOUTH, (-0.7, -0.9, -0.9), float(controls.sound[number]))
        paint(picture, (0.88, 0.2 + 0.5 * float(controls.hand[number]), 0.1), (0.8, 0.5, 0.3), 1.0)
    return result


def regions(cells: int) -> dict[str, NDArray[np.bool_]]:
    """(cells, cells) where each control should show."""
    y, x = (np.mgrid[0:cells, 0:cells] + 0.5) / cells

    def around(*places: tuple[float, float, float]) -> NDArray[np.bool_]:
        near = [np.hypot(x - place[0], y - place[1]) < place[2] + 1.0 / cells for place in places]
        return np.asarray(np.any(near, axis=0))

    hand = (np.abs(x - 0.88) < 0.1 + 1.0 / cells) & (y > 0.05) & (y < 0.85)
    return {"sound": around(_MOUTH), "blink": around(*_EYES), "emotion": around(*_CHEEKS), "hand": hand}


def _sample(controls: Controls, settings: ProofSettings, random: np.random.Generator) -> Sample:
    """The whole clip as one sample behind its reference, which is silent, neutral and open-eyed."""
    zero = np.zeros(1)
    still = Controls(zero, zero, zero + 0.5, zero)
    both = Controls(*(np.concatenate([vars(still)[name], vars(controls)[name]]) for name in vars(still)))
    arrays = _arrays(both)
    side, count = settings.cells * CELL, len(both.sound)
    poses = [arrays.pose(number) for number in range(count)]
    mask = HeadMask(float(arrays.head_mask[0]), float(arrays.head_mask[1]))
    drawn = np.stack([draw_composite(pose, mask, side, side, 4 * side) for pose in poses]).transpose(0, 3, 1, 2)
    colours = torch.from_numpy(pictures(both, settings.cells)) / _PICTURE_SPREAD
    strength = torch.ones(count)
    strength[0] = 0.0
    return {
        "latents": torch.cat([colours, colours.mean(1, keepdim=True)], dim=1),
        "drawn": torch.from_numpy(np.ascontiguousarray(drawn)).float() / 127.5 - 1.0,
        "mask": soft_face_masks(poses, mask, settings.cells, settings.cells),
        "audio": torch.from_numpy(arrays.audio)[:, None].repeat(1, int(_FACE["audio_window"]), 1),
        "emotion": torch.from_numpy(arrays.emotion),
        "strength": strength,
        "blink": torch.from_numpy(arrays.blink),
        "identity": torch.from_numpy(arrays.identity),
    }


def _cut(clip: Sample, settings: ProofSettings, random: np.random.Generator) -> tuple[Sample, dict[str, torch.Tensor]]:
    """A batch of 1: the reference and a random stretch of the clip."""
    start = 1 + int(random.integers(settings.clip - settings.frames + 1))
    numbers = [0, *range(start, start + settings.frames)]
    sample = {key: clip[key][numbers][None] for key in clip if key != "identity"}
    latents = sample.pop("latents")
    sample["identity"] = clip["identity"][None]
    sample["kept"] = torch.ones(1, len(KEPT))
    sample["level"] = torch.tensor([float(random.standard_normal())])
    sample["noise"] = torch.from_numpy(random.standard_normal(tuple(latents.shape), np.float32))
    sample["weights"] = torch.ones(*latents.shape[:2], *latents.shape[3:])
    encoded = {"latents": latents, "image_latents": latents[:, 0], "embeddings": torch.zeros(1, 1, 32)}
    return sample, encoded


@torch.no_grad()
def _mean_loss(model: RendererLoss, held: list[tuple[Sample, dict[str, torch.Tensor]]]) -> float:
    return float(np.mean([float(model(*pair).mean()) for pair in held]))


@torch.no_grad()
def _render(
    backbone: Backbone, controls: Controls, settings: ProofSettings, cancel: CancelToken
) -> NDArray[np.float32]:
    """(T, 3, cells, cells) what the network makes of controls, through the renderer's own loop."""
    clip = _sample(controls, settings, np.random.default_rng(0))
    scheduler = EulerDiscreteScheduler.from_config(_SCHEDULER)
    scheduler.set_timesteps(settings.denoising)
    generator = torch.Generator().manual_seed(settings.seed)
    noise = torch.randn(clip["latents"].shape, generator=generator)
    tile = settings.frames
    tiles = [np.array([0, *range(first, min(first + tile, len(noise)))]) for first in range(1, len(noise), tile)]
    ids = torch.tensor([[6.0, 127.0, 0.0]]).repeat(2, 1)
    reference = clip["latents"][:1]
    window = Window(
        latents=noise * scheduler.init_noise_sigma, pose_latents=backbone.pose_net(clip["drawn"]),
        conditioning=Conditioning(torch.zeros(2, 1, 32), torch.cat([torch.zeros_like(reference), reference]), ids),
        guidance=torch.ones(len(noise)), tiles=tiles,
        face=FaceControls(clip["identity"][None], clip["audio"][None], clip["emotion"][None], clip["strength"][None],
                          clip["blink"][None], clip["mask"][None]),
    )  # fmt: skip
    latents = denoise(backbone, scheduler, window, cancel, options=DenoiseOptions())
    return np.asarray((latents[1:, :3] * _PICTURE_SPREAD).clamp(-1, 1).numpy())


def _measure(backbone: Backbone, controls: Controls, settings: ProofSettings, cancel: CancelToken) -> dict[str, float]:
    short = Controls(*(value[: 2 * settings.frames] for value in vars(controls).values()))
    made, drawn = _render(backbone, short, settings, cancel), pictures(short, settings.cells)
    error = float(np.square((made - drawn) / 2.0).mean())
    figures = {"psnr": -10.0 * float(np.log10(max(error, 1e-12)))}
    for name, region in regions(settings.cells).items():
        other: Mapping[str, Any] = {name: 1.0 - vars(short)[name]}
        changed = replace(short, **other)
        difference = _render(backbone, changed, settings, cancel) - made
        wanted = pictures(changed, settings.cells) - drawn
        size = np.abs(difference).mean(axis=(0, 1))
        figures[f"{name}_inside"] = float(size[region].mean())
        figures[f"{name}_outside"] = float(size[~region].mean())
        figures[f"{name}_follows"] = float(np.corrcoef(difference.ravel(), wanted.ravel())[0, 1])
    return figures
