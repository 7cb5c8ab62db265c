"""From pixels to a file: savers, animations, and the quality that fits a size in bytes.

It may import all folders but operations; of decoding, what it has to know of the photo.
"""
