//! How the system's allocator keeps what was freed.

/// Free blocks of this many bytes and more go back to the system.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const GIVEN_BACK_FROM: libc::c_int = 4 << 20;

/// Has the system's allocator give large blocks back as soon as they are free.
///
/// glibc does so from a size that it raises by itself, to that of the largest block that was freed so far. The pixels of
/// a camera of 4K, 25 MB, then come from the heap of each thread, and where a small block that stays lies in the way of
/// the next picture, the heap grows by as much. It has its price where pictures are of 4K: the system hands their memory
/// out anew, which was seen to take 9 ms of the 55 that a look takes. Pictures of 1080p and less, and the networks, were
/// seen to take none of it. Other systems' allocators are left as they are.
pub(super) fn give_back_large_blocks() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it sets a number of the allocator's, under its own lock.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, GIVEN_BACK_FROM);
    }
}
