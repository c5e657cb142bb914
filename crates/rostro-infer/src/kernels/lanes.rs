//! Vectors of `f32` on the processors that there are, and the choice between them.
//!
//! A kernel is written once, over [`Lanes`], and [`Isa::run`] runs it with the widest vectors of the processor.

/// A vector of floats.
pub(super) trait Lanes: Copy {
    /// Floats in it.
    const LEN: usize;

    /// `value` in every lane.
    fn splat(value: f32) -> Self;

    /// # Safety
    /// [`Lanes::LEN`] floats lie at `from`.
    unsafe fn load(from: *const f32) -> Self;

    /// Whole numbers as floats.
    ///
    /// # Safety
    /// [`Lanes::LEN`] of them lie at `from`.
    unsafe fn load_bytes(from: *const i8) -> Self;

    /// # Safety
    /// [`Lanes::LEN`] floats may be written at `to`.
    unsafe fn store(self, to: *mut f32);

    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    /// The larger in each lane.
    fn max(self, other: Self) -> Self;
    /// `self + a * b`, rounded once or twice.
    fn add_product(self, a: Self, b: Self) -> Self;
}

/// What runs on vectors of any width.
pub(super) trait Routine {
    /// Must be `#[inline(always)]`, as must everything generic that it calls: vector instructions are allowed only
    /// within the function that [`Isa::run`] marks so.
    fn run<V: Lanes>(self);
}

/// A set of vector instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Isa {
    /// Four floats as plain Rust has them: the twin that the others are held against.
    #[cfg_attr(
        any(target_arch = "aarch64", all(target_arch = "wasm32", target_feature = "simd128")),
        cfg_attr(not(test), expect(dead_code, reason = "only where there is nothing better"))
    )]
    Plain,
    /// x86-64 with AVX2 and FMA.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// ARM64.
    #[cfg(target_arch = "aarch64")]
    Neon,
    /// WebAssembly's vectors of 128 bits.
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    Simd128,
}

impl Isa {
    /// The best that this processor has.
    pub(crate) fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        return if std::arch::is_x86_feature_detected!("avx2")
            && std::arch::is_x86_feature_detected!("fma")
        {
            Self::Avx2
        } else {
            Self::Plain
        };
        #[cfg(target_arch = "aarch64")]
        return Self::Neon;
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
        return Self::Simd128;
        #[cfg(not(any(
            target_arch = "x86_64",
            target_arch = "aarch64",
            all(target_arch = "wasm32", target_feature = "simd128")
        )))]
        Self::Plain
    }

    /// Floats in a vector.
    pub(super) const fn lanes(self) -> usize {
        match self {
            Self::Plain => Plain::LEN,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => x86::Avx2::LEN,
            #[cfg(target_arch = "aarch64")]
            Self::Neon => arm::Neon::LEN,
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Self::Simd128 => wasm::Simd128::LEN,
        }
    }

    /// Runs `routine` with its vectors.
    pub(super) fn run(self, routine: impl Routine) {
        match self {
            Self::Plain => routine.run::<Plain>(),
            // SAFETY: `Isa::best` makes it only where the processor has the instructions.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { x86::run(routine) },
            #[cfg(target_arch = "aarch64")]
            Self::Neon => routine.run::<arm::Neon>(),
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Self::Simd128 => routine.run::<wasm::Simd128>(),
        }
    }
}

/// Four floats in plain Rust.
#[derive(Clone, Copy)]
pub(super) struct Plain([f32; 4]);

impl Plain {
    #[inline(always)]
    fn each(self, other: Self, with: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|i| with(self.0[i], other.0[i])))
    }
}

impl Lanes for Plain {
    const LEN: usize = 4;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; 4])
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: four floats lie there, says the caller.
        Self(unsafe { from.cast::<[f32; 4]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn load_bytes(from: *const i8) -> Self {
        // SAFETY: four numbers lie there, says the caller.
        Self(unsafe { from.cast::<[i8; 4]>().read_unaligned() }.map(f32::from))
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: four floats may be written there, says the caller.
        unsafe { to.cast::<[f32; 4]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.each(other, |a, b| a + b)
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.each(other, |a, b| a - b)
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.each(other, |a, b| a * b)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.each(other, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    fn add_product(self, a: Self, b: Self) -> Self {
        self.add(a.mul(b))
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{Lanes, Routine};

    /// Eight floats.
    #[derive(Clone, Copy)]
    pub(super) struct Avx2(__m256);

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn run(routine: impl Routine) {
        routine.run::<Avx2>();
    }

    // SAFETY, for each block below: `Avx2` is used within `run` only, which demands the instructions.
    impl Lanes for Avx2 {
        const LEN: usize = 8;

        #[inline(always)]
        fn splat(value: f32) -> Self {
            // SAFETY: as above.
            Self(unsafe { _mm256_set1_ps(value) })
        }
        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: as above, and eight floats lie there, says the caller.
            Self(unsafe { _mm256_loadu_ps(from) })
        }
        #[inline(always)]
        unsafe fn load_bytes(from: *const i8) -> Self {
            // SAFETY: as above, and eight numbers lie there, says the caller.
            Self(unsafe { _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(from.cast()))) })
        }
        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: as above, and eight floats may be written there, says the caller.
            unsafe { _mm256_storeu_ps(to, self.0) }
        }
        #[inline(always)]
        fn add(self, other: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { _mm256_add_ps(self.0, other.0) })
        }
        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { _mm256_sub_ps(self.0, other.0) })
        }
        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { _mm256_mul_ps(self.0, other.0) })
        }
        #[inline(always)]
        fn max(self, other: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { _mm256_max_ps(self.0, other.0) })
        }
        #[inline(always)]
        fn add_product(self, a: Self, b: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { _mm256_fmadd_ps(a.0, b.0, self.0) })
        }
    }
}

#[cfg(target_arch = "aarch64")]
mod arm {
    use std::arch::aarch64::*;

    use super::Lanes;

    /// Four floats.
    #[derive(Clone, Copy)]
    pub(super) struct Neon(float32x4_t);

    // SAFETY, for each block below: every ARM64 processor has NEON.
    impl Lanes for Neon {
        const LEN: usize = 4;

        #[inline(always)]
        fn splat(value: f32) -> Self {
            // SAFETY: as above.
            Self(unsafe { vdupq_n_f32(value) })
        }
        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: as above, and four floats lie there, says the caller.
            Self(unsafe { vld1q_f32(from) })
        }
        #[inline(always)]
        unsafe fn load_bytes(from: *const i8) -> Self {
            // SAFETY: as above, and four numbers lie there, says the caller.
            let bytes = unsafe { from.cast::<u32>().read_unaligned() };
            // SAFETY: as above.
            Self(unsafe {
                let short = vmovl_s8(vcreate_s8(u64::from(bytes)));
                vcvtq_f32_s32(vmovl_s16(vget_low_s16(short)))
            })
        }
        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: as above, and four floats may be written there, says the caller.
            unsafe { vst1q_f32(to, self.0) }
        }
        #[inline(always)]
        fn add(self, other: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { vaddq_f32(self.0, other.0) })
        }
        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { vsubq_f32(self.0, other.0) })
        }
        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { vmulq_f32(self.0, other.0) })
        }
        #[inline(always)]
        fn max(self, other: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { vmaxq_f32(self.0, other.0) })
        }
        #[inline(always)]
        fn add_product(self, a: Self, b: Self) -> Self {
            // SAFETY: as above.
            Self(unsafe { vfmaq_f32(self.0, a.0, b.0) })
        }
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm {
    use std::arch::wasm32::*;

    use super::Lanes;

    /// Four floats.
    #[derive(Clone, Copy)]
    pub(super) struct Simd128(v128);

    impl Lanes for Simd128 {
        const LEN: usize = 4;

        #[inline(always)]
        fn splat(value: f32) -> Self {
            Self(f32x4_splat(value))
        }
        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: four floats lie there, says the caller; the instruction takes any alignment.
            Self(unsafe { v128_load(from.cast()) })
        }
        #[inline(always)]
        unsafe fn load_bytes(from: *const i8) -> Self {
            // SAFETY: four numbers lie there, says the caller; the instruction takes any alignment.
            let bytes = unsafe { v128_load32_zero(from.cast()) };
            let whole = i32x4_extend_low_i16x8(i16x8_extend_low_i8x16(bytes));
            Self(f32x4_convert_i32x4(whole))
        }
        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: four floats may be written there, says the caller; the instruction takes any alignment.
            unsafe { v128_store(to.cast(), self.0) }
        }
        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(f32x4_add(self.0, other.0))
        }
        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            Self(f32x4_sub(self.0, other.0))
        }
        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            Self(f32x4_mul(self.0, other.0))
        }
        #[inline(always)]
        fn max(self, other: Self) -> Self {
            // One instruction on x86-64, where `f32x4_max` takes seven for the sake of NaN.
            Self(f32x4_pmax(other.0, self.0))
        }
        #[cfg(target_feature = "relaxed-simd")]
        #[inline(always)]
        fn add_product(self, a: Self, b: Self) -> Self {
            Self(f32x4_relaxed_madd(a.0, b.0, self.0))
        }
        #[cfg(not(target_feature = "relaxed-simd"))]
        #[inline(always)]
        fn add_product(self, a: Self, b: Self) -> Self {
            self.add(a.mul(b))
        }
    }
}
