"""What the city measures: datastreams of things, and their observations (names follow OGC SensorThings 1.1)."""
