"""What a file is, told from its bytes: one file a format, and the containers that they are made of.

No decoder is imported here and no pixel is read, so that the web process can use it on whatever
strangers send. Of edits/ it may import sizes only.
"""
