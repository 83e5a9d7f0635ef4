"""Signposts: which key stands at which offset, for clients that know nothing but ``offset``.

To skip 150 000 features the database walks past them all. A page that was read tells the keys at its own two ends, and
as long as the layer stands where it stood, a page that begins there or beyond starts from the nearest of them.
"""

from bisect import bisect_right, insort
from collections import OrderedDict
from dataclasses import replace
from typing import Final

from gis.instant import Reading
from gis.page_query import PageQuery

QUERIES: Final = 32
"""Queries whose signposts are kept, the least recently asked dropped first."""

POSTS: Final = 512
"""Signposts of one query."""


class Signposts:
    """Keys by offset, for each reading and query of one layer."""

    def __init__(self) -> None:
        self._posts: OrderedDict[object, list[tuple[int, int]]] = OrderedDict()

    def shortened(self, reading: Reading, query: PageQuery) -> PageQuery:
        """Return the same page, begun from the nearest signpost before it; a draft may be edited at any moment."""
        if query.offset == 0 or reading.overlay is not None:
            return query
        posts = self._posts.get(_kind(reading, query), [])
        nearest = bisect_right(posts, (query.offset, _LAST)) - 1
        if nearest < 0:
            return query
        offset, after = posts[nearest]
        return replace(query, after=after, offset=query.offset - offset)

    def put(self, reading: Reading, query: PageQuery, first: int, last: int, count: int) -> None:
        """Remember where a page begins and ends, if anybody pages by offset here."""
        if query.offset == 0 or reading.overlay is not None:
            return
        kind = _kind(reading, query)
        posts = self._posts.setdefault(kind, [])
        self._posts.move_to_end(kind)
        for post in ((query.offset, first - 1), (query.offset + count, last)):
            if post not in posts and len(posts) < POSTS:
                insort(posts, post)
        while len(self._posts) > QUERIES:
            self._posts.popitem(last=False)


_LAST: Final = 2**63


def _kind(reading: Reading, query: PageQuery) -> object:
    """Return all that the order of features depends on; a reading of the present is pinned to what changed last."""
    equals = tuple(query.equals.items())
    place = None if query.windows is None else tuple(query.windows)
    return (reading.valid, reading.recorded, place, query.ids, equals, query.span, query.after)
