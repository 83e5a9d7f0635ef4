"""Bulk acts: many features staged by COPY, checked by the same rules as single acts, recorded as one changeset."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from psycopg import Connection, Copy, sql

from gis import staging
from gis.act import Act, Succession
from gis.draft import Draft, held
from gis.draft_edit import Edit, Proposed, stage_rest, take_up
from gis.layer import Layer
from gis.locks import WHOLE_REGISTER
from gis.policy import OPERATOR, require_loader, require_proposer
from gis.recording import Entry, Recorded, record
from gis.register import Register
from gis.reservation import require_free_bulk
from gis.rules import Violation, check
from gis.screening import screen
from gis.source import check_source


@dataclass
class Bulk:
    """A bulk act under way: inside one transaction, under the lock of the whole register (readers never wait).

    One that goes into a draft holds the draft instead, and locks nothing of the register.
    """

    register: Register
    connection: Connection
    act: Act
    layers: Sequence[Layer]
    draft: Draft | None = None
    _indexed: set[str] = field(default_factory=set)

    @contextmanager
    def copying(self, layer: Layer) -> Iterator[Copy]:
        """Open a COPY into the layer's staging table.

        Its columns are those of :func:`gis.staging.columns` and then ``_state``; geometries are hexadecimal EWKB with
        the city's SRID. New features take ids from :func:`gis.store.new_ids`; version numbers count on from the last.
        """
        statement = sql.SQL("COPY {staged} ({columns}, _state) FROM STDIN").format(
            staged=staging.staged(layer), columns=staging.column_list(layer)
        )
        with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            yield copy

    def check(self) -> list[Violation]:
        """Run every SQL rule over all that is staged; in a draft, as it would stand with what it has already."""
        self.settle()
        register = self.register
        names = [layer.name for layer in self.layers]
        return check(self.connection, register.rules, register.layers, names, register.profile, self._indexed)

    def settle(self) -> None:
        """Index what is staged and find what needs no look in pairs, once."""
        if self.draft is not None and not self._indexed:
            self._written = {layer.name: self._staged(layer) for layer in self.layers}
            stage_rest(self.connection, self.register, self.draft.laid(), [layer.name for layer in self.layers])
        for layer in self.layers:
            if layer.name not in self._indexed:
                staging.index(self.connection, layer)
                if layer.spatial:
                    screen(self.connection, layer, self.register.profile.tolerances.linear)
                self._indexed.add(layer.name)

    def drop_indexes(self) -> None:
        """Drop what :meth:`settle` made, after the transaction."""
        for layer in self.layers:
            if layer.name in self._indexed and not self.connection.closed:
                staging.drop_indexes(self.connection, layer)

    def propose(self, verb: str, *, warnings: Sequence[Violation] = ()) -> Proposed:
        """Take what is staged up into the draft; what it has proposed for the same features before is replaced.

        Rows staged for a registered feature are laid out against the register, as for :meth:`record`.

        Raises:
            MovedOn: the register changed one of the features meanwhile.
        """
        if self.draft is None:
            msg = "a bulk act without a draft is recorded, not proposed"
            raise RuntimeError(msg)
        written = self._written or {layer.name: self._staged(layer) for layer in self.layers}
        edit = Edit(verb, self.act, written, anew=True)
        revision = take_up(self.connection, self.register.layers, self.draft, edit)
        return Proposed(self.draft.draft_id, self.draft.name, revision, {}, warnings)

    _written: dict[str, list[int]] = field(default_factory=dict)

    def _staged(self, layer: Layer) -> list[int]:
        statement = sql.SQL("SELECT DISTINCT feature_id FROM {}").format(staging.staged(layer))
        return [row[0] for row in self.connection.execute(statement).fetchall()]

    def remove(self, layer: Layer, feature_ids: Iterable[int]) -> None:
        """Take features out of staging: they are refused."""
        self.connection.execute(
            sql.SQL("DELETE FROM {} WHERE feature_id = ANY(%s)").format(staging.staged(layer)), (list(feature_ids),)
        )

    def record(
        self,
        verb: str,
        *,
        successions: Sequence[Succession] = (),
        defects: Sequence[Violation] = (),
        warnings: Sequence[Violation] = (),
    ) -> Recorded:
        """Record what is staged as one changeset.

        Args:
            verb: name of the act.
            successions: parents and children.
            defects: violations accepted by the operator; they stand on record from now on.
            warnings: handed back with the changeset.

        Raises:
            Reserved: an application under examination holds what would change.
        """
        require_free_bulk(self.connection, self.register.profile, self.layers)
        entry = Entry(verb, self.act, self.layers, successions, defects)
        number, recorded, digest = record(self.connection, entry)
        return Recorded(number, recorded, digest, {}, warnings)


@contextmanager
def bulk(register: Register, act: Act, layers: Iterable[str], draft: Draft | None = None) -> Iterator[Bulk]:
    """Begin a bulk act over some layers; it is committed when the block ends, and undone whole by any error.

    Args:
        register: the register.
        act: who, why, by which source; one into a draft needs no source.
        layers: names of the layers that it writes.
        draft: into which it goes instead of the register.

    Raises:
        Forbidden: the act's role may not load the layers.
        RuleBroken: the source's dates.
        DraftClosed: the draft was adopted or withdrawn.
        QalaError: what the database refuses, as :meth:`gis.register.Register.writing`.
    """
    declared = [register.layers[name] for name in layers]
    if draft is None:
        require_loader(act.role, declared)
        check_source(act.source, register.profile)
    elif act.role != OPERATOR:
        require_proposer(act.role, declared)
    with under_way(register, act, declared, draft) as begun:
        yield begun


@contextmanager
def under_way(register: Register, act: Act, layers: Sequence[Layer], draft: Draft | None = None) -> Iterator[Bulk]:
    """Begin a bulk act whose right to be was asked for already."""
    with register.writing() as connection:
        begun = Bulk(register, connection, act, layers)
        try:
            with connection.transaction():
                if draft is None:
                    WHOLE_REGISTER.acquire(connection)
                else:
                    begun.draft = held(connection, draft.draft_id)
                staging.prepare(connection, layers)
                yield begun
        finally:
            begun.drop_indexes()
