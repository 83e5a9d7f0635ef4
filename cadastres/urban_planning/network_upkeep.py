"""What a registrar does with networks once they are laid: shut and open, change, decommission; structures and norms.

A state set by an act lasts until the next change of it on record: a valve that an act opened in June stays open from
June on when it is entered later that it had been shut in May.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from shapely import Point, Polygon

from cadastres.land.verbs import Attributes, complete
from cadastres.real_estate.verbs import pieces_of, writes_of
from cadastres.urban_planning.network_model import (
    CLEARANCE,
    NETWORK_LINE,
    NETWORK_NODE,
    NETWORK_STRUCTURE,
    OPERABLE,
)
from gis.act import Case, Needs, Outcome
from gis.errors import BadRequest
from gis.layer import Layer
from gis.profile import CityProfile
from gis.record import NOWHERE, Version, Write
from gis.text import Text

LINE, NODE = NETWORK_LINE.name, NETWORK_NODE.name


class NotOperable(BadRequest):
    """A node that can be neither shut nor opened."""

    code = "not-operable"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNode:
    """Place a node: a source, a consumer, a hydrant; a line is laid to it afterwards."""

    network: str
    kind: str
    place: Point
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "urban_planning.network_node.place"

    def needs(self, profile: CityProfile) -> Needs:
        """Return the nodes at the place."""
        return Needs(areas=((NODE, self.place.buffer(profile.tolerances.linear)),))

    def decide(self, case: Case) -> Outcome:
        """Return the node; a valve or switch lets through unless the act says otherwise."""
        usual = {"current_status": "functional", "lets_through": True if self.kind in OPERABLE else None}
        own = {"utility_network_type": self.network, "node_kind": self.kind}
        said = complete(NETWORK_NODE, {**usual, **self.attributes, **own})
        return Outcome((Write(NODE, -1, case.act.period, self.place, said),))


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildStructure:
    """Register a structure of a network."""

    network: str
    kind: str
    geometry: Polygon
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "urban_planning.network_structure.build"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return nothing: the rules look about."""
        return Needs()

    def decide(self, case: Case) -> Outcome:
        """Return the structure."""
        own = {"utility_network_type": self.network, "structure_kind": self.kind}
        said = complete(NETWORK_STRUCTURE, {"current_status": "functional", **self.attributes, **own})
        return Outcome((Write(NETWORK_STRUCTURE.name, -1, case.act.period, self.geometry, said),))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetState:
    """Shut or open a valve, switch a switch off or on.

    Attributes:
        node: its feature id.
        lets_through: whether it lets through from the legal date on.
    """

    node: int
    lets_through: bool
    verb: ClassVar[str] = "urban_planning.network_node.set-state"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the node."""
        return Needs(features={NODE: frozenset({self.node})})

    def decide(self, case: Case) -> Outcome:
        """Return the node in its new state, until the next change of state on record.

        Raises:
            BadRequest: it is not in force on the legal date.
            NotOperable: it is neither a valve nor a switch.
        """
        pieces = pieces_of(case, NODE, self.node)
        kind = pieces[0].attributes["node_kind"]
        if kind not in OPERABLE:
            raise NotOperable(_NOT_OPERABLE.filled(node=self.node, kind=kind), feature_id=self.node, kind=kind)
        steady = _until_changed(pieces, "lets_through")
        return Outcome(tuple(writes_of(NODE, list(steady), {"lets_through": self.lets_through})))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decommission:
    """Take a line out of service for good; it stays where it lies until an act archives it."""

    line: int
    verb: ClassVar[str] = "urban_planning.network_line.decommission"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the line."""
        return Needs(features={LINE: frozenset({self.line})})

    def decide(self, case: Case) -> Outcome:
        """Return the line out of service.

        Raises:
            BadRequest: it is not in force on the legal date.
        """
        pieces = pieces_of(case, LINE, self.line)
        return Outcome(tuple(writes_of(LINE, pieces, {"current_status": "decommissioned"})))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeElement:
    """Change what is on record of a line, node or structure.

    Attributes:
        layer: which of the three.
        feature: its id.
        attributes: what changes; later states on record keep what they say of the rest.
    """

    layer: Layer
    feature: int
    attributes: Attributes

    @property
    def verb(self) -> str:
        """Return the layer's own verb, e.g. ``urban_planning.network_line.change``."""
        return f"{self.layer.name}.change"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the feature."""
        return Needs(features={self.layer.name: frozenset({self.feature})})

    def decide(self, case: Case) -> Outcome:
        """Return the feature as it becomes.

        Raises:
            BadRequest: it is not in force on the legal date.
        """
        pieces = pieces_of(case, self.layer.name, self.feature)
        return Outcome(tuple(writes_of(self.layer.name, pieces, self.attributes)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetClearance:
    """Set how near two networks may come, from the legal date on; what held between them before is replaced.

    Attributes:
        networks: the two kinds, in any order; twice the same for lines of one kind.
        horizontal: least distance between edges in plan [m].
        vertical: least gap in depth where they cross [m].
        basis: the act and clause.
        confirmed: the value was read in the act itself.
    """

    networks: tuple[str, str]
    horizontal: float | None
    vertical: float | None
    basis: str
    confirmed: bool = False
    verb: ClassVar[str] = "urban_planning.clearance.set"

    @property
    def _pair(self) -> tuple[str, str]:
        one, other = sorted(self.networks)
        return one, other

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the norms of the first network."""
        return Needs(related=((CLEARANCE.name, "one_network", self._pair[0]),))

    @property
    def said(self) -> dict[str, Any]:
        """Return what the norm says, by the layer's fields."""
        one, other = self._pair
        return {
            "one_network": one,
            "other_network": other,
            "min_horizontal": self.horizontal,
            "min_vertical": self.vertical,
            "legal_basis": self.basis,
            "confirmed": self.confirmed,
        }

    def decide(self, case: Case) -> Outcome:
        """Return the norm."""
        known = [v for v in case.all_current(CLEARANCE.name) if _between(v) == self._pair]
        feature = known[0].feature_id if known else -1
        return Outcome((Write(CLEARANCE.name, feature, case.act.period, NOWHERE, self.said),))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetClearances:
    """Set several norms by one act."""

    norms: tuple[SetClearance, ...]
    verb: ClassVar[str] = "urban_planning.clearance.set"

    def needs(self, profile: CityProfile) -> Needs:
        """Return what each needs."""
        return Needs(related=tuple(sorted({r for norm in self.norms for r in norm.needs(profile).related}, key=str)))

    def decide(self, case: Case) -> Outcome:
        """Return the norms, new ones under ids of their own."""
        writes = [write for norm in self.norms for write in norm.decide(case).writes]
        return Outcome(
            tuple(write if write.feature_id > 0 else replace(write, feature_id=-i) for i, write in enumerate(writes, 1))
        )


def _between(norm: Version) -> tuple[str, str]:
    return str(norm.attributes["one_network"]), str(norm.attributes["other_network"])


def _until_changed(pieces: Sequence[Version], name: str) -> Iterator[Version]:
    for piece in pieces:
        if piece.attributes[name] != pieces[0].attributes[name]:
            return
        yield piece


_NOT_OPERABLE = Text(
    kk="{node} торабы — {kind}: оны жабуға да, ашуға да болмайды; бұл тек ысырма (valve) мен ажыратқышқа (switch) тән.",
    ru="Узел {node} — {kind}: его нельзя ни закрыть, ни открыть; это свойство задвижки (valve) и выключателя (switch).",
    en="Node {node} is a {kind}: it can be neither shut nor opened; that is for a valve or a switch.",
)
