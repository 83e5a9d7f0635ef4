"""Guides as tests: their examples run in one shell, section by section."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2 as pdfium
import pytest


def sections(guide: Path) -> list[str]:
    """Return a guide's shell examples by section; what stands before the first section is left out."""
    parts = guide.read_text(encoding="utf-8").split("\n## ")[1:]
    return ["\n".join(re.findall(r"```sh\n(.*?)```", part, re.DOTALL)) for part in parts]


def pdf_text(file: bytes) -> str:
    """Return the text of all pages, blanks and line ends as single blanks."""
    document = pdfium.PdfDocument(file)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    return " ".join(" ".join(pages).split())


class Shell:
    """One shell in which the guide's examples run."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder

    def run(self, script: str) -> str:
        """Run a script; return what it printed. The shell ends at the first command that fails."""
        if self._process.stdin is None or self._process.stdout is None:
            pytest.fail("the shell has no pipes")
        self._process.stdin.write(f"{script}\necho '== done'\n")
        self._process.stdin.flush()
        printed: list[str] = []
        for line in self._process.stdout:
            if line == "== done\n":
                return "".join(printed)
            printed.append(line)
        answer = next(iter(self._folder.glob("tmp.*")), None)
        said = answer.read_text(encoding="utf-8", errors="replace") if answer else ""
        return pytest.fail(f"an example failed:\n{''.join(printed)}\nlast answer:\n{said}")

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, **variables: str) -> Iterator["Shell"]:
        """Open a shell that stops at errors and keeps its files in a folder."""
        with subprocess.Popen(
            ["bash", "-euo", "pipefail"], env={**os.environ, **variables, "TMPDIR": str(folder)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            yield cls(process, folder)
