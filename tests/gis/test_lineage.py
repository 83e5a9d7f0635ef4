"""Parents and children exclude each other and meet, on both axes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pytest

from gis.act import Case, Needs, Outcome, Succession
from gis.errors import RuleBroken
from gis.lineage import descents, lineage_rules
from gis.profile import CityProfile
from gis.record import Write
from tests.city import City, square

PARCEL = "land.parcel"


@dataclass(frozen=True)
class Succeed:
    """A bare succession: what is written, and who replaced whom."""

    writes: tuple[Write, ...]
    succession: Succession
    verb: str = "test.succeed"

    def needs(self, profile: CityProfile) -> Needs:
        """Return the parents and children that exist."""
        return Needs(features={PARCEL: frozenset(w.feature_id for w in self.writes if w.feature_id > 0)})

    def decide(self, case: Case) -> Outcome:
        """Return both."""
        return Outcome(self.writes, (self.succession,))


def _write(city: City, feature_id: int, day: str, serial: int, *, abolished: bool = False) -> Write:
    number = {"cadastral_number": f"91001001{serial:03d}"}
    return Write(PARCEL, feature_id, city.act(day).period, square(serial, 0), number, abolished)


def _city(empty: City) -> City:
    return City(replace(empty.register, rules=lineage_rules([PARCEL]), followers=()), empty.profile)


def _split(city: City) -> tuple[int, int]:
    parent = city.put(PARCEL, square(1, 0), cadastral_number="91001001001")
    writes = (_write(city, parent, "2021-01-01", 1, abolished=True), _write(city, -1, "2021-01-01", 2))
    done = city.register.perform(Succeed(writes, Succession(PARCEL, "split", (parent,), (-1,))), city.act("2021-01-01"))
    return parent, done.features[-1]


def _refused(city: City, writes: Iterable[Write], day: str) -> set[str]:
    from gis.edit import Put  # noqa: PLC0415

    with pytest.raises(RuleBroken) as refused:
        city.register.perform(Put(tuple(writes)), city.act(day))
    return {v.rule for v in refused.value.data["violations"]}


def test_parent_or_children(empty_city: City) -> None:
    """An act whose validity outlives its object is refused, and names the descendants."""
    city = _city(empty_city)
    parent, child = _split(city)
    assert "register.lineage.parent-or-children" in _refused(
        city, [_write(city, parent, "2020-06-01", 1)], "2020-06-01"
    )
    with city.register.writing() as connection:
        assert [(d.parent, d.child, d.kind) for d in descents(connection, child, "infinity")] == [
            (parent, child, "split")
        ]


def test_children_meet_parents(empty_city: City) -> None:
    """Ending a parent before its children begin is refused, unless the children are treated too."""
    city = _city(empty_city)
    parent, child = _split(city)
    early = _write(city, parent, "2020-06-01", 1, abolished=True)
    assert _refused(city, [early], "2020-06-01") == {"register.lineage.children-meet-parents"}
    both = (early, _write(city, child, "2020-06-01", 2, abolished=True))
    assert city.register.perform(Succeed(both, Succession(PARCEL, "boundary", (parent,), (parent,))),
                                 city.act("2020-06-01")).number == 3  # fmt: skip


def test_acyclic(empty_city: City) -> None:
    """A child can't begin before the succession that made it."""
    city = _city(empty_city)
    _, child = _split(city)
    assert "register.lineage.acyclic" in _refused(city, [_write(city, child, "2020-06-01", 2)], "2020-06-01")
