//! What is wrong with forms: those that Qontak's clients send instead of JSON, and those with a file.

use world::requests::ApiRequest;

use super::api::{BODY_LIMIT, furnished, is_inside};
use crate::desk::{
    Desk,
    operations::{self, Operation, Part, parts},
    problem, stored,
};

/// More than a file has that comes along.
const FILE_LIMIT: usize = 4 << 20;

/// Qontak's operations that take fields.
fn with_fields() -> Vec<Operation> {
    let mut operations = operations::guarded();
    operations.retain(|operation| operation.is_qontaks() && operation.body.is_some());
    operations
}

#[tokio::test(start_paused = true)]
async fn a_form_is_refused_by_the_field_that_is_wrong() {
    let (world, ids) = furnished().await;
    let desk = Desk::of(&world);
    let before = stored(&world);
    let refused = async |request: ApiRequest, code: (u16, &str), field: &str, what: &str| {
        let at = format!("{} {} {what}", request.method, request.path);
        let refused = desk.call(request).await;
        let (status, name, named) = problem(&refused);
        assert_eq!((status, name), code, "{at}: {}", refused.json);
        assert!(is_inside(named, field), "{at}: {}", refused.json);
    };
    let (wrong, large) = ((400, "invalid_field"), (413, "too_large"));
    let mut taken = Vec::new();
    for operation in with_fields() {
        let body = operation.body.as_ref().unwrap();
        let Some(least) = body.least_form(&ids) else {
            let more = body.more_than_text();
            let text = more.iter().map(|name| (name.clone(), "Halo".to_owned())).collect();
            refused(operation.request_of_form(&ids, &text), wrong, &more[0], "Halo").await;
            continue;
        };
        for form in body.wrong_forms(&least) {
            let what: String = format!("{form:?}").chars().take(300).collect();
            let request = operation.request_of_form(&ids, &form.fields);
            refused(request, wrong, &form.field, &what).await;
            let request = operation.request_of_parts(&ids, &parts(&form.fields));
            refused(request, wrong, &form.field, &what).await;
        }
        let huge = vec![("text".to_owned(), "x".repeat(BODY_LIMIT))];
        refused(operation.request_of_form(&ids, &huge), large, "body", "huge").await;
        refused(operation.request_of_parts(&ids, &parts(&huge)), large, "body", "huge").await;
        taken.push((operation.request_of_form(&ids, &least), operation));
    }
    assert_eq!(stored(&world), before);
    // Nothing but what was wrong was wrong with them.
    let mut done = 0;
    for (request, _) in taken {
        done += usize::from(desk.call(request).await.status < 300);
    }
    assert!(done >= 7, "{done} of the forms are taken");
}

#[tokio::test(start_paused = true)]
async fn a_file_is_refused_where_none_belongs_or_where_it_is_wrong() {
    let (world, ids) = furnished().await;
    let desk = Desk::of(&world);
    let before = stored(&world);
    let refused = async |request: ApiRequest, expected: (u16, &str, &str), what: &str| {
        let at = format!("{} {} {what}", request.method, request.path);
        let refused = desk.call(request).await;
        assert_eq!(problem(&refused), expected, "{at}: {}", refused.json);
    };
    let wrong = |field| (400, "invalid_field", field);
    let file = || Part::file("file", 0);
    let mut uploads = 0;
    for operation in operations::guarded().iter().filter(|operation| operation.takes_file) {
        let of = |parts: &[Part]| operation.request_of_parts(&ids, parts);
        refused(of(&[]), wrong("file"), "nothing").await;
        refused(of(&[Part::file("foto", 0)]), wrong("foto"), "another name").await;
        refused(of(&[Part::text("file", "Halo")]), wrong("filename"), "a text").await;
        refused(of(&[file(), file()]), wrong("file"), "two files").await;
        refused(of(&[file(), Part::text("nonsense", "1")]), wrong("nonsense"), "more").await;
        let large = of(&[Part::file("file", FILE_LIMIT)]);
        refused(large, (413, "too_large", "file"), "a large file").await;
        uploads += 1;
    }
    assert!(uploads >= 2, "{uploads}");
    let mut along = 0;
    for operation in with_fields() {
        let body = operation.body.as_ref().unwrap();
        let Some(least) = body.least_form(&ids) else { continue };
        let with = |more: &[Part]| {
            let all: Vec<_> = parts(&least).into_iter().chain(more.iter().cloned()).collect();
            operation.request_of_parts(&ids, &all)
        };
        refused(with(&[Part::file("foto", 0)]), wrong("foto"), "another name").await;
        if !body.takes_file_along() {
            refused(with(&[file()]), wrong("file"), "a file").await;
            continue;
        }
        refused(with(&[file(), file()]), wrong("file"), "two files").await;
        refused(with(&[file()]), wrong("file"), "a file beside a text").await;
        let room = Part::text("room_id", ids.of("rooms"));
        let large = [room, Part::text("type", "image"), Part::file("file", FILE_LIMIT)];
        let large = operation.request_of_parts(&ids, &large);
        refused(large, (413, "too_large", "file"), "a large file").await;
        along += 1;
    }
    assert!(along >= 2, "{along}");
    assert_eq!(stored(&world), before);
}
