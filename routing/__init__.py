"""Moving through the city: one graph derived from its versioned layers, priced differently for everybody."""
