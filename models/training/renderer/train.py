"""Trains the diffusion renderer: stage 1 the pose-guided backbone, stage 2 with the face adapter.

Several cards and machines through accelerate alone (`accelerate launch -m app train renderer ...`). Resumes from its
own state, and the same seed gives the same run, however many processes share a step.
"""

import json
import math
import shutil
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import torch
from accelerate import Accelerator
from diffusers.training_utils import EMAModel
from safetensors.torch import save_file
from torch.utils.data import DataLoader

from core.atomic import atomic_path
from core.cancel import Cancelled, CancelToken, ProgressCallback, ignore_progress
from models.renderers.versa.checkpoint import Components, load_components
from models.renderers.versa.face_adapter import DEFAULTS as FACE_DEFAULTS
from models.training.loop import Curves, Meter, fast_bfloat16
from models.training.renderer.clips import DataError, Manifest
from models.training.renderer.draws import Draws, DrawSettings, Sample
from models.training.renderer.network import RendererLoss, encode
from models.training.renderer.settings import RendererTraining

WEIGHTS_NAME: Final = "renderer.safetensors"
CONFIG_NAME: Final = "renderer.json"
_COLUMNS: Final = ("step", "loss", "rate", "gradient", "seconds")
_OWN_BUSINESS: Final = frozenset({"steps", "save_every", "workers", "batch", "accumulate", "precision", "encode_batch"})
"""Settings that a run may change when it goes on."""

Stage = Literal[1, 2]


@dataclass
class _Counter:
    """How far a run is; saved with its state."""

    step: int = 0
    draws: int = 0

    def state_dict(self) -> dict[str, int]:
        return asdict(self)

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        self.step, self.draws = int(state["step"]), int(state["draws"])


def train_renderer(
    data: Path,
    base: Path,
    start_from: Path,
    out: Path,
    stage: Stage,
    settings: RendererTraining,
    progress: ProgressCallback = ignore_progress,
    cancel: CancelToken | None = None,
    accelerator: Accelerator | None = None,
) -> Path:
    """Train, or go on where an earlier run in `out` stopped.

    Args:
        data: folder of clips with a manifest.
        base: Stable Video Diffusion folder in diffusers' layout.
        start_from: checkpoint to begin with: MimicMotion's, or one of ours.
        out: folder of state, curves and weights.
        stage: 1 trains U-Net and PoseNet, 2 these and the face adapter, which is new where the checkpoint has none.
        settings: of the run.
        progress: told about steps by the first process.
        cancel: looked at before each step.
        accelerator: how to run; by default as `accelerate launch` says.

    Returns:
        The weights file, which the renderer loads as a checkpoint; its config lies beside it.

    Raises:
        DataError: the clips cannot be used.
        CheckpointError: the weights cannot be used.
        Cancelled: stopped; the state was written.
    """
    token = CancelToken() if cancel is None else cancel
    manifest = Manifest.load(data)
    runner = Accelerator(mixed_precision=precision(settings)) if accelerator is None else accelerator
    torch.manual_seed(settings.seed)
    components = load_components(base, start_from, cancel=token)
    face = prepare_stage(components, manifest, stage, settings)
    model: Any = RendererLoss(components.backbone, settings)
    _place_encoders(components, runner.device)
    optimizer: Any = torch.optim.AdamW(
        model.parameters(), settings.rate, eps=settings.epsilon, weight_decay=settings.weight_decay
    )
    model, optimizer = runner.prepare(model, optimizer)
    ema = EMAModel(components.backbone.parameters(), decay=settings.ema)
    counter = _Counter()
    runner.register_for_checkpointing(ema, counter)
    _load(runner, out, stage, settings)
    ema.to(runner.device)
    draws = Draws(data, manifest, _draw_settings(settings, face), counter.draws, _last_draw(runner, counter, settings))
    loader: Any = runner.prepare(
        DataLoader(draws, settings.batch, shuffle=False, drop_last=True, num_workers=settings.workers)
    )
    first = runner.is_main_process
    curves = Curves(out, _COLUMNS, counter.step + 1) if first else None
    meter = Meter(f"renderer, stage {stage}", counter.step, settings.steps, progress if first else ignore_progress)
    batches = iter(loader)
    model.train()
    while counter.step < settings.steps:
        if token.cancelled:
            runner.set_trigger()
        if runner.check_trigger():  # a stop in one process stops all of them at the same step
            _save(runner, out)
            raise Cancelled
        began = time.monotonic()
        rate = learning_rate(settings, counter.step)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss, gradient = _step(runner, model, optimizer, components, batches, settings)
        ema.step(components.backbone.parameters())
        counter.step += 1
        counter.draws += _step_draws(runner, settings)
        if curves is not None:
            curves.add(step=counter.step, loss=loss, rate=rate, gradient=gradient, seconds=time.monotonic() - began)
        if counter.step % settings.save_every == 0 or counter.step == settings.steps:
            _save(runner, out)
        meter.step(counter.step, f"loss {loss:.4f}")
    runner.wait_for_everyone()
    if first:
        ema.copy_to(components.backbone.parameters())
        save_weights(components, out, face, stage)
    runner.wait_for_everyone()
    return out / WEIGHTS_NAME


def precision(settings: RendererTraining) -> str:
    """Accelerate's name of the precision: bfloat16 only where it was asked for or is fast."""
    fast = torch.cuda.is_bf16_supported(including_emulation=False) if torch.cuda.is_available() else fast_bfloat16()
    return "bf16" if settings.precision == "bfloat16" or (settings.precision == "auto" and fast) else "no"


def learning_rate(settings: RendererTraining, step: int) -> float:
    """Rises over the warm-up, then falls along a cosine to a tenth."""
    ramp = min((step + 1) / max(settings.warmup, 1), 1.0)
    return settings.rate * ramp * (0.1 + 0.9 * 0.5 * (1.0 + math.cos(math.pi * step / settings.steps)))


def prepare_stage(
    components: Components, manifest: Manifest, stage: Stage, settings: RendererTraining
) -> dict[str, Any] | None:
    """Make the backbone ready to be trained; returns the face adapter's config.

    Raises:
        DataError: the speech features of the clips are not those that the adapter was made for.
    """
    backbone = components.backbone
    if stage == 1 and backbone.face_adapter is not None:
        raise DataError("stage 1 trains the backbone alone, but the checkpoint has a face adapter; use --stage 2")
    if stage == 2 and backbone.face_adapter is None:
        backbone.add_face_adapter({"audio_dim": manifest.speech_width, **settings.face})
    adapter = backbone.face_adapter
    if adapter is not None and int(adapter.config["audio_dim"]) != manifest.speech_width:
        raise DataError(
            f"the clips hold {manifest.speech} features of {manifest.speech_width} numbers, but the face adapter wants "
            f"{adapter.config['audio_dim']}; prepare the clips with the same speech features"
        )
    backbone.train().requires_grad_(True)
    if settings.checkpointing:
        unet: Any = backbone.unet
        unet.enable_gradient_checkpointing()
    return None if adapter is None else dict(adapter.config)


def save_weights(components: Components, out: Path, face: dict[str, Any] | None, stage: int) -> None:
    """Write the backbone as a checkpoint that the renderer loads."""
    tensors = {key: value.detach().cpu().contiguous() for key, value in components.backbone.state_dict().items()}
    config = {"name": f"renderer, stage {stage}", "pose_input": "composite", "face_adapter": face}
    with atomic_path(out / CONFIG_NAME) as temporary:
        temporary.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    with atomic_path(out / WEIGHTS_NAME) as temporary:
        save_file(tensors, temporary)


def _step(
    runner: Accelerator, model: Any, optimizer: Any, components: Components, batches: Any, settings: RendererTraining
) -> tuple[float, float]:
    """One optimiser step; returns the mean loss over all processes and the norm of the gradient."""
    losses: list[torch.Tensor] = []
    norm: Any = torch.zeros(())
    for _ in range(settings.accumulate):
        sample: Sample = next(batches)
        made = encode(components, sample["pixels"], settings.encode_batch)
        encoded = {name: value.to(runner.device) for name, value in vars(made).items()}
        last = len(losses) == settings.accumulate - 1
        with nullcontext() if last else runner.no_sync(model):  # processes exchange gradients once a step
            loss = model({key: value for key, value in sample.items() if key != "pixels"}, encoded).mean()
            runner.backward(loss / settings.accumulate)
        losses.append(loss.detach())
    if settings.clip_norm > 0:
        norm = runner.clip_grad_norm_(model.parameters(), settings.clip_norm)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    mean: Any = runner.reduce(torch.stack(losses).mean(), "mean")
    return float(mean), float(norm)


def _draw_settings(settings: RendererTraining, face: dict[str, Any] | None) -> DrawSettings:
    window = int((FACE_DEFAULTS if face is None else face)["audio_window"])
    return DrawSettings(
        settings.frames, window, settings.reference, settings.hand_weight, settings.dropout, seed=settings.seed
    )


def _step_draws(runner: Accelerator, settings: RendererTraining) -> int:
    return settings.batch * settings.accumulate * runner.num_processes


def _last_draw(runner: Accelerator, counter: _Counter, settings: RendererTraining) -> int:
    return counter.draws + (settings.steps - counter.step) * _step_draws(runner, settings)


def _place_encoders(components: Components, device: torch.device) -> None:
    modules: tuple[Any, ...] = (components.vae, components.image_encoder)
    for module in modules:
        torch.nn.Module.to(module, device)


def _save(runner: Accelerator, out: Path) -> None:
    """Write the state beside the old one, which stays until the new one is whole."""
    new, old, now = out / "state.new", out / "state.old", out / "state"
    if runner.is_main_process:
        shutil.rmtree(new, ignore_errors=True)
    runner.wait_for_everyone()
    runner.save_state(str(new))
    runner.wait_for_everyone()
    if runner.is_main_process:
        shutil.rmtree(old, ignore_errors=True)
        if now.exists():
            now.rename(old)
        new.rename(now)
        shutil.rmtree(old, ignore_errors=True)
    runner.wait_for_everyone()


def _load(runner: Accelerator, out: Path, stage: Stage, settings: RendererTraining) -> None:
    """Go on from a state if there is one; else note the settings.

    Raises:
        ValueError: the run in `out` had other settings.
    """
    path = out / "training.json"
    asked = json.loads(json.dumps({"stage": stage, **asdict(settings)}))
    there = next((folder for folder in (out / "state", out / "state.old") if folder.is_dir()), None)
    if there is not None and path.is_file():
        before = json.loads(path.read_text(encoding="utf-8"))
        for name, value in asked.items():
            if name not in _OWN_BUSINESS and before.get(name) != value:
                raise ValueError(
                    f"{out} holds a run with {name} {before.get(name)!r}, not {value!r}; choose the same settings or "
                    "another --out"
                )
    runner.wait_for_everyone()
    if runner.is_main_process:
        out.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            temporary.write_text(json.dumps(asked, indent=1) + "\n", encoding="utf-8")
    if there is not None:
        runner.load_state(str(there))
