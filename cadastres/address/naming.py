"""Rules on names: official ones are there, none is blank, each word is of one script, Kazakh ones are in its alphabet.

They hold for whatever has the four names of :mod:`cadastres.address.names`: streets, named places, administrative
units, aliases.
"""

from typing import Final

from cadastres.address.model import ADMIN_UNIT, ALIAS, NAMED_PLACE, STREET
from gis.rules import Rule
from gis.text import Text

_NAMED: Final = (STREET.name, NAMED_PLACE.name, ADMIN_UNIT.name, ALIAS.name)

LATIN: Final = "A-Za-zÀ-ÖØ-öø-ɏ"
CYRILLIC: Final = "Ѐ-ҁҊ-ԯ"

KAZAKH_ALPHABET: Final = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ"
"""The 42 letters of Kazakh in Cyrillic."""

# What stands on the plate is mostly one of the names by language: it is told once.
_NAMES: Final = """
  CROSS JOIN LATERAL (VALUES
    ('name', CASE WHEN p.name IN (p.name_kk, p.name_ru, p.name_en) THEN NULL ELSE p.name END),
    ('name_kk', p.name_kk), ('name_ru', p.name_ru), ('name_en', p.name_en)
  ) AS n (field, said)
"""


def _rules(rule: str, statement: Text, sql: str, tested_by: str, layers: tuple[str, ...] = _NAMED) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            id=rule,
            severity="error",
            statement=statement,
            watches=(layer,),
            sql=sql.replace("LAYER", layer).replace("NAMES", _NAMES),
            basis="Joint order No. 783/1262 of December 2015 (V1500012938)",
            tested_by=f"tests/cadastres/address/test_names.py::{tested_by}",
        )
        for layer in layers
    )


# A road of the map that has no name at all is no named street; whatever a clerk forms is.
_OFFICIAL: Final = """
SELECT p.feature_id, NULL::bigint AS other_id, p.valid, NULL::float8 AS amount, NULL::geometry AS place,
  'name_' || language || ' (' || coalesce(p.name, '') || ')' AS detail
FROM {proposed:LAYER} AS p CROSS JOIN unnest(%(official_names)s::text[]) AS language
WHERE NOT p.abolished
  AND CASE language WHEN 'kk' THEN p.name_kk WHEN 'ru' THEN p.name_ru ELSE p.name_en END IS NULL
  AND (coalesce(p.name, p.name_kk, p.name_ru, p.name_en) IS NOT NULL OR p.external_reference IS NULL)
"""

_BLANK: Final = """
SELECT p.feature_id, NULL::bigint AS other_id, p.valid, NULL::float8 AS amount, NULL::geometry AS place,
  n.field || ': «' || n.said || '»' AS detail
FROM {proposed:LAYER} AS p NAMES
WHERE NOT p.abolished AND n.said !~ '[^[:space:][:punct:]\u00a0\u00ab\u00bb\u2000-\u206f\u3000\ufeff]'
"""

# The foreign letter is of the script that has fewer letters in the word; it is told with its code point, for it looks
# like one of the others.
_ONE_SCRIPT: Final = f"""
WITH word AS (
  SELECT p.feature_id, p.valid, n.field, (regexp_matches(n.said, '[{LATIN}{CYRILLIC}]+', 'g'))[1] AS word
  FROM {{proposed:LAYER}} AS p NAMES WHERE NOT p.abolished
), mixed AS (
  SELECT *, regexp_replace(word, '[^{LATIN}]', '', 'g') AS latin,
    regexp_replace(word, '[^{CYRILLIC}]', '', 'g') AS cyrillic
  FROM word WHERE word ~ '[{LATIN}]' AND word ~ '[{CYRILLIC}]'
), told AS (
  SELECT *, CASE WHEN length(latin) <= length(cyrillic) THEN left(latin, 1) ELSE left(cyrillic, 1) END AS letter
  FROM mixed
)
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  field || ': «' || word || '»: ' || letter || ' (U+' || lpad(upper(to_hex(ascii(letter))), 4, '0') || ')' AS detail
FROM told
"""  # noqa: S608 - ranges of letters

_ALPHABET: Final = f"""
SELECT p.feature_id, NULL::bigint AS other_id, p.valid, NULL::float8 AS amount, NULL::geometry AS place,
  'name_kk: «' || p.name_kk || '»: ' || found.letter
    || ' (U+' || lpad(upper(to_hex(ascii(found.letter))), 4, '0') || ')' AS detail
FROM {{proposed:LAYER}} AS p
CROSS JOIN LATERAL substring(
  regexp_replace(p.name_kk, '[{KAZAKH_ALPHABET}{KAZAKH_ALPHABET.lower()}]', '', 'g'), '[À-ÖØ-öø-ɏ{CYRILLIC}]'
) AS found (letter)
WHERE NOT p.abolished AND found.letter IS NOT NULL
"""  # noqa: S608 - ranges of letters

RULES: Final = (
    *_rules(
        "address.name.official",
        Text(
            kk="Көшенің, аталған жердің және әкімшілік бірліктің қазақша да, орысша да ресми атауы болуы тиіс.",
            ru="У улицы, места и административной единицы должны быть официальные названия на казахском и на русском.",
            en="A street, a place and an administrative unit must have official names in Kazakh and in Russian.",
        ),
        _OFFICIAL,
        "test_official_names",
        _NAMED[:3],
    ),
    *_rules(
        "address.name.blank",
        Text(
            kk="Атау бос болмауы тиіс: онда кемінде бір әріп немесе цифр болады.",
            ru="Название не может быть пустым: в нём должна быть хотя бы одна буква или цифра.",
            en="A name can't be blank: it has one letter or digit at least.",
        ),
        _BLANK,
        "test_blank_names",
    ),
    *_rules(
        "address.name.one-script",
        Text(
            kk="Бір сөзде кирилл мен латын әріптері араласпауы тиіс; көрсетілген әріпті ауыстырыңыз.",
            ru="В одном слове нельзя смешивать кириллицу и латиницу; замените указанную букву.",
            en="A word can't mix Cyrillic and Latin letters; replace the letter that is named.",
        ),
        _ONE_SCRIPT,
        "test_mixed_scripts",
    ),
    *_rules(
        "address.name.kazakh-alphabet",
        Text(
            kk="Қазақша атауда қазақ әліпбиінде жоқ әріп болмауы тиіс; көрсетілген әріпті ауыстырыңыз.",
            ru="В казахском названии не может быть букв, которых нет в казахском алфавите; замените указанную букву.",
            en="A Kazakh name can't have letters that the Kazakh alphabet lacks; replace the letter that is named.",
        ),
        _ALPHABET,
        "test_kazakh_alphabet",
    ),
)
"""Every rule on names."""
