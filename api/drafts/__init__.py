"""Drafts over HTTP: which one a request lays over the register, and all that may be done with one."""
