"""Forming a unit (LA_BAUnit) of parcels, buildings and premises, with the first rights on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import ClassVar, Final, Literal

from cadastres.land.model import PARCEL
from cadastres.real_estate import granting, guards
from cadastres.real_estate.granting import NewRight
from cadastres.real_estate.model import BUILDING, PREMISES
from cadastres.real_estate.rights_model import UNIT, UNIT_PART
from gis.act import Case, Needs, Outcome
from gis.layer import Layer
from gis.profile import CityProfile
from gis.record import NOWHERE, Write

ObjectKind = Literal["parcel", "building", "premises"]

OBJECTS: Final[Mapping[ObjectKind, tuple[Layer, str]]] = {
    "parcel": (PARCEL, "cadastral_number"),
    "building": (BUILDING, "building_number"),
    "premises": (PREMISES, "premises_number"),
}
"""What a unit may be made of: the layer, and the field of its number."""


@dataclass(frozen=True, slots=True)
class UnitObject:
    """One object of a unit: its kind and feature id."""

    kind: ObjectKind
    feature_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FormUnit:
    """Form a unit; it takes the number of its main object.

    Attributes:
        objects: what it is made of, the main object first.
        rights: the first rights on it.
        name: as people call it.
        type: basicPropertyUnit, leasedUnit or rightOfUseUnit.
    """

    objects: tuple[UnitObject, ...]
    rights: tuple[NewRight, ...] = ()
    name: str | None = None
    type: str = "basicPropertyUnit"
    verb: ClassVar[str] = "real_estate.unit.form"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the objects, the units they belong to already, and the holders."""
        wanted = granting.holders(self.rights)
        found = {
            layer.name: frozenset(o.feature_id for o in self.objects if o.kind == kind)
            for kind, (layer, _) in OBJECTS.items()
        }
        related = tuple((UNIT_PART.name, "object_id", o.feature_id) for o in self.objects)
        return Needs(features={**wanted.features, **found}, related=related)

    def decide(self, case: Case) -> Outcome:
        """Return the unit, its parts and its first rights.

        Raises:
            RuleBroken: the main object is not in force or has no number, or a right can't be granted.
        """
        ids = count(-1, -1)
        unit = next(ids)
        said = {"unit_number": self._number(case), "name": self.name, "type": self.type}
        writes = [Write(UNIT.name, unit, case.act.period, NOWHERE, said)]
        for part in self.objects:
            attributes = {"unit_id": unit, "object_id": part.feature_id, "object_kind": part.kind}
            writes.append(Write(UNIT_PART.name, next(ids), case.act.period, NOWHERE, attributes))
        for right in self.rights:
            writes += granting.granted(case, unit, right, ids)
        return Outcome(tuple(writes))

    def _number(self, case: Case) -> str:
        main = self.objects[0] if self.objects else None
        if main is None:
            raise guards.refusal(guards.OBJECT_NUMBERED)
        layer, field = OBJECTS[main.kind]
        version = case.current(layer.name, main.feature_id)
        number = None if version is None else version.attributes.get(field)
        if number is None:
            raise guards.refusal(guards.OBJECT_NUMBERED, main.feature_id)
        return str(number)
