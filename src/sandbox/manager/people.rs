//! `users`, `userGroups` and `organizationalUnits`: read only, Apple Business only (official).

use serde_json::{Value, json};

use super::{Context, not_found, page, sparse};
use crate::sandbox::exchange::{Answer, millis};
use crate::sandbox::organization::{Permission, Unit, User, UserGroup};

/// What `fields[users]` takes (official).
const USER_FIELDS: [&str; 17] = [
    "firstName",
    "middleName",
    "lastName",
    "status",
    "managedAppleAccount",
    "isExternalUser",
    "roleOuList",
    "email",
    "employeeNumber",
    "costCenter",
    "division",
    "department",
    "jobTitle",
    "phoneNumbers",
    "startDateTime",
    "createdDateTime",
    "updatedDateTime",
];

fn user_object(context: &Context<'_>, user: &User, wanted: Option<&[String]>) -> Value {
    let attributes = json!({
        "firstName": user.first_name,
        "lastName": user.last_name,
        "status": user.status,
        "managedAppleAccount": user.managed_apple_account,
        "isExternalUser": user.external,
        "roleOuList": context.organization.units.first().map(|unit| {
            json!([{"roleName": "Staff", "ouId": unit.id}])
        }),
        "email": user.email,
        "createdDateTime": millis(user.created_at),
        "updatedDateTime": millis(user.created_at),
    });
    resource(context, "users", &user.id, &sparse(attributes, wanted))
}

fn resource(context: &Context<'_>, kind: &str, id: &str, attributes: &Value) -> Value {
    json!({
        "type": kind,
        "id": id,
        "attributes": attributes,
        "links": {"self": context.link(&format!("/v1/{kind}/{id}"))},
    })
}

/// One page of `items`.
fn listed<T>(
    context: &Context<'_>,
    items: &[T],
    object: impl Fn(&T) -> Value,
) -> Result<Answer, Answer> {
    let page = page::asked(context, items.len())?;
    let data: Vec<Value> = items[page.start..page.end].iter().map(object).collect();
    Ok(page::document(context, &page, &data))
}

fn missing(kind: &str, id: &str) -> Answer {
    not_found(format!(
        "There is no resource of type '{kind}' with id '{id}'."
    ))
}

/// `GET /v1/users`.
pub(super) fn users(context: &Context<'_>) -> Result<Answer, Answer> {
    context.need(Permission::ViewPeople)?;
    let wanted = context.fields("users", &USER_FIELDS)?;
    listed(context, &context.organization.users, |user| {
        user_object(context, user, wanted.as_deref())
    })
}

/// `GET /v1/users/{id}`.
pub(super) fn user(context: &Context<'_>, id: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewPeople)?;
    let wanted = context.fields("users", &USER_FIELDS)?;
    let mut users = context.organization.users.iter();
    let user = users
        .find(|user| user.id == id)
        .ok_or_else(|| missing("users", id))?;
    Ok(context.one(200, &user_object(context, user, wanted.as_deref())))
}

fn group_object(context: &Context<'_>, group: &UserGroup) -> Value {
    let attributes = json!({
        "name": group.name,
        "type": "STANDARD",
        "status": "ACTIVE",
        "ouId": context.organization.units.first().map(|unit| &unit.id),
        "totalMemberCount": group.members.len(),
    });
    resource(context, "userGroups", &group.id, &attributes)
}

fn find_group<'a>(context: &'a Context<'_>, id: &str) -> Result<&'a UserGroup, Answer> {
    context
        .organization
        .groups
        .iter()
        .find(|group| group.id == id)
        .ok_or_else(|| missing("userGroups", id))
}

/// `GET /v1/userGroups`.
pub(super) fn groups(context: &Context<'_>) -> Result<Answer, Answer> {
    context.need(Permission::ViewPeople)?;
    listed(context, &context.organization.groups, |group| {
        group_object(context, group)
    })
}

/// `GET /v1/userGroups/{id}`.
pub(super) fn group(context: &Context<'_>, id: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewPeople)?;
    let group = find_group(context, id)?;
    Ok(context.one(200, &group_object(context, group)))
}

/// `GET /v1/userGroups/{id}/relationships/users`.
pub(super) fn members(context: &Context<'_>, id: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewPeople)?;
    let group = find_group(context, id)?;
    listed(
        context,
        &group.members,
        |id| json!({"type": "users", "id": id}),
    )
}

fn unit_object(context: &Context<'_>, unit: &Unit) -> Value {
    resource(
        context,
        "organizationalUnits",
        &unit.id,
        &json!({"name": unit.name}),
    )
}

/// `GET /v1/organizationalUnits`.
pub(super) fn units(context: &Context<'_>) -> Result<Answer, Answer> {
    context.need(Permission::ViewPeople)?;
    listed(context, &context.organization.units, |unit| {
        unit_object(context, unit)
    })
}

/// `GET /v1/organizationalUnits/{id}`.
pub(super) fn unit(context: &Context<'_>, id: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewPeople)?;
    let mut units = context.organization.units.iter();
    let unit = units
        .find(|unit| unit.id == id)
        .ok_or_else(|| missing("organizationalUnits", id))?;
    Ok(context.one(200, &unit_object(context, unit)))
}
