"""Cameras' RAW files: developed by LibRaw for the light asked for, or their embedded preview.

It may import formats, pixels, color and metadata. What kinds there are stands in formats/.
"""
