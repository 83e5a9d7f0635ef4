"""The dates of a legal source (ISO 19152 LA_Source): in order, and none in the future."""

from datetime import datetime
from itertools import pairwise

from gis.act import Source
from gis.errors import RuleBroken
from gis.profile import CityProfile
from gis.text import Text

RULE = "register.source.dates"

STATEMENT = Text(
    kk="Дереккөздің күндері ретімен болуы тиіс: қабылданған ≤ ұсынылған ≤ тіркелген ≤ бүгін.",
    ru="Даты источника должны идти по порядку: принятие ≤ подача ≤ регистрация ≤ сегодня.",
    en="The dates of a source must be in order: acceptance <= submission <= recordation <= today.",
)


def check_source(source: Source, profile: CityProfile, today: datetime | None = None) -> None:
    """Refuse a source whose dates are out of order or lie in the future.

    Args:
        source: the act's.
        profile: the city's; its zone tells what day it is.
        today: the present moment, for tests; by default the clock's.

    Raises:
        RuleBroken: names the two dates.
    """
    now = today or datetime.now(profile.zone)
    named = [
        ("acceptance", source.acceptance),
        ("submission", source.submission),
        ("recordation", source.recordation),
        ("today", now.astimezone(profile.zone).date()),
    ]
    for (earlier, a), (later, b) in pairwise(named):
        if a > b:
            raise RuleBroken(
                Text(
                    **{
                        language: f"[{RULE}] {STATEMENT.in_language(language)} {earlier} {a} > {later} {b}"
                        for language in ("kk", "ru", "en")
                    }
                ),
                rule=RULE,
                dates={name: day.isoformat() for name, day in named},
            )
