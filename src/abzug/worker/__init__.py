"""The worker: a supervisor that holds the leases, and processes that edit.

    supervisor   receive → give to an editor → report → delete     loop.py
                 renew the leases                                  lease.py
                 keep the editors alive, stop what takes too long  pool.py
    editor       get → edit → put, three threads of one process    editor.py

Bytes of photos never pass through the supervisor, so nothing in a file can hurt it. What the two
say to each other is in protocol.py.
"""
