"""What a planner does with plans and their zones: draw up, amend, adopt, bring into force, end.

A plan is drawn up in the register and goes through its steps there; several may be in elaboration at once, in engine
drafts too. Its zones and lines bear its step and go with it (:mod:`cadastres.urban_planning.followers`). Of lines see
:mod:`cadastres.urban_planning.line_verbs`.

Geometries are in the city's projected system, x east, y north, metres.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from shapely import MultiPolygon

from cadastres.land import story
from cadastres.land.verbs import complete, ended
from cadastres.real_estate.remaining import live, remaining
from cadastres.urban_planning.plan_model import (
    ADOPTION,
    ELABORATION,
    IN_FORCE,
    OBSOLETE,
    SPATIAL_PLAN,
    STEP_FIELD,
    ZONING_ELEMENT,
)
from gis.act import Case, Needs, Outcome, Source, Succession, missing
from gis.errors import BadRequest, Conflict
from gis.layer import Layer
from gis.profile import CityProfile
from gis.record import Version, Write
from gis.text import Text

Attributes = Mapping[str, Any]

SUPERSEDES: Final = "supersede"
"""Kind of succession between a plan and the one that takes its place."""

_OF_A_DRAFT: Final = "draft"
"""Kind of the source that stands for none when a draft is edited."""

_GIVEN: Final = (STEP_FIELD, "plan_id")
"""Fields that only the verbs themselves give."""


class WrongStep(Conflict):
    """A plan that is not at the step from which the act leads on."""

    code = "wrong-step"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawUpPlan:
    """Draw up a plan: it is in elaboration and restricts nothing.

    Attributes:
        territory: what it covers.
        attributes: ``plan_type``, ``title_kk``, ``title_ru`` and ``level_of_spatial_plan`` are needed.
    """

    territory: MultiPolygon
    attributes: Attributes
    verb: ClassVar[str] = "urban_planning.plan.draw-up"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return nothing: the rules look at the plans around."""
        return Needs()

    def decide(self, case: Case) -> Outcome:
        """Return the new plan."""
        said = {**complete(SPATIAL_PLAN, own(self.attributes)), STEP_FIELD: ELABORATION}
        return Outcome((Write(SPATIAL_PLAN.name, -1, case.act.period, self.territory, said),))


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendPlan:
    """Amend a plan's territory, or what is said of it, at whatever step it is.

    Attributes:
        plan: its feature id.
        territory: its new territory; none leaves it.
        attributes: what changes.
    """

    plan: int
    territory: MultiPolygon | None = None
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "urban_planning.plan.amend"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the plan."""
        return Needs(features={SPATIAL_PLAN.name: frozenset({self.plan})})

    def decide(self, case: Case) -> Outcome:
        """Return the plan as it becomes.

        Raises:
            BadRequest: it is not in the register on the legal date; its type is to change, or nothing is.
            LaterChange: its territory changes, or it ends, after the legal date.
        """
        _require_type_kept(case, self.plan, self.attributes)
        return Outcome(reshaped(case, SPATIAL_PLAN, self.plan, self.territory, own(self.attributes)))


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptPlan:
    """Adopt a plan that was in elaboration, by its ordinance.

    Attributes:
        plan: its feature id.
        attributes: what changes with it; the ordinance is the act's source unless given. In a draft, where an edit has
            no source, it has to be given before the draft is adopted.
    """

    plan: int
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "urban_planning.plan.adopt"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the plan."""
        return Needs(features={SPATIAL_PLAN.name: frozenset({self.plan})})

    def decide(self, case: Case) -> Outcome:
        """Return the plan, adopted.

        Raises:
            BadRequest: it is not in the register on the legal date; its type is to change.
            WrongStep: it is not in elaboration.
            LaterChange: it is changed or ended after the legal date.
        """
        plan = _at_step(case, self.plan, ELABORATION)
        _require_type_kept(case, self.plan, self.attributes)
        ordinance = _ordinance(case.act.source)
        kept = {name: plan.attributes.get(name) or value for name, value in ordinance.items()}
        said = {**plan.attributes, **kept, **own(self.attributes), STEP_FIELD: ADOPTION}
        return Outcome((Write(SPATIAL_PLAN.name, self.plan, case.act.period, plan.geometry, said),))


@dataclass(frozen=True, slots=True, kw_only=True)
class BringIntoForce:
    """Bring an adopted plan into force; from that day it takes the place of its predecessors.

    A predecessor is a plan in force of the same type that lies in its territory. One that reaches beyond is not ended:
    the rule of one plan in force names it, and its territory has to be amended first. Plans that followed from a
    predecessor follow from the new plan.

    Attributes:
        plan: its feature id.
    """

    plan: int
    verb: ClassVar[str] = "urban_planning.plan.bring-into-force"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the plan."""
        return Needs(features={SPATIAL_PLAN.name: frozenset({self.plan})})

    def further(self, case: Case) -> Needs:
        """Return the plans in its territory, and those that follow from its predecessors."""
        plan = case.current(SPATIAL_PLAN.name, self.plan)
        if plan is None:
            return Needs()
        former = (v.feature_id for v in self._predecessors(case, plan))
        related = tuple((SPATIAL_PLAN.name, "upper_plan_id", i) for i in sorted(former))
        return Needs(areas=((SPATIAL_PLAN.name, plan.geometry),), related=related)

    def decide(self, case: Case) -> Outcome:
        """Return the plan in force, its predecessors' end, and the plans that follow from it from now on.

        Raises:
            BadRequest: it is not in the register on the legal date.
            WrongStep: it is not adopted.
            LaterChange: it, or a predecessor, is changed or ended after the legal date.
        """
        plan = _at_step(case, self.plan, ADOPTION)
        force = Write(
            SPATIAL_PLAN.name, self.plan, case.act.period, plan.geometry, {**plan.attributes, STEP_FIELD: IN_FORCE}
        )
        former = self._predecessors(case, plan)
        ends = [w for v in former for w in _ended(case, v.feature_id)]
        ids = frozenset(v.feature_id for v in former)
        lower = [w for v in self._followers(case, ids) for w in _renamed(case, v.feature_id, ids, self.plan)]
        descent = (Succession(SPATIAL_PLAN.name, SUPERSEDES, tuple(sorted(ids)), (self.plan,)),) if ids else ()
        return Outcome((force, *ends, *lower), descent)

    def _predecessors(self, case: Case, plan: Version) -> list[Version]:
        widened = plan.geometry.buffer(case.profile.tolerances.linear)
        return [
            v
            for v in case.all_current(SPATIAL_PLAN.name)
            if v.feature_id != self.plan
            and v.attributes[STEP_FIELD] == IN_FORCE
            and v.attributes["plan_type"] == plan.attributes["plan_type"]
            and widened.covers(v.geometry)
        ]

    def _followers(self, case: Case, former: frozenset[int]) -> list[Version]:
        """Return the plans that follow from a predecessor, those among them left out that end themselves."""
        return [
            v
            for v in case.all_current(SPATIAL_PLAN.name)
            if v.attributes["upper_plan_id"] in former and v.feature_id not in former | {self.plan}
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPlan:
    """End a plan, whatever its step: it is obsolete, and its zones and lines end with it."""

    plan: int
    verb: ClassVar[str] = "urban_planning.plan.end"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the plan."""
        return Needs(features={SPATIAL_PLAN.name: frozenset({self.plan})})

    def decide(self, case: Case) -> Outcome:
        """Return the plan's end; plans that still follow from it stand in the way, by the rule of references.

        Raises:
            BadRequest: it is not in the register on the legal date.
            LaterChange: it is changed or ended after the legal date.
        """
        return Outcome(tuple(_ended(case, self.plan)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneDrawn:
    """One functional zone to be: its area, and what the plan says of it (``functional_zone`` is needed)."""

    geometry: MultiPolygon
    attributes: Attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawZones:
    """Draw functional zones in a plan."""

    plan: int
    zones: tuple[ZoneDrawn, ...]
    verb: ClassVar[str] = "urban_planning.zoning-element.draw"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the plan."""
        return Needs(features={SPATIAL_PLAN.name: frozenset({self.plan})})

    def decide(self, case: Case) -> Outcome:
        """Return the zones, at the plan's step for as long as it is on record.

        Raises:
            BadRequest: the plan is not in the register on the legal date.
        """
        drawn = enumerate(self.zones, start=1)
        return Outcome(
            tuple(
                Write(ZONING_ELEMENT.name, -i, span.valid, zone.geometry, self._said(zone, span))
                for i, zone in drawn
                for span in steps(case, self.plan)
            )
        )

    def _said(self, zone: ZoneDrawn, plan: Version) -> dict[str, Any]:
        given = {"plan_id": self.plan, STEP_FIELD: plan.attributes[STEP_FIELD]}
        return {**complete(ZONING_ELEMENT, own(zone.attributes)), **given}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeZone:
    """Change a zone's area or regulation.

    Attributes:
        zone: its feature id.
        geometry: its new area; none leaves it.
        attributes: what changes.
    """

    zone: int
    geometry: MultiPolygon | None = None
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "urban_planning.zoning-element.change"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the zone."""
        return Needs(features={ZONING_ELEMENT.name: frozenset({self.zone})})

    def decide(self, case: Case) -> Outcome:
        """Return the zone as it becomes.

        Raises:
            BadRequest: it is not in the register on the legal date.
            LaterChange: its area changes, or it ends, after the legal date.
        """
        return Outcome(reshaped(case, ZONING_ELEMENT, self.zone, self.geometry, own(self.attributes)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveZone:
    """Take a zone out of its plan from the legal date on."""

    zone: int
    verb: ClassVar[str] = "urban_planning.zoning-element.remove"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the zone."""
        return Needs(features={ZONING_ELEMENT.name: frozenset({self.zone})})

    def decide(self, case: Case) -> Outcome:
        """Return the zone's end.

        Raises:
            BadRequest: it is not in the register on the legal date.
            LaterChange: its area changes, or it ends, after the legal date.
        """
        told = story.chapters(case, ZONING_ELEMENT.name, [self.zone])
        return Outcome((ended(case, ZONING_ELEMENT.name, told[0].versions[0]),))


def _ordinance(source: Source) -> dict[str, Any]:
    """Return the ordinance that a source is; an edit of a draft is none, its adoption has to name one."""
    if source.kind == _OF_A_DRAFT:
        return {}
    return {"ordinance_date": source.acceptance, "ordinance_reference": f"{source.kind} {source.number}"}


def own(attributes: Attributes) -> dict[str, Any]:
    """Return what an act says, if that is what it may say.

    Raises:
        BadRequest: the step, or the plan that something belongs to: only the verbs themselves give them.
    """
    for name in _GIVEN:
        if name in attributes:
            raise BadRequest(_ONLY_VERBS[name].filled(field=name), field=name)
    return dict(attributes)


def steps(case: Case, plan: int) -> Sequence[Version]:
    """Return what is on record of a plan from the legal date on, as far as it has not ended.

    Raises:
        BadRequest: it is not in the register on the legal date.
    """
    if case.current(SPATIAL_PLAN.name, plan) is None:
        raise missing(SPATIAL_PLAN.name, plan, case.act.valid_from)
    return live(remaining(case.timeline(SPATIAL_PLAN.name, plan), case.act.valid_from))


def reshaped(case: Case, layer: Layer, feature: int, geometry: Any, changed: Attributes) -> tuple[Write, ...]:
    """Return a feature from the legal date on with what changes of it; later changes of the rest are kept.

    Raises:
        BadRequest: it is not in the register on the legal date, or stands there as the act would have it already.
        LaterChange: its geometry is to change and changes again, or it ends, after the legal date.
    """
    told = [(chapter.period, chapter.versions[0]) for chapter in story.chapters(case, layer.name, [feature])]
    if all(_stands(version, geometry, changed) for _, version in told):
        raise BadRequest(_NOTHING_NEW.filled(layer=layer.name, id=feature), layer=layer.name, id=feature)
    return tuple(
        Write(
            layer.name,
            feature,
            period,
            version.geometry if geometry is None else geometry,
            {**version.attributes, **changed},
        )
        for period, version in told
    )


def _stands(version: Version, geometry: Any, changed: Attributes) -> bool:
    """Tell whether a version says already what is to change of it."""
    same = geometry is None or bool(version.geometry.normalize() == geometry.normalize())
    return same and all(name in version.attributes and version.attributes[name] == changed[name] for name in changed)


def _require_type_kept(case: Case, plan: int, said: Attributes) -> None:
    version = case.current(SPATIAL_PLAN.name, plan)
    was = None if version is None else version.attributes["plan_type"]
    if was is not None and said.get("plan_type", was) != was:
        raise BadRequest(_TYPE_KEPT.filled(was=was, asked=said["plan_type"]), field="plan_type")


def _at_step(case: Case, plan: int, step: str) -> Version:
    """Return a plan as the act finds it, or refuse one that is at another step, or is changed later on."""
    told = story.chapters(case, SPATIAL_PLAN.name, [plan])
    version = told[0].versions[0]
    found = version.attributes[STEP_FIELD]
    if found != step:
        ru, kk = (str(version.attributes[name]) for name in ("title_ru", "title_kk"))
        facts = {"title": Text(kk=kk, ru=ru, en=ru), "found": found, "needed": step}
        raise WrongStep(_STEP.filled(**facts), plan=plan, found=found, needed=step)
    if len(told) > 1 and told[1].period.start is not None:
        raise story.later(case, SPATIAL_PLAN.name, plan, told[1].period.start)
    return version


def _ended(case: Case, plan: int) -> Iterator[Write]:
    told = story.chapters(case, SPATIAL_PLAN.name, [plan])
    last = told[0].versions[0]
    said = {**last.attributes, STEP_FIELD: OBSOLETE}
    yield Write(SPATIAL_PLAN.name, plan, case.act.period, last.geometry, said, abolished=True)


def _renamed(case: Case, plan: int, former: frozenset[int], upper: int) -> Iterator[Write]:
    """Yield a plan from the legal date on, following from another upper plan wherever it followed from a former one."""
    for piece in live(remaining(case.timeline(SPATIAL_PLAN.name, plan), case.act.valid_from)):
        if piece.attributes["upper_plan_id"] in former:
            said = {**piece.attributes, "upper_plan_id": upper}
            yield Write(SPATIAL_PLAN.name, plan, piece.valid, piece.geometry, said)


_STEP = Text(
    kk="«{title}» жоспарының кезеңі {found}, ал бұл акт үшін {needed} керек; кезеңдер реті: elaboration, adoption, "
    "legalForce, obsolete.",
    ru="План «{title}» на стадии {found}, а для этого акта нужна {needed}; порядок стадий: elaboration, adoption, "
    "legalForce, obsolete.",
    en="The plan '{title}' is at the step {found}, and this act needs {needed}; the order is elaboration, adoption, "
    "legalForce, obsolete.",
)
_ONLY_VERBS: Final = {
    STEP_FIELD: Text(
        kk="«{field}» атрибут ретінде берілмейді: жоспардың кезеңін adopt, bring-into-force және end актілері ғана "
        "өзгертеді, ал аймақтар мен сызықтар жоспармен бірге өтеді.",
        ru="«{field}» не задаётся атрибутом: стадию плана меняют только акты adopt, bring-into-force и end, а зоны и "
        "линии следуют за планом.",
        en="'{field}' is no attribute to be given: only the acts adopt, bring-into-force and end change a plan's step, "
        "and zones and lines go with their plan.",
    ),
    "plan_id": Text(
        kk="«{field}» атрибут ретінде берілмейді: аймақ не сызық қай жоспарға жататынын оны салған акт белгілейді.",
        ru="«{field}» не задаётся атрибутом: к какому плану относится зона или линия, определяет акт, которым она "
        "установлена.",
        en="'{field}' is not given as an attribute: the act that draws a zone or line says to which plan it belongs.",
    ),
}
_NOTHING_NEW = Text(
    kk="Акт ештеңе өзгертпейді: {layer} қабатының {id} нысаны онсыз да дәл осындай. Не өзгеретінін көрсетіңіз.",
    ru="Акт ничего не меняет: объект {id} слоя {layer} и так именно таков. Укажите, что должно измениться.",
    en="The act changes nothing: feature {id} of {layer} is just so already. Say what is to change.",
)
_TYPE_KEPT = Text(
    kk="Жоспардың түрі өзгертілмейді: ол {was}, {asked} бола алмайды. Бұл жоспарды тоқтатып, жаңасын жасаңыз.",
    ru="Вид плана не меняется: это {was}, и стать {asked} он не может. Прекратите этот план и составьте новый.",
    en="A plan's type does not change: it is {was} and can't become {asked}. End this plan and draw up a new one.",
)
