//! From a header to what each column is for.

use std::collections::BTreeMap;

use acervo_record::{Property, Term, Text};

use crate::convention::Convention;
use crate::error::SheetError;
use crate::grid::{Grid, GridRow, letters};
use crate::heading::{Heading, targets};
use crate::note::{Notes, Problem, shown};
use crate::roles::{self, Role};

/// How many rows may precede the header: titles, logos, instructions.
const ROWS_BEFORE: usize = 40;

/// What the columns of a sheet are for.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) convention: Convention,
    /// Where the header is among the rows of the grid.
    pub(crate) header: usize,
    pub(crate) columns: Vec<Column>,
    /// The properties of metadata, in the order of the sheet.
    pub(crate) slots: Vec<Property>,
    /// One more than the last column with a heading.
    pub(crate) width: usize,
}

/// A column with a heading; one whose heading has several targets is there once for each.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) index: usize,
    pub(crate) written: String,
    pub(crate) role: Role,
    /// The language that its heading names.
    pub(crate) language: Option<String>,
    /// Which of the slots its values go to, if they go to one; an agent's go to it and the two after it.
    pub(crate) slot: usize,
}

/// The row of `grid` that is the header.
pub(crate) fn header(grid: &Grid) -> Result<usize, SheetError> {
    let candidates: Vec<(usize, usize)> = grid
        .rows
        .iter()
        .take(ROWS_BEFORE)
        .map(|row| {
            let cells = || row.cells.iter().map(|(_, cell)| targets(cell));
            let known = cells().filter(|parts| parts.iter().any(|part| roles::is_known(part)));
            let names = cells().filter(|parts| parts.iter().any(|part| is_name(part)));
            (names.count(), known.count())
        })
        .collect();
    let first = |least: usize| {
        candidates
            .iter()
            .position(|(names, known)| *names > 0 && *known >= least)
    };
    if let Some(header) = first(2).or_else(|| first(1)) {
        return Ok(header);
    }
    let most = candidates.iter().map(|(_, known)| *known).max();
    match most {
        None => Err(SheetError::Empty),
        Some(0) => Err(SheetError::NoHeader),
        Some(most) => {
            let at = candidates.iter().position(|(_, known)| *known == most);
            let row = &grid.rows[at.unwrap_or_default()];
            Err(SheetError::NoNameColumn(listed(row)))
        }
    }
}

fn is_name(cell: &str) -> bool {
    cell.len() <= 64 && matches!(roles::role(&Heading::parse(cell)).0, Role::Name(_))
}

fn listed(row: &GridRow) -> String {
    const MOST: usize = 12;
    let headings = row
        .cells
        .iter()
        .take(MOST)
        .map(|(_, cell)| shown(cell.trim()));
    let mut listed = headings.collect::<Vec<_>>().join(", ");
    if row.cells.len() > MOST {
        listed.push_str(", …");
    }
    listed
}

impl Plan {
    /// The plan for `grid`, whose header is its row of that index.
    pub(crate) fn of(
        grid: &Grid,
        header: usize,
        default_language: &str,
        notes: &mut Notes,
    ) -> Self {
        let row = &grid.rows[header];
        let written = |cell: &str| Heading::parse(cell).written;
        let headings: Vec<(usize, Heading)> = row
            .cells
            .iter()
            .flat_map(|(index, cell)| {
                let parts = targets(cell).into_iter();
                // What is said of any of them names the cell that stands in the sheet.
                parts.map(|part| {
                    (
                        *index,
                        Heading {
                            written: written(cell),
                            ..Heading::parse(part)
                        },
                    )
                })
            })
            .collect();
        let all: Vec<Heading> = headings
            .iter()
            .map(|(_, heading)| heading.clone())
            .collect();
        let mut planner = Planner::new(row.number, &all, default_language);
        for (index, heading) in headings {
            planner.add(index, heading, notes);
        }
        let width = row.cells.last().map_or(0, |(index, _)| index + 1);
        let plan = Self {
            convention: Convention::of(&all),
            header,
            slots: planner.slots(),
            columns: planner.columns,
            width,
        };
        plan.note_columns_without_heading(grid, notes);
        plan
    }

    /// The heading of a column, or its letters.
    pub(crate) fn heading(&self, index: usize) -> String {
        let column = self.columns.iter().find(|column| column.index == index);
        column.map_or_else(|| letters(index), |column| column.written.clone())
    }

    /// Whether values in a column are read.
    pub(crate) fn reads(&self, index: usize) -> bool {
        self.columns
            .iter()
            .any(|column| column.index == index && column.role != Role::Ignored)
    }

    fn note_columns_without_heading(&self, grid: &Grid, notes: &mut Notes) {
        let mut headed = vec![false; self.width];
        for column in &self.columns {
            headed[column.index] = true;
        }
        let rows = grid.rows.iter().skip(self.header + 1);
        for (index, _) in rows.flat_map(|row| &row.cells) {
            if let Some(seen @ false) = headed.get_mut(*index) {
                *seen = true;
                let letters = letters(*index);
                notes.add(
                    None,
                    Some(&letters),
                    &Problem::ColumnWithoutHeading(letters.clone()),
                );
            }
        }
    }
}

/// Gives every column its role, one after the other.
struct Planner<'a> {
    row: u32,
    default_language: &'a str,
    /// The number of the role that says the name in this sheet.
    name: u8,
    /// The heading of the column that says it.
    name_heading: String,
    columns: Vec<Column>,
    /// Who has a role that only one may have, in each language.
    taken: BTreeMap<(String, String), String>,
    terms: Vec<Slot>,
}

enum Slot {
    Term(Term),
    /// What is compared, what is shown, and the languages of the columns.
    Other(String, String, Vec<String>),
}

impl<'a> Planner<'a> {
    fn new(row: u32, headings: &[Heading], default_language: &'a str) -> Self {
        let named = headings
            .iter()
            .filter_map(|heading| match roles::role(heading).0 {
                Role::Name(rank) => Some((rank, &heading.written)),
                _ => None,
            });
        let (name, name_heading) = named
            .min_by_key(|(rank, _)| *rank)
            .map_or((0, String::new()), |(rank, written)| {
                (rank, written.clone())
            });
        Self {
            row,
            default_language,
            name,
            name_heading,
            columns: Vec::new(),
            taken: BTreeMap::new(),
            terms: Vec::new(),
        }
    }

    fn add(&mut self, index: usize, heading: Heading, notes: &mut Notes) {
        let (mut role, suffix) = roles::role(&heading);
        let language = heading.language.clone().or(suffix);
        if role == Role::Name(2) && self.name < 2 {
            role = Role::Term(Term::Identifier);
        }
        if role.is_single() {
            let first = self.claim(role, language.as_deref(), &heading.written);
            if let Some(first) = first {
                notes.add(
                    Some(self.row),
                    Some(&heading.written),
                    &Problem::ColumnTwice(first),
                );
                role = Role::Other;
            }
        }
        let slot = match role {
            Role::Term(term) => self.term(term),
            Role::RightsUri | Role::RightsText => self.term(Term::RightsText),
            Role::Agent => {
                // Three in a row, though others may have some of them: equal ones are joined in the end.
                for term in [Term::Creator, Term::Contributor, Term::Publisher] {
                    self.terms.push(Slot::Term(term));
                }
                self.terms.len() - 3
            }
            Role::Other | Role::Ranges => self.other(&heading, language.as_deref()),
            _ => 0,
        };
        self.columns.push(Column {
            index,
            written: heading.written,
            role,
            language,
            slot,
        });
    }

    /// The heading that has the role already.
    fn claim(&mut self, role: Role, language: Option<&str>, written: &str) -> Option<String> {
        let (key, loses) = match role {
            Role::Name(rank) => ("Name".to_owned(), rank > self.name),
            role => (format!("{role:?}"), false),
        };
        let language = match language {
            Some(tag) if role.is_text() => tag,
            _ if role.is_text() => self.default_language,
            _ => "",
        };
        if loses {
            return Some(self.name_heading.clone());
        }
        match self.taken.get(&(key.clone(), language.to_owned())) {
            Some(first) => Some(first.clone()),
            None => {
                self.taken
                    .insert((key, language.to_owned()), written.to_owned());
                None
            }
        }
    }

    fn term(&mut self, term: Term) -> usize {
        let of = |slot: &Slot| matches!(slot, Slot::Term(known) if *known == term);
        self.terms.iter().position(of).unwrap_or_else(|| {
            self.terms.push(Slot::Term(term));
            self.terms.len() - 1
        })
    }

    fn other(&mut self, heading: &Heading, language: Option<&str>) -> usize {
        let shown = roles::metadata_label(&heading.base).unwrap_or(&heading.base);
        let tag = language.unwrap_or(self.default_language).to_owned();
        let of = |slot: &Slot| matches!(slot, Slot::Other(key, ..) if *key == heading.key);
        if let Some(at) = self.terms.iter().position(of) {
            if let Slot::Other(_, _, tags) = &mut self.terms[at]
                && !tags.contains(&tag)
            {
                tags.push(tag);
            }
            return at;
        }
        self.terms.push(Slot::Other(
            heading.key.clone(),
            shown.to_owned(),
            vec![tag],
        ));
        self.terms.len() - 1
    }

    fn slots(&self) -> Vec<Property> {
        let property = |slot: &Slot| match slot {
            Slot::Term(term) => Property::Term(*term),
            Slot::Other(_, shown, tags) => Property::Other(vec![match tags.as_slice() {
                [tag] => Text::in_language(tag, shown),
                _ => Text::plain(shown),
            }]),
        };
        self.terms.iter().map(property).collect()
    }
}
