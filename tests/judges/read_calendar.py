"""Reads a calendar as python-icalendar understands it and prints what it found as JSON.

    read_calendar.py FILE.ics

{"properties": {…}, "events": [{"uid", "sequence", "start", "end", "summary", …}, …]}: instants in UTC, every other property as text.
"""

import datetime
import json
import sys

import icalendar


def text(value):
    if isinstance(value, list):
        return [text(v) for v in value]
    moment = getattr(value, "dt", None)
    if isinstance(moment, datetime.datetime):
        if moment.tzinfo is None:
            return "floating " + moment.isoformat()
        return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if moment is not None:
        return str(moment)
    if hasattr(value, "to_ical") and not isinstance(value, str):
        return value.to_ical().decode()
    return str(value)


def properties(component):
    found = {}
    for name, value in component.items():
        found[name.lower()] = text(value)
        for key, parameter in getattr(value, "params", {}).items():
            found[f"{name.lower()};{key.lower()}"] = str(parameter)
    return found


def errors(component):
    yield from (f"{component.name}: {error}" for error in getattr(component, "errors", []))
    for inner in component.subcomponents:
        yield from errors(inner)


raw = open(sys.argv[1], "rb").read()
calendar = icalendar.Calendar.from_ical(raw)
lines = raw.split(b"\r\n")
print(
    json.dumps(
        {
            "properties": properties(calendar),
            "events": [properties(event) for event in calendar.walk("VEVENT")],
            "alarms": len(calendar.walk("VALARM")),
            "errors": list(errors(calendar)),
            "longest_line": max(len(line) for line in lines),
            "bare_line_ends": raw.replace(b"\r\n", b"").count(b"\n"),
        }
    )
)
