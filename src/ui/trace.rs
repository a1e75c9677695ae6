//! Traces of requests, a line for each, on standard error.

use std::io::Write;

use super::Ui;
use crate::text::printable;

/// So that traces of requests go where messages go.
impl<'a> tracing_subscriber::fmt::MakeWriter<'a> for Ui {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line {
            ui: self.clone(),
            bytes: Vec::new(),
        }
    }
}

/// A line of the trace; written when it is dropped.
pub struct Line {
    ui: Ui,
    bytes: Vec<u8>,
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.bytes);
        let text = text.trim_end();
        if !text.is_empty() {
            self.ui.line(&printable(text));
        }
    }
}
