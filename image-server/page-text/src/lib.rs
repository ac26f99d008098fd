//! Stub.
#![allow(missing_docs)]
use acervo_tenancy::Bilingual; use serde::{Serialize,Deserialize};
pub fn candidate(n:&str)->Option<&str>{ n.strip_suffix(".txt") }
#[derive(Debug,Serialize,Deserialize)] pub struct PageText { pub blocks: Vec<Block>, pub language: Option<String> }
#[derive(Debug,Serialize,Deserialize)] pub struct Block { pub lines: Vec<Line> }
#[derive(Debug,Serialize,Deserialize)] pub struct Line { pub text: String, pub area: Option<Area> }
#[derive(Debug,Serialize,Deserialize)] pub struct Area { pub x: u32, pub y: u32, pub width: u32, pub height: u32 }
impl PageText { pub fn scaled_to(self,_:u32,_:u32)->Self{self} pub fn plain(&self)->String{String::new()} }
#[derive(Debug)] pub struct TextError; impl TextError { pub fn code(&self)->&'static str {"x"} pub fn message(&self)->Bilingual{Bilingual::new("","")} }
pub fn read(_:&str,_:&[u8])->Result<PageText,TextError>{Err(TextError)}
