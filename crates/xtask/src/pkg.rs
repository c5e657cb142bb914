//! To be written: builds pkg/ with wasm-pack (already installed, `setup::tools_path()` is the PATH to give it), packs
//! it, and lays the tarball at `build::packed()`. Long commands go through `children.run("name", &mut Command)`.

use crate::children::Children;

pub(crate) fn run(_children: &Children) -> anyhow::Result<()> {
    anyhow::bail!("this command is not written yet")
}
