"""What a way is called: its names as the register has them, and the common noun of its kind where it has none.

Keys of nouns (:data:`Noun`) are the same in every language; the words for them stand with each language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, get_args

from gis.text import LANGUAGES, Language
from routing import kazakh, russian
from routing.route import Piece
from routing.speech import Foreign, Speech, say

Noun = Literal[
    "road", "highway", "slip_road", "service", "track", "roundabout",
    "footway", "sidewalk", "traffic_island", "pedestrian", "path", "cycleway", "shared_path",
    "crossing", "steps", "ramp",
]  # fmt: skip

NOUNS: Final[tuple[Noun, ...]] = get_args(Noun)

NAME_FIELDS: Final = ("name", "name_kk", "name_ru", "name_en")
"""Of a way as of a street: what stands on the plate, and the names by language."""

_OF_HIGHWAYS: Final[Mapping[str, Noun]] = {
    "motorway": "highway", "trunk": "highway", "service": "service", "track": "track",
    "motorway_link": "slip_road", "trunk_link": "slip_road", "primary_link": "slip_road",
    "secondary_link": "slip_road", "tertiary_link": "slip_road",
}  # fmt: skip

_LATIN: Final = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]{2,}")
_UNREADABLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufffe\uffff]"
)
_KAZAKH_LETTERS: Final = re.compile(r"[әғқңөұүһіӘҒҚҢӨҰҮҺІ]")


@dataclass(frozen=True, slots=True)
class Called:
    """A name as one language may say it.

    Attributes:
        text: of the name.
        language: in which it is; unknown where ``None``.
        own: it is a name in the language that was asked for.
    """

    text: str
    language: Language | None
    own: bool

    def quoted(self, opening: str, closing: str) -> Speech:
        """Return it in quotation marks, its abbreviations spelled out; marks inside become inner ones."""
        russian_name = russian.street(self.text) if self.language == "ru" else None
        text = self.text if russian_name is None else russian_name.in_case("nominative")
        bare = re.sub(r"^[«“\"„]([^«»“”„\"]*)[»”\"“]$", r"\1", text)
        left, right = ("‘", "’") if opening == "“" else ("„", "“")
        inner = re.sub(r"(?<=[\w.!?])[»”“\"]", right, re.sub(r"[«„“\"](?=\w)", left, bare))
        return say("{o}{name}{c}", o=opening, name=inner if self.own else Foreign(inner, self.language), c=closing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What a piece of a route is called.

    Attributes:
        kind: of :class:`routing.route.Piece`; noun: key of the common noun for it.
        names: those of :data:`NAME_FIELDS` that it has.
        street_id: feature id of the street in the register of addresses.
    """

    kind: str
    noun: Noun
    names: Mapping[str, str] = field(default_factory=dict)
    street_id: int | None = None

    @property
    def named(self) -> bool:
        """Whether it has a name in any language."""
        return bool(self.names)

    @property
    def type(self) -> str | None:
        """Key of the type of street that one of its names tells, such as ``street``, ``avenue``, ``lane``."""
        return type_among(self.names)

    def called(self, language: Language) -> Called | None:
        """Return its name in a language; where it has none there, the one it has, which then is a foreign one."""
        return called(self.names, language)

    def same_street(self, other: "Way") -> bool:
        """Whether both are of one named street: by the register's number of it, or else by what is on its plates."""
        if self.street_id is not None and self.street_id == other.street_id:
            return True
        plates = self.names.get("name"), other.names.get("name")
        return plates[0] == plates[1] if all(plates) else self.named and dict(self.names) == dict(other.names)


def way_of(piece: Piece, *, on_foot: bool = False) -> Way:
    """Return what a piece is called; a cycle track signed for people on foot too is a shared path to these."""
    told = piece.attributes
    names = {name: said for name in NAME_FIELDS if (said := legible(told.get(name)))}
    street_id = told.get("street_id")
    return Way(
        kind=piece.kind,
        noun="shared_path" if on_foot and _shared(piece) else _noun(piece),
        names=names,
        street_id=street_id if isinstance(street_id, int) else None,
    )


def _shared(piece: Piece) -> bool:
    return (piece.attributes.get("footway"), piece.attributes.get("foot")) == ("cycleway", "designated")


def _noun(piece: Piece) -> Noun:
    if piece.kind == "street":
        if piece.attributes.get("roundabout"):
            return "roundabout"
        return _OF_HIGHWAYS.get(str(piece.attributes.get("highway")), "road")
    told = str(piece.attributes.get("footway")) if piece.kind == "footway" else piece.kind
    return next((noun for noun in NOUNS if noun == told), "footway")


def called(names: Mapping[str, str | None], language: Language) -> Called | None:
    """Return the one of some names that a language says, and whether it is its own.

    >>> called({"name": "Абай даңғылы", "name_ru": "проспект Абая"}, "ru").text
    'проспект Абая'
    >>> called({"name": "Абай даңғылы"}, "ru").own
    False
    """
    order = (f"name_{language}", "name", *(f"name_{other}" for other in LANGUAGES))
    candidates = [(name, _language(key, name)) for key in order if (name := legible(names.get(key)))]
    own = next((name for name, told in candidates if told == language), None)
    if own is not None:
        return Called(own, language, own=True)
    return next((Called(name, told, own=False) for name, told in candidates), None)


def legible(name: object) -> str:
    r"""Return a name without what can be neither read nor written into a file, blanks made single; nothing for none.

    Controls, halves of characters and marks that turn the direction of what follows are left out.

    >>> legible("Абай \x0b\u202eдаңғылы ")
    'Абай даңғылы'
    """
    return " ".join(_UNREADABLE.sub("", str(name or "")).split())


def _language(key: str, name: str) -> Language | None:
    """Return in which language a name is; what it looks like counts for more than the field that it stands in."""
    seen = seen_language(name)
    if seen is not None:
        return seen
    said = next((language for language in LANGUAGES if key == f"name_{language}"), None)
    latin = _LATIN.search(name) is not None
    if said == "en":
        return "en" if latin or not re.search(r"[Ѐ-ӿ]", name) else None
    return None if latin else said


@lru_cache(maxsize=4096)
def seen_language(name: str) -> Language | None:
    """Tell in which language a name is by its letters and by the word for its type; ``None`` where neither tells.

    >>> seen_language("Абай даңғылы"), seen_language("улица Абая"), seen_language("Алаш"), seen_language("Main Street")
    ('kk', 'ru', None, None)
    """
    if _LATIN.search(name):
        return None
    if kazakh.street(name) is not None:
        return "kk"
    if russian.street(name) is not None:
        return "ru"
    return "kk" if _KAZAKH_LETTERS.search(name) else None


def type_of(name: str) -> str | None:
    """Return the key of the type of street that a name tells, in Kazakh or in Russian."""
    street = kazakh.street(name) or russian.street(name)
    return None if street is None else street.type


def type_among(names: Mapping[str, str | None]) -> str | None:
    """Return the key of the type of street that one of some names tells."""
    told = (type_of(name) for name in names.values() if name)
    return next((kind for kind in told if kind is not None), None)
