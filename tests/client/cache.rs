//! The cache of access tokens on disk.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use abmctl::apple::error::Cause;
use abmctl::apple::http::{Http, Network, Patience, Surroundings};
use abmctl::apple::oauth::cache::{AccessToken, Cache, Owner};
use abmctl::host::Clock;
use abmctl::private_files::Locked;
use secrecy::ExposeSecret;
use tempfile::TempDir;
use tokio::sync::watch;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::apple::{
    TOKEN_PATH, cache, mount_tokens, owner, source, token_answer, token_forms,
};
use super::support::{Counter, FakeClock, RealClock, START, World, rest, world, world_with};

fn folder() -> TempDir {
    TempDir::new().unwrap()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn token(value: &str) -> AccessToken {
    AccessToken {
        value: value.to_owned().into(),
        expires_at: "2026-11-22T11:00:00Z".parse().unwrap(),
    }
}

#[tokio::test]
async fn a_second_run_uses_the_token_of_the_first() {
    let server = MockServer::start().await;
    mount_tokens(&server).await;
    let folder = folder();
    let world = world();
    let run = async || {
        let (tokens, complaints) = source(
            &server.uri(),
            &world.http,
            Some(cache(folder.path(), &server.uri())),
        );
        let token = tokens.token().await.unwrap();
        assert!(complaints.lock().unwrap().is_empty());
        token.value.expose_secret().to_owned()
    };
    for minute in 0..60 {
        let expected = if minute < 55 { "access-1" } else { "access-2" };
        assert_eq!(run().await, expected, "minute {minute}");
        world.clock.advance(Duration::from_secs(60));
    }
    assert_eq!(token_forms(&server).await.len(), 2);
}

#[tokio::test]
async fn the_file_is_private_and_alone() {
    let server = MockServer::start().await;
    mount_tokens(&server).await;
    let folder = folder();
    let below = folder.path().join("abmctl/tokens");
    let cache = cache(&below, &server.uri());
    let (tokens, _) = source(&server.uri(), &world().http, Some(cache.clone()));
    tokens.token().await.unwrap();
    assert_eq!(mode(&cache.path()), 0o600);
    assert_eq!(mode(&below), 0o700);
    assert_eq!(mode(below.parent().unwrap()), 0o700);
    // The token and its lock, and no half-written file beside them.
    let mut endings: Vec<String> = std::fs::read_dir(&below)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .extension()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    endings.sort();
    assert_eq!(endings, ["json", "lock"]);
}

#[test]
fn a_file_that_was_open_to_all_is_private_after_writing() {
    let folder = folder();
    let cache = cache(folder.path(), "https://a.example");
    std::fs::write(cache.path(), "{}").unwrap();
    std::fs::set_permissions(cache.path(), PermissionsExt::from_mode(0o644)).unwrap();
    cache.write(&token("x")).unwrap();
    assert_eq!(mode(&cache.path()), 0o600);
}

#[test]
fn writing_replaces_the_file_in_one_step() {
    let folder = folder();
    let cache = cache(folder.path(), "https://a.example");
    cache.write(&token("old")).unwrap();
    let reader = std::fs::File::open(cache.path()).unwrap();
    cache.write(&token("new")).unwrap();
    // Who reads while it is written has the old file whole.
    let old = std::io::read_to_string(reader).unwrap();
    assert!(old.contains("\"old\"") && !old.contains("\"new\""));
    assert_eq!(cache.read().unwrap().value.expose_secret(), "new");
}

#[test]
fn a_token_belongs_to_its_owner_alone() {
    let folder = folder();
    let mine = owner("https://a.example");
    let stored = Cache::new(folder.path().to_owned(), mine.clone());
    stored.write(&token("mine")).unwrap();
    let file = std::fs::read(stored.path()).unwrap();
    let others = [
        Owner {
            client_id: "BUSINESSAPI.other".into(),
            ..mine.clone()
        },
        Owner {
            key_id: Some("key".into()),
            ..mine.clone()
        },
        Owner {
            key_id: Some(String::new()),
            ..mine.clone()
        },
        Owner {
            scope: "school.api".into(),
            ..mine.clone()
        },
        Owner {
            token_url: "https://b.example/".into(),
            ..mine.clone()
        },
        Owner {
            api_origin: "https://b.example".into(),
            ..mine
        },
    ];
    for other in others {
        let cache = Cache::new(folder.path().to_owned(), other.clone());
        assert!(cache.read().is_none(), "{other:?}");
        // Nor when the file is put in its place.
        std::fs::write(cache.path(), &file).unwrap();
        assert!(cache.read().is_none(), "{other:?}");
    }
    assert!(stored.read().is_some());
}

#[tokio::test]
async fn a_damaged_file_is_replaced() {
    let server = MockServer::start().await;
    mount_tokens(&server).await;
    let folder = folder();
    let world = world();
    let cache = cache(folder.path(), &server.uri());
    cache.write(&token("whole")).unwrap();
    let whole = std::fs::read_to_string(cache.path()).unwrap();
    for damaged in [
        "",
        "{",
        "null",
        "\0\0\0",
        &whole[..whole.len() / 2],
        &whole.replace("2026-11-22T11:00:00Z", "soon"),
        &whole.replace("access_token", "token"),
    ] {
        std::fs::write(cache.path(), damaged).unwrap();
        let (tokens, complaints) = source(&server.uri(), &world.http, Some(cache.clone()));
        let token = tokens.token().await.unwrap();
        assert!(token.value.expose_secret().starts_with("access-"));
        assert!(complaints.lock().unwrap().is_empty());
        let kept = cache.read().unwrap();
        assert_eq!(kept.value.expose_secret(), token.value.expose_secret());
    }
    assert_eq!(token_forms(&server).await.len(), 7);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_told_once_and_does_no_harm() {
    let server = MockServer::start().await;
    mount_tokens(&server).await;
    let folder = folder();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let world = world();
    let cache = cache(&file.join("below"), &server.uri());
    let (tokens, complaints) = source(&server.uri(), &world.http, Some(cache));
    let first = tokens.token().await.unwrap();
    tokens.token().await.unwrap();
    let second = tokens.renew_through(&world.http, &first).await.unwrap();
    assert_eq!(second.value.expose_secret(), "access-2");
    let complaints = complaints.lock().unwrap();
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    assert!(complaints[0].starts_with("abmctl can't cache the access token in "));
}

#[tokio::test]
async fn a_refused_token_is_dropped_even_if_no_other_comes() {
    let server = MockServer::start().await;
    let folder = folder();
    let world = world();
    let cache = cache(folder.path(), &server.uri());
    cache.write(&token("refused")).unwrap();
    let (tokens, _) = source(&server.uri(), &world.http, Some(cache.clone()));
    let refused = tokens.token().await.unwrap();
    assert_eq!(refused.value.expose_secret(), "refused");
    // Without a mock, the answer is 404.
    tokens
        .renew_through(&world.http, &refused)
        .await
        .unwrap_err();
    assert!(cache.read().is_none());
    tokens.token().await.unwrap_err();
}

#[tokio::test]
async fn a_token_that_another_process_renewed_is_used() {
    let server = MockServer::start().await;
    let folder = folder();
    let world = world();
    let cache = cache(folder.path(), &server.uri());
    cache.write(&token("old")).unwrap();
    let (tokens, _) = source(&server.uri(), &world.http, Some(cache.clone()));
    let refused = tokens.token().await.unwrap();
    cache.write(&token("renewed elsewhere")).unwrap();
    let token = tokens.renew_through(&world.http, &refused).await.unwrap();
    assert_eq!(token.value.expose_secret(), "renewed elsewhere");
    assert!(token_forms(&server).await.is_empty());
}

#[tokio::test]
async fn forgetting_what_is_not_there_is_fine() {
    let folder = folder();
    let cache = cache(&folder.path().join("none"), "https://a.example");
    cache.forget().unwrap();
    cache.write(&token("x")).unwrap();
    cache.forget().unwrap();
    assert!(cache.read().is_none());
}

/// A way out on the machine's own clock.
fn real_http() -> Http {
    let surroundings = Surroundings {
        clock: Arc::new(RealClock),
        random: Arc::new(Counter::default()),
        progress: Arc::default(),
        clients: Arc::default(),
        read_only: None,
        command: "abmctl assign".to_owned(),
        waiting: Arc::new(|_| ()),
    };
    Http::new(
        Network::default(),
        Duration::from_secs(30),
        Duration::from_secs(60),
        surroundings,
    )
}

#[tokio::test]
async fn six_that_start_together_ask_for_one_token() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(TOKEN_PATH))
        .respond_with(token_answer(1).set_delay(Duration::from_millis(300)))
        .mount(&server)
        .await;
    let folder = folder();
    let together = Arc::new(Barrier::new(6));
    let threads: Vec<_> = (0..6)
        .map(|_| {
            let (uri, together) = (server.uri(), Arc::clone(&together));
            let folder = folder.path().to_owned();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                let (tokens, _) = source(&uri, &real_http(), Some(cache(&folder, &uri)));
                together.wait();
                let token = runtime.block_on(tokens.token()).unwrap();
                token.value.expose_secret().to_owned()
            })
        })
        .collect();
    let joined = tokio::task::spawn_blocking(|| {
        let joined = threads.into_iter().map(|thread| thread.join().unwrap());
        joined.collect::<Vec<String>>()
    });
    assert_eq!(joined.await.unwrap(), ["access-1"; 6]);
    assert_eq!(token_forms(&server).await.len(), 1);
}

#[tokio::test]
async fn many_in_one_process_ask_for_one_token() {
    let server = MockServer::start().await;
    mount_tokens(&server).await;
    let (tokens, _) = source(&server.uri(), &world().http, None);
    let all = (0..20).map(|_| tokens.token());
    for token in futures_util::future::join_all(all).await {
        assert_eq!(token.unwrap().value.expose_secret(), "access-1");
    }
    assert_eq!(token_forms(&server).await.len(), 1);
}

async fn hold(cache: &Cache, world: &World) -> Locked {
    cache
        .hold(world.http.claimant(), Duration::ZERO)
        .await
        .unwrap()
}

#[tokio::test]
async fn waiting_for_another_process_has_a_limit() {
    let folder = folder();
    let world = world();
    let server = MockServer::start().await;
    let cache = cache(folder.path(), &server.uri());
    let held = hold(&cache, &world).await;
    assert!(matches!(held, Locked::Held(_)));
    let (tokens, _) = source(&server.uri(), &world.patient(30), Some(cache.clone()));
    let failure = tokens.token().await.unwrap_err();
    assert!(matches!(failure.cause, Cause::NotSent(_)), "{failure:?}");
    assert_eq!(
        failure.to_string(),
        format!(
            "No connection to Apple for POST /auth/oauth2/token: another abmctl is still requesting this access token (process {}, `abmctl assign`, since {START}).",
            std::process::id()
        )
    );
    assert_eq!(world.clock.seconds(), 30);
    assert!(token_forms(&server).await.is_empty());
    // The next request that needs a token gets no extra time.
    let again = tokens.token().await.unwrap_err();
    assert!(matches!(again.cause, Cause::NotSent(_)), "{again:?}");
    assert_eq!(world.clock.seconds(), 30);
    drop(held);
    assert!(matches!(hold(&cache, &world).await, Locked::Held(_)));
}

#[tokio::test]
async fn waiting_for_another_process_ends_with_a_stop() {
    let folder = folder();
    let world = world_with(
        Network::default(),
        Duration::from_secs(5),
        FakeClock::stuck(),
    );
    let cache = cache(folder.path(), "http://127.0.0.1:1");
    let _held = hold(&cache, &world).await;
    let (tokens, _) = source("http://127.0.0.1:1", &world.http, Some(cache.clone()));
    let (stop, stopped) = watch::channel(false);
    let http = world.http.with_patience(Patience {
        limit: Duration::from_secs(600),
        since: None,
        stop: Some(stopped),
    });
    let (result, ()) = tokio::join!(tokens.token_through(&http), async {
        rest(50).await;
        stop.send(true).unwrap();
    });
    let failure = result.unwrap_err();
    assert!(matches!(failure.cause, Cause::Interrupted), "{failure:?}");
}

#[tokio::test]
async fn a_lifetime_that_apple_does_not_give_is_an_hour() {
    let server = MockServer::start().await;
    let body = serde_json::json!({"access_token": "x", "token_type": "Bearer"});
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(&server)
        .await;
    let world = world();
    let (tokens, _) = source(&server.uri(), &world.http, None);
    let token = tokens.token().await.unwrap();
    let start: jiff::Timestamp = START.parse().unwrap();
    assert_eq!(token.expires_at.duration_since(start).as_secs(), 3600);
    assert_eq!(world.clock.now(), start);
}
