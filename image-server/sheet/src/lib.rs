//! Stub.
#![allow(missing_docs)]
use acervo_record::{Record, Text}; use acervo_tenancy::Bilingual;
#[derive(Debug,Clone,Default)] pub struct Sheet { pub rows: Vec<Row>, pub notes: Vec<Note>, pub refused: Vec<Note> }
#[derive(Debug,Clone)] pub struct Row { pub number: u32, pub name: String, pub parent: Option<String>, pub order: Option<i64>, pub files: Vec<String>, pub is_group: bool, pub alt: Vec<Text>, pub record: Record }
#[derive(Debug,Clone)] pub struct Note { pub row: Option<u32>, pub column: Option<String>, pub code: &'static str, pub message: Bilingual }
#[derive(Debug,Clone,Copy)] pub enum Format { Csv } impl Format { pub fn of(n:&str)->Option<Self>{ n.ends_with(".csv").then_some(Format::Csv) } }
pub struct Reading<'a> { pub default_language: &'a str }
#[derive(Debug)] pub struct SheetError; impl SheetError { pub fn code(&self)->&'static str {"x"} pub fn message(&self)->Bilingual{Bilingual::new("","")} }
pub fn read(_:&[u8],_:Format,_:&Reading<'_>)->Result<Sheet,SheetError>{ Err(SheetError) }
