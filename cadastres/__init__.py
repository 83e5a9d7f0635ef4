"""The five cadastres: land, address, real estate, urban planning, environment."""
