"""Colors: spaces, profiles and codes, curves, tables, and the one pass of light and color.

It may import formats and pixels, and the set of edits that it bakes; not metadata, no decoder.
"""
