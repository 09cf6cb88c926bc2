//! Recognising what we have seen before.

use sha2::{Digest, Sha256};

/// A SHA-256 over some bytes; equal fingerprints mean equal bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// The fingerprint of one run of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The fingerprint of several parts, each told apart from its neighbours by its length.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Self(hasher.finalize().into())
    }

    /// The first sixteen bytes as 32 hexadecimal digits, enough for an ETag or a made-up guid.
    pub fn short_hex(&self) -> String {
        use std::fmt::Write as _;
        self.0[..16]
            .iter()
            .fold(String::with_capacity(32), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            })
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;

    #[test]
    fn parts_are_told_apart() {
        assert_ne!(
            Fingerprint::of_parts(["ab", "c"]),
            Fingerprint::of_parts(["a", "bc"])
        );
        assert_eq!(
            Fingerprint::of_parts(["ab", "c"]),
            Fingerprint::of_parts(["ab", "c"])
        );
    }

    #[test]
    fn the_short_form_has_thirty_two_digits() {
        assert_eq!(
            Fingerprint::of(b"").short_hex(),
            "e3b0c44298fc1c149afbf4c8996fb924"
        );
    }
}
