"""The weights that the program knows: what they are, where they lie, how they stand, and how they come here.

What a backend needs of it:

    from models import weights

    entry = weights.find("svd-xt-1-1")     # raises UnknownWeights for a name that is not in the registry
    entry.state()                          # "absent", "partial", "ready" or "damaged"; quick, no bytes are read
    entry.folder()                         # where the files lie once ready, laid out as in their repository
    entry.path("vae/config.json")          # one of them; a pickle is found under its safetensors name too
    entry.require()                        # the folder, or WeightsMissing with the sentence to show
    entry.missing_message()                # that sentence: what is missing and how to get it

`weights.missing_for("versa")` gives the entries that a backend cannot work without and that are not ready. Pickles
never lie in an entry's folder: they are converted when they come. Nothing in this package imports torch, so the window
may use it; downloading (`weights.install`) imports huggingface_hub when it begins.

Downloads lie in the folder `models` of the program's own folder, or where VERSA_MODELS or the setting says. HF_ENDPOINT
or the setting names a mirror; HF_TOKEN, the stored token or the hub's own login opens gated repositories.
"""

from models.weights.entry import WeightEntry, WeightFile, WeightsMissing, WeightState, size_text
from models.weights.registry import ENTRIES
from models.weights.store import WeightsError

__all__ = [
    "ENTRIES",
    "UnknownWeights",
    "WeightEntry",
    "WeightFile",
    "WeightState",
    "WeightsError",
    "WeightsMissing",
    "find",
    "missing_for",
    "size_text",
]


class UnknownWeights(WeightsError):
    """There are no weights of that name."""


def find(name: str) -> WeightEntry:
    """Return the entry of that name.

    Raises:
        UnknownWeights: there is none; the message lists those that there are.
    """
    for entry in ENTRIES:
        if entry.name == name:
            return entry
    raise UnknownWeights(f"there are no weights {name!r}; there are: {', '.join(entry.name for entry in ENTRIES)}")


def missing_for(backend: str) -> tuple[WeightEntry, ...]:
    """Return what a backend cannot work without and that is not ready."""
    return tuple(entry for entry in ENTRIES if backend in entry.backends and entry.state() != "ready")
