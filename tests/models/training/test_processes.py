"""Motion trainings in two processes against one with twice the batch, and tensors that follow their device."""

import json
import multiprocessing
import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate.state import AcceleratorState, GradientState, PartialState

from core.cancel import CancelToken, ignore_progress
from models.generator import GeneratorConfig, MotionGenerator
from models.tokenizer import MotionTokenizer
from models.training import loop, train_evaluator
from models.training.corpus import find_sources
from models.training.generator_data import Places
from models.training.processes import Processes
from models.training.quantizer import CodebookUpdater
from models.training.train_evaluator import EvaluatorTraining
from models.training.train_generator import GeneratorTraining, train_generator
from models.training.train_guidance import GuidanceTraining, train_guidance
from models.training.train_residual import ResidualTraining, train_residual
from models.training.train_tokenizer import TokenizerTraining, train_tokenizer
from tests.models.evaluation.fakes import WordEncoder
from tests.models.training.little_captures import write_data

NETWORKS = ("tokenizer", "generator", "guidance", "residual", "evaluator")

# A large epsilon keeps AdamW from blowing rounding up: with the usual one, a step has the rate's size however small
# the gradient is.
COMMON: dict[str, Any] = {"warmup": 1, "epsilon": 1e-3, "save_every": 1}
SMALL = {"width": 32, "layers": 2, "heads": 2, "hidden": 32}


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accelerate keeps one state a process; each test is a run of its own, on the processor."""
    monkeypatch.setenv("ACCELERATE_USE_CPU", "yes")
    AcceleratorState._reset_state(True)
    GradientState._reset_state()


def exact() -> None:
    """Neither chance nor half precision: what a row gives must not depend on who computes it."""
    loop.fast_bfloat16 = lambda: False
    torch.nn.Dropout.forward = lambda self, x: x  # type: ignore[method-assign]


def train_all(data: Path, kept: Path, out: Path, batch: int) -> None:
    """Two steps of each network; `kept` holds the tables that the first run makes."""
    quiet, cancel, sources = ignore_progress, CancelToken(), find_sources([data])
    places = Places(kept, kept / "pairs", kept / "pairs")
    # With given codes, which lie far apart: new ones are near copies of few latents, and rounding would choose.
    tokens = TokenizerTraining(steps=2, batch=batch, **COMMON)
    train_tokenizer(sources, out / "tokenizer", tokens, quiet, cancel, kept / "start", tables=kept)
    generator = GeneratorTraining(
        pairs=8, text_steps=2, audio_steps=2, text_batch=batch, audio_batch=batch, network=SMALL, **COMMON
    )
    train_generator(sources, kept / "tokenizer", out / "generator", generator, quiet, cancel, places=places)
    guidance = GuidanceTraining(pairs=8, text_steps=2, audio_steps=2, batch=batch, **COMMON)
    train_guidance(sources, kept, out / "guidance", guidance, places, quiet, cancel)
    residual = ResidualTraining(pairs=8, steps=2, batch=batch, layers=1, **COMMON)
    train_residual(sources, kept / "tokenizer", places, out / "residual", residual, quiet, cancel)
    judge = EvaluatorTraining(steps=2, batch=2 * batch, window=48, **COMMON)
    train_evaluator.train_evaluator(data / "motion", out / "evaluator", judge, quiet, cancel, WordEncoder())


def share(rank: int, port: int, data: Path, kept: Path, out: Path, batch: int) -> None:
    os.environ.update(
        RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port),
        ACCELERATE_USE_CPU="yes",
    )  # fmt: skip
    torch.set_num_threads(1)
    exact()
    train_all(data, kept, out, batch)
    assert Processes().count == 2
    torch.distributed.destroy_process_group()


def in_processes(count: int, data: Path, kept: Path, out: Path, batch: int) -> None:
    """The trainings in processes that speak through gloo; one process needs none."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Not forked: threads of the tensor library do not survive that, and the children would wait for ever.
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=share, args=(rank, port, data, kept, out, batch)) for rank in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(500)
        if process.is_alive():
            process.kill()
        assert process.exitcode == 0


def weights(out: Path, network: str) -> dict[str, torch.Tensor]:
    state = torch.load(out / network / "state.pt", weights_only=True)
    found: dict[str, torch.Tensor] = state["network"]
    return found


def farthest(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> float:
    assert a.keys() == b.keys()
    return max(float((a[key].float() - b[key].float()).abs().max()) for key in a)


def test_two_processes_match_one_with_twice_the_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, kept = write_data(tmp_path / "data"), tmp_path / "kept"
    monkeypatch.setattr(loop, "fast_bfloat16", lambda: False)
    monkeypatch.setattr(torch.nn.Dropout, "forward", lambda self, x: x)
    torch.manual_seed(1)
    MotionTokenizer().save_pretrained(kept / "start", {})
    first = TokenizerTraining(steps=1, batch=4, residual_levels=1, warmup=1)
    train_tokenizer(find_sources([data]), kept / "tokenizer", first, ignore_progress, CancelToken(), tables=kept)
    teacher = MotionGenerator(GeneratorConfig(**SMALL)).eval()
    torch.nn.init.normal_(teacher.audio_branch.head.weight, std=0.1)
    teacher.save_pretrained(kept / "generator", {})
    train_all(data, kept, tmp_path / "whole", 4)
    train_all(data, kept, tmp_path / "half", 2)
    in_processes(2, data, kept, tmp_path / "shared", 2)
    apart, half_apart = {}, {}
    for network in NETWORKS:
        whole, half, shared = (weights(tmp_path / run, network) for run in ("whole", "half", "shared"))
        apart[network], half_apart[network] = farthest(whole, shared), farthest(whole, half)
    assert max(apart.values()) < 2e-5, apart
    assert min(half_apart.values()) > 2e-4, half_apart  # so the second process did count
    for network in NETWORKS:
        told = [tmp_path / run / network for run in ("whole", "shared")]
        curves = "audio/curves.csv" if network in ("generator", "guidance") else "curves.csv"
        one, two = ([float(x) for x in (folder / curves).read_text().splitlines()[1].split(",")] for folder in told)
        assert one == pytest.approx(two, rel=1e-3), network
        assert json.loads((told[0] / "config.json").read_text())["kind"]


def test_a_single_process_goes_its_own_way_untouched() -> None:
    PartialState._reset_state()
    alone = Processes()
    rows = torch.arange(6.0).view(3, 2).requires_grad_()
    assert (alone.count, alone.rank, alone.first) == (1, 0, True)
    assert alone.mean(rows) is rows and alone.all_rows(rows) is rows and alone.all_rows_learning(rows) is rows
    assert torch.equal(alone.own(rows), rows)
    with alone.first_alone():
        pass


def test_codebooks_lie_where_their_network_lies() -> None:
    codebook = torch.zeros(8, 4, device="meta")
    updater = CodebookUpdater(codebook, reset_statistics=True)
    assert updater.counts.device == updater.sums.device == codebook.device
    updater.initialise(torch.zeros(3, 4, device="meta"))
    assert updater.counts.device == codebook.device
    updater.keep()
    assert updater.counts.device == codebook.device
    moved = CodebookUpdater(torch.zeros(8, 4, dtype=torch.float64))
    moved.load_state_dict({"sums": torch.ones(8, 4), "counts": torch.ones(8)})
    assert moved.counts.dtype == torch.float64  # follows the codebook, not what was stored


def test_the_settings_of_earlier_runs_are_read(tmp_path: Path) -> None:
    from models.training.commands import _settings

    old = {"pairs": 12000, "text_steps": 1500, "audio_steps": 900, "text_rate": 3e-4, "audio_rate": 3e-4,
           "audio_batch": 48, "warmup": 60}  # fmt: skip
    (tmp_path / "gen.json").write_text(json.dumps(old))
    read = _settings(GeneratorTraining, tmp_path / "gen.json", {"seed": 5})
    assert read == replace(GeneratorTraining(), **old, seed=5)
    assert (read.variant, read.text_encoder, read.audio_encoder) == ("", "minilm", "logmel")
