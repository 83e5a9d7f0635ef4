"""The register: acts in, changesets out.

command → lock keys → lock → load → verb → followers → rules → write. If an act turns out to reach further than it
locked, it starts again with more. Everything slow happens before the short commit step.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import Any, TypeVar

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from gis import locks, policy, reservation, staging, store
from gis.access import Look, logged
from gis.act import Act, Case, Command, Deeper, Follower, Needs, Outcome, Related
from gis.database import Database
from gis.errors import BadRequest, Conflict, QalaError, Unavailable
from gis.heads import SignedHeads
from gis.layer import Layer, Layers
from gis.locks import LockKeys
from gis.once import fingerprint, require_new
from gis.profile import CityProfile
from gis.record import Timeline, Write, rewritten
from gis.recording import Entry, Recorded, record
from gis.rules import Rule, Violation, check, check_act, refuse
from gis.source import check_source
from gis.text import Text
from gis.tolerated import Review, review
from gis.validity import require_fit

ATTEMPTS = 12
"""An act that reaches further at each look gives up after so many; more locks are taken each time."""

_ROUNDS = 10
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Register:
    """One city's register: its database, what is declared over it, and the acts that change it."""

    database: Database
    layers: Layers
    rules: tuple[Rule, ...]
    followers: tuple[Follower, ...]
    profile: CityProfile
    heads: SignedHeads | None = None

    def perform(self, command: Command, act: Act, expected: Mapping[int, int] | None = None) -> Recorded:
        """Record an act as one changeset, all or nothing.

        Args:
            command: the verb with its arguments.
            act: who, why, by which source, from when.
            expected: write tokens of features as the writer saw them; a stale one is refused.

        Raises:
            Conflict: the register moved on since the writer looked; both sides are in the error's data.
            RuleBroken: rules forbid it; every violation is in the error's data.
            Reserved: it would change what an application under examination holds.
            Forbidden: the act's role may not perform the verb, or not write what it writes.
            QalaError: the verb's own refusal.
        """
        recorded = self._attempt(command, act, expected or {}, _Attempt.write)
        if self.heads is not None:
            self.heads.append(recorded.number, recorded.hash)
        return recorded

    def may(self, command: Command, act: Act, expected: Mapping[int, int] | None = None) -> Sequence[Violation]:
        """Ask the same rules that the write will run, and return all that they find; nothing is written."""
        return self._attempt(command, act, expected or {}, _Attempt.violations)

    def _attempt(
        self, command: Command, act: Act, expected: Mapping[int, int], finish: "Callable[[_Attempt], _Answer]"
    ) -> _Answer:
        policy.require_performer(act.role, command.verb, self.layers)
        check_source(act.source, self.profile)
        with self.writing() as connection:
            held = LockKeys()
            for _ in range(ATTEMPTS):
                attempt = _Attempt(self, connection, command, act, dict(expected))
                with connection.transaction():
                    held.acquire(connection)
                    require_new(connection, attempt.fingerprint)
                    attempt.look()
                    if held.covers(attempt.reach):
                        attempt.require_free()
                        return finish(attempt)
                held |= attempt.reach
        raise Conflict(_RESTLESS)

    @cached_property
    def _writers(self) -> ConnectionPool[Connection]:
        return _pool(self.database.writer)

    @cached_property
    def _readers(self) -> ConnectionPool[Connection]:
        return _pool(self.database.reader)

    @cached_property
    def _confidants(self) -> ConnectionPool[Connection]:
        return _pool(self.database.confidant)

    def close(self) -> None:
        """Close all connections."""
        for pool in ("_writers", "_readers", "_confidants"):
            if pool in self.__dict__:
                self.__dict__.pop(pool).close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Take a connection of the public login, which can write nothing and see nothing personal."""
        with _readable(), self._readers.connection() as connection:
            yield connection

    @contextmanager
    def confiding(self, look: Look) -> Iterator[Connection]:
        """Take a connection of the confidant, which sees personal data once the look is logged, and can write nothing.

        Raises:
            BadRequest: no reason is stated.
        """
        with _readable(), self._confidants.connection() as connection, logged(connection, look):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Take a writer's connection; what the database refuses becomes the register's own refusal."""
        try:
            with self._writers.connection() as connection:
                yield connection
        except psycopg.errors.ExclusionViolation as error:
            raise Conflict(_RACED) from error
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            raise BadRequest(_UNFIT.filled(reason=_first_line(error))) from error
        except (psycopg.OperationalError, psycopg.InternalError) as error:
            raise Unavailable(_FAILED.filled(reason=_first_line(error))) from error


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except psycopg.OperationalError as error:
        raise Unavailable(_UNREADABLE.filled(reason=_first_line(error))) from error


def _pool(conninfo: str) -> ConnectionPool[Connection]:
    return ConnectionPool(
        conninfo,
        min_size=0,
        max_size=16,
        open=True,
        timeout=10.0,
        max_idle=30.0,
        kwargs={"autocommit": True},
        check=ConnectionPool.check_connection,
    )


def _first_line(error: psycopg.Error) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


@dataclass
class _Attempt:
    """One look at the register under the locks held."""

    register: Register
    connection: Connection
    command: Command
    act: Act
    expected: Mapping[int, int]
    reach: LockKeys = field(default_factory=LockKeys)
    loaded: dict[str, dict[int, Timeline]] = field(default_factory=dict)
    issued: dict[tuple[str, str, str], Sequence[str]] = field(default_factory=dict)
    related: set[Related] = field(default_factory=set)
    outcome: Outcome = field(default_factory=Outcome)

    @cached_property
    def fingerprint(self) -> bytes:
        """What tells this act from any other."""
        return fingerprint(self.command, self.act)

    def look(self) -> None:
        """Load what the verb needs, decide, let followers answer to a fixed point, and tell how far it all reaches."""
        self._load(self.command.needs(self.register.profile))
        if isinstance(self.command, Deeper):
            self._load_to_rest(self.command.further)
        self._check_tokens()
        self.outcome = self.command.decide(self._case())
        policy.require_writer(self.act.role, [self.register.layers[name] for name in _written(self.outcome)])
        self._require_fit()
        self._follow()
        self._require_fit()
        self._load(Needs(features=_written(self.outcome)))
        self._reach_writes()
        if self.act.application is not None:
            self.reach |= reservation.lock_keys(self.connection, self.act.application)

    def require_free(self) -> None:
        """Refuse an act that changes what an application holds; what follows from the act counts as well."""
        reservation.require_free(
            self.connection,
            self.register.profile,
            self.act.application,
            written={w.feature_id for w in self.outcome.writes},
            named=set(self._named()),
        )

    def _case(self) -> Case:
        return Case(self.act, self.register.profile, self.loaded, self.issued)

    def _load_to_rest(self, ask: Callable[[Case], Needs]) -> None:
        """Load what is asked for in sight of what was loaded, until nothing new is."""
        needs = ask(self._case())
        for _ in range(_ROUNDS):
            self._load(needs)
            asked, needs = needs, ask(self._case())
            if needs == asked:
                return
        msg = f"{self.command.verb} never comes to the end of what it must see"
        raise RuntimeError(msg)

    def _load(self, needs: Needs) -> None:
        layers = self.register.layers
        for name, feature_ids in needs.features.items():
            known = self.loaded.setdefault(name, {})
            known.update(store.timelines(self.connection, layers[name], set(feature_ids) - known.keys()))
        for name, place in needs.areas:
            found = store.in_place(self.connection, layers[name], place, self.register.profile.srid)
            self.loaded.setdefault(name, {}).update(found)
        new = sorted(set(needs.related) - self.related, key=str)
        for (name, key_field), asked in groupby(new, key=lambda related: related[:2]):
            found = store.related(self.connection, layers[name], key_field, [value for _, _, value in asked])
            self.loaded.setdefault(name, {}).update(found)
        self.related |= set(new)
        for key in needs.numbers:
            self.issued[key] = store.issued(self.connection, layers[key[0]], key[1], key[2])
        self._reach_needs(needs)

    def _reach_needs(self, needs: Needs) -> None:
        relied = [i for ids in needs.features.values() for i in ids]
        places = [place for _, place in needs.areas]
        self.reach |= locks.feature_keys(relied, exclusive=False) | locks.number_keys(needs.numbers)
        self.reach |= locks.related_keys(needs.related, exclusive=True)
        self.reach |= locks.place_keys(places, self.register.profile.tolerances.linear)

    def _reach_writes(self) -> None:
        writes = self.outcome.writes
        old = [v.geometry for w in writes for v in self.loaded.get(w.layer, {}).get(w.feature_id, ())]
        geometries = [*(w.geometry for w in writes), *old]
        self.reach |= locks.feature_keys((w.feature_id for w in writes), exclusive=True)
        self.reach |= locks.place_keys(geometries, self.register.profile.tolerances.linear)
        self.reach |= locks.related_keys(self._referred(), exclusive=False)
        self.reach |= locks.feature_keys(self._named(), exclusive=False)

    def _named(self) -> Iterator[int]:
        """Yield the features that the written ones name: they may not end meanwhile."""
        for write in self.outcome.writes:
            values = (write.attributes.get(f.name) for f in self.register.layers[write.layer].fields if f.refers_to)
            yield from (value for value in values if value is not None)

    def _referred(self) -> Iterator[Related]:
        """Yield what the written features refer to, before and after the act."""
        for write in self.outcome.writes:
            before = self.loaded.get(write.layer, {}).get(write.feature_id, ())
            for key in self.register.layers[write.layer].keys:
                values = {v.attributes.get(key.name) for v in (write.version(), *before)}
                yield from ((write.layer, key.name, value) for value in values if value is not None)

    def _check_tokens(self) -> None:
        for name, timelines in self.loaded.items():
            asked = self.expected.keys() & timelines.keys()
            if not asked:
                continue
            current = store.tokens(self.connection, self.register.layers[name], asked)
            stale = {i: (self.expected[i], current[i]) for i in sorted(asked) if current[i] != self.expected[i]}
            if stale:
                raise _stale(self.register.layers[name], stale, timelines)

    def _require_fit(self) -> None:
        for write in self.outcome.writes:
            require_fit(self.register.layers[write.layer], write, self.register.profile)

    def _follow(self) -> None:
        for _ in range(_ROUNDS):
            answers = [self._answer(follower) for follower in self.register.followers]
            news = tuple(w for answer in answers for w in answer.writes if w not in self.outcome.writes)
            if not news:
                return
            self.outcome += Outcome(news, tuple(s for answer in answers for s in answer.successions))
        msg = f"followers of {self.command.verb} never come to rest"
        raise RuntimeError(msg)

    def _answer(self, follower: Follower) -> Outcome:
        awake = {w.layer for w in self.outcome.writes} | {s.layer for s in self.outcome.successions}
        if not awake & follower.watches:
            return Outcome()
        self._load(follower.needs(self.outcome, self.register.profile))
        if follower.further is not None:
            further, outcome = follower.further, self.outcome
            self._load_to_rest(lambda case: further(case, outcome))
        return follower.follow(self._case(), self.outcome)

    def violations(self) -> Sequence[Violation]:
        """Stage the outcome and ask every rule; defects on record that it doesn't make worse come as warnings."""
        return self._reviewed().found

    def _reviewed(self) -> Review:
        self._stage()
        register = self.register
        written = _written(self.outcome)
        found = check(self.connection, register.rules, register.layers, written, register.profile)
        found += check_act(register.rules, self._case(), self.outcome)
        touched = [i for ids in written.values() for i in ids]
        return review(self.connection, found, touched, self.outcome.successions)

    def write(self) -> Recorded:
        """Check and record, or refuse with every reason."""
        reviewed = self._reviewed()
        broken = [v for v in reviewed.found if v.severity == "error"]
        if broken:
            raise refuse(broken, self.register.rules)
        layers = [layer for name, layer in self.register.layers.items() if name in _written(self.outcome)]
        entry = Entry(
            self.command.verb,
            self.act,
            layers,
            self.outcome.successions,
            reviewed.lessened,
            reviewed.healed,
            self.fingerprint,
        )
        number, recorded, digest = record(self.connection, entry)
        reservation.decide(self.connection, self.act, number)
        return Recorded(number, recorded, digest, self._new_ids, reviewed.found)

    def _stage(self) -> None:
        self._number_new_features()
        self._load(Needs(features=_written(self.outcome)))
        staging.prepare(self.connection, [self.register.layers[name] for name in _written(self.outcome)])
        for name, ids in _written(self.outcome).items():
            layer = self.register.layers[name]
            before = {i: self.loaded[name].get(i, ()) for i in ids}
            after = {i: self._rewritten(name, i, before[i]) for i in ids}
            last = store.last_versions(self.connection, layer, ids)
            staging.stage(self.connection, layer, self.register.profile.srid, before, after, last)

    def _rewritten(self, layer: str, feature_id: int, timeline: Timeline) -> Timeline:
        for write in self.outcome.writes:
            if (write.layer, write.feature_id) == (layer, feature_id):
                timeline = rewritten(timeline, write)
        return timeline

    def _number_new_features(self) -> None:
        new = sorted({w.feature_id for w in self.outcome.writes if w.feature_id < 0}, reverse=True)
        self._new_ids = dict(zip(new, store.new_ids(self.connection, len(new)), strict=True))
        self.outcome = _renumbered(self.outcome, self._new_ids, self.register.layers)

    _new_ids: dict[int, int] = field(default_factory=dict)


def _written(outcome: Outcome) -> dict[str, frozenset[int]]:
    layers = dict.fromkeys(w.layer for w in outcome.writes)
    return {name: frozenset(w.feature_id for w in outcome.writes if w.layer == name) for name in layers}


def _renumbered(outcome: Outcome, ids: Mapping[int, int], layers: Layers) -> Outcome:
    """Put the recorded ids in place of the act's own, in what refers to new features too."""
    writes = tuple(
        replace(w, feature_id=ids.get(w.feature_id, w.feature_id), attributes=_referring(layers[w.layer], w, ids))
        for w in outcome.writes
    )
    successions = tuple(
        replace(s, parents=tuple(ids.get(i, i) for i in s.parents), children=tuple(ids.get(i, i) for i in s.children))
        for s in outcome.successions
    )
    return Outcome(writes, successions)


def _referring(layer: Layer, write: Write, ids: Mapping[int, int]) -> Mapping[str, Any]:
    named = ((f.name, write.attributes.get(f.name)) for f in layer.fields if f.refers_to)
    new = {name: ids[value] for name, value in named if isinstance(value, int) and value in ids}
    return {**write.attributes, **new} if new else write.attributes


def _stale(layer: Layer, stale: Mapping[int, tuple[int, int]], timelines: Mapping[int, Timeline]) -> QalaError:
    """Return the refusal of stale tokens with both sides; a layer that isn't public shows only with a logged look."""
    feature_id, (yours, current) = next(iter(stale.items()))
    seen = timelines if layer.public else {}
    return Conflict(
        _STALE.filled(layer=layer.name, id=feature_id, yours=yours, current=current),
        layer=layer.name,
        stale={i: {"yours": y, "current": c, "versions": seen.get(i, ())} for i, (y, c) in stale.items()},
    )


_STALE = Text(
    kk="{layer} қабатының {id} нысаны сіз оқығаннан кейін өзгерді: сіздегі белгі {yours}, қазіргісі {current}. "
    "Қайта оқып, қайталаңыз.",
    ru="Объект {id} слоя {layer} изменился после вашего чтения: ваша метка {yours}, нынешняя {current}. "
    "Прочтите его заново и повторите.",
    en="Feature {id} of {layer} has changed since you read it: your token is {yours}, the current one {current}. "
    "Read it again and repeat.",
)
_UNREADABLE = Text(
    kk="Тізілім қазір оқылмайды ({reason}); сәл кейін қайталаңыз.",
    ru="Регистр сейчас нельзя прочесть ({reason}); повторите немного позже.",
    en="The register can't be read now ({reason}); repeat a little later.",
)
_RACED = Text(
    kk="Осы нысанды басқа акт дәл қазір өзгертті; қайта оқып, қайталаңыз.",
    ru="Этот объект только что изменил другой акт; прочтите его заново и повторите.",
    en="Another act has just changed the same feature; read it again and repeat.",
)
_RESTLESS = Text(
    kk="Акт қозғайтын нысандар тым жиі өзгеруде; сәл кейін қайталаңыз.",
    ru="Объекты, которых касается акт, меняются слишком часто; повторите немного позже.",
    en="What the act concerns keeps changing; repeat it a little later.",
)
_UNFIT = Text(
    kk="Мән сақтауға жарамайды ({reason}); ештеңе жазылған жоқ.",
    ru="Значение нельзя сохранить ({reason}); ничего не записано.",
    en="A value can't be stored ({reason}); nothing was written.",
)
_FAILED = Text(
    kk="Тізілім қазір жаза алмайды ({reason}); ештеңе жазылған жоқ.",
    ru="Регистр сейчас не может записывать ({reason}); ничего не записано.",
    en="The register can't write now ({reason}); nothing was written.",
)
