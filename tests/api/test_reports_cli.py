"""``qala report`` as an operator meets it, and reports over a migration back and forth."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from shapely import Point
from typer.testing import CliRunner, Result

from api.main import app
from cadastres.urban_planning.street_point_model import KERB
from cadastres.urban_planning.street_reports import ReportAttributes, wording
from data.installation import MIGRATIONS
from gis import drafts, reports
from gis.database import migrate
from gis.report import Report, Reporter, Sighting, Wanted, found, listed
from gis.report_photos import Photo, attach
from gis.reports import Decision
from tests.city import ORIGIN
from tests.registers import Cities, Operated


@dataclass
class Office:
    """An operator's city with a kerb."""

    operated: Operated
    kerb: int

    def reported(self, height: float, **words: str) -> Report:
        """Report the kerb's height."""
        command = ReportAttributes(layer=KERB, feature=self.kerb, attributes={"height": height})
        seen = datetime.now(UTC) - timedelta(seconds=5)
        sighting = Sighting(
            kind="attributes", layer=KERB.name, place=Point(*ORIGIN), seen=seen, feature_id=self.kerb, words=words
        )
        who = Reporter(name="Асан", role="field", token_id=1)
        return reports.report(self.operated.city.register, command, sighting, who, "report", wording)[0]

    def run(self, *arguments: object) -> Result:
        """Run a verb of ``qala``."""
        return CliRunner().invoke(app, [str(each) for each in arguments], env=self.operated.environment)

    def migrated(self, revision: str) -> None:
        """Bring the city's database to a revision."""
        register = self.operated.city.register
        known = {
            str(facts["user"]): str(facts["password"]) for facts in map(conninfo_to_dict, register.database.logins)
        }
        migrate(register.database, register.profile, MIGRATIONS, lambda login: known[login], revision=revision)

    def asked(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the database as its owner."""
        with psycopg.connect(self.operated.city.register.database.owner) as connection:
            return connection.execute(statement).fetchall()

    def furnish(self) -> None:
        """Lay the kerb."""
        self.kerb = self.operated.city.put(KERB.name, Point(*ORIGIN), kerb="raised", height=0.1)


@pytest.fixture
def office(fresh_city: Cities, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office whose kerb was laid."""
    with fresh_city.operated(tmp_path_factory.mktemp("office")) as operated:
        office = Office(operated, 0)
        office.furnish()
        yield office


def test_a_list_that_is_cut_says_so(office: Office) -> None:
    """And where it goes on; one that is whole says nothing."""
    first, second, third = (office.reported(height).number for height in (0.02, 0.03, 0.04))
    cut = office.run("report", "list", "--limit", 2, "--json")
    assert [each["number"] for each in json.loads(cut.stdout)] == [first, second]
    assert f"--after {second}" in cut.stderr
    rest = office.run("report", "list", "--limit", 2, "--after", second, "--json")
    assert ([each["number"] for each in json.loads(rest.stdout)], rest.stderr) == ([third], "")


def test_photographs_are_erased_by_command(office: Office) -> None:
    """With a reason; a report that there is not is told."""
    register, one = office.operated.city.register, office.reported(0.02)
    attach(register, one, Photo("image/png", b"a passer-by"))
    assert office.run("report", "erase", one.number).exit_code != 0
    assert office.run("report", "erase", one.number, "--reason", "  ").exit_code != 0
    done = office.run("report", "erase", one.number, "--reason", "asked by letter 7")
    assert (done.exit_code, "1 photographs erased" in done.stdout) == (0, True), done.output
    assert found(register, one.number).photos == 0
    assert office.run("report", "erase", 10**6, "--reason", "x").exit_code == 3


def test_reports_over_a_migration_back_and_forth(office: Office) -> None:
    """Their drafts are given up with what they propose, and no later report meets their names."""
    register = office.operated.city.register
    one, other, third = (office.reported(height, description="x") for height in (0.02, 0.03, 0.04))
    act = office.operated.city.act("2026-01-10")
    reports.accept(register, one, Decision(act=act), wording)
    reports.withdraw(register, third)
    for revision in ("0015", "0014"):
        office.migrated(revision)
        states = office.asked("SELECT name, state FROM qala.draft ORDER BY draft_id")
        assert states == [
            (one.draft.name, "adopted"),
            (other.draft.name, "withdrawn"),
            (third.draft.name, "withdrawn"),
        ]
        left = "SELECT draft_id FROM qala.draft_feature UNION SELECT draft_id FROM qala.draft_reliance"
        assert office.asked(left) == [(one.draft.draft_id,)]
        if revision == "0015":
            assert office.asked("SELECT DISTINCT draft_id FROM urban_planning.kerb_draft") == [(one.draft.draft_id,)]
        office.migrated("heads")
        assert listed(register, Wanted()) == []
    office.furnish()
    again = office.reported(0.05)
    assert again.number > third.number
    with register.reading() as connection:
        assert [draft.name for draft in drafts.listed(connection, closed=False)] == [again.draft.name]
    assert reports.accept(register, again, Decision(act=act), wording) is not None
