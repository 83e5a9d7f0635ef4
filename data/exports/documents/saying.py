"""How values are said in one language: days, moments, sources, parties."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cadastres.real_estate.nomenclature import number_text, source_kind, value_text, word
from data.exports.documents import wording
from gis.layer import Field, FieldType
from gis.profile import CityProfile
from gis.text import Language, Text


@dataclass(frozen=True, slots=True)
class Saying:
    """A language, and the city whose classifiers name the codes."""

    language: Language
    profile: CityProfile

    def __call__(self, text: Text) -> str:
        """Return a text in the language."""
        return text.in_language(self.language)

    def day(self, iso: str | None) -> str:
        """Return a day: 01.03.2024, in English 2024-03-01."""
        if iso is None:
            return "—"
        return iso if self.language == "en" else date.fromisoformat(iso).strftime("%d.%m.%Y")

    def moment(self, iso: str) -> str:
        """Return a moment of the city's own time, to the second."""
        moment = datetime.fromisoformat(iso)
        return f"{self.day(moment.date().isoformat())} {moment:%H:%M:%S} (UTC{moment:%z})"

    def number(self, value: float, decimals: int = 2) -> str:
        """Return a number with the language's decimal mark, its decimals complete."""
        plain = f"{value:.{decimals}f}"
        return plain if self.language == "en" else plain.replace(".", ",")

    def measure(self, value: float, unit: str) -> str:
        """Return a measure with its unit."""
        return self(number_text(value, unit))

    def value(self, field: Field, value: Any) -> str:
        """Return an attribute's value."""
        if field.type is FieldType.DATE:
            return self.day(str(value))
        return self(value_text(field, value, self.profile))

    def source(self, source: Mapping[str, Any]) -> str:
        """Return a legal source with the register's own entry."""
        said = self(wording.SOURCE.filled(**self._named(source)))
        entry = wording.ENTRY.filled(day=self.day(source["recorded"][:10]), number=source["changeset"])
        return f"{said}; {self(entry)}"

    def _named(self, source: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            "kind": source_kind(source["kind"]),
            "number": source["number"],
            "day": self.day(source["acceptance"]),
        }

    def party(self, party: Mapping[str, Any]) -> str:
        """Return a party: name, IIN or BIN; of a group its members with their shares."""
        named = party.get("name") or self(word("party_type", str(party.get("party_type", ""))))
        number = party.get("iin_bin")
        said = f"{named}, {self(wording.IIN.filled(number=number))}" if number else str(named)
        members = [self._member(member) for member in party.get("members", ())]
        return said + (f": {'; '.join(members)}" if members else "")

    def _member(self, member: Mapping[str, Any]) -> str:
        return self.party(member) + (f" ({member['share']})" if member.get("share") else "")
