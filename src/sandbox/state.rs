//! The state file: the organization and the API account's key, from one start to the next.

use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::StartError;
use super::organization::Organization;

/// What is in the file.
#[derive(Serialize, Deserialize)]
struct State<O, K> {
    version: u32,
    private_key: K,
    organization: O,
}

/// The version of the file that is written and read.
const VERSION: u32 = 1;

/// Reads the private key and the organization; `None` where there is no file yet.
pub(super) fn read(path: &Path) -> Result<Option<(String, Organization)>, StartError> {
    let unreadable = |why: String| StartError::State {
        path: path.to_owned(),
        why,
    };
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error.to_string())),
    };
    let state: State<Organization, String> =
        serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
    if state.version != VERSION {
        return Err(unreadable(format!(
            "its version is {}, not {VERSION}",
            state.version
        )));
    }
    Ok(Some((state.private_key, state.organization)))
}

/// Writes the whole file, beside the old one and then in its place, with mode 0600.
pub(super) fn write(path: &Path, private_key: &str, organization: &Organization) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // A temporary file has mode 0600 from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    {
        let mut buffer = io::BufWriter::new(file.as_file_mut());
        serde_json::to_writer(
            &mut buffer,
            &State {
                version: VERSION,
                private_key,
                organization,
            },
        )?;
        buffer.flush()?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
