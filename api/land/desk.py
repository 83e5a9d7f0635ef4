"""The registrar's desk: who asks, what is asked of the register, and how it answers."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response

from api.drafts.asked import PARAMETER, draft_named, spelled, with_draft
from api.land.bodies import EDITED, ActBody
from api.land.geometry import Geometer
from api.ogc.request import only
from api.problems import language_of
from api.tokens import RequireRole, asker
from api.violations import violation_documents
from cadastres.land import number
from cadastres.land.model import PARCEL, QUARTER
from cadastres.land.story import LaterChange
from gis import policy, store
from gis.act import Act, Command
from gis.draft import Draft, Overlay
from gis.draft import overlay as laid
from gis.errors import BadRequest, NotFound
from gis.instant import read_head
from gis.layer import Layer
from gis.lineage import descents
from gis.record import Version
from gis.register import Register
from gis.rules import Violation
from gis.text import Language, Text
from gis.tokens import Token

_TAG: Final = re.compile(
    r'\s*"(?:(?P<feature>[0-9]{1,18})-)?(?P<draft>draft-)?(?P<changeset>[0-9]{1,18})(?:\.[0-9]{1,18})?"\s*'
)
_WEAK: Final = re.compile(r'(?:^|,)\s*W/"')


@dataclass(frozen=True, slots=True)
class Desk:
    """One request of a registrar.

    Attributes:
        language: in which refusals and warnings are told.
        dry_run: ask the rules, write nothing.
        if_match: write tokens of the features as the registrar saw them.
        draft: what is edited instead of the register.
    """

    register: Register
    token: Token
    language: Language
    dry_run: bool
    if_match: str | None
    draft: Draft | None = None

    def act(self, body: ActBody) -> Act:
        """Return the act that a body describes."""
        return body.act(self.register.profile, self.token, self.draft)

    @property
    def overlay(self) -> Overlay | None:
        """What the draft lays over the register as it stands now."""
        if self.draft is None:
            return None
        with self.register.reading() as connection:
            return laid(connection, self.draft)

    def found(self, layer: Layer, identifier: str, value: str) -> int | None:
        """Return the feature to which a number was ever issued, or which the draft gave it to."""
        overlay = self.overlay
        with self.register.reading() as connection:
            return store.find(connection, layer, identifier, value, overlay)

    def geometer(self, body: ActBody) -> Geometer:
        """Return the reader of a body's geometries."""
        return Geometer.of(self.register.profile, body.crs)

    def parcels(self, numbers: Sequence[str]) -> list[int]:
        """Return the feature ids of parcels by number, in any spelling.

        Raises:
            InvalidNumber: no cadastral number.
            NotFound: never issued.
        """
        return [parcel_id(self.found(PARCEL, "cadastral_number", number.compact(n)), n) for n in numbers]

    def quarter(self, code: str) -> int:
        """Return a quarter's feature id.

        Raises:
            NotFound: never formed.
        """
        found = self.found(QUARTER, "code", code)
        if found is None:
            raise NotFound(_NO_QUARTER.filled(code=number.format_quarter(code)), code=code)
        return found

    def known(self, layer: Layer, feature_id: int) -> int:
        """Return a feature's id.

        Raises:
            NotFound: never registered in the layer.
        """
        overlay = self.overlay
        with self.register.reading() as connection:
            if feature_id not in store.tokens(connection, layer, [feature_id], overlay):
                raise NotFound(_NO_FEATURE.filled(layer=layer.name, id=feature_id), feature_id=feature_id)
        return feature_id

    def perform(self, command: Command, act: Act, layer: Layer, named: Sequence[int] = ()) -> Response:
        """Record an act, or ask whether it may be; ``named`` are the features that it names."""
        expected = expected_tokens(self.if_match, named)
        try:
            if self.draft is not None:
                return self._edit(self.draft, command, act, layer, named)
            if self.dry_run:
                return self._advice(self.register.may(command, act, expected))
            done = self.register.perform(command, act, expected)
            said = {"changeset": done.number, "recorded": done.recorded.isoformat()}
            return self._answer(_Done(said, done.number, done.features, done.warnings), act, layer, named)
        except LaterChange as refusal:
            refusal.data["descendants"] = self._descendants(layer, int(refusal.data["feature_id"]))
            raise

    def _edit(self, draft: Draft, command: Command, act: Act, layer: Layer, named: Sequence[int]) -> Response:
        """Edit a draft, or ask what the rules would say; they are asked of the draft as it would stand."""
        expected = expected_tokens(self.if_match, named)
        if self.dry_run:
            return self._advice(self.register.may(command, act, expected, draft.draft_id))
        done = self.register.perform(command, act, expected, draft.draft_id)
        said = {"draft": draft.name, "revision": done.revision}
        return self._answer(_Done(said, -done.revision, done.features, done.warnings), act, layer, named)

    def _advice(self, found: Sequence[Violation]) -> Response:
        allowed = all(violation.severity != "error" for violation in found)
        return JSONResponse({"allowed": allowed, "violations": self._told(found)})

    def _descendants(self, layer: Layer, feature_id: int) -> list[dict[str, Any]]:
        """Return the children for whose sake an act on a feature's past is refused."""
        with self.register.reading() as connection:
            found = descents(connection, feature_id, read_head(connection).recorded)
        children = {d.child: d for d in found if d.parent == feature_id and d.layer == layer.name}
        return self._features(layer, list(children), None)

    def _answer(self, done: "_Done", act: Act, layer: Layer, named: Sequence[int]) -> Response:
        new = [done.features[i] for i in sorted(done.features, reverse=True)]
        features = self._features(layer, [*new, *named], done.token)
        content = {
            **done.said,
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

    def _features(self, layer: Layer, ids: Sequence[int], token: int | None) -> list[dict[str, Any]]:
        overlay = self.overlay
        with self.register.reading() as connection:
            timelines = store.timelines(connection, layer, ids, overlay)
        return [
            {
                "layer": layer.name,
                "id": i,
                **_identifiers(layer, timelines[i][-1].attributes),
                "href": self._href(layer, timelines[i][-1]),
                **({} if token is None else {"etag": etag(i, token)}),
            }
            for i in ids
            if i in timelines
        ]

    def _href(self, layer: Layer, last: Version) -> str:
        """Return where a feature is read; in a draft, a list of versions being of the register, what it changes."""
        if self.draft is None or layer.spatial:
            return self.kept(href(layer, last.feature_id, last.attributes))
        since = last.valid.start
        times = {} if since is None else dict.fromkeys(("from-datetime", "to-datetime"), since.isoformat())
        query = urlencode({"after": last.feature_id - 1, "limit": 1, **times})
        return self.kept(f"/ogc/collections/{layer.name}/changes?{query}")

    def kept(self, address: str) -> str:
        """Return an address that stays in the draft."""
        return with_draft(address, None if self.draft is None else self.draft.name)


@dataclass(frozen=True, slots=True)
class _Done:
    """What an act or an edit came to.

    Attributes:
        said: what the answer says of it first.
        token: write token of the features that it wrote.
        features: ids of new features by the negative ids that the act gave them.
    """

    said: Mapping[str, Any]
    token: int
    features: Mapping[int, int]
    warnings: Sequence[Violation]


_AnyDesk = TypeVar("_AnyDesk", bound=Desk)


def desk_of(cadastre: str, kind: type[_AnyDesk]) -> Callable[..., _AnyDesk]:
    """Return the dependency that opens a desk to whoever writes a cadastre; a draft's also to planners."""

    def desk(
        request: Request,
        token: Annotated[Token, Depends(asker)],
        edited: Annotated[str | None, Depends(_edited)],
        *,
        dry_run: Annotated[bool, Query(alias="dry-run", description="Ask whether the act may be; write nothing.")] = (
            False
        ),
        if_match: Annotated[str | None, Header(description="ETags of the features as you saw them.")] = None,
    ) -> _AnyDesk:
        """Return the desk of a registrar's request."""
        only(request, ("dry-run", PARAMETER))
        register: Register = request.app.state.register
        roles = (policy.PLANNER,) if edited else ()
        RequireRole(*roles, cadastre=cadastre)(request, token)
        draft = draft_named(request, edited) if edited else None
        return kind(register, token, language_of(request), dry_run, if_match, draft)

    return desk


async def _edited(
    draft: Annotated[str | None, Query(max_length=200, description="Name of a draft to edit instead.")] = None,
) -> str | None:
    """Tell which draft is edited, to what reads the body as well: bodies are read in the same context, afterwards."""
    EDITED.set(draft or None)
    return draft or None


AtDesk = Annotated[Desk, Depends(desk_of("land", Desk))]


def expected_tokens(if_match: str | None, named: Sequence[int]) -> dict[int, int]:
    """Return the write tokens of features by id, from ``If-Match`` (RFC 9110, 13.1.1).

    A tag is ``"feature-changeset"``, as answers give it, or ``"feature-draft-revision"`` of what a draft changed, whose
    token is the revision below zero; where the act names one feature, ``"changeset"`` or ``"draft-revision"`` will do.

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
        tokens[feature] = int(tag["changeset"]) * (-1 if tag["draft"] else 1)
    return tokens


def _only(named: Sequence[int]) -> int | None:
    return named[0] if len(named) == 1 else None


def etag(feature_id: int, token: int) -> str:
    """Return a feature's write token, which in a draft is a revision below zero, as an entity tag.

    >>> etag(17, 42), etag(17, -5)
    ('"17-42"', '"17-draft-5"')
    """
    return f'"{feature_id}-{spelled(token)}"'


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
