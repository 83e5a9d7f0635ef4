"""The ``qala`` command for shells under test, forked from a process that has loaded it: loading takes seconds.

A shell finds a small script by that name, which hands its arguments, folder, environment and descriptors over, and ends
as the command ends. Start-up itself is what ``test_cli.py`` and the wheel's check in CI are for.
"""

import marshal
import os
import secrets
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.api.server import LOADED

_SCRIPT = """#!{python} -ISE
import marshal, os, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect("\\0{name}")
    socket.send_fds(line, [b"3"], [0, 1, 2])
    line.sendall(marshal.dumps((sys.argv[1:], os.getcwd(), dict(os.environ))))
    line.shutdown(socket.SHUT_WR)
    sys.exit((line.recv(1) or b"\\x46")[0])
"""


@contextmanager
def command_in(folder: Path) -> Iterator[None]:
    """Keep a ``qala`` in a folder, which belongs on the ``PATH`` of a shell, for a while."""
    name = f"qala-{os.getpid()}-{secrets.token_hex(8)}"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"\0{name}")
        listener.listen()
        process = LOADED.Process(target=_answer, args=(listener,))
        process.start()
    script = folder / "qala"
    script.write_text(_SCRIPT.format(python=sys.executable, name=name), encoding="utf-8")
    script.chmod(0o755)
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _answer(listener: socket.socket) -> None:
    """Be the process that commands are forked from."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        line, _ = listener.accept()
        if not os.fork():
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            _obey(line)
        line.close()


def _obey(line: socket.socket) -> None:
    """Be the command, and tell how it ended."""
    code = 1
    try:
        _, descriptors, _, _ = socket.recv_fds(line, 1, 3)
        arguments, folder, environment = marshal.loads(b"".join(iter(lambda: line.recv(1 << 16), b"")))
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        code = _ran(arguments)
    except BaseException:  # noqa: BLE001 - nothing of this process may go on as the one that it was forked from
        traceback.print_exc()
    finally:
        with suppress(OSError):
            line.send(bytes([code]))
        os._exit(code)


def _ran(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    from api.main import app  # noqa: PLC0415 - loaded where this runs, and slow to load where it doesn't

    sys.argv = ["qala", *arguments]
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    try:
        app()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    else:
        return 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
