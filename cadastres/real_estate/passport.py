"""The technical passport of a unit, and the extract of the register: their content at a reading.

The content of a passport is a function of the reading and the disclosure alone (invariant 34): the same question about
the past is answered alike for ever, in whatever language it is then printed.
"""

from typing import Final, Literal

from cadastres.real_estate.addresses_sheet import addresses
from cadastres.real_estate.plan import floor_plans, parcel_plan
from cadastres.real_estate.rights_sheet import rights
from cadastres.real_estate.sheets import (
    Composition,
    Content,
    Sight,
    composition,
    piece_content,
    premises_in,
    unit_content,
)
from cadastres.real_estate.subject import Subject, spelled
from gis.documents import Disclosure
from gis.errors import Conflict
from gis.text import Text

Absent = Literal["encumbrances", "rights"]

AS_OF: Final = "as_of"
"""The member that says of when a content is; two contents that differ in it alone say the same."""


def passport(sight: Sight, subject: Subject, disclosure: Disclosure = "public") -> Content:
    """Return the content of the technical passport of a subject in force at the reading."""
    made_of = composition(sight, subject)
    houses = [piece for piece in made_of.of("building") if piece.own]
    return {
        "document": "passport",
        **_identified(sight, made_of, disclosure),
        "premises": premises_in(sight, houses),
        "plans": [parcel_plan(sight, piece) for piece in made_of.of("parcel")],
        "floor_plans": floor_plans(sight, [piece for piece in made_of.of("premises") if piece.own]),
    }


def extract(sight: Sight, subject: Subject, disclosure: Disclosure = "public") -> Content:
    """Return the content of an extract of the register: what the subject is, and what is registered on it."""
    return {"document": "extract", **_identified(sight, composition(sight, subject), disclosure)}


def absence(sight: Sight, subject: Subject, of: Absent = "encumbrances") -> Content:
    """Return the content of a certificate that no encumbrances, or no rights at all, are registered on a subject.

    Raises:
        Conflict: there are some; ``data["registered"]`` lists their kinds.
    """
    content = _identified(sight, composition(sight, subject), "public")
    registered = content.pop("rights")
    if of == "encumbrances":
        registered = [right for right in registered if right["attributes"]["category"] == "restriction"]
    if registered:
        kinds = [right["attributes"]["kind"] for right in registered]
        refusal = _ENCUMBERED if of == "encumbrances" else _HELD
        raise Conflict(refusal.filled(number=spelled(subject.number), count=len(kinds)), registered=kinds)
    return {"document": "absence", "absent": of, **content}


def _identified(sight: Sight, made_of: Composition, disclosure: Disclosure) -> Content:
    subject = made_of.subject
    return {
        "subject": {"kind": subject.kind, "number": subject.number, "spelled": spelled(subject.number)},
        "city": sight.profile.name.as_dict(),
        "crs": _system(sight),
        AS_OF: as_of(sight),
        "disclosure": disclosure,
        "units": [unit_content(sight, unit) for unit in made_of.units],
        "objects": _objects(sight, made_of),
        "rights": rights(sight, made_of.units, full=disclosure == "full"),
    }


def as_of(sight: Sight) -> Content:
    """Return of when a content is, on both axes: the legal day and its first instant, and the recorded instant."""
    zone = sight.profile.zone
    return {
        "day": sight.day(sight.reading.valid),
        "valid": sight.reading.valid.astimezone(zone).isoformat(),
        "recorded": sight.reading.recorded.astimezone(zone).isoformat(timespec="microseconds"),
    }


def _system(sight: Sight) -> str:
    system = sight.profile.system
    return f"EPSG:{system}" if isinstance(system, int) else system.name


def _objects(sight: Sight, made_of: Composition) -> list[Content]:
    given = addresses(sight, [piece.version.feature_id for piece in made_of.pieces])
    return [piece_content(sight, piece, given.get(piece.version.feature_id, [])) for piece in made_of.pieces]


_ENCUMBERED = Text(
    kk="{number} бірлігінде тіркелген ауыртпалықтар бар ({count}), сондықтан олардың жоқтығы туралы "
    "анықтама берілмейді; тізілімнен үзінді алыңыз.",
    ru="На {number} зарегистрированы обременения ({count}), поэтому справка об их отсутствии не выдаётся; "
    "запросите выписку из регистра.",
    en="Encumbrances are registered on {number} ({count}), so their absence can't be certified; "
    "ask for an extract of the register.",
)
_HELD = Text(
    kk="{number} бірлігінде тіркелген құқықтар немесе ауыртпалықтар бар ({count}), сондықтан олардың жоқтығы туралы "
    "анықтама берілмейді; тізілімнен үзінді алыңыз.",
    ru="На {number} зарегистрированы права или обременения ({count}), поэтому справка об их отсутствии не выдаётся; "
    "запросите выписку из регистра.",
    en="Rights or encumbrances are registered on {number} ({count}), so their absence can't be certified; "
    "ask for an extract of the register.",
)
