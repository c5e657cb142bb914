//! Makes the file of a network that browsers load out of its ONNX file: `rostro-compile ID ONNX GRAPH`.
#![forbid(unsafe_code)]
#![expect(clippy::print_stderr, reason = "a tool for a terminal")]

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [id, onnx, graph] = &arguments[..] else {
        eprintln!("usage: rostro-compile ID ONNX GRAPH");
        return ExitCode::from(2);
    };
    match run(&id.to_string_lossy(), &onnx.into(), &graph.into()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(id: &str, onnx: &PathBuf, graph: &PathBuf) -> Result<(), String> {
    let bytes =
        std::fs::read(onnx).map_err(|error| format!("reading {}: {error}", onnx.display()))?;
    let compiled = rostro_infer::compile(id, &bytes).map_err(|error| error.to_string())?;
    std::fs::write(graph, compiled).map_err(|error| format!("writing {}: {error}", graph.display()))
}
