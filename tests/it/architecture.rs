//! The rules of the workspace: who may know whom, and what a function links.

use std::{collections::BTreeSet, path::PathBuf, process::Command};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

const FUNCTIONS: [&str; 8] =
    ["agent-api", "inbound-retry", "live", "media", "outbound", "relay", "sweep", "webhook"];

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn workspace() -> Metadata {
    let mut command = MetadataCommand::new();
    command.cargo_path(env!("CARGO")).current_dir(root()).no_deps();
    command.other_options(["--locked".to_owned(), "--offline".to_owned()]);
    command.exec().unwrap()
}

/// The crates of the workspace that a crate may name, outside its tests.
fn allowed(name: &str) -> &'static [&'static str] {
    match name {
        "domain" | "platform" => &[],
        "channels" => &["domain"],
        "store" => &["domain", "platform"],
        "app" => &["channels", "domain", "platform", "store"],
        "webhook" => &["app", "channels", "domain", "platform", "store"],
        "agent-api" | "inbound-retry" | "live" | "media" | "outbound" | "relay" | "sweep" => {
            &["app", "domain", "platform", "store"]
        }
        "world" => &[
            "agent-api",
            "app",
            "channels",
            "domain",
            "inbound-retry",
            "live",
            "media",
            "outbound",
            "platform",
            "relay",
            "store",
            "sweep",
            "webhook",
        ],
        "dev" => &["app", "domain", "platform", "store", "world"],
        other => panic!("say here what {other} may know"),
    }
}

#[test]
fn dependencies_point_one_way() {
    let workspace = workspace();
    let members: BTreeSet<_> = workspace.packages.iter().map(|p| p.name.to_string()).collect();
    for package in &workspace.packages {
        let dependencies = package.dependencies.iter();
        let known = dependencies.filter(|dependency| {
            dependency.kind != DependencyKind::Development && members.contains(&dependency.name)
        });
        for dependency in known {
            assert!(
                allowed(&package.name).contains(&dependency.name.as_str()),
                "{} must not know {}",
                package.name,
                dependency.name
            );
        }
    }
    for function in FUNCTIONS {
        assert!(members.contains(function), "{function}");
    }
}

/// What a crate links when it is built alone: `cargo metadata` would show the features that the
/// rest of the workspace turns on, too.
fn linked(package: &str) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--locked", "--offline", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--package", package])
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let lines = String::from_utf8(tree.stdout).unwrap();
    let names: BTreeSet<_> =
        lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    assert!(names.contains(package));
    names
}

#[test]
fn rules_and_codecs_do_no_io() {
    let banned = ["reqwest", "getrandom", "rand", "chrono", "time", "async-std", "smol", "mio"];
    for package in ["domain", "channels"] {
        for name in linked(package) {
            let does_io = ["aws", "tokio", "hyper", "lambda", "rustls"]
                .iter()
                .any(|prefix| name.starts_with(prefix));
            assert!(!does_io && !banned.contains(&name.as_str()), "{package} links {name}");
        }
    }
}

#[test]
fn a_function_links_the_services_of_its_role_and_no_others() {
    for (function, services) in [
        ("agent-api", &["cognitoidentityprovider", "dynamodb", "kms", "s3"][..]),
        ("inbound-retry", &["dynamodb", "s3", "sqs"]),
        ("live", &["dynamodb"]),
        ("media", &["dynamodb", "kms", "s3", "sqs"]),
        ("outbound", &["dynamodb", "kms", "s3", "sqs"]),
        ("relay", &["apigatewaymanagement", "dynamodb", "s3", "sqs"]),
        ("sweep", &["dynamodb", "sqs"]),
        ("webhook", &["dynamodb", "kms", "s3", "sqs"]),
    ] {
        let linked = linked(function);
        let sdks: Vec<_> = linked.iter().filter_map(|name| name.strip_prefix("aws-sdk-")).collect();
        // STS is part of aws-config, which asks it for nothing inside Lambda.
        let sdks: Vec<_> = sdks.into_iter().filter(|sdk| *sdk != "sts").collect();
        assert_eq!(sdks, services, "{function}");
        assert!(linked.contains("ring"), "{function}");
    }
}

#[test]
fn there_is_one_tls_and_it_is_ring() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let names: BTreeSet<_> = lock.lines().filter_map(|line| line.strip_prefix("name = ")).collect();
    assert!(names.contains("\"ring\""));
    for banned in ["aws-lc-rs", "aws-lc-sys", "openssl", "openssl-sys", "native-tls", "rsa"] {
        assert!(!names.contains(format!("\"{banned}\"").as_str()), "{banned} is in the tree");
    }
}

#[test]
fn every_event_belongs_to_a_function_or_channel() {
    let folders = std::fs::read_dir(root().join("events")).unwrap();
    for folder in folders {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(name == "channels" || FUNCTIONS.contains(&name.as_str()), "events/{name}");
    }
}
