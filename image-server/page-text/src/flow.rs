//! From lines as they are seen to text as it is read.

use crate::page::Block;

/// How the next line goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// On a line of its own.
    Below,
    /// Its first word is the rest of a word.
    Joined,
    /// Its first word was said already.
    Said,
}

/// See [`PageText::plain`](crate::PageText::plain).
pub(crate) fn plain(blocks: &[Block]) -> String {
    let mut text = String::new();
    let mut next = Next::Below;
    for block in blocks {
        let mut paragraph = String::new();
        for (index, line) in block.lines.iter().enumerate() {
            append(&mut paragraph, &line.text, next);
            next = match (&line.broken, block.lines.get(index + 1)) {
                (Some(whole), _) => {
                    let last = paragraph.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                    paragraph.truncate(last);
                    paragraph.push_str(whole);
                    Next::Said
                }
                (None, Some(following)) => join(&mut paragraph, &following.text),
                (None, None) => Next::Below,
            };
        }
        if !paragraph.is_empty() {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&paragraph);
        }
    }
    text
}

fn append(paragraph: &mut String, line: &str, next: Next) {
    let line = line.trim();
    let rest = if next == Next::Below {
        line
    } else {
        let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        if next == Next::Joined {
            paragraph.push_str(first);
        }
        rest.trim_start()
    };
    if !rest.is_empty() {
        if !paragraph.is_empty() {
            paragraph.push('\n');
        }
        paragraph.push_str(rest);
    }
}

/// Takes the hyphen off the end of `paragraph`, if it is one that `following` makes superfluous.
fn join(paragraph: &mut String, following: &str) -> Next {
    let mut backwards = paragraph.chars().rev();
    let (Some(hyphen), Some(before)) = (backwards.next(), backwards.next()) else {
        return Next::Below;
    };
    let Some(after) = following.trim_start().chars().next() else {
        return Next::Below;
    };
    let superfluous = match hyphen {
        // The soft hyphen, and the signs that only ever stand for one.
        '\u{ad}' | '¬' | '\u{2e17}' => before.is_alphabetic() && after.is_alphabetic(),
        '-' | '\u{2010}' => before.is_alphabetic() && after.is_lowercase(),
        _ => return Next::Below,
    };
    if superfluous {
        paragraph.truncate(paragraph.len() - hyphen.len_utf8());
        Next::Joined
    } else if before.is_alphanumeric() && after.is_alphanumeric() {
        Next::Joined
    } else {
        Next::Below
    }
}

#[cfg(test)]
mod tests {
    use super::plain;
    use crate::page::{Block, Line};

    fn block(lines: &[&str]) -> Block {
        let line = |text: &&str| Line {
            text: (*text).to_owned(),
            ..Line::default()
        };
        Block {
            lines: lines.iter().map(line).collect(),
        }
    }

    #[test]
    fn words_broken_at_the_end_of_a_line_are_whole() {
        for (lines, text) in [
            (&["por ejem-", "plo, así"][..], "por ejemplo,\nasí"),
            (&["por ejem¬", "plo"], "por ejemplo"),
            (&["por ejem\u{ad}", "plo"], "por ejemplo"),
            (&["por ejem\u{2010}", "plo"], "por ejemplo"),
            (
                &["ex-", "traor-", "dinaria fiesta"],
                "extraordinaria\nfiesta",
            ),
            (&["de Castilla-", "León y"], "de Castilla-León\ny"),
            (&["años 1846-", "1850"], "años 1846-1850"),
            (&["— dijo —", "y calló"], "— dijo —\ny calló"),
            (&["uno -", "dos"], "uno -\ndos"),
            (&["al final-"], "al final-"),
            (&["-", "a"], "-\na"),
            (&[], ""),
        ] {
            assert_eq!(plain(&[block(lines)]), text, "{lines:?}");
        }
    }

    #[test]
    fn paragraphs_have_an_empty_line_between_them_and_are_not_joined_by_a_guess() {
        let blocks = [block(&["uno", "dos-"]), block(&[]), block(&["tres"])];
        assert_eq!(plain(&blocks), "uno\ndos-\n\ntres");
    }

    #[test]
    fn a_word_that_the_file_gives_whole_is_said_once_even_between_paragraphs() {
        let mut first = block(&["toda la ciu-"]);
        first.lines[0].broken = Some("ciudad".to_owned());
        assert_eq!(
            plain(&[first.clone(), block(&["dad de Lima"])]),
            "toda la ciudad\n\nde Lima"
        );
        assert_eq!(plain(&[first, block(&["dad"])]), "toda la ciudad");
    }
}
