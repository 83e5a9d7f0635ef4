"""Norms of accessibility as the register has them, and whether what is known of an object meets them.

A norm is a row: document, edition, clause, the kind of object and its attribute, the least and the greatest value, and
the condition under which it holds. A condition is a list joined by ``&``; ``rise<=0.8`` compares an attribute, and a
bare word (``cramped``) is for somebody on the spot to judge.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, Literal

from psycopg import Connection, sql
from psycopg.rows import dict_row

from gis.instant import Reading, versions_at
from gis.layer import Layer
from gis.text import Text
from routing.standing import KERB_HEIGHTS

Verdict = Literal["met", "broken", "conditional", "unknown"]
"""Met; broken; broken unless a condition holds that only somebody on the spot can judge; nobody knows the value."""

Range = tuple[float, float]
"""From above which, up to which a value may be; both the same where it is known."""

_COMPARED: Final = re.compile(r"\s*([a-z_]+)\s*(<=|>=|=|<|>)\s*(.+?)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """A row of the layer of norms; its fields are the layer's.

    Attributes:
        confirmed: whether the value was read in the document itself.
        statement: what it demands.
    """

    feature_id: int
    code: str
    edition: str
    clause: str | None
    object_kind: str
    attribute: str
    at_least: float | None
    at_most: float | None
    condition: str | None
    confirmed: bool
    statement: Text

    @property
    def cited(self) -> Text:
        """Document, edition and clause."""
        if not self.clause:
            return Text(*[f"{self.code} ({self.edition})"] * 3)
        return _CITED.filled(code=self.code, edition=self.edition, clause=self.clause)

    def judged(self, value: Range | None) -> Verdict:
        """Judge a value; inclines are taken without their sign."""
        if value is None:
            return "unknown"
        low, high = value
        if self.at_most is not None and (low > self.at_most or (low == self.at_most and high > low)):
            return "broken"
        if self.at_least is not None and (high < self.at_least or (high == self.at_least and high > low)):
            return "broken"
        surely = (self.at_most is None or high <= self.at_most) and (self.at_least is None or low >= self.at_least)
        return "met" if surely else "unknown"

    def applies(self, known: Mapping[str, Any]) -> bool | None:
        """Tell whether its condition holds for an object; ``None`` where that can't be told from the register."""
        verdicts = [_holds(part, known) for part in (self.condition or "").split("&") if part.strip()]
        return False if False in verdicts else None if None in verdicts else True


def _holds(part: str, known: Mapping[str, Any]) -> bool | None:
    compared = _COMPARED.fullmatch(part)
    if compared is None or compared[1] not in known:
        return None
    value, sign, wanted = known[compared[1]], compared[2], compared[3]
    if not isinstance(value, int | float) or isinstance(value, bool):
        return (str(value).lower() == wanted.lower()) if sign == "=" else None
    other = float(wanted)
    return {
        "<=": value <= other, ">=": value >= other, "=": value == other, "<": value < other, ">": value > other,
    }[sign]  # fmt: skip


def conditions_of(norms: Iterable[Norm]) -> set[str]:
    """Return the attributes that conditions of norms compare."""
    parts = [part for norm in norms for part in (norm.condition or "").split("&")]
    return {found[1] for part in parts if (found := _COMPARED.fullmatch(part))}


def read_norms(connection: Connection, layer: Layer, reading: Reading) -> tuple[Norm, ...]:
    """Read the norms in force at a reading."""
    with connection.cursor(row_factory=dict_row) as cursor:
        statement = sql.SQL("SELECT * FROM {}").format(versions_at(layer, reading))
        rows = cursor.execute(statement, reading.parameters).fetchall()
    return tuple(_norm(row) for row in sorted(rows, key=lambda row: int(row["feature_id"])))


def _norm(row: Mapping[str, Any]) -> Norm:
    statement = Text(kk=row["statement_kk"], ru=row["statement_ru"], en=row["statement_en"])
    plain = ("feature_id", "code", "edition", "clause", "object_kind", "attribute", "at_least", "at_most", "condition")
    return Norm(**{name: row[name] for name in plain}, confirmed=row["confirmed"] is True, statement=statement)


def value_range(kind: str, attribute: str, known: Mapping[str, Any]) -> Range | None:
    """Return between what bounds an attribute of an object is; ``None`` where nothing is known of it.

    The height of a kerb that nobody measured follows from its class.
    """
    value = known.get(attribute)
    if isinstance(value, int | float) and not isinstance(value, bool):
        size = abs(float(value)) if attribute in {"incline", "cross_slope"} else float(value)
        return size, size
    if (kind, attribute) == ("kerb", "height") and known.get("kerb") in KERB_HEIGHTS:
        low, high = KERB_HEIGHTS[known["kerb"]]
        return max(low, 0.0), high
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one document says of one attribute of an object.

    Attributes:
        norm: the row that decides.
        verdict: see there.
        value: the attribute's, absent where unknown.
        unless: the row under whose condition the value would do, where the verdict is ``conditional``.
    """

    norm: Norm
    verdict: Verdict
    value: object = None
    unless: Norm | None = None


def judge(kind: str, known: Mapping[str, Any], norms: Iterable[Norm]) -> tuple[Judgement, ...]:
    """Judge an object by all norms of its kind.

    Args:
        kind: of the object: ``ramp``, ``kerb`` and so on.
        known: its attributes that are known.
        norms: those in force; of a document, a row whose condition holds goes before one without condition.
    """
    own = sorted((norm for norm in norms if norm.object_kind == kind), key=_group)
    found = (_judgement(kind, known, list(rows)) for _, rows in groupby(own, key=_group))
    return tuple(each for each in found if each is not None)


def _group(norm: Norm) -> tuple[str, str, str]:
    return norm.code, norm.edition, norm.attribute


def _judgement(kind: str, known: Mapping[str, Any], rows: Sequence[Norm]) -> Judgement | None:
    binding = [norm for norm in rows if norm.applies(known) is True]
    open_ones = [norm for norm in rows if norm.applies(known) is None]
    attribute = rows[0].attribute
    value = value_range(kind, attribute, known)
    if not binding:
        return None
    norm = max(binding, key=lambda each: bool(each.condition))
    verdict = norm.judged(value)
    told = known.get(attribute, known.get("kerb") if kind == "kerb" else None)
    if verdict == "broken":
        unless = next((each for each in open_ones if each.judged(value) == "met"), None)
        if unless is not None:
            return Judgement(norm=norm, verdict="conditional", value=told, unless=unless)
    return Judgement(norm=norm, verdict=verdict, value=told)


_CITED: Final = Text(
    kk="{code} ({edition}), {clause}-тармақ",
    ru="{code} ({edition}), п. {clause}",
    en="{code} ({edition}), cl. {clause}",
)
