//! Finding a template in a path.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use super::{KeptKind, Part, Placeholder, Template, Values};

/// The longest value as sent, in bytes: the longest file name with every byte percent-encoded fits. It
/// bounds the work that a path of repeated separators can cause.
const LONGEST: usize = 1024;

impl Template {
    /// The values in `raw_path`, a path as it was sent (before any decoding), and what follows.
    ///
    /// Each value is percent-decoded once, and is as short as the literal text around it allows. What
    /// follows is empty for a manifest, whose template is the whole path; for an image it is what is
    /// asked of it: empty or beginning with `/`, such as `/info.json`. Nothing matches as long as
    /// `{institution}` is not filled in.
    #[must_use]
    pub fn matches<'p>(&self, raw_path: &'p str) -> Option<(Values, &'p str)> {
        self.matches_where(raw_path, |_| true)
    }

    /// As [`Template::matches`], but only with collections that `knows` admits: where names and the
    /// text between placeholders share characters, it tells which reading is meant.
    #[must_use]
    pub fn matches_where<'p>(
        &self,
        raw_path: &'p str,
        knows: impl Fn(&str) -> bool,
    ) -> Option<(Values, &'p str)> {
        let mut search = Search {
            template: self,
            path: raw_path,
            knows: &knows,
            dead_ends: BTreeSet::new(),
        };
        let mut values = Values::default();
        let end = search.from(0, 0, &mut values)?;
        Some((values, &raw_path[end..]))
    }
}

/// A search that remembers where it failed, so that it does not go the same way twice: whether the rest
/// of a template fits the rest of a path does not depend on what came before.
struct Search<'s> {
    template: &'s Template,
    path: &'s str,
    knows: &'s dyn Fn(&str) -> bool,
    /// Part and position.
    dead_ends: BTreeSet<(usize, usize)>,
}

impl Search<'_> {
    /// Where the match of the parts from `part` on ends that begins at `at`.
    fn from(&mut self, part: usize, at: usize, values: &mut Values) -> Option<usize> {
        let rest = &self.path[at..];
        match self.template.parts.get(part) {
            None => {
                let ends = rest.is_empty()
                    || (self.template.kind == KeptKind::Image && rest.starts_with('/'));
                ends.then_some(at)
            }
            Some(Part::Literal(text)) => {
                let at = rest.starts_with(text.as_str()).then_some(at + text.len())?;
                self.from(part + 1, at, values)
            }
            Some(Part::Placeholder(placeholder)) => {
                if self.dead_ends.contains(&(part, at)) {
                    return None;
                }
                let found = self.value(part, *placeholder, at, values);
                if found.is_none() {
                    self.dead_ends.insert((part, at));
                }
                found
            }
        }
    }

    /// The same for a placeholder: each value that could be its, the shortest first.
    fn value(
        &mut self,
        part: usize,
        placeholder: Placeholder,
        at: usize,
        values: &mut Values,
    ) -> Option<usize> {
        let path = self.path;
        let segment = path[at..].split('/').next().unwrap_or_default();
        for length in self.lengths(part, placeholder, segment) {
            // What follows is looked at first: where it fails is remembered, and decoding costs more.
            let Some(end) = self.from(part + 1, at + length, values) else {
                continue;
            };
            let Ok(decoded) = percent_decode_str(&segment[..length]).decode_utf8() else {
                continue;
            };
            let is_known = placeholder != Placeholder::Collection || (self.knows)(&decoded);
            if is_known && placeholder.set(values, decoded.into_owned()) {
                return Some(end);
            }
        }
        None
    }

    /// How long the value that begins `segment` may be, given the literal text that follows it.
    fn lengths(&self, part: usize, placeholder: Placeholder, segment: &str) -> Vec<usize> {
        let longest = match placeholder {
            Placeholder::Version => 1,
            Placeholder::Page => u32::MAX.to_string().len(),
            _ => LONGEST,
        };
        let most = segment.len().min(longest);
        match self.template.parts.get(part + 1) {
            // Text within the segment, up to its end if the text goes on in the next one.
            Some(Part::Literal(next)) if !next.starts_with('/') => {
                let within = next.split('/').next().unwrap_or_default();
                let follows = |length: &usize| {
                    let rest = segment.get(*length..);
                    rest.is_some_and(|rest| rest.starts_with(within))
                };
                (1..=most).filter(follows).collect()
            }
            _ if segment.len() <= most => (1..=most).rev().take(1).collect(),
            _ => Vec::new(),
        }
    }
}
