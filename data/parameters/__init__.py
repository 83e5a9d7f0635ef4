"""Parameter rows that come with the engine: widths of protective zones, unconfirmed ones marked so."""
