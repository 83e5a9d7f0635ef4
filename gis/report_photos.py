"""Photographs of reports from the field. They may show persons: each look is logged, and they can be erased."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from gis.access import Look
from gis.errors import BadRequest, Gone, NotFound, TooLarge
from gis.register import Register
from gis.report import Report, take_up
from gis.text import Text

LARGEST_PHOTO: Final = 8 * 1024 * 1024
"""Bytes of one photograph."""

MOST_PHOTOS: Final = 10
"""Photographs of one report."""

PHOTO_TYPES: Final = ("image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph of a report: bytes and media type."""

    media_type: str
    content: bytes


def attach(register: Register, one: Report, photo: Photo) -> int:
    """Keep a photograph of what was reported; return its serial number.

    Raises:
        BadRequest: of a type that is no photograph's, empty, or one too many.
        TooLarge: beyond :data:`LARGEST_PHOTO`.
        NotOpen: the report was decided already.
    """
    if photo.media_type not in PHOTO_TYPES or not photo.content:
        raise BadRequest(_NO_PHOTO.filled(found=photo.media_type[:60], known=", ".join(PHOTO_TYPES)))
    if len(photo.content) > LARGEST_PHOTO:
        raise TooLarge(_LARGE.filled(most=LARGEST_PHOTO), most=LARGEST_PHOTO)
    values = {"number": one.number, "type": photo.media_type, "content": photo.content}
    with register.writing() as connection, connection.transaction():
        take_up(connection, one.number)
        row = connection.execute(_LAST, values).fetchone()
        serial = 1 if row is None else int(row[0]) + 1
        if serial > MOST_PHOTOS:
            raise BadRequest(_MANY.filled(most=MOST_PHOTOS), most=MOST_PHOTOS)
        connection.execute(_ATTACH, {**values, "serial": serial, "hash": sha256(photo.content).digest()})
    return serial


def photo_of(register: Register, one: Report, serial: int, *, actor: str, role: str) -> Photo:
    """Return a photograph, once the look at it is logged.

    Raises:
        NotFound: there is none of that serial number.
        Gone: it was erased.
    """
    subject = f"qala.report {one.number} photo {serial}"
    look = Look(actor=actor, role=role, reason=f"report {one.number}", subject=subject)
    with register.confiding(look) as connection:
        row = connection.execute(_PHOTO, {"number": one.number, "serial": serial}).fetchone()
    if row is None:
        raise NotFound(_NO_SERIAL.filled(number=one.number, serial=serial), serial=serial)
    if row[1] is None:
        raise Gone(_ERASED.filled(number=one.number, serial=serial), serial=serial)
    return Photo(str(row[0]), bytes(row[1]))


def erase(register: Register, one: Report, *, actor: str, role: str, reason: str) -> int:
    """Erase a report's photographs for good; return how many there were.

    That, by whom and why stands in the access log before it is done, and beside each photograph's hash afterwards.

    Raises:
        BadRequest: no reason.
    """
    look = Look(actor=actor, role=role, reason=reason, subject=f"qala.report {one.number} photos erased")
    with register.confiding(look):
        pass
    values = {"number": one.number, "actor": actor, "reason": reason.strip()}
    with register.writing() as connection:
        return connection.execute(_ERASE, values).rowcount


_LAST: Final = "SELECT coalesce(max(serial), 0) FROM qala.report_photo WHERE number = %(number)s"
_ATTACH: Final = """
INSERT INTO qala.report_photo (number, serial, media_type, sha256, content)
VALUES (%(number)s, %(serial)s, %(type)s, %(hash)s, %(content)s)
"""
_PHOTO: Final = "SELECT media_type, content FROM qala.report_photo WHERE number = %(number)s AND serial = %(serial)s"
_ERASE: Final = """
UPDATE qala.report_photo
SET content = NULL, erased = clock_timestamp(), erased_by = %(actor)s, erased_for = %(reason)s
WHERE number = %(number)s AND erased IS NULL
"""

_NO_PHOTO = Text(
    kk="«{found}» түріндегі сурет қабылданбайды немесе ол бос; мыналардың бірі керек: {known}.",
    ru="Снимок вида «{found}» не принимается или пуст; нужен один из: {known}.",
    en="A photograph of the type '{found}' is not taken, or is empty; it must be one of: {known}.",
)
_LARGE = Text(
    kk="Сурет тым үлкен; ең көбі {most} байт.",
    ru="Снимок слишком велик; самое большее {most} байт.",
    en="The photograph is too large; the most is {most} bytes.",
)
_MANY = Text(
    kk="Бір хабарламаға ең көбі {most} сурет тіркеледі.",
    ru="К одному сообщению прилагают не больше {most} снимков.",
    en="One report takes {most} photographs at most.",
)
_NO_SERIAL = Text(
    kk="{number}-хабарламада {serial}-сурет жоқ.",
    ru="У сообщения № {number} нет снимка {serial}.",
    en="Report {number} has no photograph {serial}.",
)
_ERASED = Text(
    kk="{number}-хабарламаның {serial}-суреті өшірілген.",
    ru="Снимок {serial} сообщения № {number} стёрт.",
    en="Photograph {serial} of report {number} was erased.",
)
