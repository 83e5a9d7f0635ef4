"""Where data enters and leaves the register, and the catalogue of what it keeps."""
