"""Astana as its files give it: districts with their codes and streets, loaded into a register."""

from dataclasses import dataclass
from pathlib import Path

from data.loaders.districts import import_districts
from data.loaders.report import ImportReport
from data.loaders.request import ImportRequest
from data.loaders.streets import StreetsReport, import_streets
from tests.city import REAL_DATA, City

STREETS = REAL_DATA / "astana" / "streets.json"
DISTRICTS = REAL_DATA / "astana" / "districts.geojson"


@dataclass(frozen=True)
class Astana:
    """The loaded city, and what the loads reported."""

    city: City
    streets: StreetsReport
    districts: ImportReport


def request_for(city: City, file: Path, *, accept_defects: bool = True) -> ImportRequest:
    """Return a request to bring a file in, valid from 2024 on."""
    act = city.act("2024-01-01", kind="data-delivery", number=file.name)
    return ImportRequest(layer="address.street", file=file, act=act, accept_defects=accept_defects)


def loaded(city: City) -> Astana:
    """Load Astana's districts and streets into an empty register."""
    districts = import_districts(city.register, request_for(city, DISTRICTS))
    return Astana(city, import_streets(city.register, request_for(city, STREETS)), districts)
