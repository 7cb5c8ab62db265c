"""The routes, one file a part of the API; each has `router`, and paths are written out in full."""
