//! The HTML of every kind of page, in both languages, judged by html-validate.

use acervo_tests::{
    Document, Documents, Folder, Kinds, Server, example_institutions, examples, validate_html,
};
use anyhow::Result;

#[test]
fn every_kind_of_page_is_valid_html() -> Result<()> {
    let folder = Folder::of(&examples())?;
    let server = Server::start(&folder, &[])?;
    let institutions = example_institutions()?;
    let kinds = Kinds::find(&server, &institutions)?;
    assert_eq!(
        kinds.missing(),
        &[] as &[&str],
        "kinds of pages that are nowhere"
    );
    if kinds.get(Kinds::REPORT).is_none() {
        println!("not judged: the page for staff, which the admin port does not have");
    }
    let mut addresses: Vec<String> = kinds.0.into_iter().map(|(_, url)| url).collect();
    for institution in &institutions {
        let documents = Documents::walk(&server, server.base(), institution)?;
        addresses.extend(documents.0.iter().filter_map(Document::homepage));
    }
    let both: Vec<String> = addresses
        .iter()
        .flat_map(|url| {
            let mark = if url.contains('?') { '&' } else { '?' };
            ["es", "en"].map(|language| format!("{url}{mark}lang={language}"))
        })
        .collect();
    let verdict = validate_html(&both)?;
    assert!(verdict.good, "{}", verdict.text);
    Ok(())
}
