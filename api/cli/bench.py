"""``qala bench``: the speed of the store and of the services, beside their rivals, in one run."""

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


def _tell(step: str) -> None:
    errors.print(step)
