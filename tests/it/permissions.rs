//! Who may do what: every operation of the document, asked by every role.

use domain::{
    api_key::Role,
    permission::{self, Needs},
};
use serde_json::json;
use world::World;

use crate::desk::{
    BUDI, Desk,
    operations::{self, Ids},
    people::Browser,
    problem, stored,
};

const ROLES: [(&str, Role); 3] = [
    ("agent@example.com", Role::Agent),
    ("supervisor@example.com", Role::Supervisor),
    ("admin@example.com", Role::Admin),
];

#[test]
fn the_table_and_the_document_know_the_same_operations() {
    let mut documented: Vec<_> = operations::all()
        .into_iter()
        .map(|operation| (operation.method.to_owned(), operation.path, operation.is_public))
        .collect();
    let mut listed: Vec<_> = permission::operations()
        .map(|line| (line.method.to_owned(), line.path.to_owned(), line.needs == Needs::Nothing))
        .collect();
    documented.sort();
    listed.sort();
    assert_eq!(documented, listed);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_below_an_operations_role_is_refused_and_changes_nothing() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    desk.first_words(BUDI).await;
    let ids = Ids::at(&desk).await;
    for (email, role) in ROLES {
        world.seat(world.company(), email, role.name(), role).await.unwrap();
    }
    let mut refused = 0;
    for (email, role) in ROLES {
        let person = Browser::of(&world, email).await;
        let key = world.add_member(role.name(), role).await.unwrap();
        let key = Desk::with_key(&world, &key);
        let before = stored(&world);
        for operation in operations::guarded() {
            let line = permission::find(operation.method, &operation.path).unwrap();
            if line.allows(role, None) {
                continue;
            }
            refused += 1;
            for answered in [
                person.call(operation.request(&ids)).await,
                key.call(operation.request(&ids)).await,
            ] {
                assert_eq!(problem(&answered), (403, "forbidden", ""), "{operation:?} {role:?}");
            }
        }
        assert_eq!(stored(&world), before, "{role:?}");
    }
    assert!(refused >= 17, "{refused}");
}

#[tokio::test(start_paused = true)]
async fn whoever_has_an_operations_role_is_let_through() {
    let mut allowed = 0;
    for (email, role) in ROLES {
        for operation in operations::guarded() {
            if !permission::find(operation.method, &operation.path).unwrap().allows(role, None) {
                continue;
            }
            let world = World::new().await.unwrap();
            let desk = Desk::of(&world);
            desk.first_words(BUDI).await;
            let ids = Ids::at(&desk).await;
            world.seat(world.company(), email, role.name(), role).await.unwrap();
            let person = Browser::of(&world, email).await;
            let answered = person.call(operation.request(&ids)).await;
            assert_ne!(problem(&answered).1, "forbidden", "{operation:?} {role:?}");
            assert_ne!(answered.status, 401, "{operation:?} {role:?}: {}", answered.json);
            allowed += 1;
        }
    }
    assert!(allowed >= 40, "{allowed}");
}

#[tokio::test(start_paused = true)]
async fn a_key_does_what_its_scopes_say_and_no_more() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    desk.first_words(BUDI).await;
    let ids = Ids::at(&desk).await;
    for scope in permission::scopes() {
        let body = json!({ "name": scope, "kind": "bearer", "role": "admin", "scopes": [scope] });
        let made = desk
            .call(world::requests::ApiRequest::new("POST", "/v1/api_keys").body(body.to_string()))
            .await;
        let key = Desk::with_key(&world, made.json["data"]["secret"].as_str().unwrap());
        for operation in operations::guarded() {
            let line = permission::find(operation.method, &operation.path).unwrap();
            if scope == permission::ALL || line.scope() == scope {
                continue;
            }
            // Past its limit of a second it would be told that first.
            world.pass(std::time::Duration::from_millis(700)).await;
            let answered = key.call(operation.request(&ids)).await;
            assert_eq!(problem(&answered), (403, "forbidden", ""), "{operation:?} {scope}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn head_asks_for_the_same_as_get() {
    let world = World::new().await.unwrap();
    let request = world::requests::ApiRequest::new("HEAD", "/v1/rooms");
    let refused = world.api_in(&world.process, &request).await.unwrap().unwrap();
    assert_eq!(refused.status, 401);
    assert_eq!(world.api(request).await.unwrap().status, 200);
}
