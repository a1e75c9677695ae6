//! Identifiers that are the same for the same seed: digests of what they name.

use std::fmt::Write as _;

use aws_lc_rs::digest;

/// The SHA-256 of `label`.
fn hash(label: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest::digest(&digest::SHA256, label.as_bytes()).as_ref());
    bytes
}

/// `digits` hexadecimal digits in lower case, at most 64 from each digest and as many digests as it takes.
pub(super) fn hex(label: &str, digits: usize) -> String {
    let mut text = String::with_capacity(digits + 64);
    let mut round = 0;
    while text.len() < digits {
        for byte in hash(&format!("{label}\n{round}")) {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        round += 1;
    }
    text.truncate(digits);
    text
}

/// 32 upper-case hexadecimal digits: how Apple writes the id of a device management service (official samples).
pub(super) fn server_id(label: &str) -> String {
    hex(label, 32).to_uppercase()
}

/// A UUID of version 4 in form.
pub(super) fn uuid(label: &str) -> String {
    let digits = hex(label, 32);
    format!(
        "{}-{}-4{}-a{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[13..16],
        &digits[17..20],
        &digits[20..]
    )
}

/// A number for `label`, evenly spread.
pub(super) fn number(label: &str) -> u64 {
    let bytes = hash(label);
    let mut eight = [0; 8];
    eight.copy_from_slice(&bytes[..8]);
    u64::from_be_bytes(eight)
}

/// A small generator of even numbers for the many rows of an organization, where a digest each would be slow.
///
/// The algorithm is the public domain one known as `SplitMix64`.
pub(super) struct Generator(u64);

impl Generator {
    /// Starts from what `label` hashes to.
    pub(super) fn new(label: &str) -> Self {
        Self(number(label))
    }

    /// Starts from a number.
    pub(super) fn of(number: u64) -> Self {
        Self(number)
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The next number below `end`, which is not zero.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// One of `choices`, which are not none.
    pub(super) fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let length = u64::try_from(choices.len()).unwrap_or(1);
        let index = usize::try_from(self.below(length)).unwrap_or(0);
        &choices[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_apples_form_and_repeat() {
        let id = server_id("a");
        assert_eq!(id.len(), 32);
        assert!(
            id.bytes()
                .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        );
        assert_eq!(id, server_id("a"));
        assert_ne!(id, server_id("b"));
        assert_eq!(uuid("a").len(), 36);
        assert_eq!(hex("a", 96).len(), 96);
    }
}
