"""The verbs of the ``qala`` command."""
