"""Files out: a layer as it was at any point of both axes of time, streamed into a file."""
