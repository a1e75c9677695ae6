//! What an API account may do, as a member of documents, as lines and as sentences.

use serde::Serialize;

use crate::organization::permissions::{Area, Permission};
use crate::text;

/// A permission, as a member of `permissions`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PermissionRow {
    area: &'static str,
    allowed: Option<bool>,
    needs: Option<&'static str>,
    reason: Option<String>,
}

impl PermissionRow {
    /// Its word in a table.
    pub(super) fn word(&self) -> String {
        let verdict = match self.allowed {
            Some(true) => "yes",
            Some(false) => "no",
            None => "?",
        };
        format!("{} {verdict}", self.area.replace('_', " "))
    }
}

impl From<&Permission> for PermissionRow {
    fn from(permission: &Permission) -> Self {
        Self {
            area: key(permission.area),
            allowed: permission.allowed,
            needs: permission.needs,
            reason: permission.reason.clone(),
        }
    }
}

fn key(area: Area) -> &'static str {
    match area {
        Area::Servers => "servers",
        Area::Defaults => "defaults",
        Area::SetDefaults => "set_defaults",
        Area::Users => "users",
        Area::AuditEvents => "audit_events",
    }
}

fn does(area: Area) -> &'static str {
    match area {
        Area::Servers => "list servers",
        Area::Defaults => "read defaults",
        Area::SetDefaults => "set defaults",
        Area::Users => "read users",
        Area::AuditEvents => "read audit events",
    }
}

/// The most columns of a line, which stands below others with an indent.
const WIDTH: usize = 78;

/// A permission as lines below others like it, within 80 columns where Apple said nothing.
pub(super) fn lines(permission: &Permission) -> Vec<String> {
    let verdict = match (permission.allowed, &permission.reason) {
        (Some(true), _) => "yes".to_owned(),
        (Some(false), Some(reason)) if permission.needs.is_none() => format!("no: {reason}"),
        (Some(false), _) => "no".to_owned(),
        (None, Some(reason)) => format!("can't tell: {reason}"),
        (None, None) => "can't tell".to_owned(),
    };
    let mut lines = vec![format!("{:<18} {verdict}", does(permission.area))];
    if let Some(needs) = permission.needs {
        let mut line = format!("{:<18} needs", "");
        for word in needs.split(' ') {
            if line.len() + 1 + word.len() > WIDTH {
                lines.push(std::mem::replace(&mut line, format!("{:<24}", "")));
            }
            line.push(' ');
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// A permission as a sentence, unless it is simply allowed.
pub(super) fn sentence(permission: &Permission) -> Option<String> {
    let does = does(permission.area);
    let reason = permission.reason.as_deref();
    match permission.allowed {
        Some(true) => None,
        Some(false) => {
            let needs = permission.needs.map(|needs| format!("that needs {needs}"));
            let why = needs.as_deref().or(reason).unwrap_or("Apple refuses");
            Some(text::sentence(&format!(
                "The API account may not {does}: {why}"
            )))
        }
        None => {
            let reason = reason.unwrap_or("Apple didn't say");
            let mut told = if permission.asked.is_none() {
                format!("Not tested: permission to {does} ({reason}).")
            } else {
                text::sentence(&format!(
                    "abmctl can't tell whether the API account may {does}: {reason}"
                ))
            };
            if let Some(needs) = permission.needs {
                let needs = format!("To {does}, the API account needs {needs}");
                told = format!("{told} {}", text::sentence(&needs));
            }
            Some(told)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_where_it_is_known() {
        let refused = |area: Area| Permission {
            area,
            allowed: Some(false),
            needs: Some(area.needs()),
            reason: Some("Apple answered GET /v1/users with 403 C: T".to_owned()),
            asked: Some(Ok(())),
        };
        assert_eq!(
            lines(&refused(Area::Users)),
            [
                "read users         no",
                "                   needs any role but Staff (all others include reading users)"
            ]
        );
        let events = refused(Area::AuditEvents);
        assert_eq!(lines(&events)[0], "read audit events  no");
        assert_eq!(
            sentence(&events).unwrap(),
            "The API account may not read audit events: that needs the permission \"Access audit events using the Admin API.\""
        );
        let not_tried = Permission {
            allowed: None,
            reason: Some("a test would change something".to_owned()),
            asked: None,
            ..refused(Area::SetDefaults)
        };
        assert_eq!(
            sentence(&not_tried).unwrap(),
            "Not tested: permission to set defaults (a test would change something). To set defaults, the API account needs the permission \"View device management services, manage default platform assignment, and add devices with Apple Configurator.\""
        );
        let allowed = Permission {
            area: Area::Servers,
            allowed: Some(true),
            needs: None,
            reason: None,
            asked: Some(Ok(())),
        };
        assert_eq!(lines(&allowed), ["list servers       yes"]);
        assert_eq!(sentence(&allowed), None);
        for area in [
            Area::Servers,
            Area::Defaults,
            Area::SetDefaults,
            Area::Users,
            Area::AuditEvents,
        ] {
            for line in lines(&refused(area)) {
                assert!(line.len() <= 78, "{line}");
            }
        }
    }
}
