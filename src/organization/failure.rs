//! What Apple's answers mean to the user: a kind, a sentence, and what to do.

use crate::apple::device_assignment::refusal::Refusal;
use crate::apple::error::{Cause, Client, Failure, Says};
use crate::core::printed::{Command, Hint, hint};
use crate::error::{Error, Kind};
use crate::organization::permissions;
use crate::text;

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
                "Waiting was given up; trying again makes sense from {at:.0} on."
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
                    "Apple did not accept a token that it had just issued. See what is used with ",
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
                "A proxy or gateway between this machine and Apple may have sent it. Check HTTPS_PROXY and ALL_PROXY, and whether this network allows Apple's hosts.".into(),
            ],
            _ => Vec::new(),
        },
        Cause::Tls(_) => vec![
            "If a proxy inspects traffic here, name its root certificate in SSL_CERT_FILE; Apple asks that its hosts be left out of inspection.".into(),
        ],
        Cause::Proxy(refusal) => vec![match refusal.status {
            407 if refusal.socks.is_some() => "Put the user name and password for the proxy into HTTPS_PROXY or ALL_PROXY, as in socks5h://USER:PASSWORD@proxy.acme.com:1080, with special characters percent-encoded.".into(),
            407 => "Put the user name and password for the proxy into HTTPS_PROXY or ALL_PROXY, as in http://USER:PASSWORD@proxy.acme.com:3128, with special characters percent-encoded. Only Basic authentication is supported.".into(),
            _ if refusal.is_outage() => format!("Check whether the proxy {} works.", refusal.proxy).into(),
            _ => format!(
                "Ask whoever runs the proxy to allow {}{}. If that host can be reached without the proxy, add it to NO_PROXY.",
                if refusal.socks.is_some() { "connections to " } else { "CONNECT to " },
                refusal.target
            )
            .into(),
        }],
        Cause::NotSent(_) => vec![
            "Check the network from this machine, and HTTPS_PROXY or ALL_PROXY if there is a proxy before it.".into(),
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
        " See what it may do with ",
        Command::new("auth status --permissions"),
        "."
    ]]
}

fn account_hint(code: &str, with_key_id: bool) -> Hint {
    match code {
        // Apple was seen to refuse one account with any key id, and to take it without.
        "invalid_client" if with_key_id => hint![
            "The client id, the key id and the private key must belong to one API account that still exists, and this machine's clock must be right: compare them with the portal's API settings, then ",
            Command::storing("auth login"),
            ". If all of that is right, leave the key id out: remove key_id from the profile, or unset ABMCTL_KEY_ID."
        ],
        "invalid_client" => hint![
            "The client id and the private key must belong to one API account that still exists, and this machine's clock must be right: compare them with the portal's API settings, then ",
            Command::storing("auth login"),
            ". If the portal shows a key id, give that too."
        ],
        "invalid_scope" | "unauthorized_client" => {
            "The API account is of the other kind of organization: the client id begins with BUSINESSAPI. or SCHOOLAPI. as the portal shows it.".into()
        }
        _ => hint!["See what is used with ", Command::new("auth status"), "."],
    }
}

fn app_hint(code: &str) -> Hint {
    let roster = Command::storing("auth roster");
    match code {
        "invalid_client" => hint![
            "The client id, the team id, the key id and the private key must belong together and to an app that still has Account & Organizational Data Sharing, and this machine's clock must be right. Compare them with the Apple Developer account, and give what is wrong again to ",
            roster,
            " (--client-id, --team-id, --key-id, --private-key-file), or to the ABMCTL_ROSTER_ variables where it comes from there."
        ],
        "invalid_grant" => hint!["Authorize again with ", roster, "."],
        "invalid_scope" | "unauthorized_client" => hint![
            "The app needs Account & Organizational Data Sharing with the scope \"Roster API: User access\": set it in the Apple Developer account, then ",
            roster,
            "."
        ],
        _ => hint!["See what is used with ", Command::new("auth status"), "."],
    }
}

/// What to do about a server token or a URL that Apple refuses.
fn remedy(refusal: Refusal) -> Hint {
    match refusal {
        Refusal::TermsNotSigned => {
            "An Administrator has to sign in to Apple Business or Apple School Manager and accept them, in every organization whose token is used. It may take a day until the service takes note."
        }
        Refusal::TokenExpired => {
            return hint![
                "Download a new token for this server in the portal, and store it with ",
                Command::storing("tokens import FILE"),
                ". Give it to the MDM as well: the download replaces the MDM's token, and its sync with Apple stops until then."
            ];
        }
        Refusal::TokenReplaced => {
            "Use the token that was downloaded last, the one the MDM uses now. Downloading yet another one would replace that in turn, and the MDM's sync with Apple would stop until it is given the new one."
        }
        Refusal::Unauthorized => {
            "Check that this is the whole token, the one that was downloaded last for this server, and that this machine's clock is right."
        }
        Refusal::Forbidden => {
            "Whoever downloaded the token may have been deleted, changed the password or lost the role. An Administrator can download a new token for this server, which the MDM has to be given as well."
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
            "Check that the server token is whole, and that this machine's clock is right."
        }
    }
    .into()
}
