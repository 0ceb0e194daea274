"""A card that is none: tensors that say they are elsewhere, compute on the processor, and refuse what a card refuses.

What no card would do fails: tensors of the processor and of the card in one operation (but for single numbers and
indices), float64 on the card where it is forbidden as on Apple's, reading a card's tensor without bringing it back. It
calls itself "meta", because torch lets only devices be named that it was built for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

CARD = torch.device("meta")

_ACROSS = ("aten.copy_.", "aten._to_copy.")
_SLOW = "aten.convolution."
"""What a processor does in half precision many times slower than in float32."""

_INDICES = ("aten.index.", "aten.index_put", "aten._index_put")


class OnCard(torch.Tensor):
    """A tensor on the card; `inner` has its numbers."""

    inner: torch.Tensor

    @staticmethod
    def __new__(cls, inner: torch.Tensor) -> "OnCard":
        return torch.Tensor._make_wrapper_subclass(  # type: ignore[attr-defined, no-any-return]
            cls, inner.shape, strides=inner.stride(), storage_offset=inner.storage_offset(), dtype=inner.dtype,
            device=CARD,
        )  # fmt: skip

    def __init__(self, inner: torch.Tensor) -> None:
        self.inner = inner

    @classmethod
    def __torch_dispatch__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise AssertionError(f"{function} on the card outside of the test's card")


class Card(TorchDispatchMode):
    """The card.

    Attributes:
        doubles: whether it has float64.
        limit: bytes of what one operation may make, None for no limit; above it the card's memory runs out.
        operations: that were done there.
        largest: bytes of the largest tensor that one of them made.
    """

    def __init__(self, *, doubles: bool = True, limit: int | None = None) -> None:
        super().__init__()
        self.doubles = doubles
        self.limit = limit
        self.operations = 0
        self.largest = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function is torch.ops.aten.detach.default and isinstance(args[0], OnCard):
            return OnCard(function(args[0].inner))  # most operations are this one, while networks are moved
        given = dict(kwargs or {})
        name = str(function)
        leaves: list[torch.Tensor] = []
        args, given = _unwrapped(args, leaves), _unwrapped(given, leaves)
        there = [leaf for leaf in leaves if isinstance(leaf, OnCard)]
        here = [leaf for leaf in leaves if not isinstance(leaf, OnCard) and leaf.ndim > 0]
        if any(leaf.device.type == CARD.type for leaf in here):
            raise AssertionError(f"{name}: a tensor without numbers")
        device = given.get("device")
        target = bool(there) if device is None else torch.device(device).type == CARD.type
        if device is not None:
            given["device"] = torch.device("cpu")
        if there and here and not name.startswith((*_ACROSS, *_INDICES)):
            raise AssertionError(f"{name}: tensors on the card and on the processor")
        if name.startswith("aten.copy_."):
            target = isinstance(leaves[0], OnCard)
        made = _in_float32(function, args) if name.startswith(_SLOW) and args[0].dtype == torch.float16 else None
        made = function(*args, **given) if made is None else made
        if not target:
            return made
        self.operations += 1
        found = {id(leaf.inner): leaf for leaf in there}
        if isinstance(made, (tuple, list)):
            return type(made)(self._wrapped(x, found, name) if isinstance(x, torch.Tensor) else x for x in made)
        return self._wrapped(made, found, name) if isinstance(made, torch.Tensor) else made

    def _wrapped(self, made: torch.Tensor, found: dict[int, OnCard], name: str) -> OnCard:
        if id(made) in found:
            return found[id(made)]
        if made.dtype == torch.float64 and not self.doubles:
            raise AssertionError(f"{name}: this card has no float64")
        size = 0 if made._is_view() else made.numel() * made.element_size()
        self.largest = max(self.largest, size)
        if self.limit is not None and size > self.limit:
            raise torch.OutOfMemoryError(f"the card is out of memory: {name} wants {tuple(made.shape)}")
        return OnCard(made)


def _in_float32(function: Any, args: Any) -> torch.Tensor:
    """The result in half precision, summed in float32 as cards do; too large a number becomes infinite here, too."""
    made: torch.Tensor = function(*(x.float() if isinstance(x, torch.Tensor) else x for x in args))
    return made.half()


def _unwrapped(value: Any, leaves: list[torch.Tensor]) -> Any:
    """The same with the numbers of what is on the card; all tensors are noted. By hand: there are many operations."""
    if isinstance(value, torch.Tensor):
        leaves.append(value)
        return value.inner if isinstance(value, OnCard) else value
    if isinstance(value, (tuple, list)):
        return type(value)([_unwrapped(part, leaves) for part in value])
    if isinstance(value, dict):
        return {key: _unwrapped(part, leaves) for key, part in value.items()}
    return value


@contextmanager
def card(**options: Any) -> Iterator[Card]:
    """The card, for a while."""
    # Else torch puts new data under the old parameter, of which `inner` knows nothing.
    usual = torch.__future__.get_overwrite_module_params_on_conversion()
    torch.__future__.set_overwrite_module_params_on_conversion(True)
    try:
        with Card(**options) as there, torch.no_grad():
            yield there
    finally:
        torch.__future__.set_overwrite_module_params_on_conversion(usual)
