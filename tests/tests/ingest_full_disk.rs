//! A full disk stops an ingest, not the serving.

use std::time::Duration;

use acervo_tests::{
    Collection, Documents, Folder, Raster, Server, SmallDisk, image_services, may_mount, until,
};
use anyhow::Result;

const INSTITUTION: &str = "archivo";
const COLLECTION: &str = "fotos";

#[test]
fn a_full_disk_leaves_the_last_published_state_serving_and_room_lets_ingest_go_on() -> Result<()> {
    if !may_mount() {
        println!("skipped: only root may mount the small disk that this test fills");
        return Ok(());
    }
    let folder = Folder::new()?;
    folder.institution(
        INSTITUTION,
        &[Collection {
            name: COLLECTION,
            es: "Fotos",
            en: "Photographs",
        }],
    )?;
    folder.hand_over(
        INSTITUTION,
        COLLECTION,
        "calle.jpg",
        &Raster::computed(500, 400, 40).jpeg()?,
    )?;
    let disk = SmallDisk::mount(folder.data(), 1 << 20)?;
    let server = Server::start(&folder, &[])?;
    let manifest = server.get(&Documents::manifest(INSTITUTION, COLLECTION, "calle"))?;
    let image = format!(
        "{}/full/max/0/default.jpg",
        image_services(&manifest.json()?)?.remove(0)
    );
    let before = acervo_tests::get(&image)?;
    assert_eq!(before.status, 200);

    let large = Raster::computed(2600, 2200, 90).png()?;
    folder.hand_over(INSTITUTION, COLLECTION, "plaza.png", &large)?;
    until("the full disk to be told", Duration::from_secs(60), || {
        let log = server.log().to_lowercase();
        Ok((log.contains("no space left") || log.contains("disk is full")).then_some(()))
    })?;
    let still = server.get(&Documents::manifest(INSTITUTION, COLLECTION, "calle"))?;
    assert_eq!((still.status, &still.body), (200, &manifest.body));
    assert_eq!(acervo_tests::get(&image)?.body, before.body);
    assert_eq!(
        server
            .get(&Documents::manifest(INSTITUTION, COLLECTION, "plaza"))?
            .status,
        404
    );
    let report = folder.report(INSTITUTION, COLLECTION)?;
    assert_eq!(
        report["refused"].as_array().map(Vec::len),
        Some(0),
        "our disk is not the file's fault"
    );

    disk.resize(200 << 20)?;
    // A change is what an ingest waits for.
    folder.hand_over(
        INSTITUTION,
        COLLECTION,
        "puerto.jpg",
        &Raster::computed(300, 200, 9).jpeg()?,
    )?;
    until("both to be published", Duration::from_secs(60), || {
        let status = |item| {
            Ok::<_, anyhow::Error>(
                server
                    .get(&Documents::manifest(INSTITUTION, COLLECTION, item))?
                    .status,
            )
        };
        Ok((status("plaza")? == 200 && status("puerto")? == 200).then_some(()))
    })?;
    drop(server);
    Ok(())
}
