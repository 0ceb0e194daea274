"""Writes resources/known_prompts: every wording of the captions with its sentence vector and its judges.

Run it after a change of models/training/captions.toml or of the text encoder: python packaging/make_known_prompts.py
"""

import json
import re
import sys
import tomllib
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from safetensors.numpy import save_file

from models.known_prompts import BOTH_HANDS, FOLDER, JUDGES
from models.text_encoder import MiniLMEncoder


def entries() -> list[dict[str, object]]:
    """Each wording once, in a fixed order, sides filled in; the first wording of an action is its plain one."""
    phrases = tomllib.loads((ROOT / "models" / "training" / "captions.toml").read_text("utf-8"))["phrases"]
    found: dict[str, tuple[list[str], str]] = {}
    for name in sorted(phrases):
        sided = next((text for text in phrases[name] if "{s}" in text), None)
        for text in phrases[name]:
            for side in ("left", "right") if "{s}" in text else ("",):
                asked = JUDGES.get(name, ())
                of_side = bool(side) and any("{s}" in judge for judge in asked)
                judges = [judge.format(s=side) for judge in asked if ("{s}" in judge) == of_side]
                if re.search(r"\b(hands|palms)\b", text):
                    judges = [BOTH_HANDS.get(judge, judge) for judge in judges]
                plain = (sided or phrases[name][0]).format(s=side) if side else phrases[name][0].format(s="one")
                known, _ = found.setdefault(
                    text.format(s=side), ([], text if "{s}" in phrases[name][0] and not side else plain)
                )
                known += [judge for judge in judges if judge not in known]
    return [{"text": text, "judges": judges, "plain": plain} for text, (judges, plain) in sorted(found.items())]


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
