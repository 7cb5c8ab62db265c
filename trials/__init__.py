"""What passes or fails and takes its time: chaos, fuzz, capacity. `python -m trials.NAME` runs one.

What measures stands in benchmarks/, what is quick in tests/.
"""
