"""Web Feature Service 2.0 for reading: key-value GET, GML 3.2.1 and GeoJSON."""

from api.wfs.router import Wfs

__all__ = ["Wfs"]
