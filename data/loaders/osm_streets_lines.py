"""Lines of the graph of streets: ways cut wherever another meets them or something stands, so that ends coincide."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from data.loaders.osm_streets_file import Place, Tags, Way
from data.loaders.osm_streets_tagging import Said
from gis.layer import Layer


@dataclass(slots=True)
class Line:
    """A feature to be of a layer of ways.

    Attributes:
        places: its course, in the direction in which it is drawn; its ends are nodes of the graph.
        tags: of the way that it is a part of.
        rows: how many rows of the source it stands for; flawed: how many of them have a defect.
    """

    layer: Layer
    said: Said
    places: tuple[Place, ...]
    tags: Tags = field(default_factory=dict)
    rows: int = 0
    flawed: int = 0

    @property
    def ends(self) -> tuple[Place, Place]:
        """Where it begins and where it ends."""
        return self.places[0], self.places[-1]

    @property
    def length(self) -> float:
        """Metres."""
        steps = np.diff(np.array(self.places), axis=0)
        return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def present_runs(way: Way, places: Mapping[int, Place]) -> Iterator[list[int]]:
    """Yield the runs of a way's nodes that the extract has; what lies between was cut off by its edge."""
    run: list[int] = []
    for ref in way.refs:
        if ref in places:
            run.append(ref)
            continue
        if len(run) > 1:
            yield run
        run = []
    if len(run) > 1:
        yield run


def stops_of(runs: Iterable[Sequence[int]], standing: Collection[int]) -> set[int]:
    """Return the nodes at which ways are cut: those that are met more than once, ends, and where something stands."""
    met: Counter[int] = Counter()
    ends: set[int] = set()
    for run in runs:
        met.update(run)
        ends |= {run[0], run[-1]}
    return ends | {node for node, times in met.items() if times > 1 or node in standing}


def parted(run: Sequence[int], stops: Collection[int], places: Mapping[int, Place]) -> Iterator[tuple[Place, ...]]:
    """Yield the courses between stops; one that returns to where it began is cut once more, in its middle."""
    cuts = [i for i, node in enumerate(run) if node in stops]
    for start, stop in pairwise(cuts):
        course = _distinct([places[node] for node in run[start : stop + 1]])
        if len(course) < 2:
            continue
        if course[0] != course[-1]:
            yield course
        elif len(course) > 2:
            middle = len(course) // 2
            yield course[: middle + 1]
            yield course[middle:]


def _distinct(course: Sequence[Place]) -> tuple[Place, ...]:
    """Return a course without points that repeat the one before them."""
    return tuple(course[:1]) + tuple(b for a, b in pairwise(course) if a != b)


def ending_at(lines: Sequence[Line]) -> dict[Place, list[tuple[int, bool]]]:
    """Return what ends at each node: a line's index, and whether it begins there."""
    found: dict[Place, list[tuple[int, bool]]] = defaultdict(list)
    for i, line in enumerate(lines):
        begin, end = line.ends
        found[begin].append((i, True))
        found[end].append((i, False))
    return found
