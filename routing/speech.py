"""What is said: text that knows which of it is a number, how that is pronounced, and which name is in another language.

The same speech is shown as plain text and marked up for a voice (:mod:`routing.ssml`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter
from typing import Final

from gis.text import Language

_STOPS: Final = (".", "!", "?", "…")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as it is shown and, in the gender and case that its place asks for, in words."""

    shown: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """A name in another language than the sentence's; of no language that we know, where ``None``."""

    shown: str
    language: Language | None


Part = str | Numeral | Foreign


@dataclass(frozen=True, slots=True)
class Speech:
    """Parts of one utterance, in order.

    >>> say("через {n} метра", n=Numeral("2", "два")).text
    'через 2 метра'
    """

    parts: tuple[Part, ...] = ()

    @property
    def text(self) -> str:
        """As it is shown."""
        return "".join(part if isinstance(part, str) else part.shown for part in self.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)


Said = Speech | Part


def spoken(said: Said) -> Speech:
    """Return anything that can be said as a speech; an empty text is an empty speech."""
    if isinstance(said, Speech):
        return said
    return Speech((said,)) if said else Speech()


def say(template: str, /, **fields: Said) -> Speech:
    """Fill the ``{name}`` fields of a template.

    Raises:
        KeyError: a field of the template is not given.
    """
    parts: list[Part] = []
    for literal, field, _, _ in Formatter().parse(template):
        parts += [literal] if literal else []
        parts += spoken(fields[field]).parts if field is not None else ()
    return Speech(tuple(parts))


def together(speeches: Iterable[Said], between: str = " ") -> Speech:
    """Join what is said, leaving out what is empty."""
    parts: list[Part] = []
    for speech in filter(None, map(spoken, speeches)):
        parts += [between] if parts else []
        parts += speech.parts
    return Speech(tuple(parts))


def sentence(said: Said) -> Speech:
    """Return a speech with a capital at its head and a full stop at its end.

    >>> sentence("идите прямо").text
    'Идите прямо.'
    """
    parts = list(spoken(said).parts)
    if parts and isinstance(parts[0], str):
        parts[0] = parts[0][:1].upper() + parts[0][1:]
    if parts and not _ends(parts[-1]):
        parts.append(".")
    return Speech(tuple(parts))


def _ends(part: Part) -> bool:
    return isinstance(part, str) and part.endswith(_STOPS)
