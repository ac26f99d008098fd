//! A client that sends slowly or does not read holds its socket for a while, and nobody else.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use acervo_tests::{Documents, Raster, Server, Volume, image_services, raw, until};
use anyhow::{Context as _, Result, ensure};

const INSTITUTION: &str = "archivo";
const LIMIT: Duration = Duration::from_secs(60);

/// A server with a second's patience and room for few connections.
static SERVER: LazyLock<(Volume, Server)> = LazyLock::new(|| serve().expect("a server"));

fn serve() -> Result<(Volume, Server)> {
    let volume = Volume::new(INSTITUTION, &["mapas"])?;
    let picture = Raster::computed(3000, 2400, 5).jpeg()?;
    volume.hand_over("mapas", "uno.jpg", &picture)?;
    let ingest = volume.ingest("mapas")?;
    ensure!(ingest.status.success(), "{}", ingest.output);
    let server = volume.serve(&["--idle-seconds", "1", "--connections", "40"])?;
    Ok((volume, server))
}

/// The path of the image's service.
fn service() -> Result<String> {
    let (_, server) = &*SERVER;
    let manifest = server.get(&Documents::manifest(INSTITUTION, "mapas", "uno"))?;
    let service = image_services(&manifest.json()?)?.remove(0);
    let path = service.strip_prefix(server.base());
    Ok(path.context("an address of this server")?.to_owned())
}

fn connect(server: &Server) -> Result<TcpStream> {
    let stream = TcpStream::connect(server.authority())?;
    stream.set_read_timeout(Some(LIMIT))?;
    Ok(stream)
}

/// Reads until the other side ends the connection.
fn is_ended(stream: &mut TcpStream) -> Result<bool> {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(true),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[test]
fn a_request_that_does_not_come_ends_its_connection() -> Result<()> {
    let (_, server) = &*SERVER;
    for begun in ["", "GET /archivo/ HTTP/1.1\r\nHost: "] {
        let mut stream = connect(server)?;
        stream.write_all(begun.as_bytes())?;
        assert!(is_ended(&mut stream)?, "{begun:?}");
    }
    Ok(())
}

#[test]
fn slow_clients_leave_room_for_others() -> Result<()> {
    let (_, server) = &*SERVER;
    let slow: Vec<TcpStream> = (0..60)
        .map(|_| {
            let mut stream = connect(server)?;
            write!(stream, "GET /archivo/ HTTP/1.1\r\nX: ")?;
            Ok(stream)
        })
        .collect::<Result<_>>()?;
    assert_eq!(server.get("/archivo/")?.status, 200);
    drop(slow);
    Ok(())
}

#[test]
fn an_answer_that_nobody_reads_ends_its_connection() -> Result<()> {
    let (_, server) = &*SERVER;
    let path = format!("{}/full/max/0/default.png", service()?);
    let mut stream = connect(server)?;
    // More answers than any socket buffers, and none is read.
    for _ in 0..8 {
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n",
            server.authority()
        )?;
    }
    until("the connection to be given up", LIMIT, || {
        let mut peeked = [0; 1];
        match stream.write_all(b"GET") {
            Ok(()) => {
                let _ = stream.peek(&mut peeked);
                Ok(None)
            }
            Err(_) => Ok(Some(())),
        }
    })
}

#[test]
fn a_head_that_is_too_long_is_refused() -> Result<()> {
    let (_, server) = &*SERVER;
    let long = "a".repeat(20_000);
    let answer = raw(server.authority(), format!("/archivo/{long}").as_bytes())?;
    assert!(
        matches!(answer.status, 414 | 431),
        "{}: {}",
        answer.status,
        answer.text()
    );
    Ok(())
}

#[test]
fn http_2_is_spoken_without_encryption() -> Result<()> {
    let (_, server) = &*SERVER;
    let info = server.url(&format!("{}/info.json", service()?));
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--max-time", "20"])
        .args(["--http2-prior-knowledge", "--output", "/dev/null"])
        .args(["--write-out", "%{http_version} %{http_code}", &info])
        .output()
        .context("curl")?;
    assert_eq!(String::from_utf8(output.stdout)?, "2 200");
    Ok(())
}
