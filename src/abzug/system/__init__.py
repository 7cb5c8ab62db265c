"""What surrounds a part of Abzug: processes, bells and locks between them, logs, systemd.

Nothing here knows of photos, jobs or queues; it may import errors only.
"""
