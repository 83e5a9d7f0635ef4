"""The service and the command line: HTTP and terminal in, the register out."""
