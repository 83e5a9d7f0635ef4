"""``qala bench``: the speed of the store and of the services, beside their rivals, in one run."""
