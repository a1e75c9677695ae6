//! `users`, `userGroups` and `organizationalUnits`: read only, Apple Business only (official).

use serde_json::{Value, json};

use super::{Context, listed, missing, resource, sparse};
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

/// What `fields[userGroups]` takes (official).
const GROUP_FIELDS: [&str; 7] = [
    "ouId",
    "name",
    "type",
    "totalMemberCount",
    "status",
    "createdDateTime",
    "updatedDateTime",
];

/// The dates are those of the first member's account.
fn group_object(context: &Context<'_>, group: &UserGroup, wanted: Option<&[String]>) -> Value {
    let mut users = context.organization.users.iter();
    let made = users.find(|user| group.members.first() == Some(&user.id));
    let made = made.map(|user| millis(user.created_at));
    let attributes = json!({
        "name": group.name,
        "type": "STANDARD",
        "status": "ACTIVE",
        "ouId": context.organization.units.first().map(|unit| &unit.id),
        "totalMemberCount": group.members.len(),
        "createdDateTime": made,
        "updatedDateTime": made,
    });
    resource(
        context,
        "userGroups",
        &group.id,
        &sparse(attributes, wanted),
    )
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
    let wanted = context.fields("userGroups", &GROUP_FIELDS)?;
    listed(context, &context.organization.groups, |group| {
        group_object(context, group, wanted.as_deref())
    })
}

/// `GET /v1/userGroups/{id}`.
pub(super) fn group(context: &Context<'_>, id: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewPeople)?;
    let wanted = context.fields("userGroups", &GROUP_FIELDS)?;
    let group = find_group(context, id)?;
    Ok(context.one(200, &group_object(context, group, wanted.as_deref())))
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

/// What `fields[organizationalUnits]` takes (official).
const UNIT_FIELDS: [&str; 4] = ["name", "description", "createdDateTime", "updatedDateTime"];

/// The organization is as old as its first service.
fn unit_object(context: &Context<'_>, unit: &Unit, wanted: Option<&[String]>) -> Value {
    let servers = context.organization.servers.iter();
    let made = servers.map(|server| server.created_at).min().map(millis);
    let attributes = json!({
        "name": unit.name,
        "description": format!("The unit {}", unit.name),
        "createdDateTime": made,
        "updatedDateTime": made,
    });
    resource(
        context,
        "organizationalUnits",
        &unit.id,
        &sparse(attributes, wanted),
    )
}

fn find_unit<'a>(context: &'a Context<'_>, id: &str) -> Result<&'a Unit, Answer> {
    let mut units = context.organization.units.iter();
    units
        .find(|unit| unit.id == id)
        .ok_or_else(|| missing("organizationalUnits", id))
}

/// `GET /v1/organizationalUnits`.
pub(super) fn units(context: &Context<'_>) -> Result<Answer, Answer> {
    context.need(Permission::ViewPeople)?;
    let wanted = context.fields("organizationalUnits", &UNIT_FIELDS)?;
    listed(context, &context.organization.units, |unit| {
        unit_object(context, unit, wanted.as_deref())
    })
}

/// `GET /v1/organizationalUnits/{id}`.
pub(super) fn unit(context: &Context<'_>, id: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewPeople)?;
    let wanted = context.fields("organizationalUnits", &UNIT_FIELDS)?;
    let unit = find_unit(context, id)?;
    Ok(context.one(200, &unit_object(context, unit, wanted.as_deref())))
}

/// `GET /v1/organizationalUnits/{id}/relationships/users`: every user is in the first unit, as each user's roles say.
pub(super) fn unit_members(context: &Context<'_>, id: &str) -> Result<Answer, Answer> {
    context.need(Permission::ViewPeople)?;
    let unit = find_unit(context, id)?;
    let first = context.organization.units.first() == Some(unit);
    let users: &[User] = if first {
        &context.organization.users
    } else {
        &[]
    };
    listed(
        context,
        users,
        |user| json!({"type": "users", "id": user.id}),
    )
}
