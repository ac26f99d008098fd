//! What one institution can cost the others: whatever it is told from inside, its status stays small and
//! true to its schema, and what it asks for stays few.

use std::sync::Arc;

use acervo_operator::inside::{CollectionInside, RefusalReason, StatusDocument};
use acervo_operator::reconcile::status;
use acervo_tenancy::Bilingual;

use crate::fixture::{Case, GATEWAY};

/// As many collections as a resource can have, each a folder.
fn widest() -> Case {
    let collections: Vec<_> = (0..256)
        .map(|number| format!("{{name: c{number}, source: {{directory: d{number}}}}}"))
        .collect();
    let yaml = format!(
        "{{apiVersion: acervo.dev/v1alpha1, kind: IiifInstitution, metadata: {{name: enorme}}, spec: {{displayName: {{es: E}}, storage: {{size: 5Gi}}, collections: [{}]}}}}",
        collections.join(", ")
    );
    Case::running(&yaml, GATEWAY)
}

fn inside(case: &mut Case) -> &mut StatusDocument {
    Arc::make_mut(case.facts.inside.as_mut().unwrap())
}

/// What an image server says that somebody else has taken over.
fn hostile(name: &str, text: &str) -> CollectionInside {
    let reason = RefusalReason {
        path: text.to_owned(),
        row: Some(u64::MAX),
        column: Some(text.to_owned()),
        code: text.to_owned(),
        message: Bilingual::new(text, text),
    };
    CollectionInside {
        name: name.to_owned(),
        published: u64::MAX,
        refused: u64::MAX,
        in_work: u64::MAX,
        ingested: None,
        running: None,
        reasons: vec![reason.clone(), reason.clone(), reason],
    }
}

#[test]
fn whatever_an_image_server_says_the_status_can_be_stored() {
    for text in ["x".repeat(100_000), "ñ".repeat(50_000), "𝄞".repeat(30_001)] {
        let mut case = widest();
        inside(&mut case).collections = (0..256)
            .map(|number| hostile(&format!("c{number}"), &text))
            .collect();
        // Of collections that the resource does not have nothing is said.
        inside(&mut case).collections.push(hostile("otra", &text));
        let validated = case.validate().unwrap();
        let status = status::status(&validated, &case.build().applied(), &case.facts);
        let stored = serde_json::to_string(&status).unwrap();
        assert!(stored.len() < 400 << 10, "{} bytes", stored.len());
        assert_eq!(status.collections.len(), 256);
        assert_eq!(
            (status.published, status.refused),
            (Some(i64::MAX), Some(i64::MAX))
        );
        for collection in &status.collections {
            let message = collection.message.as_deref().unwrap();
            assert!((1000..=1024).contains(&message.len()), "{}", message.len());
        }
    }
}

#[test]
fn a_message_of_a_few_collections_is_not_shortened_without_need() {
    let mut case = widest();
    case.institution.spec.collections.truncate(2);
    inside(&mut case).collections = vec![hostile("c0", &"x".repeat(400))];
    let validated = case.validate().unwrap();
    let status = status::status(&validated, &case.build().applied(), &case.facts);
    let message = status.collections[0].message.as_deref().unwrap();
    assert!(message.len() > 3 * 800, "{message}");
}

#[test]
fn however_much_is_handed_over_at_once_few_ingests_run() {
    let mut case = widest();
    for number in 0..256 {
        case.incoming(&format!("d{number}"), "f", true);
    }
    let resources = case.build();
    let most = case.config.ingest.max_concurrent;
    assert_eq!(resources.ingest_jobs.len(), most as usize);
    // Their names are Kubernetes' too.
    for job in resources.ingest_jobs {
        let name = job.metadata.name.unwrap();
        assert!(name.len() <= 63, "{name}");
    }
}
