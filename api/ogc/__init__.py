"""OGC API over HTTP: Features (Parts 1 and 2) and Tiles."""
