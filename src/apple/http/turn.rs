//! Which requests go at once, and which of them wait for others.

use tokio::sync::watch;

use super::Http;

/// When a request is sent.
#[derive(Debug, Clone, Default)]
pub enum Turn {
    /// As soon as fewer than four others are under way.
    #[default]
    InTurn,
    /// At once, beside the four.
    Beside,
    /// In turn, before it is known whether it is wanted: until this turns true, it isn't sent a second time.
    Ahead(watch::Receiver<bool>),
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

    /// Resolves when a request is wanted that was sent ahead and failed.
    pub(in crate::apple) async fn wanted(&self) {
        if let Turn::Ahead(wanted) = &self.turn {
            // Whoever could want it is gone: what comes of it is told to nobody.
            let _ = wanted.clone().wait_for(|wanted| *wanted).await;
        }
    }
}
