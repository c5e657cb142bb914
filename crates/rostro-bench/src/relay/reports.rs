//! Reports that nobody has sent before.

use std::fmt::Write as _;

use rostro_core::EMBEDDING_LEN;

/// Numbers that look random and are the same in every run.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        // Marsaglia's xorshift, with the multiplication of Vigna's xorshift64*.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// 0..1.
    #[expect(clippy::cast_precision_loss, reason = "of 53 bits none is lost")]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A vector of length one.
    #[expect(clippy::cast_possible_truncation, reason = "an embedding is of 32 bits")]
    pub(crate) fn vector(&mut self) -> [f32; EMBEDDING_LEN] {
        let mut vector: [f32; EMBEDDING_LEN] =
            std::array::from_fn(|_| (self.unit() + self.unit() + self.unit() - 1.5) as f32);
        let norm = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        vector.iter_mut().for_each(|value| *value /= norm);
        vector
    }
}

/// How much of chance there is in a face that is seen again: no camera gives the same numbers twice.
const CHANCE: f32 = 0.1;

impl Numbers {
    /// That face, a little different.
    pub(crate) fn seen_again(&mut self, face: &[f32; EMBEDDING_LEN]) -> [f32; EMBEDDING_LEN] {
        let mut seen = self.vector();
        seen.iter_mut().zip(face).for_each(|(chance, own)| *chance = CHANCE * *chance + own);
        seen
    }
}

/// The id of a client's report, as its wire text.
pub(crate) fn id(run: u16, client: u16, number: u32) -> String {
    format!("{run:08x}-{client:04x}-4000-8000-{number:012x}")
}

/// A report of one unknown face, as JSON.
pub(crate) fn report(id: &str, now: &str, numbers: &mut Numbers) -> String {
    let nobody = r#"{"name":null,"distance":null}"#;
    report_of(id, "door", now, Some(nobody), &numbers.vector())
}

/// A report of one face before that camera, with what is claimed of it, as JSON.
pub(crate) fn report_of(
    id: &str,
    camera: &str,
    at: &str,
    claim: Option<&str>,
    face: &[f32; EMBEDDING_LEN],
) -> String {
    let claim = claim.map_or_else(String::new, |claim| format!(r#""claim":{claim},"#));
    let mut json = format!(
        r#"{{"capture_id":"{id}","camera_id":"{camera}","captured_at":"{at}","faces":[{{"box":{{"top":10,"right":110,"bottom":130,"left":20}},"score":0.97,"model":"sface-2021dec",{claim}"embedding":["#
    );
    for (index, value) in face.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(json, "{comma}{value:.6}").expect("a string takes what is written");
    }
    json.push_str("]}]}");
    json
}
