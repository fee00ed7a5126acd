//! What `cargo lambda watch` routes is what the template routes.

use std::{collections::BTreeSet, path::PathBuf};

use cargo_metadata::MetadataCommand;
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The workspace's metadata for cargo-lambda.
fn watch() -> Value {
    let mut command = MetadataCommand::new();
    command.cargo_path(env!("CARGO")).current_dir(root()).no_deps();
    let metadata = command.exec().unwrap();
    metadata.workspace_metadata["lambda"]["watch"].clone()
}

/// The paths of the template's HTTP API, in the words of cargo-lambda: `{*rest}`, not `{rest+}`.
fn routes_of_the_template() -> BTreeSet<String> {
    let template = std::fs::read_to_string(root().join("infra/template.yaml")).unwrap();
    let keys = template.lines().filter_map(|line| line.trim().strip_prefix("RouteKey: ANY "));
    let paths = keys.map(|path| match path.split_once("{proxy+}") {
        Some((before, after)) => format!("{before}{{*proxy}}{after}"),
        None => path.to_owned(),
    });
    paths.collect()
}

#[test]
fn every_route_of_the_http_api_leads_to_a_function() {
    let watch = watch();
    let router = watch["router"].as_object().unwrap();
    let routed: BTreeSet<String> = router.keys().cloned().collect();
    assert_eq!(routed, routes_of_the_template(), "Cargo.toml, [workspace.metadata.lambda]");
    for (path, function) in router {
        let folder = root().join("functions").join(function.as_str().unwrap());
        assert!(folder.join("Cargo.toml").exists(), "{path}: there is no function {function}");
    }
}
