"""The restriction extract of a parcel as a page to read."""

from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request

from api.ogc.links import Address
from api.ogc.pages_html import Pages
from api.problems import language_of
from data.exports.documents import restriction_words as words
from data.exports.documents.restriction_sheet import act, measured, named, remark, share
from data.exports.documents.saying import Saying
from gis.profile import CityProfile
from gis.text import Text


def extract_page(request: Request, content: dict[str, Any]) -> str:
    """Return the page of an extract, in the asker's language."""
    profile: CityProfile = request.app.state.register.profile
    say = Saying(language_of(request), profile)
    address = Address.of(request)
    kept = {name: value for name, value in request.query_params.items() if name in {"datetime", "recorded-at", "draft"}}
    return Pages(profile).document(
        "restrictions",
        {**content, "attribution": "; ".join(content["attribution"])},
        address,
        say.language,
        title=f"{say(words.TITLE)} {content['subject']['spelled']}",
        draft=content["draft"] and say(words.DRAFT.filled(name=content["draft"])),
        as_of=say(_AS_OF.filled(day=say.day(content["as_of"]["day"]))),
        words={name: say(text) for name, text in _WORDS.items()},
        rows=[_row(restriction, say) for restriction in content["restrictions"]],
        registered=[
            (each["title"][say.language], say.day(each["since"]), each["href"]) for each in content["registered"]
        ],
        as_pdf=address.with_query(f="pdf"),
        query=f"?{urlencode(kept)}" if kept else "",
    )


def _row(restriction: dict[str, Any], say: Saying) -> dict[str, str | None]:
    regime = restriction["regime"]
    return {
        "name": named(restriction, say),
        "measure": measured(restriction, say),
        "share": share(restriction, say),
        "act": act(restriction, say),
        "basis": restriction["legal_basis"],
        "regime": regime and (regime[say.language] or next(text for text in regime.values() if text)),
        "limits": "; ".join(
            [
                *(f"{each['title'][say.language]}: {each['text'][say.language]}" for each in restriction["limits"]),
                *filter(None, [remark(restriction, say)]),
            ]
        ),
        "href": restriction["href"],
    }


_AS_OF: Final = Text(kk="{day} жағдайы бойынша", ru="По состоянию на {day}", en="As of {day}")
_WORDS: Final = {
    "restriction": words.RESTRICTION,
    "measure": words.MEASURE,
    "share": words.SHARE,
    "act": words.ACT,
    "regime": words.REGIME,
    "none": words.NONE,
    "registered": words.REGISTERED,
    "none_registered": words.NONE_REGISTERED,
}
