"""Rules on acts as a whole: old names stay findable, codes stay, heirs are named, ground is neither lost nor made."""

from collections.abc import Iterator, Sequence
from typing import Final

from shapely import unary_union

from cadastres.address import names
from cadastres.address.model import ADDRESS, ADMIN_UNIT, ALIAS, NAMED_PLACE, STREET
from cadastres.land import partition
from gis.act import Case, Outcome
from gis.record import Version, Write, at
from gis.rules import Rule, Violation
from gis.text import Text

_BASIS: Final = "Joint order No. 783/1262 of December 2015 (V1500012938)"
_PLACES: Final = (STREET.name, NAMED_PLACE.name, ADMIN_UNIT.name)
_AREAS: Final = (ADMIN_UNIT.name, NAMED_PLACE.name)


def _changes(case: Case, outcome: Outcome, layers: Sequence[str]) -> Iterator[tuple[Version, Write]]:
    """Yield each write of these layers that leaves its feature in force, after the version that it follows."""
    for write in outcome.writes:
        if write.layer in layers and not write.abolished and write.valid.start is not None:
            before = at(case.timeline(write.layer, write.feature_id), write.valid.start)
            if before is not None and not before.abolished:
                yield before, write


def _keeps_alias(case: Case, outcome: Outcome) -> Iterator[Violation]:
    borne = {(w.attributes["place_id"], name) for w in outcome.writes if w.layer == ALIAS.name and not w.abolished
             for name in names.of(w.attributes).values()}  # fmt: skip
    for before, write in _changes(case, outcome, _PLACES):
        known = {name for v in names.current(case, write.feature_id) for name in names.of(v.attributes).values()}
        for name in dict.fromkeys(names.lost(before.attributes, write.attributes).values()):
            if name is not None and name not in known and (write.feature_id, name) not in borne:
                yield KEEPS_ALIAS.violation(write.feature_id, valid=write.valid, detail=name)


KEEPS_ALIAS: Final = Rule(
    id="address.place.old-name-kept",
    severity="error",
    statement=Text(
        kk="Атау өзгергенде бұрынғысы сол нысанның бұрынғы атауы ретінде сақталады; "
        "атауды өзгерту әрекетін пайдаланыңыз.",
        ru="При переименовании прежнее название сохраняется за тем же объектом как бывшее; "
        "воспользуйтесь действием переименования.",
        en="When a place is renamed, its old name stays as an alias of the same feature; use the verb of renaming.",
    ),
    watches=_PLACES,
    function=_keeps_alias,
    basis=_BASIS,
    tested_by="tests/cadastres/address/test_renaming.py::test_a_name_does_not_vanish",
)


def _code_kept(case: Case, outcome: Outcome) -> Iterator[Violation]:
    for before, write in _changes(case, outcome, (ADDRESS.name,)):
        old, new = before.attributes.get("rka"), write.attributes.get("rka")
        if old is not None and old != new:
            yield CODE_KEPT.violation(write.feature_id, valid=write.valid, detail=f"{old} / {new or '-'}")


CODE_KEPT: Final = Rule(
    id="address.address.rka-kept",
    severity="error",
    statement=Text(
        kk="Мекенжайдың тіркеу коды (МТК) өзгермейді: көшенің атауы не үйдің нөмірі өзгерсе де, сол қалпында қалады.",
        ru="Регистрационный код адреса (РКА) не меняется: он остаётся и при переименовании, и при смене номера.",
        en="The registration code of an address (RCA) never changes: it stays when the street or the number does.",
    ),
    watches=(ADDRESS.name,),
    function=_code_kept,
    basis=_BASIS,
    tested_by="tests/cadastres/address/test_rka.py::test_a_code_stays",
)


def _heirs_named(case: Case, outcome: Outcome) -> Iterator[Violation]:
    ended = {w.feature_id for w in outcome.writes if w.layer == STREET.name and w.abolished}
    tied = {(p, c) for s in outcome.successions if s.layer == STREET.name for p in s.parents for c in s.children}
    for before, write in _changes(case, outcome, (ADDRESS.name,)):
        old, new = before.attributes.get("street_id"), write.attributes.get("street_id")
        if old in ended and new is not None and (old, new) not in tied:
            yield HEIRS_NAMED.violation(old, other_id=new, valid=write.valid, detail=str(write.feature_id))


HEIRS_NAMED: Final = Rule(
    id="address.street.successor-named",
    severity="error",
    statement=Text(
        kk="Тоқтатылған көшенің мекенжайлары басқа көшеге көшсе, акт оны сол көшенің ізбасары деп көрсетуі тиіс.",
        ru="Если адреса упраздняемой улицы переходят на другую, акт должен назвать её преемницей.",
        en="Where the addresses of a street that ends go to another, the act must name that one as its successor.",
    ),
    watches=(STREET.name,),
    function=_heirs_named,
    basis=_BASIS,
    tested_by="tests/cadastres/address/test_abolition.py::test_a_successor_is_named",
)


def _ground_kept(layer: str) -> Rule:
    def found(case: Case, outcome: Outcome) -> Iterator[Violation]:
        moved = [s for s in outcome.successions if s.layer == layer and s.kind in {"boundary", "split", "merge"}]
        before = [v for s in moved for i in s.parents if (v := case.current(layer, i)) is not None]
        heirs = {i for s in moved for i in s.children}
        after = {w.feature_id: w.geometry for w in outcome.writes if w.feature_id in heirs and not w.abolished}
        whole, made = unary_union([v.geometry for v in before]), unary_union(list(after.values()))
        unlike = partition.difference(whole, made, case.profile.tolerances.linear)
        if not unlike.is_empty:
            yield rule.violation(before[0].feature_id, amount=unlike.area, place=unlike, detail=f"{unlike.area:.1f} m2")

    rule = Rule(
        id="address.place.boundary-conserves",
        severity="error",
        statement=Text(
            kk="Шекара өзгергенде қамтылған елді мекендер мен шағын аудандардың жалпы аумағы сақталады; "
            "оны өзгерту үшін аумақ қосу не алу туралы акт керек.",
            ru="При изменении границ общая территория затронутых единиц и микрорайонов сохраняется; "
            "прибавить или убавить её можно лишь актом об этом.",
            en="Moved boundaries keep the common ground of the units and microdistricts affected; "
            "to gain or lose ground takes an act that says so.",
        ),
        watches=(layer,),
        function=found,
        basis=_BASIS,
        tested_by="tests/cadastres/address/test_boundaries.py",
    )
    return rule


def _kato_in_force(case: Case, outcome: Outcome) -> Iterator[Violation]:
    for write in outcome.writes:
        if write.layer != ADMIN_UNIT.name or write.abolished or write.valid.start is None:
            continue
        code, day = write.attributes.get("kato"), case.profile.legal_day(write.valid.start)
        listed = [unit for unit in case.profile.administrative if unit.code == code]
        if listed and not any(unit.in_force(day) for unit in listed):
            yield KATO_IN_FORCE.violation(write.feature_id, valid=write.valid, detail=f"{code}, {day}")


KATO_IN_FORCE: Final = Rule(
    id="address.admin_unit.kato-in-force",
    severity="error",
    statement=Text(
        kk="Қала профилінде мерзімімен көрсетілген ӘАОЖ (КАТО) коды сол мерзімде ғана беріледі.",
        ru="Код КАТО, для которого профиль города называет срок, даётся только в этот срок.",
        en="A KATO code for which the city's profile names a period is given within that period only.",
    ),
    watches=(ADMIN_UNIT.name,),
    function=_kato_in_force,
    tested_by="tests/cadastres/address/test_kato.py::test_a_code_is_given_while_it_is_in_force",
)

RULES: Final = (KEEPS_ALIAS, CODE_KEPT, HEIRS_NAMED, KATO_IN_FORCE, *(_ground_kept(layer) for layer in _AREAS))
"""Every rule on acts as a whole."""
