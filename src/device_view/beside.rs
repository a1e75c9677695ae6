//! Looks for a misplaced document under the usual wrong names.

use url::Url;

use super::walk::discovery;
use super::{Purpose, Step, View, Walk, lock};
use crate::core::service_discovery::{Code, DiscoveryAnswer, Finding, WELL_KNOWN, judge};
use crate::network::AGENT;

/// Where else the document is found: what editors and one vendor's guide make of its name (observed).
const BESIDE: [&str; 2] = [".json", "."];

/// What lies beside the place of a document.
pub(super) struct Beside {
    steps: Vec<Step>,
    /// What the name of the document ends with there, if it is there.
    end: Option<&'static str>,
}

impl View {
    /// Names the place of the document if it lies beside its own, where the answer was a refusal of this status.
    pub(super) async fn misplaced(
        &self,
        url: &Url,
        status: u16,
        finding: Finding,
        walk: &mut Walk,
    ) -> Finding {
        let cell = lock(&self.beside)
            .entry(url.authority().to_owned())
            .or_default()
            .clone();
        let beside = cell.get_or_init(|| Box::pin(self.beside(url))).await;
        walk.steps.extend(beside.steps.iter().cloned());
        let Some(end) = beside.end else {
            return finding;
        };
        if finding.code == Code::Html {
            let why = format!("{} The document is at {WELL_KNOWN}{end}.", finding.message);
            return Finding::new(Code::Html, why);
        }
        let why = format!(
            "The answer is {status}: the document is at {WELL_KNOWN}{end}, but devices request {WELL_KNOWN}."
        );
        Finding::new(Code::DocumentMisplaced, why)
    }

    /// Looks for the document under the usual wrong names; a device looks at none of them.
    async fn beside(&self, url: &Url) -> Beside {
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
                let end = Some(end);
                return Beside { steps, end };
            }
        }
        Beside { steps, end: None }
    }
}
