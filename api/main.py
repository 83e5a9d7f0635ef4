"""The ``qala`` command: everything an operator does, one verb each."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from api.cli import (
    access,
    address,
    admin,
    bench,
    counter,
    drafts,
    environment,
    exchange,
    extract,
    live,
    locate,
    network,
    plans,
    routing,
    serve,
    streets,
)
from api.cli.output import EXIT_CODES, say_error
from gis.errors import QalaError


class _Verbs(TyperGroup):
    """Turns refusals into a line on standard error and an exit code; no traceback reaches the operator."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]  # typer's own context is what click hands over
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except QalaError as error:
            say_error(error)
            raise typer.Exit(EXIT_CODES.get(error.status, 1)) from None


app = typer.Typer(
    cls=_Verbs,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A city's map and its registers: one engine, one command.",
)
app.command("up")(serve.up)
app.command("import")(exchange.import_)
app.command("export")(exchange.export)
app.command("extract")(extract.extract)
app.command("route")(routing.route)
app.command("layers")(admin.layers)
app.command("rules")(admin.rules)
app.command("profile")(admin.profile)
app.command("backup")(admin.backup)
app.command("restore")(admin.restore)
app.add_typer(admin.db, name="db")
app.add_typer(admin.audit, name="audit")
app.add_typer(admin.token, name="token")
address.address.command("locate")(locate.locate)
app.add_typer(address.address, name="address")
app.add_typer(counter.counter, name="counter")
app.add_typer(drafts.draft, name="draft")
app.add_typer(plans.plan, name="plan")
app.add_typer(access.access, name="access")
app.add_typer(environment.zones, name="zones")
app.add_typer(environment.measurements, name="measurements")
app.add_typer(network.network, name="network")
app.add_typer(live.speeds, name="speeds")
app.add_typer(live.status, name="status")
app.add_typer(live.report, name="report")
app.add_typer(streets.streets, name="streets")
app.add_typer(bench.bench, name="bench")


@app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run_tests(
    context: typer.Context, workers: Annotated[int, typer.Option(help="Test processes at once.")] = 2
) -> None:
    """Run all tests of this checkout; further options go to pytest."""
    root = Path(__file__).parents[1]
    if not (root / "tests").is_dir():
        raise typer.BadParameter("tests come with a checkout, not with the installed package: run ./qala test there")
    # By file, in the order of tests/conftest.py: xdist's own leaves the long ones for the end.
    dealt = ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", *dealt, *context.args]
    raise typer.Exit(subprocess.run(command, cwd=root, check=False, env=os.environ.copy()).returncode)


if __name__ == "__main__":
    app()
