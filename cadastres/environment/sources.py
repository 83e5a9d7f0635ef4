"""What protective zones lie around: of which kind and class a source is, and how far beyond its line it reaches.

A source tells what to look its width up by; the width itself is a parameter row's, or the source's own by project.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cadastres.environment.model import FACILITY, WATER_REACH
from cadastres.environment.zone_model import (
    SANITARY_ZONE,
    UTILITY_ZONE,
    WATER_PROTECTION_STRIP,
    WATER_PROTECTION_ZONE,
)
from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_STRUCTURE
from gis.layer import Layer

Attributes = Mapping[str, Any]

ANY: Final = "any"
"""The class of a parameter row that holds for every class of its kind, alone or within a band."""

INSULATED: Final = "insulated"
"""The class of power lines with insulated wires."""

_WITHOUT_ZONE: Final = frozenset({"projected", "decommissioned"})
"""States in which a network's part has no protective zone: it is not there yet, or no longer works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one version of a source claims of a zone around it.

    Attributes:
        kind: of the zone, as the parameters call it.
        class_key: its class among the parameters of that kind; without one the quantity decides.
        quantity: in the unit of the parameters' bands (kV, MPa).
        general: whether rows for a band or for every class hold for it as well.
        width: by project [m]; without one it is a parameter's.
        beyond: from the line to the outermost wire, the edge of the pipe or of the water [m]; the width counts on it.
        basis: the act that approved the project.
    """

    kind: str
    class_key: str | None = None
    quantity: float | None = None
    general: bool = True
    width: float | None = None
    beyond: float = 0.0
    basis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Zones of one layer that lie around the features of another.

    Attributes:
        claim: what a source's attributes claim; ``None`` where it has no zone.
        key: field of the source by which all sources that a parameter row may concern are found.
        values: that field's values for a row's kind and class; ``None`` where the kind is another tie's.
    """

    zone: Layer
    source: Layer
    claim: Callable[[Attributes], Claim | None]
    key: str
    values: Callable[[str, str], tuple[str, ...] | None]


def _shore(kind: str, width: str) -> Callable[[Attributes], Claim]:
    def claim(said: Attributes) -> Claim:
        return Claim(
            kind=kind,
            class_key=str(said["water_class"]),
            width=said.get(width),
            beyond=float(said.get("half_width") or 0.0) if said["measured_from"] == "axis" else 0.0,
            basis=said.get("legal_basis"),
        )

    return claim


def _line(said: Attributes) -> Claim | None:
    if said["current_status"] in _WITHOUT_ZONE:
        return None
    network = str(said["utility_network_type"])
    wires = INSULATED if network == "electricity" and said.get("insulated") else None
    amount = said.get("voltage") if network == "electricity" else said.get("pressure")
    return Claim(
        kind=network,
        class_key=said.get("protection_class") or wires or said.get("pressure_class"),
        quantity=None if amount is None else amount / 1000,
        beyond=float(said.get("half_width") or 0.0),
    )


def _structure(said: Attributes) -> Claim | None:
    if said["current_status"] in _WITHOUT_ZONE:
        return None
    class_key = said.get("protection_class") or str(said["structure_kind"])
    return Claim(kind=str(said["utility_network_type"]), class_key=class_key, general=False)


def _works(said: Attributes) -> Claim:
    return Claim(
        kind="sanitary",
        class_key=str(said["hazard_class"]),
        width=said.get("zone_width"),
        basis=said.get("legal_basis"),
    )


def _by_class(kind: str) -> Callable[[str, str], tuple[str, ...] | None]:
    """Return how sources whose key field is their class are found: a row for any class concerns them all."""
    return lambda row_kind, class_key: None if row_kind != kind else () if class_key == ANY else (class_key,)


def _by_network(row_kind: str, class_key: str) -> tuple[str, ...] | None:  # noqa: ARG001 - a band is no class
    known = NETWORK_LINE.field("utility_network_type").values
    return (row_kind,) if row_kind in known else None


TIES: Final = (
    Tie(
        zone=WATER_PROTECTION_ZONE,
        source=WATER_REACH,
        claim=_shore("water_protection_zone", "zone_width"),
        key="water_class",
        values=_by_class("water_protection_zone"),
    ),
    Tie(
        zone=WATER_PROTECTION_STRIP,
        source=WATER_REACH,
        claim=_shore("water_protection_strip", "strip_width"),
        key="water_class",
        values=_by_class("water_protection_strip"),
    ),
    Tie(zone=UTILITY_ZONE, source=NETWORK_LINE, claim=_line, key="utility_network_type", values=_by_network),
    Tie(zone=UTILITY_ZONE, source=NETWORK_STRUCTURE, claim=_structure, key="utility_network_type", values=_by_network),
    Tie(zone=SANITARY_ZONE, source=FACILITY, claim=_works, key="hazard_class", values=_by_class("sanitary")),
)
"""Every zone that follows from something else."""

CLASSIFIERS: Final[Mapping[str, str]] = {WATER_REACH.name: "water_class", FACILITY.name: "sanitary_class"}
"""Where the classes of a source's key field are listed, for rows that hold for every class."""

SOURCES: Final = frozenset(tie.source.name for tie in TIES)
"""Layers around whose features zones lie."""
