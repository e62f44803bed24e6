# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random windows and hours: the routes that are active at an instant are those that the manual says, worked out here
once more with Python's own time zones. The seed is in the case's name; TAMIS_RANDOM_TIMES says how many policies
there are (default 4, each with some 60 routes and 25 instants)."""

import datetime
import json
import os
import random
import zoneinfo

from kinds import Case, Failure

POLICIES = int(os.environ.get("TAMIS_RANDOM_TIMES", "4"))
FIRST = int(os.environ.get("TAMIS_RANDOM_SEED", "1"))
INSTANTS, N_HOURS, N_WINDOWS = 25, 12, 40
YEAR = 2027
UTC = datetime.timezone.utc
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "Asia/Shanghai",
         "America/St_Johns", "Pacific/Apia")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHANGES = [datetime.date(YEAR, month, day) for month, day in ((3, 14), (3, 28), (4, 4), (10, 3), (10, 31), (11, 7))]


def instant_of(local, zone):
    """Of an hour that the clock repeats the first is meant, for one that it skips the moment of the change."""
    instant = local.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    before, after = (int(instant.timestamp()) + hours * 3600 for hours in (-30, 30))
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.datetime.fromtimestamp(middle, zone).replace(tzinfo=None) < local:
            before = middle
        else:
            after = middle
    return datetime.datetime.fromtimestamp(after, UTC)


def clock(minute):
    return f"{minute // 60:02}:{minute % 60:02}"


class Hours:
    """The text of an `hours` block, and when it holds."""

    def __init__(self, rng, zone):
        self.ranges, self.closed, lines = [], [], []
        for _ in range(rng.randint(1, 3)):
            name, days = self.days(rng)
            ranges = [self.range(rng) for _ in range(rng.randint(1, 2))]
            self.ranges += [(day, *times) for day in days for times in ranges]
            lines.append(f"{name} {', '.join(f'{clock(start)}-{clock(end)}' for start, end in ranges)};")
        for _ in range(rng.choice([0, 0, 1, 2])):
            first = datetime.date(YEAR, 1, 1) + datetime.timedelta(days=rng.randrange(360))
            last = first + datetime.timedelta(days=rng.choice([0, 0, 1, 5]))
            self.closed.append((first, last))
            lines.append(f"except {first}{'' if first == last else f'..{last}'};")
        if rng.random() < .4:
            zone = rng.choice(ZONES)
            lines.append(f"timezone {zone};")
        self.zone = zoneinfo.ZoneInfo(zone)
        self.text = " ".join(lines)

    @staticmethod
    def days(rng):
        if rng.random() < .25:
            return "daily", range(7)
        first = rng.randrange(7)
        days = [(first + n) % 7 for n in range(rng.choice([1, 1, 2, 5, 6]))]
        return DAYS[first] if len(days) == 1 else f"{DAYS[first]}-{DAYS[days[-1]]}", days

    @staticmethod
    def range(rng):
        start = rng.choice([0, 60, 540, 720, 1320, rng.randrange(1440)])
        end = rng.choice([360, 1020, 1440, rng.randrange(1, 1441)])
        return (start, end) if start != end else (start, 1440)

    def holds(self, instant):
        local = instant.astimezone(self.zone)
        minute, day = local.hour * 60 + local.minute, local.weekday()
        if any(first <= local.date() <= last for first, last in self.closed):
            return False
        return any(start <= minute < end if day == on and start < end else
                   end <= start and (day == on and minute >= start or day == (on + 1) % 7 and minute < end)
                   for on, start, end in self.ranges)


class Window:
    """`starting … until …`, and when it holds."""

    def __init__(self, rng, zone):
        self.rng, self.zone = rng, zoneinfo.ZoneInfo(zone)
        start, self.start = self.bound(0) if rng.random() < .7 else ("", None)
        until, self.end = self.bound(1) if rng.random() < .7 else ("", None)
        self.text = (f" starting {start}" if start else "") + (f" until {until}" if until else "")
        self.is_empty = self.start is not None and self.end is not None and self.start >= self.end

    def bound(self, days_more):
        """A day lasts to its end in the policy's zone; an instant ends there, and takes hours."""
        rng, day = self.rng, datetime.date(YEAR, 1, 1) + datetime.timedelta(days=self.rng.randrange(360))
        if rng.random() < .45:
            shift = rng.choice([0, 0, 3, -3, 30])
            moved = day + datetime.timedelta(days=shift + days_more)
            midnight = datetime.datetime.combine(moved, datetime.time())
            return f"{day}{self.shift(shift, 'days')}", instant_of(midnight, self.zone)
        time = datetime.time(rng.randrange(24), rng.randrange(60))
        if rng.random() < .3:
            day, time = rng.choice(CHANGES), datetime.time(rng.choice([1, 2, 3]), rng.choice([0, 15, 30, 45]))
        local = datetime.datetime.combine(day, time)
        offset, instant = rng.choice([("", instant_of(local, self.zone)), ("", instant_of(local, self.zone)),
                                      ("Z", local.replace(tzinfo=UTC)),
                                      ("+05:30", datetime.datetime.fromisoformat(f"{local.isoformat()}+05:30"))])
        shift = rng.choice([0, 0, 1, -5, 48])
        return (f"{day}{rng.choice(' T')}{time:%H:%M}{offset}{self.shift(shift, 'hours')}",
                instant + datetime.timedelta(hours=shift))

    @staticmethod
    def shift(number, unit):
        return "" if number == 0 else f" {'+' if number > 0 else '-'} {abs(number)} {unit}"

    def holds(self, instant):
        return (self.start is None or self.start <= instant) and (self.end is None or instant < self.end)


def instants(rng):
    """Half of them at an edge, of an hour or of a clock's change."""
    for n in range(INSTANTS):
        instant = datetime.datetime(YEAR, 1, 1, tzinfo=UTC) + datetime.timedelta(seconds=rng.randrange(360 * 86400))
        if n % 4 == 1:
            instant = datetime.datetime.combine(rng.choice(CHANGES), instant.time(), UTC)
        yield instant.replace(minute=rng.choice([0, 29, 30, 59]), second=rng.choice([0, 59])) if n % 2 else instant


def check(context, seed):
    rng = random.Random(seed)
    zone = rng.choice(ZONES)
    hours = [Hours(rng, zone) for _ in range(N_HOURS)]
    routes = [(f" when now{' not' if negated else ''} in h{n}", lambda t, h=each, no=negated: h.holds(t) != no)
              for n, each in enumerate(hours) for negated in (False, True)]
    windows = (Window(rng, zone) for _ in range(N_WINDOWS))
    routes += [(window.text, window.holds) for window in windows if not window.is_empty]
    policy = context.folder() / "policy.tamis"
    policy.write_text(f"organization {{ domains acme.example; timezone {zone}; }}\n" +
                      "".join(f"hours h{n} {{ {each.text} }}\n" for n, each in enumerate(hours)) +
                      "mailbox a@acme.example {\n" +
                      "".join(f'    route r{n}{text} {{ mark "X-Active: {n}"; }}\n' for n, (text, _) in enumerate(routes)) +
                      "}\n")
    for instant in instants(rng):
        output = context.tamis("explain", policy, "--to", "a@acme.example", "--at", f"{instant:%Y-%m-%dT%H:%M:%SZ}",
                               "--format", "json")
        if output.status != 0:
            raise Failure(output.err)
        actions = json.loads(output.out)["deliveries"][0]["actions"]
        active = {int(action["value"]) for action in actions if action["action"] == "mark"}
        expected = {n for n, (_, holds) in enumerate(routes) if holds(instant)}
        if active != expected:
            wrong = sorted(active ^ expected)
            raise Failure(f"{policy.read_text()}\nat {instant}: wrongly active or not: {wrong}")


def discover(tests):
    return [Case(f"times/seed-{seed}", lambda context, seed=seed: check(context, seed))
            for seed in range(FIRST, FIRST + POLICIES)]
