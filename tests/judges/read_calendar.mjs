// Reads a calendar as ical.js understands it and prints its events' texts as JSON.
//
//     node read_calendar.mjs ICAL_JS FILE.ics
//
// ICAL_JS is the package's module. [{"uid", "sequence", "start", "summary", "description", "location"}, ...], instants in UTC.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [, , module, file] = process.argv;
const { default: ICAL } = await import(pathToFileURL(module));
const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, 'utf8')));
const text = (event, name) => event.getFirstPropertyValue(name) ?? '';
const events = calendar.getAllSubcomponents('vevent').map((event) => ({
  uid: text(event, 'uid'),
  sequence: text(event, 'sequence'),
  start: text(event, 'dtstart').toJSDate().toISOString().replace('.000Z', 'Z'),
  summary: text(event, 'summary'),
  description: text(event, 'description'),
  location: text(event, 'location'),
}));
console.log(JSON.stringify(events));
