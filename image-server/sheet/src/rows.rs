//! From the cells of a row to an item's record.

mod value;

use std::collections::{HashMap, HashSet};

use acervo_record::{Date, Entry, Property, Rights, Term, Text, rights};

use crate::error::SheetError;
use crate::grid::{Grid, GridRow};
use crate::limits;
use crate::note::{Note, Notes, Problem, shown};
use crate::plan::{Column, Plan};
use crate::roles::Role;
use crate::{Reading, Row, clean, values};

/// Makes rows of a sheet, one after the other.
pub(crate) struct Builder<'a> {
    plan: &'a Plan,
    reading: &'a Reading<'a>,
    notes: &'a mut Notes,
    pub(crate) refused: Vec<Note>,
    pub(crate) rows: Vec<Row>,
    /// The rows that names stand in.
    first: HashMap<String, u32>,
    /// How many values there are so far.
    values: usize,
}

/// A row in the making.
#[derive(Default)]
struct Draft {
    row: Row,
    /// The values of every slot.
    slots: Vec<Vec<Text>>,
    homepage_label: Vec<Text>,
    /// The files so far.
    files: HashSet<String>,
    latitude: Option<(String, String)>,
    longitude: Option<(String, String)>,
    navigation: Option<Date>,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(plan: &'a Plan, reading: &'a Reading<'a>, notes: &'a mut Notes) -> Self {
        Self {
            plan,
            reading,
            notes,
            refused: Vec::new(),
            rows: Vec::new(),
            first: HashMap::new(),
            values: 0,
        }
    }

    /// All rows below the header.
    pub(crate) fn rows_of(&mut self, grid: &Grid) -> Result<(), SheetError> {
        let header = grid.rows[self.plan.header].number;
        let mut too_long: HashMap<u32, usize> = HashMap::new();
        for (row, column, problem) in &grid.faults {
            let heading = self.plan.heading(*column);
            match problem {
                Problem::CellTooLong => {
                    too_long.entry(*row).or_insert(*column);
                }
                // What is ignored, or stands above the header, does no harm.
                Problem::ErrorValue(_) if *row <= header || !self.plan.reads(*column) => {}
                problem => self.notes.add(Some(*row), Some(&heading), problem),
            }
        }
        for cells in grid.rows.iter().skip(self.plan.header + 1) {
            let refusal = match too_long.get(&cells.number) {
                Some(column) => Err((self.plan.heading(*column), Problem::CellTooLong)),
                None => self.name(cells),
            };
            match refusal {
                Ok(name) => self.row(cells, name)?,
                Err((column, problem)) => {
                    self.refused
                        .push(problem.at(Some(cells.number), Some(&column)));
                }
            }
        }
        Ok(())
    }

    /// The name of a row, or the column and problem for which it is refused.
    fn name(&mut self, cells: &GridRow) -> Result<String, (String, Problem)> {
        let is_name = |column: &&Column| matches!(column.role, Role::Name(_));
        let column = self.plan.columns.iter().find(is_name);
        let heading = column
            .map(|column| column.written.clone())
            .unwrap_or_default();
        let cell = column.and_then(|column| cells.get(column.index));
        let name = cell.map(clean::name).unwrap_or_default();
        if name.is_empty() {
            return Err((heading, Problem::MissingName));
        }
        let is_bad = |c: char| c.is_control() || matches!(c, '/' | '\\');
        if name.contains(is_bad) || name == "." || name == ".." {
            return Err((heading, Problem::BadName(shown(&name))));
        }
        if let Some(first) = self.first.get(&name) {
            let name = shown(&name);
            return Err((
                heading,
                Problem::DuplicateRow {
                    name,
                    first: *first,
                },
            ));
        }
        self.first.insert(name.clone(), cells.number);
        Ok(name)
    }

    fn row(&mut self, cells: &GridRow, name: String) -> Result<(), SheetError> {
        let mut draft = Draft {
            slots: vec![Vec::new(); self.plan.slots.len()],
            ..Draft::default()
        };
        draft.row.number = cells.number;
        draft.row.name = name;
        let plan = self.plan;
        // URIs of columns that are for URIs come before those in columns of words.
        let (statements, others): (Vec<_>, Vec<_>) = plan
            .columns
            .iter()
            .partition(|column| column.role == Role::RightsUri);
        for column in statements.into_iter().chain(others) {
            if let Some(cell) = cells.get(column.index) {
                self.cell(&mut draft, column, cell);
            }
        }
        if cells
            .cells
            .last()
            .is_some_and(|(index, _)| *index >= plan.width)
        {
            self.notes
                .add(Some(cells.number), None, &Problem::CellsBeyondHeader);
        }
        let mut row = self.finish(draft);
        row.record.shrink();
        let counted = row
            .record
            .metadata
            .iter()
            .map(|entry| entry.values.len())
            .sum::<usize>();
        self.values += counted + row.files.len() + row.record.ranges.len();
        if self.values > limits::CELLS {
            return Err(SheetError::TooManyCells);
        }
        self.rows.push(row);
        Ok(())
    }

    fn cell(&mut self, draft: &mut Draft, column: &Column, cell: &str) {
        if matches!(column.role, Role::Name(_) | Role::Ignored) {
            return;
        }
        let text = match column.role {
            Role::Parent => clean::name(cell),
            Role::Summary | Role::RightsText | Role::Statement | Role::Ranges | Role::Other => {
                clean::prose(cell)
            }
            _ => clean::line(cell),
        };
        if text.is_empty() {
            return;
        }
        let record = &mut draft.row.record;
        match column.role {
            Role::Title => record.label.push(self.text(column, None, text)),
            Role::Summary => record.summary.push(self.text(column, None, text)),
            Role::Statement => record.statement.push(self.text(column, None, text)),
            Role::Alt => draft.row.alt.push(self.text(column, None, text)),
            Role::HomepageLabel => draft.homepage_label.push(self.text(column, None, text)),
            Role::Term(term) => self.term(draft, column, term, &text),
            Role::Agent => {
                for value in values::split(&text, self.plan.convention.separators()) {
                    let (term, name) = values::agent(value);
                    let offset = match term {
                        Term::Creator => 0,
                        Term::Publisher => 2,
                        _ => 1,
                    };
                    draft.slots[column.slot + offset].push(Text::plain(name));
                }
            }
            Role::RightsUri => self.statement_uri(draft, column, &text),
            Role::RightsText => match rights(&text) {
                Rights::Uri(uri) => draft.take_rights(uri, column.slot),
                Rights::Words(words) => {
                    let text = self.text(column, Some(Term::RightsText), words);
                    draft.slots[column.slot].push(text);
                }
            },
            Role::Other => self.other(draft, column, &text),
            _ => self.value(draft, column, &text),
        }
    }

    fn text(&self, column: &Column, term: Option<Term>, text: impl Into<String>) -> Text {
        let text = text.into();
        match &column.language {
            Some(tag) => Text::in_language(tag, text),
            None if values::is_without_language(term, &text) && term.is_some() => Text::plain(text),
            None => Text::in_language(self.reading.default_language, text),
        }
    }

    fn term(&self, draft: &mut Draft, column: &Column, term: Term, text: &str) {
        let convention = self.plan.convention;
        // Dates, sizes and provenance hold semicolons of their own.
        let is_prose = matches!(term, Term::Date | Term::Extent | Term::Source);
        let whole = is_prose && !convention.separator_is_unmistakable();
        let separators = if whole { &[] } else { convention.separators() };
        let is_islandora = convention == crate::Convention::Workbench;
        for value in values::split(text, separators) {
            let value = if is_islandora {
                values::without_vocabulary(value)
            } else {
                value
            };
            // The type of a file says nothing of the thing, and it is another file that is published.
            if term == Term::Format && values::is_media_type(value) {
                continue;
            }
            let text = self.text(column, Some(term), value);
            draft.slots[column.slot].push(text);
            if term == Term::Date && draft.row.record.date.is_none() {
                draft.row.record.date = Date::parse(value);
            }
        }
    }

    fn other(&self, draft: &mut Draft, column: &Column, text: &str) {
        let separators = match self.plan.convention {
            convention if convention.separator_is_unmistakable() => convention.separators(),
            _ => &[],
        };
        for value in values::split(text, separators) {
            let text = match &column.language {
                None if values::is_without_language(None, value) => Text::plain(value),
                _ => self.text(column, None, value),
            };
            draft.slots[column.slot].push(text);
        }
    }

    /// A cell of a column for URIs: one, several, or words after all.
    fn statement_uri(&self, draft: &mut Draft, column: &Column, text: &str) {
        if let Rights::Uri(uri) = rights(text) {
            return draft.take_rights(uri, column.slot);
        }
        let parts: Vec<Rights> = values::split(text, self.plan.convention.separators())
            .map(rights)
            .collect();
        if parts.iter().any(|part| matches!(part, Rights::Words(_))) {
            let text = self.text(column, Some(Term::RightsText), text);
            return draft.slots[column.slot].push(text);
        }
        for part in parts {
            if let Rights::Uri(uri) = part {
                draft.take_rights(uri, column.slot);
            }
        }
    }

    fn finish(&mut self, mut draft: Draft) -> Row {
        let number = draft.row.number;
        let record = &mut draft.row.record;
        match (draft.latitude, draft.longitude) {
            (Some((heading, latitude)), Some((other, longitude))) => {
                match values::place(&latitude, &longitude) {
                    Ok(place) => record.place = Some(place),
                    Err(problem) => {
                        let is_latitude = values::place(&latitude, "0").is_err();
                        let heading = if is_latitude { heading } else { other };
                        self.notes.add(Some(number), Some(&heading), &problem);
                    }
                }
            }
            (Some((heading, alone)), None) | (None, Some((heading, alone))) => {
                let problem = Problem::BadCoordinates(shown(&alone));
                self.notes.add(Some(number), Some(&heading), &problem);
            }
            (None, None) => {}
        }
        // The years stay those of the date in words; the moment is the one that was asked for.
        if let Some(navigation) = draft.navigation {
            match &mut record.date {
                Some(date) => date.navigation = navigation.navigation,
                date => *date = Some(navigation),
            }
        }
        if let Some(homepage) = &mut record.homepage {
            homepage.label = draft.homepage_label;
        }
        record.metadata = entries(&self.plan.slots, draft.slots);
        draft.row
    }
}

impl Draft {
    /// Makes `uri` the rights of the record if it has none; what else it is stays readable.
    fn take_rights(&mut self, uri: String, slot: usize) {
        match &self.row.record.rights {
            None => self.row.record.rights = Some(uri),
            Some(known) if *known == uri => {}
            Some(_) => self.slots[slot].push(Text::plain(uri)),
        }
    }
}

/// One entry for every property with values, none of which is there twice.
fn entries(properties: &[Property], slots: Vec<Vec<Text>>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (property, values) in properties.iter().zip(slots) {
        if values.is_empty() {
            continue;
        }
        let at = entries.iter().position(|entry| entry.property == *property);
        let at = at.unwrap_or_else(|| {
            entries.push(Entry {
                property: property.clone(),
                values: Vec::new(),
            });
            entries.len() - 1
        });
        let known = &mut entries[at].values;
        let mut seen: HashSet<Text> = known.iter().cloned().collect();
        known.extend(
            values
                .into_iter()
                .filter(|value| seen.insert(value.clone())),
        );
    }
    entries
}
