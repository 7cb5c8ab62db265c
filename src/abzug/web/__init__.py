"""The HTTP API and the page: what comes in is bounded, and all else is asked of the service.

routes/ has one file a subject; static/ is the page, without a build step. No photo is decoded here.
"""
