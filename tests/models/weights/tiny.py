"""A small set of weights as the registry would name it, with files of each kind."""

import hashlib
import json
import struct

from models.weights.entry import HubSource, Licence, WeightEntry, WeightFile
from tests.models.weights.hub_server import COMMIT, FakeHub

CONFIG = b'{"width": 4}\n'


def safetensors_bytes(numbers: int = 2500, seed: int = 7) -> bytes:
    """A valid file with one float32 tensor."""
    data = b"".join(struct.pack("<f", (seed * n % 251) / 8) for n in range(numbers))
    header = json.dumps({"w": {"dtype": "F32", "shape": [numbers], "data_offsets": [0, len(data)]}}).encode()
    return struct.pack("<Q", len(header)) + header + data


WEIGHTS = safetensors_bytes()

LICENCE = Licence("Test terms", "https://example.org/terms", "Only for tests.")


def tiny_entry(*, known: bool = True, revision: str = COMMIT, extra: tuple[WeightFile, ...] = ()) -> WeightEntry:
    """`tests/tiny`; `known`: the registry has size and checksum of the large file."""
    digest = hashlib.sha256(WEIGHTS).hexdigest()
    large = WeightFile("net/model.safetensors", len(WEIGHTS), digest) if known else WeightFile("net/model.safetensors")
    return WeightEntry(
        name="tiny",
        title="Tiny network",
        purpose="Tests downloads.",
        needed_by="tests",
        files=(WeightFile("config.json"), large, *extra, WeightFile("LICENSE", optional=True)),
        licence=LICENCE,
        source=HubSource("tests/tiny", revision),
        backends=("tiny",),
    )


def serve(hub: FakeHub) -> None:
    """Put the files on the hub."""
    hub.files = {"config.json": CONFIG, "net/model.safetensors": WEIGHTS}
    hub.large = {"net/model.safetensors"}
