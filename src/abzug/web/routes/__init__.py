"""One file a subject of the API; each has a router, which app.py includes.

A route reads the request, asks the service, and gives a view of the answer: no rule of its own.
"""
