"""Migrations of the layers; the engine's own stand in gis."""
