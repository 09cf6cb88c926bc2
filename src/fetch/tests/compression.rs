//! Compressed bodies made by hand, each in the simplest form that its format allows.

/// Largest piece that one stored block takes here, in bytes.
fn length(body: &[u8]) -> u16 {
    u16::try_from(body.len()).unwrap()
}

/// Deflate with one stored block.
fn deflated(body: &[u8]) -> Vec<u8> {
    let length = length(body);
    let mut block = vec![1];
    block.extend(length.to_le_bytes());
    block.extend((!length).to_le_bytes());
    block.extend(body);
    block
}

/// A gzip member.
pub(super) fn gzip(body: &[u8]) -> Vec<u8> {
    let mut member = gzip_header();
    member.extend(deflated(body));
    member.extend(crc32(body).to_le_bytes());
    member.extend(u32::from(length(body)).to_le_bytes());
    member
}

fn gzip_header() -> Vec<u8> {
    vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
}

/// What HTTP calls deflate: a zlib stream.
pub(super) fn zlib(body: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    stream.extend(deflated(body));
    stream.extend(adler32(body).to_be_bytes());
    stream
}

/// A Brotli stream: one uncompressed meta-block and an empty last one.
pub(super) fn brotli(body: &[u8]) -> Vec<u8> {
    let header = u32::from(length(body) - 1) << 4 | 1 << 20;
    let mut stream = header.to_le_bytes()[..3].to_vec();
    stream.extend(body);
    stream.push(3);
    stream
}

/// A Zstandard frame: one raw block of fewer than 256 bytes.
pub(super) fn zstd(body: &[u8]) -> Vec<u8> {
    let size = u8::try_from(body.len()).unwrap();
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x20, size];
    frame.extend(&(u32::from(size) << 3 | 1).to_le_bytes()[..3]);
    frame.extend(body);
    frame
}

/// The start of a gzip member that unpacks to this many zeros: one literal, then copies of the last byte.
pub(super) fn gzip_of_zeros(count: usize) -> Vec<u8> {
    let mut bits = vec![true, true, false];
    // The literal 0 is 0011 0000 in the fixed code.
    bits.extend([false, false, true, true, false, false, false, false]);
    for _ in 0..count / 258 {
        // Length 258 is 1100 0101, distance 1 is 00000.
        bits.extend([true, true, false, false, false, true, false, true]);
        bits.extend([false; 5]);
    }
    let mut member = gzip_header();
    member.extend(packed(&bits));
    member
}

/// A whole Brotli stream that unpacks to sixteen million zeros: one command that inserts them all, in a code of which
/// each letter takes no bit.
pub(super) fn brotli_of_zeros() -> Vec<u8> {
    const ZEROS: u64 = 1 << 24;
    let fields: [(u64, usize); 16] = [
        (0, 1),          // a window of 64 KB
        (0b01, 2),       // the last block, and not empty
        (2, 2),          // six nibbles of length follow
        (ZEROS - 1, 24), // less one
        (0, 3),          // one kind each of literal, command and distance
        (0, 6),          // no postfix bits, no direct distances
        (0, 2),          // context mode
        (0, 2),          // one tree each for literals and distances
        (0b0001, 4),     // a simple code of one symbol for literals:
        (0, 8),          // the zero
        (0b0001, 4),     // and for commands:
        (504, 10),       // insert with 24 extra bits, copy two
        (0b0001, 4),     // and for distances:
        (0, 6),          // the last one
        (ZEROS - 22_594, 24),
        (0, 7),
    ];
    let bits: Vec<bool> = fields
        .iter()
        .flat_map(|(value, width)| (0..*width).map(move |bit| value >> bit & 1 == 1))
        .collect();
    packed(&bits)
}

fn packed(bits: &[bool]) -> Vec<u8> {
    let byte = |eight: &[bool]| {
        eight
            .iter()
            .rev()
            .fold(0, |byte, bit| byte << 1 | u8::from(*bit))
    };
    bits.chunks(8).map(byte).collect()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            crc >> 1 ^ (0xedb8_8320 * (crc & 1))
        })
    })
}

fn adler32(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}
