//! The code in the documentation, so that tests can run it.

use std::fs;
use std::path::{Path, PathBuf};

/// A block between ``` and ```.
#[derive(Debug, Clone)]
pub struct Block {
    /// The page, from the root of the repository.
    pub page: PathBuf,
    /// Where it begins, from 1.
    pub line: usize,
    /// What stands behind the opening fence, such as `sh`.
    pub language: String,
    /// The lines between.
    pub code: String,
}

/// Every block of the READMEs and of `docs/`, in order; `root` is the repository.
///
/// # Panics
/// When a page cannot be read.
#[must_use]
pub fn blocks(root: &Path) -> Vec<Block> {
    let readmes = ["README.md", "pkg/README.md", "web/README.md"].map(|page| root.join(page));
    let mut pages: Vec<_> = readmes.into_iter().chain(markdown_below(&root.join("docs"))).collect();
    pages.sort();
    pages.iter().flat_map(|page| blocks_of(page, page.strip_prefix(root).unwrap_or(page))).collect()
}

fn markdown_below(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let below = entries.flat_map(|entry| {
        let path = entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display())).path();
        if path.is_dir() { markdown_below(&path) } else { vec![path] }
    });
    below.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

fn blocks_of(file: &Path, page: &Path) -> Vec<Block> {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_open = false;
    for (line, text) in (1..).zip(text.lines()) {
        match text.trim_start().strip_prefix("```") {
            Some(_) if is_open => is_open = false,
            Some(language) => {
                let language = language.trim().to_owned();
                blocks.push(Block { page: page.to_owned(), line, language, code: String::new() });
                is_open = true;
            }
            None if is_open => {
                let block = blocks.last_mut().expect("one is open");
                block.code.push_str(text);
                block.code.push('\n');
            }
            None => {}
        }
    }
    blocks
}
