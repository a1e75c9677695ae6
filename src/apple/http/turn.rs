//! Which requests go at once, and which of them wait for others.

use super::Http;

/// When a request is sent.
#[derive(Debug, Clone, Copy, Default)]
pub enum Turn {
    /// As soon as fewer than four others are under way.
    #[default]
    InTurn,
    /// At once: its caller sees to how many there are.
    Beside,
}

impl Http {
    /// The same way out, whose requests take this turn.
    #[must_use]
    pub fn in_turn(&self, turn: Turn) -> Self {
        Self {
            turn,
            ..self.clone()
        }
    }
}
