"""GetFeature, GetPropertyValue and GetFeatureById: members that the database writes, in an envelope that tells of them.

A page is one statement. An answer longer than a batch is counted first and then sent batch by batch, each in a short
transaction of its own; all batches show the same point on both axes, so that nothing written meanwhile gets in.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from fastapi import Response
from fastapi.responses import StreamingResponse
from psycopg import AsyncConnection, sql
from psycopg_pool import AsyncConnectionPool

from api.wfs.capabilities import GML_FORMAT
from api.wfs.collection import (
    DECLARATION,
    Addresses,
    Extract,
    declarations,
    feature_collection,
    stamp,
    value_collection,
)
from api.wfs.errors import unknown_value
from api.wfs.names import ResourceId
from api.wfs.request import FeatureQuery
from gis import gml
from gis.crs import CRS84, Crs
from gis.errors import Gone, NotFound
from gis.freshness import read_layer_head, settle_layer
from gis.geojson import feature_row
from gis.instant import Instant, Reading
from gis.layer import Layer
from gis.pages import BATCH, Page, PageQuery, count_statement, page_statement, parameters
from gis.text import Text

GEOJSON = "application/geo+json"


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers queries from the public login's connections.

    Attributes:
        readers: connections in autocommit mode.
        srid: of the city's system.
    """

    readers: AsyncConnectionPool[AsyncConnection]
    srid: int

    async def features(self, query: FeatureQuery, addresses: Addresses) -> Response:
        """Answer GetFeature."""
        if query.json:
            return await self._geojson(query, addresses)
        row = gml.member(query.layer, query.crs, self.srid, query.only)
        return await self._collection(query, addresses, row, values=False)

    async def values(self, query: FeatureQuery, name: str, addresses: Addresses) -> Response:
        """Answer GetPropertyValue; features without a value have no member."""
        known = [*(declared.name for declared in query.layer.properties), gml.GEOMETRY]
        if name not in known:
            raise unknown_value("VALUEREFERENCE", name, ", ".join(known))
        row = gml.value(query.layer, name, query.crs, self.srid)
        return await self._collection(query, addresses, row, values=True)
