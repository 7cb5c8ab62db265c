"""The tables of the embedded queues.

All times are Unix microseconds and all costs millionths of a CPU second, so that they compare
exactly. Both indexes are partial: each holds only the messages that it is searched for, so a
backlog of a million costs a search one page more. Both cover what `depth` counts, which would
else read every message. (`due` in `ready` is always null and takes no room, but without it SQLite
reads the message to see that.)
"""

from __future__ import annotations

VERSION = 1

SCHEMA = """
CREATE TABLE queues (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    virtual_time INTEGER NOT NULL DEFAULT 0,   -- start tag last served
    expired_leases INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE groups (
    queue INTEGER NOT NULL,
    name TEXT NOT NULL,
    returned INTEGER NOT NULL,                 -- 1: the flow of what came back, 0: of what is new
    finish INTEGER NOT NULL,                   -- finish tag of its last message
    PRIMARY KEY (queue, name, returned)
) WITHOUT ROWID;
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    due INTEGER,                               -- null: ready; else leased or delayed until then
    receives INTEGER NOT NULL DEFAULT 0,
    lease INTEGER,                             -- random, new at each receive
    tag INTEGER NOT NULL,                      -- start tag, of meaning while it is ready
    cost INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    group_name TEXT NOT NULL,
    attributes TEXT,                           -- JSON object; null: none
    body TEXT NOT NULL
);
CREATE INDEX ready ON messages (queue, due, tag, sent_at) WHERE due IS NULL;
CREATE INDEX waiting ON messages (queue, due, receives, sent_at) WHERE due IS NOT NULL;
"""
