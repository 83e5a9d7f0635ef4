"""The land cadastre: accounting quarters, parcels, zones and reservations."""
