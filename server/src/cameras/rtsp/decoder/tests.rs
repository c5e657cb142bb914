use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use openh264::encoder::{Encoder, FrameType};
use openh264::formats::{RgbSliceU8, YUVBuffer};

use super::*;

const MAX_PX: u64 = 1_000_000;
const WAIT: Duration = Duration::from_secs(10);

/// A clip of one colour, coded; each frame a shade darker than the one before.
struct Clip {
    encoder: Encoder,
    size: (usize, usize),
    colour: [u8; 3],
}

impl Clip {
    fn new(size: (usize, usize), colour: [u8; 3]) -> Self {
        Self { encoder: Encoder::new().unwrap(), size, colour }
    }

    fn next(&mut self) -> Coded {
        let (width, height) = self.size;
        let pixels = self.colour.repeat(width * height);
        self.colour = self.colour.map(|one| one.saturating_sub(1));
        let picture = YUVBuffer::from_rgb8_source(RgbSliceU8::new(&pixels, self.size));
        let stream = self.encoder.encode(&picture).unwrap();
        let is_key = matches!(stream.frame_type(), FrameType::IDR);
        Coded { bytes: stream.to_vec(), is_key }
    }
}

fn pictures(frame_max_px: u64) -> (Pictures, Newest) {
    let frames = Newest::default();
    let decoded = Arc::new(AtomicU64::new(0));
    (Pictures::new(frames.clone(), frame_max_px, decoded), frames)
}

/// What a picture became, taken by one who waited for it.
fn shown(pictures: &mut Pictures, frames: &Newest, coded: &Coded) -> Option<(u32, u32, [u8; 3])> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut taken = Box::pin(frames.take());
        let waits = std::future::poll_fn(|context| {
            std::task::Poll::Ready(taken.as_mut().poll(context).is_pending())
        });
        assert!(waits.await, "nothing has been put yet");
        pictures.decode(coded);
        tokio::select! {
            biased;
            frame = taken => match frame {
                RawFrame::Rgb { width, height, pixels } => {
                    assert_eq!(pixels.len(), (width * height * 3) as usize);
                    Some((width, height, [pixels[0], pixels[1], pixels[2]]))
                }
                RawFrame::Jpeg(_) => panic!("expected pixels"),
            },
            () = std::future::ready(()) => None,
        }
    })
}

fn assert_near(colour: [u8; 3], want: [u8; 3]) {
    let far = colour.iter().zip(want).any(|(one, other)| one.abs_diff(other) > 6);
    assert!(!far, "{colour:?} is not near {want:?}");
}

#[test]
fn pixels_have_the_colours_that_were_coded() {
    let (mut pictures, frames) = pictures(MAX_PX);
    for colour in [[200, 40, 40], [30, 180, 60], [250, 250, 250], [60, 60, 60]] {
        let mut clip = Clip::new((320, 240), colour);
        let (width, height, shown) = shown(&mut pictures, &frames, &clip.next()).unwrap();
        assert_eq!((width, height), (320, 240));
        assert_near(shown, colour);
    }
}

#[test]
fn the_size_may_change_in_the_middle() {
    let (mut pictures, frames) = pictures(MAX_PX);
    for size in [(320, 240), (640, 480), (162, 122), (320, 240)] {
        let mut clip = Clip::new(size, [120, 120, 120]);
        for _ in 0..3 {
            let (width, height, _) = shown(&mut pictures, &frames, &clip.next()).unwrap();
            assert_eq!((width as usize, height as usize), size);
        }
    }
}

#[test]
fn it_begins_with_a_key_frame_and_goes_on_with_one_after_damage() {
    let (mut pictures, frames) = pictures(MAX_PX);
    let mut clip = Clip::new((320, 240), [200, 40, 40]);
    let key = clip.next();
    let built_on_it = clip.next();
    assert!(key.is_key && !built_on_it.is_key);
    assert_eq!(shown(&mut pictures, &frames, &built_on_it), None);
    assert!(shown(&mut pictures, &frames, &key).is_some());
    assert!(shown(&mut pictures, &frames, &built_on_it).is_some());

    let mut damaged = clip.next();
    for byte in damaged.bytes.iter_mut().skip(5) {
        *byte ^= 0x5a;
    }
    assert_eq!(shown(&mut pictures, &frames, &damaged), None);
    assert_eq!(shown(&mut pictures, &frames, &clip.next()), None);
    assert!(shown(&mut pictures, &frames, &Clip::new((320, 240), [1, 2, 3]).next()).is_some());
}

#[test]
fn noise_neither_ends_nor_shows_anything() {
    let (mut pictures, frames) = pictures(MAX_PX);
    for seed in 1..=200_u8 {
        let mut coded = Clip::new((160, 120), [200, 40, 40]).next();
        let length = coded.bytes.len();
        for turn in 1..=8 {
            coded.bytes[usize::from(seed) * 2_654_435 * turn % length] ^= seed;
        }
        pictures.decode(&coded);
    }
    let whole = Clip::new((160, 120), [9, 9, 9]).next();
    pictures.decoder = None;
    assert!(shown(&mut pictures, &frames, &whole).is_some());
}

#[test]
fn pictures_over_the_limit_are_not_shown() {
    let (mut pictures, frames) = pictures(320 * 240 - 1);
    assert_eq!(shown(&mut pictures, &frames, &Clip::new((320, 240), [9, 9, 9]).next()), None);
    assert_eq!(pictures.decoded.load(Ordering::Relaxed), 0);
}

#[test]
fn what_nobody_waits_for_is_only_counted() {
    let arrived = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&arrived);
    let frames = Newest::telling(move || drop(counted.fetch_add(1, Ordering::Relaxed)));
    let mut pictures = Pictures::new(frames.clone(), MAX_PX, Arc::default());
    pictures.decode(&Clip::new((320, 240), [9, 9, 9]).next());
    assert_eq!(arrived.load(Ordering::Relaxed), 1);
    assert_eq!(pictures.decoded.load(Ordering::Relaxed), 1);
    assert!(frames.take().now_or_never().is_none(), "it was not converted");
}

#[test]
fn the_thread_ends_with_its_handle() {
    let frames = Newest::default();
    let mut decoder = DecoderThread::start(frames.clone(), MAX_PX).unwrap();
    decoder.push(Clip::new((320, 240), [9, 9, 9]).next()).unwrap();
    let until = |condition: &dyn Fn() -> bool| {
        let end = Instant::now() + WAIT;
        while !condition() {
            assert!(Instant::now() < end, "waited in vain");
            thread::sleep(Duration::from_millis(5));
        }
    };
    until(&|| decoder.decoded() == 1);
    let decoded = Arc::downgrade(&decoder.decoded);
    drop(decoder);
    until(&|| decoded.strong_count() == 0);
}

/// What ffmpeg draws, coded by it; none where cameras are not to be tested. A delimiter
/// begins each frame.
fn coded_by_ffmpeg(drawing: &str, options: &[&str]) -> Option<Vec<Coded>> {
    const DELIMITER: [u8; 5] = [0, 0, 0, 1, 9];
    std::env::var_os("ROSTRO_CAMERA_SENDERS")?;
    let output = Command::new("ffmpeg")
        .args(["-loglevel", "error", "-f", "lavfi", "-i", drawing])
        .args(["-c:v", "libx264", "-pix_fmt", "yuv420p", "-aud", "1"])
        .args(options)
        .args(["-f", "h264", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bytes = output.stdout;
    let mut starts: Vec<_> =
        (0..bytes.len()).filter(|at| bytes[*at..].starts_with(&DELIMITER)).collect();
    starts.push(bytes.len());
    let frame = |ends: &[usize]| {
        let bytes = bytes[ends[0]..ends[1]].to_vec();
        let is_key = openh264::nal_units(&bytes).any(|unit| unit[3] & 0x1f == 5);
        Coded { bytes, is_key }
    };
    Some(starts.windows(2).map(frame).collect())
}

#[test]
fn pictures_may_be_sent_in_another_order_than_they_are_seen_in() {
    let Some(coded) = coded_by_ffmpeg("testsrc2=s=320x240:r=25:d=4", &["-bf", "2", "-g", "25"])
    else {
        return;
    };
    let (mut pictures, frames) = pictures(MAX_PX);
    let shown = coded.iter().filter_map(|one| shown(&mut pictures, &frames, one)).count();
    assert!(shown >= coded.len() - 3, "{shown} of {}", coded.len());
}

#[test]
fn both_ranges_of_values_give_the_same_colours() {
    for range in ["tv", "pc"] {
        let filter = format!("scale=out_range={range}");
        let options = ["-vf", &filter, "-color_range", range, "-profile:v", "baseline"];
        let Some(coded) = coded_by_ffmpeg("color=0xc82828:s=320x240:r=25:d=1", &options) else {
            return;
        };
        let (mut pictures, frames) = pictures(MAX_PX);
        let (.., colour) = shown(&mut pictures, &frames, &coded[0]).unwrap();
        assert_near(colour, [0xc8, 0x28, 0x28]);
        assert_eq!(pictures.range == Range::Full, range == "pc");
    }
}
