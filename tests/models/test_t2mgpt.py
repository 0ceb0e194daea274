"""Import of published T2M-GPT tokenizers: the reference's own names, codes, motions and losses."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional

from core.features import encode
from models.checkpoint import CheckpointError
from models.t2mgpt import T2MGPTTokenizer, config_of, from_state, main, our_key, read_checkpoint
from models.tokenizer import MotionTokenizer, TokenizerConfig
from tests.models.synthetic import standing

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "tokenizer"


@pytest.fixture(scope="module")
def reference() -> dict[str, torch.Tensor]:
    return load_file(FIXTURES / "t2mgpt_small.safetensors") | load_file(FIXTURES / "t2mgpt_lengths.safetensors")


@pytest.fixture(scope="module")
def state(reference: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {key.removeprefix("state."): value for key, value in reference.items() if key.startswith("state.")}


@pytest.fixture(scope="module")
def tokenizer(state: dict[str, torch.Tensor]) -> T2MGPTTokenizer:
    return from_state(state, np.zeros(263), np.ones(263))


def test_codes_motions_and_losses_are_the_reference_s(
    tokenizer: T2MGPTTokenizer, reference: dict[str, torch.Tensor]
) -> None:
    x = reference["x"]
    with torch.no_grad():
        latents = tokenizer.latents(x)
        codes = tokenizer.nearest_codes(latents)
        made = tokenizer.decode_latents(tokenizer.codebook[codes])
    assert torch.equal(codes, reference["codes"].long())
    torch.testing.assert_close(made, reference["out"], atol=2e-5, rtol=1e-5)
    commitment = functional.mse_loss(latents, tokenizer.codebook[codes])
    for name, loss in (
        ("l1_smooth", functional.smooth_l1_loss), ("l2", functional.mse_loss), ("l1", functional.l1_loss)
    ):  # fmt: skip
        found = torch.stack([loss(made, x), loss(made[..., 4:67], x[..., 4:67]), commitment])
        torch.testing.assert_close(found, reference[f"loss.{name}"], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("length", [4, 7, 61, 119, 198])
def test_every_length_decodes_as_the_reference(
    tokenizer: T2MGPTTokenizer, reference: dict[str, torch.Tensor], length: int
) -> None:
    codes = reference[f"len{length}.codes"][0].numpy()
    assert len(codes) == length // 4
    np.testing.assert_allclose(tokenizer.decode(codes), reference[f"len{length}.out"][0].numpy(), atol=2e-5)


def test_a_batch_of_codes_is_one_sequence_in_the_reference(
    tokenizer: T2MGPTTokenizer, reference: dict[str, torch.Tensor]
) -> None:
    flat = tokenizer.decode(reference["codes"].reshape(-1).numpy())
    np.testing.assert_allclose(flat, reference["decode_flattened_batch"][0].numpy(), atol=2e-5)
    assert not np.allclose(flat[:64], reference["out"][0].numpy(), atol=1e-3)  # neighbours look across the seam


def test_the_published_size_fits_name_by_name() -> None:
    published = json.loads((FIXTURES / "vqvae_t2mgpt_fullsize_shapes.json").read_text(encoding="utf-8"))["state_dict"]
    shapes = {key.removeprefix("vqvae."): tuple(shape) for key, shape in published.items()}
    assert len(shapes) == 67
    config = config_of({key: torch.empty(shape, device="meta") for key, shape in shapes.items()})
    assert config == TokenizerConfig(width=512, code_dim=512, depth=3, codes=512, levels=2)
    with torch.device("meta"):
        ours = {key: tuple(value.shape) for key, value in MotionTokenizer(config).state_dict().items()}
    assert {our_key(key, 2): shape for key, shape in shapes.items()} == {
        key: shape for key, shape in ours.items() if key not in ("mean", "std")
    }


def test_a_checkpoint_file_comes_with_its_statistics(
    tmp_path: Path, state: dict[str, torch.Tensor], capsys: pytest.CaptureFixture[str]
) -> None:
    meta = tmp_path / "meta"
    meta.mkdir()
    with pytest.raises(CheckpointError, match="no checkpoint"):
        read_checkpoint(tmp_path / "net_last.pth")
    torch.save({"net": {f"module.{key}": value for key, value in state.items()}}, tmp_path / "net_last.pth")
    with pytest.raises(CheckpointError, match="the mean of the features must be 263 numbers"):
        from_state(state, np.zeros(5), np.ones(263))
    assert main([str(tmp_path / "net_last.pth"), "--statistics", str(meta), "--out", str(tmp_path / "w")]) == 1
    assert "holds no mean.npy" in capsys.readouterr().err
    mean = np.linspace(-1.0, 1.0, 263).astype(np.float32)
    np.save(meta / "mean.npy", mean)
    np.save(meta / "std.npy", np.full(263, 0.5, dtype=np.float32))
    assert main([str(tmp_path / "net_last.pth"), "--statistics", str(meta), "--out", str(tmp_path / "w")]) == 0
    again = T2MGPTTokenizer.from_pretrained(tmp_path / "w")
    assert torch.equal(again.codebook, state["vqvae.quantizer.codebook"])
    np.testing.assert_array_equal(again.mean.numpy(), mean)
    joints = standing(41) + 0.02 * np.random.default_rng(0).normal(size=(41, 22, 3)).cumsum(0) * 0.05
    published = again.encode_features(encode(joints, "published"))
    assert np.array_equal(again.encode(joints), published)  # joints take the data set's own mode


def test_what_is_no_such_tokenizer_is_refused(tmp_path: Path, state: dict[str, torch.Tensor]) -> None:
    with pytest.raises(CheckpointError, match="no T2M-GPT tokenizer"):
        from_state({"weight": torch.zeros(3)}, np.zeros(263), np.ones(263))
    with pytest.raises(CheckpointError, match="does not fit"):
        from_state({k: v for k, v in state.items() if not k.endswith("decoder.model.6.bias")}, [0] * 263, [1] * 263)
    with pytest.raises(CheckpointError, match="no T2M-GPT tokenizer has"):
        from_state(state | {"vqvae.extra": torch.zeros(1)}, np.zeros(263), np.ones(263))
    with pytest.raises(CheckpointError, match="251 features"):
        narrow = dict(state)
        narrow["vqvae.encoder.model.0.weight"] = torch.zeros(64, 251, 3)
        from_state(narrow, np.zeros(263), np.ones(263))
    save_file({"x": torch.zeros(1)}, tmp_path / "a.safetensors")
    (tmp_path / "a.pth").write_bytes(b"nothing")
    with pytest.raises(CheckpointError, match="cannot be read"):
        read_checkpoint(tmp_path / "a.pth")


def test_files_that_are_something_else_are_named_in_one_sentence(
    tmp_path: Path, state: dict[str, torch.Tensor], capsys: pytest.CaptureFixture[str]
) -> None:
    meta, out, good = tmp_path / "meta", tmp_path / "w", tmp_path / "net_last.pth"
    meta.mkdir()
    torch.save({"net": state}, good)

    def statistics() -> None:
        np.save(meta / "mean.npy", np.zeros(263, dtype=np.float32))
        np.save(meta / "std.npy", np.ones(263, dtype=np.float32))

    def refused(checkpoint: Path, named: Path, words: str, target: Path = out) -> None:
        assert main([str(checkpoint), "--statistics", str(meta), "--out", str(target)]) == 1
        said = capsys.readouterr().err
        assert said.startswith(f"t2mgpt: {named}") and words in said and said.count("\n") == 1

    statistics()
    for name, content, words in (
        ("text.pth", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 89\n", "cannot be read as a"),
        ("page.pth", b"<!DOCTYPE html>\n<html>\n", "cannot be read as a checkpoint"),
        ("half.pth", good.read_bytes()[:5000], "cannot be read as a checkpoint"),
        ("empty.pth", b"", "is empty"), ("empty.safetensors", b"", "cannot be read as a checkpoint"),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(content)
        refused(tmp_path / name, tmp_path / name, words)
    for name, given, words in (
        ("list.pth", [1, 2], "holds no state dict"), ("numbered.pth", {1: torch.zeros(2)}, "holds no state dict"),
        ("flat.pth", state | {"vqvae.encoder.model.0.weight": torch.zeros(64)}, "model.0.weight of shape (64,)"),
        ("book.pth", state | {"vqvae.quantizer.codebook": torch.zeros(512)}, "quantizer.codebook of shape (512,)"),
        ("none.pth", state | {"vqvae.quantizer.codebook": torch.zeros(0, 64)}, "quantizer.codebook of shape (0, 64)"),
        ("nan.pth", {k: v * (np.nan if "codebook" in k else 1.0) for k, v in state.items()}, "numbers in its part c"),
        ("part.pth", {k: v for k, v in state.items() if not k.endswith("decoder.model.6.bias")}, "does not fit"),
    ):  # fmt: skip
        torch.save(given, tmp_path / name)
        refused(tmp_path / name, tmp_path / name, words)
    wrong = (
        (b"0.1 0.2\n", "cannot be read as .npy"), (b"", "cannot be read as .npy"), (b"PK\x03\x04", "cannot be read"),
        (np.zeros(5), "must be 263 numbers, not float64 of shape (5,)"), (np.full(263, "x"), "must be 263 numbers"),
        (np.full(263, np.nan), "must be finite numbers"),
    )  # fmt: skip
    for file in (meta / "mean.npy", meta / "std.npy"):
        for content, words in wrong:
            if isinstance(content, bytes):
                file.write_bytes(content)
            else:
                np.save(file, content)
            refused(good, file, words)
        statistics()
    np.save(meta / "std.npy", np.zeros(263))
    refused(good, meta / "std.npy", "must be finite numbers above 0")
    statistics()
    out.write_text("mine")
    refused(good, out, "is a file; give --out the weights folder")
    refused(good, out / "below", "cannot be written: Not a directory", out / "below")
    assert out.read_text() == "mine"
