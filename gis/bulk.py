"""Bulk acts: many features staged by COPY, checked by the same rules as single acts, recorded as one changeset."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from psycopg import Connection, Copy, sql

from gis import staging
from gis.act import Act, Succession
from gis.layer import Layer
from gis.locks import WHOLE_REGISTER
from gis.policy import require_loader
from gis.recording import Entry, Recorded, record
from gis.register import Register
from gis.reservation import require_free_bulk
from gis.rules import Violation, check
from gis.screening import screen
from gis.source import check_source


@dataclass
class Bulk:
    """A bulk act under way: inside one transaction, under the lock of the whole register (readers never wait)."""

    register: Register
    connection: Connection
    act: Act
    layers: Sequence[Layer]
    _indexed: set[str] = field(default_factory=set)

    @contextmanager
    def copying(self, layer: Layer) -> Iterator[Copy]:
        """Open a COPY into the layer's staging table.

        Its columns are those of :func:`gis.staging.columns` and then ``state``; geometries are hexadecimal EWKB with
        the city's SRID. New features take ids from :func:`gis.store.new_ids`; version numbers count on from the last.
        """
        statement = sql.SQL("COPY {staged} ({columns}, state) FROM STDIN").format(
            staged=staging.staged(layer), columns=staging.column_list(layer)
        )
        with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            yield copy

    def check(self) -> list[Violation]:
        """Run every SQL rule over all that is staged."""
        register = self.register
        for layer in self.layers:
            if layer.name not in self._indexed:
                staging.index(self.connection, layer)
                if layer.spatial:
                    screen(self.connection, layer, register.profile.tolerances.linear)
                self._indexed.add(layer.name)
        names = [layer.name for layer in self.layers]
        return check(self.connection, register.rules, register.layers, names, register.profile, self._indexed)

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
def bulk(register: Register, act: Act, layers: Iterable[str]) -> Iterator[Bulk]:
    """Begin a bulk act over some layers; it is committed when the block ends, and undone whole by any error.

    Raises:
        Forbidden: the act's role may not load the layers.
        RuleBroken: the source's dates.
        QalaError: what the database refuses, as :meth:`gis.register.Register.writing`.
    """
    declared = [register.layers[name] for name in layers]
    require_loader(act.role, declared)
    check_source(act.source, register.profile)
    with register.writing() as connection:
        under_way = Bulk(register, connection, act, declared)
        try:
            with connection.transaction():
                WHOLE_REGISTER.acquire(connection)
                staging.prepare(connection, declared)
                yield under_way
        finally:
            for layer in declared:
                if layer.name in under_way._indexed and not connection.closed:  # noqa: SLF001  (its own maker)
                    staging.drop_indexes(connection, layer)
