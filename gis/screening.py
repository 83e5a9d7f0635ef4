"""Screening: which of many staged areas lie in a clean coverage, so that rules on pairs need not look at them in pairs.

An area is *clear* when each of its edges is an edge of one neighbour at most, run the other way, and meets nothing else
within the tolerance. Two clear areas neither overlap nor miss each other's vertices, whenever they are valid; a rule on
pairs has to look only at pairs of which one is not clear. One pass over a coverage costs about what parsing it costs;
looking at every pair of neighbours costs several times as much.
"""

from collections.abc import Iterable

import numpy as np
import shapely
from psycopg import Connection, sql

from gis.layer import Layer
from gis.staging import staged


def screen(connection: Connection, layer: Layer, tolerance: float) -> None:
    """Note which of a layer's staged new versions are not clear, for :func:`gis.staging.unclear`.

    Args:
        connection: inside a transaction, after the layer was staged.
        layer: the layer; where it has no areas, nothing of it is clear.
        tolerance: T, metres: what comes nearer without being shared is not clear.
    """
    connection.execute(_TABLE)
    rows = connection.execute(sql.SQL(_STAGED).format(staged=staged(layer)), binary=True).fetchall()
    copying = "COPY pg_temp.unclear FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(copying) as copy:
        for (feature_id, version, _), passed in zip(
            rows, _clear(layer, [row[2] for row in rows], tolerance), strict=True
        ):
            if not passed:
                copy.write_row((layer.name, feature_id, version))
    connection.execute("ANALYZE pg_temp.unclear")


def _clear(layer: Layer, stored: list[bytes], tolerance: float) -> Iterable[bool]:
    if layer.geometry.dimension != 2:
        return [False] * len(stored)
    areas = np.asarray(shapely.from_wkb(stored))
    defects = shapely.coverage_invalid_edges(areas, gap_width=tolerance)
    return [bool(none) for none in shapely.is_empty(defects)]


_TABLE = """
CREATE TEMPORARY TABLE IF NOT EXISTS unclear (layer text, feature_id bigint, version integer) ON COMMIT DELETE ROWS
"""
_STAGED = "SELECT feature_id, version, ST_AsBinary(geom) FROM {staged} WHERE _state = 'new' AND NOT abolished"
