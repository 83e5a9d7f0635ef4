"""Within what bounds the measures of streets can lie: what is beyond is a slip of the pen or of the unit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cadastres.urban_planning.street_model import WAYS
from cadastres.urban_planning.street_point_model import FIXTURES
from cadastres.urban_planning.street_state_model import STREET_SPEED
from gis.layer import FieldType, Layer
from gis.rules import Rule
from gis.text import Text


@dataclass(frozen=True, slots=True)
class Bounds:
    """From the least value, which may be itself allowed or not, to the greatest, which is; in the field's unit."""

    least: float
    most: float
    open: bool = False

    def __str__(self) -> str:
        """Return them as a reader takes them.

        >>> str(Bounds(0, 50, open=True)), str(Bounds(-1, 1))
        ('> 0, ≤ 50', '≥ -1, ≤ 1')
        """
        return f"{'>' if self.open else '≥'} {self.least:g}, ≤ {self.most:g}"


BOUNDS: Final[Mapping[str, Bounds]] = {
    "width": Bounds(0, 200, open=True),
    "incline": Bounds(-1, 1),
    "incline_error": Bounds(0, 1),
    "cross_slope": Bounds(0, 1),
    "level": Bounds(-30, 200),
    "lanes": Bounds(1, 30),
    "max_speed": Bounds(0, 200, open=True),
    "max_height": Bounds(0, 50, open=True),
    "max_weight": Bounds(0, 1000, open=True),
    "step_count": Bounds(1, 3000),
    "step_height": Bounds(0, 1, open=True),
    "rise": Bounds(0, 100),
    "height": Bounds(0, 1),
    "door_width": Bounds(0, 20, open=True),
    "depth": Bounds(0, 50, open=True),
    "wait": Bounds(0, 3600),
    "cycle": Bounds(0, 900, open=True),
    "speed": Bounds(0, 250),
}
"""By field, wherever it stands. An incline of 1 is 45°; a kerb higher than 1 m was most likely given in centimetres."""

_STATEMENT: Final = Text(
    kk="Өлшемдер мағыналы шектерде болуы тиіс: ен, жылдамдық, биіктік пен масса нөлден үлкен, еңістік -1 мен 1 "
    "арасында (100 %), басқыш саны кемінде бір.",
    ru="Размеры должны лежать в разумных пределах: ширина, скорость, высота и масса больше нуля, уклон от -1 до 1 "
    "(100 %), ступеней не меньше одной.",
    en="Measures must lie within reason: width, speed, height and weight above zero, inclines between -1 and 1 "
    "(100 %), one step at least.",
)


def _rule(layer: Layer) -> Rule:
    checks = list(_checks(layer))
    told = ", ".join(
        f"CASE WHEN {wrong} THEN '{name} = ' || {name} || ' ({bounds})' END" for name, bounds, wrong in checks
    )
    place = "geom" if layer.spatial else "NULL::geometry"
    return Rule(
        id="urban_planning.street.measures",
        severity="error",
        statement=_STATEMENT,
        watches=(layer.name,),
        sql=f"""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, {place} AS place,
  concat_ws('; ', {told}) AS detail
FROM {{proposed:{layer.name}}} AS l WHERE NOT abolished AND ({" OR ".join(wrong for _, _, wrong in checks)})
""",  # noqa: S608 - composed of constants
        tested_by="tests/cadastres/urban_planning/test_street_rules.py::test_measures",
    )


def _checks(layer: Layer) -> Iterator[tuple[str, Bounds, str]]:
    """Yield each bounded field of a layer with its bounds and the condition that it breaks them; NaN always does."""
    for declared in layer.fields:
        bounds = BOUNDS.get(declared.name)
        if bounds is not None and declared.type in {FieldType.NUMBER, FieldType.INTEGER}:
            least = f"{declared.name} {'>' if bounds.open else '>='} {bounds.least:g}"
            yield declared.name, bounds, f"NOT ({least} AND {declared.name} <= {bounds.most:g})"


RULES: Final = tuple(_rule(layer) for layer in (*WAYS, *FIXTURES, STREET_SPEED) if any(_checks(layer)))
