"""The story of a unit: every act that made it what it is, with its source, on both axes of time.

Who takes part is gathered by :mod:`cadastres.real_estate.cast`. Who is told by role; holders by name only in full.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from cadastres.address.model import ADMIN_UNIT, NAMED_PLACE, STREET
from cadastres.real_estate.ancestry import Kinship
from cadastres.real_estate.cast import OBJECTS, Cast, gather
from cadastres.real_estate.chronicle import AREA, CORRECTIONS, Deed, Event, events
from cadastres.real_estate.passport import AS_OF, as_of
from cadastres.real_estate.rights_model import HOLDER, RIGHT
from cadastres.real_estate.rights_sheet import changesets, parties
from cadastres.real_estate.sheets import Content, Sight
from cadastres.real_estate.story_words import entry_text
from cadastres.real_estate.subject import NUMBER_OF, Subject, spelled
from gis.documents import Disclosure
from gis.layer import Layer

_NAMES: Final = ("name", "name_kk", "name_ru", "name_en")
_UNTOLD: Final = frozenset({"label", "external_reference", "derived"})
_TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    STREET.name: (*_NAMES, "street_type"),
    NAMED_PLACE.name: (*_NAMES, "place_type"),
    ADMIN_UNIT.name: (*_NAMES, "kato"),
}
"""Of places only what they are called concerns a unit; of all else every field, and the boundary."""

CORRECTION: Final = "correction"
"""Kind of legal source that says of itself that it corrects an error."""

_CORRECTING: Final = ".correct"
"""End of the names of verbs that correct an error."""


def story(sight: Sight, subject: Subject, disclosure: Disclosure = "public", order: str = "legal") -> Content:
    """Return the story of a subject as the register knew it at the reading's recorded instant.

    Acts that take effect after the reading's valid instant are left out.

    Args:
        sight: with the confidant's connection for full disclosure.
        subject: whose story.
        disclosure: whether holders are named.
        order: ``legal``, by the day from which an act is in force, or ``recorded``, as the register took them up.
    """
    cast = gather(sight, subject, disclosure)
    sources = changesets(sight, _acts(cast))
    happened = [event for event in _events(cast, _deeds(sight, sources)) if cast.concerned(event)]
    people = parties(sight, cast.values(HOLDER, "party_id")) if disclosure == "full" else {}
    entries = [
        _entry(cast, [e for e in happened if e.changeset == number], sources[number], people)
        for number in sorted({event.changeset for event in happened})
    ]
    if order == "legal":
        entries.sort(key=lambda entry: (entry["valid_from"] or "", entry["source"]["changeset"]))
    return {
        "subject": {"kind": subject.kind, "number": subject.number, "spelled": spelled(subject.number)},
        AS_OF: as_of(sight),
        "disclosure": disclosure,
        "order": order,
        "entries": entries,
    }


def _acts(cast: Cast) -> set[int]:
    return {v.opened_by for features in cast.known.values() for versions in features.values() for v in versions}


def _deeds(sight: Sight, sources: Mapping[int, Content]) -> dict[int, Deed]:
    """Return of each changeset when its source was accepted, and whether it says that it corrects an error."""
    return {
        number: Deed(
            accepted=sight.profile.midnight(date.fromisoformat(source["acceptance"])),
            corrects=source["kind"] == CORRECTION or source["verb"].endswith(_CORRECTING),
        )
        for number, source in sources.items()
    }


def _events(cast: Cast, deeds: Mapping[int, Deed]) -> Iterable[Event]:
    for name, features in cast.known.items():
        layer = cast.layers[name]
        every = tuple(f.name for f in layer.fields if f.name not in _UNTOLD)
        told = _TOLD.get(name, (*every, *([AREA] if layer.spatial else ())))
        for versions in features.values():
            yield from events(layer, versions, told, deeds)


def _entry(cast: Cast, happened: list[Event], source: Content, people: Mapping[int, Content]) -> Content:
    sight = cast.sight
    begins = [event.valid.start for event in happened if event.valid.start is not None]
    told = [_told(cast, event, happened, people) for event in happened]
    number = source["changeset"]
    content: Content = {
        "source": source,
        "valid_from": sight.day(min(begins, default=None)),
        "correction": any(event.what in CORRECTIONS for event in happened),
        "succession": [_succession(cast, k) for k in cast.kinships if k.opened_by == number],
        "events": told,
    }
    content["text"] = entry_text(content, sight.profile).as_dict()
    return content


def _succession(cast: Cast, kinship: Kinship) -> Content:
    layer = cast.layers[kinship.layer]
    return {
        "layer": layer.name,
        "kind": kinship.kind,
        "parent": _number(cast, layer, kinship.parent),
        "child": _number(cast, layer, kinship.child),
    }


def _number(cast: Cast, layer: Layer, feature_id: int) -> str | None:
    versions = cast.versions(layer, feature_id)
    number = versions[-1].attributes.get(NUMBER_OF[layer.name]) if versions else None
    return None if number is None else spelled(str(number))


def _told(cast: Cast, event: Event, happened: Iterable[Event], people: Mapping[int, Content]) -> Content:
    sight, layer = cast.sight, event.layer
    said = {f.name: _plain(event.said.get(f.name)) for f in layer.fields if f.name not in _UNTOLD}
    return {
        "layer": layer.name,
        "id": event.feature_id,
        "what": event.what,
        "valid_from": sight.day(event.valid.start),
        "valid_to": sight.day(event.valid.end),
        "number": _number(cast, layer, event.feature_id) if layer.name in NUMBER_OF else None,
        "object_number": _object_number(cast, event),
        "said": {name: value for name, value in said.items() if value is not None},
        "changes": {n: {"before": _plain(a), "after": _plain(b)} for n, (a, b) in event.changes.items()},
        "replaces": _replaced(cast, event, happened),
        "party": people.get(event.said.get("party_id") or 0),
    }


def _object_number(cast: Cast, event: Event) -> str | None:
    """Return the number of the object that a unit's part or an address's tie speaks of."""
    for layer in OBJECTS:
        found = _number(cast, layer, event.said.get("object_id") or 0)
        if found is not None:
            return found
    return None


def _replaced(cast: Cast, event: Event, happened: Iterable[Event]) -> list[int]:
    """Return the rights of the kind that ended by the same act on the same unit, or on those that it comes from."""
    if event.layer is not RIGHT or event.what != "created":
        return []
    unit = event.said["unit_id"]
    units = {unit} | {k.parent for k in cast.kinships if k.child == unit and k.opened_by == event.changeset}
    return [
        other.feature_id
        for other in happened
        if other.layer is RIGHT
        and other.what == "ended"
        and other.said["kind"] == event.said["kind"]
        and other.said["unit_id"] in units
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
