"""One file a subject of the API; each has a router, and is named in app.py.

A route reads the request, asks the service, and gives a view of the answer: no rule of its own.
"""
