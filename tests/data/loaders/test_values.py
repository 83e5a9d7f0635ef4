"""Attributes: what each type of field takes, what it refuses, and why."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from data.loaders.mapping import ColumnMapping, checked_mapping
from data.loaders.source import Batch
from data.loaders.values import LONGEST, Valued, Valuer
from data.profiles import find
from gis.layer import Field, FieldType, GeometryKind, Layer
from gis.text import Text

TITLE = Text(kk="т", ru="т", en="t")
ALMATY = find("almaty")
DAY = ALMATY.midnight(date(2020, 1, 1))

THING = Layer(
    name="test.thing",
    title=TITLE,
    description=TITLE,
    geometry=GeometryKind.POLYGON,
    fields=(
        Field(name="name", type=FieldType.STRING, title=TITLE),
        Field(name="floors", type=FieldType.INTEGER, title=TITLE),
        Field(name="area", type=FieldType.NUMBER, title=TITLE),
        Field(name="derived", type=FieldType.BOOLEAN, title=TITLE),
        Field(name="built", type=FieldType.DATE, title=TITLE),
        Field(name="seen", type=FieldType.INSTANT, title=TITLE),
        Field(name="category", type=FieldType.STRING, title=TITLE, codes="land_category"),
        Field(name="kind", type=FieldType.STRING, title=TITLE, values=("a", "b")),
        Field(name="must", type=FieldType.STRING, title=TITLE, required=True),
    ),
)


def _valued(
    column: pa.Array,
    field: str = "name",
    encoding: str = "utf-8",
    layer: Layer = THING,
    **mapping: Any,
) -> Valued:
    table = {"key": "key", "fields": {field: "column"}, **mapping}
    columns = {"column": column, "key": pa.array([str(i) for i in range(len(column))])}
    batch = Batch(np.arange(1, len(column) + 1), columns, np.empty(len(column), dtype=object))
    return Valuer(layer, ALMATY, checked_mapping(table, "test"), encoding, DAY).value(batch)


def _codes(valued: Valued) -> list[str]:
    return [flaw.kind.code for flaw in valued.flaws]


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        ("name", " Жол ", "Жол"),
        ("name", "", None),
        ("name", 5, "5"),
        ("name", 5.0, "5"),
        ("name", 5.5, "5.5"),
        ("name", date(2020, 1, 2), "2020-01-02"),
        ("floors", "5", 5),
        ("floors", 5.0, 5),
        ("floors", "9007199254740993", 9007199254740993),
        ("area", "1 600,5", 1600.5),
        ("area", 1600, 1600.0),
        ("area", float("nan"), None),
        ("derived", "иә", True),
        ("derived", 0, False),
        ("derived", "нет", False),
        ("built", "2014-11-07", date(2014, 11, 7)),
        ("built", "07.11.2014", date(2014, 11, 7)),
        ("built", "7.11.2014 г.", date(2014, 11, 7)),
        ("built", "20141107", date(2014, 11, 7)),
        ("built", "2014-11-07T10:00:00+05:00", date(2014, 11, 7)),
        ("built", datetime(2014, 11, 7), date(2014, 11, 7)),  # noqa: DTZ001 - as files give it
        ("seen", "2014-11-07T10:00:00+05:00", datetime(2014, 11, 7, 5, tzinfo=UTC)),
        ("seen", "2014-11-07", ALMATY.midnight(date(2014, 11, 7))),
        ("category", "2", "2"),
        ("kind", "a", "a"),
    ],
)
def test_what_a_field_takes(field: str, raw: object, value: object) -> None:
    """One value, whatever the file's own type."""
    valued = _valued(pa.array([raw]), field)
    assert (valued.fields[field], valued.flaws) == ([value], [])


@pytest.mark.parametrize(
    ("field", "raw", "code"),
    [
        ("name", "a\x00b", "bad-value"),
        ("name", "x" * (LONGEST + 1), "value-too-long"),
        ("floors", "5.5", "bad-value"),
        ("floors", "five", "bad-value"),
        ("floors", 1e300, "bad-value"),
        ("area", "12 м", "bad-value"),
        ("area", float("inf"), "bad-value"),
        ("derived", "maybe", "bad-value"),
        ("built", "31.02.2014", "bad-value"),
        ("built", "yesterday", "bad-value"),
        ("built", "0202-01-01", "absurd-date"),
        ("built", "2999-01-01", "absurd-date"),
        ("seen", "soon", "bad-value"),
        ("category", "99", "unknown-code"),
        ("kind", "c", "unlisted-value"),
        ("must", "", "value-missing"),
    ],
)
def test_what_a_field_refuses(field: str, raw: object, code: str) -> None:
    """One flaw, at its row; the row before keeps its value."""
    good = {"floors": "1", "area": "1", "built": "2014-01-01", "seen": "2014-01-01", "kind": "a", "category": "2"}
    first = good.get(field, "1")
    column = pa.array([first, raw], pa.string()) if isinstance(raw, str) else pa.array([float(first), raw])
    valued = _valued(column, field)
    assert [(f.index, f.kind.code) for f in valued.flaws] == [(1, code)]
    assert valued.fields[field][0] is not None


def test_a_code_is_held_against_the_rows_own_date() -> None:
    """The Land Code's categories are in force since 2003; a row valid from 1999 can't bear one."""
    valued = _valued(pa.array(["2", "2"]), "category", valid_from="column")
    assert _codes(valued) == ["bad-value", "bad-value"]
    columns = {
        "column": pa.array(["2", "2"]),
        "key": pa.array(["a", "b"]),
        "since": pa.array([date(1999, 1, 1), date(2004, 1, 1)]),
    }
    mapping = ColumnMapping.model_validate({"key": "key", "fields": {"category": "column"}, "valid_from": "since"})
    batch = Batch(np.arange(1, 3), columns, np.empty(2, dtype=object))
    dated = Valuer(THING, ALMATY, mapping, "utf-8", DAY).value(batch)
    assert [(f.index, f.kind.code) for f in dated.flaws] == [(0, "unknown-code")]
    assert dated.valid_from[1] == ALMATY.midnight(date(2004, 1, 1))


def test_bytes_in_another_encoding_are_told_row_by_row() -> None:
    """The rows that can be read are read."""
    raw = pa.array(["Дом".encode("cp1251"), b"plain", None], pa.binary())
    valued = _valued(raw)
    assert [(f.index, f.kind.code) for f in valued.flaws] == [(0, "undecodable-text")]
    assert valued.fields["name"] == [None, "plain", None]
    assert _valued(raw, encoding="cp1251").fields["name"] == ["Дом", "plain", None]


def test_codes_are_translated() -> None:
    """A mapping's table turns the file's codes into the classifier's; ``otherwise`` takes the rest."""
    source = {"column": "column", "codes": {"01": "1", "02": "2"}, "otherwise": "7"}
    valued = _valued(pa.array(["01", "02", "xx", None]), "category", fields={"category": source})
    assert (valued.fields["category"], valued.flaws) == (["1", "2", "7", None], [])


def test_a_key_of_several_columns_is_joined() -> None:
    """A row that lacks a part of its key has none."""
    columns = {"a": pa.array(["x", "y"]), "b": pa.array([1, None])}
    mapping = ColumnMapping.model_validate({"key": ["a", "b"]})
    valued = Valuer(THING, ALMATY, mapping, "utf-8", DAY).value(Batch(np.arange(1, 3), columns, np.empty(2, object)))
    assert valued.keys == ["x/1", None]
    assert _codes(valued) == ["key-missing"]


def test_the_content_hash_tells_rows_apart_and_nothing_else() -> None:
    """It depends on the values, the shape, and on which fields the mapping fills."""
    mapping = ColumnMapping.model_validate({"key": "key", "fields": {"name": "column"}})
    valuer = Valuer(THING, ALMATY, mapping, "utf-8", DAY)
    valued = _valued(pa.array(["a", "a", "b"]))
    one, same, other = valuer.digests(valued, [b"1", b"1", b"1"])
    assert one == same != other
    assert one != valuer.digests(valued, [b"2", b"1", b"1"])[0]
    more = Valuer(THING, ALMATY, mapping.model_copy(update={"constants": {"kind": "a"}}), "utf-8", DAY)
    assert one != more.digests(valued, [b"1", b"1", b"1"])[0]


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        ("20-315-094-111", "20315094111", []),
        ("20 315 094 0111", "20315094111", []),
        ("20-315-94-1111", None, ["bad-number"]),
    ],
)
def test_cadastral_numbers_are_read_in_any_spelling(raw: str, value: str | None, codes: list[str]) -> None:
    """A bad one is refused with the reason that the number's own module gives."""
    from data.catalogue import LAYERS  # noqa: PLC0415 - the one test on a real layer

    valued = _valued(pa.array([raw]), "cadastral_number", layer=LAYERS["land.parcel"])
    assert (valued.fields["cadastral_number"], _codes(valued)) == ([value], codes)
    assert all("quarter" in str(flaw.facts["reason"]) for flaw in valued.flaws)
