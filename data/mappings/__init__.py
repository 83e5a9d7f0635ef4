"""Mapping files that come with the engine, for files whose layout is known."""
