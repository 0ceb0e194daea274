"""Several processes, one a card, that train one network together: `accelerate launch -m app train ...`.

Every process draws the whole batch of a step, which its number and the seed decide, and works on its own rows. Losses
are sums over rows divided by the counts of all processes, and gradients are averaged, so N processes with a batch B do
what one does with N times B. A single process goes through none of this.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final, TypeVar

import torch
from accelerate import PartialState
from accelerate.utils import broadcast, gather, reduce
from torch import Tensor

from core.cancel import Cancelled, CancelToken, ProgressCallback, ignore_progress

_PATIENCE: Final = timedelta(hours=24)
"""How long the others wait for the first process, which reads the data alone."""

Item = TypeVar("Item")


class Processes:
    """This process among those that train together.

    Attributes:
        device: where it computes.
        count: processes in all.
        rank: number of this one.
        first: whether it is the one that writes files and tells progress.
    """

    def __init__(self) -> None:
        cpu = os.environ.get("ACCELERATE_USE_CPU", "").lower() in ("1", "yes", "true")
        together = int(os.environ.get("WORLD_SIZE", "1")) > 1
        options: dict[str, Any] = {"timeout": _PATIENCE} if together else {}
        self._state: Any = PartialState(cpu=cpu, **options)
        self.device: torch.device = self._state.device
        self.count: int = self._state.num_processes
        self.rank: int = self._state.process_index
        self.first: bool = self._state.is_main_process

    def own(self, rows: Tensor) -> Tensor:
        """This process's rows of a batch that all processes drew alike, on its device."""
        size = len(rows) // self.count
        return rows[self.rank * size : (self.rank + 1) * size].to(self.device)

    def mean(self, values: Tensor) -> Tensor:
        """Mean of a tensor over the processes."""
        return values if self.count == 1 else reduce(values.detach(), "mean")

    def all_rows(self, rows: Tensor) -> Tensor:
        """Rows of all processes behind each other, in order of their numbers; no gradient goes through."""
        if self.count == 1:
            return rows
        plain = rows.to(torch.uint8) if rows.dtype == torch.bool else rows  # not every backend knows truth values
        return gather(plain.detach().contiguous()).to(rows.dtype)

    def all_rows_learning(self, rows: Tensor) -> Tensor:
        """The same, with the gradient of this process's own rows.

        A loss over all rows that every process computes must then be multiplied by `count`, since gradients are
        averaged and each process brings the part of its rows only.
        """
        if self.count == 1:
            return rows
        every = list(self.all_rows(rows).split(len(rows)))
        every[self.rank] = rows
        return torch.cat(every)

    def whole(self, value: Tensor) -> Tensor:
        """A value of the network itself beside `all_rows_learning`: its gradient comes whole from every process."""
        return value if self.count == 1 else value / self.count + value.detach() * (1 - 1 / self.count)

    def average_gradients(self, parameters: Iterable[torch.nn.Parameter]) -> None:
        """Replace gradients by their means over the processes; one that a process lacks counts as zero there."""
        if self.count == 1:
            return
        learning = [parameter for parameter in parameters if parameter.requires_grad]
        for parameter in learning:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        flat = self.mean(torch.cat([_gradient(parameter).reshape(-1) for parameter in learning]))
        sizes = [parameter.numel() for parameter in learning]
        for parameter, part in zip(learning, flat.split(sizes), strict=True):
            _gradient(parameter).copy_(part.view_as(parameter))

    def descend(
        self,
        loss: Tensor,
        optimizer: torch.optim.Optimizer,
        learning: Sequence[torch.nn.Parameter],
        clip_norm: float,
    ) -> None:
        """One step of an optimiser along the gradient of all processes, whose norm is held below `clip_norm`."""
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.average_gradients(learning)
        torch.nn.utils.clip_grad_norm_(learning, clip_norm)
        optimizer.step()

    def follow_first(self, tensors: Sequence[Tensor]) -> None:
        """Overwrite tensors by those of the first process, so that rounding does not let the processes drift apart."""
        if self.count > 1:
            for tensor in tensors:
                tensor.copy_(broadcast(tensor.clone()))

    def stopped(self, cancel: CancelToken) -> bool:
        """Whether any process was asked to stop; all of them then stop at the same step."""
        if self.count == 1:
            return cancel.cancelled
        asked = self.mean(torch.tensor(float(cancel.cancelled), device=self.device))
        return float(asked) > 0

    def check(self, cancel: CancelToken) -> None:
        """Raise `Cancelled` if any process was asked to stop."""
        if self.stopped(cancel):
            raise Cancelled

    def progress(self, report: ProgressCallback) -> ProgressCallback:
        """Where this process tells progress: only the first one is heard."""
        return report if self.first else ignore_progress

    @contextmanager
    def first_alone(self) -> Iterator[None]:
        """The first process does something, such as building a table, before the others read what it left."""
        if self.count == 1:
            yield
        else:
            with self._state.main_process_first():
                yield

    def wait(self) -> None:
        """Go on when all processes are here."""
        if self.count > 1:
            self._state.wait_for_everyone()


def _gradient(parameter: torch.nn.Parameter) -> Tensor:
    assert parameter.grad is not None
    return parameter.grad
