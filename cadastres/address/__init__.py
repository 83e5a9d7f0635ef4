"""The address cadastre: streets and the addresses on them."""
