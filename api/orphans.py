"""Server processes end with the process that started them, even where that one was killed and could tell nobody."""

import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.connection import wait
from typing import Final

_GRACE: Final = 10.0
"""Seconds for answers under way, before the process ends whatever it does."""


def end_with_parent() -> None:
    """Stop this process as SIGTERM does once its parent is gone; nothing to do where it is nobody's child."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), name="parent watch", daemon=True).start()


def _watch(sentinel: int) -> None:
    """Wait for the end of the pipe whose other end the parent holds open as long as it lives."""
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE)
    os._exit(1)
