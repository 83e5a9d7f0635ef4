"""The same act by the same source is recorded once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import shapely

from gis.act import Act
from gis.database import connect
from gis.edit import Put
from gis.errors import QalaError
from gis.once import RULE, AlreadyRecorded
from gis.record import Write
from tests.city import City, square

GREEN = "environment.green_area"


def _put(act: Act, column: int = 0) -> Put:
    area = shapely.MultiPolygon([square(column, 0)])
    return Put((Write(GREEN, -1, act.period, area, {"green_area_type": "park"}),))


def _count(city: City) -> int:
    with connect(city.register.database.reader) as connection:
        row = connection.execute("SELECT count(*) FROM environment.green_area").fetchone()
    return row[0] if row else 0


def test_a_second_submission_names_the_changeset(empty_city: City) -> None:
    """Whoever submits it: the act stands in the register, and nothing more is written."""
    act = empty_city.act()
    done = empty_city.register.perform(_put(act), act)
    with pytest.raises(AlreadyRecorded) as refused:
        empty_city.register.perform(_put(act), replace(act, actor="another"))
    assert refused.value.data == {"rule": RULE, "changeset": done.number}
    assert RULE in refused.value.in_language("kk")
    assert _count(empty_city) == 1


def test_another_order_by_the_same_source_is_another_act(empty_city: City) -> None:
    """One court decision may order several things."""
    act = empty_city.act()
    empty_city.register.perform(_put(act), act)
    empty_city.register.perform(_put(act, column=2), act)
    assert _count(empty_city) == 2


def test_of_many_at_once_one_is_recorded(empty_city: City) -> None:
    """Eight clerks press the button together."""
    act = empty_city.act()

    def submit(_: int) -> str:
        try:
            empty_city.register.perform(_put(act), act)
        except QalaError as refusal:
            return refusal.code
        return "recorded"

    with ThreadPoolExecutor(8) as clerks:
        answers = sorted(clerks.map(submit, range(8)))
    assert answers == ["already-recorded"] * 7 + ["recorded"]
    assert _count(empty_city) == 1


def test_blanks_and_case_in_the_sources_number_make_no_other_act(empty_city: City) -> None:
    """A clerk types the same number again, a little differently."""
    act = empty_city.act(number="DT-2")
    empty_city.register.perform(_put(act), act)
    again = replace(act, source=replace(act.source, number=" dt - 2"))
    with pytest.raises(AlreadyRecorded):
        empty_city.register.perform(_put(again), again)
