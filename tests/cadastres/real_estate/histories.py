"""Histories of a neighbourhood: random acts on random days, and witnesses of what the register said meanwhile."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any, Final

from hypothesis import note
from psycopg import Connection, sql
from psycopg import Error as DatabaseError
from psycopg.rows import dict_row

from cadastres.address.verbs import Rename
from cadastres.land.verbs import Merge, Split
from cadastres.real_estate.premises_verbs import MergePremises, SplitPremises
from cadastres.real_estate.rights_verbs import Transfer
from data.catalogue import LAYERS
from data.exports.documents.issuing import Issuer, Order, public_part
from gis.access import Look
from gis.act import Command
from gis.audit import verify
from gis.database import connect
from gis.documents import Copy, content_hash
from gis.errors import QalaError
from gis.instant import Instant, Reading, read_head, settle, versions_at
from gis.recording import Recorded
from gis.text import LANGUAGES
from tests.cadastres.real_estate.estate import ADDRESS, CONSENT, HOLDER, PARCEL, PART, PREMISES, RIGHT, UNIT
from tests.cadastres.real_estate.invariants import ALIAS, NUMBERS, STREET, Book, Row, State
from tests.cadastres.real_estate.moves import MOVES, ON_UNITS, NothingThereError, Scene
from tests.cadastres.real_estate.neighbourhood import BANK, PEOPLE, Neighbourhood

FIRST, START, LAST = date(2016, 1, 1), date(2018, 1, 1), date(2025, 12, 1)
RETROACTIVE: Final = 0.25
"""Part of the acts that are dated anywhere in the past."""

_DAYS: Final = [FIRST + timedelta(days=90 * i) for i in range(40)]
"""Few days, so that acts meet on one."""


@dataclass
class Tally:
    """What came of all acts tried."""

    recorded: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    issued: int = 0

    @property
    def part_recorded(self) -> Fraction:
        """How many of the acts were recorded."""
        done, tried = self.recorded.total(), self.recorded.total() + self.refused.total()
        return Fraction(done, max(tried, 1))


@dataclass
class History:
    """One run of random acts, each judged by what the register said before it."""

    place: Neighbourhood
    tally: Tally
    today: date = START
    witness: "Witness" = field(init=False)
    desk: "Desk" = field(init=False)

    def __post_init__(self) -> None:
        self.witness, self.desk = Witness(self.place), Desk(self.place)

    def act(self, dice: Random, aim: str | None = None) -> None:
        """Try one act, mostly dated after the last, sometimes long before.

        Args:
            dice: what chooses.
            aim: the kind of unit to which something is done; none leaves all open.
        """
        day, known = self._day(dice), Book.read(self.place.city)
        before = known.state(self._moment(day), known.last)
        try:
            command = dice.choice(ON_UNITS if aim else MOVES)(Scene(self.place, before, day, dice, aim))
        except NothingThereError:
            return
        note(f"{day} {command}")
        self._try(command, day, before)

    def look(self, dice: Random) -> None:
        """Keep what is said, and issue a passport, of some day and some moment of the past."""
        moment, moments = self._moment(dice.choice(_DAYS)), self.witness.moments
        self.witness.look(Instant(moment, dice.choice([None, *moments])))
        numbers = sorted({str(row[name]) for row in Book.read(self.place.city).rows for name in _named(row)})
        self.desk.ask(dice.choice(numbers), Instant(moment, dice.choice(moments)), dice)

    def _day(self, dice: Random) -> date:
        if dice.random() < RETROACTIVE:
            return dice.choice([day for day in _DAYS if day <= self.today])
        later = [day for day in _DAYS if self.today <= day <= min(LAST, self.today + timedelta(days=400))]
        self.today = dice.choice(later or [self.today])
        return self.today

    def _moment(self, day: date) -> datetime:
        return self.place.city.profile.midnight(day)

    def _try(self, command: Command, day: date, before: State) -> None:
        stored = self.witness.stored()
        try:
            done = self.place.city.register.perform(command, self.place.city.act(day.isoformat()))
        except QalaError as refusal:
            self.tally.refused[command.verb] += 1
            _check_refusal(refusal)
            assert self.witness.stored() == stored, "what is refused writes nothing"
            return
        self.tally.recorded[command.verb] += 1
        self._judge(command, day, before, done)

    def _judge(self, command: Command, day: date, before: State, done: Recorded) -> None:
        after = Book.read(self.place.city).state(self._moment(day), done.recorded)
        judge = _JUDGES.get(type(command))
        if judge is not None:
            judge(command, before, after)
        for row in (row for state in (before, after) for row in state[RIGHT]):
            if row.changeset == done.number:
                self.tally.kinds[after.kind_of(row["unit_id"])] += 1


def _named(row: Row) -> list[str]:
    name = NUMBERS.get(row.layer) or ("unit_number" if row.layer == UNIT else None)
    return [name] if name else []


def _check_refusal(refusal: QalaError) -> None:
    """Hold a refusal to what it owes: a client's fault, said in three languages, that names nobody."""
    assert 400 <= refusal.status < 500
    assert not isinstance(refusal.__cause__, DatabaseError), "the register itself must refuse, not its database"
    told = [refusal.in_language(language) for language in LANGUAGES]
    assert all(told)
    assert not [name for name in (*PEOPLE, BANK) if name in f"{told} {refusal.data}"]


def _disposed_of_freely(command: Transfer, before: State, after: State) -> None:
    """Check invariants 19 and 24."""
    (right,) = [r for r in before[RIGHT] if r.feature == command.right]
    left = sum((r.share for r in after[RIGHT] if r.feature == command.right), Fraction(0))
    assert right.share - left == sum((r.share or Fraction(0) for r in command.to), Fraction(0))
    over = [r for r in before.naming(RIGHT, "unit_id", right["unit_id"]) if r["on_right_id"] in {None, right.feature}]
    assert not [r for r in over if r["kind"] in {"arrest", "prohibition"}]
    consented = {c["right_id"] for c in before[CONSENT] if c["consents_to"] == "disposal"}
    assert {r.feature for r in over if r["kind"] == "pledge"} <= consented


def _carried_over(command: Any, before: State, after: State) -> None:
    """Check invariant 20: who bore what on the old objects bears it on the new."""
    land = isinstance(command, (Split, Merge))
    layer, name = (PARCEL, "parcels") if land else (PREMISES, "premises")
    named = getattr(command, "parcel" if isinstance(command, Split) else name)
    old = set(named) if isinstance(named, tuple) else {named}
    new = {d.child for d in after.descents if d.layer == layer and d.parent in old}
    assert new
    assert not {row.feature for row in after[layer]} & old
    assert _borne(before, old) <= _borne(after, new)


def _borne(state: State, objects: set[int]) -> set[tuple[Any, ...]]:
    units = {part["unit_id"] for part in state[PART] if part["object_id"] in objects}
    holders: dict[int, int] = {holder["right_id"]: holder["party_id"] for holder in state[HOLDER]}
    rights = [r for r in state[RIGHT] if r["unit_id"] in units]
    shares = {r["kind"]: r["share_check"] for r in rights}
    return {(r["kind"], r["rank"], holders.get(r.feature), shares[r["kind"]] and r.share) for r in rights}


def _renamed(command: Rename, before: State, after: State) -> None:
    """Check invariant 35: the codes stay, the old name is found as an alias."""
    (old,) = [street for street in before[STREET] if street.feature == command.place]
    codes = [
        {a.feature: a["rka"] for a in state.naming(ADDRESS, "street_id", command.place)} for state in (before, after)
    ]
    assert codes[0] == codes[1]
    if old["name_ru"] != command.names["name_ru"]:
        assert old["name_ru"] in {alias["name_ru"] for alias in after.naming(ALIAS, "place_id", command.place)}


_JUDGES: Final[Mapping[type, Callable[[Any, State, State], None]]] = {
    Transfer: _disposed_of_freely,
    **dict.fromkeys((Split, Merge, SplitPremises, MergePremises), _carried_over),
    Rename: _renamed,
}

Content = dict[str, list[dict[str, Any]]]


@dataclass
class Witness:
    """Keeps what the register answered, to ask it again later."""

    place: Neighbourhood
    kept: list[tuple[Instant, Content]] = field(default_factory=list)

    @property
    def moments(self) -> list[datetime]:
        """The moments at which something was recorded since the neighbourhood was built."""
        assert self.place.formed is not None
        with connect(self.place.city.register.database.reader) as connection:
            rows = connection.execute(_MOMENTS, (self.place.formed,)).fetchall()
        return [moment for (moment,) in rows]

    def look(self, instant: Instant) -> None:
        """Keep the content of every layer at an instant."""
        reading, content = self._answer(instant)
        self.kept.append((Instant(reading.valid, reading.recorded), content))

    def check(self) -> None:
        """Ask everything again; the rows must tell the same (invariant 27)."""
        book = Book.read(self.place.city)
        for instant, content in self.kept:
            assert self._answer(instant)[1] == content
            assert instant.valid is not None
            assert instant.recorded is not None
            state = book.state(instant.valid, instant.recorded)
            counted = {name: [row["feature_id"] for row in rows] for name, rows in content.items()}
            assert counted == {name: sorted(row.feature for row in state[name]) for name in LAYERS}

    def _answer(self, instant: Instant) -> tuple[Reading, Content]:
        with connect(self.place.city.register.database.writer) as connection:
            reading = settle(instant, read_head(connection))
            return reading, {name: _content(connection, name, reading) for name in LAYERS}

    def stored(self) -> list[tuple[Any, ...]]:
        """Return how many rows each table has, and which transaction last wrote one."""
        with connect(self.place.city.register.database.owner) as connection:
            tables = connection.execute(_TABLES).fetchall()
            arms = [sql.SQL(_STORED).format(sql.Literal(".".join(t)), sql.Identifier(*t)) for t in tables]
            return connection.execute(sql.SQL(" UNION ALL ").join(arms)).fetchall()

    def audited(self) -> list[Any]:
        """Return what is not as it was recorded (invariants 29 and 32)."""
        register = self.place.city.register
        with connect(register.database.owner) as connection:
            return list(verify(connection, LAYERS.values(), register.heads))


def _content(connection: Connection, name: str, reading: Reading) -> list[dict[str, Any]]:
    """Return a layer's content at a reading, but for what tells when a version was superseded."""
    statement = sql.SQL("SELECT * FROM {} ORDER BY feature_id").format(versions_at(LAYERS[name], reading))
    rows = connection.cursor(row_factory=dict_row).execute(statement, reading.parameters)
    return [{k: v for k, v in row.items() if k not in {"recorded", "closed_by"}} for row in rows]


_MOMENTS: Final = "SELECT recorded FROM qala.changeset WHERE recorded >= %s ORDER BY number"
_TABLES: Final = """
SELECT nspname, relname FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public', 'topology')
ORDER BY 1, 2
"""
_STORED: Final = "SELECT {}, count(*), max(xmin::text::bigint) FROM {}"


@dataclass
class Desk:
    """Orders passports, and keeps what was given out: a copy with its content, or a refusal."""

    place: Neighbourhood
    given: list[tuple[Order, Copy | str, Any]] = field(default_factory=list)

    @property
    def issuer(self) -> Issuer:
        """Who issues."""
        return Issuer(self.place.city.register)

    def ask(self, number: str, instant: Instant, dice: Random) -> None:
        """Order a passport, with or without persons, in some language."""
        seen, language = dice.choice([None, self._looking]), dice.choice(LANGUAGES)
        order = Order(kind="passport", number=number, instant=instant, language=language, looking=seen)
        self.given.append((order, *self._answer(order)))

    def check(self) -> None:
        """Order everything again: the same copies, byte for byte, and the same content (invariant 34)."""
        for order, given, content in self.given:
            again, said = self._answer(order)
            assert (again, said) == (given, content)
            if isinstance(given, Copy):
                assert content_hash(public_part(content)) == given.document.content_hash
                assert self.issuer.standing(given.document).reproduced

    @property
    def copies(self) -> int:
        """How many copies were given out."""
        return sum(isinstance(given, Copy) for _, given, _ in self.given)

    def _answer(self, order: Order) -> tuple[Copy | str, Any]:
        try:
            return self.issuer.issue(order), self.issuer.content(order)
        except QalaError as refusal:
            return f"{type(refusal).__name__}: {refusal}", None

    def _looking(self, number: str) -> AbstractContextManager[Connection]:
        look = Look(actor="notary-1", role="notary", reason="sale", subject=f"real_estate.unit {number}")
        return self.place.city.register.confiding(look)


def problems(history: History) -> Iterator[str]:
    """Yield what is wrong at any instant since the neighbourhood was built."""
    assert history.place.formed is not None
    yield from Book.read(history.place.city).wrong(history.place.formed)
