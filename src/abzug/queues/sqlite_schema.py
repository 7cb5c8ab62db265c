"""The tables of the embedded queues, and the statements on them.

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
    virtual_time INTEGER NOT NULL DEFAULT 0,   -- where fair service has come to
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

INSERT = """
INSERT INTO messages (queue, due, tag, cost, sent_at, group_name, attributes, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
LOOK = """
SELECT EXISTS (SELECT 1 FROM messages WHERE queue = ?1 AND due IS NULL),
       min(ifnull((SELECT min(due) FROM messages WHERE queue = ?1 AND due IS NOT NULL), ?3),
           ifnull((SELECT min(due) FROM messages WHERE queue = ?2 AND due IS NOT NULL), ?3))
"""
OVERDUE = """
SELECT id, group_name, cost, receives, due FROM messages
WHERE queue = ? AND due <= ? ORDER BY due, receives, sent_at, id LIMIT ?
"""
LEASE = """
UPDATE messages SET due = ?, receives = receives + 1, lease = random()
WHERE id IN (SELECT id FROM messages WHERE queue = ? AND due IS NULL
             ORDER BY tag, sent_at, id LIMIT ?)
RETURNING tag, sent_at, id, cost, lease, receives, group_name, attributes, body
"""
DELETE = "DELETE FROM messages WHERE queue = ? AND id = ? AND lease = ?"
CHANGE = """
UPDATE messages SET due = ? WHERE queue = ? AND id = ? AND lease = ? AND due > ?
"""
GIVEN_BACK = 0
"""Due time of what a worker gave back at once: a lease that ended, not one that ran out."""
READY = """
UPDATE messages SET queue = ?, tag = ?, due = NULL, lease = iif(?, NULL, lease) WHERE id = ?
"""
RAN_OUT = "UPDATE queues SET expired_leases = expired_leases + ? WHERE id = ?"
REDRIVE = """
UPDATE messages SET queue = ?, tag = ?, due = NULL, lease = NULL, receives = 0 WHERE id = ?
"""
DEPTH = """
SELECT count(*), 0, 0, min(sent_at) FROM messages WHERE queue = ?1 AND due IS NULL
UNION ALL
SELECT count(*) FILTER (WHERE due <= ?2),
       count(*) FILTER (WHERE due > ?2 AND receives > 0),
       count(*) FILTER (WHERE due > ?2 AND receives = 0),
       min(sent_at) FILTER (WHERE due <= ?2)
FROM messages WHERE queue = ?1 AND due IS NOT NULL
"""
DEAD_LETTERS = """
SELECT * FROM (SELECT id, group_name, cost FROM messages
               WHERE queue = ?1 AND due IS NULL ORDER BY tag, sent_at, id LIMIT ?2)
UNION ALL
SELECT * FROM (SELECT id, group_name, cost FROM messages
               WHERE queue = ?1 AND due IS NOT NULL
               ORDER BY due, receives, sent_at, id LIMIT ?2)
LIMIT ?2
"""
