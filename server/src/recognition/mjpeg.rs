//! Motion JPEG: pictures one after the other in one file.

/// The length of the JPEG that `bytes` begin with, up to its end marker: a thumbnail within it has one of its own.
/// `None` when it has no end, or is no JPEG.
#[must_use]
pub fn jpeg_len(bytes: &[u8]) -> Option<usize> {
    const START_OF_IMAGE: u8 = 0xd8;
    const END_OF_IMAGE: u8 = 0xd9;
    const START_OF_SCAN: u8 = 0xda;
    let mut at = 2;
    if bytes.get(..at)? != [0xff, START_OF_IMAGE] {
        return None;
    }
    loop {
        let marker = match bytes.get(at..at + 2)? {
            [0xff, 0xff] => {
                at += 1;
                continue;
            }
            [0xff, marker] => *marker,
            _ => return None,
        };
        if marker == END_OF_IMAGE {
            return Some(at + 2);
        }
        let segment = bytes.get(at + 2..at + 4)?;
        at += 2 + usize::from(u16::from_be_bytes([segment[0], segment[1]]));
        if marker == START_OF_SCAN {
            // Within a scan, 0xff is followed by zero or by a restart marker.
            let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7);
            at += bytes.get(at..)?.windows(2).position(is_marker)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jpegs_are_told_apart_by_their_markers() {
        let plain =
            [&b"\xff\xd8\xff\xda\x00\x03\x01"[..], b"ab\xff\x00c\xff\xd3d\xff\xd9"].concat();
        // A thumbnail in a segment, which is as long as the two bytes of its length and the thumbnail.
        let len = u8::try_from(plain.len() + 2).unwrap();
        let with_thumbnail = [&[0xff, 0xd8, 0xff, 0xe1, 0, len][..], &plain, &plain[2..]].concat();
        struct Case<'a> {
            name: &'static str,
            bytes: Vec<&'a [u8]>,
            len: Option<usize>,
        }
        let cases = [
            Case { name: "one", bytes: vec![&plain], len: Some(plain.len()) },
            Case { name: "two", bytes: vec![&plain, &plain], len: Some(plain.len()) },
            Case {
                name: "with a thumbnail",
                bytes: vec![&with_thumbnail, &plain],
                len: Some(with_thumbnail.len()),
            },
            Case { name: "cut short", bytes: vec![&plain[..plain.len() - 2]], len: None },
            Case { name: "something else", bytes: vec![b"hello"], len: None },
            Case { name: "nothing", bytes: vec![], len: None },
        ];
        for case in cases {
            assert_eq!(jpeg_len(&case.bytes.concat()), case.len, "{}", case.name);
        }
    }
}
