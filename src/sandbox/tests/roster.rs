//! School Manager's Roster API and its grant.

use super::*;
use crate::sandbox::organization::Roster;

const AUTHORIZE: &str = "/appleid/auth/oauth2/v2/authorize";
const TOKEN: &str = "/appleid/auth/oauth2/v2/token";
const ORGANIZATION: &str = "/rosterapi/v1/organization";
const RETURN: &str = "https://acme.example/abmctl";

impl Bench {
    async fn school() -> Self {
        Self::new(Options {
            kind: OrganizationKind::School,
            ..Options::default()
        })
        .await
    }

    fn roster<R>(&self, look: impl FnOnce(&mut Roster) -> R) -> R {
        self.running
            .organization(|o| look(o.roster.as_mut().unwrap()))
    }

    /// What an administrator does in the browser: the status, and where the browser is sent.
    async fn browses(&self, query: &[(&str, &str)], clicks: Option<&str>) -> (u16, String) {
        let mut url = url::Url::parse(&format!("{}{AUTHORIZE}", self.running.origin())).unwrap();
        url.query_pairs_mut().extend_pairs(query);
        let request = match clicks {
            Some(button) => self.http.post(url).form(&[(button, "1")]),
            None => self.http.get(url),
        };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let landed = answer.headers().get("location").cloned();
        let text = match landed {
            Some(landed) => landed.to_str().unwrap().to_owned(),
            None => answer.text().await.unwrap(),
        };
        (status, text)
    }

    /// An administrator agrees to a scope.
    async fn code(&self, scope: &str) -> String {
        let (status, landed) = self.browses(&asks(scope), Some("allow")).await;
        assert_eq!(status, 302, "{landed}");
        let url = url::Url::parse(&landed).unwrap();
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        assert_eq!(pairs[1], ("state".to_owned(), "S 1".to_owned()));
        assert_eq!(pairs[0].0, "code");
        pairs[0].1.clone()
    }

    fn good_claims(&self) -> Value {
        let now = self.clock.now().as_second();
        json!({
            "iss": "ABCDE12345", "sub": "com.acme.abmctl", "aud": "https://appleid.apple.com",
            "iat": now, "exp": now + 600,
        })
    }

    fn client_secret(&self, claims: &Value) -> String {
        let key = self.roster(|roster| roster.app.private_key.clone());
        sign(&key, &json!({"alg": "ES256", "kid": "FGHIJ67890"}), claims)
    }

    async fn grants(&self, more: &[(&str, &str)], secret: &str) -> (u16, Value) {
        let mut form = vec![("client_id", "com.acme.abmctl"), ("client_secret", secret)];
        form.extend_from_slice(more);
        let url = format!("{}{TOKEN}", self.running.origin());
        let answer = self.http.post(url).form(&form).send().await.unwrap();
        document(answer).await
    }

    async fn exchanges(&self, code: &str, redirect_uri: &str) -> (u16, Value) {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
        ];
        let secret = self.client_secret(&self.good_claims());
        self.grants(&form, &secret).await
    }

    async fn refreshes(&self, token: &str, secret: &str) -> (u16, Value) {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.grants(&form, secret).await
    }

    async fn reads(&self, token: &str) -> (u16, Value) {
        let url = format!("{}{ORGANIZATION}", self.running.origin());
        let answer = self.http.get(url).bearer_auth(token).send().await.unwrap();
        document(answer).await
    }
}

fn asks(scope: &str) -> [(&str, &str); 5] {
    [
        ("client_id", "com.acme.abmctl"),
        ("redirect_uri", RETURN),
        ("response_type", "code"),
        ("scope", scope),
        ("state", "S 1"),
    ]
}

fn text(document: &Value, member: &str) -> String {
    document[member].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_administrator_lets_an_app_in() {
    let bench = Bench::school().await;
    let (status, page) = bench.browses(&asks("edu.users.read"), None).await;
    assert_eq!(status, 200);
    assert!(
        page.contains("com.acme.abmctl") && page.contains("name=\"allow\""),
        "{page}"
    );
    let code = bench.code("edu.users.read").await;
    let (status, granted) = bench.exchanges(&code, RETURN).await;
    assert_eq!(status, 200, "{granted}");
    assert_eq!(granted["expires_in"], 3600);
    let (status, organization) = bench.reads(&text(&granted, "access_token")).await;
    assert_eq!(status, 200);
    assert_eq!(organization["type"], "EDUCATION");
    let domains = json!([
        {"name": "acme.com", "isVerified": true},
        {"name": "acme.de", "isVerified": true},
        {"name": "acme.org", "isVerified": false},
    ]);
    assert_eq!(organization["domains"], domains);
    // A refresh gives a new access token alone.
    let secret = bench.client_secret(&bench.good_claims());
    let refresh_token = text(&granted, "refresh_token");
    let (status, refreshed) = bench.refreshes(&refresh_token, &secret).await;
    assert_eq!(status, 200);
    assert!(refreshed.get("refresh_token").is_none());
    assert_eq!(bench.reads(&text(&refreshed, "access_token")).await.0, 200);
    bench.clock.advance(3600);
    let (status, refused) = bench.reads(&text(&refreshed, "access_token")).await;
    assert_eq!((status, super::code(&refused)), (401, "NOT_AUTHORIZED"));
    // Of all that was secret nothing is in what was seen.
    let seen = format!("{:?}", bench.running.requests());
    for secret in bench.roster(|roster| roster.secrets()) {
        assert!(!seen.contains(&secret), "{secret}");
    }
    assert!(!seen.contains("eyJ"));
}

#[tokio::test]
async fn what_is_not_agreed_to_leads_back_or_nowhere() {
    let bench = Bench::school().await;
    let (status, landed) = bench.browses(&asks("edu.users.read"), Some("deny")).await;
    assert_eq!(status, 302);
    assert_eq!(landed, format!("{RETURN}?error=access_denied&state=S+1"));
    let (_, landed) = bench.browses(&asks("edu.wishes.read"), None).await;
    assert_eq!(landed, format!("{RETURN}?error=invalid_scope&state=S+1"));
    let two = "edu.users.read edu.classes.read";
    assert_eq!(bench.browses(&asks(two), None).await.0, 200);
    // To an address that is not the app's nobody is sent.
    for (place, value) in [(0, "com.evil"), (1, "https://evil.example/")] {
        let mut query = asks("edu.users.read");
        query[place].1 = value;
        for clicks in [None, Some("allow")] {
            let (status, page) = bench.browses(&query, clicks).await;
            assert_eq!(status, 400, "{page}");
        }
    }
    let business = Bench::standard().await;
    assert_eq!(business.browses(&asks("edu.users.read"), None).await.0, 400);
    assert_eq!(business.reads("any").await.0, 401);
}

#[tokio::test]
async fn to_agree_is_to_get_and_to_post() {
    let bench = Bench::school().await;
    let mut url = url::Url::parse(&format!("{}{AUTHORIZE}", bench.running.origin())).unwrap();
    url.query_pairs_mut().extend_pairs(asks("edu.users.read"));
    for (method, expected) in [
        ("GET", 200),
        ("HEAD", 200),
        ("POST", 302),
        ("DELETE", 405),
        ("PUT", 405),
        ("OPTIONS", 405),
    ] {
        let request = bench.http.request(method.parse().unwrap(), url.clone());
        let answer = request.form(&[("allow", "1")]).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{method}");
        if expected == 405 {
            assert_eq!(answer.headers()["allow"], "GET, HEAD, POST");
        }
    }
    // Only the one that was agreed to made a code.
    assert_eq!(bench.roster(|roster| roster.codes.len()), 1);
}

#[tokio::test]
async fn a_code_works_once_in_time_and_for_its_address() {
    let bench = Bench::school().await;
    let refused = async |code: &str, redirect_uri: &str| {
        let (status, answer) = bench.exchanges(code, redirect_uri).await;
        assert_eq!(
            (status, text(&answer, "error")),
            (400, "invalid_grant".into())
        );
        bench.why()
    };
    assert_eq!(refused("nonsense", RETURN).await, "The code is unknown.");
    let code = bench.code("edu.users.read").await;
    let other = refused(&code, "https://acme.com/other").await;
    assert_eq!(other, "redirect_uri is not where the code was sent.");
    assert_eq!(bench.exchanges(&code, RETURN).await.0, 200);
    assert_eq!(refused(&code, RETURN).await, "The code was used before.");
    let code = bench.code("edu.users.read").await;
    bench.clock.advance(300);
    assert_eq!(refused(&code, RETURN).await, "The code has expired.");
}

#[tokio::test]
async fn a_client_secret_is_checked_claim_by_claim() {
    let bench = Bench::school().await;
    let token = bench.roster(|roster| roster.refresh_tokens[0].token.clone());
    let good = bench.good_claims();
    let now = bench.clock.now().as_second();
    for (claim, value, why) in [
        ("iss", json!("ZYXWV98765"), "iss is not ABCDE12345."),
        ("sub", json!("com.evil"), "sub is not com.acme.abmctl."),
        (
            "aud",
            json!("https://account.apple.com"),
            "aud is not https://appleid.apple.com.",
        ),
        ("iat", json!(now + 61), "iat is in the future."),
        ("exp", json!(now), "The client secret has expired."),
        (
            "exp",
            json!(now + 15_777_001),
            "exp is more than half a year ahead.",
        ),
        ("exp", json!("soon"), "exp is not a whole number."),
    ] {
        let mut claims = good.clone();
        claims[claim] = value;
        let secret = bench.client_secret(&claims);
        let (status, answer) = bench.refreshes(&token, &secret).await;
        assert_eq!(
            (status, text(&answer, "error")),
            (400, "invalid_client".into())
        );
        assert_eq!(bench.why(), why);
    }
    let another = Key::generate(crate::sandbox::key::APP).unwrap();
    let header = json!({"alg": "ES256", "kid": "FGHIJ67890"});
    bench
        .refreshes(&token, &sign(&another.pem, &header, &good))
        .await;
    assert_eq!(bench.why(), "The signature does not match.");
    let secret = bench.client_secret(&good);
    assert_eq!(bench.refreshes(&token, &secret).await.0, 200);
    bench.roster(Roster::take_back);
    let (_, answer) = bench.refreshes(&token, &secret).await;
    assert_eq!(text(&answer, "error"), "invalid_grant");
}

#[tokio::test]
async fn the_scope_decides_what_is_read() {
    let bench = Bench::school().await;
    let code = bench.code("edu.rosterapi.test.read").await;
    let (_, granted) = bench.exchanges(&code, RETURN).await;
    let (_, tried) = bench.reads(&text(&granted, "access_token")).await;
    let expected = json!([{"name": "mytestschool.org", "isVerified": false}]);
    assert_eq!(tried["domains"], expected);
    let code = bench.code("edu.users.read").await;
    let (_, granted) = bench.exchanges(&code, RETURN).await;
    bench.roster(|roster| roster.scope = false);
    let (status, refused) = bench.reads(&text(&granted, "access_token")).await;
    assert_eq!((status, super::code(&refused)), (403, "FORBIDDEN_ERROR"));
}

#[tokio::test]
async fn a_state_file_keeps_who_was_let_in() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        kind: OrganizationKind::School,
        state_file: Some(folder.path().join("state.json")),
        ..Options::default()
    };
    let first = Bench::new(options()).await;
    let code = first.code("edu.users.read").await;
    let (_, granted) = first.exchanges(&code, RETURN).await;
    let token = text(&granted, "refresh_token");
    let second = Bench::new(options()).await;
    let secret = second.client_secret(&second.good_claims());
    assert_eq!(second.refreshes(&token, &secret).await.0, 200);
    assert_eq!(second.exchanges(&code, RETURN).await.0, 400);
}
