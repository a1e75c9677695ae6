//! The token endpoint.

use aws_lc_rs::signature::ECDSA_P256_SHA256_ASN1_SIGNING;

use super::*;

#[tokio::test]
async fn a_good_assertion_gets_a_token_that_lives_an_hour() {
    let bench = Bench::standard().await;
    let (status, answer) = bench.token(&bench.form(&bench.claims())).await;
    assert_eq!(status, 200);
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 3600);
    assert_eq!(answer["scope"], "business.api");
    assert_eq!(bench.get("/v1/mdmServers").await.0, 200);
    bench.clock.advance(3599);
    assert_eq!(bench.get("/v1/mdmServers").await.0, 200);
    bench.clock.advance(1);
    let (status, answer) = bench.get("/v1/mdmServers").await;
    assert_eq!((status, code(&answer)), (401, "NOT_AUTHORIZED"));
}

#[tokio::test]
async fn the_key_is_as_apple_hands_it_out() {
    let bench = Bench::standard().await;
    let pem = &bench.running.credentials().private_key;
    assert!(pem.starts_with("-----BEGIN EC PRIVATE KEY-----\n"), "{pem}");
    let pem = pem::parse(pem).unwrap();
    assert!(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pem.contents()).is_ok());
}

#[tokio::test]
async fn an_assertion_is_good_once() {
    let bench = Bench::standard().await;
    let claims = bench.claims();
    assert_eq!(bench.token(&bench.form(&claims)).await.0, 200);
    // Signed again, the same jti is no better.
    let (status, answer) = bench.token(&bench.form(&claims)).await;
    let why = "The jti was used before.";
    assert_eq!(
        (status, &answer),
        (
            400,
            &json!({"error": "invalid_client", "error_description": why})
        )
    );
    assert_eq!(bench.why(), why);
}

#[tokio::test]
async fn every_claim_is_checked() {
    let bench = Bench::standard().await;
    let now = bench.clock.now().as_second();
    for (name, value, why) in [
        ("iss", json!("x"), "iss is not"),
        ("sub", Value::Null, "sub is not"),
        (
            "aud",
            json!("https://account.apple.com/auth/oauth2/token"),
            "aud is not",
        ),
        ("aud", json!([]), "aud is not"),
        ("aud", json!([AUDIENCE, AUDIENCE]), "aud is not"),
        ("aud", json!([[AUDIENCE]]), "aud is not"),
        ("aud", Value::Null, "aud is not"),
        ("iat", json!(now + 61), "iat is in the future"),
        ("iat", json!("now"), "iat is not a whole number"),
        ("exp", json!(now), "has expired"),
        ("exp", json!(now + 180 * 86400 + 1), "more than 180 days"),
        ("jti", json!(""), "jti is missing"),
    ] {
        let mut claims = bench.claims();
        claims[name] = value;
        let (status, answer) = bench.token(&bench.form(&claims)).await;
        assert_eq!((status, &answer["error"]), (400, &json!("invalid_client")));
        assert!(bench.why().contains(why), "{name}: {}", bench.why());
        assert_eq!(answer["error_description"], bench.why());
    }
    let mut claims = bench.claims();
    claims["exp"] = json!(now + 180 * 86400);
    assert_eq!(bench.token(&bench.form(&claims)).await.0, 200);
    let mut claims = bench.claims();
    claims["aud"] = json!([AUDIENCE]);
    assert_eq!(bench.token(&bench.form(&claims)).await.0, 200);
}

#[tokio::test]
async fn the_signature_is_es256_raw_and_by_this_key() {
    let bench = Bench::standard().await;
    let credentials = bench.running.credentials();
    let refused = async |assertion: &str, why: &str| {
        let (status, answer) = bench.token(&bench.form_with(assertion)).await;
        assert_eq!((status, &answer["error"]), (400, &json!("invalid_client")));
        assert!(bench.why().contains(why), "{}", bench.why());
    };
    for alg in ["none", "HS256", "ES384"] {
        let header = json!({"alg": alg, "kid": credentials.key_id});
        refused(&bench.assertion(&header, &bench.claims()), "alg is not").await;
    }
    let other = Key::generate(crate::sandbox::key::API_ACCOUNT).unwrap();
    refused(
        &sign(&other.pem, &bench.header(), &bench.claims()),
        "does not match",
    )
    .await;

    // A signature in ASN.1, as most libraries make it by themselves.
    let good = bench.assertion(&bench.header(), &bench.claims());
    let signed = good.rsplit_once('.').unwrap().0;
    let pem = pem::parse(&credentials.private_key).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pem.contents()).unwrap();
    let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    let signature = URL_SAFE_NO_PAD.encode(signature.as_ref());
    refused(&format!("{signed}.{signature}"), "does not match").await;
    refused(&format!("{signed}."), "does not match").await;
    refused(signed, "three parts").await;
    assert_eq!(bench.token(&bench.form_with(&good)).await.0, 200);
}

#[tokio::test]
async fn the_key_id_may_be_left_out_and_not_be_another() {
    let bench = Bench::standard().await;
    let ask = async |header: &Value| {
        let assertion = bench.assertion(header, &bench.claims());
        bench.token(&bench.form_with(&assertion)).await.0
    };
    assert_eq!(ask(&json!({"alg": "ES256"})).await, 200);
    for other in [json!("another"), json!(""), Value::Null] {
        assert_eq!(ask(&json!({"alg": "ES256", "kid": other})).await, 400);
        assert_eq!(bench.why(), "kid is not a key of this client.");
    }
}

#[tokio::test]
async fn every_parameter_is_checked() {
    let bench = Bench::standard().await;
    for (name, value, error) in [
        (
            "grant_type",
            Some("authorization_code"),
            "unsupported_grant_type",
        ),
        ("grant_type", None, "invalid_request"),
        ("client_id", Some("BUSINESSAPI.other"), "invalid_client"),
        ("client_id", None, "invalid_request"),
        ("client_assertion_type", Some("jwt"), "invalid_client"),
        ("scope", Some("school.api"), "invalid_scope"),
        ("scope", None, "invalid_request"),
    ] {
        let mut form = bench.form(&bench.claims());
        form.retain(|(known, _)| known != name);
        form.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        let (status, answer) = bench.token(&form).await;
        assert_eq!((status, &answer["error"]), (400, &json!(error)), "{name}");
    }
    let mut twice = bench.form(&bench.claims());
    twice.push(("scope".to_owned(), "business.api".to_owned()));
    assert_eq!(bench.token(&twice).await.1["error"], "invalid_request");
}

#[tokio::test]
async fn a_clock_that_is_off_shows_in_the_date() {
    let bench = Bench::standard().await;
    bench
        .running
        .organization(|o| o.behaviour.clock_skew = SignedDuration::from_hours(2));
    let url = format!("{}/auth/oauth2/v2/token", bench.running.origin());
    let form = bench.form(&bench.claims());
    let answer = bench.http.post(url).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.headers()["date"], "Sun, 22 Nov 2026 11:14:00 GMT");
    assert_eq!(bench.why(), "The assertion has expired.");
}

#[tokio::test]
async fn tokens_can_be_revoked_and_school_has_its_own_scope() {
    let bench = Bench::new(Options {
        kind: OrganizationKind::School,
        ..Options::default()
    })
    .await;
    assert!(
        bench
            .running
            .credentials()
            .client_id
            .starts_with("SCHOOLAPI.")
    );
    assert_eq!(bench.get("/v1/mdmServers").await.0, 200);
    bench
        .running
        .organization(Organization::revoke_access_tokens);
    assert_eq!(bench.get("/v1/mdmServers").await.0, 401);
}
