//! Lines of values parted by commas (RFC 4180), read one record at a time: bounded memory, and garbage costs its own lines only.
//!
//! A file of UTF-8, with or without its mark at the front. Semicolons and tabs part values too when the first line says so, as
//! spreadsheets write them. A quote that is never closed breaks the line it began on, not the rest of the file.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read as _, Seek, SeekFrom};

/// A line of the file by its number, or why it cannot be one.
type Line = (Place, Result<Vec<u8>, Broken>);

/// The longest record, in bytes.
const LONGEST: usize = 64 * 1024;
/// The most lines that one record may reach over.
const LINES: usize = 20;

/// Where a line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Bytes before it.
    pub at: u64,
    /// Lines before it.
    pub line: u64,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The number of its first line, from 1.
    pub line: u64,
    /// Its values, or what is wrong with it.
    pub values: Result<Vec<String>, Broken>,
    /// The bytes of its first line when it is broken, as far as they were kept.
    pub raw: Vec<u8>,
}

/// Why a line is no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    TooLong,
    Quote,
    NotUtf8,
}

/// Why a file is none that can be read.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// The system.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    /// Two bytes a character.
    #[error("the file is written in UTF-16: save it as CSV in UTF-8 (in a spreadsheet, \"CSV UTF-8\")")]
    Utf16,
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// No table.
    #[error("the first line is no list of column names")]
    Header,
}

/// Reads records.
pub(super) struct Reader<R> {
    source: R,
    /// Lines that were looked at and not used, with their numbers.
    ahead: VecDeque<Line>,
    line: u64,
    mark: u8,
    /// Bytes read so far.
    read: u64,
}

impl<R: BufRead> Reader<R> {
    /// Reads the first line, which names the columns.
    pub fn new(source: R) -> Result<(Self, Vec<String>), CsvError> {
        let mut reader = Self {
            source,
            ahead: VecDeque::new(),
            line: 0,
            mark: b',',
            read: 0,
        };
        let start = reader.source.fill_buf()?;
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
            return Err(CsvError::Utf16);
        }
        if start.starts_with(&[0xef, 0xbb, 0xbf]) {
            reader.source.consume(3);
            reader.read += 3;
        }
        let Some((place, line)) = reader.next_line()? else {
            return Err(CsvError::Empty);
        };
        let line = line.map_err(|_| CsvError::Header)?;
        let count = |mark: u8| line.split(|&b| b == mark).count();
        reader.mark = [b';', b'\t']
            .into_iter()
            .fold(b',', |best, mark| if count(mark) > count(best) { mark } else { best });
        reader.ahead.push_front((place, Ok(line)));
        match reader.next()?.map(|r| r.values) {
            Some(Ok(names)) => Ok((reader, names)),
            _ => Err(CsvError::Header),
        }
    }

    /// Where the next line begins.
    pub fn place(&self) -> Place {
        let here = Place {
            at: self.read,
            line: self.line,
        };
        self.ahead.front().map_or(here, |&(place, _)| place)
    }

    /// The next record that is not an empty line.
    pub fn next(&mut self) -> io::Result<Option<Record>> {
        loop {
            let Some((place, first)) = self.next_line()? else {
                return Ok(None);
            };
            let line = place.line + 1;
            match first {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) => {
                    let begins = bytes.clone();
                    let values = self.record(bytes)?;
                    let raw = if values.is_ok() { Vec::new() } else { begins };
                    return Ok(Some(Record { line, values, raw }));
                }
                Err(broken) => {
                    return Ok(Some(Record {
                        line,
                        values: Err(broken),
                        raw: Vec::new(),
                    }));
                }
            }
        }
    }

    fn record(&mut self, first: Vec<u8>) -> io::Result<Result<Vec<String>, Broken>> {
        let mut whole = first;
        let mut added = Vec::new();
        while is_open(&whole, self.mark) {
            let next = self.next_line()?;
            let fits = |more: &[u8]| added.len() < LINES && whole.len() + more.len() < LONGEST;
            match next {
                Some((place, Ok(more))) if fits(&more) => {
                    whole.push(b'\n');
                    whole.extend_from_slice(&more);
                    added.push((place, Ok(more)));
                }
                other => {
                    for line in added.into_iter().chain(other).rev() {
                        self.ahead.push_front(line);
                    }
                    return Ok(Err(Broken::Quote));
                }
            }
        }
        Ok(split(&whole, self.mark))
    }

    /// One line without its end; a longer one than allowed is passed over.
    fn next_line(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.ahead.pop_front() {
            return Ok(Some(line));
        }
        let place = self.place();
        let mut bytes = Vec::new();
        let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX);
        let mut read = self.source.by_ref().take(limit).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        self.line += 1;
        let mut too_long = false;
        while read == LONGEST && bytes.last() != Some(&b'\n') {
            too_long = true;
            self.read += u64::try_from(read).unwrap_or(0);
            bytes.clear();
            read = self.source.by_ref().take(limit).read_until(b'\n', &mut bytes)?;
        }
        self.read += u64::try_from(read).unwrap_or(0);
        while matches!(bytes.last(), Some(b'\n' | b'\r')) {
            bytes.pop();
        }
        Ok(Some((place, if too_long { Err(Broken::TooLong) } else { Ok(bytes) })))
    }
}

impl<R: BufRead + Seek> Reader<R> {
    /// Goes on from a place that [`Reader::place`] gave of the same file.
    pub fn go_to(&mut self, place: Place) -> io::Result<()> {
        self.source.seek(SeekFrom::Start(place.at))?;
        self.ahead.clear();
        (self.read, self.line) = (place.at, place.line);
        Ok(())
    }
}

/// Whether a quoted value reaches beyond the end.
fn is_open(bytes: &[u8], mark: u8) -> bool {
    let (mut quoted, mut fresh) = (false, true);
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        if quoted {
            if byte == b'"' {
                if bytes.get(i + 1) == Some(&b'"') {
                    i += 1;
                } else {
                    quoted = false;
                }
            }
        } else if byte == b'"' && fresh {
            quoted = true;
        }
        fresh = !quoted && byte == mark;
        i += 1;
    }
    quoted
}

fn split(bytes: &[u8], mark: u8) -> Result<Vec<String>, Broken> {
    let text = std::str::from_utf8(bytes).map_err(|_| Broken::NotUtf8)?;
    let mark = char::from(mark);
    let (mut values, mut value) = (Vec::new(), String::new());
    let (mut quoted, mut fresh) = (false, true);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted => {
                if chars.peek() == Some(&'"') {
                    chars.next();
                    value.push('"');
                } else {
                    quoted = false;
                }
            }
            '"' if fresh => quoted = true,
            c if c == mark && !quoted => {
                values.push(std::mem::take(&mut value));
                fresh = true;
                continue;
            }
            c => value.push(c),
        }
        fresh = false;
    }
    values.push(value);
    Ok(values)
}

/// One value of a line that is written: quoted when it has to be, and never taken for a formula by a spreadsheet.
pub(crate) fn written(value: &str) -> String {
    let value = if value.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{value}")
    } else {
        value.to_owned()
    };
    if value.contains(['"', ',', ';', '\n', '\r', '\t']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(file: &[u8]) -> Vec<(u64, Result<Vec<String>, Broken>)> {
        let (mut reader, names) = Reader::new(file).unwrap();
        let mut all = vec![(1, Ok(names))];
        while let Some(record) = reader.next().unwrap() {
            all.push((record.line, record.values));
        }
        all
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands beside what was read")]
    fn row(values: &[&str]) -> Result<Vec<String>, Broken> {
        Ok(values.iter().map(|&v| v.to_owned()).collect())
    }

    #[test]
    fn values_are_read_as_spreadsheets_write_them() {
        let file = b"\xef\xbb\xbfemail,name\r\na@x.example,\"Lee, \"\"Ana\"\"\"\r\n\r\nb@x.example,\"two\nlines\"\nc@x.example,5\" tall";
        assert_eq!(
            read(file),
            [
                (1, row(&["email", "name"])),
                (2, row(&["a@x.example", "Lee, \"Ana\""])),
                (4, row(&["b@x.example", "two\nlines"])),
                (6, row(&["c@x.example", "5\" tall"])),
            ]
        );
        assert_eq!(read(b"email;name\na;b\n")[1].1, row(&["a", "b"]));
        assert_eq!(read(b"email\tname\na\tb\n")[1].1, row(&["a", "b"]));
    }

    #[test]
    fn garbage_costs_its_own_lines_only() {
        let mut file = b"email\n\"never closed\n".to_vec();
        for n in 0..30 {
            file.extend(format!("a{n}\n").bytes());
        }
        file.extend(vec![b'x'; 10_000_000]);
        file.extend(b"\n\xff\xfe\nlast\n");
        let all = read(&file);
        assert_eq!(all[1], (2, Err(Broken::Quote)));
        assert_eq!(all.len(), 35);
        assert_eq!(all[2], (3, row(&["a0"])));
        assert_eq!(all[32], (33, Err(Broken::TooLong)));
        assert_eq!(all[33], (34, Err(Broken::NotUtf8)));
        assert_eq!(all[34], (35, row(&["last"])));
    }

    #[test]
    fn a_file_that_is_none_is_refused_kindly() {
        assert!(matches!(Reader::new(&b""[..]).err(), Some(CsvError::Empty)));
        let utf16 = [0xff, 0xfe, b'e', 0];
        assert!(matches!(Reader::new(&utf16[..]).err(), Some(CsvError::Utf16)));
        assert!(matches!(Reader::new(&b"\xff\xf0\n"[..]).err(), Some(CsvError::Header)));
    }

    #[test]
    fn reading_goes_on_from_any_place() {
        let file = b"\xef\xbb\xbfemail,name\r\na,\"x\ny\"\r\n\"never\nb,2\n\nc,3\n";
        let all = read(file);
        let (mut reader, _) = Reader::new(&file[..]).unwrap();
        let mut places = Vec::new();
        loop {
            places.push(reader.place());
            if reader.next().unwrap().is_none() {
                break;
            }
        }
        for (n, &place) in places.iter().enumerate() {
            let (mut again, _) = Reader::new(io::Cursor::new(&file[..])).unwrap();
            again.go_to(place).unwrap();
            let mut rest = Vec::new();
            while let Some(record) = again.next().unwrap() {
                rest.push((record.line, record.values));
            }
            assert_eq!(rest, all[n + 1..], "from {place:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(values in proptest::collection::vec("[a-z \",;\\n\\t]{1,12}", 2..5)) {
            let line: Vec<_> = values.iter().map(|v| written(v)).collect();
            let mut file = b"a,b\n".to_vec();
            file.extend(line.join(",").bytes());
            let (mut reader, _) = Reader::new(&file[..]).unwrap();
            let back = reader.next().unwrap().unwrap().values.unwrap();
            let plain: Vec<_> = values.iter().map(|v| if v.starts_with('\t') { format!("'{v}") } else { v.clone() }).collect();
            prop_assert_eq!(back, plain);
        }

        #[test]
        fn no_file_makes_the_reader_panic(file in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok((mut reader, _)) = Reader::new(&file[..]) {
                while reader.next().unwrap().is_some() {}
            }
        }
    }
}
