"""Links between the documents of the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from api.origin import origin, path
from gis.text import Language

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"

Link = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Address:
    """Where this request came in."""

    base: str
    """URL of the landing page."""
    path: str
    query: Mapping[str, str]

    @classmethod
    def of(cls, request: Request) -> "Address":
        """Return the address of a request."""
        root = origin(request)
        return cls(root + "/ogc", root + path(request), dict(request.query_params))

    def with_query(self, **changes: str | None) -> str:
        """Return this URL with parameters set, or left out where ``None``."""
        changed = {**self.query, **{name.replace("_", "-"): value for name, value in changes.items()}}
        kept = {name: value for name, value in changed.items() if value is not None}
        return self.path + ("?" + urlencode(kept) if kept else "")

    def to(self, path: str) -> str:
        """Return the URL of another document of the API."""
        return self.base + path


def link(href: str, rel: str, media_type: str, title: str | None = None, language: Language | None = None) -> Link:
    """Return a link (RFC 8288) as JSON."""
    facts = {"href": href, "rel": rel, "type": media_type, "title": title, "hreflang": language}
    return {name: value for name, value in facts.items() if value is not None}


def own_links(address: Address, *, html: bool, json_type: str = JSON) -> list[Link]:
    """Return ``self`` and ``alternate`` of a document that comes as JSON and as HTML."""
    as_json = link(address.with_query(f="json"), "alternate" if html else "self", json_type)
    as_html = link(address.with_query(f="html"), "self" if html else "alternate", HTML)
    return [as_json, as_html]


def header(links: list[Link]) -> str:
    """Return links as the value of a ``Link`` header."""
    return ", ".join(f'<{each["href"]}>; rel="{each["rel"]}"; type="{each["type"]}"' for each in links)
