"""Sets of workers behind the protocol in base.py: one file a kind, with what it needs beside it.

They start, count and drain workers, and know nothing of what these do.
"""
