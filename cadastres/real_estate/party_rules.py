"""Rules on parties: who holds a right, what identifies somebody, when somebody exists, what makes a group.

Nothing that these rules tell says who somebody is: they name rows, never names, numbers or dates of birth.
"""

from collections.abc import Iterator
from typing import Final

from cadastres.real_estate.reaching import SUMS, after
from cadastres.real_estate.rights_model import HOLDER, MEMBER, PARTY, RIGHT
from gis.act import Case, Outcome
from gis.record import Write
from gis.rules import Rule, Violation
from gis.script import is_blank, stray_letter
from gis.text import Text

_TESTS: Final = "tests/cadastres/real_estate/test_parties.py::"
_LADM_PARTY: Final = "ISO 19152-1:2024, LA_Party"

HAS_HOLDER: Final = Rule(
    id="real_estate.right.has-holder",
    severity="error",
    statement=Text(
        kk="Ұстаушысы болуы тиіс құқықтың бүкіл мерзімінде ұстаушысы болуы керек.",
        ru="Право, которому нужен держатель, должно иметь его всё время своего действия.",
        en="A right that must have a holder must have one for as long as it is in force.",
    ),
    watches=(RIGHT.name, HOLDER.name),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT feature_id, feature_id AS right_id FROM {{proposed:real_estate.right}} AS r
  UNION
  SELECT right_id, right_id FROM {{proposed:personal.holder}} AS h
), rights AS MATERIALIZED (
  {after(RIGHT.name, "feature_id", "affected", "a.feature_id, a.valid, a.party_required")}
), holders AS MATERIALIZED (
  {after(HOLDER.name, "right_id", "affected", "a.right_id, a.valid")}
), held AS (
  SELECT right_id, range_agg(valid) AS valid FROM holders GROUP BY right_id
)
SELECT r.feature_id, NULL::bigint AS other_id, span AS valid, NULL::float8 AS amount, NULL::geometry AS place,
  NULL::text AS detail
FROM rights AS r LEFT JOIN held AS h ON h.right_id = r.feature_id
CROSS JOIN LATERAL unnest(tstzmultirange(r.valid) - coalesce(h.valid, '{{}}')) AS span
WHERE r.party_required
""",  # noqa: S608 - pieces of the engine's own
    basis="ISO 19152-1:2024, LA_RRR partyRequired",
    tested_by=_TESTS + "test_a_right_needs_a_holder",
)

ONE_HOLDER: Final = Rule(
    id="real_estate.right.one-holder",
    severity="error",
    statement=Text(
        kk="Бір құқықтың бір ұстаушысы болады: бірнешеуі үлеспен немесе топ болып иеленеді.",
        ru="У права один держатель: несколько лиц владеют по долям или группой.",
        en="A right has one holder: several hold by shares, or as a group.",
    ),
    watches=(HOLDER.name,),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT DISTINCT right_id FROM {{proposed:personal.holder}} AS h WHERE NOT abolished
), holders AS MATERIALIZED (
  {after(HOLDER.name, "right_id", "affected", "a.feature_id, a.right_id, a.valid")}
)
SELECT a.feature_id, b.feature_id AS other_id, a.valid * b.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, NULL::text AS detail
FROM holders AS a JOIN holders AS b ON b.right_id = a.right_id AND b.feature_id > a.feature_id AND b.valid && a.valid
""",  # noqa: S608 - pieces of the engine's own
    basis="ISO 19152-1:2024, LA_RRR",
    tested_by=_TESTS + "test_a_right_has_one_holder",
)

FIELDS: Final = Rule(
    id="real_estate.party.fields",
    severity="error",
    statement=Text(
        kk="Жеке тұлғада ЖСН мен туған күні, ұйымда БСН, топта топ түрі ғана болады; топтан басқаның атауы міндетті.",
        ru="У человека бывает ИИН, у организации БИН, вид группы — только у группы; имя нужно всем, кроме группы.",
        en="A person has an IIN, an organisation a BIN, a group alone its type; all but groups must have a name.",
    ),
    watches=(PARTY.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  party_type AS detail
FROM {proposed:personal.party} AS p
WHERE NOT abolished AND CASE party_type
  WHEN 'group' THEN group_type IS NULL OR iin_bin IS NOT NULL OR birth_date IS NOT NULL OR end_date IS NOT NULL
  ELSE group_type IS NOT NULL OR name IS NULL OR end_date < birth_date END
""",
    basis=_LADM_PARTY,
    tested_by=_TESTS + "test_fields_of_a_party",
)

# CASE keeps the order: what is no number is not taken apart, what is no month has no last day.
_IIN: Final = """CASE
  WHEN iin_bin !~ '^[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[1-6][0-9]{5}$' THEN 'form'
  WHEN substr(iin_bin, 5, 2)::int > extract(day FROM make_date(
    1800 + 100 * ((substr(iin_bin, 7, 1)::int - 1) / 2) + substr(iin_bin, 1, 2)::int, substr(iin_bin, 3, 2)::int, 1)
    + interval '1 month - 1 day') THEN 'day'
  WHEN birth_date IS DISTINCT FROM make_date(1800 + 100 * ((substr(iin_bin, 7, 1)::int - 1) / 2)
    + substr(iin_bin, 1, 2)::int, substr(iin_bin, 3, 2)::int, substr(iin_bin, 5, 2)::int) THEN 'date of birth'
  ELSE CHECK END"""
_BIN: Final = """CASE
  WHEN iin_bin !~ '^[0-9]{2}(0[1-9]|1[0-2])[456][0-3][0-9]{6}$' THEN 'form'
  ELSE CHECK END"""
# Weights 1 to 11, and 3 to 11, 1, 2 where they give 10.
_CHECK: Final = """(
    SELECT CASE WHEN CASE WHEN one %% 11 < 10 THEN one %% 11 WHEN two %% 11 < 10 THEN two %% 11 END
      IS DISTINCT FROM substr(iin_bin, 12, 1)::int THEN 'check digit' END
    FROM (
      SELECT sum(substr(iin_bin, i, 1)::int * i) AS one, sum(substr(iin_bin, i, 1)::int * ((i + 1) %% 11 + 1)) AS two
      FROM generate_series(1, 11) AS i
    ) AS sums)"""

IDENTITY_NUMBER: Final = Rule(
    id="real_estate.party.identity-number",
    severity="error",
    statement=Text(
        kk="ЖСН не БСН 12 цифрдан тұрады, бақылау цифры дұрыс, ал ЖСН-дегі күн туған күнмен бірдей болуы тиіс.",
        ru="В ИИН и БИН 12 цифр с верной контрольной, а дата в ИИН должна совпадать с датой рождения.",
        en="An IIN or BIN has 12 digits with a right check digit, and the date in an IIN must be that of birth.",
    ),
    watches=(PARTY.name,),
    sql="""
WITH numbered AS (
  SELECT feature_id, valid, CASE party_type WHEN 'naturalPerson' THEN PERSON ELSE ORGANISATION END AS wrong
  FROM {proposed:personal.party} AS p WHERE NOT abolished AND iin_bin IS NOT NULL AND party_type <> 'group'
)
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place, wrong AS detail
FROM numbered WHERE wrong IS NOT NULL
""".replace("PERSON", _IIN)
    .replace("ORGANISATION", _BIN)
    .replace("CHECK", _CHECK),
    basis=_LADM_PARTY,
    tested_by=_TESTS + "test_the_database_knows_wrong_numbers_as_the_module_does",
)

NUMBER_UNIQUE: Final = Rule(
    id="real_estate.party.number-unique",
    severity="error",
    statement=Text(
        kk="Бір ЖСН не БСН тізілімде бір ғана тұлғада болады.",
        ru="Один ИИН или БИН в регистре может быть только у одного лица.",
        en="An IIN or BIN belongs to one party of the register only.",
    ),
    watches=(PARTY.name,),
    sql=f"""
WITH numbered AS MATERIALIZED (
  SELECT feature_id, iin_bin, valid FROM {{proposed:personal.party}} AS p WHERE NOT abolished AND iin_bin IS NOT NULL
), there AS MATERIALIZED (
  {after(PARTY.name, "iin_bin", "numbered", "a.feature_id, a.iin_bin, a.valid")}
)
SELECT n.feature_id, t.feature_id AS other_id, n.valid * t.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, NULL::text AS detail
FROM numbered AS n JOIN there AS t USING (iin_bin)
WHERE n.feature_id <> t.feature_id AND n.valid && t.valid
""",  # noqa: S608 - pieces of the engine's own
    basis=_LADM_PARTY,
    tested_by=_TESTS + "test_a_number_belongs_to_one_party",
)

# Of a bank with a hundred thousand pledges only the one at hand is looked at, unless its own dates change.
EXISTS: Final = Rule(
    id="real_estate.party.exists",
    severity="error",
    statement=Text(
        kk="Құқық ұстаушы туғанға не құрылғанға дейін де, қайтыс болғаннан не таратылғаннан кейін де басталмайды.",
        ru="Право не может начаться до рождения или создания держателя, равно как и после его смерти или ликвидации.",
        en="A right can't begin before its holder was born or founded, nor after it died or was dissolved.",
    ),
    watches=(HOLDER.name, PARTY.name),
    sql=f"""
WITH dated AS MATERIALIZED (
  SELECT feature_id AS party_id FROM {{proposed:personal.party}} AS p
  WHERE NOT abolished AND NOT EXISTS (
    SELECT FROM personal.party AS o WHERE o.feature_id = p.feature_id AND upper_inf(o.recorded)
      AND (o.birth_date, o.end_date) IS NOT DISTINCT FROM (p.birth_date, p.end_date))
), holders AS MATERIALIZED (
  SELECT feature_id, party_id, valid FROM {{proposed:personal.holder}} AS h WHERE NOT abolished
  UNION ALL
  SELECT feature_id, party_id, valid FROM {{staying:personal.holder}} AS h WHERE NOT abolished
  UNION ALL
  {after(HOLDER.name, "party_id", "dated", "a.feature_id, a.party_id, a.valid")}
), affected AS MATERIALIZED (
  SELECT DISTINCT party_id AS feature_id FROM holders
), parties AS MATERIALIZED (
  {after(PARTY.name, "feature_id", "affected", "a.feature_id, a.birth_date, a.end_date")}
), life AS (
  SELECT feature_id, min(birth_date) AS born, max(end_date) AS died FROM parties GROUP BY feature_id
), begun AS (
  SELECT feature_id, party_id, min(coalesce(lower(valid), '-infinity')) AS since FROM holders GROUP BY 1, 2
)
SELECT h.feature_id, NULL::bigint AS other_id, tstzrange(h.since, NULL) AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, NULL::text AS detail
FROM begun AS h JOIN life AS l ON l.feature_id = h.party_id
WHERE h.since < l.born::timestamp AT TIME ZONE %(zone)s
  OR h.since >= (l.died + 1)::timestamp AT TIME ZONE %(zone)s
""",  # noqa: S608 - pieces of the engine's own
    basis=_LADM_PARTY,
    tested_by=_TESTS + "test_no_right_before_birth_or_after_death",
)

_OF_GROUPS: Final = f"""
WITH affected AS MATERIALIZED (
  SELECT feature_id, feature_id AS group_id FROM {{proposed:personal.party}} AS p WHERE party_type = 'group'
  UNION
  SELECT group_id, group_id FROM {{proposed:personal.member}} AS m
), members AS MATERIALIZED (
  {
    after(
        MEMBER.name,
        "group_id",
        "affected",
        "a.feature_id, a.group_id, a.party_id, a.valid, a.share_numerator, a.share_denominator",
    )
}
)"""  # noqa: S608 - pieces of the engine's own

GROUP_SIZE: Final = Rule(
    id="real_estate.group.members",
    severity="error",
    statement=Text(
        kk="Топта бүкіл уақытта кемінде екі түрлі мүше болуы тиіс; топ өзіне мүше болмайды.",
        ru="В группе всё время должно быть не меньше двух разных участников; сама себе группа не участник.",
        en="A group must at all times have at least two different members; it is no member of itself.",
    ),
    watches=(PARTY.name, MEMBER.name),
    sql=f"""{_OF_GROUPS}, groups AS MATERIALIZED (
  {after(PARTY.name, "feature_id", "affected", "a.feature_id, a.party_type, a.valid")}
), moments AS (
  SELECT feature_id AS group_id, coalesce(lower(valid), '-infinity') AS since FROM groups
  UNION
  SELECT group_id, upper(valid) FROM members WHERE NOT upper_inf(valid)
)
SELECT g.feature_id, NULL::bigint AS other_id, tstzrange(m.since, upper(g.valid)) AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, NULL::text AS detail
FROM groups AS g JOIN moments AS m ON m.group_id = g.feature_id AND g.valid @> m.since
WHERE g.party_type = 'group' AND 2 > (
  SELECT count(DISTINCT party_id) FROM members AS a
  WHERE a.group_id = g.feature_id AND a.party_id <> a.group_id AND a.valid @> m.since)
""",  # noqa: S608 - pieces of the engine's own
    basis="ISO 19152-1:2024, LA_GroupParty",
    tested_by=_TESTS + "test_a_group_has_two_members",
)

MEMBER_SHARES: Final = Rule(
    id="real_estate.group.shares",
    severity="error",
    statement=Text(
        kk="Топ мүшелерінің үлестері не бәрінде болып, дәл бірге толады, не ешқайсысында болмайды.",
        ru="Доли есть либо у всех участников группы и точно дают единицу, либо ни у кого.",
        en="Either all members of a group have shares, which sum to exactly one, or none has.",
    ),
    watches=(MEMBER.name,),
    sql=f"""{_OF_GROUPS}, shares AS (
  SELECT ARRAY[group_id] AS group_id, feature_id, valid, share_numerator, share_denominator FROM members
  WHERE share_denominator > 0 OR share_denominator IS NULL
), {SUMS}
SELECT s.feature_id, NULL::bigint AS other_id, tstzrange(s.since, s.until) AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, NULL::text AS detail
FROM summed AS s WHERE s.numerator <> s.denominator OR EXISTS (
  SELECT FROM members AS m WHERE ARRAY[m.group_id] = s.group_id AND m.valid @> s.since AND m.share_numerator IS NULL)
UNION ALL
SELECT feature_id, NULL, valid, NULL, NULL, NULL FROM {{proposed:personal.member}} AS m
WHERE NOT abolished AND ((share_numerator IS NULL) <> (share_denominator IS NULL)
  OR share_numerator <= 0 OR share_numerator > share_denominator)
""",  # noqa: S608 - pieces of the engine's own
    basis="ISO 19152-1:2024, LA_PartyMember share",
    tested_by=_TESTS + "test_shares_of_members_sum_to_one",
)


def _names(outcome: Outcome) -> Iterator[tuple[Write, str]]:
    for write in outcome.writes:
        name = write.attributes.get("name")
        if write.layer == PARTY.name and not write.abolished and name is not None:
            yield write, str(name)


def _blank(case: Case, outcome: Outcome) -> Iterator[Violation]:  # noqa: ARG001 - what was is no excuse
    for write, name in _names(outcome):
        if is_blank(name):
            yield NAMED.violation(write.feature_id, valid=write.valid)


def _mixed(case: Case, outcome: Outcome) -> Iterator[Violation]:  # noqa: ARG001 - likewise
    for write, name in _names(outcome):
        stray = stray_letter(name)
        if stray is not None:
            detail = f"'{stray.letter}' (U+{ord(stray.letter):04X}, {stray.script})"
            yield ONE_SCRIPT.violation(write.feature_id, valid=write.valid, detail=detail)


NAMED: Final = Rule(
    id="real_estate.party.named",
    severity="error",
    statement=Text(
        kk="Атау бос болмауы тиіс.",
        ru="Имя или наименование не может быть пустым.",
        en="A name must not be empty.",
    ),
    watches=(PARTY.name,),
    function=_blank,
    basis=_LADM_PARTY,
    tested_by=_TESTS + "test_names",
)

ONE_SCRIPT: Final = Rule(
    id="real_estate.party.one-script",
    severity="error",
    statement=Text(
        kk="Атаудың әр сөзі бір әліпбимен жазылуы тиіс: кирилл сөзінде латын әрпі болмайды.",
        ru="Каждое слово имени пишется одним алфавитом: латинской букве не место в кириллическом слове.",
        en="Each word of a name is written in one script: a Latin letter has no place in a Cyrillic word.",
    ),
    watches=(PARTY.name,),
    function=_mixed,
    basis=_LADM_PARTY,
    tested_by=_TESTS + "test_names",
)

RULES: Final = (
    HAS_HOLDER,
    ONE_HOLDER,
    FIELDS,
    IDENTITY_NUMBER,
    NUMBER_UNIQUE,
    EXISTS,
    GROUP_SIZE,
    MEMBER_SHARES,
    NAMED,
    ONE_SCRIPT,
)
"""Rules on parties, groups and holders."""
