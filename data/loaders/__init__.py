"""Files in: vector files read in batches, checked row by row, staged, checked against every rule, recorded at once."""
