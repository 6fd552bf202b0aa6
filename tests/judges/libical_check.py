"""Judges a calendar by libical: its parser, and its tables of what RFC 5546 allows for each method. Exit 0 when it finds no fault.

    /usr/bin/python3 libical_check.py FILE.ics      (Debian: python3-gi gir1.2-ical-3.0)
"""

import sys

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402  (the version has to be chosen first)


def faults(component):
    found = component.get_first_property(ICalGLib.PropertyKind.XLICERROR_PROPERTY)
    while found:
        yield found.get_value_as_string()
        found = component.get_next_property(ICalGLib.PropertyKind.XLICERROR_PROPERTY)
    inner = component.get_first_component(ICalGLib.ComponentKind.ANY_COMPONENT)
    while inner:
        yield from faults(inner)
        inner = component.get_next_component(ICalGLib.ComponentKind.ANY_COMPONENT)


calendar = ICalGLib.Component.new_from_string(open(sys.argv[1], encoding="utf-8").read())
if calendar is None:
    sys.exit("libical cannot parse it")
allowed = ICalGLib.restriction_check(calendar)
if calendar.count_errors() or not allowed:
    sys.exit("libical objects: " + ("; ".join(faults(calendar)) or "its tables do not allow it"))
print("OK")
