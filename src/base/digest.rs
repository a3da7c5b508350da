//! Content digests (BLAKE3, <https://github.com/BLAKE3-team/BLAKE3-specs>): how the memo, the
//! cache, the manifest and hashed asset names tell whether anything changed.

use serde::{Deserialize, Serialize};
use std::{fmt, io};

/// The 32-byte BLAKE3 digest of some bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of bytes.
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(*blake3::hash(bytes).as_bytes())
    }

    /// The digest of a file's bytes, read in pieces, and its length.
    pub fn of_reader(mut reader: impl io::Read) -> io::Result<(Digest, u64)> {
        let mut hasher = blake3::Hasher::new();
        let len = io::copy(&mut reader, &mut hasher)?;
        Ok((Digest(*hasher.finalize().as_bytes()), len))
    }

    /// The digest of a value through its serialised form, without building that form in memory.
    ///
    /// # Panics
    /// Only if `value`'s own `Serialize` fails, which derived ones do not.
    pub fn of_value<T: Serialize + ?Sized>(value: &T) -> Digest {
        struct Sink(blake3::Hasher, Vec<u8>);
        impl postcard::ser_flavors::Flavor for Sink {
            type Output = Digest;
            fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
                self.try_extend(&[byte])
            }
            fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
                // Many values are a few bytes long; BLAKE3 is at its best with kilobytes.
                if self.1.len() + bytes.len() > self.1.capacity() {
                    self.0.update(&self.1);
                    self.1.clear();
                }
                if bytes.len() > self.1.capacity() {
                    self.0.update(bytes);
                } else {
                    self.1.extend_from_slice(bytes);
                }
                Ok(())
            }
            fn finalize(mut self) -> postcard::Result<Digest> {
                self.0.update(&self.1);
                Ok(Digest(*self.0.finalize().as_bytes()))
            }
        }
        let sink = Sink(blake3::Hasher::new(), Vec::with_capacity(4096));
        postcard::serialize_with_flavor(value, sink).expect("a derived Serialize does not fail")
    }

    /// One digest of several, in their order.
    pub fn join(digests: &[Digest]) -> Digest {
        let mut hasher = blake3::Hasher::new();
        for digest in digests {
            hasher.update(&digest.0);
        }
        Digest(*hasher.finalize().as_bytes())
    }

    /// The first ten hexadecimal characters: enough to name an asset of one site.
    pub fn short(&self) -> String {
        self.0[..5].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// All 64 hexadecimal characters.
    pub fn hex(&self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |number: u8| char::from(DIGITS[usize::from(number)]);
        self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    /// Reads what [`Digest::hex`] wrote.
    pub fn from_hex(text: &str) -> Option<Digest> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
        }
        Some(Digest(bytes))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_the_digest_of_its_serialised_form() {
        let value = ("x".repeat(9000), vec![1u32, 2, 3], Some(true));
        assert_eq!(Digest::of_value(&value), Digest::of(&postcard::to_stdvec(&value).unwrap()));
    }

    #[test]
    fn hexadecimal_goes_both_ways() {
        let digest = Digest::of(b"guide");
        assert_eq!(Digest::from_hex(&digest.hex()), Some(digest));
        assert_eq!(Digest::from_hex("zz"), None);
    }
}
