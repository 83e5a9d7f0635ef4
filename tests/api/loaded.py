"""What servers and commands under test are forked from: a process that has loaded Qala, and served nobody yet."""

import gc
from pathlib import Path

import api.main  # noqa: F401 - loaded for those that are forked
from api.app import create_app
from data.installation import Installation
from data.profiles import find
from gis.database import Database

_NOWHERE = Database(*("dbname=nowhere",) * 4)

create_app(Installation(Path("/nowhere"), None).register(_NOWHERE, find("helsinki")))  # FastAPI keeps what it works out
gc.freeze()
