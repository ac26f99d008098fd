//! Stub.
#![allow(missing_docs)]
use acervo_tenancy::Bilingual; use std::fs::File;
#[derive(Debug,Clone)] pub struct Settings { pub bucket: String }
#[derive(Debug)] pub struct Bucket; #[derive(Debug,Clone)] pub struct Object { pub path: String, pub size: u64, pub modified: i64, pub version: String }
#[derive(Debug)] pub struct Listing { pub objects: Vec<Object>, pub odd: Vec<String> }
#[derive(Debug,thiserror::Error)] pub enum BucketError { #[error("io")] Io(std::io::Error), #[error("changed")] Changed(String) }
impl BucketError { pub fn message(&self)->Bilingual{Bilingual::new("","")} }
impl Bucket { pub fn open(_:Settings)->Result<Self,BucketError>{Ok(Bucket)} pub fn list(&self)->Result<Listing,BucketError>{Ok(Listing{objects:vec![],odd:vec![]})} pub fn fetch(&self,_:&Object,_:&mut File)->Result<(),BucketError>{Ok(())} }
