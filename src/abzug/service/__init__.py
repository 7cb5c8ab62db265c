"""What can be asked of Abzug: uploads, orders, proxies, LUTs.

The web and the command line call it, and it calls the backends. It knows nothing of HTTP.
"""
