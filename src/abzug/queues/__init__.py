"""Message queues behind the protocol in base.py: one file a kind, with what it needs beside it.

They carry bytes, and know nothing of what is in them.
"""
