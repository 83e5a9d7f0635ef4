"""The desk of a clerk of construction and auctions: answers name rows by their ids, never persons."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Annotated, Any, Final

from fastapi import Depends
from pydantic import WithJsonSchema

from api.land.desk import Desk, desk_of, etag
from cadastres.real_estate.model import BUILDING
from cadastres.real_estate.rights_model import RIGHT, UNIT
from cadastres.urban_planning.auction_model import AUCTION, AUCTION_LOT, AUCTION_PARTICIPANT
from cadastres.urban_planning.auction_verbs import GIVEN as LOT_GIVEN
from cadastres.urban_planning.construction_model import CONSTRUCTION_OBJECT, CONSTRUCTION_PARTY, EQUITY_CONTRACT
from cadastres.urban_planning.construction_verbs import GIVEN as OBJECT_GIVEN
from gis.errors import BadRequest
from gis.layer import Layer
from gis.text import Text

_MADE_WITH: Final[Mapping[str, tuple[Layer, ...]]] = {
    CONSTRUCTION_OBJECT.name: (CONSTRUCTION_OBJECT, BUILDING),
    EQUITY_CONTRACT.name: (EQUITY_CONTRACT, UNIT, RIGHT),
    AUCTION.name: (AUCTION, UNIT, RIGHT),
}
"""What an act on a layer may make besides, in the order in which an answer names it."""

_READ_AT: Final[Mapping[str, str]] = {
    CONSTRUCTION_OBJECT.name: "/urban-planning/construction/{id}",
    EQUITY_CONTRACT.name: "/urban-planning/equity-contracts/{id}",
    AUCTION.name: "/urban-planning/auctions/{id}",
    AUCTION_LOT.name: "/urban-planning/auction-lots/{id}",
    CONSTRUCTION_PARTY.name: "/urban-planning/construction",
    AUCTION_PARTICIPANT.name: "/urban-planning/auctions",
}
"""Where a feature is read, if not where any feature of its layer is."""

_OURS: Final = {CONSTRUCTION_OBJECT.name: OBJECT_GIVEN, AUCTION_LOT.name: LOT_GIVEN}


class WorksDesk(Desk):
    """One request of a clerk of construction and auctions."""

    __slots__ = ()

    def _features(self, layer: Layer, ids: Sequence[int], token: int | None) -> list[dict[str, Any]]:
        """Return how an answer names the features of an act; of the closed schema the first alone, by its id."""
        if not layer.public:
            return [self._named({"layer": layer.name, "id": i}, token) for i in ids[:1]]
        each = (super(WorksDesk, self)._features(made, ids, token) for made in _MADE_WITH.get(layer.name, (layer,)))
        return [self._named(feature, token) for feature in chain.from_iterable(each)]

    def _named(self, feature: dict[str, Any], token: int | None) -> dict[str, Any]:
        """Return a feature with where it is read."""
        address = _READ_AT.get(feature["layer"])
        href = feature["href"] if address is None else self.kept(address.format(id=feature["id"]))
        return {**feature, "href": href, **({} if token is None else {"etag": etag(feature["id"], token)})}


def told_by(layer: Layer) -> WithJsonSchema:
    """Return the JSON Schema of what an act may say of a layer's features: all but what the register gives."""
    fields = {
        f.name: {"type": [f.type.json, "null"], "title": f.title.en}
        | ({"format": f.type.json_format} if f.type.json_format else {})
        | ({"enum": list(f.values)} if f.values and f.required else {})
        for f in layer.fields
        if f.name not in _OURS[layer.name]
    }
    return WithJsonSchema({"type": "object", "properties": fields, "additionalProperties": False})


def require_not_given(layer: Layer, attributes: Mapping[str, Any]) -> None:
    """Refuse an attribute that the register gives by itself.

    Raises:
        BadRequest: names the first such one.
    """
    ours = [name for name in _OURS[layer.name] if name in attributes]
    if ours:
        raise BadRequest(_GIVEN.filled(field=ours[0]), field=ours[0])


AtWorksDesk = Annotated[WorksDesk, Depends(desk_of("urban_planning", WorksDesk))]

_GIVEN = Text(
    kk="«{field}» мәнін тізілімнің өзі береді; оны алып тастаңыз.",
    ru="«{field}» даёт сам регистр; уберите его.",
    en="The register gives '{field}' by itself; leave it out.",
)
