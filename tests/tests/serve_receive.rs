//! `acervo receive`: a tar stream becomes files of `incoming/`, whole or not at all, and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use acervo_tests::{Raster, Volume, run, until};
use anyhow::{Context as _, Result};
use tar::{Builder, EntryType, Header};

const LIMIT: Duration = Duration::from_secs(60);
const MODIFIED: u64 = 1_000_000_007;

/// A header as it stands in the stream, whatever it claims.
fn header(path: &[u8], kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.as_old_mut().name[..path.len()].copy_from_slice(path);
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o4755);
    header.set_mtime(MODIFIED);
    header.set_cksum();
    header
}

/// A stream that is written entry by entry.
struct Stream(Builder<Vec<u8>>);

impl Stream {
    fn new() -> Self {
        Self(Builder::new(Vec::new()))
    }

    fn entry(mut self, path: &[u8], kind: EntryType, content: &[u8]) -> Result<Self> {
        let header = header(path, kind, content.len() as u64);
        self.0.append(&header, content)?;
        Ok(self)
    }

    fn file(self, path: &str, content: &[u8]) -> Result<Self> {
        self.entry(path.as_bytes(), EntryType::Regular, content)
    }

    fn link(mut self, path: &str, kind: EntryType, to: &str) -> Result<Self> {
        let mut header = header(path.as_bytes(), kind, 0);
        header.set_link_name(to)?;
        header.set_cksum();
        self.0.append(&header, &b""[..])?;
        Ok(self)
    }

    /// The whole stream, with the mark of its end.
    fn end(self) -> Result<Vec<u8>> {
        Ok(self.0.into_inner()?)
    }

    /// The stream as it is when the sender is cut off.
    fn cut(&self) -> Vec<u8> {
        self.0.get_ref().clone()
    }
}

/// Every file below `root`, hidden ones too, by path, with its content.
fn files(root: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let (mut found, mut ahead) = (BTreeMap::new(), vec![root.to_owned()]);
    while let Some(folder) = ahead.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() && !path.is_symlink() {
                ahead.push(path);
            } else {
                let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
                found.insert(name, fs::read(&path)?);
            }
        }
    }
    Ok(found)
}

fn names(root: &Path) -> Result<Vec<String>> {
    Ok(files(root)?.into_keys().collect())
}

#[test]
fn what_tar_sends_is_received_with_its_times_and_published() -> Result<()> {
    let volume = Volume::new("archivo", &["mapas"])?;
    let source = volume.data().join("source");
    let long = "n".repeat(180);
    fs::create_dir_all(source.join("Álbum 1898"))?;
    let picture = Raster::computed(300, 200, 7).jpeg()?;
    for name in [
        "uno.jpg",
        "Álbum 1898/1.jpg",
        "Álbum 1898/2.jpg",
        &format!("{long}.jpg"),
        "._uno.jpg",
    ] {
        fs::write(source.join(name), &picture)?;
    }
    let touched = ["-d", "2001-09-09T01:46:47Z"];
    run(
        Command::new("touch")
            .args(touched)
            .arg(source.join("uno.jpg")),
        b"",
    )?;
    for format in ["gnu", "posix", "ustar"] {
        // A name this long is beyond ustar.
        let without = if format == "ustar" { "n*" } else { "" };
        let mut tar = Command::new("tar");
        tar.args(["c", "--format", format, "--exclude", without, "-C"]);
        let stream = run(tar.arg(&source).arg("."), b"")?.stdout;
        let received = volume.receive(&format!("mapas {format}"), &stream)?;
        assert!(received.status.success(), "{format}: {}", received.output);
        let folder = volume.incoming(&format!("mapas {format}"));
        let mut expected = files(&source)?;
        expected.retain(|name, _| !name.starts_with("._"));
        if format == "ustar" {
            expected.retain(|name, _| !name.starts_with(&long));
        }
        assert!(
            files(&folder)? == expected,
            "{format}: {:?}",
            names(&folder)?
        );
        let one = fs::metadata(folder.join("uno.jpg"))?;
        assert_eq!(one.mtime(), i64::try_from(MODIFIED)?, "{format}");
        assert_eq!(one.mode() & 0o7111, 0, "{format}: no program");
        let words = format!("{} recibidos / received", expected.len());
        assert!(received.output.contains(&words), "{}", received.output);
    }
    fs::rename(volume.incoming("mapas gnu"), volume.incoming("mapas"))?;
    let ingest = volume.ingest("mapas")?;
    assert!(
        ingest.output.contains("3 publicados / published, 0 "),
        "{}",
        ingest.output
    );
    Ok(())
}

#[test]
fn what_leaves_the_folder_or_is_no_file_is_refused_by_name_and_the_rest_goes_on() -> Result<()> {
    let volume = Volume::new("archivo", &["mapas"])?;
    let stream = Stream::new()
        .file("first.jpg", b"1")?
        .file("../outside.jpg", b"x")?
        .file("album/../../outside.jpg", b"x")?
        .file("/absolute.jpg", b"x")?
        .link("link.jpg", EntryType::Symlink, "/etc/passwd")?
        .link("album", EntryType::Symlink, "/tmp")?
        .file("album/1.jpg", b"2")?
        .link("hard.jpg", EntryType::Link, "first.jpg")?
        .entry(b"pipe.jpg", EntryType::Fifo, b"")?
        .entry(b"device.jpg", EntryType::Char, b"")?
        .entry(b"disk.jpg", EntryType::Block, b"")?
        .file("two\nlines.jpg", b"x")?
        .entry(b"latin-\xe9.jpg", EntryType::Regular, b"x")?
        .file("a/b/c.jpg", b"x")?
        .entry(b"a/b/", EntryType::Directory, b"")?
        .file("album", b"a folder is there")?
        .file("first.jpg/in-a-file.jpg", b"x")?
        .file(".hidden", b"x")?
        .file("album/Thumbs.db", b"x")?
        .file("last.jpg", b"3")?
        .end()?;
    let received = volume.receive("mapas", &stream)?;
    assert_eq!(received.status.code(), Some(1), "{}", received.output);
    let refused = [
        ("../outside.jpg", "outside-folder"),
        ("album/../../outside.jpg", "outside-folder"),
        ("/absolute.jpg", "outside-folder"),
        ("link.jpg", "link"),
        ("album", "link"),
        ("hard.jpg", "hard-link"),
        ("pipe.jpg", "not-a-file"),
        ("device.jpg", "not-a-file"),
        ("disk.jpg", "not-a-file"),
        ("two\\nlines.jpg", "bad-name"),
        ("latin-\\xe9.jpg", "bad-name"),
        ("a/b/c.jpg", "nested-folder"),
        ("a/b/", "nested-folder"),
        ("album", "in-the-way"),
        ("first.jpg/in-a-file.jpg", "in-the-way"),
    ];
    let lines: Vec<&str> = received.output.lines().collect();
    for (path, code) in refused {
        let line = format!("  {path} [{code}]");
        let at = lines.iter().position(|found| *found == line);
        let at = at.with_context(|| format!("no \"{line}\" in\n{}", received.output))?;
        let (es, en) = (lines[at + 1], lines[at + 2]);
        assert!(
            es.starts_with("    ") && en.starts_with("    ") && es != en,
            "{es}\n{en}"
        );
    }
    let counts = format!(
        "3 recibidos / received (0 sin cambios / unchanged), {} rechazados / refused",
        refused.len()
    );
    assert!(received.output.contains(&counts), "{}", received.output);
    let expected = [("album/1.jpg", "2"), ("first.jpg", "1"), ("last.jpg", "3")];
    let expected = expected.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    assert_eq!(files(&volume.incoming("mapas"))?, expected.into());
    assert_eq!(
        names(&volume.data().join("incoming"))?.len(),
        3,
        "beside it"
    );
    Ok(())
}

#[test]
fn files_with_holes_are_refused_in_every_format_and_the_rest_goes_on() -> Result<()> {
    let volume = Volume::new("archivo", &["mapas"])?;
    let source = volume.data().join("source");
    fs::create_dir(&source)?;
    for file in ["a.jpg", "z.jpg"] {
        fs::write(source.join(file), file)?;
    }
    fs::File::create(source.join("hole.jpg"))?.set_len(1 << 24)?;
    for format in ["gnu", "posix"] {
        let mut tar = Command::new("tar");
        tar.args(["c", "-S", "--sort=name", "--format", format, "-C"]);
        let stream = run(tar.arg(&source).arg("."), b"")?.stdout;
        assert!(stream.len() < 1 << 20, "tar sent the hole");
        let received = volume.receive(format, &stream)?;
        assert_eq!(received.status.code(), Some(1));
        assert!(
            received.output.contains("[sparse-file]"),
            "{}",
            received.output
        );
        assert!(
            received.output.contains("2 recibidos"),
            "{}",
            received.output
        );
        assert!(!received.output.contains("se cortó"), "{}", received.output);
        assert_eq!(names(&volume.incoming(format))?, ["a.jpg", "z.jpg"]);
    }
    Ok(())
}

#[test]
fn links_that_lie_in_the_folder_lead_nowhere() -> Result<()> {
    let volume = Volume::new("archivo", &["mapas"])?;
    let outside = volume.data().join("outside");
    fs::create_dir_all(&outside)?;
    fs::write(outside.join("file.jpg"), "untouched")?;
    fs::create_dir_all(volume.incoming("mapas"))?;
    symlink(&outside, volume.incoming("mapas").join("album"))?;
    symlink(
        outside.join("file.jpg"),
        volume.incoming("mapas").join("file.jpg"),
    )?;
    symlink(&outside, volume.incoming("away"))?;
    let stream = Stream::new()
        .file("album/1.jpg", b"1")?
        .file("file.jpg", b"2")?
        .end()?;
    let received = volume.receive("mapas", &stream)?;
    assert!(
        received.output.contains("album/1.jpg [in-the-way]"),
        "{}",
        received.output
    );
    // The link's place is taken, what it led to is not touched.
    let file = volume.incoming("mapas").join("file.jpg");
    assert!(!file.is_symlink() && fs::read(file)? == b"2");
    let away = volume.receive("away", &stream)?;
    assert_eq!(away.status.code(), Some(1));
    assert!(
        away.output.contains("No se puede usar la carpeta"),
        "{}",
        away.output
    );
    let untouched = BTreeMap::from([("file.jpg".to_owned(), b"untouched".to_vec())]);
    assert_eq!(files(&outside)?, untouched);
    Ok(())
}

#[test]
fn a_stream_that_breaks_off_leaves_only_whole_files() -> Result<()> {
    let whole = Stream::new().file("first.jpg", &[1; 700])?;
    let between = whole.cut();
    let second = whole.file("second.jpg", &[2; 5000])?.end()?;
    let in_content = between.len() + 512 + 4000;
    let in_header = between.len() + 100;
    for (what, cut) in [
        ("between two files", between.len()),
        ("in a header", in_header),
        ("after a header", between.len() + 512),
        ("in the content", in_content),
        ("at once", 0),
    ] {
        let volume = Volume::new("archivo", &["mapas"])?;
        let received = volume.receive("mapas", &second[..cut])?;
        assert_eq!(
            received.status.code(),
            Some(1),
            "{what}: {}",
            received.output
        );
        for words in ["El flujo se cortó", "The stream broke off"] {
            assert!(
                received.output.contains(words),
                "{what}: {}",
                received.output
            );
        }
        let expected: &[&str] = if cut == 0 { &[] } else { &["first.jpg"] };
        assert_eq!(names(&volume.incoming("mapas"))?, expected, "{what}");
        let again = volume.receive("mapas", &second)?;
        assert!(again.status.success(), "{what}: {}", again.output);
        assert_eq!(
            names(&volume.incoming("mapas"))?,
            ["first.jpg", "second.jpg"]
        );
    }
    Ok(())
}

#[test]
fn a_size_beyond_the_disk_ends_the_reception_before_anything_is_written() -> Result<()> {
    let volume = Volume::new("archivo", &["mapas"])?;
    let mut stream = Stream::new().file("first.jpg", b"1")?.cut();
    // As much as the numbers of tar hold, cut short.
    stream.extend(header(b"huge.jpg", EntryType::Regular, 1 << 50).as_bytes());
    stream.extend([7; 3000]);
    let received = volume.receive("mapas", &stream)?;
    assert_eq!(received.status.code(), Some(1));
    assert!(
        received.output.contains("No hay espacio para «huge.jpg»"),
        "{}",
        received.output
    );
    assert_eq!(names(&volume.incoming("mapas"))?, ["first.jpg"]);
    Ok(())
}

#[test]
fn names_that_never_end_are_not_held_in_memory() -> Result<()> {
    let volume = Volume::new("archivo", &["mapas"])?;
    let mut stream = Header::new_gnu();
    stream.set_path("././@LongLink")?;
    stream.set_entry_type(EntryType::GNULongName);
    stream.set_size(1 << 33);
    stream.set_cksum();
    let mut receive = volume
        .receive_command("mapas")?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = receive.stdin.take().context("standard input")?;
    input.write_all(stream.as_bytes())?;
    let mebibyte = vec![b'n'; 1 << 20];
    let sent = (0..512)
        .take_while(|_| input.write_all(&mebibyte).is_ok())
        .count();
    assert!(sent < 8, "it took {sent} MiB of a name");
    let mut said = String::new();
    receive
        .stdout
        .take()
        .context("output")?
        .read_to_string(&mut said)?;
    assert_eq!(receive.wait()?.code(), Some(1));
    assert!(said.contains("too long"), "{said}");
    Ok(())
}

#[test]
fn what_is_no_tar_stream_is_told_so() -> Result<()> {
    let volume = Volume::new("archivo", &["mapas"])?;
    for input in [
        Raster::computed(200, 100, 3).png()?,
        [0x1f, 0x8b, 8, 0].repeat(500),
    ] {
        let received = volume.receive("mapas", &input)?;
        assert_eq!(received.status.code(), Some(1));
        assert!(
            received.output.contains("tar c, sin -z"),
            "{}",
            received.output
        );
        assert!(names(&volume.incoming("mapas"))?.is_empty());
    }
    Ok(())
}

#[test]
fn a_file_is_hidden_until_it_is_whole_and_receptions_do_not_disturb_each_other() -> Result<()> {
    let volume = Volume::new("archivo", &["mapas"])?;
    let stream = Stream::new().file("slow.jpg", &vec![9; 1 << 20])?.end()?;
    let start = || -> Result<_> {
        let mut receive = volume
            .receive_command("mapas")?
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        let mut input = receive.stdin.take().context("standard input")?;
        input.write_all(&stream[..800_000])?;
        Ok((receive, input))
    };
    let hidden = || names(&volume.incoming("mapas"));
    let (mut killed, _input) = start()?;
    until("the file under way", LIMIT, || {
        let there = hidden().unwrap_or_default();
        Ok((there.len() == 1).then_some(()))
    })?;
    assert!(hidden()?[0].starts_with('.'), "{:?}", hidden()?);
    killed.kill()?;
    killed.wait()?;
    let left = volume.incoming("mapas").join(&hidden()?[0]);
    assert!(left.exists());

    // Another reception is under way while a third begins.
    let (mut other, mut input) = start()?;
    until("the other file under way", LIMIT, || {
        Ok((hidden()?.len() == 2).then_some(()))
    })?;
    let received = volume.receive("mapas", &Stream::new().file("quick.jpg", b"1")?.end()?)?;
    assert!(received.status.success(), "{}", received.output);
    input.write_all(&stream[800_000..])?;
    drop(input);
    assert!(other.wait()?.success());
    let mut visible = hidden()?;
    visible.retain(|name| !name.starts_with('.'));
    assert_eq!(visible, ["quick.jpg", "slow.jpg"]);
    assert_eq!(
        fs::metadata(volume.incoming("mapas").join("slow.jpg"))?.len(),
        1 << 20
    );
    Ok(())
}

#[test]
fn what_is_sent_again_stays_as_it_is_and_what_changed_takes_its_place() -> Result<()> {
    let volume = Volume::new("archivo", &["mapas"])?;
    let send = |second: &[u8]| -> Result<String> {
        let stream = Stream::new()
            .file("a/first.jpg", b"1")?
            .file("second.jpg", second)?
            .end()?;
        let received = volume.receive("mapas", &stream)?;
        assert!(received.status.success(), "{}", received.output);
        Ok(received.output)
    };
    let identity = |name: &str| -> Result<_> {
        let metadata = fs::metadata(volume.incoming("mapas").join(name))?;
        Ok((metadata.ino(), metadata.ctime(), metadata.ctime_nsec()))
    };
    assert!(send(b"2")?.contains("(0 sin cambios / unchanged)"));
    let (first, second) = (identity("a/first.jpg")?, identity("second.jpg")?);
    assert!(send(b"3")?.contains("(1 sin cambios / unchanged)"));
    assert_eq!(
        identity("a/first.jpg")?,
        first,
        "ingest would read it again"
    );
    assert_ne!(
        identity("second.jpg")?,
        second,
        "same size, same time, other content"
    );
    assert_eq!(fs::read(volume.incoming("mapas").join("second.jpg"))?, b"3");
    Ok(())
}

#[test]
fn a_full_disk_ends_the_reception_with_nothing_half_visible() -> Result<()> {
    let id = run(Command::new("id").arg("-u"), b"")?;
    if id.stdout.trim_ascii() != b"0" {
        println!("skipped: only root may mount the small disk that this test fills");
        return Ok(());
    }
    struct Mounted<'p>(&'p Path);
    impl Drop for Mounted<'_> {
        fn drop(&mut self) {
            // A mount that is left says so in `mount`.
            let _ = Command::new("umount").arg("-l").arg(self.0).status();
        }
    }
    let volume = Volume::new("archivo", &["mapas"])?;
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]);
    run(mount.arg(volume.data()), b"")?;
    let _mounted = Mounted(volume.data());
    let stream = Stream::new()
        .file("first.jpg", &vec![1; 300_000])?
        .file("second.jpg", &vec![2; 300_000])?
        .file("third.jpg", &vec![3; 900_000])?
        .file("fourth.jpg", b"4")?
        .end()?;
    let received = volume.receive("mapas", &stream)?;
    assert_eq!(received.status.code(), Some(1));
    for words in [
        "No hay espacio para «third.jpg»",
        "no room for \"third.jpg\"",
        "900000",
        "2 recibidos",
    ] {
        assert!(
            received.output.contains(words),
            "{words}: {}",
            received.output
        );
    }
    assert_eq!(
        names(&volume.incoming("mapas"))?,
        ["first.jpg", "second.jpg"]
    );
    Ok(())
}

#[test]
fn a_directory_is_one_visible_name_on_a_volume_that_is_there() -> Result<()> {
    let volume = Volume::new("archivo", &["mapas"])?;
    let stream = Stream::new().file("a.jpg", b"1")?.end()?;
    for bad in ["..", "a/b", "/tmp", ".hidden", "two\nlines", ""] {
        let received = volume.receive(bad, &stream)?;
        assert_eq!(
            received.status.code(),
            Some(2),
            "{bad:?}: {}",
            received.output
        );
        assert!(
            received.output.contains("sin / y sin punto"),
            "{}",
            received.output
        );
    }
    assert_eq!(fs::read_dir(volume.data())?.count(), 0);
    fs::remove_dir(volume.data())?;
    let received = volume.receive("mapas", &stream)?;
    assert_eq!(received.status.code(), Some(1));
    assert!(received.output.contains("--data"), "{}", received.output);
    assert!(!volume.data().exists());
    Ok(())
}

#[test]
fn a_reception_under_way_keeps_its_folder_from_settling() -> Result<()> {
    let volume = Volume::new("archivo", &["mapas"])?;
    let server = volume.serve(&[])?;
    let stream = Stream::new().file("slow.jpg", &vec![9; 1 << 20])?.end()?;
    let mut receive = volume
        .receive_command("mapas")?
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    let mut input = receive.stdin.take().context("standard input")?;
    let settled = || -> Result<Option<bool>> {
        let answer = server.admin("/status")?;
        Ok(if answer.status == 200 {
            answer.json()?["incoming"][0]["settled"].as_bool()
        } else {
            None
        })
    };
    // As a slow line: a piece a look, for longer than a folder must rest.
    let begun = std::time::Instant::now();
    let mut sent = 0;
    until("the transfer to have lasted", LIMIT, || {
        input.write_all(&stream[sent..sent + 500])?;
        sent += 500;
        assert_ne!(settled()?, Some(true), "after {sent} bytes");
        Ok((begun.elapsed() > Duration::from_secs(8)).then_some(()))
    })?;
    assert_eq!(settled()?, Some(false));
    input.write_all(&stream[sent..])?;
    drop(input);
    assert!(receive.wait()?.success());
    until("the folder to settle", LIMIT, || {
        Ok((settled()? == Some(true)).then_some(()))
    })
}

#[test]
fn the_help_of_every_command_of_a_pod_has_an_example() -> Result<()> {
    let volume = Volume::new("archivo", &[])?;
    let program = volume.receive_command("mapas")?.get_program().to_owned();
    for command in ["serve", "ingest", "receive"] {
        let help = run(Command::new(&program).args([command, "--help"]), b"")?;
        let help = String::from_utf8(help.stdout)?;
        let (_, example) = help.split_once("Example / ejemplo:\n").context(command)?;
        assert!(example.contains(&format!("acervo {command}")), "{help}");
    }
    Ok(())
}
