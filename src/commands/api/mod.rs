//! `api METHOD PATH`: any request to the Manager API, with the credentials of everything else.

mod address;
mod fields;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use self::address::Address;
use self::fields::Fields;
use crate::apple::error::{Failure, RequestName};
use crate::apple::http::{Origin, Response};
use crate::apple::manager::Manager;
use crate::apple::page::{PAGE, Pages};
use crate::apple::retry::Repeat;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::core::printed::{Command, Hint, hint};
use crate::error::{Error, Kind};
use crate::options::Changing;
use crate::organization::Organization;
use crate::organization::record::{Record, Recorded, Started};
use crate::output::{Document, Format, OutputError};
use crate::state::journal::How;

const EXAMPLES: &str = "\
Examples:
  abmctl api GET /v1/orgDevices --paginate -o ndjson
  abmctl api PATCH /v1/mdmServers/13A931BB --input change.json --dry-run";

/// The request.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// GET, POST, PATCH or DELETE
    #[arg(ignore_case = true, hide_possible_values = true)]
    method: Verb,
    /// The path and query, such as /v1/mdmServers?limit=5, or a URL
    path: String,
    #[command(flatten)]
    fields: Fields,
    /// Send this JSON file as the body; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["field", "raw_field"])]
    input: Option<PathBuf>,
    /// Read all pages of a list
    ///
    /// The output is one array in json, and one item per line in ndjson. abmctl requests 1,000 items per page, unless the
    /// path has a `limit`.
    #[arg(long)]
    paginate: bool,
    #[command(flatten)]
    changing: Changing,
}

/// The methods that the API has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Verb {
    #[value(name = "GET")]
    Get,
    #[value(name = "POST")]
    Post,
    #[value(name = "PATCH")]
    Patch,
    #[value(name = "DELETE")]
    Delete,
}

impl Verb {
    fn method(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Patch => Method::PATCH,
            Self::Delete => Method::DELETE,
        }
    }

    fn repeat(self) -> Repeat {
        match self {
            Self::Get => Repeat::Always,
            Self::Patch | Self::Delete => Repeat::AfterReading,
            Self::Post => Repeat::IfNotActedOn,
        }
    }
}

/// Sends the request and returns what Apple answered.
pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    check(&args, context)?;
    let settings = context.settings()?;
    settings.required_credentials()?;
    let mut address = Address::parse(&args.path, &settings.services.api.value)?;
    let Fields(fields) = args.fields;
    let body = if args.method == Verb::Get {
        let pairs = fields.into_iter().map(|field| (field.name, field.value));
        address.query.extend(pairs);
        None
    } else if let Some(file) = &args.input {
        Some(input(file, context).await?)
    } else if fields.is_empty() {
        None
    } else {
        Some(fields::body(&fields)?.to_string().into_bytes())
    };
    let meant = address.meant().map(|path| meant(args.method, &path));
    if args.paginate && !address.has("limit") {
        address.query.push(("limit".to_owned(), PAGE.to_owned()));
    }
    let segments: Vec<&str> = address.segments.iter().map(String::as_str).collect();
    let query: Vec<(&str, &str)> = address
        .query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let method = args.method.method();
    let url = Origin::of(&settings.services.api.value)
        .and_then(|origin| origin.url(&segments, &query))
        .map_err(|cause| Failure::new(RequestName::without_address(&method, &segments), cause))?;
    if args.changing.dry_run {
        return dry_run(&method, &url, body.as_deref(), context);
    }
    let manager = context.organization()?.manager()?;
    if args.paginate {
        return pages(manager, url, context)
            .await
            .map_err(|error| hinted(error, meant));
    }
    let organization = context.organization()?;
    let started = (args.method != Verb::Get).then(|| begin(&method, &url, organization));
    let started = started.transpose()?.flatten();
    let name = RequestName::new(&method, &url);
    let sent = manager
        .api()
        .send(method, url, body, args.method.repeat())
        .await;
    if let Some(started) = started {
        end(started, &sent, &name);
    }
    let answered = sent.and_then(|response| {
        if response.body.trim_ascii().is_empty() {
            return Ok(None);
        }
        response.json::<Value>().map(Some)
    });
    match answered {
        Ok(Some(document)) => Ok(Outcome::done(Document::Foreign(document))),
        Ok(None) => Ok(Outcome::nothing()),
        Err(failure) => Err(hinted(failed(args.method, failure), meant)),
    }
}

/// The command with the path that was probably meant.
fn meant(method: Verb, path: &str) -> Hint {
    let verb = method.method();
    let command = Command::new(&format!("api {verb}")).arg(path);
    hint!["Did you mean ", command, "?"]
}

/// With the path that was probably meant: in place of other advice if Apple does not have the one that was asked for or refuses it, and
/// beside it if something else may have answered.
fn hinted(error: Error, meant: Option<Hint>) -> Error {
    match (meant, error.kind) {
        (Some(meant), Kind::NotFound | Kind::Refused) => error.advising([meant]),
        (Some(meant), Kind::Failed) => error.hint(meant),
        _ => error,
    }
}

/// Writes into the journal that a request is sent that may change something; nothing if it is stopped before. Its body may
/// hold secrets, and isn't written.
fn begin<'a>(
    method: &Method,
    url: &Url,
    organization: &'a Organization,
) -> Result<Option<Started<'a>>, Error> {
    if organization.settings().why_read_only().is_some() {
        return Ok(None);
    }
    let owner = organization.api_account()?;
    let record = Record::of([Recorded::new(format!("{method} {}", path(url)), None, None)]);
    let records = organization.records();
    Ok(Some(records.begin_of(
        &owner,
        organization.profile(),
        &record,
    )))
}

/// Writes into the journal how the request ended. It stays open if Apple may have acted on it, or may still.
fn end(started: Started<'_>, sent: &Result<Response, Failure>, name: &RequestName) {
    match sent {
        Ok(response) => {
            let status = response.status.as_u16();
            let sentence = format!("Apple answered {status}.");
            started.answered(How::AsWished, sentence, Some(status));
        }
        Err(failure) if failure.not_acted_on() => {
            let sentence = Error::from(failure.clone()).message;
            started.answered(How::Nothing, sentence, failure.status_of(name));
        }
        Err(_) => {}
    }
}

/// The path of a request with its query.
fn path(url: &Url) -> String {
    match url.query() {
        None => url.path().to_owned(),
        Some(query) => format!("{}?{query}", url.path()),
    }
}

/// What of the command line does not go together; exit 2.
fn check(args: &Args, context: &Context) -> Result<(), Error> {
    let reads = args.method == Verb::Get;
    let refuse = |message: &str| Err(Error::usage(message));
    if context.output.columns.is_some() {
        return Err(OutputError::NoColumns.into());
    }
    if matches!(context.output.format, Format::Csv | Format::Yaml) {
        return Err(Error::usage(
            "Apple's answer has no rows, so `api` writes only json or ndjson.",
        )
        .hint("Add `-o json` or `-o ndjson`."));
    }
    if reads && args.input.is_some() {
        return refuse("--input sends a body, and a GET request has none.");
    }
    if reads && args.changing.note.is_some() {
        return refuse("--note is for changes, and GET changes nothing.");
    }
    if reads && args.changing.dry_run {
        return refuse("--dry-run is for changes, and GET changes nothing.");
    }
    if !reads && args.paginate {
        return refuse("--paginate reads a list, so it works only with GET.");
    }
    Ok(())
}

/// The body from a file or standard input, as it is, since it is JSON; exit 2 with the line where it is none.
async fn input(file: &Path, context: &Context) -> Result<Vec<u8>, Error> {
    let (name, bytes) = if file == Path::new("-") {
        ("Standard input".to_owned(), context.ui.read_input().await?)
    } else {
        let name = file.display().to_string();
        let bytes = std::fs::read(file)
            .map_err(|error| Error::usage(format!("{name} can't be read: {error}.")))?;
        (name, bytes)
    };
    serde_json::from_slice::<serde::de::IgnoredAny>(&bytes)
        .map_err(|error| Error::usage(format!("{name} isn't a JSON document: {error}.")))?;
    Ok(bytes)
}

/// What would be sent.
fn dry_run(
    method: &Method,
    url: &Url,
    body: Option<&[u8]>,
    context: &Context,
) -> Result<Outcome, Error> {
    let path = path(url);
    let body: Option<Value> = body
        .map(serde_json::from_slice)
        .transpose()
        .map_err(|error| Error::usage(format!("The body isn't a JSON document: {error}.")))?;
    Ok(Outcome::done(Document::Foreign(json!({
        "changed": true,
        "dry_run": true,
        "profile": context.profile()?,
        "sandbox": context.settings()?.services.is_sandbox(),
        "method": method.as_str(),
        "path": path,
        "body": body,
    }))))
}

/// The items of all pages; in ndjson each as soon as its page is there.
async fn pages(manager: &Manager, first: Url, context: &Context) -> Result<Outcome, Error> {
    let mut pages = Pages::new(manager.api(), first);
    let mut kept: Vec<Value> = Vec::new();
    let (mut count, mut odd) = (0, Vec::new());
    let at_once = context.output.format == Format::Ndjson;
    loop {
        let items = match pages.next::<Value>().await {
            Ok(Some(items)) => items,
            Ok(None) => break,
            Err(failure) if at_once && count > 0 => return Err(partly(count, failure)),
            Err(failure) => return Err(failure.into()),
        };
        count += items.understood.len();
        odd.extend(items.odd);
        if at_once {
            for item in &items.understood {
                match context.output.line(item) {
                    // Nobody reads on, so no further page is asked for.
                    Err(OutputError::Closed) => return Ok(Outcome::nothing()),
                    other => other?,
                }
            }
        } else {
            kept.extend(items.understood);
        }
        context.ui.progress(&format!("Read {count} items"));
    }
    context.organization()?.warn_of(&odd);
    let problem = odd.first().map(|item| {
        let kind = if count > 0 {
            Kind::Partial
        } else {
            Kind::Failed
        };
        Error::new(kind, format!("abmctl couldn't write every item. {item}"))
    });
    Ok(Outcome {
        document: (!at_once).then(|| Document::Foreign(Value::Array(kept))),
        problem,
        code: 0,
    })
}

/// A list that ended early: what was written is not all.
fn partly(count: usize, failure: Failure) -> Error {
    Error::from(failure)
        .and(format!("Only the first {count} items were written."))
        .of_kind(Kind::Partial)
}

/// What became of a request, with a word where it may have been acted on.
fn failed(verb: Verb, failure: Failure) -> Error {
    let open = verb != Verb::Get && !failure.not_acted_on();
    let error = Error::from(failure);
    if open {
        error.and("Apple may have acted on the request. Check before you send it again.")
    } else {
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apple::error::{Answer, Cause};
    use jiff::Timestamp;
    use reqwest::header::HeaderMap;

    #[test]
    fn only_an_open_outcome_is_called_open() {
        let broken = || Cause::Broken("reset".into());
        let answered = |status, body: &str| {
            let (headers, now) = (HeaderMap::new(), Timestamp::UNIX_EPOCH);
            let answer = Answer::read(status, &headers, body.as_bytes(), now);
            Cause::Answer(Box::new(answer))
        };
        let document = r#"{"errors":[{"status":"409","code":"X","title":"t","detail":"d"}]}"#;
        let servers = || RequestName::without_address(&Method::POST, &["v1", "mdmServers"]);
        let token = || RequestName::without_address(&Method::POST, &["auth", "oauth2", "token"]);
        let no_token = Cause::NoCredential(Box::new(Failure::new(token(), broken())));
        for (verb, cause, open) in [
            (Verb::Post, broken(), true),
            (Verb::Post, answered(503, document), true),
            (Verb::Post, answered(403, "<html>"), true),
            (Verb::Post, answered(404, ""), true),
            (Verb::Post, Cause::Unreadable("no".into()), true),
            (Verb::Post, answered(409, document), false),
            (Verb::Post, Cause::NotSent("refused".into()), false),
            (Verb::Post, no_token, false),
            (Verb::Get, broken(), false),
        ] {
            let error = failed(verb, Failure::new(servers(), cause));
            assert_eq!(error.message.contains("may have acted on"), open, "{error}");
        }
    }
}
