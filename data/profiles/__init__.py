"""The cities whose profiles come with the engine, one TOML file each, and the base for cities without one."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from gis.profile import BadProfile, CityProfile, Extent, Folder, generate_profile, load_profile
from gis.text import Text

BASES = ("kazakhstan",)
"""Files that cities' profiles extend; they are no cities."""


@lru_cache(maxsize=1)
def bundled() -> tuple[CityProfile, ...]:
    """Return the profiles that come with the engine, by id."""
    names = sorted(file.name for file in _folder().iterdir() if file.name.endswith(".toml"))
    cities = (name for name in names if name.removesuffix(".toml") not in BASES)
    return tuple(load_profile(_folder() / name, search=(_folder(),)) for name in cities)


def find(name_or_path: str | Path) -> CityProfile:
    """Return a bundled profile by its id, or read one from a file, which may extend a bundled one.

    Raises:
        BadProfile: neither a bundled id nor a file; or the file is wrong.
    """
    for profile in bundled():
        if profile.id == str(name_or_path):
            return profile
    path = Path(name_or_path)
    if not path.is_file():
        known = ", ".join(profile.id for profile in bundled())
        raise BadProfile(_NOT_FOUND.filled(name=name_or_path, known=known), profile=str(name_or_path))
    return load_profile(path, search=(_folder(),))


def covering(extent: Extent) -> CityProfile | None:
    """Return the bundled profile whose city holds the middle of an extract, if there is one."""
    middle = ((extent.west + extent.east) / 2, (extent.south + extent.north) / 2)
    return next((profile for profile in bundled() if profile.extent.holds(*middle)), None)


def for_extract(slug: str, name: str, extent: Extent) -> CityProfile:
    """Return the profile for an extract of which the extent is known: the city's own, or one made for the place.

    Args:
        slug: id of the profile, should one have to be made (see :func:`gis.profile.slug_of`).
        name: name of the city, in the same case.
        extent: lon/lat box of the extract.

    Raises:
        BadProfile: the place is beyond UTM, or the slug is no slug.
    """
    middle = ((extent.west + extent.east) / 2, (extent.south + extent.north) / 2)
    return covering(extent) or generate_profile(slug, name, *middle, base=base(), extent=extent)


def base() -> Folder:
    """Return the file that profiles of cities without one are made over."""
    return _folder() / f"{BASES[0]}.toml"


def _folder() -> Folder:
    return files(__package__)


_NOT_FOUND = Text(
    kk="«{name}» профилі де, файлы да табылмады. Жинақтағы профильдер: {known}; немесе TOML файлының жолын беріңіз.",
    ru="Нет ни профиля, ни файла «{name}». Профили в поставке: {known}; или задайте путь к файлу TOML.",
    en="There is neither a profile nor a file '{name}'. The bundled profiles are {known}; or give a TOML file's path.",
)
