//! Writes every page in every language to a folder, with the assets beside them, to be looked at in a browser:
//! `cargo run -p doorward-web --example preview -- FOLDER`.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use doorward_web::{pages, texts};

mod samples;

fn main() -> io::Result<()> {
    let folder = env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("target/preview"), PathBuf::from);
    let assets = folder.join("assets");
    fs::create_dir_all(&assets)?;
    for asset in pages::assets::ALL {
        fs::write(assets.join(asset.name()), asset.bytes())?;
    }
    for texts in texts::Texts::all() {
        write_pages(&folder.join(texts.language()), texts)?;
    }
    println!("{}", folder.display());
    Ok(())
}

fn write_pages(folder: &Path, texts: &texts::Texts) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, page) in samples::every_page(texts, &samples::FRIENDLY) {
        let here = page.into_string().replace("\"/assets/", "\"../assets/");
        fs::write(folder.join(format!("{name}.html")), here)?;
    }
    Ok(())
}
