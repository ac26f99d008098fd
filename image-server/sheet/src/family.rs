//! Rows and their parents: work, volume, page.

use std::collections::HashMap;

use crate::Row;
use crate::note::{Notes, Problem, shown};

/// How many parents a row may have above it.
const DEEPEST: usize = 2;

/// What is known of a row while its ancestors are looked for.
#[derive(Clone, Copy)]
struct Place {
    /// How many rows are above it.
    depth: usize,
    /// The highest of its ancestors, itself counted, that may still have children.
    lowest_parent: usize,
}

/// Checks the parents of `rows`: what names nobody, itself or a descendant loses its parent, and what lies
/// too deep moves up.
pub(crate) fn settle(rows: &mut [Row], column: Option<&str>, notes: &mut Notes) {
    let by_name: HashMap<&str, usize> = rows
        .iter()
        .enumerate()
        .map(|(index, row)| (row.name.as_str(), index))
        .collect();
    let mut parents: Vec<Option<usize>> = rows
        .iter()
        .map(|row| {
            let parent = row.parent.as_deref()?;
            let found = by_name.get(parent).copied();
            if found.is_none() {
                let problem = Problem::UnknownParent(shown(parent));
                notes.add(Some(row.number), column, &problem);
            }
            found
        })
        .collect();
    for index in cycles(&parents) {
        parents[index] = None;
        notes.add(Some(rows[index].number), column, &Problem::ParentCycle);
    }
    let places = places(&parents);
    let settled: Vec<Option<String>> = (0..rows.len())
        .map(|index| {
            let parent = parents[index]?;
            if places[index].depth <= DEEPEST {
                return Some(rows[parent].name.clone());
            }
            let name = rows[places[parent].lowest_parent].name.clone();
            let problem = Problem::TooDeep(shown(&name));
            notes.add(Some(rows[index].number), column, &problem);
            Some(name)
        })
        .collect();
    for (row, parent) in rows.iter_mut().zip(settled) {
        row.parent = parent;
    }
}

/// Every row that is its own ancestor, in order.
fn cycles(parents: &[Option<usize>]) -> Vec<usize> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Not,
        /// On the way from the row of that index.
        By(usize),
        Before,
    }
    let mut seen = vec![Seen::Not; parents.len()];
    let mut in_cycles = Vec::new();
    for start in 0..parents.len() {
        let mut at = Some(start);
        while let Some(index) = at.filter(|index| seen[*index] == Seen::Not) {
            seen[index] = Seen::By(start);
            at = parents[index];
        }
        // Where this way met itself, a cycle begins and ends.
        if let Some(first) = at.filter(|index| seen[*index] == Seen::By(start)) {
            let mut index = first;
            while seen[index] != Seen::Before {
                seen[index] = Seen::Before;
                in_cycles.push(index);
                index = parents[index].unwrap_or(first);
            }
        }
        let mut at = Some(start);
        while let Some(index) = at.filter(|index| seen[*index] == Seen::By(start)) {
            seen[index] = Seen::Before;
            at = parents[index];
        }
    }
    in_cycles.sort_unstable();
    in_cycles
}

/// The places of all rows, whose parents have no cycles.
fn places(parents: &[Option<usize>]) -> Vec<Place> {
    let mut places: Vec<Option<Place>> = vec![None; parents.len()];
    let mut way = Vec::new();
    for start in 0..parents.len() {
        let mut at = Some(start);
        while let Some(index) = at.filter(|index| places[*index].is_none()) {
            way.push(index);
            at = parents[index];
        }
        while let Some(index) = way.pop() {
            let above = parents[index].and_then(|parent| places[parent]);
            places[index] = Some(above.map_or(
                Place {
                    depth: 0,
                    lowest_parent: index,
                },
                |above| Place {
                    depth: above.depth + 1,
                    lowest_parent: if above.depth + 1 < DEEPEST {
                        index
                    } else {
                        above.lowest_parent
                    },
                },
            ));
        }
    }
    let alone = |(index, place): (usize, Option<Place>)| {
        place.unwrap_or(Place {
            depth: 0,
            lowest_parent: index,
        })
    };
    places.into_iter().enumerate().map(alone).collect()
}

#[cfg(test)]
mod tests {
    use super::settle;
    use crate::Row;
    use crate::note::Notes;

    fn rows(text: &str) -> Vec<Row> {
        let row = |(index, word): (usize, &str)| {
            let (name, parent) = word.split_once('<').unwrap_or((word, ""));
            Row {
                number: u32::try_from(index).expect("few") + 2,
                name: name.to_owned(),
                parent: (!parent.is_empty()).then(|| parent.to_owned()),
                ..Row::default()
            }
        };
        text.split(' ').enumerate().map(row).collect()
    }

    #[test]
    fn parents_are_settled() {
        for (given, expected, notes) in [
            ("a b<a c<b", "a b<a c<b", ""),
            ("c<b b<a a", "c<b b<a a", ""),
            ("a<x", "a", "2 unknown-parent"),
            ("a<a", "a", "2 parent-cycle"),
            ("a<b b<a c<a", "a b c<a", "2 parent-cycle, 3 parent-cycle"),
            (
                "d<c c<b b<a a<b",
                "d<c c<b b a",
                "4 parent-cycle, 5 parent-cycle",
            ),
            (
                "a b<a c<b d<c e<d",
                "a b<a c<b d<b e<b",
                "5 too-deep, 6 too-deep",
            ),
        ] {
            let mut settled = rows(given);
            let mut found = Notes::default();
            settle(&mut settled, Some("parentid"), &mut found);
            assert_eq!(settled, rows(expected), "{given}");
            let found: Vec<_> = found
                .finish()
                .iter()
                .map(|note| format!("{} {}", note.row.unwrap_or_default(), note.code))
                .collect();
            assert_eq!(found.join(", "), notes, "{given}");
        }
    }

    #[test]
    fn a_long_chain_is_no_danger() {
        let chain: Vec<String> = (0..100_000).map(|n| format!("{n}<{}", n + 1)).collect();
        let mut settled = rows(&chain.join(" "));
        settle(&mut settled, None, &mut Notes::default());
        assert_eq!(settled[0].parent.as_deref(), Some("99998"));
    }
}
