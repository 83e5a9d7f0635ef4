"""Rights for a term."""

from datetime import date

from cadastres.real_estate.rights_verbs import NewRight, RegisterRight
from tests.cadastres.real_estate.notary import Notary


def test_a_term_must_end_after_it_begins(notary: Notary) -> None:
    """Neither before its first day nor on it."""
    unit, _ = notary.owned(notary.person())
    tenant = notary.person()
    for until in (date(2017, 1, 1), date(2016, 6, 1)):
        command = RegisterRight(unit=unit, rights=(NewRight(kind="lease", holder=tenant, until=until),))
        assert notary.broken(command, "2017-01-01") == {"real_estate.right.term"}


def test_a_lease_ends_by_itself(notary: Notary) -> None:
    """On its last day it is in force, on the next neither it nor its tenant's row is; no act is needed."""
    unit, _ = notary.owned(notary.person())
    tenant = notary.person()
    (lease,) = notary.register(unit, NewRight(kind="lease", holder=tenant, until=date(2018, 1, 1)))
    assert notary.holder(lease, "2017-12-31") == tenant
    assert notary.said(lease, "2018-01-01") == {}
    assert notary.holder(lease, "2018-01-01") == 0
    assert len(notary.register(unit, NewRight(kind="lease", holder=tenant), day="2018-01-01")) == 1
