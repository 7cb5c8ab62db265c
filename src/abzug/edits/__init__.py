"""What can be done to a photo: bytes, edits and outputs in, bytes out.

engine.py has the passes in their order; below it each folder knows only those named before it:
formats, pixels, color and metadata, raw and operations, decoding, encoding. Nothing here knows of
owners, jobs, queues or stores.
"""
