"""The evaluator that ships: it finds held-out real motion by its captions, and not by those of the other hand."""

import hashlib

import numpy as np
import pytest

from models.checkpoint import WEIGHTS_NAME, bundled_weights
from models.evaluation.evaluator import MotionEvaluator
from models.evaluation.reference import Reference, pools, retrieval
from models.training.captions import captions


@pytest.fixture(scope="module")
def evaluator() -> MotionEvaluator:
    return MotionEvaluator.from_pretrained()


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.load()


def test_real_motion_is_found_by_its_captions(evaluator: MotionEvaluator, reference: Reference) -> None:
    random = np.random.default_rng(11)
    texts = reference.draw_captions(random)
    figures = retrieval(evaluator.embed_texts(texts), reference.embeddings, pools(reference, texts, random))
    assert figures["r_precision_1"] > 0.85
    assert figures["r_precision_3"] > 0.93
    shuffled = retrieval(
        evaluator.embed_texts(texts), reference.embeddings[random.permutation(len(texts))], [range(32), range(32, 64)]
    )
    assert shuffled["r_precision_3"] < 0.3  # chance is 0.09; some clips show the same action


def test_it_tells_left_from_right(evaluator: MotionEvaluator, reference: Reference) -> None:
    rows = [n for n, (content, _, _) in enumerate(reference.labels) if content.startswith(("wave-", "raise-up-"))]
    rows = [row for row in rows if "both" not in reference.labels[row][0]]
    assert len(rows) > 20
    right, wrong = [], []
    for row in rows:
        content, style, mirrored = reference.labels[row]
        right.append(min(text for text in captions(content, style, mirrored) if "left" in text or "right" in text))
        wrong.append(min(text for text in captions(content, style, not mirrored) if "left" in text or "right" in text))
    motions = reference.embeddings[rows]
    own, other = evaluator.embed_texts(right), evaluator.embed_texts(wrong)
    nearer = np.linalg.norm(own - motions, axis=1) < np.linalg.norm(other - motions, axis=1)
    assert nearer.mean() > 0.9


def test_its_files_are_the_listed_ones_with_a_card() -> None:
    folder = bundled_weights("evaluator")
    sums = dict(
        reversed(line.split()) for line in (folder.parent / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    )
    for name in (WEIGHTS_NAME, "reference.safetensors"):
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sums[f"evaluator/{name}"]
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "CC BY-NC 4.0" in card and "non-commercial" in card
    assert sum(path.stat().st_size for path in folder.iterdir()) < 4_000_000
