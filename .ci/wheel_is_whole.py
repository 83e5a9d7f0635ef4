"""Check that a wheel holds every file that git tracks in the packages: SQL, templates and profiles, too."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(wheel: str) -> None:
    """Compare the lists; exit with the names of what is missing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    git = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "--", *packages]
    tracked = set(subprocess.run(git, capture_output=True, text=True, check=True).stdout.split("\n")) - {""}
    missing = tracked - set(zipfile.ZipFile(wheel).namelist())
    if missing:
        sys.exit(f"not in the wheel: {sorted(missing)}")
    print(f"the wheel holds all {len(tracked)} files")


if __name__ == "__main__":
    main(sys.argv[1])
