//! Private keys as people store them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::write_file;

#[test]
fn a_private_key_is_taken_as_ci_stores_it() {
    let (mut machine, apple, flags) = crate::auth::fresh();
    let credentials = apple.credentials();
    let one_line = credentials.private_key.replace('\n', "\\n");
    let base64 = STANDARD.encode(&credentials.private_key);
    machine.set("ABMCTL_CLIENT_ID", &credentials.client_id);
    machine.set("ABMCTL_KEY_ID", &credentials.key_id);
    for stored in [&one_line, &base64, &format!("\"{one_line}\"")] {
        machine.set("ABMCTL_PRIVATE_KEY", stored);
        let ran = machine.run("servers list");
        assert_eq!(ran.code, 0, "{ran}");
    }
    for name in ["ABMCTL_CLIENT_ID", "ABMCTL_KEY_ID", "ABMCTL_PRIVATE_KEY"] {
        machine.set(name, "");
    }
    for stored in [one_line, base64] {
        write_file(&machine.path("downloads/key.pem"), &stored, 0o600);
        let ran = machine.run(&format!("auth login {flags} --store file -y"));
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(machine.run("servers list").code, 0);
    }
}

#[test]
fn an_encrypted_key_gets_the_command_that_decrypts_it() {
    let (mut machine, apple, flags) = crate::auth::fresh();
    for name in ["encrypted-pkcs8.pem", "encrypted-sec1.pem"] {
        let fixture = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/keys")
            .join(name);
        let key = std::fs::read_to_string(fixture).unwrap();
        let file = machine.path("downloads/key.pem");
        write_file(&file, &key, 0o600);
        let ran = machine.run(&format!("auth login {flags}"));
        assert_eq!(ran.code, 2, "{ran}");
        let command = format!(
            "`(umask 077; openssl pkey -in {} -out key-decrypted.pem)`",
            file.display()
        );
        let command = command.replace(machine.folder.path().to_str().unwrap(), "[home]");
        assert!(ran.to_string().contains(&command), "{ran}");
        // Where no file is known, a name stands for it.
        machine.set("ABMCTL_CLIENT_ID", &apple.credentials().client_id);
        machine.set("ABMCTL_PRIVATE_KEY", &key.replace('\n', "\\n"));
        let ran = machine.run("servers list");
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains("openssl pkey -in KEY.pem"), "{ran}");
        machine.set("ABMCTL_CLIENT_ID", "");
        machine.set("ABMCTL_PRIVATE_KEY", "");
    }
}
