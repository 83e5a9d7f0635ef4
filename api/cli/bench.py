"""``qala bench``: the speed of the store and of the services, beside their rivals, in one run."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import Json, errors

bench = typer.Typer(no_args_is_help=True, help="Measure speed beside rivals, all in one run.")

Parcels = Annotated[int, typer.Option(help="Size of the made-up city; the targets hold for 200 000.")]
Rounds = Annotated[int, typer.Option(help="Alternating rounds of each line; the median counts.")]
Seconds = Annotated[float, typer.Option(help="Length of one measurement.")]
Only = Annotated[str, typer.Option(help="Part of the names of the lines wanted.")]


@bench.command("serve")
def bench_serve(
    parcels: Parcels = 200_000, rounds: Rounds = 5, seconds: Seconds = 3.0, only: Only = "", json: Json = False
) -> None:
    """Measure every interface beside tipg, pygeoapi and bare SQL; exit code 1 where a target is missed."""
    from api.bench.serve import measure  # noqa: PLC0415  (its libraries take seconds to load)
    from api.bench.table import show  # noqa: PLC0415  (likewise)

    results = measure(_tell, parcels=parcels, rounds=rounds, seconds=seconds, only=only)
    raise typer.Exit(0 if show(results, "qala bench serve", as_json=json) else 1)


@bench.command("store")
def bench_store(
    parcels: Parcels = 200_000, rounds: Rounds = 5, seconds: Seconds = 3.0, only: Only = "", json: Json = False
) -> None:
    """Measure the store beside a plain table and ogr2ogr; exit code 1 where a target is missed."""
    from api.bench.store import measure  # noqa: PLC0415  (its libraries take seconds to load)
    from api.bench.table import show  # noqa: PLC0415  (likewise)

    results = measure(_tell, parcels=parcels, rounds=rounds, seconds=seconds, only=only)
    raise typer.Exit(0 if show(results, "qala bench store", as_json=json) else 1)


@bench.command("rights")
def bench_rights(
    rights: Annotated[
        int, typer.Option(help="Rights in the large register; the target holds for 1 000 000.")
    ] = 1_000_000,
    rounds: Rounds = 5,
    json: Json = False,
) -> None:
    """Measure what the register's size costs a transfer with all rules; exit code 1 where the target is missed."""
    from api.bench.rights import measure  # noqa: PLC0415  (its libraries take seconds to load)
    from api.bench.table import show  # noqa: PLC0415  (likewise)

    results = measure(_tell, rights=rights, rounds=rounds)
    raise typer.Exit(0 if show(results, "qala bench rights", as_json=json) else 1)


@bench.command("passports")
def bench_passports(
    passports: Annotated[int, typer.Option(help="Passports made in one round.")] = 100,
    rounds: Rounds = 5,
    json: Json = False,
) -> None:
    """Measure technical passports made anew, gathered, printed and kept; exit code 1 where a target is missed."""
    from api.bench.passports import measure  # noqa: PLC0415  (its libraries take seconds to load)
    from api.bench.table import show  # noqa: PLC0415  (likewise)

    results = measure(_tell, passports=passports, rounds=rounds)
    raise typer.Exit(0 if show(results, "qala bench passports", as_json=json) else 1)


@bench.command("extract")
def bench_extract(parcels: Parcels = 200_000, rounds: Rounds = 5, only: Only = "", json: Json = False) -> None:
    """Measure restriction extracts beside bare SQL and a geopandas overlay; exit code 1 where a target is missed."""
    from api.bench.extract import measure  # noqa: PLC0415  (its libraries take seconds to load)
    from api.bench.table import show  # noqa: PLC0415  (likewise)

    results = measure(_tell, parcels=parcels, rounds=rounds, only=only)
    raise typer.Exit(0 if show(results, "qala bench extract", as_json=json) else 1)


@bench.command("addresses")
def bench_addresses(
    addresses: Annotated[
        int, typer.Option(help="Size of the made-up city; the targets hold for a million.")
    ] = 1_000_000,
    rounds: Rounds = 5,
    seconds: Seconds = 3.0,
    only: Only = "",
    json: Json = False,
) -> None:
    """Measure the search of addresses: right ones first, over HTTP, in files; exit code 1 where a target is missed."""
    from api.bench.addresses import measure  # noqa: PLC0415  (its libraries take seconds to load)
    from api.bench.table import show  # noqa: PLC0415  (likewise)

    results = measure(_tell, addresses=addresses, rounds=rounds, seconds=seconds, only=only)
    raise typer.Exit(0 if show(results, "qala bench addresses", as_json=json) else 1)


@bench.command("zones")
def bench_zones(parcels: Parcels = 200_000, rounds: Rounds = 5, json: Json = False) -> None:
    """Measure what the city's size costs a network edit with its zones; exit code 1 where the target is missed."""
    from api.bench.table import show  # noqa: PLC0415  (its libraries take seconds to load)
    from api.bench.zones import measure  # noqa: PLC0415  (likewise)

    results = measure(_tell, parcels=parcels, rounds=rounds)
    raise typer.Exit(0 if show(results, "qala bench zones", as_json=json) else 1)


@bench.command("drafts")
def bench_drafts(parcels: Parcels = 200_000, rounds: Rounds = 5, only: Only = "", json: Json = False) -> None:
    """Measure pages read through a draft and its adoption; exit code 1 where a target is missed."""
    from api.bench.drafts import measure  # noqa: PLC0415  (its libraries take seconds to load)
    from api.bench.table import show  # noqa: PLC0415  (likewise)

    results = measure(_tell, parcels=parcels, rounds=rounds, only=only)
    raise typer.Exit(0 if show(results, "qala bench drafts", as_json=json) else 1)


@bench.command("city3d")
def bench_city3d(
    buildings: Annotated[int, typer.Option(help="Buildings of the made-up city.")] = 8000,
    rounds: Rounds = 5,
    json: Json = False,
) -> None:
    """Measure 3D Tiles built once and after one edit; exit code 1 where a target is missed."""
    from api.bench.city3d import measure  # noqa: PLC0415  (its libraries take seconds to load)
    from api.bench.table import show  # noqa: PLC0415  (likewise)

    results = measure(_tell, buildings=buildings, rounds=rounds)
    raise typer.Exit(0 if show(results, "qala bench city3d", as_json=json) else 1)


@bench.command("routing")
def bench_routing(
    small: Annotated[Path | None, typer.Option(help="An OpenStreetMap extract (PBF) of some 20 000 nodes.")] = None,
    large: Annotated[Path | None, typer.Option(help="Another, of the 300 000 nodes for which ceilings hold.")] = None,
    rounds: Rounds = 5,
    only: Only = "",
    json: Json = False,
) -> None:
    """Measure ways, matrices and areas beside networkx, igraph and SciPy; exit code 1 where a target is missed."""
    from api.bench.routing import LARGE, SMALL, measure  # noqa: PLC0415  (its libraries take seconds to load)
    from api.bench.table import show  # noqa: PLC0415  (likewise)

    results = measure(_tell, small=small or SMALL, large=large or LARGE, rounds=rounds, only=only)
    raise typer.Exit(0 if show(results, "qala bench routing", as_json=json) else 1)


def _tell(step: str) -> None:
    errors.print(step)
