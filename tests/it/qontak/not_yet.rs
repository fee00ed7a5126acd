//! What the README says is not there yet is what is not there yet.

use std::collections::BTreeSet;

use world::qontak::{V1, served, unserved};

/// What the README names behind "answers 501", up to the end of the sentence: a path, and whatever is
/// below it, or a method and a path.
fn named() -> BTreeSet<String> {
    let readme = include_str!("../../../README.md");
    let (_, after) = readme.split_once("answers 501 `not_implemented`").expect("the README's list");
    let (list, _) = after.split_once(";\n").expect("the end of the list");
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Whether an entry of the README means an operation.
fn means(entry: &str, (method, path): &(String, String)) -> bool {
    let path = path.strip_prefix(V1).and_then(|path| path.strip_prefix('/')).unwrap();
    match entry.split_once(' ') {
        Some((named, exact)) => named == method && exact == path,
        None => {
            path.strip_prefix(entry).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
    }
}

#[test]
fn the_readme_names_all_that_is_not_there_yet_and_nothing_else() {
    let named = named();
    for operation in unserved() {
        assert!(named.iter().any(|entry| means(entry, &operation)), "{operation:?} is not named");
    }
    for entry in &named {
        assert!(unserved().iter().any(|operation| means(entry, operation)), "{entry} is there");
        let wrong = served().into_iter().find(|operation| means(entry, operation));
        assert_eq!(wrong, None, "{entry}");
    }
}
