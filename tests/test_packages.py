"""The packages' names are common words: what gets imported must be ours."""

import importlib
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES: list[str] = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


@pytest.mark.parametrize("name", PACKAGES)
def test_the_imported_package_is_ours(name: str) -> None:
    """No stray distribution called ``gis`` or ``data`` shadows the folder."""
    assert importlib.import_module(name).__file__ == str(ROOT / name / "__init__.py")


def test_every_folder_of_code_is_listed_once_for_all_tools() -> None:
    """The wheel, the type checker and the import contracts name the same packages, and leave none out."""
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert set(PACKAGES) == folders
    assert set(PROJECT["tool"]["mypy"]["files"]) == folders | {"tests"}
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == folders


def test_the_locks_name_no_registry() -> None:
    """A lock holds names, versions and hashes; where to fetch them is the installer's affair."""
    locks = list(ROOT.glob("requirements*.lock"))
    assert len(locks) == 3
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert all("==" in line or line.lstrip().startswith("--hash=sha256:") for line in text.splitlines())


def test_the_development_lock_extends_the_other() -> None:
    """What is tested is what is served: the same versions of the same packages, and the tools besides."""
    runtime, development = (
        {line.split()[0] for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if "==" in line}
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert runtime < development
