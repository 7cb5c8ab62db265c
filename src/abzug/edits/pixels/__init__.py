"""Arrays of pixels, and what is done to any of them: read, turned, resized, warped, composited.

Nothing here knows a color, a format or an operation; it may import formats and sizes.
"""
