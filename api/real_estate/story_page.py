"""The story of a unit as a page to read."""

from typing import Any, Final

from fastapi import Request

from api.ogc.links import Address
from api.ogc.pages_html import Pages
from api.problems import language_of
from gis.profile import CityProfile
from gis.text import Text


def story_page(request: Request, content: dict[str, Any]) -> str:
    """Return the page of a story, in the asker's language."""
    profile: CityProfile = request.app.state.register.profile
    language = language_of(request)
    title = _TITLE.filled(number=content["subject"]["spelled"]).in_language(language)
    words = {"correction": _CORRECTION.in_language(language), "nothing": _NOTHING.in_language(language)}
    return Pages(profile).document("story", content, Address.of(request), language, title=title, words=words)


_TITLE: Final = Text(kk="{number} объектісінің тарихы", ru="История объекта {number}", en="The story of {number}")
_CORRECTION: Final = Text(kk="түзету", ru="исправление", en="correction")
_NOTHING: Final = Text(
    kk="Бұл сәтке дейін ештеңе тіркелмеген.",
    ru="До этого момента ничего не записано.",
    en="Nothing was recorded by then.",
)
