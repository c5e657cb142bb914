//! A Python that times OpenCV and onnxruntime whenever it is asked.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result};

use crate::speed::samples::Took;
use crate::speed::turns::Run;

/// One that runs, until this is dropped.
pub(super) struct Python {
    /// What it measures with.
    pub(super) versions: String,
    child: Child,
    pipes: RefCell<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Python {
    /// Starts `program` with the committed script; `models` is the checkout's folder, `originals` that of SFace as it was
    /// published.
    ///
    /// # Errors
    /// It cannot be started, or lacks a package.
    pub(super) fn start(
        program: &Path,
        jpeg: &[u8],
        models: &Path,
        originals: &Path,
    ) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("rostro-bench-{}", std::process::id()));
        fs::create_dir_all(&folder).context("making a scratch folder")?;
        let [script, picture] = ["speed.py", "picture.jpg"].map(|name| folder.join(name));
        fs::write(&script, include_str!("../../../python/speed.py"))
            .context("writing the script")?;
        fs::write(&picture, jpeg).context("writing the picture")?;
        let mut child = Command::new(program)
            .args([&script, &picture])
            .arg(models.join("yunet-2023mar.onnx"))
            .arg(models.join("sface-2021dec.int8.onnx"))
            .arg(originals.join("face_recognition_sface_2021dec.onnx"))
            .arg(models.join("dlib-resnet-v1.f16.onnx"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        let input = child.stdin.take().context("a pipe to Python")?;
        let output = BufReader::new(child.stdout.take().context("a pipe from Python")?);
        let mut python =
            Self { versions: String::new(), child, pipes: RefCell::new((input, output)) };
        python.versions = python.line().context("it needs onnxruntime, cv2 and numpy")?;
        fs::remove_dir_all(&folder).context("removing the scratch folder")?;
        Ok(python)
    }

    /// Its contestant `name`.
    pub(super) fn runs(&self, name: &'static str) -> Run<'_> {
        Box::new(move |times| {
            writeln!(self.pipes.borrow_mut().0, "{name} {times}").context("asking Python")?;
            took(&self.line()?)
        })
    }

    fn line(&self) -> Result<String> {
        let mut line = String::new();
        let read = self.pipes.borrow_mut().1.read_line(&mut line).context("listening to Python")?;
        anyhow::ensure!(read > 0, "Python has ended");
        Ok(line.trim().to_owned())
    }
}

/// Two numbers: wall, and CPU.
fn took(line: &str) -> Result<Took> {
    let (wall_ms, cpu_ms) = line.split_once(' ').context("Python gives two numbers")?;
    Ok(Took { wall_ms: wall_ms.parse()?, cpu_ms: cpu_ms.parse()? })
}

impl Drop for Python {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_python_took_is_read() {
        let took = took("2.5 1.25").expect("two numbers");
        assert_eq!((took.wall_ms, took.cpu_ms), (2.5, 1.25));
        assert!(super::took("Traceback").is_err());
    }
}
