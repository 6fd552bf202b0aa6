//! A PDF reader finds on a printed receipt what stands on it, in letters of any script.

use std::fs;

use tests::judge;
use web::view::View;
use web::view::paper::{Paper as _, ReceiptPaper, print};

#[test]
fn a_reader_finds_the_number_the_name_and_the_sums_of_every_receipt() {
    let (view, folder) = (View::load().unwrap(), tempfile::tempdir().unwrap());
    for (at, paper) in ReceiptPaper::samples().into_iter().enumerate() {
        let file = folder.path().join(format!("{at}.pdf"));
        fs::write(&file, print(&view, &paper).unwrap()).unwrap();
        let text = judge::ask("read_pdf.py", &[&file]);
        let words: String = text.split_whitespace().collect();
        let holds = |what: &str| {
            let bare: String = what.split_whitespace().collect();
            let turned: String = bare.chars().rev().collect();
            // A reader may give letters that run leftwards in the order in which they are drawn.
            assert!(
                words.contains(&bare) || words.contains(&turned),
                "{what:?} is missing: {text}"
            );
        };
        assert!(text.starts_with("Receipt"), "{text}");
        holds("12");
        holds(&paper.total);
        holds(&paper.issuer);
        paper.payer.split_whitespace().for_each(holds);
        paper.rows.iter().for_each(|row| holds(&row.amount));
    }
}
