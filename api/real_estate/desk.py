"""The desk of a registrar of rights: the land registrar's, for another role, and silent on whom acts concern."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Depends
from psycopg import Connection

from api.land.desk import Desk, desk_of, etag
from cadastres.real_estate import shares
from cadastres.real_estate.rights_model import RIGHT, RIGHT_AREA, UNIT, UNIT_PART
from cadastres.real_estate.subject import Subject, named, spelled
from gis import store
from gis.draft import Overlay
from gis.errors import BadRequest, NotFound
from gis.layer import Layer
from gis.text import Text

_MADE_WITH: Final[Mapping[str, tuple[Layer, ...]]] = {
    UNIT.name: (RIGHT, RIGHT_AREA, UNIT_PART),
    RIGHT.name: (RIGHT_AREA,),
}
"""What an act on a layer may make besides, in the order in which an answer names it."""

_ON_UNITS: Final = (UNIT, RIGHT, UNIT_PART)
"""What has no place on the map, so no collection of its own: it is read with its unit."""


class RightsDesk(Desk):
    """One request of a registrar of rights. Answers name rows by their ids, never persons."""

    __slots__ = ()

    def unit(self, number: str) -> int:
        """Return a unit's feature id by its number, in any spelling.

        Raises:
            InvalidNumber: no cadastral number.
            NotFound: no unit was ever formed under it.
        """
        overlay = self.overlay
        with self.register.reading() as connection:
            found = [subject for subject in _named(connection, number, overlay) if subject.layer == UNIT]
        if not found:
            raise NotFound(_NO_UNIT.filled(number=spelled(number[:80])), number=number[:80])
        return found[0].feature_id

    def objects(self, numbers: Sequence[str]) -> list[Subject]:
        """Return parcels, buildings and premises by number.

        Raises:
            BadRequest: no number of an object, or never issued to one.
        """
        overlay = self.overlay
        with self.register.reading() as connection:
            found = [[s for s in _named(connection, number, overlay) if s.layer != UNIT] for number in numbers]
        for number, subjects in zip(numbers, found, strict=True):
            if not subjects:
                raise BadRequest(_NO_OBJECT.filled(number=number[:80]), number=number[:80])
        return [subjects[0] for subjects in found]

    def _features(self, layer: Layer, ids: Sequence[int], token: int | None) -> list[dict[str, Any]]:
        """Return how an answer names the features of an act; of parties the first alone, by its id."""
        if layer.public:
            layers = (layer, *_MADE_WITH.get(layer.name, ()))
            each = (super(RightsDesk, self)._features(made, ids, token) for made in layers)
            found = list(chain.from_iterable(each))
            told = self._on_units({kind: [f["id"] for f in found if f["layer"] == kind.name] for kind in _ON_UNITS})
            return [feature | told.get(feature["id"], {}) for feature in found]
        return [
            {
                "layer": layer.name,
                "id": i,
                "href": self.kept("/real-estate/parties/find"),
                **({} if token is None else {"etag": etag(i, token)}),
            }
            for i in ids[:1]
        ]

    def _on_units(self, ids: Mapping[Layer, Sequence[int]]) -> dict[int, dict[str, Any]]:
        """Return on which unit each feature is and where that is read; of a right also kind and share, not whose."""
        overlay = self.overlay
        with self.register.reading() as connection:
            found = [(layer, store.timelines(connection, layer, some, overlay)) for layer, some in ids.items()]
            said = [(layer, i, told[-1].attributes) for layer, each in found for i, told in each.items()]
            units = store.timelines(connection, UNIT, {row.get("unit_id", i) for _, i, row in said}, overlay)
        numbers = {i: told[-1].attributes["unit_number"] for i, told in units.items()}
        found_on = {i: _on_unit(layer, row, numbers[row.get("unit_id", i)]) for layer, i, row in said}
        return {i: {**facts, "href": self.kept(facts["href"])} for i, facts in found_on.items()}


def _on_unit(layer: Layer, said: Mapping[str, Any], number: str) -> dict[str, Any]:
    share = shares.of(said)
    what = {"kind": said["kind"], "share": share and f"{share.numerator}/{share.denominator}"} if layer == RIGHT else {}
    return {**what, "unit_number": number, "href": f"/real-estate/units/{quote(number)}/passport?f=json"}


def _named(connection: Connection, number: str, overlay: Overlay | None) -> list[Subject]:
    try:
        return named(connection, number, overlay)
    except NotFound:
        return []


AtRightsDesk = Annotated[RightsDesk, Depends(desk_of("real_estate", RightsDesk))]

_NO_UNIT = Text(
    kk="{number} нөмірімен ешқашан бірлік құрылмаған; алдымен оны құрыңыз (POST /real-estate/units).",
    ru="Под номером {number} никогда не образовывалась единица; сначала образуйте её (POST /real-estate/units).",
    en="No unit was ever formed under the number {number}; form it first (POST /real-estate/units).",
)
_NO_OBJECT = Text(
    kk="{number} нөмірлі учаске, ғимарат не үй-жай ешқашан тіркелмеген.",
    ru="Участок, здание или помещение с номером {number} никогда не регистрировалось.",
    en="No parcel, building or premises was ever registered under the number {number}.",
)
