"""``qala bench``: the engine beside its rivals and beside bare SQL, all in one run on one made-up city."""
