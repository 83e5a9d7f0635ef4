"""``qala export network``: the graph of streets, taken away in a file."""

from collections.abc import Mapping
from typing import Final

from api.cli.output import progress
from data.catalogue import STREETS
from data.exports.street_graph import NetworkRequest, export_network
from gis.register import Register

NETWORK: Final = "network"
"""What ``qala export`` calls it."""


def take_network(register: Register, request: NetworkRequest) -> Mapping[str, object]:
    """Write the graph into a file; return what was written."""
    with progress(request.file.name) as tell:
        done = export_network(
            register, STREETS, request, lambda written, whole: tell("ways", written / whole if whole else 1.0)
        )
    told = {"file": str(request.file), "nodes": done.nodes, "edges": done.edges}
    return told | {"datetime": done.reading.valid.isoformat(), "recorded_at": done.reading.recorded.isoformat()}
