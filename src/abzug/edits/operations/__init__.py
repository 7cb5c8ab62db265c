"""One file an edit, which sets OPERATION; its name is the edit's name everywhere.

An operation may import color, pixels and formats, and never the engine or another's file, unless
it is that operation with something added.
"""
