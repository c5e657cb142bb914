//! The recogniser for the browser: converts, calls, converts back, and decides nothing itself.
//!
//! It runs in a Web Worker of the npm package, which is the only caller. Bytes and numbers come in; small typed
//! objects go out, whose TypeScript types are generated from [`shapes`]. Every error is an `Error` of JavaScript with a
//! `code` of [`rostro_wire::ErrorCode`]. A panic is printed to the console and traps: the module must then not be used
//! again, and the worker ends itself.

mod fault;
mod frames;
mod galleries;
mod model_files;
mod quality;
mod recognizer;
pub mod shapes;
mod watches;

pub use model_files::ModelFiles;
pub use recognizer::Recognizer;

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}
