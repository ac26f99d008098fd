//! A server that is told to end lets the requests end that are under way.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use acervo_tests::{Documents, Raster, Server, Volume, get, image_services, until};
use anyhow::{Context as _, Result, anyhow};

const INSTITUTION: &str = "archivo";
const LIMIT: Duration = Duration::from_secs(60);

fn serve(arguments: &[&str]) -> Result<(Volume, Server)> {
    let volume = Volume::new(INSTITUTION, &["mapas"])?;
    volume.hand_over("mapas", "uno.jpg", &Raster::computed(2600, 2000, 5).jpeg()?)?;
    let ingest = volume.ingest("mapas")?;
    assert!(ingest.status.success(), "{}", ingest.output);
    let server = volume.serve(arguments)?;
    Ok((volume, server))
}

/// A connection on which half a request was sent.
fn half_a_request(server: &Server) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(server.authority())?;
    stream.set_read_timeout(Some(LIMIT))?;
    write!(stream, "GET /{INSTITUTION}/mapas/ HTTP/1.1\r\nHost: ")?;
    Ok(stream)
}

fn refuses_connections(server: &Server) -> Result<()> {
    until("connections to be refused", LIMIT, || {
        Ok(TcpStream::connect(server.authority())
            .is_err()
            .then_some(()))
    })
}

#[test]
fn requests_that_are_under_way_are_answered_and_new_ones_are_not() -> Result<()> {
    let (_volume, mut server) = serve(&["--drain-notice", "0", "--drain-limit", "50"])?;
    let manifest = server.get(&Documents::manifest(INSTITUTION, "mapas", "uno"))?;
    let service = image_services(&manifest.json()?)?.remove(0);
    let requests = || -> Result<u64> {
        let metrics = server.admin("/metrics")?.text();
        let line = metrics
            .lines()
            .find(|l| l.starts_with("acervo_requests_total "));
        let count = line.and_then(|l| l.split(' ').nth(1)).context("a count")?;
        Ok(count.parse()?)
    };
    let before = requests()?;
    let slow = thread::spawn(move || get(&format!("{service}/full/max/90/gray.png")));
    until("the slow request to begin", LIMIT, || {
        Ok((requests()? > before).then_some(()))
    })?;
    let mut half = half_a_request(&server)?;
    server.terminate()?;
    refuses_connections(&server)?;
    half.write_all(b"x\r\n\r\n")?;
    let mut answer = String::new();
    half.read_to_string(&mut answer)?;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("</html>"), "{answer}");
    let slow = slow.join().map_err(|_| anyhow!("the client failed"))??;
    assert_eq!(slow.status, 200, "{}", slow.text());
    assert_eq!(
        slow.body.last_chunk(),
        Some(b"IEND\xaeB`\x82"),
        "a whole PNG"
    );
    assert!(server.ended(LIMIT)?.success(), "{}", server.log());
    Ok(())
}

#[test]
fn readiness_ends_first_and_serving_a_moment_after() -> Result<()> {
    let (_volume, mut server) = serve(&["--drain-notice", "4", "--drain-limit", "50"])?;
    let half = half_a_request(&server)?;
    server.terminate()?;
    until("readiness to end", Duration::from_secs(3), || {
        Ok((server.admin("/readyz")?.status == 503).then_some(()))
    })?;
    let page = server.get("/archivo/mapas/")?;
    assert_eq!(page.status, 200, "others have not learned of it yet");
    assert_eq!(page.header("connection"), Some("close"));
    assert_eq!(server.admin("/livez")?.status, 200);
    refuses_connections(&server)?;
    drop(half);
    assert!(server.ended(LIMIT)?.success(), "{}", server.log());
    Ok(())
}

#[test]
fn a_request_that_never_ends_is_cut_at_the_limit() -> Result<()> {
    let (_volume, mut server) = serve(&["--drain-notice", "0", "--drain-limit", "1"])?;
    let _half = half_a_request(&server)?;
    let begun = Instant::now();
    server.terminate()?;
    assert!(server.ended(LIMIT)?.success(), "{}", server.log());
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert!(
        server.log().contains("did not end in time"),
        "{}",
        server.log()
    );
    Ok(())
}
