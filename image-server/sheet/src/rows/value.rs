//! Cells that say a value rather than a text.

use std::collections::HashMap;

use acervo_record::{Date, Range};

use super::{Builder, Draft};
use crate::note::{Problem, shown};
use crate::plan::Column;
use crate::roles::Role;
use crate::{Convention, values};

impl Builder<'_> {
    /// Puts what `text` says into the draft, or a note of why it says nothing.
    pub(super) fn value(&mut self, draft: &mut Draft, column: &Column, text: &str) {
        let separators = self.plan.convention.separators();
        let row = draft.row.number;
        let record = &mut draft.row.record;
        let outcome = match column.role {
            Role::Parent => {
                // Only Bulkrax lets a row have several parents; elsewhere a name may hold a separator.
                let several = matches!(self.plan.convention, Convention::Bulkrax);
                let split = if several { separators } else { &[] };
                let mut parents = values::split(text, split).map(str::to_owned);
                draft.row.parent = parents.next();
                match (&draft.row.parent, parents.next()) {
                    (Some(first), Some(_)) => Err(Problem::ManyParents(shown(first))),
                    _ => Ok(()),
                }
            }
            Role::Order => values::whole(text).map(|order| draft.row.order = Some(order)),
            Role::Group => {
                draft.row.is_group |= values::split(text, separators).any(values::is_group);
                Ok(())
            }
            Role::File => {
                for part in values::split(text, separators) {
                    let Some((file, problem)) = values::file(part) else {
                        continue;
                    };
                    if let Some(problem) = problem {
                        self.notes.add(Some(row), Some(&column.written), &problem);
                    }
                    if draft.files.insert(file.clone()) {
                        draft.row.files.push(file);
                    }
                }
                Ok(())
            }
            Role::Homepage => values::url(text).map(|link| record.homepage = Some(link)),
            Role::SeeAlso => {
                for part in values::split(text, separators) {
                    match values::url(part) {
                        Ok(link) => record.see_also.push(link),
                        Err(problem) => self.notes.add(Some(row), Some(&column.written), &problem),
                    }
                }
                Ok(())
            }
            Role::NavDate => {
                let moment = values::moment(text).or_else(|problem| {
                    // tropiiify reads any date here, which often is a column's second target.
                    let is_lenient = self.plan.convention == Convention::Tropiiify;
                    let date = Date::parse(text).filter(|_| is_lenient);
                    date.ok_or(problem)
                });
                moment.map(|date| draft.navigation = Some(date))
            }
            Role::Latitude => {
                draft.latitude = Some((column.written.clone(), text.to_owned()));
                Ok(())
            }
            Role::Longitude => {
                draft.longitude = Some((column.written.clone(), text.to_owned()));
                Ok(())
            }
            Role::Coordinates => values::coordinates(text).map(|place| record.place = Some(place)),
            Role::Behavior => {
                for word in values::split(text, &[';', ',', '|']) {
                    match values::behavior(word) {
                        Ok(behavior) if !record.behavior.contains(&behavior) => {
                            record.behavior.push(behavior);
                        }
                        Ok(_) => {}
                        Err(problem) => self.notes.add(Some(row), Some(&column.written), &problem),
                    }
                }
                Ok(())
            }
            Role::Direction => {
                values::direction(text).map(|direction| record.viewing_direction = Some(direction))
            }
            Role::Thumbnail => values::page(text).map(|page| record.thumbnail = page),
            Role::Featured => values::truth(text).map(|featured| record.featured = featured),
            Role::Ranges => {
                self.ranges(draft, column, text);
                Ok(())
            }
            // The others are texts.
            _ => Ok(()),
        };
        if let Err(problem) = outcome {
            self.notes.add(Some(row), Some(&column.written), &problem);
        }
    }

    fn ranges(&mut self, draft: &mut Draft, column: &Column, text: &str) {
        let row = draft.row.number;
        let mut problems = Vec::new();
        let mut found = 0_usize;
        // The same chapter in another language comes from a column before this one.
        let before = draft.row.record.ranges.iter().enumerate();
        let before: HashMap<(u8, u32), usize> = before
            .map(|(index, range)| ((range.level, range.page), index))
            .collect();
        for part in values::split(text, &[';', '\n', '|']) {
            match values::chapter(part) {
                Ok((level, page, label)) => {
                    found += 1;
                    let label = self.text(column, None, label);
                    let ranges = &mut draft.row.record.ranges;
                    let known = before.get(&(level, page)).map(|index| &mut ranges[*index]);
                    match known {
                        Some(range) => range.label.push(label),
                        None => ranges.push(Range {
                            label: vec![label],
                            page,
                            level,
                        }),
                    }
                }
                Err(problem) => problems.push(problem),
            }
        }
        // A table of contents in words is no list of chapters, but still something to read.
        if found == 0 {
            problems.truncate(1);
            draft.slots[column.slot].push(self.text(column, None, text));
        }
        for problem in problems {
            self.notes.add(Some(row), Some(&column.written), &problem);
        }
    }
}
