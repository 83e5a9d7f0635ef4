"""States that follow each other in an order: what may come after what, told of each act by itself.

An act is held against what stood at the moment from which it takes effect, so two steps may be made on one day, each
by its own act, but none may be skipped.
"""

from collections.abc import Callable, Iterator, Mapping

from gis.act import Case, Outcome
from gis.record import Version, Write, at
from gis.rules import Violation


def skipped(
    layer: str, order: Mapping[str, tuple[str, ...]], tell: Callable[[int, str], Violation]
) -> Callable[[Case, Outcome], Iterator[Violation]]:
    """Return the function of a rule that finds acts which change a layer's ``state`` out of its order.

    Args:
        layer: its name.
        order: the states that may follow each state.
        tell: makes the violation of a feature, given what was found.
    """

    def found(case: Case, outcome: Outcome) -> Iterator[Violation]:
        for write in outcome.writes:
            step = None if write.layer != layer else _step(case, write)
            if step is not None and step[1] not in order.get(step[0], ()):
                yield tell(write.feature_id, f"{step[0]} -> {step[1]}")

    return found


def _step(case: Case, write: Write) -> tuple[str, str] | None:
    """Return the states before and after a write; ``None`` where it begins or ends a feature, or changes none."""
    before = _standing(case, write)
    if before is None or write.abolished:
        return None
    was, becomes = str(before.attributes["state"]), str(write.attributes["state"])
    return None if was == becomes else (was, becomes)


def _standing(case: Case, write: Write) -> Version | None:
    start = write.valid.start
    before = None if start is None else at(case.timeline(write.layer, write.feature_id), start)
    return None if before is None or before.abolished else before
