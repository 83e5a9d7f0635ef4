"""The register: acts in, changesets out.

command → lock keys → lock → load → verb → followers → rules → write. If an act turns out to reach further than it
locked, it starts again with more. Everything slow happens before the short commit step.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, overload

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from gis import draft, policy
from gis.access import Look, logged
from gis.act import Act, Command, Follower
from gis.attempt import Attempt
from gis.database import Database
from gis.draft import Draft, Overlay
from gis.draft_edit import MovedOn, Proposed
from gis.errors import BadRequest, Conflict, Unavailable
from gis.heads import SignedHeads
from gis.layer import Layers
from gis.locks import LockKeys
from gis.once import require_new
from gis.profile import CityProfile
from gis.recording import Recorded
from gis.rules import Rule, Violation
from gis.source import check_source
from gis.text import Text

ATTEMPTS = 12
"""An act that reaches further at each look gives up after so many; more locks are taken each time."""

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

    @overload
    def perform(
        self, command: Command, act: Act, expected: Mapping[int, int] | None = None, draft: None = None
    ) -> Recorded: ...

    @overload
    def perform(
        self, command: Command, act: Act, expected: Mapping[int, int] | None, draft: Overlay | int
    ) -> Proposed: ...

    @overload
    def perform(
        self, command: Command, act: Act, expected: Mapping[int, int] | None = None, *, draft: Overlay | int
    ) -> Proposed: ...

    def perform(
        self,
        command: Command,
        act: Act,
        expected: Mapping[int, int] | None = None,
        draft: Overlay | int | None = None,
    ) -> Recorded | Proposed:
        """Record an act as one changeset, all or nothing; or take it up into a draft.

        In a draft it needs no source, reserves nothing, and is not refused for what rules find: they are warnings until
        the draft is adopted. A planner may propose whatever is public.

        Args:
            command: the verb with its arguments.
            act: who, why, by which source, from when.
            expected: write tokens of features as the writer saw them; a stale one is refused.
            draft: the draft to edit instead of the register, or its number.

        Raises:
            Conflict: the register, or the draft, moved on since the writer looked; both sides are in the error's data.
            RuleBroken: rules forbid it; every violation is in the error's data.
            Reserved: it would change what an application under examination holds.
            Forbidden: the act's role may not perform the verb, or not write what it writes.
            DraftClosed: the draft was adopted or withdrawn.
            QalaError: the verb's own refusal.
        """
        if draft is not None:
            return self._edit(command, act, expected or {}, draft, Attempt.propose)
        recorded = self._attempt(command, act, expected or {}, Attempt.write)
        if self.heads is not None:
            self.heads.append(recorded.number, recorded.hash)
        return recorded

    def may(
        self,
        command: Command,
        act: Act,
        expected: Mapping[int, int] | None = None,
        draft: Overlay | int | None = None,
    ) -> Sequence[Violation]:
        """Ask the same rules that the write will run, and return all that they find; nothing is written."""
        if draft is not None:
            return self._edit(command, act, expected or {}, draft, lambda attempt, _: attempt.violations())
        return self._attempt(command, act, expected or {}, Attempt.violations)

    def _edit(
        self,
        command: Command,
        act: Act,
        expected: Mapping[int, int],
        edited: Overlay | int,
        finish: Callable[[Attempt, Draft], _Answer],
    ) -> _Answer:
        """Look at a draft while nobody else edits it; the register is not locked, so it is looked at until it rests."""
        policy.require_drafter(act.role, command.verb, self.layers)
        with self.writing() as connection:
            for _ in range(ATTEMPTS):
                with suppress(MovedOn), connection.transaction():
                    held = draft.held(connection, edited if isinstance(edited, int) else edited.draft_id)
                    attempt = Attempt(self, connection, command, act, expected, held.laid())
                    attempt.look()
                    return finish(attempt, held)
        raise Conflict(_RESTLESS)

    def propose(self, connection: Connection, command: Command, act: Act, held: Draft) -> Proposed:
        """Take an act up into a draft that the caller holds, as part of his transaction; errors as :meth:`perform`."""
        policy.require_drafter(act.role, command.verb, self.layers)
        for _ in range(ATTEMPTS):
            with suppress(MovedOn), connection.transaction():
                attempt = Attempt(self, connection, command, act, {}, held.laid())
                attempt.look()
                return attempt.propose(held)
        raise Conflict(_RESTLESS)

    def _attempt(
        self, command: Command, act: Act, expected: Mapping[int, int], finish: Callable[[Attempt], _Answer]
    ) -> _Answer:
        policy.require_performer(act.role, command.verb, self.layers)
        check_source(act.source, self.profile)
        with self.writing() as connection:
            held = LockKeys()
            for _ in range(ATTEMPTS):
                attempt = Attempt(self, connection, command, act, dict(expected))
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
