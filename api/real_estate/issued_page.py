"""What is known of an issued document as a page: where the square code leads whoever points a telephone at it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import Request

from api.ogc.links import Address
from api.ogc.pages_html import Pages
from api.problems import language_of
from cadastres.real_estate.subject import spelled
from data.exports.documents import wording
from data.exports.documents.saying import Saying
from gis.profile import CityProfile
from gis.text import Text


def issued_page(request: Request, described: Mapping[str, Any]) -> str:
    """Return the page of a document, in the asker's language."""
    profile: CityProfile = request.app.state.register.profile
    say = Saying(language_of(request), profile)
    title = say(wording.TITLES[described["kind"]])
    rows = list(_rows(described, say))
    return Pages(profile).document("issued", described, Address.of(request), say.language, title=title, rows=rows)


def _rows(described: Mapping[str, Any], say: Saying) -> Iterator[tuple[str, str]]:
    yield say(wording.DOCUMENT), described["number"]
    number = described["subject"]["number"]
    if number is not None:
        yield say(wording.NUMBER), spelled(number)
    yield say(wording.AS_OF_DAY), say.day(described["datetime"][:10])
    yield say(wording.RECORDED), say.moment(described["recorded_at"])
    yield say(wording.DISCLOSURE), say(wording.DISCLOSURES[described["disclosure"]])
    yield say(_ISSUED), say.moment(described["issued"])
    yield "SHA-256", described["sha256"]


_ISSUED: Final = Text(kk="Берілген сәті", ru="Выдан", en="Issued")
