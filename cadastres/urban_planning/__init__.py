"""The urban-planning cadastre: how land is used."""
