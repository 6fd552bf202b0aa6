//! Feeds the importer of her other calendars with spoilt files for as long as it is told to:
//! `cargo run --release -p booking --example fuzz_busy -- SECONDS [SEED]`.
//!
//! Three kinds of input: files made of the grammar's own words in wrong places, the worked examples of `tests/examples/busy` spoilt
//! byte by byte and line by line, and pieces of either repeated up to a megabyte. Of each it demands what the tests beside the importer
//! demand: no panic, a well-formed answer or a refusal, and never more than two seconds for a megabyte. The first input that breaks a
//! promise is kept beside the working folder and ends the run; the same seed makes the same inputs.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant as Stopwatch};

use booking::calendar::busy::busy;
use kernel::instant::Instant;
use kernel::zone::Zone;

/// What a megabyte may take.
const LIMIT: Duration = Duration::from_secs(2);
const MEGABYTE: usize = 1 << 20;
/// Every so many inputs one is blown up to a megabyte.
const BLOWN_UP: u64 = 40;
const ZONES: [&str; 4] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
];

/// Words that calendars are made of, and some that break them.
const WORDS: &[&str] = &[
    "BEGIN:VEVENT\r\n",
    "END:VEVENT\r\n",
    "BEGIN:VCALENDAR\r\n",
    "END:VCALENDAR\r\n",
    "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:DAYLIGHT\r\nDTSTART:20000326T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n",
    "BEGIN:VFREEBUSY\r\nFREEBUSY:20270105T000000Z/PT1H\r\nEND:VFREEBUSY\r\n",
    "BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n",
    "UID:x\r\n",
    "SEQUENCE:3\r\n",
    "STATUS:CANCELLED\r\n",
    "TRANSP:TRANSPARENT\r\n",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:",
    "RECURRENCE-ID:",
    "EXDATE;TZID=Own:",
    "RDATE;VALUE=PERIOD:",
    "RRULE:FREQ=SECONDLY\r\n",
    "RRULE:FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYSETPOS=-1\r\n",
    "RRULE:FREQ=MINUTELY;BYHOUR=2;COUNT=2147483647\r\n",
    "EXRULE:FREQ=DAILY\r\n",
    "DURATION:-P9999999999999W\r\n",
    "DURATION:P1DT25H\r\n",
    "DTSTART:00000101T000000\r\n",
    "DTSTART;TZID=Own:99991231T235959\r\n",
    "DTEND;VALUE=DATE:20270301\r\n",
    "TZID=W. Europe Standard Time",
    "20270328T023000",
    "20271031T023000Z",
    "20270229",
    "16010101T000000",
    "/PT1H",
    ";INTERVAL=4294967295",
    ";UNTIL=20280101",
    ",",
    ";",
    ":",
    "\"",
    "\r\n ",
    "\n\t",
    "\r",
    "\0",
    "\u{feff}",
    "🤱",
    "-",
    "+1400",
];

/// `SplitMix64`: a run is repeated by its seed alone.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`, which is not zero.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end.max(1) as u64).unwrap_or(0)
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    fn number(&mut self) -> i64 {
        match self.below(5) {
            0 => i64::try_from(self.below(4)).unwrap_or(0),
            1 => i64::try_from(self.below(60)).unwrap_or(0) - 30,
            2 => i64::try_from(self.below(800)).unwrap_or(0) - 400,
            3 => i64::from(u32::MAX) - i64::try_from(self.below(2)).unwrap_or(0),
            _ => 1,
        }
    }
}

fn stamp(dice: &mut Dice) -> String {
    let year = dice.one::<str>(&["2027", "2027", "2027", "2026", "2000", "0001", "9999", "1601"]);
    let time = dice.one::<str>(&[
        "", "T000000", "T023000", "T090000", "T090000Z", "T235959Z", "T240000", "Z",
    ]);
    format!("{year}{:02}{:02}{time}", 1 + dice.below(12), 1 + dice.below(31))
}

fn rule(dice: &mut Dice) -> String {
    let mut text = format!(
        "FREQ={}",
        dice.one::<str>(&[
            "YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY", "NEVER"
        ])
    );
    for _ in 0..dice.below(5) {
        let part = dice.one::<str>(&[
            "BYMONTHDAY",
            "BYYEARDAY",
            "BYWEEKNO",
            "BYMONTH",
            "BYSETPOS",
            "BYHOUR",
            "BYMINUTE",
            "BYSECOND",
            "INTERVAL",
            "COUNT",
            "UNTIL",
            "BYDAY",
            "WKST",
        ]);
        let value = match part {
            "UNTIL" => stamp(dice),
            "WKST" => dice.one::<str>(&["SU", "MO", "XX"]).to_owned(),
            "BYDAY" => dice
                .one::<str>(&["MO", "-1FR,2TU", "53SU", "MO,TU,WE,TH,FR,SA,SU", "0MO"])
                .to_owned(),
            _ => (0..=dice.below(3))
                .map(|_| dice.number().to_string())
                .collect::<Vec<_>>()
                .join(","),
        };
        let _ = write!(text, ";{part}={value}");
    }
    text
}

fn line(dice: &mut Dice) -> String {
    match dice.below(12) {
        0..=5 => {
            let name = dice.one::<str>(&[
                "DTSTART",
                "DTSTART",
                "DTEND",
                "EXDATE",
                "RDATE",
                "RECURRENCE-ID",
                "RECURRENCE-ID;RANGE=THISANDFUTURE",
            ]);
            let zone = dice.one::<str>(&[
                "",
                "",
                ";TZID=Europe/Berlin",
                ";TZID=Own",
                ";TZID=\"Pacific/Apia\"",
                ";VALUE=DATE",
                ";TZID=Nowhere",
            ]);
            format!("{name}{zone}:{}\r\n", stamp(dice))
        }
        6 | 7 => format!("RRULE:{}\r\n", rule(dice)),
        8 => format!("EXRULE:{}\r\n", rule(dice)),
        9 => format!("DURATION:P{}DT{}H\r\n", dice.number(), dice.number()),
        _ => format!("{}\r\n", dice.one::<str>(WORDS)),
    }
}

fn made(dice: &mut Dice) -> Vec<u8> {
    let mut file = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");
    if dice.below(2) == 0 {
        let _ = write!(
            file,
            "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:{}\r\nTZOFFSETFROM:{}\r\nTZOFFSETTO:+0200\r\nRRULE:{}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
            stamp(dice),
            dice.one::<str>(&["+0100", "-2359", "+9900", "", "+013015"]),
            rule(dice)
        );
    }
    for _ in 0..dice.below(6) {
        let _ = write!(file, "BEGIN:VEVENT\r\nUID:{}\r\n", dice.below(3));
        for _ in 0..dice.below(9) {
            file.push_str(&line(dice));
        }
        file.push_str("END:VEVENT\r\n");
    }
    file.push_str("END:VCALENDAR\r\n");
    file.into_bytes()
}

fn spoilt(dice: &mut Dice, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut file = corpus[dice.below(corpus.len())].clone();
    for _ in 0..=dice.below(8) {
        let at = dice.below(file.len() + 1);
        match dice.below(7) {
            0 if at < file.len() => file[at] = dice.roll().to_le_bytes()[0],
            1 => file.truncate(at),
            2 => {
                let word = dice.one::<str>(WORDS).as_bytes();
                file.splice(at..at, word.iter().copied());
            }
            3 => {
                let end = (at + dice.below(200)).min(file.len());
                file.drain(at..end);
            }
            4 => {
                let end = (at + dice.below(400)).min(file.len());
                let piece = file[at..end].to_vec();
                let to = dice.below(file.len() + 1);
                file.splice(to..to, piece);
            }
            5 => {
                let other = &corpus[dice.below(corpus.len())];
                let from = dice.below(other.len() + 1);
                let end = (from + dice.below(600)).min(other.len());
                file.splice(at..at, other[from..end].iter().copied());
            }
            _ => {
                let text = line(dice);
                file.splice(at..at, text.into_bytes());
            }
        }
    }
    file
}

/// A file with one of its pieces repeated until it is a megabyte.
fn blown_up(dice: &mut Dice, file: &[u8]) -> Vec<u8> {
    if file.is_empty() {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(file).into_owned();
    // A whole event, a line, or any bytes.
    let (from, until) = match (dice.below(3), text.find("BEGIN:VEVENT"), text.find("END:VEVENT")) {
        (0, Some(from), Some(end)) if from < end => (from, (end + "END:VEVENT\r\n".len()).min(text.len())),
        (1, ..) => {
            let at = dice.below(file.len());
            let end = file[at..]
                .iter()
                .position(|b| *b == b'\n')
                .map_or(file.len(), |n| at + n + 1);
            let from = file[..at].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
            (from, end)
        }
        _ => {
            let at = dice.below(file.len());
            (at, (at + 1 + dice.below(300)).min(file.len()))
        }
    };
    let (from, until) = (from.min(file.len()), until.min(file.len()));
    let piece = &file[from..until];
    let mut out = file[..from].to_vec();
    let mut n = 0u64;
    let own_uid = dice.below(2) == 0;
    while !piece.is_empty() && out.len() < MEGABYTE {
        n += 1;
        out.extend_from_slice(piece);
        // Each a series of its own.
        if own_uid && piece.starts_with(b"BEGIN:VEVENT") {
            let at = out.len() - piece.len() + "BEGIN:VEVENT\r\n".len().min(piece.len());
            out.splice(at..at, format!("UID:{n}\r\n").into_bytes());
        }
    }
    out.extend_from_slice(&file[until..]);
    out
}

/// The processor's time that this thread has used, where the system tells: others may have the processor for seconds.
fn used() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split_whitespace().next().and_then(|text| text.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

/// How long the answer took, or the promise that was broken.
fn ask(file: &[u8], zone: &Zone, window: (Instant, Instant)) -> Result<Duration, String> {
    let megabytes = u32::try_from(file.len().div_ceil(MEGABYTE)).unwrap_or(u32::MAX);
    let limit = LIMIT * megabytes.max(1);
    let began = used();
    let answer = catch_unwind(|| busy(file, window.0, window.1, zone)).map_err(|_| "panicked")?;
    let took = used().saturating_sub(began);
    if took > limit {
        return Err(format!("took {took:?}"));
    }
    if let Ok(answer) = answer {
        let inside = answer
            .busy
            .iter()
            .all(|(from, until)| window.0 <= *from && from < until && *until <= window.1);
        if !inside || answer.busy.windows(2).any(|two| two[0].1 >= two[1].0) || answer.warnings.len() > 51 {
            return Err("gave an answer that is not well-formed".to_owned());
        }
    }
    Ok(took)
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().map_or(Ok(60), |text| text.parse())?;
    let seed: u64 = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/examples/busy/cases");
    let mut paths: Vec<_> = fs::read_dir(cases)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    let corpus: Vec<Vec<u8>> = paths.iter().map(fs::read).collect::<Result<_, _>>()?;
    let zones: Vec<Zone> = ZONES.iter().map(|name| Zone::named(name)).collect::<Result<_, _>>()?;
    let window = ("2027-01-01T00:00:00Z".parse()?, "2028-01-01T00:00:00Z".parse()?);
    let (began, until) = (Stopwatch::now(), Duration::from_secs(seconds));
    let (mut runs, mut bytes, mut megabytes, mut slowest) = (0u64, 0usize, 0u64, (Duration::ZERO, 0usize));
    while began.elapsed() < until {
        let mut dice = Dice(seed ^ runs.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let mut file = if dice.below(2) == 0 {
            made(&mut dice)
        } else {
            spoilt(&mut dice, &corpus)
        };
        if runs.is_multiple_of(BLOWN_UP) {
            file = blown_up(&mut dice, &file);
            megabytes += u64::from(file.len() >= MEGABYTE);
        }
        let zone = &zones[dice.below(zones.len())];
        match ask(&file, zone, window) {
            Ok(took) if took > slowest.0 => slowest = (took, file.len()),
            Ok(_) => {}
            Err(why) => {
                let kept = format!("fuzz-{seed}-{runs}.ics");
                fs::write(&kept, &file)?;
                eprintln!("run {runs} of seed {seed} ({zone}) {why}: {kept}");
                return Ok(ExitCode::FAILURE);
            }
        }
        runs += 1;
        bytes += file.len();
    }
    println!(
        "seed {seed}: {runs} inputs, {} MB, {megabytes} of a megabyte or more, in {:?}; the slowest took {:?} for {} bytes; no promise broken",
        bytes / MEGABYTE,
        began.elapsed(),
        slowest.0,
        slowest.1
    );
    Ok(ExitCode::SUCCESS)
}
