//! What is wrong with the address of a request: a parameter, or a word in the path.

use crate::desk::{Desk, operations, problem, stored};

use super::api::furnished;

#[tokio::test(start_paused = true)]
async fn a_parameter_is_refused_by_its_name() {
    let (world, ids) = furnished().await;
    let desk = Desk::of(&world);
    let before = stored(&world);
    let mut asked = 0;
    for operation in operations::guarded() {
        for parameter in &operation.query {
            for wrong in parameter.wrong() {
                let request = operation.request_with_query(&ids, &parameter.name, &wrong);
                let refused = desk.call(request).await;
                let shown: String = wrong.chars().take(50).collect();
                let at = format!("{} {}={shown}", operation.path, parameter.name);
                let expected = (400, "invalid_field", parameter.field());
                assert_eq!(problem(&refused), expected, "{at}: {}", refused.json);
                asked += 1;
            }
        }
    }
    assert!(asked > 200, "{asked}");
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn a_parameter_that_is_missing_given_twice_or_unknown_is_named() {
    let (world, ids) = furnished().await;
    let desk = Desk::of(&world);
    let before = stored(&world);
    let (mut missing, mut twice) = (0, 0);
    for operation in operations::guarded() {
        let refused = async |request, field: &str| {
            let refused = desk.call(request).await;
            let at = format!("{} {field}: {}", operation.path, refused.json);
            assert_eq!(problem(&refused), (400, "invalid_field", field), "{at}");
        };
        for name in operation.needed() {
            refused(operation.request_without(&ids, name), name).await;
            missing += 1;
        }
        if operation.query.is_empty() {
            continue;
        }
        refused(operation.request_with_query(&ids, "nonsense", "1"), "nonsense").await;
        // Of Qontak's parameters some are lists.
        for parameter in operation.query.iter().filter(|_| !operation.is_qontaks()) {
            refused(operation.request_with_two(&ids, &parameter.name), parameter.field()).await;
            twice += 1;
        }
    }
    assert!(missing >= 2 && twice > 30, "{missing} {twice}");
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn a_word_in_a_path_leads_somewhere_or_nowhere() {
    let (world, ids) = furnished().await;
    let desk = Desk::of(&world);
    let before = stored(&world);
    let mut asked = 0;
    for operation in operations::guarded() {
        for place in operation.places().iter().filter(|place| !place.is_id()) {
            let word = ids.of(&place.of);
            let long = "x".repeat(5000);
            for wrong in [&word.to_uppercase(), "nonsense", "%20", "a%2Fb", "%00", "..", &long] {
                let missing = desk.call(operation.request_with(&ids, place, wrong)).await;
                assert_eq!(problem(&missing), (404, "not_found", ""), "{operation:?} {wrong}");
                asked += 1;
            }
            let unread = desk.call(operation.request_with(&ids, place, "%FF%FE")).await;
            let expected = (400, "invalid_field", place.name.as_str());
            assert_eq!(problem(&unread), expected, "{operation:?}");
        }
    }
    assert!(asked > 10, "{asked}");
    assert_eq!(stored(&world), before);
}
