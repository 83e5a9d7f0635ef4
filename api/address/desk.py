"""The address clerk's desk, and what stands in the addresses of its pages."""

from typing import Annotated, Final, Literal

from fastapi import Depends, Path
from shapely import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from api.land.desk import Desk, desk_of
from api.land.geometry import Geometer
from cadastres.address import number
from cadastres.address.model import ADDRESS, ADMIN_UNIT, NAMED_PLACE, STREET
from gis import store
from gis.draft import Overlay
from gis.errors import NotFound
from gis.layer import GeometryKind, Layer
from gis.register import Register
from gis.text import Text

Kind = Literal["streets", "named-places", "admin-units"]
AreaKind = Literal["named-places", "admin-units"]

LAYERS: Final = {"streets": STREET, "named-places": NAMED_PLACE, "admin-units": ADMIN_UNIT}
"""Layers of places by how their pages are called."""

FeatureId = Annotated[int, Path(ge=1, le=2**62)]
Key = Annotated[str, Path(max_length=80, description="A feature id, or a registration code of 16 digits.")]


AtDesk = Annotated[Desk, Depends(desk_of("address", Desk))]


def shape_of(layer: Layer, geometer: Geometer, document: dict[str, object]) -> BaseGeometry:
    """Return a place's geometry: centre lines of a street, the area of anything else."""
    if layer.geometry is not GeometryKind.MULTILINESTRING:
        return geometer.multipolygon(document)
    line = geometer.line(document)
    return MultiLineString([line]) if isinstance(line, LineString) else line


def address_id(register: Register, key: str, draft: Overlay | None = None) -> int:
    """Return the feature id of an address, by id or by registration code in any spelling; one that a draft made too.

    Raises:
        InvalidRka: neither.
        NotFound: never registered.
    """
    with register.reading() as connection:
        if key.isascii() and key.isdecimal() and len(key) < number.DIGITS:
            known = store.tokens(connection, ADDRESS, [int(key)], draft)
            found = next(iter(known), None)
        else:
            found = store.find(connection, ADDRESS, "rka", number.compact(key), draft)
    if found is None:
        raise NotFound(_NO_ADDRESS.filled(key=key), key=key)
    return found


_NO_ADDRESS = Text(
    kk="«{key}» мекенжайы ешқашан тіркелмеген.",
    ru="Адрес «{key}» никогда не регистрировался.",
    en="No address '{key}' was ever registered.",
)
