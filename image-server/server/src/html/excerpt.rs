//! Words that were searched for, marked in a text.

use acervo_pages::Passage;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Characters before the first word that was found, and in all.
const BEFORE: usize = 60;
const LENGTH: usize = 220;

/// The words of a question, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question(Vec<String>);

impl Question {
    pub(super) fn of(text: &str) -> Self {
        let words = text.split(|c: char| !c.is_alphanumeric());
        Self(words.filter(|word| !word.is_empty()).map(fold).collect())
    }

    /// Whether a word of a text was asked for: in full, or the last one by its beginning.
    fn asks(&self, word: &str) -> bool {
        let word = fold(word);
        let (last, others) = match self.0.split_last() {
            Some(split) => split,
            None => return false,
        };
        others.contains(&word) || word.starts_with(last.as_str())
    }

    /// The text in pieces, with what was asked for marked.
    pub(super) fn mark(&self, text: &str) -> Passage {
        let mut pieces: Passage = Vec::new();
        let mut push = |marked: bool, piece: &str| match pieces.last_mut() {
            Some((last, text)) if *last == marked => text.push_str(piece),
            _ => pieces.push((marked, piece.to_owned())),
        };
        let mut rest = text;
        while !rest.is_empty() {
            let start = rest.find(char::is_alphanumeric).unwrap_or(rest.len());
            push(false, &rest[..start]);
            rest = &rest[start..];
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
                .unwrap_or(rest.len());
            push(self.asks(&rest[..end]), &rest[..end]);
            rest = &rest[end..];
        }
        pieces.retain(|(_, piece)| !piece.is_empty());
        pieces
    }

    /// A piece of the text about the first word that was asked for; `None` if there is none.
    pub(super) fn excerpt(&self, text: &str) -> Option<Passage> {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let pieces = self.mark(&flat);
        let first = pieces.iter().position(|(marked, _)| *marked)?;
        let at: usize = pieces[..first]
            .iter()
            .map(|(_, piece)| piece.chars().count())
            .sum();
        let skip = at.saturating_sub(BEFORE);
        let characters: Vec<(bool, char)> = pieces
            .iter()
            .flat_map(|(marked, piece)| piece.chars().map(move |c| (*marked, c)))
            .collect();
        // Whole words only.
        let begin = characters[skip..]
            .iter()
            .position(|(_, c)| c.is_whitespace())
            .filter(|_| skip > 0)
            .map_or(skip, |space| (skip + space + 1).min(at));
        let end = characters.len().min(begin + LENGTH);
        let mut out: Passage = Vec::new();
        if begin > 0 {
            out.push((false, "… ".to_owned()));
        }
        for (marked, c) in &characters[begin..end] {
            match out.last_mut() {
                Some((last, text)) if last == marked => text.push(*c),
                _ => out.push((*marked, c.to_string())),
            }
        }
        if end < characters.len() {
            out.push((false, " …".to_owned()));
        }
        Some(out)
    }
}

/// As the index folds words: no case, no accents.
fn fold(word: &str) -> String {
    word.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Question;

    fn shown(passage: &[(bool, String)]) -> String {
        let piece = |(marked, text): &(bool, String)| match marked {
            true => format!("[{text}]"),
            false => text.clone(),
        };
        passage.iter().map(piece).collect()
    }

    #[test]
    fn words_are_marked_whatever_their_case_and_accents() {
        for (question, text, expected) in [
            (
                "canon",
                "El cañón, y otro CAÑON.",
                "El [cañón], y otro [CAÑON].",
            ),
            (
                "mapa cub",
                "Mapas y mapa de Cuba",
                "Mapas y [mapa] de [Cuba]",
            ),
            ("", "Nada", "Nada"),
        ] {
            assert_eq!(
                shown(&Question::of(question).mark(text)),
                expected,
                "{question}"
            );
        }
    }

    #[test]
    fn an_excerpt_is_about_the_first_word_found() {
        let text = format!(
            "{} la fortaleza del puerto {}",
            "uno ".repeat(100),
            "dos ".repeat(100)
        );
        let excerpt = Question::of("fortaleza")
            .excerpt(&text)
            .expect("an excerpt");
        let excerpt = shown(&excerpt);
        assert!(
            excerpt.starts_with("… uno ") && excerpt.ends_with(" …"),
            "{excerpt}"
        );
        assert!(
            excerpt.contains("la [fortaleza] del puerto dos"),
            "{excerpt}"
        );
        assert!(Question::of("nada").excerpt(&text).is_none());
    }
}
