//! The hint that memory will soon be looked at. Unsafe only because the processor's instruction takes a bare pointer: it reads
//! nothing that the program could see, and faults nowhere.
#![allow(unsafe_code)]

/// Fetches the cache line at `place`, beside what goes on.
#[inline(always)]
pub(super) fn prefetch<T>(place: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the pointer comes from a reference, and any pointer would do.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}
