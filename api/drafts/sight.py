"""One feature at a reading, by its id: as the register has it, or as the draft does that lies over it."""

import json
from collections.abc import Sequence
from typing import Any

from psycopg import Connection, sql

from gis import store
from gis.geojson import feature_row
from gis.history import feature_versions
from gis.instant import Reading, versions_at
from gis.layer import Layer
from gis.record import Period


def features_at(connection: Connection, layer: Layer, field: str, value: int, reading: Reading) -> list[dict[str, Any]]:
    """Return the features of a layer in force at a reading that have a value in a field, as GeoJSON."""
    statement = sql.SQL("SELECT {feature} FROM {versions} WHERE v.{field} = %(value)s ORDER BY v.feature_id").format(
        feature=feature_row(layer), versions=versions_at(layer, reading), field=sql.Identifier(field)
    )
    rows = connection.execute(statement, {**reading.parameters, "value": value}).fetchall()
    return [json.loads(row[0]) for row in rows]


def feature_at(connection: Connection, layer: Layer, feature_id: int, reading: Reading) -> dict[str, Any] | None:
    """Return the version of a feature in force at a reading, as GeoJSON; ``None`` where none is."""
    found = features_at(connection, layer, "feature_id", feature_id, reading)
    return found[0] if found else None


def live_spans(connection: Connection, layer: Layer, feature_id: int, reading: Reading) -> Sequence[Period]:
    """Return when the versions of a feature are in force, by the record of a reading and the draft laid over it."""
    if reading.overlaid(layer):
        drafted = store.timelines(connection, layer, [feature_id], reading.overlay).get(feature_id, ())
        return [version.valid for version in drafted if not version.abolished]
    known = feature_versions(connection, layer, feature_id, reading.recorded)
    live = [version for version in known if version["recorded_to"] is None and not version["abolished"]]
    return [Period(version["valid_from"], version["valid_to"]) for version in live]
