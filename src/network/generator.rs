//! AWS-LC's random generator, which TLS and signatures use.
//!
//! Its first number may cost it tens of milliseconds: it collects jitter of the processor beside the kernel's numbers, unless
//! it was built without that. So it starts on a separate thread, while this one reads files and connects.

use std::sync::{Mutex, Once, PoisonError};
use std::thread::{Builder, JoinHandle};

static ONCE: Once = Once::new();
static STARTING: Mutex<Option<JoinHandle<()>>> = Mutex::new(None);

/// Starts the generator, once. Without a thread it starts when its first number is needed.
pub fn start() {
    ONCE.call_once(|| {
        let starting = Builder::new().name("random".to_owned()).spawn(first);
        *STARTING.lock().unwrap_or_else(PoisonError::into_inner) = starting.ok();
    });
}

/// Waits until it has started, if it was to start: at the end of the process AWS-LC clears up, and a thread that gets its first
/// number meanwhile could end the process with a signal.
pub fn join() {
    let starting = STARTING
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(starting) = starting {
        // A panic over there is no reason for anything here.
        let _ = starting.join();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the number is thrown away: nothing but AWS-LC's own generator can start it"
)]
fn first() {
    // An error comes back when a number is needed.
    let _ = aws_lc_rs::rand::fill(&mut [0]);
}
