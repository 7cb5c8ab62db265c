"""What a file says of its photo: EXIF, IPTC, XMP and PNG text, read, thinned out, written anew.

policy.py decides what goes along into a result. It may import formats and pixels.
"""
