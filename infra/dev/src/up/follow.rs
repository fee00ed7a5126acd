//! Showing what is added to log files.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Prints what is added to the files until Ctrl-C, or until it is asked to end.
pub(super) async fn until_interrupted(files: &[PathBuf]) -> anyhow::Result<()> {
    let mut readers = Vec::new();
    for file in files {
        let mut reader = BufReader::new(File::open(file)?);
        reader.seek(SeekFrom::End(0))?;
        readers.push(reader);
    }
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    loop {
        tokio::select! {
            _ = interrupt.recv() => return Ok(()),
            _ = terminate.recv() => return Ok(()),
            () = tokio::time::sleep(LOOK) => {}
        }
        for reader in &mut readers {
            print_new(reader)?;
        }
    }
}

fn print_new(reader: &mut BufReader<File>) -> anyhow::Result<()> {
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        if !is_chatter(&text) {
            eprint!("{text}");
        }
        line.clear();
    }
    Ok(())
}

/// The emulator tells of every single thing it does; what the functions say carries no such mark.
fn is_chatter(line: &str) -> bool {
    line.contains(" INFO [") || line.contains("] [INFO] ")
}
