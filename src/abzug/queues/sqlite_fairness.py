"""Start-time fair queueing between the groups of a queue, in SQL.

Source: Goyal, Vin, Cheng, "Start-time Fair Queueing", SIGCOMM 1996. A message that becomes ready
gets the start tag max(virtual time, finish tag of its group), and start tag + cost is the group's
new finish tag. The lowest start tag is served first. So while groups wait each gets the same
share of cost, and a newcomer comes before all but one message of every other group, whatever
their backlogs and its own cost.

The virtual time is where service has come to. The paper takes the start tag of the message in
service, Golestani ("A Self-Clocked Fair Queueing Scheme", INFOCOM 1994) its finish tag. With the
first, an endless line of newcomers with one message each would all get the same tag, and a
backlog would starve behind them; with the second, a newcomer would wait for as much of the others
as the message in service costs. Here it is a sixteenth of the way from the one to the other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

WAY = 16
"""The virtual time is start tag + cost / WAY of the message served last."""

ARRIVE = """
INSERT INTO groups (queue, name, returned, finish)
VALUES (?1, ?2, ?3, (SELECT virtual_time FROM queues WHERE id = ?1) + ?4)
ON CONFLICT DO UPDATE SET finish = max(finish + ?4, excluded.finish)
RETURNING finish - ?4, NOT EXISTS (SELECT 1 FROM messages WHERE queue = ?1 AND due IS NULL)
"""
ANY_READY = "SELECT EXISTS (SELECT 1 FROM messages WHERE queue = ? AND due IS NULL)"
ADVANCE = "UPDATE queues SET virtual_time = ?1 WHERE id = ?2 AND virtual_time < ?1"
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


def served(
    sql: sqlite3.Connection, queue: int, messages: Iterable[tuple[int, int]], *, tidy: bool
) -> None:
    """Advance the virtual time after messages were served, each given as (start tag, cost).

    With `tidy` also drop the groups whose finish tags it has passed, as they are like new ones;
    that reads all groups, so it is for now and then.
    """
    if not sql.execute(ANY_READY, (queue,)).fetchone()[0]:
        # nobody waits, so nobody owes: a new busy period begins
        sql.execute(FORGET_ALL, (queue,))
        return
    reached = max(tag + cost // WAY for tag, cost in messages)
    sql.execute(ADVANCE, (reached, queue))
    if tidy:
        sql.execute(FORGET_PAID, (queue, reached))
