"""The draft that a verb is about, or that it lays over the register."""

from gis.draft import Draft, Overlay, find, require_open
from gis.register import Register


def draft_by_name(register: Register, name: str | None) -> Draft | None:
    """Return an open draft; nothing where none is named.

    Raises:
        NoDraft: there is none of that name.
        DraftClosed: it was adopted or withdrawn.
    """
    if name is None:
        return None
    with register.reading() as connection:
        return require_open(find(connection, name))


def overlay_by_name(register: Register, name: str | None) -> Overlay | None:
    """Return what an open draft lays over the register; errors as :func:`draft_by_name`."""
    draft = draft_by_name(register, name)
    return None if draft is None else draft.laid()
