"""Files of norms on how near networks may come to each other: a CSV whose columns are the layer's fields.

Rows that the register has already, word for word, are passed over; all others go in as one act.
"""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from cadastres.urban_planning.network_model import CLEARANCE, NETWORKS
from cadastres.urban_planning.network_upkeep import SetClearance, SetClearances
from data.loaders.norm_rows import NormReport, entered, known_norms, norms_of
from gis.act import Act
from gis.register import Register

BUNDLED: Final = files("data.parameters") / "clearances-kazakhstan.csv"
"""The norms that come with the engine; none of them was checked against its act, and they say so."""


def read_norms(file: Traversable) -> tuple[SetClearance, ...]:
    """Read a file of norms.

    Raises:
        BadFile: not readable, other columns than the layer's fields, or a value that is none; the row is named.
    """
    return norms_of(file, CLEARANCE, _norm)


def load_norms(register: Register, file: Traversable, act: Act) -> NormReport:
    """Enter the norms of a file that the register lacks on the act's legal date.

    Raises:
        BadFile: the file won't do.
        RuleBroken: a norm that says nothing, or two for one pair of networks.
    """
    norms = read_norms(file)
    known = known_norms(register, CLEARANCE, "one_network", (min(norm.networks) for norm in norms), act)
    new = [norm for norm in norms if norm.said not in known]
    return entered(register, len(norms), new, lambda norms: SetClearances(norms=norms), act)


def _norm(row: Mapping[str, str]) -> SetClearance:
    return SetClearance(
        networks=(_network(row["one_network"]), _network(row["other_network"])),
        horizontal=_metres(row["min_horizontal"]),
        vertical=_metres(row["min_vertical"]),
        basis=row["legal_basis"],
        confirmed={"true": True, "false": False}[row["confirmed"]],
    )


def _network(name: str) -> str:
    if name not in NETWORKS:
        raise ValueError(name)
    return name


def _metres(text: str) -> float | None:
    return float(text) if text else None
