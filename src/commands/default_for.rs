//! What a server is the default for, as a cell.

/// What a server is the default for, in words.
pub(crate) fn default_for(platforms: Option<&[String]>) -> String {
    match platforms {
        Some([]) => "none".to_owned(),
        Some(platforms) => platforms.join(","),
        None => "not known".to_owned(),
    }
}
