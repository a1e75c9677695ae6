//! Text from elsewhere inside abmctl's sentences.

/// The most characters of a text from elsewhere that a message takes in.
const LONGEST: usize = 1000;

/// Text from elsewhere as a part of a sentence: one line, not endless, without the full stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // The system's number for an error says nothing that its words don't.
    if let Some((words, rest)) = line.split_once(" (os error ")
        && let Some((_, after)) = rest.split_once(')')
    {
        line = format!("{words}{after}");
    }
    let line: String = line.chars().take(LONGEST).collect();
    line.trim_end_matches('.').to_owned()
}
