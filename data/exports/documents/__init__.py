"""Documents that the register issues, as PDF: technical passports, extracts, certificates of absence."""

from data.exports.documents.rendering import Rendering, render

__all__ = ["Rendering", "render"]
