//! Memory: the allocator keeps what threads have freed for their next need; after an ingest that need
//! may be days away.

/// Gives freed memory back to the system, on this thread and on those that encode tiles.
pub(crate) fn give_back() {
    rayon::broadcast(|_| collect());
    collect();
}

#[expect(unsafe_code, reason = "the allocator has no safe call for it")]
fn collect() {
    // SAFETY: mi_collect takes no pointer and may be called on any thread at any time.
    unsafe { libmimalloc_sys::mi_collect(true) }
}
