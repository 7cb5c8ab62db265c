"""Object stores behind the protocol in base.py: one file a kind, with what it needs beside it.

They keep bytes under keys, and know nothing of photos.
"""
