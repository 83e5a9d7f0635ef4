"""How many documents are newly issued to people without a token: each one is kept for ever, and disks are not endless.

A document already issued is given to anybody at any time; so is the content of a new one as JSON, which is not kept.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import ClassVar, Final

from gis.errors import QalaError
from gis.text import Text

AT_ONCE: Final = 240
"""Documents that one server process issues in a row."""

SECONDS: Final = 6.0
"""Seconds after which it may issue one more: 14 400 a day."""


class TooMany(QalaError):
    """More new documents are asked for than are issued to people without a token; ``retry_after`` is in seconds."""

    code = "too-many-documents"
    status: ClassVar[int] = 429


class Allowance:
    """So many at once, then one in so many seconds; safe to use from several threads."""

    def __init__(
        self, at_once: int = AT_ONCE, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with all that may be issued at once."""
        self._at_once, self._seconds, self._clock = at_once, seconds, clock
        self._left, self._since = float(at_once), clock()
        self._lock = Lock()

    def take(self) -> None:
        """Take one.

        Raises:
            TooMany: none is left.
        """
        with self._lock:
            now = self._clock()
            self._left = min(self._at_once, self._left + (now - self._since) / self._seconds)
            self._since = now
            if self._left < 1:
                wait = max(1, round((1 - self._left) * self._seconds + 0.5))
                raise TooMany(_TOO_MANY.filled(seconds=wait), retry_after=wait)
            self._left -= 1


_TOO_MANY: Final = Text(
    kk="Токенсіз сұраушыларға қазір тым көп жаңа құжат беріліп жатыр; {seconds} секундтан кейін қайталаңыз, "
    "мазмұнын бірден f=json арқылы алыңыз немесе токенмен сұраңыз.",
    ru="Сейчас без токена запрошено слишком много новых документов; повторите через {seconds} с, возьмите содержание "
    "сразу с f=json или спросите с токеном.",
    en="Too many new documents are being asked for without a token; try again in {seconds} s, take the content at once "
    "with f=json, or ask with a token.",
)
