"""Who takes part in a unit's story: every version ever known of the features that made it what it is.

The subject's parts, the building in which premises lie, the parcels below, the rights on its units, its addresses and
the streets that they name; and of units, parcels, buildings and premises all that they come from, each until its
descendant began.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from cadastres.address.model import ADDRESS, ADMIN_UNIT, NAMED_PLACE, STREET
from cadastres.land.model import PARCEL
from cadastres.real_estate.ancestry import ALWAYS, Kinship, line
from cadastres.real_estate.chronicle import Event, Known, ever
from cadastres.real_estate.model import ADDRESSING, BUILDING, PREMISES
from cadastres.real_estate.rights_model import CONSENT, HOLDER, RIGHT, RIGHT_AREA, UNIT, UNIT_PART
from cadastres.real_estate.sheets import Sight
from cadastres.real_estate.subject import Subject
from gis.documents import Disclosure
from gis.layer import Layer

OBJECTS: Final = (PARCEL, BUILDING, PREMISES)
_ID: Final = "feature_id"


@dataclass
class Cast:
    """Who takes part.

    Attributes:
        known: all versions, by layer and feature.
        layers: those layers by name.
        until: until when each feature concerns the story.
        kinships: the acts by which features descend.
        relatives: versions of those named in such acts only.
    """

    sight: Sight
    known: dict[str, dict[int, list[Known]]] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)
    until: dict[int, datetime] = field(default_factory=dict)
    kinships: dict[Kinship, None] = field(default_factory=dict)
    relatives: dict[int, list[Known]] = field(default_factory=dict)

    def call(self, layer: Layer, values: Mapping[Any, datetime], key: str = _ID) -> None:
        """Bring in features by a key's values, each with the moment until which what has it concerns the story."""
        recorded = self.sight.reading.recorded
        cast = self.known.setdefault(layer.name, {})
        self.layers[layer.name] = layer
        found = ever(self.sight.connection, layer, recorded, values, key)
        for version in found:
            i = version.feature_id
            end = values[i if key == _ID else version.attributes[key]]
            self.until[i] = max(end, self.until.get(i, end))
        new = {version.feature_id for version in found} - cast.keys()
        if key != _ID:  # a feature may have had another value in its key for a while
            found = ever(self.sight.connection, layer, recorded, new)
        for version in found:
            if version.feature_id in new:
                cast.setdefault(version.feature_id, []).append(version)

    def call_line(self, layer: Layer, seeds: Mapping[int, datetime]) -> None:
        """Bring in features and all that they come from."""
        found = line(self.sight.connection, layer, seeds, self.sight.reading.recorded)
        self.call(layer, found.until)
        self.kinships |= dict.fromkeys(found.kinships)
        for version in ever(self.sight.connection, layer, self.sight.reading.recorded, found.relatives):
            self.relatives.setdefault(version.feature_id, []).append(version)

    def values(self, layer: Layer, name: str) -> dict[Any, datetime]:
        """Return all values that a field ever had in the layer's cast, each with the latest of its features' ends."""
        found: dict[Any, datetime] = {}
        for feature_id, versions in self.known.get(layer.name, {}).items():
            end = self.until[feature_id]
            for value in {version.attributes.get(name) for version in versions} - {None}:
                found[value] = max(end, found.get(value, end))
        return found

    def ids(self, layer: Layer) -> dict[int, datetime]:
        """Return the features of a layer's cast, each with the moment until which it concerns the story."""
        return {i: self.until[i] for i in sorted(self.known.get(layer.name, {}))}

    def versions(self, layer: Layer, feature_id: int) -> list[Known]:
        """Return what is known of a feature that takes part or is named."""
        return self.known.get(layer.name, {}).get(feature_id) or self.relatives.get(feature_id, [])

    def concerned(self, event: Event) -> bool:
        """Tell whether an event belongs to the story: it takes effect by then, and before the descendant's own life."""
        start = event.valid.start
        return start is None or start <= min(self.until[event.feature_id], self.sight.reading.valid)


def gather(sight: Sight, subject: Subject, disclosure: Disclosure) -> Cast:
    """Return who takes part in a subject's story; holders of rights for full disclosure only."""
    cast, own = Cast(sight), {subject.feature_id: ALWAYS}
    cast.call_line(subject.layer, own)
    if subject.kind == "unit":
        cast.call(UNIT_PART, cast.ids(UNIT), "unit_id")
        for layer in OBJECTS:
            cast.call_line(layer, cast.values(UNIT_PART, "object_id"))
    else:
        cast.call(UNIT_PART, cast.ids(subject.layer), "object_id")
        cast.call_line(UNIT, cast.values(UNIT_PART, "unit_id"))
    cast.call(BUILDING, cast.values(PREMISES, "building_id"))
    objects = {i: end for layer in OBJECTS for i, end in cast.ids(layer).items()}
    _call_lands(cast)
    _call_rights(cast, disclosure)
    _call_addresses(cast, objects)
    return cast


def _call_lands(cast: Cast) -> None:
    """Bring in the parcels under the buildings, and those that they come from."""
    numbers = cast.values(BUILDING, "parcel_number")
    rows = cast.sight.connection.execute(_NUMBERED, (sorted(numbers),)).fetchall()
    cast.call_line(PARCEL, {feature_id: numbers[number] for number, feature_id in rows})


_NUMBERED: Final = "SELECT value, feature_id FROM land.parcel_cadastral_number_issued WHERE value = ANY(%s)"


def _call_rights(cast: Cast, disclosure: Disclosure) -> None:
    cast.call(RIGHT, cast.ids(UNIT), "unit_id")
    cast.call(RIGHT_AREA, cast.ids(RIGHT), "right_id")
    cast.call(CONSENT, cast.ids(RIGHT), "right_id")
    if disclosure == "full":
        cast.call(HOLDER, cast.ids(RIGHT), "right_id")


def _call_addresses(cast: Cast, objects: Mapping[int, datetime]) -> None:
    cast.call(ADDRESSING, objects, "object_id")
    cast.call(ADDRESS, cast.values(ADDRESSING, "address_id"))
    cast.call(ADDRESS, cast.values(ADDRESS, "parent_address_id"))
    cast.call(STREET, cast.values(ADDRESS, "street_id"))
    cast.call(NAMED_PLACE, cast.values(ADDRESS, "named_place_id"))
    cast.call(ADMIN_UNIT, cast.values(ADDRESS, "admin_unit_id"))
