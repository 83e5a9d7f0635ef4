"""The registrar's desk: who asks, what is asked of the register, and how it answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response

from api.land.bodies import ActBody
from api.land.geometry import Geometer
from api.ogc.request import only
from api.problems import language_of
from api.tokens import RequireRole
from api.violations import violation_documents
from cadastres.land import number
from cadastres.land.model import PARCEL, QUARTER
from cadastres.land.story import LaterChange
from gis import store
from gis.act import Act, Command
from gis.errors import BadRequest, NotFound
from gis.instant import read_head
from gis.layer import Layer
from gis.lineage import descents
from gis.recording import Recorded
from gis.register import Register
from gis.rules import Violation
from gis.text import Language, Text
from gis.tokens import Token

_TAG: Final = re.compile(r'\s*"(?:(?P<feature>[0-9]{1,18})-)?(?P<changeset>[0-9]{1,18})(?:\.[0-9]{1,18})?"\s*')
_WEAK: Final = re.compile(r'(?:^|,)\s*W/"')


@dataclass(frozen=True, slots=True)
class Desk:
    """One request of a registrar.

    Attributes:
        language: in which refusals and warnings are told.
        dry_run: ask the rules, write nothing.
        if_match: write tokens of the features as the registrar saw them.
    """

    register: Register
    token: Token
    language: Language
    dry_run: bool
    if_match: str | None

    def act(self, body: ActBody) -> Act:
        """Return the act that a body describes."""
        return body.act(self.register.profile, self.token)

    def geometer(self, body: ActBody) -> Geometer:
        """Return the reader of a body's geometries."""
        return Geometer.of(self.register.profile, body.crs)

    def parcels(self, numbers: Sequence[str]) -> list[int]:
        """Return the feature ids of parcels by number, in any spelling.

        Raises:
            InvalidNumber: no cadastral number.
            NotFound: never issued.
        """
        with self.register.reading() as connection:
            return [
                parcel_id(store.find(connection, PARCEL, "cadastral_number", number.compact(n)), n) for n in numbers
            ]

    def quarter(self, code: str) -> int:
        """Return a quarter's feature id.

        Raises:
            NotFound: never formed.
        """
        with self.register.reading() as connection:
            found = store.find(connection, QUARTER, "code", code)
        if found is None:
            raise NotFound(_NO_QUARTER.filled(code=number.format_quarter(code)), code=code)
        return found

    def known(self, layer: Layer, feature_id: int) -> int:
        """Return a feature's id.

        Raises:
            NotFound: never registered in the layer.
        """
        with self.register.reading() as connection:
            if feature_id not in store.tokens(connection, layer, [feature_id]):
                raise NotFound(_NO_FEATURE.filled(layer=layer.name, id=feature_id), feature_id=feature_id)
        return feature_id

    def perform(self, command: Command, act: Act, layer: Layer, named: Sequence[int] = ()) -> Response:
        """Record an act, or ask whether it may be; ``named`` are the features that it names."""
        expected = expected_tokens(self.if_match, named)
        try:
            if self.dry_run:
                return self._advice(self.register.may(command, act, expected))
            return self._answer(self.register.perform(command, act, expected), act, layer, named)
        except LaterChange as refusal:
            refusal.data["descendants"] = self._descendants(layer, int(refusal.data["feature_id"]))
            raise

    def _advice(self, found: Sequence[Violation]) -> Response:
        allowed = all(violation.severity != "error" for violation in found)
        return JSONResponse({"allowed": allowed, "violations": self._told(found)})

    def _descendants(self, layer: Layer, feature_id: int) -> list[dict[str, Any]]:
        """Return the children for whose sake an act on a feature's past is refused."""
        with self.register.reading() as connection:
            found = descents(connection, feature_id, read_head(connection).recorded)
        children = {d.child: d for d in found if d.parent == feature_id and d.layer == layer.name}
        return self._features(layer, list(children), None)

    def _answer(self, done: Recorded, act: Act, layer: Layer, named: Sequence[int]) -> Response:
        new = [done.features[i] for i in sorted(done.features, reverse=True)]
        features = self._features(layer, [*new, *named], done.number)
        content = {
            "changeset": done.number,
            "recorded": done.recorded.isoformat(),
            "valid_from": act.valid_from.isoformat(),
            "features": features,
            "warnings": self._told(done.warnings),
        }
        made = any(feature["id"] in new for feature in features)
        headers = {"Location": features[0]["href"], "ETag": features[0]["etag"]} if made else {}
        return JSONResponse(content, 201 if made else 200, headers)

    def _told(self, found: Sequence[Violation]) -> list[dict[str, Any]]:
        register = self.register
        return violation_documents(found, register.rules, self.language, register.profile.system)

    def _features(self, layer: Layer, ids: Sequence[int], changeset: int | None) -> list[dict[str, Any]]:
        with self.register.reading() as connection:
            timelines = store.timelines(connection, layer, ids)
        return [
            {
                "layer": layer.name,
                "id": i,
                **_identifiers(layer, timelines[i][-1].attributes),
                "href": href(layer, i, timelines[i][-1].attributes),
                **({} if changeset is None else {"etag": etag(i, changeset)}),
            }
            for i in ids
            if i in timelines
        ]


def desk(
    request: Request,
    token: Annotated[Token, Depends(RequireRole(cadastre="land"))],
    *,
    dry_run: Annotated[bool, Query(alias="dry-run", description="Ask whether the act may be; write nothing.")] = False,
    if_match: Annotated[str | None, Header(description="ETags of the features as you saw them.")] = None,
) -> Desk:
    """Return the desk of a registrar's request."""
    only(request, ("dry-run",))
    register: Register = request.app.state.register
    return Desk(register, token, language_of(request), dry_run, if_match)


AtDesk = Annotated[Desk, Depends(desk)]


def expected_tokens(if_match: str | None, named: Sequence[int]) -> dict[int, int]:
    """Return the write tokens of features by id, from ``If-Match`` (RFC 9110, 13.1.1).

    A tag is ``"feature-changeset"``, as answers give it; where the act names one feature, ``"changeset"`` will do.

    Raises:
        BadRequest: no tag, a weak one (the comparison is strong), a tag of a feature that the act doesn't name, a bare
            one where it names several.
    """
    if if_match is None or if_match.strip() == "*":
        return {}
    if _WEAK.search(if_match):
        raise BadRequest(_WEAK_TAG.filled(value=if_match[:80]), header="If-Match")
    found = [_TAG.fullmatch(part) for part in if_match.split(",")]
    tokens: dict[int, int] = {}
    for tag in found:
        feature = None if tag is None else int(tag["feature"]) if tag["feature"] else _only(named)
        if tag is None or feature not in named or feature is None:
            raise BadRequest(_NO_TAG.filled(value=if_match[:80]), header="If-Match")
        tokens[feature] = int(tag["changeset"])
    return tokens


def _only(named: Sequence[int]) -> int | None:
    return named[0] if len(named) == 1 else None


def etag(feature_id: int, changeset: int) -> str:
    """Return a feature's write token as an entity tag."""
    return f'"{feature_id}-{changeset}"'


def href(layer: Layer, feature_id: int, attributes: Mapping[str, Any]) -> str:
    """Return where a feature is read."""
    if layer == PARCEL:
        return f"/land/parcels/{attributes['cadastral_number']}"
    if not layer.spatial:
        return f"/ogc/collections/{layer.name}/items/{feature_id}/versions"
    return f"/ogc/collections/{layer.name}/items/{feature_id}"


def _identifiers(layer: Layer, attributes: Mapping[str, Any]) -> dict[str, Any]:
    issued = {f.name: attributes.get(f.name) for f in layer.identifiers}
    return {**issued, "spelled": number.format(str(issued["cadastral_number"]))} if layer == PARCEL else issued


def parcel_id(found: int | None, spelled: str) -> int:
    """Return a parcel's feature id, or refuse a number that was never issued."""
    if found is None:
        shown = number.format(spelled)
        raise NotFound(_NO_PARCEL.filled(number=shown), number=shown)
    return found


_NO_TAG = Text(
    kk='If-Match: {value} — белгі емес не акт атамаған нысандыкі; дұрысы: "17-42" (нысан, өзгерістер жинағы).',
    ru='If-Match: {value} — не метка или метка не названного в акте объекта; верно, например: "17-42" (объект, набор).',
    en='If-Match: {value} is no tag, or that of a feature not named in the act; right is "17-42" (feature, changeset).',
)
_WEAK_TAG = Text(
    kk="If-Match: {value} — әлсіз белгі (W/), жазуға жарамайды; ETag тақырыбындағы күшті белгіні өзгертпей жіберіңіз.",
    ru="If-Match: {value} — слабая метка (W/), для записи не годится; пришлите сильную, как она дана в ETag.",
    en="If-Match: {value} is a weak tag (W/), which won't do for a write; send the strong one, as an ETag gives it.",
)
_NO_FEATURE = Text(
    kk="{layer} қабатында {id} нысаны ешқашан тіркелмеген.",
    ru="В слое {layer} объект {id} никогда не регистрировался.",
    en="Feature {id} was never registered in {layer}.",
)
_NO_QUARTER = Text(
    kk="{code} есептік орамы ешқашан құрылмаған.",
    ru="Учётный квартал {code} никогда не образовывался.",
    en="Quarter {code} was never formed.",
)
_NO_PARCEL = Text(
    kk="{number} нөмірлі учаске ешқашан тіркелмеген.",
    ru="Участок с номером {number} никогда не регистрировался.",
    en="No parcel was ever registered under the number {number}.",
)
