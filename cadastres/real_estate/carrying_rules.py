"""What may stand in the way of carrying rights over, and the net below it: no right is left on land that is gone.

A follower finds all that stands in the way of an act and refuses it with the whole list: each item names the unit, the
right and its kind, and its rule says what would clear it. Who holds a right is never told.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any, Final

from cadastres.land.model import PARCEL
from cadastres.real_estate.carrying import Inheritance, NewIds, groups, inheritances, key_of
from cadastres.real_estate.estates import Estate, Fate, consented, of_kind
from cadastres.real_estate.model import BUILDING, PREMISES
from cadastres.real_estate.reaching import after
from cadastres.real_estate.remaining import bounds, live
from cadastres.real_estate.rights_model import ARREST, PLEDGE, RIGHT, UNIT, UNIT_PART
from gis.act import Case
from gis.record import at
from gis.rules import Rule, Violation
from gis.text import Text

_TESTS: Final = "tests/cadastres/real_estate/test_carrying.py"
_LAW: Final = "Law of the Republic of Kazakhstan No. 310 of 26.07.2007"

BARRED: Final = Rule(
    id="real_estate.carrying.barred",
    severity="error",
    statement=Text(
        kk="Тыйым салынған нысанды бөлуге не біріктіруге болмайды; алдымен тыйымды өз актісімен алып тастаңыз.",
        ru="Объект под арестом или запретом не делят и не объединяют; сначала снимите арест или запрет его актом.",
        en="What is under arrest or prohibition is neither split nor merged; first lift that by its own act.",
    ),
    watches=(UNIT.name,),
    basis=_LAW,
    tested_by=f"{_TESTS}::test_arrest_bars_a_split",
)
CONSENTED: Final = Rule(
    id="real_estate.carrying.pledge-consent",
    severity="error",
    statement=Text(
        kk="Кепілдегі нысан кепіл ұстаушының қайта құруға келісімі тіркелгенде ғана бөлінеді не біріктіріледі.",
        ru="Заложенный объект делят и объединяют лишь с учтённого согласия залогодержателя на преобразование.",
        en="What is pledged is split or merged only with the pledgee's consent to reorganisation on record.",
    ),
    watches=(UNIT.name,),
    basis=_LAW,
    tested_by=f"{_TESTS}::test_pledge_needs_consent",
)
WHOLE: Final = Rule(
    id="real_estate.carrying.whole-unit",
    severity="error",
    statement=Text(
        kk="Бірлікке өзге нысандар да кіреді; алдымен оны өз актісімен бөлек бірліктерге бөліңіз.",
        ru="В единицу входят и другие объекты; сначала разделите её отдельным актом на единицы по объекту.",
        en="The unit holds other objects as well; first part it, by its own act, into units of one object.",
    ),
    watches=(UNIT.name,),
    tested_by=f"{_TESTS}::test_unit_with_another_parcel_is_not_torn",
)
SAME_HOLDERS: Final = Rule(
    id="real_estate.carrying.same-holders",
    severity="error",
    statement=Text(
        kk="Біріктірілетін нысандардың иелері мен үлестері бірдей болуы тиіс; алдымен құқықты беріңіз не тіркеңіз.",
        ru="У объединяемых объектов должны совпадать правообладатели и доли; сначала передайте или оформите права.",
        en="Objects to be merged must have the same holders in the same shares; first transfer or register the rights.",
    ),
    watches=(UNIT.name,),
    tested_by=f"{_TESTS}::test_merge_of_unlike_holders_is_refused",
)
RANKED: Final = Rule(
    id="real_estate.carrying.pledge-rank",
    severity="error",
    statement=Text(
        kk="Біріктірілген нысанда екі кепілдің кезегі бірдей болар еді; алдымен кепіл кезектерін өзгертіңіз.",
        ru="На объединённом объекте у двух залогов была бы одна очерёдность; сначала измените очерёдность залогов.",
        en="Two pledges would have one rank on the merged object; first change the pledges' ranks.",
    ),
    watches=(UNIT.name,),
    basis=_LAW,
    tested_by=f"{_TESTS}::test_merge_with_equal_ranks_is_refused",
)
PLACED: Final = Rule(
    id="real_estate.carrying.placed",
    severity="error",
    statement=Text(
        kk="Құқықтың аумағы жаңа учаскелердің ешқайсысына түспейді; алдымен аумағын түзетіңіз не құқықты тоқтатыңыз.",
        ru="Территория права не попадает ни на один из новых участков; сначала исправьте её или прекратите право.",
        en="The area of the right lies on none of the new parcels; first correct it, or end the right.",
    ),
    watches=(UNIT.name,),
    tested_by=f"{_TESTS}::test_servitude_off_the_land_stands_in_the_way",
)
CLOSED: Final = Rule(
    id="real_estate.carrying.closed",
    severity="error",
    statement=Text(
        kk="Нысан ізбасарсыз тоқтатылмас бұрын ондағы әр құқық пен ауыртпалық өз актісімен тоқтатылуы тиіс.",
        ru="Прежде чем объект прекратится без преемника, каждое право и обременение на нём прекращают своим актом.",
        en="Before an object ends without a successor, each right and encumbrance on it must be closed by its own act.",
    ),
    watches=(UNIT.name,),
    tested_by=f"{_TESTS}::test_archive_is_refused_while_rights_live",
)

_LAYERS: Final = (PARCEL.name, BUILDING.name, PREMISES.name)
_GONE: Final = " UNION ALL ".join(
    f"SELECT feature_id AS object_id FROM {{proposed:{layer}}} AS o WHERE abolished"  # noqa: S608 - declared layers
    for layer in _LAYERS
)
_STANDING: Final = " UNION ALL ".join(after(layer, "feature_id", "named", "a.feature_id, a.valid") for layer in _LAYERS)

# The units that an act may leave without ground, by each way in which it may: every arm starts from what is proposed.
_GROUNDLESS: Final = f"""
WITH gone AS MATERIALIZED ({_GONE}), affected AS MATERIALIZED (
  SELECT feature_id AS unit_id FROM {{proposed:real_estate.unit}} AS u
  UNION SELECT unit_id FROM {{proposed:real_estate.unit_part}} AS p
  UNION SELECT unit_id FROM {{proposed:real_estate.right}} AS r
  UNION {after(UNIT_PART.name, "object_id", "gone", "a.unit_id")}
), rights AS MATERIALIZED (
  {after(RIGHT.name, "unit_id", "affected", "a.feature_id, a.unit_id, a.kind, a.valid")}
), parts AS MATERIALIZED (
  {after(UNIT_PART.name, "unit_id", "rights", "a.unit_id, a.object_id, a.valid")}
), named AS MATERIALIZED (SELECT DISTINCT object_id AS feature_id FROM parts), standing AS MATERIALIZED ({_STANDING}),
ground AS (
  SELECT p.unit_id, range_agg(p.valid * s.valid) AS valid
  FROM parts AS p JOIN standing AS s ON s.feature_id = p.object_id WHERE p.valid && s.valid GROUP BY 1
)
SELECT r.unit_id AS feature_id, r.feature_id AS other_id, span AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, r.kind AS detail
FROM rights AS r LEFT JOIN ground AS g USING (unit_id)
CROSS JOIN LATERAL unnest(tstzmultirange(r.valid) - coalesce(g.valid, '{{}}')) AS span
ORDER BY 1, 2
"""  # noqa: S608 - composed of names of declared layers

GROUNDED: Final = Rule(
    id="real_estate.right.grounded",
    severity="error",
    statement=Text(
        kk="Учаске бөлінгенде, біріктірілгенде, тоқтатылғанда ондағы әр құқық көшіріледі не өз актісімен жойылады; "
        "құқық бірде-бір нысаны күшінде жоқ бірлікте қалмайды.",
        ru="При разделе, объединении и прекращении участка каждое право переносится или прекращается своим актом; "
        "право не остаётся на единице, ни один объект которой не действует.",
        en="On a split, a merge and a closure each right is carried over or closed by its own act; "
        "none stays on a unit none of whose objects is in force.",
    ),
    watches=(UNIT.name, UNIT_PART.name, RIGHT.name, PARCEL.name, BUILDING.name, PREMISES.name),
    sql=_GROUNDLESS,
    tested_by=f"{_TESTS}::test_no_other_writer_leaves_a_right_behind",
)

OBSTACLES: Final = (BARRED, CONSENTED, WHOLE, SAME_HOLDERS, RANKED, PLACED, CLOSED)
RULES: Final = (*OBSTACLES, GROUNDED)


def obstacles(case: Case, fate: Fate, found: Sequence[Estate]) -> list[Violation]:
    """Return all that stands in the way of what an act makes of parcels."""
    if fate.kind == "archive":
        gone = [estate for estate in found if fate.on_land or not estate.besides(fate)]
        return [_item(CLOSED, estate, right) for estate in gone for right in estate.rights if _lives(estate, right)]
    told = [v for estate in found for v in _in_estate(fate, estate)]
    if fate.kind == "merge":
        told += _unlike(case, fate, found)
    return told + ([] if told else _misplaced(case, fate, found))


def _in_estate(fate: Fate, estate: Estate) -> Iterator[Violation]:
    yield from (_item(BARRED, estate, right) for right, _ in of_kind(estate, ARREST, "prohibition"))
    yield from (_item(CONSENTED, estate, i) for i, _ in of_kind(estate, PLEDGE) if not consented(estate, i))
    others = estate.besides(fate)
    if others:
        yield WHOLE.violation(estate.unit, other_id=min(others), detail=estate.number)


def _unlike(case: Case, fate: Fate, found: Sequence[Estate]) -> Iterator[Violation]:
    """Yield what keeps the basic units of a merge from becoming one: land without a unit, rights held otherwise."""
    basic = [estate for estate in found if estate.type == "basicPropertyUnit"]
    if not basic:
        return
    for parent, number in zip(fate.parents, fate.numbers(case), strict=True):
        if not any(parent in estate.objects for estate in basic):
            yield SAME_HOLDERS.violation(basic[0].unit, other_id=parent, detail=f"{number}: -")
    for other in basic[1:]:
        yield from _differences(case, basic[0], other)


def _differences(case: Case, one: Estate, other: Estate) -> Iterator[Violation]:
    """Yield the shared rights that only one of two units has, at the first moment at which they differ."""
    pieces = [p for e in (one, other) for told in e.told.values() for f in told.values() for p in f]
    moments = sorted({case.act.valid_from, *(m for m in bounds(pieces) if m > case.act.valid_from)})
    for moment in moments:
        surplus = [
            _item(SAME_HOLDERS, mine, i)
            for mine, theirs in ((one, other), (other, one))
            for i in _surplus(mine, theirs, moment)
        ]
        if surplus:
            yield from surplus
            return
        if _stands(one, moment) != _stands(other, moment):
            yield SAME_HOLDERS.violation(one.unit, other_id=other.unit, detail=f"{one.number}, {other.number}")
            return


def _surplus(mine: Estate, theirs: Estate, moment: Any) -> Iterator[int]:
    left = Counter(key for i in theirs.rights if (key := key_of(theirs, i, moment)) is not None)
    for i in mine.rights:
        key = key_of(mine, i, moment)
        if key is None:
            continue
        if left[key] <= 0:
            yield i
        left[key] -= 1


def _stands(estate: Estate, moment: Any) -> bool:
    piece = at(estate.pieces, moment)
    return piece is not None and not piece.abolished


def _misplaced(case: Case, fate: Fate, found: Sequence[Estate]) -> list[Violation]:
    """Return what no heir would get, and pledges of one rank that would meet."""
    inherited = inheritances(case, fate, found, NewIds())
    lost = [
        _item(PLACED, estate, right)
        for group in groups(fate, found)
        for estate in group
        for right in estate.rights
        if not any(each.master(estate, right) in each.carried for each in inherited if each.group == group)
    ]
    return lost + [v for each in inherited for v in _same_ranks(each)]


def _same_ranks(inherited: Inheritance) -> Iterator[Violation]:
    if len(inherited.group) < 2:
        return
    pledges = [
        (estate, right, piece)
        for estate in inherited.group
        for right, pieces in of_kind(estate, PLEDGE)
        for piece in live(pieces)
        if right in inherited.carried
    ]
    for (estate, right, one), (_, other_right, other) in combinations(pledges, 2):
        ranks = (one.attributes["rank"], other.attributes["rank"])
        if right != other_right and None not in ranks and ranks[0] == ranks[1] and one.valid.overlaps(other.valid):
            told = f"{estate.number}: {PLEDGE}, {ranks[0]}"
            yield RANKED.violation(right, other_id=other_right, detail=told)


def _lives(estate: Estate, right: int) -> bool:
    return bool(live(estate.rights[right]))


def _item(rule: Rule, estate: Estate, right: int) -> Violation:
    """Return one thing that stands in the way: the unit, the right, and what kind and share it is."""
    said = estate.rights[right][0].attributes
    whole, parts = said["share_numerator"], said["share_denominator"]
    share = "" if whole is None else f" {Fraction(whole, parts)}"
    return rule.violation(estate.unit, other_id=right, detail=f"{estate.number}: {said['kind']}{share}")
