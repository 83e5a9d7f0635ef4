"""``qala streets slopes``: how steep ways are, by the terrain on record, with the error of it.

The rule. The slope of a way is the difference of the ground's height between its two ends over its length. Its error,
one standard deviation, has two parts, which add as squares: that of the two heights, as the raster states it, taken as
independent of each other, over the length; and how unevenly the ground rises between, beyond what the raster's noise
explains. A slope stays unknown

* on bridges, in tunnels, off the ground, on steps and on ramps, which do not follow the terrain;
* where no raster covers the way, the raster does not state its accuracy, or a cell that the source lacked takes part;
* where the two ends lie in rasters whose heights count from different zeros;
* where the error would exceed :data:`MOST`: the shorter a way, the better the raster must be.

What was measured or tagged stays as it is. What an earlier terrain said is computed anew, and taken back where the
present terrain can't tell. Lengths and heights are metres.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from psycopg import Connection, sql

from cadastres.urban_planning.street_model import CROSSING, FOOTWAY, STREET_SEGMENT
from data.loaders.workbench import writes
from gis.act import Act
from gis.bulk import Bulk, bulk
from gis.instant import Instant, Reading, read_head, settle, versions_at
from gis.layer import Layer
from gis.register import Register
from gis.rules import refuse
from gis.terrain import GroundHeight, Terrain, along
from gis.text import Text

VERB: Final = "urban_planning.street.slopes"
LAYERS: Final = (STREET_SEGMENT, FOOTWAY, CROSSING)
"""Ways that lie on the ground as it is."""

MOST: Final = 0.02
"""The greatest error [ratio]: two ways of 5 % and 8 %, the limits that ramps must keep, can still be told apart."""

STEEPEST: Final = 1.0
"""More than this is no way but an error of the raster."""

_NINE_IN_TEN: Final = 1.6449
"""Standard deviations within which nine in ten of normally distributed values lie."""

_STRETCH: Final = 10.0
"""Unevenness is looked for over stretches no shorter than this, nor than a cell of the raster."""

_AT_ONCE: Final = 5000

SOURCE: Final = "terrain"


class Slope(NamedTuple):
    """What the terrain says of one way: slope and error, or why it can't tell."""

    incline: float | None
    error: float | None
    unknown: str | None = None


@dataclass
class SlopesReport:
    """What became of the ways: ``read == changed + unchanged``, and ``read`` is the sum of ``by_reason`` and ``told``.

    Attributes:
        told: ways of which the terrain tells the slope.
        by_reason: how many stay unknown to the terrain, or known from elsewhere, by reason.
        changed: ways that say something else now.
    """

    read: int = 0
    told: int = 0
    by_reason: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    changeset: int | None = None

    def summary(self) -> dict[str, Any]:
        """Return it as JSON members."""
        return {
            "read": self.read,
            "told": self.told,
            "not_told": dict(sorted(self.by_reason.items())),
            "changed": self.changed,
            "changeset": self.changeset,
        }

    def explained(self) -> Text:
        """Return it in one sentence."""
        return _TOLD.filled(read=self.read, told=self.told, changed=self.changed, rest=self.read - self.told)


@dataclass(frozen=True, slots=True)
class _Way:
    """A way as the register has it: its course, what it says of its slope, whether it lies on the ground."""

    feature: int
    course: Sequence[tuple[float, float]]
    incline: float | None
    error: float | None
    source: str | None
    raised: bool
    open_ended: bool


def derive_slopes(
    register: Register, act: Act, tell: Callable[[str, float], None] = lambda _, __: None
) -> SlopesReport:
    """Let ways say what the terrain on record tells of their slope, from the act's legal date on, as one changeset.

    Args:
        register: the city's.
        act: who, why, by which source.
        tell: hears the layer and the share done.

    Raises:
        Forbidden: the act's role may not load.
        RuleBroken: the dates of the legal source.
        QalaError: what the database refuses; nothing was written.
    """
    report = SlopesReport()
    with register.reading() as connection:
        reading = settle(Instant(act.valid_from), read_head(connection))
        terrain = Terrain(connection, reading, register.profile.system)
        found = {layer: dict(_slopes(connection, reading, layer, terrain, report, tell)) for layer in LAYERS}
    changed = {layer: slopes for layer, slopes in found.items() if slopes}
    report.changed = sum(map(len, changed.values()))
    if changed:
        report.changeset = _record(register, act, changed, reading)
    return report


def _slopes(
    connection: Connection,
    reading: Reading,
    layer: Layer,
    terrain: Terrain,
    report: SlopesReport,
    tell: Callable[[str, float], None],
) -> Iterator[tuple[int, Slope]]:
    """Yield the slopes of a layer's ways that differ from what is on record, by feature."""
    ways = list(_ways(connection, reading, layer))
    step = max(_STRETCH, terrain.resolution() or 0.0)
    for n, way in enumerate(ways):
        if n % _AT_ONCE == 0:
            tell(layer.name, n / len(ways))
        report.read += 1
        slope = _slope_of(way, terrain, step)
        report.told += slope.unknown is None
        if slope.unknown is not None:
            report.by_reason[slope.unknown] += 1
        if slope.unknown not in {"known-already", "changes-later"} and not _says(way, slope):
            yield way.feature, slope


def _slope_of(way: _Way, terrain: Terrain, step: float) -> Slope:
    if way.incline is not None and way.source != SOURCE:
        return Slope(None, None, "known-already")
    if not way.open_ended:
        return Slope(None, None, "changes-later")
    if way.raised:
        return Slope(None, None, "off-the-ground")
    points = along(way.course, step)
    ends = slope(terrain.heights(points[[0, -1], :2]), points[[0, -1], 2])
    if ends.unknown is not None or len(points) == 2:
        return ends
    return slope(terrain.heights(points[:, :2]), points[:, 2])


def _says(way: _Way, slope: Slope) -> bool:
    return (way.incline, way.error) == (slope.incline, slope.error)


def slope(ground: Sequence[GroundHeight], ways: np.ndarray[Any, np.dtype[np.float64]]) -> Slope:
    """Return how steep a way is and with what error, or why that can't be told.

    Args:
        ground: under points of the way, its ends first and last.
        ways: how far each point is along it [m].
    """
    why = _untold(ground)
    if why is not None:
        return Slope(None, None, why)
    length = float(ways[-1])
    heights = np.array([each.height for each in ground], dtype=float)
    sigmas = np.array([each.uncertainty for each in ground], dtype=float) / _NINE_IN_TEN
    incline = float(heights[-1] - heights[0]) / length
    error = float(np.hypot(np.hypot(sigmas[0], sigmas[-1]) / length, _unevenness(heights, ways, sigmas)))
    if error > MOST:
        return Slope(None, None, "too-uncertain")
    if abs(incline) > STEEPEST:
        return Slope(None, None, "too-steep-to-be-true")
    return Slope(round(incline, 4), round(error, 4))


def _untold(ground: Sequence[GroundHeight]) -> str | None:
    """Return why the raster can't tell a slope at all."""
    if any(each.height is None for each in ground):
        return "no-terrain"
    if any(each.uncertainty is None for each in ground):
        return "accuracy-not-stated"
    if any(each.filled for each in ground):
        return "void-in-the-raster"
    return "heights-of-different-zeros" if len({each.vertical_system for each in ground}) > 1 else None


def _unevenness(
    heights: np.ndarray[Any, np.dtype[np.float64]],
    ways: np.ndarray[Any, np.dtype[np.float64]],
    sigmas: np.ndarray[Any, np.dtype[np.float64]],
) -> float:
    """Return the standard deviation of the slope along a way, beyond that of the raster's noise."""
    steps = np.diff(ways)
    local = np.diff(heights) / steps
    mean = float((heights[-1] - heights[0]) / ways[-1])
    spread = float(np.average((local - mean) ** 2, weights=steps))
    noise = float(np.average((sigmas[:-1] ** 2 + sigmas[1:] ** 2) / steps**2, weights=steps))
    return float(np.sqrt(max(0.0, spread - noise)))


def _ways(connection: Connection, reading: Reading, layer: Layer) -> Iterator[_Way]:
    statement = sql.SQL(_READ).format(ways=versions_at(layer, reading))
    for feature, shape, incline, error, source, raised, open_ended in connection.execute(statement, reading.parameters):
        course = [(x, y) for x, y in shapely.get_coordinates(shapely.from_wkb(bytes(shape))).tolist()]
        yield _Way(feature, course, incline, error, source, raised, open_ended)


def _record(register: Register, act: Act, found: Mapping[Layer, Mapping[int, Slope]], reading: Reading) -> int:
    with bulk(register, act, [layer.name for layer in found]) as under_way:
        for layer, slopes in found.items():
            _stage(under_way, layer, slopes, reading.changeset)
        broken = under_way.check()
        errors = [violation for violation in broken if violation.severity == "error"]
        if errors:
            raise refuse(errors, register.rules)
        recorded = under_way.record(VERB, warnings=broken)
    if register.heads is not None:
        register.heads.append(recorded.number, recorded.hash)
    return recorded.number


def _stage(under_way: Bulk, layer: Layer, slopes: Mapping[int, Slope], changeset: int) -> None:
    """Lay out the ways with their slopes; those that somebody changed meanwhile stay as they are."""
    connection = under_way.connection
    connection.execute(_TABLE)
    with connection.cursor() as cursor, cursor.copy("COPY pg_temp.slope FROM STDIN") as copy:
        for feature, found in slopes.items():
            copy.write_row((feature, found.incline, found.error, None if found.incline is None else SOURCE))
    said = {"incline": "incline", "incline_error": "error", "incline_source": "source"}
    values = [
        sql.Identifier("w", said[f.name]) if f.name in said else sql.Identifier("c", f.name) for f in layer.fields
    ]
    with writes(connection, layer) as current:
        statement = sql.SQL(_WRITE).format(values=sql.SQL(", ").join(values), current=current)
        connection.execute(statement, {"valid_from": under_way.act.valid_from, "changeset": changeset})


_READ: Final = """
SELECT v.feature_id, ST_AsBinary(v.geom), v.incline, v.incline_error, v.incline_source,
  coalesce(v.bridge, false) OR coalesce(v.tunnel, false) OR coalesce(v.level, 0) <> 0, upper_inf(v.valid)
FROM {ways} ORDER BY v.feature_id
"""
_TABLE: Final = """
DROP TABLE IF EXISTS pg_temp.slope;
CREATE TEMPORARY TABLE slope (feature_id bigint, incline float8, error float8, source text) ON COMMIT DROP
"""
_WRITE: Final = """
INSERT INTO pg_temp.load_write
SELECT w.feature_id, w.start, false, c.geom, {values}
FROM (SELECT s.*, %(valid_from)s::timestamptz AS start FROM pg_temp.slope AS s) AS w {current}
WHERE c.opened_by <= %(changeset)s AND upper_inf(c.valid) AND NOT c.abolished
"""
_TOLD: Final = Text(
    kk="Қаралған жол: {read}. Жер бедері еңістігін айтатыны: {told}, айта алмайтыны немесе басқа көзден белгілісі: "
    "{rest}. Өзгергені: {changed}.",
    ru="Просмотрено путей: {read}. Рельеф говорит об уклоне: {told}, не может сказать или уклон известен из другого "
    "источника: {rest}. Изменено: {changed}.",
    en="Ways looked at: {read}. The terrain tells the slope of {told}; of {rest} it can't, or it is known from "
    "elsewhere. Changed: {changed}.",
)
