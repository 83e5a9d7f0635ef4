"""The environmental cadastre: waters and green areas."""
