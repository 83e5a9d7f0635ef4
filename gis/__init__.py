"""The engine of a city's map: layers, the two axes of time, changesets, rules, and the database under them."""
