//! `apps`, `packages` and `configurations`: fixed rows, read only here. Apple Business only (official).

use serde_json::{Value, json};

use super::{Context, listed, missing, resource, sparse};
use crate::sandbox::derive;
use crate::sandbox::exchange::{Answer, millis};
use crate::sandbox::organization::Permission;

/// The attributes of each resource and its values are official; their ids are UUIDs (inferred).
const APP_FIELDS: [&str; 7] = [
    "name",
    "bundleId",
    "version",
    "supportedOS",
    "isCustomApp",
    "appStoreUrl",
    "websiteUrl",
];

const PACKAGE_FIELDS: [&str; 8] = [
    "name",
    "url",
    "hash",
    "bundleIds",
    "description",
    "version",
    "createdDateTime",
    "updatedDateTime",
];

const CONFIGURATION_FIELDS: [&str; 6] = [
    "type",
    "name",
    "configuredForPlatforms",
    "createdDateTime",
    "updatedDateTime",
    "customSettingsValues",
];

/// A profile with content, as raw XML: documented as base64, seen as XML (observed).
const PROFILE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict>\
<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>\
<key>PayloadIdentifier</key><string>com.acme.dock</string>\
<key>PayloadUUID</key><string>6B0A1E0C-0C5F-4B4C-8E2B-7A3D5F0C9E11</string>\
<key>PayloadContent</key><array><dict><key>PayloadType</key><string>com.apple.dock</string>\
<key>PayloadVersion</key><integer>1</integer><key>PayloadIdentifier</key><string>com.acme.dock.1</string>\
<key>PayloadUUID</key><string>0D7E2C55-9A43-4C0B-9E0A-3B7A8B1C2D3E</string>\
<key>orientation</key><string>left</string></dict></array></dict></plist>\n";

/// A row: its id and its attributes.
type Row = (String, Value);

/// The id of a row with this name.
pub(super) fn id(kind: &str, name: &str) -> String {
    derive::uuid(&format!("{kind} {name}"))
}

fn app_rows() -> Vec<Row> {
    let app = |name: &str, bundle: &str, version: &str, systems: &[&str], store: Option<u32>| {
        let mut attributes = json!({
            "name": name,
            "bundleId": bundle,
            "version": version,
            "supportedOS": systems,
            "isCustomApp": store.is_none(),
            "websiteUrl": "https://www.acme.example",
        });
        if let Some(number) = store {
            attributes["appStoreUrl"] = json!(format!("https://apps.apple.com/app/id{number}"));
        }
        (id("apps", name), attributes)
    };
    let mobile: &[&str] = &["SUPPORTED_OS_IOS", "SUPPORTED_OS_IPADOS"];
    vec![
        app(
            "Acme Notes",
            "com.acme.notes",
            "4.2",
            mobile,
            Some(1_000_001),
        ),
        app(
            "Acme Draw",
            "com.acme.draw",
            "11.0.3",
            &["SUPPORTED_OS_MACOS"],
            Some(1_000_002),
        ),
        app("Acme Field Service", "com.acme.field", "1.9", mobile, None),
    ]
}

fn package_rows(context: &Context<'_>) -> Vec<Row> {
    let made = dated(context);
    let package = |name: &str, bundle: &str, version: &str| {
        (
            id("packages", name),
            json!({
                "name": name,
                "url": format!("https://packages.acme.example/{bundle}-{version}.pkg"),
                "hash": derive::hex(&format!("{bundle} {version}"), 64),
                "bundleIds": [bundle],
                "description": format!("{name} for the Mac"),
                "version": version,
                "createdDateTime": made,
                "updatedDateTime": made,
            }),
        )
    };
    vec![
        package("Acme VPN", "com.acme.vpn", "3.1.0"),
        package("Acme Printers", "com.acme.printers", "2.0"),
    ]
}

fn configuration_rows(context: &Context<'_>) -> Vec<Row> {
    let made = dated(context);
    let configuration = |name: &str, kind: &str, platforms: &[&str]| {
        (
            id("configurations", name),
            json!({
                "type": kind,
                "name": name,
                "configuredForPlatforms": platforms,
                "createdDateTime": made,
                "updatedDateTime": made,
            }),
        )
    };
    let mut dock = configuration("Dock", "CUSTOM_SETTING", &["PLATFORM_MACOS"]);
    dock.1["customSettingsValues"] = json!({
        "configurationProfile": PROFILE,
        "filename": "dock.mobileconfig",
    });
    vec![
        configuration("Office Wi-Fi", "WIFI", &["PLATFORM_MACOS", "PLATFORM_IOS"]),
        configuration("FileVault", "FILE_VAULT", &["PLATFORM_MACOS"]),
        dock,
    ]
}

/// When the rows were made: with the organization's first service.
pub(super) fn dated(context: &Context<'_>) -> Option<String> {
    let servers = context.organization.servers.iter();
    servers.map(|server| server.created_at).min().map(millis)
}

/// What `fields` takes of a kind, and the permission that it needs.
fn known(kind: &str) -> (&'static [&'static str], Permission) {
    match kind {
        "apps" => (&APP_FIELDS, Permission::ViewApps),
        "packages" => (&PACKAGE_FIELDS, Permission::ViewApps),
        _ => (&CONFIGURATION_FIELDS, Permission::ViewBuiltIn),
    }
}

fn all(context: &Context<'_>, kind: &str, rows: &[Row]) -> Result<Answer, Answer> {
    let (fields, permission) = known(kind);
    context.need(permission)?;
    let wanted = context.fields(kind, fields)?;
    listed(context, rows, |(id, attributes)| {
        resource(
            context,
            kind,
            id,
            &sparse(attributes.clone(), wanted.as_deref()),
        )
    })
}

fn one(context: &Context<'_>, kind: &str, rows: Vec<Row>, id: &str) -> Result<Answer, Answer> {
    let (fields, permission) = known(kind);
    context.need(permission)?;
    let wanted = context.fields(kind, fields)?;
    let (id, attributes) = rows
        .into_iter()
        .find(|(known, _)| known == id)
        .ok_or_else(|| missing(kind, id))?;
    let attributes = sparse(attributes, wanted.as_deref());
    Ok(context.one(200, &resource(context, kind, &id, &attributes)))
}

/// `GET /v1/apps`.
pub(super) fn apps(context: &Context<'_>) -> Result<Answer, Answer> {
    all(context, "apps", &app_rows())
}

/// `GET /v1/apps/{id}`.
pub(super) fn app(context: &Context<'_>, id: &str) -> Result<Answer, Answer> {
    one(context, "apps", app_rows(), id)
}

/// `GET /v1/packages`.
pub(super) fn packages(context: &Context<'_>) -> Result<Answer, Answer> {
    all(context, "packages", &package_rows(context))
}

/// `GET /v1/packages/{id}`.
pub(super) fn package(context: &Context<'_>, id: &str) -> Result<Answer, Answer> {
    one(context, "packages", package_rows(context), id)
}

/// `GET /v1/configurations`.
pub(super) fn configurations(context: &Context<'_>) -> Result<Answer, Answer> {
    all(context, "configurations", &configuration_rows(context))
}

/// `GET /v1/configurations/{id}`.
pub(super) fn configuration(context: &Context<'_>, id: &str) -> Result<Answer, Answer> {
    one(context, "configurations", configuration_rows(context), id)
}
