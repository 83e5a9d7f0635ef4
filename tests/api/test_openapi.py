"""The acts and documents beside the OGC services, described for programs."""

import httpx2
from openapi_spec_validator import validate


def test_every_act_is_described(client: httpx2.Client) -> None:
    """The description is valid, and each act says what its body holds."""
    described = client.get("/openapi.json").json()
    validate(described)
    for path in ("/land/parcels", "/address/streets/merge", "/real-estate/rights/{right}/transfer"):
        kind = path.replace("streets", "{kind}")
        assert "requestBody" in described["paths"][kind]["post"], kind
    source = described["components"]["schemas"]["SourceBody"]["properties"]
    assert {"kind", "number", "acceptance", "submission", "recordation", "file_hash"} <= source.keys()
