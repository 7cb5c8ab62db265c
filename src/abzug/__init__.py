"""Abzug: an online photo-editing service that never loses a photo."""

__version__ = "0.1.0"
