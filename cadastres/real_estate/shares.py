"""Exact shares (ISO 19152 Fraction): numerator and denominator are whole numbers, 0 < numerator <= denominator.

Shares are never rounded: three thirds are the whole, three times 333/1000 are not.

>>> str(parse("2/6")), total([Fraction(1, 3)] * 3) == 1, total([parse("333/1000")] * 3) == 1
('1/3', True, False)
>>> parse("0.333")
Traceback (most recent call last):
    ...
cadastres.real_estate.shares.InvalidShare: '0.333' is no share; write a fraction of whole numbers such as 1/3, or 1.
>>> parse("3/2")
Traceback (most recent call last):
    ...
cadastres.real_estate.shares.InvalidShare: The share 3/2 is greater than the whole; a share is more than 0, at most 1.
"""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

from gis.errors import BadRequest
from gis.text import Text

WHOLE: Final = Fraction(1)

LARGEST: Final = 10**15
"""Largest denominator: more digits are a slip of the pen, and the register's whole numbers have 64 bits."""

_FRACTION: Final = re.compile(r"\s*([0-9]{1,16})\s*(?:/\s*([0-9]{1,16})\s*)?")


class InvalidShare(BadRequest):
    """A text or a number that is no share."""

    code = "invalid-share"
    rule = "real_estate.right.share"


def parse(text: str) -> Fraction:
    """Read a share written as a fraction of whole numbers.

    Raises:
        InvalidShare: no fraction, none of anything, or more than the whole.
    """
    found = _FRACTION.fullmatch(text)
    if found is None:
        raise InvalidShare(_NO_FRACTION.filled(share=text[:40]), share=text[:40])
    denominator = int(found[2] or 1)
    if not denominator:
        raise InvalidShare(_NO_FRACTION.filled(share=text[:40]), share=text[:40])
    return checked(Fraction(int(found[1]), denominator))


def checked(share: Fraction) -> Fraction:
    """Return a share that can be one.

    Raises:
        InvalidShare: zero, negative, more than the whole, or a denominator beyond :data:`LARGEST`.
    """
    if share <= 0:
        raise InvalidShare(_NOTHING.filled(share=share), share=str(share))
    if share > WHOLE:
        raise InvalidShare(_TOO_MUCH.filled(share=share), share=str(share))
    if share.denominator > LARGEST:
        raise InvalidShare(_TOO_FINE.filled(share=share, largest=LARGEST), share=str(share))
    return share


def total(shares: Iterable[Fraction]) -> Fraction:
    """Return the exact sum."""
    return sum(shares, Fraction(0))


def of(attributes: Mapping[str, Any]) -> Fraction | None:
    """Return the share that a record states; ``None`` where it states none.

    >>> of({"share_numerator": 2, "share_denominator": 4})
    Fraction(1, 2)
    """
    numerator, denominator = attributes.get("share_numerator"), attributes.get("share_denominator")
    return Fraction(numerator, denominator) if numerator is not None and denominator else None


def as_attributes(share: Fraction | None) -> dict[str, int | None]:
    """Return a share as a record states it, in lowest terms."""
    if share is None:
        return {"share_numerator": None, "share_denominator": None}
    return {"share_numerator": share.numerator, "share_denominator": share.denominator}


_NO_FRACTION = Text(
    kk="«{share}» үлес емес; бүтін сандардың бөлшегін жазыңыз, мысалы 1/3, не 1.",
    ru="«{share}» — не доля; пишите дробь из целых чисел, например 1/3, или 1.",
    en="'{share}' is no share; write a fraction of whole numbers such as 1/3, or 1.",
)
_NOTHING = Text(
    kk="{share} үлесі нөлден үлкен емес; үлес 0-ден көп, 1-ден аспайды.",
    ru="Доля {share} не больше нуля; доля больше 0 и не больше 1.",
    en="The share {share} is not greater than zero; a share is more than 0, at most 1.",
)
_TOO_MUCH = Text(
    kk="{share} үлесі бүтіннен көп; үлес 0-ден көп, 1-ден аспайды.",
    ru="Доля {share} больше целого; доля больше 0 и не больше 1.",
    en="The share {share} is greater than the whole; a share is more than 0, at most 1.",
)
_TOO_FINE = Text(
    kk="{share} үлесінің бөлімі {largest} санынан аспауы тиіс.",
    ru="Знаменатель доли {share} не должен превышать {largest}.",
    en="The denominator of the share {share} must be at most {largest}.",
)
