# Reads a calendar as ruby-icalendar understands it and prints its events' texts as JSON.
#
#     ruby read_calendar.rb FILE.ics      (Debian: ruby-icalendar)
#
# [{"uid", "sequence", "start", "summary", "description", "location"}, ...], instants in UTC.

require 'stringio'
require 'icalendar'
require 'json'

calendars = Icalendar::Calendar.parse(File.read(ARGV[0], encoding: 'UTF-8'))
abort 'ruby-icalendar finds no calendar' if calendars.empty?
events = calendars.flat_map(&:events).map do |event|
  { uid: event.uid.to_s, sequence: event.sequence.to_i, start: event.dtstart.to_time.utc.strftime('%Y-%m-%dT%H:%M:%SZ'),
    summary: event.summary.to_s, description: event.description.to_s, location: event.location.to_s }
end
puts JSON.generate(events)
