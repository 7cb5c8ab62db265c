"""The jobs database: photos, jobs, tasks, events and the outbox, on SQLite and PostgreSQL.

database.py is its door; states.py decides. It knows nothing of queues and stores.
"""
