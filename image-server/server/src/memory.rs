//! Memory: how much this process may have, and what it gives back.

use std::fs;
use std::path::{Path, PathBuf};

/// Where control groups are found.
const CGROUPS: &str = "/sys/fs/cgroup";
/// Without a limit of groups of the first version there is a number near the largest.
const NO_LIMIT: u64 = 1 << 60;

/// Bytes of a process without a limit.
const WITHOUT_LIMIT: u64 = 2 << 30;
/// Bytes that are a process's own: code, catalogues, indexes of pyramids, documents, connections, threads.
const OWN: u64 = 48 << 20;

/// Bytes for images in the making and on their way, of a process that may have `mebibytes` in all, or as
/// much as its container.
pub(crate) fn for_work(mebibytes: Option<u32>) -> u64 {
    let given = mebibytes.map(|mebibytes| u64::from(mebibytes) << 20);
    let all = given.or_else(limit).unwrap_or(WITHOUT_LIMIT);
    // A tenth is what the allocator holds between two needs.
    (all - all / 10).saturating_sub(OWN).max(OWN / 4)
}

/// Bytes that this process may have by its control group and those around it; `None` without a limit.
fn limit() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let limits = files(&groups, Path::new(CGROUPS))
        .into_iter()
        .filter_map(|file| fs::read_to_string(file).ok()?.trim().parse().ok());
    limits.filter(|limit| *limit < NO_LIMIT).min()
}

/// The files that may state a limit, by the content of `/proc/self/cgroup`: of version 2 `0::/a/b`, of
/// version 1 `5:memory:/a/b` (cgroups(7)). In a container the path can be that of another view: its root is
/// always looked at.
fn files(groups: &str, root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else {
            continue;
        };
        let (root, name) = if controllers.is_empty() {
            (root.to_owned(), "memory.max")
        } else if controllers.split(',').any(|one| one == "memory") {
            (root.join("memory"), "memory.limit_in_bytes")
        } else {
            continue;
        };
        let below = root.join(path.trim_start_matches('/'));
        let around = below.ancestors().take_while(|at| at.starts_with(&root));
        files.extend(around.map(|at| at.join(name)));
    }
    files
}

/// Gives freed memory back to the system, on this thread and on those that encode tiles: the allocator
/// keeps what threads have freed for their next need, and after an ingest that need may be days away.
pub(crate) fn give_back() {
    rayon::broadcast(|_| collect());
    collect();
}

#[expect(unsafe_code, reason = "the allocator has no safe call for it")]
fn collect() {
    // SAFETY: mi_collect takes no pointer and may be called on any thread at any time.
    unsafe { libmimalloc_sys::mi_collect(true) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_can_stand_in_the_group_itself_and_in_all_around_it() {
        for (groups, expected) in [
            ("0::/\n", vec!["/c/memory.max"]),
            (
                "1:cpu:/x\n0::/a/b\n",
                vec!["/c/a/b/memory.max", "/c/a/memory.max", "/c/memory.max"],
            ),
            (
                "5:memory:/a\n",
                vec![
                    "/c/memory/a/memory.limit_in_bytes",
                    "/c/memory/memory.limit_in_bytes",
                ],
            ),
            ("nonsense", vec![]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(PathBuf::from).collect();
            assert_eq!(files(groups, Path::new("/c")), expected, "{groups}");
        }
    }
}
