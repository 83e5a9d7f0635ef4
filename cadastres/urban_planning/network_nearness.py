"""How near two lines of networks come to each other, in plan and in depth: one measure for rules and for readers.

In plan it is the gap between the lines' edges; in depth, where they cross, the gap between the lower line's top and the
upper line's bottom. Norms (:data:`cadastres.urban_planning.network_model.CLEARANCE`) say how much it must be.

A line lies at the depth of its top, which runs evenly from one end to the other; its bottom is its diameter deeper. A
line that hangs is not held against others in plan: its protective zone speaks for it.
"""

from typing import Final

COLUMNS: Final = (
    "feature_id", "utility_network_type", "from_node", "to_node", "vertical_position", "diameter", "half_width",
    "depth_from", "depth_to", "geom",
)  # fmt: skip
"""What is measured of a line."""


def told(alias: str, prefix: str) -> str:
    """Return :data:`COLUMNS` of a relation under prefixed names."""
    return ", ".join(f"{alias}.{name} AS {prefix}_{name}" for name in COLUMNS)


def depth_at(line: str, place: str) -> str:
    """Return the depth of a line's top at a place on it, as SQL; null where no depth is on record."""
    along = f"ST_LineLocatePoint({line}_geom, {place})"
    begin = f"coalesce({line}_depth_from, {line}_depth_to)"
    end = f"coalesce({line}_depth_to, {line}_depth_from)"
    return f"({begin} + ({end} - {begin}) * {along})"


def half(line: str) -> str:
    """Return how far a line's edge is from its axis [m], as SQL."""
    return f"coalesce({line}_half_width, {line}_diameter / 2000, 0)"


APART: Final = """NOT coalesce(one_from_node IN (other_from_node, other_to_node), false)
    AND NOT coalesce(one_to_node IN (other_from_node, other_to_node), false)"""
"""Lines that meet at a node belong together: they are not held against each other."""

_GAP: Final = f"ST_Distance(one_geom, other_geom) - {half('one')} - {half('other')}"
_HANGS: Final = "'suspendedOrElevated' IN (coalesce(one_vertical_position, ''), coalesce(other_vertical_position, ''))"

MEASURED: Final = f"""
normed AS (
  SELECT pair.*, n.feature_id AS norm_id, n.min_horizontal, n.min_vertical, n.legal_basis, n.confirmed,
    n.valid AS norm_valid, pair.valid * n.valid AS spanned, ST_Intersects(one_geom, other_geom) AS crossing
  FROM pair JOIN norm AS n ON n.one_network = least(one_utility_network_type, other_utility_network_type)
    AND n.other_network = greatest(one_utility_network_type, other_utility_network_type)
    AND n.valid && pair.valid
), beside AS (
  SELECT *, 'plan' AS nearness, greatest({_GAP}, 0) AS gap, min_horizontal AS least,
    ST_Intersection(one_geom, ST_Buffer(other_geom, min_horizontal + {half("one")} + {half("other")})) AS place
  FROM normed WHERE NOT crossing AND NOT {_HANGS} AND {_GAP} < min_horizontal - %(linear)s
), crossed AS (
  SELECT normed.*, at.geom AS spot FROM normed
  CROSS JOIN LATERAL ST_Dump(ST_Intersection(one_geom, other_geom)) AS at WHERE crossing AND min_vertical IS NOT NULL
), spotted AS (
  SELECT *, ST_LineInterpolatePoint(ST_MakeLine(ST_PointN(points, 1), ST_PointN(points, -1)), 0.5) AS middle
  FROM (SELECT *, CASE ST_Dimension(spot) WHEN 0 THEN ST_MakeLine(spot, spot) ELSE spot END AS points FROM crossed) AS c
), sunk AS (
  SELECT *, {depth_at("one", "middle")} AS one_top, {depth_at("other", "middle")} AS other_top FROM spotted
), over AS (
  SELECT *, 'depth' AS nearness, min_vertical AS least, spot AS place,
    greatest(one_top - other_top - coalesce(other_diameter, 0) / 1000,
      other_top - one_top - coalesce(one_diameter, 0) / 1000) AS gap
  FROM sunk
)"""  # noqa: S608 - composed of constants
"""Common table expressions over ``pair`` (:func:`told` of both lines and ``valid``) and ``norm`` (norms in force).

``beside`` has the pairs that run too near in plan; ``over`` every crossing with its gap in depth, null where a depth is
not on record. Binds ``%(linear)s``.
"""
