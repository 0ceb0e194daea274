"""Draws the sample portraits and writes them with their rigs to resources/sample.

The pictures are bundled, so only who changes the drawing needs this: `python packaging/make_portraits.py`.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

from PIL import Image
from sample_drawing import people


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Draw the sample portraits.")
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "sample", help="folder to write to")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for sample in people.SAMPLES:
        Image.fromarray(people.draw(sample)).save(out / f"{sample.name}.png", optimize=True)
        (out / f"{sample.name}.rig.json").write_text(people.rig(sample).to_json() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
