"""``qala plan derive``: a plan out of the city's map."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from api.cli import plans
from api.main import app
from gis.register import Register
from tests.cadastres.land.registrar import box, many
from tests.cadastres.urban_planning.planner import PLAN, Planner
from tests.city import City


def test_a_plan_is_derived(empty_city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is drawn up with the titles given, tells how many zones of each kind it has, and stays in elaboration."""
    planner = Planner(empty_city)
    planner.quarter()
    used = {"hilucs_land_use": "5_ResidentialUse", "specific_land_use": "landuse=residential"}
    empty_city.put("urban_planning.land_use", many(box(0, 0, 90, 90)), "2016-01-01", -1, **used)

    @contextmanager
    def opened(_: str | None) -> Iterator[Register]:
        yield empty_city.register

    monkeypatch.setattr(plans, "register_of", opened)
    options = ["--title-kk", "Нұсқа Б", "--title-ru", "Вариант Б", "--act-date", "2020-01-01", "--json"]
    done = CliRunner().invoke(app, ["plan", "derive", *options])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["zones"] == {"residential": 1}
    said = planner.said(told["plan"], "2020-01-01", PLAN)
    assert (said["title_ru"], said["process_step_general"]) == ("Вариант Б", "elaboration")
