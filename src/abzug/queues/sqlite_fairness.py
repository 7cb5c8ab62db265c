"""Start-time fair queueing between the groups of a queue, in SQL.

Source: Goyal, Vin, Cheng, "Start-time Fair Queueing", SIGCOMM 1996. A message that becomes ready
gets the start tag max(virtual time, finish tag of its group), and start tag + cost is the group's
new finish tag. The lowest start tag is served first and becomes the virtual time. So while groups
wait each gets the same share of cost, and a newcomer's tag is the virtual time itself: it comes
before all but one message of every other group, whatever their backlogs and its own cost.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

ARRIVE = """
INSERT INTO groups (queue, name, returned, finish)
VALUES (?1, ?2, ?3, (SELECT virtual_time FROM queues WHERE id = ?1) + ?4)
ON CONFLICT DO UPDATE SET finish = max(finish + ?4, excluded.finish)
RETURNING finish - ?4, NOT EXISTS (SELECT 1 FROM messages WHERE queue = ?1 AND due IS NULL)
"""
SERVED = "UPDATE queues SET virtual_time = ?1 WHERE id = ?2 AND virtual_time < ?1"
FORGET_ALL = "DELETE FROM groups WHERE queue = ?"
FORGET_PAID = "DELETE FROM groups WHERE queue = ? AND finish <= ?"


class Arrival(NamedTuple):
    """tag: the message's start tag. first: no other message was ready."""

    tag: int
    first: bool


def arrive(
    sql: sqlite3.Connection, queue: int, group: str, cost: int, *, returned: bool = False
) -> Arrival:
    """Line one message up behind its group, before it is made ready.

    What comes back after a delivery has a line of its own beside its group's backlog. Behind
    the backlog a retry would wait for all of it; at its old place thousands that come back
    together, after an outage of the store, would go before everybody else's.
    """
    tag, first = sql.execute(ARRIVE, (queue, group, returned, cost)).fetchone()
    return Arrival(tag, bool(first))


def served(sql: sqlite3.Connection, queue: int, tag: int) -> None:
    """Advance the virtual time to the highest start tag served."""
    sql.execute(SERVED, (tag, queue))


def forget_all(sql: sqlite3.Connection, queue: int) -> None:
    """Nobody waits, so nobody owes: a new busy period begins."""
    sql.execute(FORGET_ALL, (queue,))


def forget_paid(sql: sqlite3.Connection, queue: int, tag: int) -> None:
    """Drop the groups whose finish tags the virtual time has passed: they are like new ones."""
    sql.execute(FORGET_PAID, (queue, tag))
