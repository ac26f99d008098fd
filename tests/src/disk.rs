//! A disk that is soon full.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::tools::run;

/// A small file system in memory; unmounted when dropped.
#[derive(Debug)]
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one of `size` bytes over the folder `at`, which is made if it is missing.
    ///
    /// # Errors
    /// If it cannot be mounted: see [`may_mount`].
    pub fn mount(at: &Path, size: u64) -> Result<Self> {
        fs::create_dir_all(at)?;
        let options = format!("size={size}");
        let mut mount = Command::new("mount");
        run(
            mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at),
            b"",
        )?;
        Ok(Self(at.to_owned()))
    }

    /// Makes it `size` bytes large, at least as large as what lies on it.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn resize(&self, size: u64) -> Result<()> {
        let options = format!("remount,size={size}");
        run(
            Command::new("mount").args(["-o", &options]).arg(&self.0),
            b"",
        )?;
        Ok(())
    }

    /// How many bytes are taken.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn used(&self) -> Result<u64> {
        let output = run(
            Command::new("df")
                .args(["--block-size=1", "--output=used"])
                .arg(&self.0),
            b"",
        )?;
        let text = String::from_utf8(output.stdout)?;
        Ok(text.lines().last().unwrap_or_default().trim().parse()?)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a killed server may be a moment behind. A mount that is left says so in `mount`.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Whether this process may mount: only root may.
#[must_use]
pub fn may_mount() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
