#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Python's zoneinfo says of the same zone data, one question with its answer a line.

offset ZONE INSTANT SECONDS          the zone's offset then
local ZONE Y M D H MIN S INSTANT     the first instant at which the clock shows that or later
hours ZONE LINES EXCEPTS INSTANT B   whether weekly hours hold; LINES day:start:end,… and EXCEPTS
                                     first:last,… (day numbers), "-" for none
"""
import datetime
import random
import zoneinfo

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
DAY = 86400
ZONES = """UTC Etc/GMT+8 Etc/GMT-14 Europe/Berlin Europe/Dublin Europe/London America/New_York
America/Sao_Paulo America/St_Johns America/Santiago America/Nuuk Asia/Shanghai Asia/Tehran
Asia/Kathmandu Asia/Gaza Asia/Jerusalem Africa/Casablanca Africa/Cairo Australia/Lord_Howe
Australia/Sydney Pacific/Apia Pacific/Chatham Antarctica/Troll EST5EDT""".split()
FIRST, LAST = 1577836800, 2429913600  # 2020 … 2046


def local(zone, instant):
    return (EPOCH + datetime.timedelta(seconds=instant)).astimezone(zone)


def offset(zone, instant):
    return int(local(zone, instant).utcoffset().total_seconds())


def changes(zone, first, last):
    """The instants at which the offset changes, with the offsets before and after."""
    for start in range(first, last, 2 * DAY):
        low, high = start, start + 2 * DAY
        before = offset(zone, low)
        if offset(zone, high) == before:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if offset(zone, middle) == before:
                low = middle
            else:
                high = middle
        yield high, before, offset(zone, high)


def zone_lines(name, zone):
    for _ in range(40):
        instant = random.randrange(-3 * 10**9, 2 * 10**10)
        yield f"offset {name} {instant} {offset(zone, instant)}"
    for change, before, after in changes(zone, FIRST, LAST):
        for instant in (change - 1, change, change + 1):
            yield f"offset {name} {instant} {offset(zone, instant)}"
        low, high = change + min(before, after), change + max(before, after)
        for second in (low - 1, low, (low + high) // 2, high - 1, high, high + 1):
            clock = EPOCH + datetime.timedelta(seconds=second)
            first = second - before if second - before < change else max(change, second - after)
            fields = f"{clock.year} {clock.month} {clock.day} {clock.hour} {clock.minute}"
            yield f"local {name} {fields} {clock.second} {first}"


def holds(zone, lines, excepts, instant):
    clock = local(zone, instant)
    day = clock.date().toordinal() - EPOCH.date().toordinal()
    minute = clock.hour * 60 + clock.minute
    if any(first <= day <= last for first, last in excepts):
        return False
    for weekday, start, end in lines:
        if start < end:
            if clock.weekday() == weekday and start <= minute < end:
                return True
        elif (clock.weekday() == weekday and minute >= start) or (
            clock.weekday() == (weekday + 1) % 7 and minute < end
        ):
            return True
    return False


def hours_lines(name, zone):
    edges = [0, 1, 359, 360, 540, 720, 1020, 1320, 1439, 1440]
    for _ in range(6):
        lines = [
            (random.randrange(7), random.choice(edges[:-1]), random.choice(edges))
            for _ in range(random.randrange(1, 8))
        ]
        today = random.randrange(FIRST, LAST) // DAY
        starts = [today + random.randrange(-20, 20) for _ in range(random.randrange(3))]
        excepts = [(first, first + random.randrange(4)) for first in starts]
        of_lines = ",".join(f"{d}:{s}:{e}" for d, s, e in lines)
        of_excepts = ",".join(f"{f}:{l}" for f, l in excepts) or "-"
        for _ in range(60):
            instant = (today + random.randrange(-25, 25)) * DAY + random.randrange(DAY)
            if random.random() < 0.5:
                # To the edge of a range, or a second before it.
                clock = local(zone, instant)
                minute = random.choice(edges) - clock.hour * 60 - clock.minute
                instant += minute * 60 - clock.second - random.randrange(2)
            answer = int(holds(zone, lines, excepts, instant))
            yield f"hours {name} {of_lines} {of_excepts} {instant} {answer}"


def main():
    random.seed(5228)
    for name in ZONES:
        zone = zoneinfo.ZoneInfo(name)
        for line in zone_lines(name, zone):
            print(line)
        for line in hours_lines(name, zone):
            print(line)


main()
