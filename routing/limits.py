"""Limits of an asker's own, looked through: what nobody can mean is refused, with what would be right."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from gis.errors import BadRequest
from gis.text import Text
from routing.checks import SMOOTHNESS
from routing.presets import FIRM
from routing.profile import Mode, Profile, Unknown

STEEPEST: Final = 1.0
"""The greatest incline that a limit may name: rise as great as the run, 45 degrees."""

SURFACES: Final = frozenset({*FIRM, "dirt", "grass", "unpaved"})
"""Those that the street layers know."""

UNKNOWABLE: Final = (
    "incline", "cross_slope", "width", "surface", "smoothness", "max_height", "max_weight", "handrail",
    "wheelchair_ramp", "markings", "sound_signals", "lit", "tactile_paving", "kerb", "status", "door_width", "barrier",
    "locked", "hours",
)  # fmt: skip
"""Attributes whose not being known may be treated in a way of its own."""

_WALKERS: Final = frozenset({
    "max_cross_slope", "max_kerb", "wheelchair", "tactile_paving", "sound_signals", "marked_crossings",
})  # fmt: skip
"""Limits that mean something only to who goes on foot or in a chair."""

_ON_FOOT: Final = frozenset({"carriageway"})
"""Limits that mean nothing to who rides, either."""

_VEHICLES: Final = frozenset({"max_height", "max_weight", "live"})
"""Limits that mean something only to motor vehicles."""

_UNPOWERED: Final[frozenset[Mode]] = frozenset({"foot", "bicycle"})


class BadLimits(BadRequest):
    """Limits that contradict each other or mean nothing; ``data["limit"]`` names the one."""

    code = "bad-limits"


@dataclass(frozen=True, slots=True)
class Bound:
    """Between what a limit may lie, and what it is counted in."""

    least: float
    most: float
    unit: Text


_METRES: Final = Text(kk="м", ru="м", en="m")
_TONNES: Final = Text(kk="т", ru="т", en="t")
_RATIO: Final = Bound(0.0, STEEPEST, Text(kk="0,05 = 5 %", ru="0,05 = 5 %", en="0.05 = 5 %"))
_TIMES: Final = Text(kk="есе", ru="раз", en="times")
_DELAY: Final = Bound(0.0, 3600.0, Text(kk="с", ru="с", en="s"))
BOUNDS: Final[Mapping[str, Bound]] = {
    "speed": Bound(0.1, 200.0, Text(kk="км/сағ", ru="км/ч", en="km/h")),
    "max_incline_up": _RATIO,
    "max_incline_down": _RATIO,
    "max_cross_slope": _RATIO,
    "max_kerb": Bound(0.0, 1.0, _METRES),
    "min_width": Bound(0.0, 20.0, _METRES),
    "max_height": Bound(0.1, 50.0, _METRES),
    "max_weight": Bound(0.01, 500.0, _TONNES),
    "carriageway": Bound(1.0, 10.0, _TIMES),
    "step_seconds": _DELAY,
    "kerb_seconds": _DELAY,
    "lift_seconds": _DELAY,
    "signal_seconds": _DELAY,
}


def overruled(base: Profile, own: Mapping[str, Any], unknowns: Mapping[str, Unknown]) -> Profile:
    """Return a preset with an asker's own limits laid over it.

    Args:
        base: the preset.
        own: limits by their names in :class:`Profile`; what is not named stays as the preset has it.
        unknowns: what becomes of single attributes that are unknown.

    Raises:
        BadLimits: as :func:`checked`; or a limit that means nothing to who moves so, a time for what is not passed.
    """
    for refusal in (*_strange_to(base.mode, own), *_unlisted("unknowns", unknowns, UNKNOWABLE), *_idle(base, own)):
        raise refusal
    laid = tuple(sorted({**dict(base.unknowns), **unknowns}.items()))
    return checked(replace(base, unknowns=laid, **own))


def checked(profile: Profile) -> Profile:
    """Return a profile whose limits make sense together.

    Raises:
        BadLimits: a number that is none or out of all bounds (a slope of 400 %), a value of no list, a wheelchair that
            passes steps, a bar on every surface; the message says what would be right.
    """
    for refusal in (*_numbers(profile), *_lists(profile), *_contradictions(profile)):
        raise refusal
    return profile


def _numbers(profile: Profile) -> Iterator[BadLimits]:
    for name, bound in BOUNDS.items():
        value = getattr(profile, name)
        if value is not None and not (math.isfinite(value) and bound.least <= value <= bound.most):
            facts = {"limit": name, "least": bound.least, "most": bound.most}
            yield BadLimits(_OUT_OF_BOUNDS.filled(value=value, unit=bound.unit, **facts), unit=bound.unit.en, **facts)


def _lists(profile: Profile) -> Iterator[BadLimits]:
    yield from _unlisted("surfaces", profile.surfaces or (), sorted(SURFACES))
    if profile.worst_smoothness is not None:
        yield from _unlisted("worst_smoothness", [profile.worst_smoothness], SMOOTHNESS)
    if profile.surfaces is not None and not profile.surfaces:
        yield BadLimits(_NO_SURFACE, limit="surfaces")


def _unlisted(limit: str, given: Iterable[str], known: Iterable[str]) -> Iterator[BadLimits]:
    listed = tuple(known)
    for value in sorted(set(given) - set(listed)):
        yield BadLimits(_STRANGE.filled(limit=limit, value=value[:60], known=", ".join(listed)), limit=limit)


def _strange_to(mode: Mode, own: Mapping[str, Any]) -> Iterator[BadLimits]:
    """Yield limits that a mode knows nothing of."""
    strange = (_VEHICLES if mode in _UNPOWERED else _WALKERS) | (frozenset() if mode == "foot" else _ON_FOOT)
    for limit in sorted(strange & own.keys()):
        yield BadLimits(_NOT_OF_MODE.filled(limit=limit, mode=mode), limit=limit)


def _idle(base: Profile, own: Mapping[str, Any]) -> Iterator[BadLimits]:
    """Yield wishes that contradict another wish, or what the preset has already."""
    if own.get("tactile_paving") == "require" and own.get("marked_crossings") == "ignore":
        yield _contradiction("tactile_paving", "tactile_paving=require", "marked_crossings=ignore")
    if own.get("step_seconds") and own.get("steps", base.steps) == "bar":
        yield _contradiction("step_seconds", "step_seconds", "steps=bar")
    if own.get("lift_seconds") and not own.get("lifts", base.lifts):
        yield _contradiction("lift_seconds", "lift_seconds", "lifts=false")


def _contradiction(limit: str, one: str, other: str) -> BadLimits:
    return BadLimits(_CONTRADICTION.filled(one=one, other=other), limit=limit)


def _contradictions(profile: Profile) -> Iterator[BadLimits]:
    if profile.wheelchair and profile.steps not in {"bar", "ramp"}:
        yield BadLimits(_WHEELS_ON_STEPS.filled(steps=profile.steps), limit="steps")
    if profile.mode != "foot" and profile.wheelchair:
        yield BadLimits(_CHAIR_DRIVES.filled(mode=profile.mode), limit="wheelchair")
    if profile.max_incline_up == 0 or profile.max_incline_down == 0:
        yield BadLimits(_LEVEL_WORLD, limit="max_incline_up" if profile.max_incline_up == 0 else "max_incline_down")


_OUT_OF_BOUNDS = Text(
    kk="{limit} шегі {value} бола алмайды: {least} мен {most} аралығындағы сан керек ({unit}).",
    ru="Ограничение {limit} не может быть {value}: нужно число от {least} до {most} ({unit}).",
    en="The limit {limit} can't be {value}: a number from {least} to {most} is needed ({unit}).",
)
_STRANGE = Text(
    kk="{limit} ішіндегі «{value}» белгісіз; мыналар болады: {known}.",
    ru="«{value}» в {limit} неизвестно; можно: {known}.",
    en="'{value}' in {limit} is not known; there may be: {known}.",
)
_NOT_OF_MODE = Text(
    kk="«{limit}» шегі «{mode}» қозғалыс түріне қатысты емес; оны алып тастаңыз немесе басқа профиль таңдаңыз.",
    ru="Ограничение «{limit}» не относится к способу движения «{mode}»; уберите его или выберите другой профиль.",
    en="The limit '{limit}' means nothing to the mode '{mode}'; leave it out or choose another profile.",
)
_CONTRADICTION = Text(
    kk="{one} мен {other} бір-біріне қайшы; біреуін алып тастаңыз.",
    ru="{one} и {other} противоречат друг другу; уберите одно из двух.",
    en="{one} and {other} contradict each other; leave out one of the two.",
)
_NO_SURFACE = Text(
    kk="surfaces тізімі бос: ешқандай жабын жарамаса, жол да жоқ. Кемінде бір жабынды атаңыз.",
    ru="Список surfaces пуст: если не годится ни одно покрытие, нет и пути. Назовите хотя бы одно.",
    en="The list surfaces is empty: where no surface will do there is no way. Name one at least.",
)
_WHEELS_ON_STEPS = Text(
    kk="Арба баспалдақпен жүре алмайды (steps={steps}); steps=bar немесе steps=ramp таңдаңыз.",
    ru="На коляске не пройти по ступеням (steps={steps}); выберите steps=bar или steps=ramp.",
    en="A wheelchair doesn't pass steps (steps={steps}); choose steps=bar or steps=ramp.",
)
_CHAIR_DRIVES = Text(
    kk="wheelchair шегі тек жаяу қозғалысқа қатысты, ал қозғалыс түрі {mode}; шекті алып тастаңыз.",
    ru="Ограничение wheelchair относится только к пешему движению, а способ движения {mode}; уберите его.",
    en="The limit wheelchair concerns who goes on foot, the mode is {mode}; leave it out.",
)
_LEVEL_WORLD = Text(
    kk="Еңістік шегі 0 болса, мүлде тегіс жолдар ғана қалады; мысалы, 0.02 (2 %) деңіз немесе шекті алып тастаңыз.",
    ru="При пределе уклона 0 остаются только идеально ровные пути; укажите, например, 0.02 (2 %) или уберите предел.",
    en="With a limit of incline of 0 only perfectly level ways are left; say 0.02 (2 %), for example, or leave it out.",
)
