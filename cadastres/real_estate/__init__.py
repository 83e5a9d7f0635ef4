"""The real-estate cadastre: buildings."""
