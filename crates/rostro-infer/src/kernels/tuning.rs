//! Which tiles of a matrix product are the fastest on this machine.
//!
//! Rows of a tile share what they read of the weights, until their sums no longer fit into the registers: x86-64 has
//! 16 of them, ARM64 32, and a browser does not say on which of the two it runs. So they are timed.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::gemm::{Activation, Product, Rows, Weights};
use super::lanes::Isa;

/// Rows that a tile may have.
const CANDIDATES: [usize; 3] = [4, 6, 8];

/// The choice, which serves the whole program. 4 rows suit 16 registers.
static ROWS_PER_TILE: AtomicUsize = AtomicUsize::new(CANDIDATES[0]);

/// Rows of the tallest tiles.
pub(super) fn rows_per_tile() -> usize {
    ROWS_PER_TILE.load(Ordering::Relaxed)
}

/// Takes what [`tune`] chose on this machine before; whether that is a choice at all.
pub(crate) fn choose(rows: usize) -> bool {
    let is_one = CANDIDATES.contains(&rows);
    if is_one {
        ROWS_PER_TILE.store(rows, Ordering::Relaxed);
    }
    is_one
}

/// Times the tiles by a clock that gives milliseconds, and keeps the fastest. Takes about 15 ms on a slow machine.
pub(crate) fn tune(now_ms: impl Fn() -> f64) -> usize {
    // As a layer of the recognisers: 96 pixels, 128 channels in and 64 out.
    let (rows, k, n) = (96, 128, 64);
    let isa = Isa::best();
    let values = vec![0.5; rows * k];
    let weights = Weights::pack(isa, (k, n), &vec![0.0; n], Activation::None, |_, _| 0.25);
    let mut out = vec![0.0; rows * n];
    let mut time = |candidate: usize| {
        ROWS_PER_TILE.store(candidate, Ordering::Relaxed);
        let begun = now_ms();
        for _ in 0..20 {
            let rows = Rows::Dense(&values);
            Product { rows, weights: &weights, plus: None, out: &mut out }.run(isa);
        }
        now_ms() - begun
    };
    // In turn, so that whatever else the machine does meets all of them; the shortest time is the least disturbed.
    let mut shortest = [f64::INFINITY; CANDIDATES.len()];
    for _ in 0..5 {
        for (candidate, shortest) in CANDIDATES.iter().zip(&mut shortest) {
            *shortest = shortest.min(time(*candidate));
        }
    }
    let times = CANDIDATES.iter().zip(shortest);
    let fastest =
        times.min_by(|(_, a), (_, b)| a.total_cmp(b)).map_or(CANDIDATES[0], |(rows, _)| *rows);
    ROWS_PER_TILE.store(fastest, Ordering::Relaxed);
    fastest
}

/// [`tune`], once for the whole program, by the clock of this machine.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn tune_once() {
    use std::sync::Once;
    use std::time::Instant;

    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let begun = Instant::now();
        tune(|| begun.elapsed().as_secs_f64() * 1e3);
    });
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn the_fastest_tile_is_kept() {
        // Done before, so that no other test does it meanwhile.
        tune_once();
        // A clock by which tiles of six rows are the fastest.
        let now_ms = Cell::new(0.0);
        let clock = || {
            let ms = if rows_per_tile() == 6 { 1.0 } else { 2.0 };
            now_ms.set(now_ms.get() + ms);
            now_ms.get()
        };
        assert_eq!(tune(clock), 6);
        assert_eq!(rows_per_tile(), 6);
        assert!(choose(8));
        assert_eq!(rows_per_tile(), 8);
        assert!(!choose(0) && !choose(7));
        assert_eq!(rows_per_tile(), 8);
    }
}
