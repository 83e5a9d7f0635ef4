"""``qala network``: what engineering networks answer, on any date: traces, outages, isolation, loops, nearness."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import shapely
import typer
from psycopg import Connection

from api.cli.city import Profile, readable, register_of
from api.cli.norms import ActDate, ActNumber, enter_norms
from api.cli.output import Json, console, say_json, say_table
from api.cli.overlay import overlay_by_name
from api.moments import parse_moment
from cadastres.urban_planning.network_crossings import too_near
from cadastres.urban_planning.network_model import CLEARANCE, NETWORK_LINE, NETWORKS
from cadastres.urban_planning.network_tracing import NETWORK, Traced, isolated, lost, traced
from data.loaders.clearances import BUNDLED, load_norms
from gis.instant import Instant, Reading, read_head, settle, versions_at
from gis.network import Snapshot, Way, one_way_rings
from gis.register import Register

network = typer.Typer(no_args_is_help=True, help="Trace engineering networks on any date.")

Element = Annotated[int, typer.Argument(help="Id of a line or a node.")]
Valid = Annotated[str | None, typer.Option("--datetime", help="As of this legal date; now when not given.")]
Recorded = Annotated[str | None, typer.Option("--recorded-at", help="As the register knew it then.")]
InDraft = Annotated[str | None, typer.Option("--draft", help="With this draft laid over the register.")]


@contextmanager
def _viewing(
    profile: str | None, valid: str | None, recorded: str | None, draft: str | None
) -> Iterator[tuple[Register, Connection, Reading]]:
    with register_of(profile) as register:
        city = register.profile
        instant = Instant(
            parse_moment("--datetime", valid, city) if valid else None,
            parse_moment("--recorded-at", recorded, city) if recorded else None,
            overlay_by_name(register, draft),
        )
        with register.reading() as connection:
            yield register, connection, settle(instant, read_head(connection))


@network.command("trace")
def trace(
    element: Element,
    way: Annotated[str, typer.Option(help="downstream, upstream or connected.")] = "downstream",
    through_shut: Annotated[bool, typer.Option(help="Pass valves and switches that are shut.")] = False,
    valid: Valid = None,
    recorded: Recorded = None,
    draft: InDraft = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Tell what lies downstream or upstream of a line or node, or is connected with it."""
    with _viewing(profile, valid, recorded, draft) as (_, connection, reading):
        _tell(traced(connection, reading, element, _way(way), through_shut=through_shut), json=json)


@network.command("cut-off")
def cut_off(
    elements: Annotated[list[int], typer.Argument(help="Ids of the lines and nodes that are shut.")],
    valid: Valid = None,
    recorded: Recorded = None,
    draft: InDraft = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Tell what loses every source (a sewer: every outfall) when lines or nodes are shut."""
    with _viewing(profile, valid, recorded, draft) as (_, connection, reading):
        _tell(lost(connection, reading, elements), json=json)


@network.command("isolate")
def isolate(
    line: Annotated[int, typer.Argument(help="Id of a line.")],
    valid: Valid = None,
    recorded: Recorded = None,
    draft: InDraft = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Tell which valves to shut so that a line can be worked on, and what goes without service meanwhile."""
    with _viewing(profile, valid, recorded, draft) as (_, connection, reading):
        found = isolated(connection, reading, line)
    _tell(found, json=json, to_shut=list(found.to_shut), shut=list(found.shut), sources_inside=list(found.roots))


@network.command("loops")
def loops(
    kind: Annotated[str, typer.Argument(help=f"Kind of network: {', '.join(NETWORKS)}.")],
    valid: Valid = None,
    recorded: Recorded = None,
    draft: InDraft = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Find rings of one-way lines in a whole network; exit code 1 where there are some."""
    if kind not in NETWORKS:
        raise typer.BadParameter(f"there is no network '{kind}'; there are: {', '.join(NETWORKS)}")
    with _viewing(profile, valid, recorded, draft) as (_, connection, reading):
        rings = one_way_rings(Snapshot(connection, NETWORK, reading, kind))
    if json:
        say_json({"network": kind, "loops": [list(ring) for ring in rings]})
    else:
        say_table(f"Loops of {kind}", ("lines",), [(", ".join(map(str, ring)),) for ring in rings])
    raise typer.Exit(1 if rings else 0)


@network.command("crossings")
def crossings(
    unknown: Annotated[bool, typer.Option(help="Also crossings whose depths are not on record.")] = False,
    valid: Valid = None,
    recorded: Recorded = None,
    draft: InDraft = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Find everywhere in the city that two networks come nearer than the norm of the day; exit code 1 where some do."""
    with _viewing(profile, valid, recorded, draft) as (register, connection, reading):
        city = register.profile
        area = _everywhere(connection, reading)
        found = (
            []
            if area is None
            else list(too_near(connection, reading, area, city.srid, city.tolerances.linear, unknown=unknown))
        )
    rows = [
        {"lines": [n.one, n.other], "networks": [n.one_network, n.other_network], "nearness": n.nearness,
         "gap": n.gap, "least": n.least, "confirmed": n.confirmed, "place": n.place.wkt}
        for n in found
    ]  # fmt: skip
    if json:
        say_json(rows)
    else:
        columns = ("lines", "networks", "nearness", "gap", "least")
        say_table("Too near", columns, [[row[name] for name in columns] for row in rows])
    raise typer.Exit(1 if found else 0)


@network.command("norms")
def norms(
    file: Annotated[Path | None, typer.Argument(help="CSV of norms; by default those that come with Qala.")] = None,
    act_number: ActNumber = None,
    act_date: ActDate = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Enter norms on how near networks may come; those not checked against their acts only warn."""
    source = BUNDLED if file is None else readable(file)
    enter_norms(load_norms, source, CLEARANCE.schema, profile, (act_number, act_date), json=json)


def _everywhere(connection: Connection, reading: Reading) -> shapely.Polygon | None:
    """Return the envelope of all lines, in the city's projected system; nothing where there are none."""
    row = connection.execute(
        b"SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(v.geom) AS e FROM "
        + versions_at(NETWORK_LINE, reading).as_bytes(connection)
        + b") AS extent",
        reading.parameters,
    ).fetchone()
    return None if row is None or row[0] is None else shapely.box(*row)


def _way(way: str) -> Way:
    match way:
        case "downstream" | "upstream" | "connected":
            return way
        case _:
            raise typer.BadParameter(f"way '{way}' is none; it is downstream, upstream or connected")


def _tell(found: Traced, *, json: bool, **gates: list[int]) -> None:
    facts: dict[str, Any] = {
        "network": found.network,
        "lines": len(found.reached.lines),
        "length": round(found.reached.length, 3),
        "nodes": len(found.reached.nodes),
        "nodes_by_kind": dict(found.kinds),
        "consumers": found.consumers,
        **gates,
    }
    if json:
        ids = {"line_ids": sorted(found.reached.lines), "node_ids": sorted(found.reached.nodes)}
        say_json({**facts, **ids})
        return
    kinds = ", ".join(f"{kind} {count}" for kind, count in found.kinds.items())
    console.print(f"{facts['lines']} lines, {facts['length']} m, {facts['nodes']} nodes: {kinds or 'none'}")
    for name, ids_of in gates.items():
        console.print(f"{name.replace('_', ' ')}: {', '.join(map(str, ids_of)) or 'none'}")
