//! Placeholders of samples that nobody filled in: in URLs, and in a domain's verification record. Pure.

use percent_encoding::percent_decode_str;

use super::base_url::VENDORS;

/// Hosts of samples: reserved (RFC 2606), and Microsoft's.
const SAMPLE_HOSTS: [&str; 5] = [
    "example.com",
    "example.org",
    "example.net",
    "contoso.com",
    "fabrikam.com",
];

/// The nouns of placeholders.
const NOUNS: [&str; 36] = [
    "account",
    "cluster",
    "code",
    "company",
    "customer",
    "domain",
    "enrollment",
    "environment",
    "fqdn",
    "guid",
    "host",
    "id",
    "identifier",
    "instance",
    "jamf",
    "key",
    "mdm",
    "name",
    "organisation",
    "organization",
    "org",
    "prod",
    "pro",
    "region",
    "secret",
    "server",
    "site",
    "subdomain",
    "team",
    "tenant",
    "token",
    "url",
    "uuid",
    "value",
    "verification",
    "here",
];

/// The nouns that stand for a value wherever they stand alone.
const ALONE: [&str; 7] = [
    "fqdn",
    "guid",
    "instance",
    "subdomain",
    "tenant",
    "token",
    "uuid",
];

/// What stands before the nouns in samples, and hardly in real values.
const BEFORE: [&str; 10] = [
    "addyour",
    "enteryour",
    "insertyour",
    "putyour",
    "replacewithyour",
    "yourown",
    "replacewith",
    "fillin",
    "insert",
    "your",
];

/// What stands before the nouns in samples, and in real values too.
const BEFORE_SOME: [&str; 6] = ["add", "enter", "my", "put", "some", "the"];

/// What programs write for a value that they lack.
const NO_VALUE: [&str; 4] = ["undefined", "null", "none", "nan"];

/// Ids of samples.
const SAMPLE_IDS: [&str; 2] = [
    "12345678-1234-1234-1234-123456789012",
    "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
];

/// The part of a URL that stands in a vendor's sample for something to fill in, as it is written; the text need not be a URL.
pub fn placeholder(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8_lossy();
    let (_, after_scheme) = text.split_once("://").unwrap_or(("", &text));
    let host = after_scheme
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let mut samples = SAMPLE_HOSTS.into_iter();
    if let Some(sample) = samples.find(|it| name == *it || name.ends_with(&format!(".{it}"))) {
        return Some(sample.to_owned());
    }
    let after_host = after_scheme.get(host.len()..).unwrap_or_default();
    // An IPv6 address has brackets of its own.
    let brackets = if host.starts_with('[') {
        after_host
    } else {
        after_scheme
    };
    if let Some(blank) = in_brackets(brackets) {
        return Some(blank);
    }
    // A label of somebody's own domain can be a real name; one before a vendor's can't.
    let mut vendors = VENDORS.iter();
    let of_a_vendor = vendors.any(|vendor| name.ends_with(&format!(".{vendor}")));
    let mut labels = host.split(['.', ':']);
    let label = labels.find(|label| {
        is_variable(label) || (of_a_vendor && (is_blank(label) || is_alone(&plain(label))))
    });
    let (path, query) = after_host.split_once('?').unwrap_or((after_host, ""));
    let mut parts = path.split(['/', ';', ',', '.', ':', '#', '=']);
    let part = || parts.find(|part| is_blank(part));
    let value = || {
        query.split('&').find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            is_no_value(name, value).then_some(if value.is_empty() { pair } else { value })
        })
    };
    label.or_else(part).or_else(value).map(str::to_owned)
}

/// The label of a host that looks like a blank of a sample, though it may be somebody's own name.
pub(super) fn blank_label(host: &str) -> Option<&str> {
    host.split('.').find(|label| is_blank(label))
}

/// Whether the value of a parameter is a blank, or none at all where one has to be.
fn is_no_value(name: &str, value: &str) -> bool {
    let of_a_tenant = name.to_ascii_lowercase().contains("tenant");
    let bare = plain(value);
    let whole = SAMPLE_IDS.contains(&value.to_ascii_lowercase().as_str());
    let is_id = of_a_tenant || name.to_ascii_lowercase().ends_with("id");
    value.split(['.', ':', ',', ';', '/']).any(is_blank)
        || whole
        || NO_VALUE.contains(&bare.as_str())
        || (of_a_tenant && value.is_empty())
        || (is_id && is_alone(&bare))
        || (is_alone(&bare) && value.chars().all(|c| !c.is_ascii_lowercase()))
        || (of_a_tenant && value.eq_ignore_ascii_case(name))
}

/// `{tenant}`, `<tenant>`, `[tenant]`, `${TENANT}`: brackets around a word. Those of `?b[0]=1` belong to the name.
fn in_brackets(text: &str) -> Option<String> {
    [('{', '}'), ('<', '>'), ('[', ']')]
        .iter()
        .find_map(|(opens, closes)| {
            let from = text.find(*opens)?;
            let length = text[from..].find(*closes)?;
            let inside = &text[from + 1..from + length];
            let of_a_name = *opens == '['
                && (text[from + length + 1..].starts_with(['=', '['])
                    || !inside.contains(|c: char| c.is_ascii_alphabetic()));
            (!of_a_name).then(|| text[from..=from + length].to_owned())
        })
}

/// The letters and digits of a text, in lower case.
fn plain(text: &str) -> String {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    letters.collect::<String>().to_ascii_lowercase()
}

/// Whether a part of a URL, or a value, is a blank of a sample.
pub(in crate::core) fn is_blank(part: &str) -> bool {
    let plain = plain(part);
    let whole = ["changeme", "replaceme", "todo", "fixme", "placeholder"];
    if whole.contains(&plain.as_str()) || (plain.starts_with("insert") && plain.ends_with("here")) {
        return true;
    }
    let mut before = BEFORE.iter().filter_map(|words| plain.strip_prefix(words));
    let mut before_some = BEFORE_SOME
        .iter()
        .filter_map(|words| plain.strip_prefix(words));
    if before.any(|rest| !rest.is_empty() && is_made_of_nouns(rest)) || before_some.any(is_alone) {
        return true;
    }
    // Marks around a word: %TENANT%, @@TENANT@@, __tenant__, :tenant, (tenant), *tenant*.
    let marks = ['%', '@', '_', '(', ')', '*', '$', '#'];
    let inside = part.trim_matches(marks);
    if part.starts_with(marks)
        && part.ends_with(marks)
        && part.len() > inside.len() + 1
        && inside.len() > 4
        && is_noun(inside)
    {
        return true;
    }
    let all = |wanted: char| plain.len() >= 4 && plain.chars().all(|c| c == wanted);
    let is_uuid = part.len() == 36 && part.matches('-').count() == 4;
    all('x') || (is_uuid && all('0')) || is_variable(part)
}

/// A shell's variable, or several words in capitals: `JAMF_PRO_URL`.
fn is_variable(part: &str) -> bool {
    let capitals =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    if let Some(name) = part.strip_prefix('$') {
        return capitals(name);
    }
    let words = || part.split('_');
    part.len() > 6
        && capitals(part)
        && words().count() > 1
        && words().all(|word| word.len() > 1)
        && words().any(is_noun)
}

/// Whether a text is a placeholder's noun, one that a real value can hardly be: "tenantid", "guid".
fn is_alone(plain: &str) -> bool {
    ALONE.iter().any(|noun| plain.contains(noun)) && is_made_of_nouns(plain)
}

/// Whether a text is nouns of samples, one after the other: "tenantid", "jamfserverurl".
fn is_made_of_nouns(text: &str) -> bool {
    text.is_empty() || {
        let mut nouns = NOUNS.iter();
        nouns.any(|noun| text.strip_prefix(noun).is_some_and(is_made_of_nouns))
    }
}

fn is_noun(word: &str) -> bool {
    let word = plain(word);
    !word.is_empty() && is_made_of_nouns(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_of_samples_are_known() {
        for (text, blank) in [
            (
                "https://m.vendor.example/Report?tenantId=YourTenantID",
                "YourTenantID",
            ),
            (
                "https://m.vendor.example/x?aadTenantId=<your tenant id>",
                "<your tenant id>",
            ),
            (
                "https://m.vendor.example/x?aadTenantId=%3Ctenant%3E",
                "<tenant>",
            ),
            ("https://m.vendor.example/x?t={tenant}", "{tenant}"),
            ("https://m.vendor.example/x?t={{tenant}}", "{{tenant}"),
            ("https://m.vendor.example/x?t=${TENANT}", "{TENANT}"),
            ("https://m.vendor.example/x?t=[tenant]", "[tenant]"),
            (
                "https://JAMF_PRO_URL/servicediscoveryenrollment/v1/userenroll",
                "JAMF_PRO_URL",
            ),
            ("https://m.vendor.example/$TENANT", "$TENANT"),
            (
                "https://m.vendor.example/x?t=YourJamfServerURL",
                "YourJamfServerURL",
            ),
            (
                "https://m.vendor.example/your_organization/x",
                "your_organization",
            ),
            ("https://your-domain.jamfcloud.com/x", "your-domain"),
            ("https://yourinstance.jamfcloud.com/x", "yourinstance"),
            ("https://YOUR_SERVER.acme.com/x", "YOUR_SERVER"),
            ("https://m.vendor.example/x?t=TENANT_ID", "TENANT_ID"),
            ("https://m.vendor.example/x?tenantId=tenantId", "tenantId"),
            (
                "https://m.vendor.example/x?aadTenantId=aadTenantID",
                "aadTenantID",
            ),
            (
                "https://m.vendor.example/x?t=xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
                "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
            ),
            (
                "https://m.vendor.example/x?t=00000000-0000-0000-0000-000000000000",
                "00000000-0000-0000-0000-000000000000",
            ),
            ("https://m.vendor.example/x?t=CHANGE_ME", "CHANGE_ME"),
            ("https://m.vendor.example/x?t=TENANT", "TENANT"),
            (
                "https://m.vendor.example/x?aadTenantId=tenant-id",
                "tenant-id",
            ),
            ("https://m.vendor.example/x?aadTenantId=", "aadTenantId="),
            ("https://m.vendor.example/x?t=GUID", "GUID"),
            ("https://m.vendor.example/x?t=MyTenantID", "MyTenantID"),
            (
                "https://m.vendor.example/x?t=the-tenant-id",
                "the-tenant-id",
            ),
            (
                "https://m.vendor.example/x?t=enter-tenant-id",
                "enter-tenant-id",
            ),
            (
                "https://m.vendor.example/x?t=ReplaceWithTenantId",
                "ReplaceWithTenantId",
            ),
            ("https://m.vendor.example/x?t=%25TENANT%25", "%TENANT%"),
            ("https://m.vendor.example/x?t=@@TENANT@@", "@@TENANT@@"),
            ("https://m.vendor.example/x?t=__tenant__", "__tenant__"),
            ("https://m.vendor.example/x?t=(tenant)", "(tenant)"),
            ("https://m.vendor.example/x?t=undefined", "undefined"),
            ("https://m.vendor.example/x?t=None", "None"),
            (
                "https://m.vendor.example/x?t=12345678-1234-1234-1234-123456789012",
                "12345678-1234-1234-1234-123456789012",
            ),
            ("https://subdomain.simplemdm.com/x", "subdomain"),
            ("https://instancename.jamfcloud.com/x", "instancename"),
            (
                "https://m.vendor.example/x?t=insert-token-here",
                "insert-token-here",
            ),
            ("https://mdm.example.com/x", "example.com"),
            ("https://mdm.contoso.com/x", "contoso.com"),
        ] {
            assert_eq!(placeholder(text).as_deref(), Some(blank), "{text}");
        }
        for text in [
            "https://mdm.acme.com/enroll?tenant=acme&id=7",
            "https://manage.microsoft.com/EnrollmentServer/PostReportDeviceInfoForUEV2?aadTenantId=01234567-89ab-cdef-0123-456789abcdef",
            "https://acme.jamfcloud.com/servicediscoveryenrollment/v1/userenroll",
            "https://[2001:db8::1]/x",
            "https://yourway.example/x",
            "https://mdm.acme.com/x?b[0]=1&a[key]=2&id=id&env=prod&team=pro&note=my-server1",
            "https://mdm.acme.com/$metadata/token/ID_7Q/ID_/ID_A/my-server/the-team/myid",
            "https://acme.jamfcloud.com/x?host=mdm&name=ada",
            "https://dedi12.your-server.de/enroll",
            "https://yourhosting.nl/x",
            "https://mdm.yourideas.com/x",
            "https://mdm.acme.com/yourideas/x?host=yourhosting",
            "https://mdm.acme.com/API_V2/x",
            "https://mdm.acme.com/id/id7?token=t0ken",
            "https://mdm.acme.com/00000000/x",
            "https://fleet.acme.com/mdm/apple/account_driven_enroll/AB_CD",
        ] {
            assert_eq!(placeholder(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text: String) {
            let _ = placeholder(&text);
            let _ = placeholder(&format!("https://{text}"));
            let _ = is_blank(&text);
        }
    }
}
