"""How files are laid out: one bounded walker for each container, which everything uses.

A walker reads only what is there: what is cut off or points outside is left out, and neither
raises, loops, nor is copied many times over. It may import nothing of edits/.
"""
