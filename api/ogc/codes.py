"""Codes of a city's classifiers as readers meet them: all that were ever listed, each with its latest title."""

from gis.profile import CityProfile
from gis.text import Language


def titles(profile: CityProfile, classifier: str, language: Language) -> dict[str, str]:
    """Return titles by code; none where the city keeps no such classifier, so that nothing of it could be written."""
    listed = profile.classifiers.get(classifier)
    return {entry.code: entry.title.in_language(language) for entry in listed.entries} if listed else {}
