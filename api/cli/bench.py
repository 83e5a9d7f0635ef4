"""``qala bench``: the speed of the store and of the services, beside their rivals, in one run."""

import typer

bench = typer.Typer(no_args_is_help=True, help="Measure speed beside rivals, all in one run.")
