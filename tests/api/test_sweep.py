"""Persons show where the policy says and nowhere else: every route, every format and direct SQL, in every role."""

import base64
import gzip
import json
import math
import random
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import cycle
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import httpx2
import psycopg
import pytest
import shapely
import uvicorn
from fastapi import FastAPI
from psycopg import Connection, sql
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.app import create_app
from api.violations import on_globe
from cadastres.real_estate.identity_number import check_digit
from cadastres.urban_planning.construction_verbs import NameBuilder
from data.catalogue import LAYERS
from data.exports.vector import DRIVERS, ExportRequest, export_layer
from gis import policy, tokens
from gis.access import Look as Looked
from gis.database import connect
from gis.errors import QalaError
from gis.gml import namespace
from tests.api.sweep import Answer, Ask, Door, Look, World, asks, doors, known_parameters, shown
from tests.cadastres.land.registrar import Registrar
from tests.cadastres.real_estate.notary import Notary, owning, to
from tests.cadastres.urban_planning.builder import Builder
from tests.city import ORIGIN, City

pytestmark = pytest.mark.slow

EVERYONE = (policy.ANONYMOUS, *policy.roles(LAYERS))
CONFIDANTS = policy.confidants(LAYERS)
LETTERS = "абвгғдежзийкқлмнңоөпрстуұүфхшыі"

OPEN_TABLES = frozenset(
    {
        *(f"{layer.schema}.{layer.table}" for layer in LAYERS.values() if layer.public),
        # What is proposed for a public layer names no person; who is shown which draft is the application's to settle.
        *(f"{layer.schema}.{layer.table}_draft" for layer in LAYERS.values() if layer.public),
        *(f"{layer.schema}.{layer.table}_{f.name}_issued" for layer in LAYERS.values() for f in layer.identifiers),
        *("qala.canonical_form", "qala.city", "qala.ledger", "qala.lineage", "qala.violation"),
        *("public.geography_columns", "public.geometry_columns", "public.spatial_ref_sys"),
        *("qala.document", "qala.document_file", "address.spelling"),
        *("qala.terrain", "qala.terrain_block", "qala.scene_tile"),
        *("sensors.datastream", "sensors.delivery", "sensors.observation"),  # what stations measured
        "qala.draft_feature",  # which features of which layers drafts propose to change, and from which version
    }
)
"""What the public login may read whole. A new table that it can read must be added here, and thought about."""


def surname(dice: random.Random) -> str:
    """Return a surname that nobody has."""
    return "Қ" + "".join(dice.choices(LETTERS, k=14)) + "ов"


def iin(dice: random.Random, born: date) -> str:
    """Return a made-up IIN of a day in the 20th century."""
    while True:
        digits = f"{born:%y%m%d}3{dice.randrange(10_000):04d}"
        check = check_digit(digits)
        if check is not None:
            return f"{digits}{check}"


@dataclass(frozen=True)
class Town:
    """A register with persons on record, its application, and what must not get out.

    Attributes:
        secrets: names and numbers of persons.
        world: what requests are filled with.
        keys: the secret of each role's token; nobody in particular has none.
        seen: numbers of the looks that were told of already.
        known: the parameters that each path tells of.
    """

    city: City
    app: FastAPI
    client: httpx2.Client
    owner: Connection
    secrets: frozenset[str]
    world: World
    keys: Mapping[str, str | None]
    seen: list[int] = field(default_factory=lambda: [0])
    known: dict[str, frozenset[str]] = field(default_factory=dict)

    def asks(self, door: Door, *, thorough: bool) -> Iterator[Ask]:
        """Yield requests to a door, with the parameters that it tells a registrar or an auditor of."""
        if door.path not in self.known:
            trusted = (self.keys["registrar"], self.keys["auditor"])
            self.known[door.path] = known_parameters(door, self.world, self.client, trusted)
        yield from asks(door, self.world, self.known[door.path], thorough=thorough)

    def answer(self, ask: Ask, role: str) -> Answer:
        """Ask, and return what came of it with the looks that were logged meanwhile."""
        reply = ask.send(self.client, self.keys[role])
        known = f"{ask.path} {ask.query} {ask.body}"
        told = shown(reply.content, self.secrets, known) | shown(str(reply.headers).encode(), self.secrets, known)
        kept = reply.headers.get("Cache-Control", "")
        return Answer(ask, role, reply.status_code, kept, frozenset(told), tuple(self.new_looks()))

    def new_looks(self) -> list[Look]:
        """Return the looks logged since this was asked last."""
        found = self.owner.execute(_LOOKS, (self.seen[-1],)).fetchall()
        self.seen.extend(int(row[0]) for row in found)
        return [Look(*row[1:]) for row in found]


_LOOKS = "SELECT access_id, actor, role, subject FROM qala.access WHERE access_id > %s ORDER BY access_id"


@contextmanager
def open_house(app: FastAPI) -> Iterator[httpx2.Client]:
    """Serve an application in a thread of this process, so that its table of routes is at hand; yield a client."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx2.Client(base_url=address, timeout=60.0) as client:
            yield client
        server.should_exit = True
        thread.join(20)


@dataclass(frozen=True)
class Persons:
    """Persons of unmistakable names and numbers."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]

    @classmethod
    def made(cls) -> "Persons":
        """Make some; others each time, so that no log of an earlier run holds them."""
        dice = random.Random()
        born = [date(1960, 1, 1 + i) for i in range(6)]
        return cls(tuple(surname(dice) for _ in born), tuple(iin(dice, day) for day in born))


def settled(city: City, people: Persons) -> dict[str, Any]:
    """Register people and what they hold: alone, as a family, in the past, as a pledgee; return the ids."""
    Registrar(city).quarter()
    notary = Notary(city)
    parties = [
        notary.person(f"{name} Асан", f"1960-01-{1 + i:02d}", iin_bin=number)
        for i, (name, number) in enumerate(zip(people.names[:5], people.numbers[:5], strict=True))
    ]
    bank = notary.bank()
    family = notary.family(parties[1], parties[2])
    unit, rights = notary.owned(parties[0])
    notary.transfer(rights[0], to(parties[3]))
    notary.pledge(unit, bank, day="2019-01-01")
    home, _ = notary.unit_with([owning(family)])
    works = taking_part(Builder(notary), parties[4])
    return {"parties": [*parties, family], "units": [unit, home], "rights": rights, "works": works}


def taking_part(builder: Builder, party: int) -> dict[str, list[int]]:
    """Let somebody build as a person, hold an equity contract and bid at an auction; return what paths may name."""
    construction, _, _ = builder.permitted()
    builder.perform(NameBuilder(construction=construction, part="developer", party=party), "2018-03-01")
    contract = builder.contract(construction, holder=party)
    auction, lot, _ = builder.auction()
    builder.bidder(auction, 1, party)
    builder.perform(builder.bidding(auction, 1, 1_000_000), "2018-02-20")
    return {"construction": [construction], "contract": [contract], "auction": [auction], "lot": [lot]}


def applied(client: httpx2.Client, keys: Mapping[str, str | None], people: Persons) -> str:
    """Hand in an application with a document in a person's name; return its number."""
    headers = {"Authorization": f"Bearer {keys['registrar']}"}
    applicant = {"name": f"{people.names[5]} Әсел", "iin_bin": people.numbers[5]}
    kinds = client.get("/counter/services").json()["services"]
    body = {"kind": kinds[0]["kind"], "applicant": applicant, "objects": []}
    taken = client.post("/counter/applications", json=body, headers=headers)
    assert taken.status_code == 201, taken.text
    number = str(taken.json()["number"])
    scan = f"Мен, {people.names[5]}, сұраймын".encode()
    sent = client.post(
        f"/counter/applications/{number}/documents",
        params={"name": f"{people.names[5]}.txt"},
        content=scan,
        headers=headers | {"Content-Type": "text/plain"},
    )
    assert sent.status_code in {200, 201}, sent.text
    return number


def issued(client: httpx2.Client, keys: Mapping[str, str | None], numbers: Iterable[str]) -> None:
    """Issue passports that tell everything."""
    headers = {"Authorization": f"Bearer {keys['registrar']}"}
    for number in numbers:
        query = {"disclosure": "full", "reason": "sale", "lang": "ru"}
        answer = client.get(f"/real-estate/units/{number}/passport", params=query, headers=headers)
        assert answer.status_code == 200, answer.text


def values(connection: Connection, statement: sql.SQL | sql.Composed) -> list[Any]:
    """Return the first column of an answer."""
    return [row[0] for row in connection.execute(statement)]


def tile(city: City, zoom: int) -> tuple[int, int]:
    """Return row and column of the tile of Web Mercator over the origin."""
    east, north = on_globe(shapely.Point(ORIGIN), city.profile.system)["coordinates"]
    across = 2**zoom
    turned = math.asinh(math.tan(math.radians(north))) / math.pi
    return int((1 - turned) / 2 * across), int((east + 180) / 360 * across)


def world_of(city: City, owner: Connection, people: Persons, application: str, known: dict[str, Any]) -> World:
    """Return what requests to this register are filled with."""
    layers = [
        "personal.party",
        "personal.holder",
        "personal.member",
        "personal.equity_holder",
        "real_estate.right",
        "real_estate.unit",
    ]
    units = values(owner, sql.SQL("SELECT unit_number FROM real_estate.unit ORDER BY feature_id"))
    documents = values(owner, sql.SQL("SELECT number FROM qala.document ORDER BY number"))
    hashes = values(owner, sql.SQL("SELECT encode(file_hash, 'hex') FROM qala.document ORDER BY number"))
    changesets = values(owner, sql.SQL("SELECT max(number) FROM qala.changeset WHERE 'personal.party' = ANY(layers)"))
    row, column = tile(city, 14)
    holder = values(owner, sql.SQL("SELECT max(feature_id) FROM personal.holder"))
    parcel = values(owner, sql.SQL("SELECT max(feature_id) FROM land.parcel"))
    features = [known["parties"][0], *holder, known["units"][0], known["rights"][0], *parcel]
    source = {"kind": "contract", "number": "S-1", "acceptance": "2020-01-01"}
    act = {"source": source, "reason": "sweep"}
    return World(
        named={
            "collection": [*layers, "land.parcel"],
            "layer": [*layers, "land.parcel"],
            "feature": features,
            "feature_id": features,
            "zoom": [14],
            "row": [row],
            "column": [column],
            "number": [*units, application, *changesets],
            "reference": [*documents, *hashes],
            "serial": [1],
            **known["works"],
        },
        numbers=[*features, *changesets],
        words=[*units, application, people.names[0], people.numbers[0]],
        bodies=[
            {},
            act,
            {**act, "right": known["rights"][0], "unit": units[0], "party": known["parties"][0]},
            {"party": known["parties"][0]},
            {"iin_bin": people.numbers[0]},
            b"%PDF-1.4 nothing",
        ],
    )


@pytest.fixture(scope="module")
def town(fresh_city: Callable[[str], City]) -> Iterator[Town]:
    """A town whose people are on record in every way there is."""
    city, people = fresh_city("helsinki"), Persons.made()
    known = settled(city, people)
    with city.register.writing() as connection:
        keys = {role: tokens.create(connection, f"the {role}", role) for role in EVERYONE[1:]}
    app = create_app(city.register)
    with open_house(app) as client, connect(city.register.database.owner) as owner:
        application = applied(client, keys, people)
        issued(client, keys, values(owner, sql.SQL("SELECT unit_number FROM real_estate.unit")))
        world = world_of(city, owner, people, application, known)
        secrets = frozenset({*people.names, *people.numbers})
        made = Town(city, app, client, owner, secrets, world, {policy.ANONYMOUS: None, **keys})
        made.new_looks()
        yield made


def services(world: World) -> Iterator[Ask]:
    """Yield what a WFS is asked by clients that know layers by heart."""
    forms = ("application/gml+xml; version=3.2", "application/geo+json", "text/csv", "application/json")
    for layer in world.named["layer"]:
        name = str(layer).replace(".", ":")
        base = {"service": "WFS", "version": "2.0.0", "typenames": name}
        for form in forms:
            yield Ask("GET", "/wfs", "/wfs", base | {"request": "GetFeature", "outputformat": form})
        yield Ask("GET", "/wfs", "/wfs", base | {"request": "DescribeFeatureType"})
        yield Ask("GET", "/wfs", "/wfs", base | {"request": "GetPropertyValue", "valuereference": "name"})
        prefix = name.partition(":")[0]
        body = f"""<GetFeature xmlns="http://www.opengis.net/wfs/2.0" xmlns:{prefix}="{namespace(prefix)}"
            service="WFS" version="2.0.0"><Query typeNames="{name}"/></GetFeature>"""
        yield Ask("POST", "/wfs", "/wfs", {}, body.encode())


def swept(town: Town, roles: Iterable[str], *, thorough: bool) -> list[Answer]:
    """Ask every route in some roles; where a route only reads, before those that write."""
    town.new_looks()
    asked = [ask for door in doors(town.app) for ask in town.asks(door, thorough=thorough)]
    asked += services(town.world)
    asked.sort(key=lambda ask: ask.method != "GET")
    return [town.answer(ask, role) for role in roles for ask in asked]


def faults(answers: Iterable[Answer]) -> list[str]:
    """Return what is wrong with answers."""
    found = (answer.fault(CONFIDANTS, policy.NAMED_UNIT_ONLY) for answer in answers)
    return [fault for fault in found if fault]


def test_nobody_in_particular_sees_nobody(town: Town) -> None:
    """Every route, with every form that an answer takes: not one name."""
    answers = swept(town, [policy.ANONYMOUS], thorough=True)
    assert faults(answers) == []
    assert not any(answer.told or answer.looks for answer in answers)
    assert Counter(answer.status == 500 for answer in answers)[True] == 0, [a for a in answers if a.status == 500]
    met = {answer.ask.route for answer in answers if answer.status == 200}
    assert {"/ogc/collections/{collection}/items", "/changesets/{number}", "/wfs"} <= met


@pytest.mark.parametrize("role", sorted(CONFIDANTS))
def test_each_role_sees_whom_it_may_and_each_look_is_on_record(town: Town, role: str) -> None:
    """Persons show to confidants alone, for a reason, uncached; a notary and a bank name a unit."""
    answers = swept(town, [role], thorough=False)
    assert faults(answers) == []
    telling = [answer for answer in answers if answer.told]
    looking = [answer for answer in answers if answer.looks and answer.ask.path != "/access-log"]
    assert telling
    assert set(map(str, telling)) <= set(map(str, looking))
    actors = {(look.actor, look.role) for answer in looking for look in answer.looks}
    assert actors <= {(f"the {role}", role)}
    assert [str(answer) for answer in answers if answer.status == 500] == []


def test_roles_that_may_see_nobody_see_nobody(town: Town) -> None:
    """Every route again: the requests are dealt out among the roles with a token that may look at no persons."""
    trusted_with_none = cycle(role for role in EVERYONE[1:] if role not in CONFIDANTS)
    town.new_looks()
    asked = [ask for door in doors(town.app) for ask in town.asks(door, thorough=False)]
    asked += services(town.world)
    answers = [town.answer(ask, role) for ask, role in zip(asked, trusted_with_none, strict=False)]
    assert faults(answers) == []
    assert not any(answer.told for answer in answers)
    assert [str(answer) for answer in answers if answer.status == 500] == []


def test_as_many_looks_as_answers_that_told(town: Town) -> None:
    """Over what is named by its number, each answer that shows persons is one look, and each look one answer."""
    told = looked = 0
    town.new_looks()
    for door in doors(town.app):
        if not door.path.startswith(("/real-estate/units/", "/documents/")) or "GET" not in door.methods:
            continue
        for ask in town.asks(door, thorough=False):
            answer = town.answer(ask, "notary")
            told += bool(answer.told)
            looked += len(answer.looks)
    assert told == looked > 0


def tables(connection: Connection) -> list[tuple[str, str]]:
    """Return every relation there is with rows of its own or of others, in every schema, temporary ones too."""
    found = connection.execute(
        "SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f', 't') AND n.nspname <> 'information_schema' ORDER BY 1, 2"
    )
    return [(str(schema), str(table)) for schema, table in found]


def readable(connection: Connection, listed: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return all that a login can read, whole, by table; columns are tried one by one where the table is not given."""
    found: dict[str, str] = {}
    for schema, table in listed:
        text = _rows(connection, sql.SQL("t"), schema, table)
        found |= {} if text is None else {f"{schema}.{table}": text}
    return found


def _rows(connection: Connection, what: sql.Composable, schema: str, table: str) -> str | None:
    statement = sql.SQL("SELECT ({})::text FROM {} AS t").format(what, sql.Identifier(schema, table))
    try:
        return "\n".join(str(row[0]) for row in connection.execute(statement))
    except psycopg.Error:
        return None


def columns(connection: Connection) -> dict[str, str]:
    """Return what a login can read of single columns of tables that it can't read whole."""
    listed = connection.execute(
        "SELECT n.nspname, c.relname, a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid "
        "JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE a.attnum > 0 AND NOT a.attisdropped "
        "AND n.nspname !~ '^(pg_|information_schema)' AND c.relkind = 'r' "
        "AND NOT has_table_privilege(c.oid, 'SELECT') AND has_column_privilege(c.oid, a.attnum, 'SELECT')"
    ).fetchall()
    told = {f"{s}.{t}.{c}": _rows(connection, sql.Identifier("t", str(c)), str(s), str(t)) for s, t, c in listed}
    return {name: text for name, text in told.items() if text is not None}


def test_the_public_login_sees_nobody(town: Town) -> None:
    """By SQL around the API: every table of every schema, statistics, other sessions' queries, temporary tables."""
    with connect(town.city.register.database.reader) as connection:
        found = readable(connection, tables(town.owner)) | columns(connection)
    leaks = {name: shown(text.encode(), town.secrets) for name, text in found.items()}
    assert {name: told for name, told in leaks.items() if told} == {}
    own = {name for name in found if not name.startswith("pg_") and name.count(".") == 1}
    assert own <= OPEN_TABLES
    assert {f"{layer.schema}.{layer.table}" for layer in LAYERS.values() if layer.public} <= own


def test_columns_that_the_public_login_may_not_read(town: Town) -> None:
    """Who performed an act, and what hashes persons without salt, are in no column that it reads."""
    with connect(town.city.register.database.reader) as connection:
        found = {name.removeprefix("qala.") for name in columns(connection)}
    assert "changeset.reason" in found
    assert not found & {"changeset.actor", "changeset.fingerprint", "token.hash", "application.code_hash"}


def test_the_confidants_login_sees_nobody_without_a_look(town: Town) -> None:
    """Nor does a look at one moment open anything at the next."""
    with connect(town.city.register.database.confidant) as connection:
        found = readable(connection, tables(town.owner)) | columns(connection)
    leaks = {name: shown(text.encode(), town.secrets) for name, text in found.items()}
    assert {name: told for name, told in leaks.items() if told} == {}
    assert found["personal.party"] == ""


def test_the_sweep_by_sql_would_find_them(town: Town) -> None:
    """With a look on record the same questions find every person: the sweep is not blind."""
    look = Looked(actor="a", role="auditor", reason="r", subject="personal.party 1")
    with town.city.register.confiding(look) as connection:
        found = "\n".join(
            str(_rows(connection, sql.SQL("t"), "personal", table))
            for table in ("party", "applicant", "application_document", "document_file")
        )
    assert shown(found.encode(), town.secrets) == town.secrets


@pytest.mark.parametrize("login", ["reader", "confidant"])
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT pg_advisory_lock(1)",
        "SELECT nextval('qala.feature_id')",
        "CREATE TABLE public.t (a int)",
        "CREATE TABLE qala.t (a int)",
        "SET ROLE postgres",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT rolpassword FROM pg_authid",
        "UPDATE personal.party SET name = ''",
        "INSERT INTO qala.token (hash, name, role) VALUES ('', '', 'registrar')",
        "UPDATE spatial_ref_sys SET srtext = ''",
        "SET session_replication_role = replica",
    ],
)
def test_what_logins_can_not_do(town: Town, login: str, statement: str) -> None:
    """Neither the public's login nor the confidant's leaves a trace or borrows another's rights."""
    with (
        connect(getattr(town.city.register.database, login)) as connection,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable)),
    ):
        connection.execute(statement)


def test_exports_tell_nobody(town: Town, tmp_path: Path) -> None:
    """Every layer in every format, by the public login as exports are: those about persons are refused."""
    refused = set()
    for layer in LAYERS.values():
        for suffix in DRIVERS if layer.spatial else (".geojson",):
            file = tmp_path / f"{layer.name}{suffix}"
            try:
                export_layer(town.city.register, ExportRequest(layer=layer.name, file=file))
            except (QalaError, psycopg.Error):
                refused.add(layer.name)
            content = file.read_bytes() if file.exists() else b""
            assert shown(content, town.secrets) == set(), file.name
    assert {layer.name for layer in LAYERS.values() if not layer.public} <= refused


def test_the_servers_log_names_nobody(town: Town) -> None:
    """Not even where the database refuses a value."""
    with connect(town.city.register.database.writer) as connection, pytest.raises(psycopg.errors.NotNullViolation):
        connection.execute("INSERT INTO personal.party (name) VALUES (%s)", (min(town.secrets),))
    folder = town.owner.execute("SHOW log_directory").fetchone()
    assert folder is not None
    recent = b"".join(log.read_bytes()[-2_000_000:] for log in Path(folder[0]).glob("postgresql-*.log"))
    assert b"personal.party" in recent
    assert shown(recent, town.secrets) == set()


def _planted(town: Town, form: str, told: str) -> Response:
    text = json.dumps({"holder": told})
    if form == "compressed":
        return Response(gzip.compress(text.encode()))
    if form == "encoded":
        return JSONResponse({"file": base64.b64encode(f"padding, padding: {told}".encode()).decode()})
    if form == "header":
        return Response("", headers={"Link": f"<https://a.example/{quote(told)}>"})
    if form == "shouted":
        return Response(f"<p>{told.upper()}</p>".encode(), media_type="text/html")
    return Response(text)


@pytest.mark.parametrize("form", ["escaped", "compressed", "encoded", "header", "shouted"])
def test_a_planted_leak_is_found(town: Town, form: str) -> None:
    """A route that forgets to ask who asks, whatever shape its answer has."""
    secret = min(town.secrets)
    app = create_app(town.city.register)

    def leaking(_: Request) -> Response:
        return _planted(town, form, secret)

    app.add_route("/planted/{number}", leaking)
    with open_house(app) as client:
        planted = Town(town.city, app, client, town.owner, town.secrets, town.world, town.keys, town.seen)
        asked = [ask for door in doors(app) if "planted" in door.path for ask in planted.asks(door, thorough=False)]
        found = faults(planted.answer(ask, role) for role in ("anonymous", "notary") for ask in asked)
    assert any("[anonymous]" in fault for fault in found)
    assert any("[notary]" in fault and "without a look" in fault for fault in found)
