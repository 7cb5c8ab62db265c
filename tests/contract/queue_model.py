"""The embedded queue as a simple model: lists and dictionaries, and the rules word for word."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count


@dataclass
class Letter:
    """due: None is ready. given_back: it was not its lease that ran out."""

    body: str
    group: str
    cost: float
    sent_at: float
    number: int
    tag: float = 0.0
    due: float | None = None
    given_back: bool = False
    receives: int = 0
    handle: str | None = None


@dataclass
class Line:
    """One queue: its messages and the tags of start-time fair queueing."""

    letters: list[Letter] = field(default_factory=list)
    virtual_time: float = 0.0
    finish: dict[tuple[str, bool], float] = field(default_factory=dict)
    expired_leases: int = 0

    def arrive(self, letter: Letter, *, returned: bool) -> None:
        flow = (letter.group, returned)
        letter.tag = max(self.virtual_time, self.finish.get(flow, 0.0))
        self.finish[flow] = letter.tag + letter.cost
        letter.due = None

    def ready(self) -> list[Letter]:
        letters = [letter for letter in self.letters if letter.due is None]
        return sorted(letters, key=lambda letter: (letter.tag, letter.sent_at, letter.number))

    def overdue(self, now: float) -> list[Letter]:
        letters = [x for x in self.letters if x.due is not None and x.due <= now]
        return sorted(
            letters,
            key=lambda x: (0 if x.given_back else x.due, x.receives, x.sent_at, x.number),
        )


class Model:
    def __init__(self, max_receives: int) -> None:
        self.max_receives = max_receives
        self.source, self.dead = Line(), Line()
        self._numbers = count()

    def send(self, now: float, body: str, group: str, cost: float, delay: float) -> None:
        letter = Letter(body, group, cost, now, next(self._numbers))
        if delay:
            letter.due = now + delay
        else:
            self.source.arrive(letter, returned=False)
        self.source.letters.append(letter)

    def sweep(self, now: float, line: Line) -> None:
        """What whoever looks at `line` does first."""
        for letter in self.source.overdue(now):
            self.source.expired_leases += letter.receives > 0 and not letter.given_back
            if letter.receives >= self.max_receives:
                self.source.letters.remove(letter)
                self.dead.letters.append(letter)
                letter.handle = None
                self.dead.arrive(letter, returned=False)
            else:
                self.source.arrive(letter, returned=letter.receives > 0)
        if line is self.dead:
            for letter in self.dead.overdue(now):
                self.dead.expired_leases += not letter.given_back
                self.dead.arrive(letter, returned=True)

    def receive(self, now: float, line: Line, most: int, visibility: float) -> list[Letter]:
        self.sweep(now, line)
        ready = line.ready()
        served = ready[:most]
        for letter in served:
            letter.due, letter.given_back = now + visibility, False
            letter.receives += 1
        if served and served == ready:
            line.finish.clear()
        elif served:
            reached = max(letter.tag + letter.cost / 16 for letter in served)
            line.virtual_time = max(line.virtual_time, reached)
        return served

    def delete(self, line: Line, handle: str) -> bool:
        for letter in line.letters:
            if letter.handle == handle:
                line.letters.remove(letter)
                return True
        return False

    def change(self, now: float, line: Line, handle: str, seconds: float) -> bool:
        for letter in line.letters:
            if letter.handle == handle and letter.due is not None and letter.due > now:
                letter.due, letter.given_back = now + seconds, seconds == 0
                return True
        return False

    def redrive(self, most: int) -> int:
        waiting = [letter for letter in self.dead.letters if letter.due is not None]
        waiting.sort(key=lambda x: (0 if x.given_back else x.due, x.receives, x.sent_at, x.number))
        moved = (self.dead.ready() + waiting)[:most]
        for letter in moved:
            self.dead.letters.remove(letter)
            self.source.letters.append(letter)
            letter.handle, letter.receives, letter.given_back = None, 0, False
            self.source.arrive(letter, returned=False)
        return len(moved)

    def depth(self, now: float, line: Line) -> tuple[int, int, int]:
        self.sweep(now, line)
        hidden = [letter for letter in line.letters if letter.due is not None and letter.due > now]
        in_flight = sum(letter.receives > 0 for letter in hidden)
        return len(line.letters) - len(hidden), in_flight, len(hidden) - in_flight
