"""What a party holds: its rights over all units, in its own name and as a member of groups. For confidants only."""

from collections.abc import Iterable
from typing import Final

from psycopg import Connection

from cadastres.real_estate.passport import AS_OF, as_of
from cadastres.real_estate.rights_model import HOLDER, MEMBER, PARTY, RIGHT, UNIT
from cadastres.real_estate.rights_sheet import parties, rights_of
from cadastres.real_estate.sheets import Content, Sight, unit_content
from gis.errors import Conflict, NotFound
from gis.record import Version
from gis.text import Text


def known_as(connection: Connection, iin_bin: str) -> list[int]:
    """Return the parties that ever bore an IIN or BIN, the register's present view; a slip may have made two of one."""
    rows = connection.execute(_KNOWN_AS, (iin_bin,)).fetchall()
    return [row[0] for row in rows]


_KNOWN_AS: Final = """
SELECT DISTINCT feature_id FROM personal.party WHERE iin_bin = %s AND upper_inf(recorded) ORDER BY feature_id
"""


def holdings(sight: Sight, party_id: int) -> Content:
    """Return what a party holds at a reading: its rights, each with its unit.

    Args:
        sight: with the confidant's connection, inside a logged look.
        party_id: the party's feature id.

    Raises:
        NotFound: no such party is in force at the reading.
    """
    known = parties(sight, [party_id])
    if party_id not in known:
        raise NotFound(_NO_PARTY.filled(id=party_id), party=party_id)
    held = _held(sight, [party_id, *_groups(sight, party_id)])
    units = {unit.feature_id: unit for unit in sight.at(UNIT, [right.attributes["unit_id"] for right in held])}
    return {
        "document": "holdings",
        AS_OF: as_of(sight),
        "disclosure": "full",
        "party": known[party_id],
        "units": [unit_content(sight, unit) for unit in units.values()],
        "rights": rights_of(sight, [right for right in held if right.attributes["unit_id"] in units], full=True),
    }


def no_holdings(sight: Sight, party_id: int) -> Content:
    """Return the content of a certificate that a party holds nothing.

    Raises:
        Conflict: it holds something.
        NotFound: no such party is in force at the reading.
    """
    found = holdings(sight, party_id)
    if found["rights"]:
        raise Conflict(_HOLDS.filled(count=len(found["rights"])), registered=len(found["rights"]))
    return {**found, "document": "holdings.absence"}


def _groups(sight: Sight, party_id: int) -> list[int]:
    """Return the groups in force of which a party is a member."""
    memberships = sight.at(MEMBER, [party_id], "party_id")
    return [group.feature_id for group in sight.at(PARTY, [m.attributes["group_id"] for m in memberships])]


def _held(sight: Sight, party_ids: Iterable[int]) -> list[Version]:
    ties = sight.at(HOLDER, party_ids, "party_id")
    return sight.at(RIGHT, [tie.attributes["right_id"] for tie in ties])


_NO_PARTY = Text(
    kk="{id} тұлғасы сұралған сәтте тізілімде жоқ.",
    ru="Лица {id} на запрошенный момент в регистре нет.",
    en="There is no party {id} in the register at the moment asked for.",
)
_HOLDS = Text(
    kk="Тұлғаның атына тіркелген құқықтар бар ({count}), сондықтан олардың жоқтығы туралы анықтама берілмейді.",
    ru="За лицом зарегистрированы права ({count}), поэтому справка об их отсутствии не выдаётся.",
    en="Rights are registered to the party ({count}), so their absence can't be certified.",
)
