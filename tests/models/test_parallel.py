"""An iterator that runs ahead in another thread gives what it would give in this one."""

import threading
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from models.parallel import ahead, cores_for_two


def test_values_come_in_order_from_another_thread() -> None:
    threads = []

    def values() -> Iterator[Tensor]:
        for number in range(5):
            threads.append(threading.get_ident())
            yield torch.tensor(number)

    assert [int(value) for value in ahead(values(), torch.inference_mode)] == [0, 1, 2, 3, 4]
    assert len(set(threads)) == 1 and threads[0] != threading.get_ident()


def test_it_does_not_wait_for_its_reader() -> None:
    done = threading.Event()

    def values() -> Iterator[Tensor]:
        yield torch.zeros(1)
        yield torch.zeros(1)
        done.set()

    waiting = ahead(values(), torch.inference_mode)
    assert done.wait(10)
    assert len(list(waiting)) == 2


def test_what_it_raises_arrives_after_its_last_value() -> None:
    def values() -> Iterator[Tensor]:
        yield torch.tensor(7)
        raise ValueError("no eighth layer")

    waiting = ahead(values(), torch.inference_mode)
    assert int(next(waiting)) == 7
    with pytest.raises(ValueError, match="no eighth layer"):
        next(waiting)
    assert int(next(ahead(iter([torch.tensor(1)]), torch.inference_mode))) == 1  # the thread lives on


def test_its_mode_is_the_one_asked_for() -> None:
    def values() -> Iterator[Tensor]:
        yield torch.ones(1) * 2

    assert next(ahead(values(), torch.inference_mode)).is_inference()
    assert not next(ahead(values(), torch.no_grad)).is_inference()


def test_cores_are_halved_inside_only() -> None:
    before = torch.get_num_threads()
    try:
        for cores, half in ((1, 1), (2, 1), (5, 2)):
            torch.set_num_threads(cores)
            with pytest.raises(KeyError), cores_for_two():
                assert torch.get_num_threads() == half
                raise KeyError
            assert torch.get_num_threads() == cores
    finally:
        torch.set_num_threads(before)
