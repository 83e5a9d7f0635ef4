"""Names of streets, places and units: the four in which one is kept, and what becomes of those that it gives up.

A feature's ``name`` is what stands on the plate; ``name_kk``, ``name_ru`` and ``name_en`` are its names in the
register's languages. A name given up becomes an alias, so that whoever remembers it still finds the place.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from cadastres.address.model import ALIAS
from gis.act import Case
from gis.record import NOWHERE, Period, Version, Write

Names = Mapping[str, str | None]

FIELDS: Final = ("name", "name_kk", "name_ru", "name_en")
"""The fields of :data:`cadastres.fields.NAMES`."""

FORMER: Final = "former"
"""Kind of an alias that once was the name."""


def tidy(text: str | None) -> str | None:
    """Return a name without blanks around it and with single ones inside; a blank one stays blank, to be refused.

    >>> tidy("  Абай   көшесі ")
    'Абай көшесі'
    """
    return None if text is None else " ".join(text.split())


def given(names: Names) -> dict[str, Any]:
    """Return the four names as an act gives them; what stands on the plate is by default the Kazakh name.

    >>> given({"name_kk": "Абай көшесі", "name_ru": "Улица Абая"})["name"]
    'Абай көшесі'
    """
    said = {name: tidy(names.get(name)) for name in FIELDS}
    plate = said["name"] if said["name"] is not None else said["name_kk"] or said["name_ru"] or said["name_en"]
    return {**said, "name": plate}


def of(attributes: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the four names of a version."""
    return {name: attributes.get(name) for name in FIELDS}


def lost(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the names that one version has and another has under no field; the rest are ``None``.

    >>> lost({"name": "Ленин көшесі", "name_ru": "Улица Ленина"}, {"name": "Абай көшесі", "name_ru": "Улица Ленина"})
    {'name': 'Ленин көшесі', 'name_kk': None, 'name_ru': None, 'name_en': None}
    """
    kept = set(of(after).values())
    return {field: None if name in kept else name for field, name in of(before).items()}


def successor(said: str | None, old: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
    """Return what a text that spells a place's name should spell after it got another; other texts stay.

    >>> successor("Улица Ленина", {"name": "Ленин к-сі", "name_ru": "Улица Ленина"}, {"name_ru": "Улица Абая"})
    'Улица Абая'
    """
    spelled = next((name for name in FIELDS if said is not None and old.get(name) == said), None)
    return said if spelled is None else new.get(spelled) or new.get("name")


def aliases(
    case: Case, place: int, old: Iterable[Names], *, ids: Iterator[int], period: Period | None = None
) -> Iterator[Write]:
    """Yield new aliases of a place, one for each set of names given up that it does not bear already.

    Args:
        case: with the aliases that the place has.
        place: feature id; negative for one that the act makes.
        old: the names given up.
        ids: negative ids of new features, not used elsewhere in the act.
        period: from when on; by default the act's.
    """
    known = [of(v.attributes) for v in current(case, place)]
    for names in old:
        told = of(names)
        if any(told.values()) and told not in known:
            known.append(told)
            said = {**told, "name": told["name"] or next(n for n in told.values() if n)}
            attributes = {"place_id": place, "kind": FORMER, **said}
            yield Write(ALIAS.name, next(ids), period or case.act.period, NOWHERE, attributes)


def current(case: Case, place: int) -> list[Version]:
    """Return the aliases of a place that are in force on the act's legal date."""
    return case.related(ALIAS.name, "place_id", place)


def onward(case: Case, layer: str, field: str, value: int) -> Iterator[Version]:
    """Yield versions that name a feature in a field, as far as they lie in the act's time; ended ones are left out."""
    for feature_id in case.timelines.get(layer, {}):
        for version in case.timeline(layer, feature_id):
            period = version.valid.intersection(case.act.period)
            if period is not None and not version.abolished and version.attributes.get(field) == value:
                yield Version(feature_id, period, version.geometry, version.attributes)


def ended(case: Case, place: int) -> Iterator[Write]:
    """Yield the end of a place's aliases, from the act's legal date on."""
    for version in onward(case, ALIAS.name, "place_id", place):
        yield Write(ALIAS.name, version.feature_id, version.valid, NOWHERE, version.attributes, abolished=True)


def moved(case: Case, place: int, to: int) -> Iterator[Write]:
    """Yield a place's aliases as aliases of another."""
    for version in onward(case, ALIAS.name, "place_id", place):
        said = {**version.attributes, "place_id": to}
        yield Write(ALIAS.name, version.feature_id, version.valid, NOWHERE, said)
