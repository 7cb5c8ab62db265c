"""From a file to pixels, within bounds: one loader a format, by content; no other is ever tried.

It may import all folders but operations and encoding.
"""
