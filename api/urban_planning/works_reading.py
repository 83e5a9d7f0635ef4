"""What readings of construction and auctions share: the instant asked for, rows told as JSON, looks at persons."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fastapi import Request
from psycopg import Connection

from api.drafts.asked import PARAMETER
from api.land.desk import etag
from api.moments import parse_moment, told
from api.ogc.request import only
from api.tokens import Confidant
from cadastres.real_estate.asof import versions
from cadastres.real_estate.rights_model import PARTY
from gis import policy, store
from gis.draft import Overlay
from gis.errors import Forbidden, Gone, NotFound
from gis.instant import Instant, Reading, read_head, settle
from gis.layer import Layer
from gis.record import Version
from gis.register import Register
from gis.text import Text


@dataclass(frozen=True, slots=True)
class Sight:
    """A connection, the reading it is asked at, and whose register it is."""

    register: Register
    connection: Connection
    reading: Reading

    @property
    def day(self) -> date:
        """The legal day of the reading."""
        return self.register.profile.legal_day(self.reading.valid)

    def of(self, layer: Layer, values: Iterable[object], key: str = "feature_id") -> list[Version]:
        """Return what is in force of a layer by a key."""
        return versions(self.connection, layer, self.reading, values, key)

    def one(self, layer: Layer, feature_id: int) -> tuple[Version, str]:
        """Return a feature and its entity tag.

        Raises:
            NotFound: never registered in the layer.
            Gone: not in force at the reading.
        """
        tokens = store.tokens(self.connection, layer, [feature_id], self.reading.overlay)
        if feature_id not in tokens:
            raise NotFound(_UNKNOWN.filled(layer=layer.name, id=feature_id), feature_id=feature_id)
        found = self.of(layer, [feature_id])
        if not found:
            day = told(self.reading.valid, self.register.profile)
            raise Gone(_GONE.filled(layer=layer.name, id=feature_id, day=day), feature_id=feature_id)
        return found[0], etag(feature_id, tokens[feature_id])


@contextmanager
def sight(
    request: Request, valid: str | None, recorded_at: str | None, draft: Overlay | None, *more: str
) -> Iterator[Sight]:
    """Open a reading at what a request asks for; ``more`` are parameters that it may have besides.

    Raises:
        BadRequest: another parameter, or a time that is none.
    """
    only(request, ("datetime", "recorded-at", PARAMETER, *more))
    register: Register = request.app.state.register
    moment = None if valid is None else parse_moment("datetime", valid, register.profile)
    known = None if recorded_at is None else parse_moment("recorded-at", recorded_at, register.profile)
    with register.reading() as connection:
        yield Sight(register, connection, settle(Instant(moment, known, draft), read_head(connection)))


def row(version: Version, *without: str) -> dict[str, Any]:
    """Return what a version says as JSON, with its id and its legal times."""
    said = {name: plain(value) for name, value in version.attributes.items() if name not in without}
    times = {"valid_from": plain(version.valid.start), "valid_to": plain(version.valid.end)}
    return {"id": version.feature_id, **said, **times}


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def persons(asker: Confidant, layer: Layer, key: str, owner: Layer, feature_id: int) -> list[dict[str, Any]]:
    """Return the persons that a closed layer ties to a feature today; the look is logged.

    Args:
        asker: who looks, and why.
        layer: of the closed schema, with a ``party_id``.
        key: its field that names the feature.
        owner: the feature's layer.
        feature_id: the feature.

    Raises:
        Forbidden: a role that may not read the layer.
        NotFound: there is no such feature.
    """
    if not policy.may_read(asker.token.role, layer):
        roles = ", ".join(sorted(layer.readers))
        raise Forbidden(_ROLE.filled(role=asker.token.role, layer=layer.title, roles=roles), role=asker.token.role)
    with asker.register.reading() as connection:
        if feature_id not in store.tokens(connection, owner, [feature_id]):
            raise NotFound(_UNKNOWN.filled(layer=owner.name, id=feature_id), feature_id=feature_id)
    with asker.at_persons(f"{layer.name} of {owner.name} {feature_id}") as connection:
        seen = Sight(asker.register, connection, settle(Instant(), read_head(connection)))
        tied = seen.of(layer, [feature_id], key)
        known = {v.feature_id: v for v in seen.of(PARTY, [v.attributes["party_id"] for v in tied])}
    return [row(v) | _person(known.get(v.attributes["party_id"])) for v in tied]


def _person(party: Version | None) -> dict[str, Any]:
    return {} if party is None else {name: party.attributes[name] for name in ("party_type", "name", "iin_bin")}


_UNKNOWN = Text(
    kk="{layer} қабатында {id} нысаны ешқашан тіркелмеген.",
    ru="В слое {layer} объект {id} никогда не регистрировался.",
    en="Feature {id} was never registered in {layer}.",
)
_GONE = Text(
    kk="{layer} қабатының {id} нысаны {day} жағдайы бойынша күшінде емес.",
    ru="Объект {id} слоя {layer} на {day} не действует.",
    en="Feature {id} of {layer} is not in force at {day}.",
)
_ROLE = Text(
    kk="«{role}» рөліне «{layer}» қабатының дербес деректері көрсетілмейді; мына рөлдердің бірі керек: {roles}.",
    ru="Роли «{role}» персональные данные слоя «{layer}» не показывают; нужна одна из ролей: {roles}.",
    en="The role '{role}' is not shown the persons of '{layer}'; it needs one of: {roles}.",
)
