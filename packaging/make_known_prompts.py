"""Writes resources/known_prompts: every wording of the captions with its sentence vector and its judges.

Run it after a change of models/training/captions.toml or of the text encoder: python packaging/make_known_prompts.py
"""

import json
import sys
import tomllib
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from safetensors.numpy import save_file

from models.known_prompts import FOLDER, JUDGES
from models.text_encoder import MiniLMEncoder


def entries() -> list[dict[str, object]]:
    """Each wording once, in a fixed order, sides filled in."""
    phrases = tomllib.loads((ROOT / "models" / "training" / "captions.toml").read_text("utf-8"))["phrases"]
    found: dict[str, list[str]] = {}
    for name in sorted(phrases):
        for text in phrases[name]:
            for side in ("left", "right") if "{s}" in text else ("",):
                judges = [judge.format(s=side) for judge in JUDGES.get(name, ()) if side or "{s}" not in judge]
                known = found.setdefault(text.format(s=side), [])
                known += [judge for judge in judges if judge not in known]
    return [{"text": text, "judges": judges} for text, judges in sorted(found.items())]


def main() -> None:
    """Write both files."""
    known = entries()
    vectors = MiniLMEncoder().encode([str(entry["text"]) for entry in known])
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "prompts.json").write_text(json.dumps(known, indent=0) + "\n", encoding="utf-8")
    save_file({"vectors": vectors.astype(np.float16)}, FOLDER / "vectors.safetensors")
    print(f"{len(known)} wordings in {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
