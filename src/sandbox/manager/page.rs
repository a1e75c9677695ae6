//! Pages: `limit`, `cursor`, `links.next` and `meta.paging`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Context, invalid_parameter};
use crate::sandbox::behaviour::NextLinks;
use crate::sandbox::exchange::Answer;

/// The page size where `limit` says nothing (observed).
const DEFAULT_LIMIT: usize = 100;

/// The largest page size (official).
const MAXIMUM_LIMIT: usize = 1000;

/// One page of a collection.
pub(super) struct Page {
    /// Where it begins.
    pub start: usize,
    /// Where the next one begins.
    pub end: usize,
    limit: usize,
    total: usize,
}

/// The one value of a parameter: 400 where it is sent twice (observed for `limit`, inferred for the others).
fn single(context: &Context<'_>, name: &str) -> Result<Option<String>, Answer> {
    let mut values = context
        .request
        .parameters()
        .into_iter()
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value);
    let first = values.next();
    if values.next().is_some() {
        return Err(invalid_parameter(format!(
            "The parameter '{name}' can be sent once."
        )));
    }
    Ok(first)
}

/// The page of a collection of `total` items that is asked for.
pub(super) fn asked(context: &Context<'_>, total: usize) -> Result<Page, Answer> {
    let limit = match single(context, "limit")? {
        None => DEFAULT_LIMIT,
        Some(text) => match text.parse() {
            Ok(limit @ 1..=MAXIMUM_LIMIT) => limit,
            _ => {
                return Err(invalid_parameter(
                    "The parameter 'limit' is from 1 to 1000.",
                ));
            }
        },
    };
    let start = match single(context, "cursor")? {
        None if context.organization.behaviour.next_links == NextLinks::EmptyFirst => {
            return Ok(Page {
                start: 0,
                end: 0,
                limit,
                total,
            });
        }
        None => 0,
        Some(cursor) => offset(&cursor).ok_or_else(|| {
            invalid_parameter("The parameter 'cursor' is not one that was handed out.")
        })?,
    };
    let step = limit.min(context.page_size_cap.unwrap_or(limit).max(1));
    Ok(Page {
        start: start.min(total),
        end: total.min(start.saturating_add(step)),
        limit,
        total,
    })
}

/// A cursor: opaque to clients, the offset to us.
fn cursor(offset: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("offset:{offset}"))
}

fn offset(cursor: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    String::from_utf8(bytes)
        .ok()?
        .strip_prefix("offset:")?
        .parse()
        .ok()
}

/// The document of one page, with absolute links on the origin that was asked (official).
pub(super) fn document(context: &Context<'_>, page: &Page, data: &[Value]) -> Answer {
    let mut text = String::new();
    for (n, object) in data.iter().enumerate() {
        if n > 0 {
            text.push(',');
        }
        text.push_str(&object.to_string());
    }
    written(context, page, &text)
}

/// The same, of objects that are written already, with commas between.
pub(super) fn written(context: &Context<'_>, page: &Page, objects: &str) -> Answer {
    let request = context.request;
    let mut links = json!({"self": context.link(&request.target())});
    let mut paging = json!({"total": page.total, "limit": page.limit});
    let next_links = &context.organization.behaviour.next_links;
    let next = match next_links {
        NextLinks::Stuck if page.end < page.total || page.start > 0 => Some(cursor(page.limit)),
        _ => (page.end < page.total).then(|| cursor(page.end)),
    };
    if let Some(next) = next {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in request.parameters() {
            if name != "cursor" && name != "limit" {
                query.append_pair(&name, &value);
            }
        }
        query.append_pair("cursor", &next);
        query.append_pair("limit", &page.limit.to_string());
        let origin = match next_links {
            NextLinks::Foreign(origin) => origin.as_str(),
            _ => request.origin.as_str(),
        };
        links["next"] = json!(format!("{origin}{}?{}", request.path, query.finish()));
        paging["nextCursor"] = json!(next);
    }
    let rest = json!({"links": links, "meta": {"paging": paging}}).to_string();
    let rest = rest.strip_prefix('{').unwrap_or_default();
    Answer::empty(200)
        .header("content-type", "application/json;charset=UTF-8")
        .body(format!("{{\"data\":[{objects}],{rest}"))
}
