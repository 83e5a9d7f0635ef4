"""Text that a citizen or a clerk reads: always in Kazakh, Russian and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Language = Literal["kk", "ru", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Text:
    """One statement in the three languages of the register.

    >>> Text(kk="жер", ru="земля", en="land").in_language("ru")
    'земля'
    """

    kk: str
    ru: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the statement in one language."""
        return str(getattr(self, language))

    def filled(self, **values: object) -> "Text":
        """Return a copy whose ``{name}`` fields are filled, in every language; a value that is a text in its own."""
        return Text(**{language: self._filled(language, values) for language in LANGUAGES})

    def _filled(self, language: Language, values: Mapping[str, object]) -> str:
        own = {k: v.in_language(language) if isinstance(v, Text) else v for k, v in values.items()}
        return self.in_language(language).format(**own)

    def as_dict(self) -> dict[Language, str]:
        """Return the three statements by language code."""
        return {language: self.in_language(language) for language in LANGUAGES}

    def __str__(self) -> str:
        """English, the language of logs and of code."""
        return self.en


def preferred_language(accept_language: str | None) -> Language:
    """Choose the register's language that an ``Accept-Language`` header (RFC 9110, 12.5.4) ranks highest.

    >>> preferred_language("de, ru;q=0.8, kk;q=0.9")
    'kk'
    """
    ranked = sorted((_quality(part) for part in (accept_language or "").split(",")), key=lambda pair: -pair[1])
    for tag, quality in ranked:
        for language in LANGUAGES:
            if tag == language and quality > 0:
                return language
    return "en"


def _quality(part: str) -> tuple[str, float]:
    tag, _, weight = part.strip().partition(";q=")
    try:
        return tag.split("-")[0].lower(), float(weight or 1)
    except ValueError:
        return tag.lower(), 0.0
