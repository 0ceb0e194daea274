"""Our MiniLM against the one of transformers: the same tokens and the same numbers, bit for bit."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from models.text_encoder import MiniLMEncoder, minilm_folder

TEXTS = (
    "wave",
    "Wave the RIGHT hand, slowly!",
    "",
    "naïve Ärger 漢字 👋🏽\tand a tab",
    "[CLS] is no command",
    " ".join(["bow deeply and wave"] * 40),
)


@pytest.fixture(scope="module")
def encoder() -> MiniLMEncoder:
    return MiniLMEncoder()


def published(texts: list[str]) -> np.ndarray:
    """Sentence vectors by the library that the weights were published for."""
    from transformers import AutoModel, AutoTokenizer

    place = minilm_folder()
    tokenizer = AutoTokenizer.from_pretrained(place, local_files_only=True)
    model = AutoModel.from_pretrained(place, local_files_only=True, use_safetensors=True).eval()
    batch = tokenizer(texts, padding=True, truncation=True, max_length=64, return_tensors="pt")
    with torch.inference_mode():
        hidden = model(**batch).last_hidden_state
        mask = batch["attention_mask"][..., None].float()
        return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1).numpy()


def test_vectors_are_those_of_transformers_to_the_last_bit(encoder):
    together = sorted(TEXTS, key=len)  # as the encoder lays a batch
    np.testing.assert_array_equal(encoder.encode(together), published(together))
    np.testing.assert_array_equal(encoder.encode(TEXTS[1:2]), published([TEXTS[1]]))  # nothing is padded


def test_the_networks_load_without_the_transformers_package():
    code = (
        "import sys\n"
        "from app.model_source import InstalledModels\n"
        "InstalledModels().motion()\n"
        "assert 'torch' in sys.modules\n"
        "slow = {'transformers', 'sklearn', 'torch._dynamo'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_the_text_encoder_tells_hands_apart_and_repeats_itself() -> None:
    encoder = MiniLMEncoder()
    texts = ["wave with the right hand", "wave with the left hand", "take a bow"]
    vectors = encoder.encode(texts)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(encoder.encode(texts[::-1])[::-1], vectors, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert np.linalg.norm(vectors[0] - vectors[1]) > 0.1
