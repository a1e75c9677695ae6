//! The document beside its place: under the usual wrong names.

use url::Url;

use super::walk::discovery;
use super::{Purpose, Step, View};
use crate::core::service_discovery::{Code, DiscoveryAnswer, Finding, WELL_KNOWN, judge};
use crate::network::AGENT;

/// Where else the document is found: what editors and one vendor's guide make of its name (observed).
const BESIDE: [&str; 2] = [".json", "."];

/// What lies beside the place of a document.
pub(super) struct Beside {
    pub steps: Vec<Step>,
    pub finding: Option<Finding>,
}

impl View {
    /// Looks for the document under the usual wrong names; a device looks at none of them.
    pub(super) async fn beside(&self, url: &Url) -> Beside {
        let mut steps = Vec::new();
        for end in BESIDE {
            let mut other = url.clone();
            other.set_path(&format!("{WELL_KNOWN}{end}"));
            let question = discovery(&other, Purpose::Explanation, AGENT);
            let (step, came) = self.ask(&question).await;
            steps.push(step);
            let Ok(came) = came else { continue };
            // A type that a device would not take is no matter here.
            let json = ["application/json".to_owned()];
            let judged = judge(&DiscoveryAnswer {
                content_types: &json,
                ..came.answer()
            });
            if judged.outcome.is_ok() {
                let why = format!(
                    "The answer is 404: the document is at {WELL_KNOWN}{end}, and devices ask for {WELL_KNOWN}."
                );
                let finding = Some(Finding::new(Code::DocumentMisplaced, why));
                return Beside { steps, finding };
            }
        }
        Beside {
            steps,
            finding: None,
        }
    }
}
