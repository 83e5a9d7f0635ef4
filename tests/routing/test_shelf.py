"""Orders kept on disk make a hierarchy at once, and a spoilt file costs nothing but time."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from routing.hierarchy import Hierarchy
from routing.metric import Metric
from routing.shelf import KEPT, Shelf
from routing.skeleton import Skeleton
from tests.routing.bent_town import town, weights_of


def matrix_of(seed: int, shelf: Shelf | None) -> Any:
    """Return the whole matrix of a town whose hierarchy is made with a shelf."""
    graph = town(seed)
    skeleton = Skeleton.plain(graph)
    metric = Metric(skeleton, weights_of(graph, seed), hierarchy=Hierarchy(skeleton, shelf))
    assert metric.accelerated
    return metric.matrix(range(graph.nodes), range(graph.nodes))


def refused() -> Any:
    """Stand for a search of an order that nobody needs."""
    raise AssertionError("an order was sought though one is kept")


def test_a_kept_order_is_found_again(tmp_path: Path) -> None:
    """By whoever comes later, and costs are the same."""
    expected = matrix_of(1, None)
    assert np.array_equal(matrix_of(1, Shelf(tmp_path)), expected)
    skeleton = Skeleton.plain(town(1))
    order = Shelf(tmp_path).order(skeleton, refused)
    assert np.array_equal(np.sort(order), np.arange(skeleton.nodes))
    assert np.array_equal(matrix_of(1, Shelf(tmp_path)), expected)


@pytest.mark.parametrize("spoilt", [b"", b"\x00" * 40, b"no order"])
def test_a_spoilt_file_is_replaced(tmp_path: Path, spoilt: bytes) -> None:
    """Cut short, or with one node many times over: another order is found and kept."""
    expected = matrix_of(1, Shelf(tmp_path))
    (file,) = tmp_path.glob("*.order")
    whole = file.read_bytes()
    for content in (spoilt, bytes(len(whole))):
        file.write_bytes(content)
        assert np.array_equal(matrix_of(1, Shelf(tmp_path)), expected)
        assert len(file.read_bytes()) == len(whole)
        Shelf(tmp_path).order(Skeleton.plain(town(1)), refused)


def test_other_streets_have_an_order_of_their_own(tmp_path: Path) -> None:
    """The folder doesn't grow without end."""
    for seed in range(KEPT + 3):
        matrix_of(seed, Shelf(tmp_path))
    assert len(list(tmp_path.glob("*.order"))) == KEPT


def test_a_folder_that_cannot_be_made_troubles_nobody(tmp_path: Path) -> None:
    """A file stands where the folder should."""
    (tmp_path / "here").write_text("taken")
    assert np.array_equal(matrix_of(1, Shelf(tmp_path / "here")), matrix_of(1, None))


def test_only_one_of_several_seeks_an_order(tmp_path: Path) -> None:
    """The others wait for it."""
    skeleton, sought = Skeleton.plain(town(2)), []
    begun = threading.Event()

    def seek() -> Any:
        sought.append(threading.get_ident())
        begun.wait(0.3)
        return np.arange(skeleton.nodes)

    askers = [threading.Thread(target=Shelf(tmp_path).order, args=(skeleton, seek)) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(sought) == 1
