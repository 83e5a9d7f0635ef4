"""A graph in which something was repaired: what is named as barring is made just good enough for a profile."""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from gis.text import Text
from routing.columns import CROSSING, KERB, RAMP
from routing.findings import Finding
from routing.network import FIXTURES, Column, Graph, Ids
from routing.nodes import junctions
from routing.profile import Profile
from routing.usage import access_of

_GOOD: Final[Mapping[str, object]] = {
    "handrail": "both", "wheelchair_ramp": True, "wheelchair": "yes", "lit": True, "tactile_paving": "yes",
    "markings": "yes", "sound_signals": True, "status": "working", "locked": False,
}  # fmt: skip
"""What is good whatever the profile."""

_LIMITED: Final = {"width": "min_width", "door_width": "min_width", "cross_slope": "max_cross_slope"}
"""Which limit of the profile a repair just meets."""

_OTHERS: Final = {"incline", "surface", "smoothness", "steps", "kerb", "height", "barrier", "hours"}

REPAIRABLE: Final = frozenset({*_GOOD, *_LIMITED, *_OTHERS})
"""Attributes that builders can make good; who may pass by law, and closures, they can't change."""


def repairable(finding: Finding) -> bool:
    """Tell whether builders (or, where something is only unknown, surveyors) can do away with it."""
    return finding.kind != "closure" and finding.attribute in REPAIRABLE


def mended(graph: Graph, profile: Profile, found: Iterable[Finding]) -> tuple[Graph, Ids]:
    """Return the graph with objects made good, and the edges whose prices may differ for it."""
    mending = _Mending(graph, profile)
    for finding in found:
        mending.mend(finding)
    return mending.graph(), mending.touched()


class _Mending:
    """Columns that are copied before they are first written."""

    def __init__(self, graph: Graph, profile: Profile) -> None:
        self._graph, self._profile = graph, profile
        self._ways: dict[str, Column] = {}
        self._standing: dict[str, Column] = {}
        self._kind: Column | None = None
        self._unhoured: set[int] = set()
        self._kerbs: list[int] = []
        self._nodes: set[int] = set()

    def mend(self, finding: Finding) -> None:
        """Make one object good."""
        edge = self._graph.edge_of.get(finding.feature_id)
        if edge is not None:
            self._mend_way(edge, finding)
        else:
            self._mend_fixture(self._graph.fixture_of[finding.feature_id], finding)

    def _mend_way(self, edge: int, finding: Finding) -> None:
        ends = int(self._graph.u[edge]), int(self._graph.v[edge])
        self._nodes.update(ends)
        if finding.attribute == "steps":
            self._kind = self._graph.kind.copy() if self._kind is None else self._kind
            self._kind[edge] = RAMP
            for attribute in ("incline", "cross_slope", "surface", "smoothness", "status"):
                self._set(self._ways, edge, attribute)
        elif finding.attribute == "kerb":
            crossing, stepped = self._graph.kind[edge] == CROSSING, junctions(self._graph).stepped
            bare = [node for node in ends if (crossing or stepped[node]) and not self._kerbed(node)]
            self._kerbs += [node for node in bare if node not in self._kerbs]
        else:
            self._set(self._ways, edge, finding.attribute)

    def _kerbed(self, node: int) -> bool:
        return any(self._graph.fixture_kind[each] == KERB for each in self._graph.fixtures_at(node).tolist())

    def _mend_fixture(self, fixture: int, finding: Finding) -> None:
        self._nodes.add(int(self._graph.fixture_node[fixture]))
        if finding.attribute == "hours":
            self._unhoured.add(finding.feature_id)
        elif finding.attribute in {"kerb", "height"}:
            self._write(self._standing, fixture, "kerb", "flush")
            self._write(self._standing, fixture, "height", 0.0)
        elif finding.attribute == "barrier":
            asked = "wheelchair" if self._profile.wheelchair else access_of(self._profile.mode)
            self._write(self._standing, fixture, asked, "yes")
        else:
            self._set(self._standing, fixture, finding.attribute)

    def _set(self, own: dict[str, Column], row: int, attribute: str) -> None:
        """Write what just meets the profile's limit."""
        profile = self._profile
        if attribute == "incline":
            limits = [limit for limit in (profile.max_incline_up, profile.max_incline_down) if limit is not None]
            self._write(own, row, "incline", min(limits, default=0.0))
            self._write(own, row, "incline_error", 0.0)
        elif attribute == "surface":
            better = profile.surfaces or frozenset({"asphalt"})
            self._write(own, row, "surface", "asphalt" if "asphalt" in better else min(better))
        elif attribute == "smoothness":
            self._write(own, row, "smoothness", profile.worst_smoothness or "good")
        elif attribute in _LIMITED:
            self._write(own, row, attribute, getattr(profile, _LIMITED[attribute]) or 0.0)
        else:
            self._write(own, row, attribute, _GOOD[attribute])

    def _write(self, own: dict[str, Column], row: int, attribute: str, value: object) -> None:
        standing = own is self._standing
        columns = self._graph.fixture_attributes if standing else self._graph.attributes
        codes = self._graph.fixture_codes if standing else self._graph.codes
        if attribute in columns:
            column = own.setdefault(attribute, columns[attribute].copy())
            column[row] = codes[attribute].index(str(value)) if attribute in codes else value

    def graph(self) -> Graph:
        """Return what the graph became."""
        graph = self._graph
        hours = {feature: told for feature, told in graph.hours.items() if feature not in self._unhoured}
        changed = graph.replaced(
            attributes={**graph.attributes, **self._ways},
            fixture_attributes={**graph.fixture_attributes, **self._standing},
            hours=hours,
            kind=graph.kind if self._kind is None else self._kind,
        )
        return _with_kerbs(changed, self._kerbs) if self._kerbs else changed

    def touched(self) -> Ids:
        """Return all edges at the nodes of what was made good, and those that join them."""
        around = [self._graph.arcs_from(node) >> 1 for node in sorted(self._nodes)]
        return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *around]).astype(np.int64))


def _with_kerbs(graph: Graph, nodes: list[int]) -> Graph:
    """Return a graph with flush kerbs at nodes that have none."""
    count = len(nodes)
    unknown = {
        name: np.full(count, np.nan if column.dtype.kind == "f" else -1, dtype=column.dtype)
        for name, column in graph.fixture_attributes.items()
    }
    if "kerb" in unknown:
        unknown["kerb"][:] = graph.fixture_codes["kerb"].index("flush")
    fresh = np.arange(count, dtype=np.int64) + 2**62
    return graph.replaced(
        fixture_kind=np.append(graph.fixture_kind, np.full(count, FIXTURES.index("kerb"), dtype=np.uint8)),
        fixture_node=np.append(graph.fixture_node, np.array(nodes, dtype=np.int32)),
        fixture_id=np.append(graph.fixture_id, fresh),
        fixture_xy=np.concatenate([graph.fixture_xy, graph.xy[nodes]]),
        fixture_attributes={
            name: np.concatenate([column, unknown[name]]) for name, column in graph.fixture_attributes.items()
        },
    )


def work_told(finding: Finding) -> Text:
    """Return what is to be done about what was found."""
    if finding.unknown:
        return _SURVEY
    return _WORKS.get(finding.attribute, _SURVEY)


_SURVEY: Final = Text(kk="орнында тексеру", ru="проверить на месте", en="survey it on the spot")
_WORKS: Final[Mapping[str, Text]] = {
    "incline": Text(kk="еңістігін азайту", ru="уменьшить уклон", en="lessen the incline"),
    "cross_slope": Text(kk="көлденең еңістігін азайту", ru="уменьшить поперечный уклон", en="lessen the cross slope"),
    "width": Text(kk="кеңейту", ru="расширить", en="widen it"),
    "door_width": Text(kk="есігін кеңейту", ru="расширить дверь", en="widen its door"),
    "surface": Text(kk="жабынын ауыстыру", ru="заменить покрытие", en="renew the surface"),
    "smoothness": Text(kk="тегістеу", ru="выровнять", en="make it even"),
    "steps": Text(kk="пандус салу", ru="построить пандус", en="build a ramp"),
    "wheelchair_ramp": Text(kk="пандус салу", ru="построить пандус", en="build a ramp"),
    "kerb": Text(kk="жиектасты түсіру", ru="понизить бордюр", en="lower the kerb"),
    "height": Text(kk="жиектасты түсіру", ru="понизить бордюр", en="lower the kerb"),
    "handrail": Text(kk="тұтқа орнату", ru="установить поручни", en="fit handrails"),
    "status": Text(kk="жөндеу", ru="отремонтировать", en="repair it"),
    "locked": Text(kk="құлпын ашу", ru="отпереть", en="unlock it"),
    "hours": Text(kk="ашық ұстау уақытын ұзарту", ru="продлить часы работы", en="keep it open longer"),
    "barrier": Text(kk="бөгетті алу немесе ауыстыру", ru="убрать или заменить преграду", en="remove or replace it"),
    "wheelchair": Text(kk="арбаға қолайлы ету", ru="сделать доступным для колясок", en="make it fit for wheelchairs"),
    "markings": Text(kk="таңба салу", ru="нанести разметку", en="mark it"),
    "sound_signals": Text(kk="дыбыстық сигнал орнату", ru="установить звуковой сигнал", en="fit sound signals"),
    "lit": Text(kk="жарықтандыру", ru="осветить", en="light it"),
    "tactile_paving": Text(kk="тактильді жабын төсеу", ru="уложить тактильное покрытие", en="lay tactile paving"),
}
