//! What Apple's answers mean to the user: a kind, a sentence, and what to do.

use crate::apple::device_assignment::refusal::Refusal;
use crate::apple::error::{Cause, Client, Failure, Says};
use crate::core::printed::{Command, Hint, hint};
use crate::error::{Error, Kind};
use crate::organization::permissions;
use crate::text::{self, prose_time};

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        if let Cause::Secret(error) = &failure.root().cause {
            return (**error).clone();
        }
        let mut error = Self::new(kind(&failure), failure.to_string()).caused_by(failure.clone());
        if let Some(answer) = failure.answer() {
            error.code.clone_from(&answer.code);
            error.request_id.clone_from(&answer.request_id);
        }
        match &failure.root().cause {
            Cause::Client { code, .. } => error.code = Some(code.clone()),
            Cause::DeviceAssignment(refused) => error.code.clone_from(&refused.code),
            _ => {}
        }
        let error = error.hints(hints(&failure));
        match failure.again_at {
            None => error,
            Some(at) => error.and(format!(
                "abmctl gave up waiting. Try again after {}.",
                prose_time(at)
            )),
        }
    }
}

fn kind(failure: &Failure) -> Kind {
    match &failure.cause {
        Cause::NoCredential(why) => kind(why),
        Cause::Answer(answer) => match answer.says() {
            Says::NotAuthenticated => Kind::NotAuthenticated,
            Says::Forbidden => Kind::Refused,
            Says::NotFound => Kind::NotFound,
            Says::Conflict => Kind::Conflict,
            Says::Unavailable => Kind::Unavailable,
            Says::Other => Kind::Failed,
        },
        Cause::Client { .. } => Kind::NotAuthenticated,
        Cause::DeviceAssignment(refused) => match refused.refusal {
            Refusal::TermsNotSigned
            | Refusal::TokenExpired
            | Refusal::TokenReplaced
            | Refusal::Unauthorized
            | Refusal::Forbidden
            | Refusal::OauthParameters => Kind::NotAuthenticated,
            Refusal::AccessDenied | Refusal::OrganizationNotSupported => Kind::Refused,
            Refusal::UrlNotValid | Refusal::UrlRequired | Refusal::UserAgentInvalid => Kind::Failed,
        },
        Cause::NotSent(_) | Cause::TimedOut { .. } | Cause::Broken(_) => Kind::Unavailable,
        Cause::Proxy(refusal) if refusal.is_outage() => Kind::Unavailable,
        // The proxy that is configured can't be used as it is: waiting doesn't help.
        Cause::Proxy(_) | Cause::Local(_) => Kind::Usage,
        Cause::Secret(error) => error.kind,
        Cause::Interrupted => Kind::Interrupted,
        Cause::Tls(_)
        | Cause::TooLarge(_)
        | Cause::Unreadable(_)
        | Cause::Unexpected(_)
        | Cause::Redirect(_)
        | Cause::NoAddress(_)
        | Cause::OffOrigin(_) => Kind::Failed,
    }
}

fn hints(failure: &Failure) -> Vec<Hint> {
    match &failure.cause {
        Cause::NoCredential(why) => hints(why),
        Cause::Client { client, code, .. } => vec![match client {
            Client::ApiAccount { with_key_id } => account_hint(code, *with_key_id),
            Client::App => app_hint(code),
        }],
        Cause::DeviceAssignment(refused) => vec![remedy(refused.refusal)],
        Cause::Answer(answer) => match answer.says() {
            Says::NotAuthenticated if !takes_access_tokens(failure) => Vec::new(),
            Says::NotAuthenticated => vec![
                hint![
                    "Apple refused an access token that it had just issued. See which credentials abmctl uses with ",
                    Command::new("auth status"),
                    "."
                ],
            ],
            Says::Forbidden => forbidden(failure),
            _ if answer.is_from_apple() => Vec::new(),
            _ if answer.is_page() => vec![
                "Check HTTPS_PROXY and ALL_PROXY, and ask whoever runs this network to let this machine reach Apple's hosts. For a sign-in page, sign in first.".into(),
            ],
            _ if answer.is_nobodys_refusal() => vec![
                "A proxy or gateway between this machine and Apple may have sent this answer. Check HTTPS_PROXY and ALL_PROXY, and whether this network allows Apple's hosts.".into(),
            ],
            _ => Vec::new(),
        },
        Cause::Tls(_) => vec![
            "If a proxy inspects traffic here, set SSL_CERT_FILE to the proxy's root certificate. Apple asks you to exempt its hosts from inspection.".into(),
        ],
        Cause::Proxy(refusal) => vec![match refusal.status {
            407 if refusal.socks.is_some() => "Put the user name and password for the proxy into HTTPS_PROXY or ALL_PROXY, such as socks5h://USER:PASSWORD@proxy.acme.com:1080. Percent-encode special characters.".into(),
            407 => "Put the user name and password for the proxy into HTTPS_PROXY or ALL_PROXY, such as http://USER:PASSWORD@proxy.acme.com:3128. Percent-encode special characters. abmctl supports only Basic authentication.".into(),
            _ if refusal.is_outage() => format!("Check whether the proxy {} works.", refusal.proxy).into(),
            _ => format!(
                "Ask whoever runs the proxy to allow {}{}. If that host can be reached without the proxy, add it to NO_PROXY.",
                if refusal.socks.is_some() { "connections to " } else { "CONNECT to " },
                refusal.target
            )
            .into(),
        }],
        Cause::NotSent(_) => vec![
            "Check this machine's network. If the network needs a proxy, check HTTPS_PROXY or ALL_PROXY.".into(),
        ],
        _ => Vec::new(),
    }
}

/// Whether an access token opens what was asked for, and not a server token or the credentials themselves.
fn takes_access_tokens(failure: &Failure) -> bool {
    let (_, path) = failure.asked_for();
    path.starts_with("/v") || path.starts_with("/rosterapi/")
}

/// What to do about a 403 that is Apple's.
fn forbidden(failure: &Failure) -> Vec<Hint> {
    let (method, path) = failure.asked_for();
    // Server tokens, token requests and the Roster API are refused for other reasons than an API account's permissions.
    if !path.starts_with("/v") {
        return Vec::new();
    }
    let why = match permissions::needed(method, path) {
        Some(needs) => text::sentence(&format!(
            "Either the organization does not have this, or the API account needs {needs}"
        )),
        None => "The API account lacks the permission, or the organization does not have this."
            .to_owned(),
    };
    vec![hint![
        why,
        " See the API account's permissions with ",
        Command::new("auth status --permissions"),
        "."
    ]]
}

fn account_hint(code: &str, with_key_id: bool) -> Hint {
    match code {
        // Apple was seen to refuse one account with any key id, and to take it without.
        "invalid_client" if with_key_id => hint![
            "The client id, the key id and the private key must belong to the same API account, the account must still exist, and this machine's clock must be right. Compare them with the portal's API settings, then run ",
            Command::storing("auth login"),
            ". If they are all right, leave the key id out: remove key_id from the profile, or unset ABMCTL_KEY_ID."
        ],
        "invalid_client" => hint![
            "The client id and the private key must belong to the same API account, the account must still exist, and this machine's clock must be right. Compare them with the portal's API settings, then run ",
            Command::storing("auth login"),
            ". If the portal shows a key id, give the key id too."
        ],
        "invalid_scope" | "unauthorized_client" => {
            "The API account belongs to the other kind of organization. Copy the client id as the portal shows it, with its BUSINESSAPI. or SCHOOLAPI. prefix.".into()
        }
        _ => hint!["See which credentials abmctl uses with ", Command::new("auth status"), "."],
    }
}

fn app_hint(code: &str) -> Hint {
    let roster = Command::storing("auth roster");
    match code {
        "invalid_client" => hint![
            "The client id, the team id, the key id and the private key must belong to the same app, the app must still have Account & Organizational Data Sharing, and this machine's clock must be right. Compare them with the Apple Developer account. Correct wrong values with ",
            roster,
            " (--client-id, --team-id, --key-id, --private-key-file), or in the ABMCTL_ROSTER_ variables if the values come from there."
        ],
        "invalid_grant" => hint!["Authorize again with ", roster, "."],
        "invalid_scope" | "unauthorized_client" => hint![
            "The app needs Account & Organizational Data Sharing with the scope \"Roster API: User access\". Set the scope in the Apple Developer account, then run ",
            roster,
            "."
        ],
        _ => hint![
            "See which credentials abmctl uses with ",
            Command::new("auth status"),
            "."
        ],
    }
}

/// What to do about a server token or a URL that Apple refuses.
fn remedy(refusal: Refusal) -> Hint {
    match refusal {
        Refusal::TermsNotSigned => {
            "An Administrator has to sign in to Apple Business or Apple School Manager and accept the terms, in every organization whose token you use. Apple's service may take a day to notice."
        }
        Refusal::TokenExpired => {
            return hint![
                "Download a new token for this server in the portal, and store it with ",
                Command::storing("tokens import FILE"),
                ". Give the new token to the MDM as well: the download replaces the MDM's token, and the MDM's sync with Apple stops until the MDM has the new one."
            ];
        }
        Refusal::TokenReplaced => {
            "Use the token that was downloaded last, which the MDM uses now. Don't download another one: it would replace the MDM's token, and the MDM's sync with Apple would stop until the MDM has the new one."
        }
        Refusal::Unauthorized => {
            "Check that the token is complete, that it was downloaded last for this server, and that this machine's clock is right."
        }
        Refusal::Forbidden => {
            "The person who downloaded the token may have been deleted, changed the password or lost the role. An Administrator can download a new token for this server. Give the new token to the MDM as well."
        }
        Refusal::AccessDenied => {
            "Check in the portal that this server still exists, and who downloaded its token."
        }
        Refusal::OrganizationNotSupported => {
            "Serve the well-known resource on the domain itself instead."
        }
        Refusal::UrlNotValid => "Give the https address of the resource that lists the servers.",
        Refusal::UrlRequired => "Give a URL.",
        Refusal::UserAgentInvalid => "Look for a newer version of abmctl.",
        Refusal::OauthParameters => {
            "Check that the server token is complete, and that this machine's clock is right."
        }
    }
    .into()
}
