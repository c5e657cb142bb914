//! Motion JPEG: pictures one after the other in one file.

use axum::body::Bytes;

const START_OF_IMAGE: u8 = 0xd8;
const END_OF_IMAGE: u8 = 0xd9;
const START_OF_SCAN: u8 = 0xda;

/// The length of the JPEG that `bytes` begin with, up to its end marker: a thumbnail within it has one of its own.
/// `None` when it has no end, or is no JPEG.
#[must_use]
pub fn jpeg_len(bytes: &[u8]) -> Option<usize> {
    if bytes.get(..2)? != [0xff, START_OF_IMAGE] {
        return None;
    }
    match Walk::default().go_on(bytes) {
        Walked::Whole(len) => Some(len),
        Walked::Short | Walked::Broken(_) => None,
    }
}

/// The way through a JPEG from marker to marker, taken up where it was left once there are more bytes.
#[derive(Clone, Copy, Debug)]
struct Walk {
    at: usize,
    is_in_scan: bool,
    /// Where the last scan begins. No picture begins within one, so what was gone through is not gone through again.
    scan_at: Option<usize>,
}

impl Default for Walk {
    /// Behind the start marker.
    fn default() -> Self {
        Self { at: 2, is_in_scan: false, scan_at: None }
    }
}

/// How far a [`Walk`] came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Walked {
    /// To the end: so many bytes are the picture.
    Whole(usize),
    /// To where the bytes end.
    Short,
    /// To what no JPEG has there. From here on another may begin.
    Broken(usize),
}

impl Walk {
    /// Goes on through `bytes`, which begin with the start marker and hold what they held before.
    fn go_on(&mut self, bytes: &[u8]) -> Walked {
        loop {
            if self.is_in_scan && !self.leave_scan(bytes) {
                return Walked::Short;
            }
            let Some(pair) = bytes.get(self.at..self.at + 2) else { return Walked::Short };
            match *pair {
                [0xff, 0xff] => self.at += 1,
                [0xff, END_OF_IMAGE] => return Walked::Whole(self.at + 2),
                // The picture before was cut short.
                [0xff, START_OF_IMAGE] => return Walked::Broken(self.at),
                [0xff, 0x01 | 0xd0..=0xd7] => self.at += 2,
                // Markers below are reserved, and stand in no picture.
                [0xff, 0xc0..=0xfe] => {
                    let Some(length) = bytes.get(self.at + 2..self.at + 4) else {
                        return Walked::Short;
                    };
                    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
                    if length < 2 {
                        return Walked::Broken(self.next_start());
                    }
                    self.at += 2 + length;
                    self.is_in_scan = pair[1] == START_OF_SCAN;
                    if self.is_in_scan {
                        self.scan_at = Some(self.at);
                    }
                }
                _ => return Walked::Broken(self.next_start()),
            }
        }
    }

    /// From where on another picture may begin, after this one broke off.
    fn next_start(&self) -> usize {
        self.scan_at.unwrap_or(2)
    }

    /// To the next marker of a scan, within which 0xff is followed by zero or by a restart marker. Whether there is one.
    fn leave_scan(&mut self, bytes: &[u8]) -> bool {
        while let Some(found) =
            bytes.get(self.at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xff))
        {
            self.at += found;
            match bytes.get(self.at + 1) {
                None => return false,
                Some(0 | 0xd0..=0xd7) => self.at += 2,
                Some(0xff) => self.at += 1,
                Some(_) => {
                    self.is_in_scan = false;
                    return true;
                }
            }
        }
        self.at = self.at.max(bytes.len());
        false
    }
}

/// JPEGs out of bytes that come piece by piece, by their own markers: what stands between them, be it the head of a part
/// with a length or a boundary, right or wrong, is passed over. A picture that is cut short is dropped.
#[derive(Debug)]
pub struct JpegSplitter {
    held: Vec<u8>,
    /// What stands before this in `held` is done with.
    begin: usize,
    /// `None` while no picture has begun.
    walk: Option<Walk>,
    max_bytes: usize,
}

/// A picture is longer than is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a picture is longer than {max_bytes} bytes")]
pub struct TooLong {
    /// The most that is taken.
    pub max_bytes: usize,
}

impl JpegSplitter {
    /// Takes pictures of at most `max_bytes`, and holds no more than twice that and one piece.
    #[must_use]
    pub const fn new(max_bytes: usize) -> Self {
        Self { held: Vec::new(), begin: 0, walk: None, max_bytes }
    }

    /// Takes in the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.begin > self.held.len() / 2 {
            self.held.drain(..self.begin);
            self.begin = 0;
        }
        self.held.extend_from_slice(bytes);
    }

    /// The next picture that is whole. Cost: each byte is looked at once, and once more for each picture that breaks off
    /// in it.
    ///
    /// # Errors
    /// [`TooLong`]; the picture is dropped.
    pub fn next_picture(&mut self) -> Result<Option<Bytes>, TooLong> {
        loop {
            if self.walk.is_none() && !self.find_start() {
                return Ok(None);
            }
            let rest = &self.held[self.begin..];
            let walk = self.walk.get_or_insert_default();
            match walk.go_on(rest) {
                Walked::Whole(len) => {
                    let picture = Bytes::copy_from_slice(&rest[..len]);
                    self.drop_first(len);
                    return Ok(Some(picture));
                }
                Walked::Short if rest.len() <= self.max_bytes => return Ok(None),
                Walked::Short => {
                    let dropped = walk.next_start().min(rest.len());
                    self.drop_first(dropped);
                    return Err(TooLong { max_bytes: self.max_bytes });
                }
                Walked::Broken(at) => self.drop_first(at),
            }
        }
    }

    fn drop_first(&mut self, bytes: usize) {
        self.begin += bytes;
        self.walk = None;
    }

    /// Drops what stands before the next start of a picture. Whether there is one.
    fn find_start(&mut self) -> bool {
        let rest = &self.held[self.begin..];
        let start = rest.windows(3).position(|bytes| bytes == [0xff, START_OF_IMAGE, 0xff]);
        self.begin += start.unwrap_or_else(|| rest.len().saturating_sub(2));
        start.is_some()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    fn tiny(byte: u8) -> Vec<u8> {
        [
            &b"\xff\xd8\xff\xe0\x00\x04ab\xff\xda\x00\x03\x01"[..],
            &[byte, byte, 0xff, 0, byte],
            b"\xff\xd9",
        ]
        .concat()
    }

    fn split(stream: &[u8], piece: usize) -> Vec<Vec<u8>> {
        let mut splitter = JpegSplitter::new(1000);
        let mut pictures = Vec::new();
        for bytes in stream.chunks(piece) {
            splitter.push(bytes);
            while let Some(picture) = splitter.next_picture().unwrap() {
                pictures.push(picture.to_vec());
            }
            assert!(splitter.held.len() <= 2000 + 2 * piece);
        }
        pictures
    }

    #[test]
    fn pictures_are_found_whatever_stands_between_them() {
        let (one, two) = (tiny(1), tiny(2));
        let head =
            |length: &str| format!("\r\n--frame\r\nContent-Type: image/jpeg\r\n{length}\r\n");
        let (right, wrong) =
            (format!("Content-Length: {}\r\n", one.len()), "Content-Length: 3\r\n");
        let cut = &one[..one.len() - 4];
        type Case<'a> = (&'a str, Vec<Vec<u8>>, Vec<&'a Vec<u8>>);
        let streams: [Case<'_>; 7] = [
            ("nothing", vec![one.clone(), two.clone()], vec![&one, &two]),
            (
                "right lengths",
                vec![head(&right).into(), one.clone(), head(&right).into(), two.clone()],
                vec![&one, &two],
            ),
            (
                "wrong lengths, no boundary",
                vec![wrong.into(), one.clone(), wrong.into(), two.clone()],
                vec![&one, &two],
            ),
            (
                "cut short in the scan",
                vec![head("").into(), cut.into(), head("").into(), two.clone()],
                vec![&two],
            ),
            (
                "cut short in a segment",
                vec![one[..7].into(), two.clone(), one.clone()],
                vec![&two, &one],
            ),
            ("zeros after the end", vec![one.clone(), vec![0; 300], two.clone()], vec![&one, &two]),
            ("a start without anything", vec![vec![0xff, 0xd8], one.clone()], vec![&one]),
        ];
        for (name, parts, expected) in streams {
            for piece in [1, 2, 7, 5000] {
                let found = split(&parts.concat(), piece);
                assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{name}, {piece} at a time");
            }
        }
    }

    #[test]
    fn heads_that_share_a_scan_go_through_it_once() {
        // Each head's segment ends where the scan begins: gone through once for each, this would take minutes.
        let heads = 10_000;
        let mut stream = Vec::new();
        for head in 0..heads {
            let length = u16::try_from((heads - head) * 6 - 4).unwrap();
            stream.extend([0xff, 0xd8, 0xff, 0xe0]);
            stream.extend(length.to_be_bytes());
        }
        stream.extend([0xff, 0xda, 0, 2]);
        stream.extend(vec![7; 4_000_000]);
        stream.extend([0xff, 0x02]);
        stream.extend(tiny(9));
        let mut splitter = JpegSplitter::new(8_000_000);
        splitter.push(&stream);
        assert_eq!(splitter.next_picture().unwrap().unwrap(), tiny(9));
    }

    #[test]
    fn what_never_ends_is_dropped() {
        let mut splitter = JpegSplitter::new(1000);
        splitter.push(&tiny(7)[..15]);
        let mut refused = 0;
        for _ in 0..100 {
            splitter.push(&[5; 100]);
            refused += u32::from(splitter.next_picture().is_err());
            assert!(splitter.held.len() <= 2200);
        }
        assert_eq!(refused, 1, "what comes after it is no picture");
        splitter.push(&tiny(8));
        assert_eq!(splitter.next_picture().unwrap().unwrap(), tiny(8));
    }

    proptest! {
        #[test]
        fn noise_costs_bounded_memory_and_hides_no_picture(
            noise in prop::collection::vec(prop_oneof![Just(0xff), Just(0xd8), Just(0xda), Just(0), any::<u8>()], 0..400),
            piece in 1_usize..50,
        ) {
            // Behind noise that looks like the head of a picture, one picture may be taken for its segment; the
            // length of a segment has two bytes.
            let stream = [noise, vec![0; 70_000], tiny(9), tiny(9)].concat();
            let mut splitter = JpegSplitter::new(200_000);
            let mut last = None;
            for bytes in stream.chunks(piece * 100) {
                splitter.push(bytes);
                while let Some(picture) = splitter.next_picture().unwrap() {
                    last = Some(picture);
                }
            }
            prop_assert_eq!(last.unwrap(), tiny(9));
        }
    }
}
