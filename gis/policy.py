"""Who may do what: read a layer, perform a verb, load in bulk, look at persons, read the access log.

Nothing is listed twice. A layer says which roles read and write it; a verb ``land.parcel.split`` belongs to the
cadastre that its name begins with, and whoever performs it must be a writer there and of every layer that the verb
itself writes. What followers add in other cadastres is the law's doing and asks for no further right.

=======================  ==============================================================================================
``anonymous``            nobody in particular: reads what is public
``planner``              the same, by name; reads drafts, and proposes in them whatever is public
``field``                reads what is public; what he reports from the field goes into a draft of its own, which
                         somebody else accepts or declines, and nobody edits; reads no drafts but his own reports
``registrar``            performs every verb of every cadastre, sees persons
``registrar.<cadastre>`` performs the verbs of one cadastre; sees persons where the layer says so
``notary``, ``bank``     see the persons of a unit that they name, for a reason that they state
``auditor``              sees persons, reads the access log; writes nothing
``operator``             loads and exports in bulk, runs the register; sees no persons
=======================  ==============================================================================================
"""

import re
from collections.abc import Iterable
from typing import Final

from gis.errors import BadRequest, Forbidden
from gis.layer import Layer, Layers
from gis.text import Text

ANONYMOUS: Final = "anonymous"
PLANNER: Final = "planner"
FIELD: Final = "field"
REGISTRAR: Final = "registrar"
NOTARY: Final = "notary"
BANK: Final = "bank"
AUDITOR: Final = "auditor"
OPERATOR: Final = "operator"

ROLES: Final = (PLANNER, FIELD, REGISTRAR, NOTARY, BANK, AUDITOR, OPERATOR)
"""Roles that a token may have, besides the registrars of single cadastres: see :func:`roles`."""

AUDITORS: Final = frozenset({AUDITOR})
"""Roles that read the access log."""

NAMED_UNIT_ONLY: Final = frozenset({NOTARY, BANK})
"""Roles that see persons of a unit that they name, and never look persons up."""

REPORTING: Final = ".report"
"""How the names of the verbs end by which somebody in the field proposes something."""

_OF_A_CADASTRE: Final = re.compile(rf"{REGISTRAR}\.[a-z][a-z0-9_]{{0,40}}")


def of_cadastre(cadastre: str) -> str:
    """Return the role of one cadastre's registrar.

    >>> of_cadastre("land")
    'registrar.land'
    """
    return f"{REGISTRAR}.{cadastre}"


def well_formed(role: str) -> bool:
    """Tell whether a role is one of :data:`ROLES` or named like the registrar of a cadastre."""
    return role in ROLES or _OF_A_CADASTRE.fullmatch(role) is not None


def roles(layers: Layers) -> tuple[str, ...]:
    """Return every role that a token of a register may have."""
    scoped = dict.fromkeys(role for layer in layers.values() for role in sorted(writers(layer)) if "." in role)
    return (*ROLES, *scoped)


def require_role(role: str, layers: Layers) -> None:
    """Refuse a role that means nothing in a register.

    Raises:
        BadRequest: names those that there are.
    """
    if role not in roles(layers):
        raise BadRequest(_NO_ROLE.filled(role=role, roles=", ".join(roles(layers))), role=role)


def writers(layer: Layer) -> frozenset[str]:
    """Return the roles that write a layer: those it declares, and its cadastre's registrar unless it names one."""
    if REGISTRAR not in layer.writers or any("." in role for role in layer.writers):
        return layer.writers
    return layer.writers | {of_cadastre(layer.schema)}


def may_read(role: str, layer: Layer) -> bool:
    """Tell whether a role may read a layer; persons only with a logged look (:mod:`gis.access`)."""
    return layer.public or role in layer.readers


def may_write(role: str, layer: Layer) -> bool:
    """Tell whether a verb performed in a role may write a layer."""
    return role in writers(layer)


def performers(layers: Layers, cadastre: str) -> frozenset[str]:
    """Return the roles that may perform a cadastre's verbs; where there is no such cadastre, those that write at all.

    The writers of a cadastre are those of its layers. A verb of no cadastre (``register.put``) is open to whoever
    writes anything: what it writes decides.
    """
    own = [layer for layer in layers.values() if layer.schema == cadastre]
    return frozenset().union(*(writers(layer) for layer in own or layers.values()))


def may_perform(role: str, verb: str, layers: Layers) -> bool:
    """Tell whether a role may perform a verb, by the cadastre that its name begins with."""
    return role in performers(layers, verb.partition(".")[0])


def require_performer(role: str, verb: str, layers: Layers) -> None:
    """Refuse a verb of a cadastre whose writer a role is not.

    Raises:
        Forbidden: names the roles that may.
    """
    if not may_perform(role, verb, layers):
        able = sorted(performers(layers, verb.partition(".")[0]))
        raise Forbidden(_NOT_PERFORMED.filled(role=role, verb=verb, roles=", ".join(able)), role=role, roles=able)


def require_writer(role: str, written: Iterable[Layer]) -> None:
    """Refuse what a verb itself would write in layers whose writer a role is not.

    Raises:
        Forbidden: names the first such layer and the roles that may.
    """
    for layer in written:
        if not may_write(role, layer):
            raise _not_written(role, layer, writers(layer))


def may_plan(role: str, layers: Layers) -> bool:
    """Tell whether drafts may be opened in a role: by planners, the operator, whoever writes anything."""
    return role in {PLANNER, OPERATOR} or any(may_write(role, layer) for layer in layers.values())


def require_planning(role: str, layers: Layers) -> None:
    """Refuse a draft to a role that neither plans nor writes.

    Raises:
        Forbidden: names the roles that may.
    """
    if not may_plan(role, layers):
        able = [each for each in roles(layers) if may_plan(each, layers)]
        raise Forbidden(_NOT_PLANNED.filled(role=role, roles=", ".join(able)), role=role, roles=able)


def require_drafter(role: str, verb: str, layers: Layers) -> None:
    """Refuse a verb in a draft to who may not perform it, unless a planner asks: he may propose anything.

    Somebody in the field may perform those that report.

    Raises:
        Forbidden: names the roles that may.
    """
    if role != PLANNER and not (role == FIELD and verb.endswith(REPORTING)):
        require_performer(role, verb, layers)


def require_proposer(role: str, written: Iterable[Layer]) -> None:
    """Refuse what a verb itself would write into a draft; planners and the field may propose what is public.

    Raises:
        Forbidden: names the first such layer and the roles that may.
    """
    for layer in written:
        if not may_write(role, layer) and not (role in _PROPOSERS and layer.public):
            raise _not_written(role, layer, writers(layer) | (_PROPOSERS if layer.public else frozenset()))


_PROPOSERS: Final = frozenset({PLANNER, FIELD})


def require_loader(role: str, loaded: Iterable[Layer]) -> None:
    """Refuse a bulk load in a role that is neither the operator's nor a writer's of every layer loaded.

    Raises:
        Forbidden: names the first such layer and the roles that may.
    """
    for layer in loaded:
        if role != OPERATOR and not may_write(role, layer):
            raise _not_written(role, layer, writers(layer) | {OPERATOR})


def confidants(layers: Layers) -> frozenset[str]:
    """Return the roles that may look at persons at all: the readers of layers with personal fields."""
    return frozenset().union(*(layer.readers for layer in layers.values() if layer.salted))


def _not_written(role: str, layer: Layer, able: Iterable[str]) -> Forbidden:
    listed = sorted(able)
    message = _NOT_WRITTEN.filled(role=role, layer=layer.name, title=layer.title, roles=", ".join(listed))
    return Forbidden(message, role=role, layer=layer.name, roles=listed)


_NO_ROLE = Text(
    kk="«{role}» рөлі жоқ; бар рөлдер: {roles}.",
    ru="Роли «{role}» нет; есть роли: {roles}.",
    en="There is no role '{role}'; the roles are: {roles}.",
)
_NOT_PERFORMED = Text(
    kk="«{role}» рөліне {verb} әрекетін орындауға рұқсат жоқ; мына рөлдердің бірі керек: {roles}.",
    ru="Роли «{role}» не разрешено действие {verb}; нужна одна из ролей: {roles}.",
    en="The role '{role}' may not perform {verb}; it needs one of the roles: {roles}.",
)
_NOT_PLANNED = Text(
    kk="«{role}» рөліне жоба ашуға рұқсат жоқ; мына рөлдердің бірі керек: {roles}.",
    ru="Роли «{role}» не разрешено открывать черновики; нужна одна из ролей: {roles}.",
    en="The role '{role}' may not open drafts; it needs one of the roles: {roles}.",
)
_NOT_WRITTEN = Text(
    kk="«{role}» рөліне «{title}» қабатына ({layer}) жазуға рұқсат жоқ; мына рөлдердің бірі керек: {roles}.",
    ru="Роли «{role}» не разрешено писать в слой «{title}» ({layer}); нужна одна из ролей: {roles}.",
    en="The role '{role}' may not write to '{title}' ({layer}); it needs one of the roles: {roles}.",
)
