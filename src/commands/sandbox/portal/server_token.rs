//! A certificate is uploaded, and a server token downloaded.

use std::path::{Path, PathBuf};

use reqwest::Method;
use reqwest::header::CONTENT_DISPOSITION;
use serde::Serialize;
use serde_json::Value;

use crate::apple::http::Response;
use crate::commands::outcome::Outcome;
use crate::commands::sandbox::emulator::Emulator;
use crate::context::Context;
use crate::core::names::{Named, resolve};
use crate::error::Error;
use crate::organization::servers::not_found;
use crate::output::{Column, Document, Head, Row, Shown, column, heads};
use crate::private_files;

/// The options for domains, which take no files.
const DOMAINS: [&str; 3] = ["add_domain", "verify_domain", "remove_domain"];

/// What is clicked for a server.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Download a token of this server
    ///
    /// The server is its id, alias or name.
    #[arg(long, group = "click")]
    pub server: Option<String>,
    /// Upload this certificate first
    ///
    /// It is PEM or DER, with an RSA key.
    #[arg(long, value_name = "FILE", conflicts_with_all = DOMAINS)]
    certificate: Option<PathBuf>,
    /// Write the token to this file
    ///
    /// The default is a file in the current folder, named as in the portal.
    #[arg(long, value_name = "FILE", conflicts_with_all = DOMAINS)]
    out: Option<PathBuf>,
}

/// A server token that was handed out.
#[derive(Debug, Serialize)]
struct HandedOut {
    server_id: String,
    server_name: String,
    certificate: Option<String>,
    file: String,
}

impl Row for HandedOut {
    const COLUMNS: &'static [Column<Self>] = &[
        column("server_id", "SERVER ID", |it| it.server_id.shown()),
        column("server_name", "SERVER", |it| it.server_name.shown()),
        column("certificate", "CERTIFICATE", |it| it.certificate.shown()),
        column("file", "FILE", |it| it.file.shown()),
    ];
}

/// Uploads and downloads.
pub(super) async fn run(wanted: &str, args: &Args, context: &Context) -> Result<Outcome, Error> {
    context.output.check::<HandedOut>()?;
    let emulator = Emulator::reached(context).await?;
    let server = server(wanted, &emulator, context).await?;
    if let Some(path) = &args.certificate {
        let certificate = std::fs::read(path)
            .map_err(|error| Error::usage(format!("{} can't be read: {error}.", path.display())))?;
        let path = ["portal", "servers", &server.id, "certificate"];
        emulator
            .send(Method::POST, &path, Some(certificate))
            .await?;
    }
    let path = ["portal", "servers", &server.id, "token"];
    let answer = emulator.send(Method::POST, &path, None).await?;
    let file = match &args.out {
        Some(path) => path.clone(),
        None => file_name(&answer),
    };
    private_files::replace(&file, &answer.body).map_err(|error| {
        Error::failed(format!("{} can't be written: {error}.", file.display()))
            .hint("The server's earlier token is no longer valid. Run the command again.")
    })?;
    let certificate = args.certificate.as_ref();
    Ok(Outcome::done(Document::one(HandedOut {
        server_id: server.id,
        server_name: server.name,
        certificate: certificate.map(|path| path.display().to_string()),
        file: file.display().to_string(),
    })))
}

/// The server that is meant, in the order that every command has: id, alias, name.
async fn server(wanted: &str, emulator: &Emulator<'_>, context: &Context) -> Result<Named, Error> {
    let path = ["portal", "servers"];
    let document: Value = emulator.send(Method::GET, &path, None).await?.json()?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let servers: Vec<Named> = document["servers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|server| Named {
            id: text(&server["id"]),
            name: text(&server["name"]),
            deleted: server["deleted"] == true,
        })
        .collect();
    resolve(wanted, &context.settings()?.alias_map(), &servers)
        .cloned()
        .map_err(not_found)
}

/// The name that the portal gives the file, without any folder.
fn file_name(answer: &Response) -> PathBuf {
    answer
        .headers
        .get(CONTENT_DISPOSITION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split("filename=").nth(1))
        .and_then(|name| Path::new(name.trim_matches('"')).file_name())
        .map_or_else(|| PathBuf::from("smime.p7m"), PathBuf::from)
}

/// Its columns.
pub(super) fn columns() -> Vec<Head> {
    heads::<HandedOut>(false)
}
