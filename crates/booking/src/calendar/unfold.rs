//! Bytes to logical lines (RFC 5545, 3.1), before anything is decoded.
//!
//! A fold may stand inside a UTF-8 sequence, so lines are joined as bytes and only then read as text.
//! Line breaks are CRLF, LF, a lone CR or the doubled CR of broken converters; empty lines are dropped,
//! even inside a folded line; bytes that are no UTF-8 become replacement characters, since the
//! timing facts are ASCII.

/// The logical lines, without byte order mark, trailing blanks and empty lines.
pub(super) fn unfold(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for physical in bytes.split(|b| matches!(b, b'\r' | b'\n')) {
        match (physical, lines.last_mut()) {
            ([], _) => {}
            ([b' ' | b'\t', rest @ ..], Some(line)) => line.extend_from_slice(rest),
            (start, _) => lines.push(start.to_vec()),
        }
    }
    lines
        .into_iter()
        .map(|line| String::from_utf8_lossy(&line).trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fold_inside_a_character_is_joined() {
        let folded = "SUMMARY:Gespr\u{e4}ch".as_bytes();
        let at = folded.iter().position(|b| *b == 0xc3).unwrap() + 1;
        let bytes = [&folded[..at], b"\r\n ", &folded[at..], b"\r\n"].concat();
        assert_eq!(unfold(&bytes), ["SUMMARY:Gespr\u{e4}ch"]);
    }

    #[test]
    fn every_line_break_counts_and_blanks_at_folds_stay() {
        let bytes = b"\xEF\xBB\xBFA:1 \r\n  2\nB:3\r\tx\r\r\nC:4\r\r\n 5\n\n\n D\n";
        assert_eq!(unfold(bytes), ["A:1  2", "B:3x", "C:45D"]);
    }

    #[test]
    fn a_file_that_begins_with_a_blank_still_has_lines() {
        assert_eq!(unfold(b" \n BEGIN:VCALENDAR\n"), ["BEGIN:VCALENDAR"]);
        assert!(unfold(b"").is_empty());
    }
}
