"""A new variant of the General Plan: the guide's requests run on Almaty, and every extract equals brute force.

The story is told once, section by section. Tables are read as they stand, and shapely says what lies on what: that is
compared with the extracts over HTTP, before and after each act, with the draft laid over, and on both axes of time.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import httpx2
import numpy as np
import pytest
import shapely
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from cadastres.land.model import PARCEL
from data.catalogue import LAYERS
from data.city import BuildReport
from gis import drafts, tokens
from gis.audit import verify
from gis.database import connect
from gis.instant import Instant
from gis.layer import Layer
from gis.overlay import restricting, restrictions_on
from gis.schema import twin_name
from tests.api.guide import Shell, pdf_text, sections
from tests.api.server import serving
from tests.city import City
from tests.gis.restricted import TOLERANCE, overlap

GUIDE: Final = Path(__file__).parents[2] / "docs" / "variant.md"
ROLES: Final = {"PLANNER": "planner", "PLANS": "registrar.urban_planning", "NATURE": "registrar.environment"}
FORCE, DRAWN, COMPARED, CHECKED, MOVED, ADOPTED, WIDENED, BACK = range(1, 9)
"""Sections of the guide."""

DRAFT: Final = "almatinka-2040"
DAYS: Final = ("2012-06-01", "2020-06-01", "2024-10-15", "2025-05-31", "2025-06-01", "2025-09-01")
PLANNED: Final = "2025-07-01"
QUESTIONS: Final = int(os.environ.get("QALA_TEST_EXTRACTS", "1000"))
RESTRICTIONS: Final = tuple(restricting(LAYERS).values())

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("curl") is None and os.environ.get("CI") != "true", reason="the guide's examples use curl"
    ),
]

Found = Mapping[tuple[str, int], float]
"""Amount by layer and feature."""


@dataclass(frozen=True)
class Row:
    """A version as it stands in a table; ``recorded`` is ``None`` where a draft proposes it."""

    feature_id: int
    valid: Any
    recorded: Any
    shape: BaseGeometry
    number: str | None
    bounds: tuple[float, float, float, float]


class Tables:
    """All versions of parcels and of what restricts, by brute force."""

    def __init__(self, city: City) -> None:
        """Read the tables as they stand."""
        with connect(city.register.database.owner) as connection:
            named = {layer.name: layer for layer in (PARCEL, *RESTRICTIONS)}
            self.rows = {name: list(_rows(connection, layer, layer.table)) for name, layer in named.items()}
            self.proposed = {name: list(_rows(connection, layer, twin_name(layer))) for name, layer in named.items()}
            found = connection.execute(
                "SELECT feature_id FROM qala.draft_feature JOIN qala.draft USING (draft_id) WHERE state = 'open'"
            ).fetchall()
        self.touched = {row[0] for row in found}

    @cached_property
    def outlines(self) -> Mapping[str, list[Row]]:
        """Versions of parcels by number."""
        numbers: dict[str, list[Row]] = {}
        for row in self.rows[PARCEL.name]:
            numbers.setdefault(str(row.number), []).append(row)
        return numbers

    def near(self, box: BaseGeometry) -> list[str]:
        """Return the numbers of parcels in a box."""
        return sorted(n for n, rows in self.outlines.items() if any(row.shape.within(box) for row in rows))

    def in_force(self, name: str, valid: datetime, recorded: datetime, *, drafted: bool) -> Iterator[Row]:
        """Yield a layer's versions at an instant."""
        for row in self.rows[name]:
            if valid in row.valid and recorded in row.recorded and not (drafted and row.feature_id in self.touched):
                yield row
        for row in self.proposed[name] if drafted else ():
            if valid in row.valid:
                yield row

    def ground(self, number: str, valid: datetime, recorded: datetime) -> BaseGeometry:
        """Return a parcel's outline at an instant."""
        return next(row.shape for row in self.outlines[number] if valid in row.valid and recorded in row.recorded)

    def lying(self, ground: BaseGeometry, valid: datetime, recorded: datetime, *, drafted: bool = False) -> Found:
        """Return what lies on an area at an instant: m², metres or 1."""
        return {
            (layer.name, row.feature_id): amount
            for layer in RESTRICTIONS
            for row in self.in_force(layer.name, valid, recorded, drafted=drafted)
            if _meet(ground.bounds, row.bounds)
            if (amount := overlap(ground, row.shape))
        }


_OPEN: Final = "draft_id IN (SELECT draft_id FROM qala.draft WHERE state = 'open')"


def _rows(connection: Any, layer: Layer, table: str) -> Iterator[Row]:
    twin = table != layer.table
    when = None if layer.restricting is None else layer.restricting.when
    statement = sql.SQL(
        "SELECT feature_id, valid, {recorded}, ST_AsBinary(ST_Force2D(geom)), {number} FROM {table} "
        "WHERE NOT abolished AND {holds} AND {open}"
    ).format(
        recorded=sql.SQL("NULL" if twin else "recorded"),
        number=sql.SQL("cadastral_number" if layer is PARCEL else "NULL"),
        table=sql.Identifier(layer.schema, table),
        holds=sql.SQL("true") if when is None else sql.SQL("{} = {}").format(sql.Identifier(when[0]), when[1]),
        open=sql.SQL(_OPEN if twin else "true"),
    )
    for feature_id, valid, recorded, shape, number in connection.execute(statement):
        drawn = shapely.from_wkb(bytes(shape))
        yield Row(feature_id, valid, recorded, drawn, number, drawn.bounds)


def _meet(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


@dataclass
class Told:
    """The story as it was told.

    Attributes:
        printed: what the examples printed, by section.
        recorded: the register's head after each section.
        seen: the parcel's extracts after each section, by day.
        laid: while the draft was open, the tables and the extracts of all parcels with the draft, by section.
    """

    city: City
    client: httpx2.Client
    secrets: Mapping[str, str]
    printed: dict[int, list[str]] = field(default_factory=dict)
    recorded: dict[int, str] = field(default_factory=dict)
    seen: dict[int, dict[str, Any]] = field(default_factory=dict)
    laid: dict[int, tuple[Tables, dict[str, Any]]] = field(default_factory=dict)
    drafted_pdf: str = ""
    drafted_envelope: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    @cached_property
    def tables(self) -> Tables:
        """The tables after the whole story."""
        return Tables(self.city)

    def get(self, path: str, day: str, step: int | None = None, **parameters: str) -> httpx2.Response:
        """Ask about a legal day, as the register knew it after a section; of now by default."""
        known = {} if step is None else {"recorded-at": self.recorded[step]}
        headers = {"Authorization": f"Bearer {self.secrets['PLANNER']}"}
        return self.client.get(path, params={"datetime": day, **known, **parameters}, headers=headers)

    def extract(self, day: str, step: int | None = None, number: str | None = None, **parameters: str) -> Any:
        """Return an extract: of the story's parcel unless another is named."""
        answer = self.get(f"/restrictions/parcels/{number or self.ids['PARCEL']}", day, step, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pdf(self, day: str, step: int | None = None, **parameters: str) -> str:
        """Return the text of the parcel's extract as it is printed."""
        answer = self.get(f"/restrictions/parcels/{self.ids['PARCEL']}", day, step, f="pdf", **parameters)
        assert answer.status_code == 200, answer.text
        return pdf_text(answer.content)

    def envelope(self, day: str, step: int | None = None, **parameters: str) -> Any:
        """Return what may be built on the parcel."""
        return self.get(f"/urban-planning/parcels/{self.ids['PARCEL']}/envelope", day, step, **parameters).json()

    def moment(self, day: str) -> datetime:
        """Return the instant at which the register is asked about a day."""
        return self.city.profile.midnight(datetime.fromisoformat(day).date())

    def parcels(self) -> list[str]:
        """Return the parcels of the two blocks, and of the blocks around."""
        return self.tables.near(shapely.box(658700, 4789650, 659300, 4790600))


@pytest.fixture(scope="module")
def told(
    built_city: Callable[[str], tuple[City, BuildReport]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """Almaty after the whole story, and what was seen on the way."""
    city, _ = built_city("almaty")
    with city.register.writing() as connection:
        secrets = {name: tokens.create(connection, name, role) for name, role in ROLES.items()}
    with (
        serving(city.register) as server,
        httpx2.Client(base_url=server.address, timeout=60.0) as client,
        Shell.opened(tmp_path_factory.mktemp("variant"), BASE=server.address, **secrets) as shell,
    ):
        told = Told(city, client, secrets)
        for step, examples in enumerate(sections(GUIDE)):
            told.printed[step] = shell.run(examples).splitlines()
            if step == FORCE:
                told.ids = _named(shell, "PARCEL", "REACH", "LINE", "PLAN")
            if step == DRAWN:
                told.ids |= _named(shell, "VARIANT", "PARK", "SHARED")
            if step:
                _look(told, step)
        told.ids |= _named(shell, "ADOPTED")
        yield told
    city.register.close()


def _named(shell: Shell, *names: str) -> dict[str, str]:
    return dict(zip(names, shell.run("\n".join(f'echo "${n}"' for n in names)).split("\n"), strict=False))


def _look(told: Told, step: int) -> None:
    """Note what the register, and the draft while it is open, say after a section."""
    told.seen[step] = {day: told.extract(day) for day in DAYS}
    told.recorded[step] = told.seen[step][DAYS[0]]["as_of"]["recorded"]
    if step in {DRAWN, CHECKED, MOVED}:
        tables = Tables(told.city)
        numbers = tables.near(shapely.box(658700, 4789650, 659300, 4790600))
        told.laid[step] = tables, {n: told.extract(PLANNED, None, n, draft=DRAFT) for n in numbers}
        told.drafted_pdf = told.pdf(PLANNED, draft=DRAFT, lang="ru")
        told.drafted_envelope = told.envelope(PLANNED, draft=DRAFT)


def amounts(extract: Mapping[str, Any]) -> Found:
    """Return what an extract tells: the amount by layer and feature."""
    return {(r["layer"], r["id"]): float(r[r["measure"]]) for r in extract["restrictions"]}


def require_equal(extract: Mapping[str, Any], expected: Found, ground: BaseGeometry) -> None:
    """Hold an extract against brute force: the same features, amounts to 0.1 mm (m²), shares to a millionth."""
    assert amounts(extract) == pytest.approx(dict(expected), abs=2e-4)
    shares = {(r["layer"], r["id"]): r["share"] for r in extract["restrictions"] if "share" in r}
    assert shares == pytest.approx({key: expected[key] / ground.area for key in shares}, abs=1e-6)


def kinds(extract: Mapping[str, Any]) -> list[str]:
    """Return what the restrictions of an extract are called, as the guide prints it."""
    return [str(r["name"] or r["kind"]["code"]) for r in extract["restrictions"]]


def test_every_section_ran_and_refusals_say_why(told: Told) -> None:
    """All sections ran; the check named both faults, the adoption the clash, the closed draft its changeset."""
    assert sorted(told.printed) == list(range(9))
    zones, elements, tile, before, after, pdf = told.printed[DRAWN]
    assert (zones, elements.strip(), pdf) == ("3", "3", "%PDF-")
    assert int(tile) > 100
    assert "recreation" in after
    assert "recreation" not in before
    assert told.printed[CHECKED] == [
        "false",
        "urban_planning.zoning-element.no-overlap 3853",
        "urban_planning.zoning-element.within-plan 11565",
        "true",
    ]
    clash = "urban_planning.regulation_line geometry 2025-06-01"
    assert told.printed[MOVED] == ["409", clash, "409", "Шешім G-8", "[]"]
    assert told.printed[ADOPTED][:2] == ["410", told.ids["ADOPTED"]]
    assert told.printed[ADOPTED][2] == after  # adopted, it is what the link had shown


def test_comparison_equals_the_geometries(told: Told) -> None:
    """Counts and areas of the comparison are those of the outlines that the tables hold."""
    tables, _ = told.laid[DRAWN]
    zone = "urban_planning.zoning_element"
    proposed = [row for row in tables.proposed[zone] if told.moment(PLANNED) in row.valid]
    ended = [r for r in tables.rows[zone] if r.feature_id in tables.touched and r.recorded.upper is None]
    sizes = [sum(row.shape.area for row in rows) for rows in (ended, proposed)]
    printed = next(line.split() for line in told.printed[COMPARED] if line.startswith(zone))
    assert printed[1:4] == ["3", "0", "2"]
    assert [float(size) for size in printed[4:]] == pytest.approx(sizes, abs=1e-3)
    assert (len(proposed), len(ended)) == (3, 2)


@pytest.mark.parametrize("step", range(FORCE, BACK + 1))
def test_extract_equals_brute_force(told: Told, step: int) -> None:
    """After each section, on each day: what the parcel's extract said, and says again when asked by both times."""
    known = datetime.fromisoformat(told.recorded[step])
    for day in DAYS:
        valid = told.moment(day)
        ground = told.tables.ground(told.ids["PARCEL"], valid, known)
        expected = told.tables.lying(ground, valid, known)
        require_equal(told.seen[step][day], expected, ground)
        again = told.extract(day, step)
        assert again["restrictions"] == told.seen[step][day]["restrictions"]
        assert again["parcel"] == told.seen[step][day]["parcel"]


def test_extracts_of_the_neighbours_equal_brute_force(told: Told) -> None:
    """Every parcel of the blocks, at days and moments that take turns."""
    numbers = told.parcels()
    for i, number in enumerate(numbers):
        day, step = DAYS[i % len(DAYS)], 1 + i % BACK
        valid, known = told.moment(day), datetime.fromisoformat(told.recorded[step])
        ground = told.tables.ground(number, valid, known)
        require_equal(told.extract(day, step, number), told.tables.lying(ground, valid, known), ground)
    assert len(numbers) > 30


@pytest.mark.parametrize("step", [DRAWN, CHECKED, MOVED])
def test_extracts_with_the_draft_equal_brute_force(told: Told, step: int) -> None:
    """With the draft laid over, as it was drawn, corrected and rebased: every parcel of the blocks."""
    tables, extracts = told.laid[step]
    valid, known = told.moment(PLANNED), datetime.fromisoformat(told.recorded[step])
    for number, extract in extracts.items():
        ground = tables.ground(number, valid, known)
        require_equal(extract, tables.lying(ground, valid, known, drafted=True), ground)
        assert extract["draft"] == DRAFT
    assert any(r["act"] is None for extract in extracts.values() for r in extract["restrictions"])


def test_adopted_is_what_the_draft_showed(told: Told) -> None:
    """The draft's last extracts and envelope are the register's after the adoption, now by an act."""
    _, extracts = told.laid[MOVED]
    for number, extract in extracts.items():
        adopted = told.extract(PLANNED, ADOPTED, number)
        assert amounts(adopted) == amounts(extract)
        assert all(r["act"] is not None for r in adopted["restrictions"])
    park = next(r for r in told.extract(PLANNED)["restrictions"] if r["id"] == int(told.ids["PARK"]))
    assert (park["act"]["number"], park["act"]["changeset"]) == ("G-20", int(told.ids["ADOPTED"]))
    places = [
        [block["geometry"] for block in each["features"]] for each in (told.drafted_envelope, told.envelope(PLANNED))
    ]
    assert places[0] == places[1]


def test_zone_widened_by_a_project(told: Told) -> None:
    """The zone is 180 m wide from its day on; before it 100 m; and nobody knew before it was recorded."""
    asked = (("2025-09-01", WIDENED), ("2025-08-31", WIDENED), ("2025-09-01", ADOPTED))
    assert [_width(told, day, step) for day, step in asked] == [180, 100, 100]
    assert "Жоба № 2" in told.pdf("2025-09-01", lang="kk")
    assert "Жоба № 2" not in told.pdf("2025-09-01", ADOPTED, lang="kk")


def _width(told: Told, day: str, step: int) -> float:
    """Return the width of the river's own zone, whose outline is its buffer by it."""
    known, valid = datetime.fromisoformat(told.recorded[step]), told.moment(day)
    name = "environment.water_protection_zone"
    own = next(r for r in told.extract(day, step)["restrictions"] if r["layer"] == name and r["legal_basis"])
    width = float(next(limit["value"] for limit in own["limits"] if limit["name"] == "width"))
    shapes = {row.feature_id: row.shape for row in told.tables.in_force(name, valid, known, drafted=False)}
    with connect(told.city.register.database.owner) as connection:
        reaches = list(_rows(connection, LAYERS["environment.water_reach"], "water_reach"))
    reach = next(r for r in reaches if r.feature_id == int(told.ids["REACH"]) and valid in r.valid)
    assert shapes[own["id"]].symmetric_difference(reach.shape.buffer(width, quad_segs=16)).area < 1e-3
    return width


@pytest.mark.parametrize(("step", "day"), [(FORCE, "2025-05-31"), (ADOPTED, "2025-06-01"), (WIDENED, "2025-09-01")])
def test_print_says_the_same(told: Told, step: int, day: str) -> None:
    """The issued PDF tells each restriction with its share in per cent, in the asker's language."""
    extract = told.extract(day, step)
    for language in ("kk", "ru"):
        printed = told.pdf(day, step, lang=language)
        for restriction in extract["restrictions"]:
            assert restriction["title"][language] in printed
            if "share" in restriction:
                assert f"{100 * restriction['share']:.2f}".replace(".", ",") in printed


def test_draft_is_printed_as_a_draft(told: Told) -> None:
    """Its print is marked, names the park and no act; it is no document that verification knows."""
    assert "ЧЕРНОВИК" in told.drafted_pdf
    assert "предложено черновиком, не действует" in told.drafted_pdf
    assert "Капитальное строительство запрещено; для парка." in told.drafted_pdf


@pytest.mark.parametrize(("step", "day"), [(FORCE, "2025-05-31"), (FORCE, "2025-06-01"), (ADOPTED, "2025-06-01")])
def test_envelope_equals_brute_force(told: Told, step: int, day: str) -> None:
    """What may be built is the parcel less the strips, less the park, less what lies before the red line."""
    valid, known = told.moment(day), datetime.fromisoformat(told.recorded[step])
    ground = told.tables.ground(told.ids["PARCEL"], valid, known)
    strips = "environment.water_protection_strip"
    taken = [row.shape for row in told.tables.in_force(strips, valid, known, drafted=False)]
    left = ground.difference(shapely.union_all(taken))
    if step == ADOPTED:
        line = [(659017, 4789738), (658994, 4789935), (658978, 4790127), (658930, 4790498)]
        behind = shapely.Polygon([*line, (658930, 4790600), (659400, 4790600), (659400, 4789738)])
        left = left.difference(shapely.box(659040, 4789742, 659195, 4790513)).intersection(behind)
    assert told.envelope(day, step)["buildable_area"] == pytest.approx(left.area, abs=0.02)


def test_adoption_is_one_act(told: Told) -> None:
    """One changeset opened all that the draft proposed."""
    changeset = int(told.ids["ADOPTED"])
    count = sql.SQL("SELECT count(DISTINCT feature_id) FROM {} WHERE opened_by = %s")
    tables = [sql.Identifier("urban_planning", n) for n in ("spatial_plan", "zoning_element", "regulation_line")]
    with connect(told.city.register.database.owner) as connection:
        row = connection.execute("SELECT verb, source_number FROM qala.changeset WHERE number = %s", (changeset,))
        assert row.fetchone() == ("register.draft.adopt", "G-20")
        opened = [connection.execute(count.format(table), (changeset,)).fetchone() for table in tables]
    assert opened == [(2,), (5,), (1,)]


def test_adopted_draft_is_gone(told: Told) -> None:
    """By name and by link, for every interface; it is told which changeset adopted it."""
    changeset = int(told.ids["ADOPTED"])
    zones, headers = (
        "/ogc/collections/urban_planning.zoning_element",
        {"Authorization": f"Bearer {told.secrets['PLANNER']}"},
    )
    for path in (f"{zones}/items", f"{zones}/tiles/WebMercatorQuad/15/12009/23388"):
        gone = told.client.get(path, params={"draft": DRAFT}, headers=headers)
        assert (gone.status_code, gone.json()["changeset"]) == (410, changeset)
    assert told.client.get(f"/drafts/{DRAFT}/comparison", headers=headers).status_code == 410
    assert told.client.get(f"{zones}/items", params={"draft": told.ids["SHARED"]}).status_code == 410


def test_days_of_the_last_section(told: Told) -> None:
    """On each day its own law, as the guide prints it."""
    days = {line.split()[0]: line.split()[1:] for line in told.printed[BACK]}
    assert days["2021-02-14"] == ["residential"]
    assert days["2021-02-15"] == ["residential", "water_protection_zone", "water_protection_strip"]
    assert days["2025-05-31"][0] == "residential"
    assert days["2025-06-01"][:3] == ["public_business", "recreation", "КС-1"]
    assert days["2025-09-01"] == kinds(told.seen[BACK]["2025-09-01"])


def test_random_extracts_of_the_city_equal_brute_force(told: Told) -> None:
    """A thousand parcels of Almaty at random (valid, recorded), half with a draft that takes the adoption back."""
    register, taken_back = told.city.register, "without-the-park"
    who = {"actor": "planner", "role": "planner"}
    drafts.invert(register, int(told.ids["ADOPTED"]), taken_back, "Without the park", **who)
    tables, overlaps = Tables(told.city), restrictions_on(register.layers, PARCEL.name)
    with register.reading() as connection:
        overlay = drafts.overlay(connection, drafts.find(connection, taken_back))
    lying = 0
    for number, valid, known, drafted in _questions(told, sorted(tables.outlines)):
        with register.reading() as connection:
            instant = Instant(valid, known, overlay if drafted else None)
            ground = overlaps.on(connection, instant, tables.outlines[number][0].feature_id, TOLERANCE)
        outline = tables.ground(number, valid, known)
        expected = tables.lying(outline, valid, known, drafted=drafted)
        found = {} if ground is None else {(o.laid.layer, o.laid.feature_id): o.amount for o in ground.overlaps}
        shares = [{key: amount / outline.area for key, amount in each.items()} for each in (found, expected)]
        assert shares[0] == pytest.approx(shares[1], abs=1e-6)
        lying += len(expected)
    assert lying > QUESTIONS // 2  # the parcels are no empty ones


def _questions(told: Told, everywhere: Sequence[str]) -> Iterator[tuple[str, datetime, datetime, bool]]:
    """Yield parcels, two of three of the plan's, with days and moments, and whether the draft is laid over."""
    random, near = np.random.default_rng(20250601), told.parcels()
    for question in range(QUESTIONS):
        known = told.recorded[int(random.integers(FORCE, BACK + 1))]
        number = str(random.choice(near if question % 3 else everywhere))
        yield number, told.moment(str(random.choice(DAYS))), datetime.fromisoformat(known), bool(question % 2)


def test_the_register_is_sound(told: Told) -> None:
    """The audit of the whole chain finds nothing."""
    with connect(told.city.register.database.owner) as connection:
        findings: Sequence[Any] = list(verify(connection, LAYERS.values(), told.city.register.heads))
    assert findings == []
