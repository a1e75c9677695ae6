//! Activities of devices: `/v1/orgDeviceActivities`. Apple has no list of them.

use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderValue};
use serde::{Deserialize, Serialize};
use url::Url;

use super::Manager;
use crate::apple::error::{Cause, Failure, RequestName};
use crate::apple::http::Request;
use crate::apple::lenient;
use crate::apple::retry::Repeat;

/// Where the activities are (official).
pub const ACTIVITIES: [&str; 2] = ["v1", "orgDeviceActivities"];
/// The most devices that one activity is given: Apple documents no limit, and a list's page has as many (inferred).
pub const MOST_DEVICES: usize = 1000;

/// The kinds of activities (official). School Manager has no `Release`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivityType {
    Assign,
    Unassign,
    Migrate,
    UpdateDeadline,
    CancelMigration,
    Release,
}

impl ActivityType {
    /// Apple's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assign => "ASSIGN_DEVICES",
            Self::Unassign => "UNASSIGN_DEVICES",
            Self::Migrate => "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE",
            Self::UpdateDeadline => "UPDATE_MDM_MIGRATION_DEADLINE",
            Self::CancelMigration => "CANCEL_MDM_MIGRATION",
            Self::Release => "RELEASE_DEVICES",
        }
    }
}

/// What is asked for devices.
#[derive(Debug, Clone, Copy)]
pub struct NewActivity<'a> {
    pub activity_type: ActivityType,
    /// Required for `Assign`, `Unassign` and `Migrate`, and left out otherwise (official).
    pub server_id: Option<&'a str>,
    /// Required for `Migrate` and `UpdateDeadline`: at most 90 days ahead; a past one forces a migration (official).
    pub deadline: Option<Timestamp>,
    pub serial_numbers: &'a [String],
}

/// An activity, as Apple shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Activity {
    /// Apple's id of it; `None` where the answer lacks one.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "lenient::object")]
    pub attributes: Attributes,
}

/// The attributes of an activity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Attributes {
    /// `IN_PROGRESS`, `COMPLETED`, `STOPPED`, `FAILED`, or what Apple adds.
    #[serde(deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// What `COMPLETED` alone doesn't say: `COMPLETED_WITH_SUCCESS`, `COMPLETED_WITH_ERROR` and others (official).
    #[serde(deserialize_with = "lenient::text")]
    pub sub_status: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub created_date_time: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub completed_date_time: Option<String>,
    /// A presigned address of the log, only when it is completed (official).
    #[serde(deserialize_with = "lenient::text")]
    pub download_url: Option<String>,
}

/// What the log says of one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    pub serial_number: String,
    /// Apple's word for how it ended.
    pub status: String,
    /// Why, in Apple's words, such as `DEVICE_NOT_FOUND` (observed).
    pub sub_status: Option<String>,
}

#[derive(Deserialize)]
struct One {
    data: Activity,
}

#[derive(Serialize)]
struct Document<'a> {
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    r#type: &'static str,
    attributes: Asked,
    relationships: Relationships<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    activity_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity_type_metadata: Option<Metadata>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    mdm_migration_deadline_date_time: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Relationships<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    mdm_server: Option<ToOne<'a>>,
    devices: ToMany<'a>,
}

#[derive(Serialize)]
struct ToOne<'a> {
    data: Id<'a>,
}

#[derive(Serialize)]
struct ToMany<'a> {
    data: Vec<Id<'a>>,
}

#[derive(Serialize)]
struct Id<'a> {
    r#type: &'static str,
    id: &'a str,
}

impl Manager {
    /// Asks for an activity, once: nothing is sent again, not even after a limit (429). Whoever sends it decides.
    ///
    /// An answer that lacks an id or attributes is a success: Apple took it.
    pub async fn create_activity(&self, new: NewActivity<'_>) -> Result<Activity, Failure> {
        let url = self.api.url(&Method::POST, &ACTIVITIES, &[])?;
        let devices = new.serial_numbers.iter();
        let document = Document {
            data: Data {
                r#type: "orgDeviceActivities",
                attributes: Asked {
                    activity_type: new.activity_type.as_str(),
                    activity_type_metadata: new.deadline.map(|deadline| Metadata {
                        mdm_migration_deadline_date_time: deadline,
                    }),
                },
                relationships: Relationships {
                    mdm_server: new.server_id.map(|id| ToOne {
                        data: Id {
                            r#type: "mdmServers",
                            id,
                        },
                    }),
                    devices: ToMany {
                        data: devices
                            .map(|id| Id {
                                r#type: "orgDevices",
                                id,
                            })
                            .collect(),
                    },
                },
            },
        };
        let name = RequestName::new(&Method::POST, &url);
        let body = serde_json::to_vec(&document)
            .map_err(|error| Failure::new(name, Cause::Local(error.to_string())))?;
        let answer = self
            .api
            .send(Method::POST, url, Some(body), Repeat::Never)
            .await?;
        Ok(answer.json::<One>()?.data)
    }

    /// How an activity stands.
    pub async fn activity(&self, id: &str) -> Result<Activity, Failure> {
        let [version, activities] = ACTIVITIES;
        let url = self
            .api
            .url(&Method::GET, &[version, activities, id], &[])?;
        Ok(self.api.read::<One>(url).await?.data)
    }

    /// The log of an activity from its address, which is fetched without the credential.
    pub async fn activity_log(&self, download_url: &str) -> Result<Vec<LogRow>, Failure> {
        let without = RequestName::without_address(&Method::GET, &["downloadUrl"]);
        let url = Url::parse(download_url).map_err(|_| {
            let why = "the address of the log isn't a URL".to_owned();
            Failure::new(without, Cause::Unexpected(why))
        })?;
        let http = self.api.http();
        let answer = http
            .repeat(Repeat::Always, || async {
                let request = Request::new(Method::GET, url.clone())
                    .secret_address()
                    .header(ACCEPT, HeaderValue::from_static("text/csv, */*"));
                http.once(&request).await?.success()
            })
            .await?;
        log_rows(&answer.body).ok_or_else(|| {
            let why = "it has no header with serial_number and operation_status".to_owned();
            Failure::new(RequestName::new(&Method::GET, &url), Cause::Unexpected(why))
        })
    }
}

/// The rows of a log: after lines of a preamble comes a header with these names (observed). `None` without one.
fn log_rows(body: &[u8]) -> Option<Vec<LogRow>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(body);
    let mut columns = None;
    let mut rows = Vec::new();
    for record in reader.byte_records() {
        let Ok(record) = record else { continue };
        let cells: Vec<String> = record
            .iter()
            .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
            .collect();
        let Some((serial, status, sub_status)) = columns else {
            let place = |name: &str| cells.iter().position(|it| it.eq_ignore_ascii_case(name));
            if let (Some(serial), Some(status)) =
                (place("serial_number"), place("operation_status"))
            {
                columns = Some((serial, status, place("operation_substatus")));
            }
            continue;
        };
        let cell = |place: usize| cells.get(place).filter(|it| !it.is_empty()).cloned();
        if let (Some(serial_number), Some(status)) = (cell(serial), cell(status)) {
            rows.push(LogRow {
                serial_number,
                status,
                sub_status: sub_status.and_then(cell),
            });
        }
    }
    columns.map(|_| rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preamble_of_a_log_is_skipped() {
        let log = b"Activity,1\r\n\"Created by, me\"\n\nserial_number,other,operation_status,operation_substatus\nC02,x,SUCCESS,\nC03,\"a,b\",FAILURE,DEVICE_NOT_FOUND\n,,,\n";
        let rows = log_rows(log).unwrap();
        let row = |serial: &str, status: &str, sub_status: Option<&str>| LogRow {
            serial_number: serial.to_owned(),
            status: status.to_owned(),
            sub_status: sub_status.map(str::to_owned),
        };
        assert_eq!(
            rows,
            [
                row("C02", "SUCCESS", None),
                row("C03", "FAILURE", Some("DEVICE_NOT_FOUND"))
            ]
        );
        for none in ["", "<html></html>", "serial_number\nC02\n", "\u{0}\u{1}"] {
            assert_eq!(log_rows(none.as_bytes()), None, "{none}");
        }
        let empty = "serial_number,operation_status\n";
        assert_eq!(log_rows(empty.as_bytes()), Some(Vec::new()));
    }
}
