"""What the log of a serving city leaves out."""

import logging
import time

DATABASE = "qala.database"
"""Logger of requests that found no database."""

_SECONDS = 30.0


class Seldom(logging.Filter):
    """Lets one record through in so many seconds, and says with the next how many it left out."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        """Begin with nothing left out."""
        super().__init__()
        self._seconds = seconds
        self._next = 0.0
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record goes into the log."""
        now = time.monotonic()
        if now < self._next:
            self._left_out += 1
            return False
        if self._left_out:
            record.msg, record.args = f"{record.getMessage()} (and {self._left_out} more since the last line)", ()
        self._next, self._left_out = now + self._seconds, 0
        return True


def keep_calm() -> None:
    """While the database is away every request and every pool would say so, many times a second."""
    for name in (DATABASE, "psycopg.pool"):
        logger = logging.getLogger(name)
        if not any(isinstance(each, Seldom) for each in logger.filters):
            logger.addFilter(Seldom())
