//! Admins and the people they work with.

use std::time::Duration;

use domain::{api_key::Role, member::Identity};
use futures_util::future::join;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest, wire::Fate, world::Answered};

use crate::desk::{
    Desk,
    fates::{self, UNLUCKY},
    people::{Browser, ask, sign_in},
    problem, rows, stored,
};

const ANI: &str = "ani@example.com";
const TONO: &str = "tono@example.com";

/// A company whose admin is Ani.
async fn with_admin() -> World {
    let world = World::new().await.unwrap();
    world.seat(world.company(), ANI, "Ani", Role::Admin).await.unwrap();
    world
}

fn id(answered: &Answered) -> String {
    answered.json["data"]["id"].as_str().unwrap_or_else(|| panic!("{}", answered.json)).to_owned()
}

fn tono(role: &str) -> Value {
    json!({ "email": TONO, "name": "Tono", "role": role })
}

/// Somebody who is invited accepts or declines.
async fn answer(invited: &Browser<'_>, organization: &str, choice: &str) -> Answered {
    let path = format!("/v1/me/invitations/{organization}/{choice}");
    invited.call(ApiRequest::new("POST", path)).await
}

#[tokio::test(start_paused = true)]
async fn members_are_listed_by_role_and_page() {
    let world = with_admin().await;
    for n in 0..5 {
        let email = format!("agent{n}@example.com");
        world.seat(world.company(), &email, &format!("Agent {n}"), Role::Agent).await.unwrap();
    }
    let ani = Browser::of(&world, ANI).await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = ani.get(&format!("/v1/users?role=agent&limit=2{cursor}")).await.json;
        seen.extend(page["data"].as_array().unwrap().clone());
        match page["meta"]["pagination"]["cursor"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let mut names: Vec<_> = seen.iter().map(|user| user["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Agent 0", "Agent 1", "Agent 2", "Agent 3", "Agent 4"]);
    assert!(seen.iter().all(|user| user["email"].as_str().unwrap().contains('@')));
    let all = ani.get("/v1/users").await.json["data"].as_array().unwrap().len();
    assert_eq!(all, 7, "with the one who works with a key alone");
    assert_eq!(problem(&ani.get("/v1/users?role=owner").await), (400, "invalid_field", "role"));
    let shown = ani.get(&format!("/v1/users/{}", seen[0]["id"].as_str().unwrap())).await;
    assert_eq!(shown.json["data"], seen[0]);
}

#[tokio::test(start_paused = true)]
async fn an_admin_names_and_ranks_others_and_it_counts_at_once() {
    let world = with_admin().await;
    world.seat(world.company(), TONO, "Tono", Role::Agent).await.unwrap();
    let (ani, tono) = (Browser::of(&world, ANI).await, Browser::of(&world, TONO).await);
    let own = id(&tono.get("/v1/me").await);
    let path = format!("/v1/users/{own}");
    // Not even one's own name.
    let refused = tono.send("PUT", &path, json!({ "name": "Tono Bos" })).await;
    assert_eq!(problem(&refused), (403, "forbidden", ""));
    for name in ["", "  ", "a\u{7}", &"x".repeat(101)] {
        let refused = ani.send("PUT", &path, json!({ "name": name })).await;
        assert_eq!(problem(&refused), (400, "invalid_field", "name"), "{name:?}");
    }
    let edit = json!({ "name": " Tono Bos ", "role": "admin" });
    let edited = ani.send("PUT", &path, edit).await;
    assert_eq!(edited.json["data"]["name"], "Tono Bos");
    // The next request is an admin's, with the token from before.
    assert_eq!(tono.get("/v1/api_keys").await.status, 200);
    let back = ani.send("PUT", &path, json!({ "role": "agent" })).await;
    assert_eq!((back.status, &back.json["data"]["name"]), (200, &json!("Tono Bos")));
    assert_eq!(tono.get("/v1/api_keys").await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn who_is_removed_is_out_at_once_and_may_come_back() {
    let world = with_admin().await;
    world.seat(world.company(), TONO, "Tono", Role::Agent).await.unwrap();
    let (ani, mut gone) = (Browser::of(&world, ANI).await, Browser::of(&world, TONO).await);
    let path = format!("/v1/users/{}", id(&gone.get("/v1/me").await));
    for _ in 0..2 {
        assert_eq!(ani.send("DELETE", &path, json!({})).await.status, 204);
        assert_eq!(problem(&gone.get("/v1/rooms").await).1, "not_a_member");
    }
    // A new access token opens nothing either.
    assert_eq!(gone.refresh().await, 200);
    assert_eq!(problem(&gone.get("/v1/rooms").await).1, "not_a_member");
    assert_eq!(ani.get(&path).await.status, 404);
    assert_eq!(ani.send("PUT", &path, json!({ "name": "T" })).await.status, 404);
    assert_eq!(ani.get("/v1/users").await.json["data"].as_array().unwrap().len(), 2);

    let invited = ani.send("POST", "/v1/users", tono("supervisor")).await;
    assert_eq!(invited.status, 201);
    world.pass(Duration::from_secs(61)).await;
    assert_eq!(gone.get("/v1/me").await.json["data"]["role"], "supervisor");
}

#[tokio::test(start_paused = true)]
async fn the_last_admin_stays() {
    let world = with_admin().await;
    let ani = Browser::of(&world, ANI).await;
    let own = format!("/v1/users/{}", id(&ani.get("/v1/me").await));
    let stays = async || {
        let before = stored(&world);
        for (method, body) in [("DELETE", json!({})), ("PUT", json!({ "role": "agent" }))] {
            let refused = ani.send(method, &own, body).await;
            assert_eq!(problem(&refused), (409, "last_admin", ""), "{method}");
        }
        assert_eq!(stored(&world), before);
    };
    stays().await;
    // Somebody who never signed in is no admin to rely on.
    let invited = ani.send("POST", "/v1/users", tono("admin")).await;
    stays().await;
    ani.send("DELETE", &format!("/v1/users/{}", id(&invited)), json!({})).await;
    world.seat(world.company(), "sari@example.com", "Sari", Role::Admin).await.unwrap();
    assert_eq!(ani.send("PUT", &own, json!({ "role": "agent" })).await.status, 200);
    assert_eq!(ani.get("/v1/api_keys").await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn two_admins_who_demote_each_other_dont_both_succeed() {
    let world = with_admin().await;
    world.seat(world.company(), TONO, "Tono", Role::Admin).await.unwrap();
    let (ani, tono) = (Browser::of(&world, ANI).await, Browser::of(&world, TONO).await);
    let [one, other] = [&ani, &tono].map(async |person| id(&person.get("/v1/me").await));
    let (one, other) = (one.await, other.await);
    let demote = |id: &str, by: &Browser<'_>| {
        ApiRequest::new("PUT", format!("/v1/users/{id}"))
            .header("authorization", format!("Bearer {}", by.access))
            .body(r#"{"role":"agent"}"#)
    };
    let processes = ["a", "b"].map(|name| world.start_process(name));
    let requests = [demote(&other, &ani), demote(&one, &tono)];
    let (first, second) =
        join(world.api_in(&processes[0], &requests[0]), world.api_in(&processes[1], &requests[1]))
            .await;
    let mut statuses = [first.unwrap().unwrap().status, second.unwrap().unwrap().status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let admins = rows(&world, "member#");
    let is_one = |row: &&Value| row["role"]["S"] == "admin" && row["sub"]["S"] != "";
    assert_eq!(admins.iter().filter(is_one).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_invitation_has_bounds_and_is_sent_once() {
    let world = with_admin().await;
    let ani = Browser::of(&world, ANI).await;
    let before = stored(&world);
    for (field, value) in [("email", "tono"), ("name", ""), ("role", "owner")] {
        let mut body = tono("agent");
        body[field] = json!(value);
        let refused = ani.send("POST", "/v1/users", body).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field));
    }
    assert_eq!(stored(&world), before);
    let first = ani.send("POST", "/v1/users", tono("agent")).await;
    let again = ani.send("POST", "/v1/users", tono("agent")).await;
    assert_eq!((first.status, id(&first)), (201, id(&again)));
    assert_eq!(world.wire.services().cognito.mails.len(), 1);
    let other = ani.send("POST", "/v1/users", tono("admin")).await;
    assert_eq!(problem(&other), (409, "already_member", "email"));

    let path = format!("/v1/users/{}/invite", id(&first));
    assert_eq!(ani.send("POST", &path, json!({})).await.status, 200);
    let mails = world.wire.services().cognito.mails.clone();
    assert_eq!(mails.len(), 2);
    assert_eq!(sign_in(&world, TONO, &mails[0].secret).await.status, 401);
    assert_eq!(sign_in(&world, TONO, &mails[1].secret).await.status, 200);
    let own = format!("/v1/users/{}/invite", id(&ani.get("/v1/me").await));
    assert_eq!(problem(&ani.send("POST", &own, json!({})).await), (409, "already_signed_in", ""));
}

#[tokio::test(start_paused = true)]
async fn somebody_who_signs_in_elsewhere_is_a_member_once_they_say_so() {
    const WATI: &str = "wati@example.com";
    let mut world = with_admin().await;
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    world.seat(&world.companies[1], WATI, "Wati", Role::Admin).await.unwrap();
    let (ani, mut wati) = (Browser::of(&world, ANI).await, Browser::of(&world, WATI).await);
    let invitation = json!({ "email": WATI, "name": "Wati dari Teh", "role": "admin" });
    let invited = ani.send("POST", "/v1/users", invitation.clone()).await;
    assert_eq!((invited.status, &invited.json["data"]["is_pending"]), (201, &json!(true)));
    assert_eq!(id(&ani.send("POST", "/v1/users", invitation).await), id(&invited));

    // She is told when she signs in, and nothing else changes for her.
    let told =
        sign_in(&world, WATI, world::world::PASSWORD).await.json["data"]["organizations"].clone();
    assert_eq!((&told[0]["is_pending"], &told[1]["is_pending"]), (&json!(false), &json!(true)));
    world.pass(Duration::from_secs(61)).await;
    wati.refresh().await;
    let silent = wati.get("/v1/me").await;
    assert_eq!(silent.json["data"]["name"], "Wati", "{}", silent.json);
    // Nor is she one to rely on.
    let own = format!("/v1/users/{}", id(&ani.get("/v1/me").await));
    let refused = ani.send("PUT", &own, json!({ "role": "agent" })).await;
    assert_eq!(problem(&refused), (409, "last_admin", ""));

    // And no room is hers to get.
    world.customer_says("628123456789", "Halo").await.unwrap();
    let room =
        format!("/v1/rooms/{}", ani.get("/v1/rooms").await.json["data"][0]["id"].as_str().unwrap());
    let offered = async || {
        let agents = ani.get(&format!("{room}/agents/assignable")).await;
        agents.json["data"].as_array().unwrap().iter().any(|agent| agent["id"] == id(&invited))
    };
    assert!(!offered().await);
    let given = ani.send("POST", &format!("{room}/agents/{}", id(&invited)), json!({})).await;
    assert_eq!(given.status, 404, "{}", given.json);

    // Looking in from curiosity, or by a click somewhere, is no answer.
    let kopi = world.company().provisioned.organization_id.to_string();
    let before = stored(&world);
    for (method, path) in [("GET", "/v1/me"), ("GET", "/v1/rooms"), ("POST", "/v1/live/tickets")] {
        let request = ApiRequest::new(method, path).header("x-organization-id", &kopi);
        let refused = wati.call(request).await;
        assert_eq!(problem(&refused), (403, "invitation_pending", "X-Organization-Id"), "{path}");
    }
    assert_eq!(stored(&world), before);
    let open = silent.json["data"]["organizations"].as_array().unwrap().clone();
    assert_eq!(open.iter().filter(|known| known["is_pending"] == true).count(), 1);

    for _ in 0..2 {
        let me = answer(&wati, &kopi, "accept").await;
        assert_eq!((me.status, &me.json["data"]["name"]), (200, &json!("Wati dari Teh")));
        assert_eq!(
            (&me.json["data"]["role"], &me.json["data"]["email"]),
            (&json!("admin"), &json!(WATI))
        );
    }
    assert_eq!(problem(&answer(&wati, &kopi, "decline").await), (409, "already_member", ""));
    let request = ApiRequest::new("GET", "/v1/rooms").header("x-organization-id", &kopi);
    assert_eq!(wati.call(request).await.status, 200);
    let shown = ani.get(&format!("/v1/users/{}", id(&invited))).await;
    assert_eq!(shown.json["data"]["is_pending"], false);
    assert!(offered().await);
    world.pass(Duration::from_secs(61)).await;
    wati.refresh().await;
    assert_eq!(problem(&wati.get("/v1/me").await).1, "organization_needed");
    assert_eq!(ani.send("PUT", &own, json!({ "role": "agent" })).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn of_who_has_not_accepted_an_organization_learns_nothing_but_what_its_admin_typed() {
    const WATI: &str = "wati@example.com";
    const DEWI: &str = "dewi@example.com";
    let mut world = with_admin().await;
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let teh = &world.companies[1];
    world.seat(teh, WATI, "Wati", Role::Admin).await.unwrap();
    let (ani, wati) = (Browser::of(&world, ANI).await, Browser::of(&world, WATI).await);
    // Wati signs in at Teh Tua every day; Dewi was invited there and never came.
    let body = json!({ "email": DEWI, "name": "Dewi", "role": "agent" });
    assert_eq!(wati.send("POST", "/v1/users", body).await.status, 201);
    let mut shown = Vec::new();
    for email in [WATI, DEWI] {
        let body = json!({ "email": email, "name": "Baru", "role": "agent" });
        let invited = ani.send("POST", "/v1/users", body).await;
        shown.push((invited.json["data"].clone(), email));
    }
    // Wati takes another address, where Kopi Kita has not written to.
    let sub = world
        .wire
        .services()
        .cognito
        .users
        .iter()
        .find(|user| user.email == WATI)
        .unwrap()
        .sub
        .clone();
    let old = world.process.table.identity_of(&sub).await.unwrap().unwrap();
    let new = Identity { email: "wati@rumah.example".into(), ..old.value.clone() };
    assert!(world.process.table.save_identity(Some(&old), &new).await.unwrap());

    let mails = world.wire.services().cognito.mails.len();
    let listed = ani.get("/v1/users").await.json["data"].as_array().unwrap().clone();
    for (user, email) in &shown {
        assert_eq!((&user["email"], &user["is_verified"]), (&json!(email), &json!(false)));
        assert_eq!((&user["is_pending"], &user["role"]), (&json!(true), &json!("agent")));
        let path = format!("/v1/users/{}", user["id"].as_str().unwrap());
        assert_eq!(ani.get(&path).await.json["data"], *user);
        assert!(listed.contains(user), "{listed:?}");
        let again = ani.send("POST", &format!("{path}/invite"), json!({})).await;
        assert_eq!(problem(&again), (409, "invitation_pending", ""));
        let correct = json!({ "email": "x@example.com" });
        let corrected = ani.send("PUT", &format!("{path}/email"), correct).await;
        assert_eq!(problem(&corrected), (409, "not_correctable", "email"));
        assert!(corrected.json["detail"].as_str().unwrap().contains("asked to join"));
    }
    assert_eq!(world.wire.services().cognito.mails.len(), mails);
}

#[tokio::test(start_paused = true)]
async fn who_withdraws_an_invitation_leaves_nothing_to_accept() {
    const WATI: &str = "wati@example.com";
    let mut world = with_admin().await;
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    world.seat(&world.companies[1], WATI, "Wati", Role::Admin).await.unwrap();
    let (ani, wati) = (Browser::of(&world, ANI).await, Browser::of(&world, WATI).await);
    let invitation = json!({ "email": WATI, "name": "Wati", "role": "agent" });
    let invited = ani.send("POST", "/v1/users", invitation.clone()).await;
    let path = format!("/v1/users/{}", id(&invited));
    assert_eq!(ani.send("DELETE", &path, json!({})).await.status, 204);
    let kopi = world.company().provisioned.organization_id.to_string();
    assert_eq!(problem(&answer(&wati, &kopi, "accept").await), (404, "not_found", ""));
    // Invited again, she is asked again.
    let again = ani.send("POST", "/v1/users", invitation).await;
    assert_eq!(again.json["data"]["is_pending"], true);
    assert_eq!(answer(&wati, &kopi, "accept").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn who_declines_is_asked_no_more_unless_they_are_invited_again() {
    const WATI: &str = "wati@example.com";
    let mut world = with_admin().await;
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    world.seat(&world.companies[1], WATI, "Wati", Role::Admin).await.unwrap();
    let (ani, wati) = (Browser::of(&world, ANI).await, Browser::of(&world, WATI).await);
    let kopi = world.company().provisioned.organization_id.to_string();
    // Nobody has invited her.
    for choice in ["accept", "decline"] {
        assert_eq!(problem(&answer(&wati, &kopi, choice).await), (404, "not_found", ""));
    }
    let invitation = json!({ "email": WATI, "name": "Wati", "role": "admin" });
    let invited = ani.send("POST", "/v1/users", invitation.clone()).await;
    for _ in 0..2 {
        assert_eq!(answer(&wati, &kopi, "decline").await.status, 204);
    }
    assert_eq!(ani.get(&format!("/v1/users/{}", id(&invited))).await.status, 404);
    assert_eq!(rows(&world, "roster")[0]["admins"]["L"].as_array().unwrap().len(), 1);
    let told = sign_in(&world, WATI, world::world::PASSWORD).await;
    assert_eq!(told.json["data"]["organizations"].as_array().unwrap().len(), 1);
    assert_eq!(problem(&answer(&wati, &kopi, "accept").await), (404, "not_found", ""));
    assert_eq!(ani.send("POST", "/v1/users", invitation).await.json["data"]["is_pending"], true);
    assert_eq!(answer(&wati, &kopi, "accept").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn who_belongs_nowhere_any_more_accepts_all_the_same() {
    const WATI: &str = "wati@example.com";
    let mut world = with_admin().await;
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let teh = &world.companies[1];
    let seated = world.seat(teh, WATI, "Wati", Role::Agent).await.unwrap();
    let (ani, wati) = (Browser::of(&world, ANI).await, Browser::of(&world, WATI).await);
    let out = ApiRequest::new("DELETE", format!("/v1/users/{}", seated.id));
    assert_eq!(world.api_with(&teh.setup.api_key, out).await.unwrap().status, 204);
    let body = json!({ "email": WATI, "name": "Wati", "role": "agent" });
    assert_eq!(ani.send("POST", "/v1/users", body).await.json["data"]["is_pending"], true);
    assert!(wati.get("/v1/me").await.status >= 400);
    let kopi = world.company().provisioned.organization_id.to_string();
    assert_eq!(answer(&wati, &kopi, "accept").await.status, 200);
    let later = Browser::of(&world, WATI).await;
    world.pass(Duration::from_secs(61)).await;
    assert_eq!(later.get("/v1/me").await.json["data"]["organization_id"], json!(kopi));
    // A key answers no invitations.
    let desk = Desk::of(&world);
    let asked = ApiRequest::new("POST", format!("/v1/me/invitations/{kopi}/accept"));
    assert_eq!(problem(&desk.call(asked).await), (422, "person_needed", ""));
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_an_answer_to_an_invitation_a_second_one_makes_it_good() {
    const WATI: &str = "wati@example.com";
    for choice in ["accept", "decline"] {
        for fate in fates::EACH {
            for call in 0.. {
                let mut world = with_admin().await;
                world.add_company("Teh Tua", "777000777000777").await.unwrap();
                world.seat(&world.companies[1], WATI, "Wati", Role::Agent).await.unwrap();
                let (ani, wati) = (Browser::of(&world, ANI).await, Browser::of(&world, WATI).await);
                let body = json!({ "email": WATI, "name": "Wati", "role": "admin" });
                assert_eq!(ani.send("POST", "/v1/users", body).await.status, 201);
                let kopi = world.company().provisioned.organization_id.to_string();
                let process = world.start_process(UNLUCKY);
                let calls = fates::strike(&world, call, fate);
                let request =
                    ApiRequest::new("POST", format!("/v1/me/invitations/{kopi}/{choice}"))
                        .header("authorization", format!("Bearer {}", wati.access));
                world.api_in(&process, &request).await.unwrap();
                fates::recover(&world);
                let again = answer(&wati, &kopi, choice).await;
                assert!(again.status < 300, "{choice}, call {call} {fate:?}: {}", again.json);
                let known = sign_in(&world, WATI, world::world::PASSWORD).await;
                let known = known.json["data"]["organizations"].as_array().unwrap().clone();
                assert!(known.iter().all(|known| known["is_pending"] == false));
                let listed = ani.get("/v1/users").await.json["data"].as_array().unwrap().len();
                let roster = rows(&world, "roster");
                let kopis = |row: &&Value| row["pk"]["S"].as_str().unwrap().ends_with(&kopi);
                let admins =
                    roster.iter().find(kopis).unwrap()["admins"]["L"].as_array().unwrap().len();
                let expected = if choice == "accept" { (2, 3, 2) } else { (1, 2, 1) };
                assert_eq!(
                    (known.len(), listed, admins),
                    expected,
                    "{choice}, call {call} {fate:?}"
                );
                if !fates::has_struck(&calls, call) {
                    assert!(call >= 4, "{choice}: only {call} calls were struck");
                    break;
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_was_taken_out_and_works_elsewhere_is_asked_when_invited_again() {
    const WATI: &str = "wati@example.com";
    let mut world = with_admin().await;
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let ani = Browser::of(&world, ANI).await;
    let invitation = json!({ "email": WATI, "name": "Wati", "role": "agent" });
    let invited = ani.send("POST", "/v1/users", invitation.clone()).await;
    assert_eq!(invited.json["data"]["is_pending"], false, "nobody knew her");
    let path = format!("/v1/users/{}", id(&invited));
    assert_eq!(ani.send("DELETE", &path, json!({})).await.status, 204);
    world.seat(&world.companies[1], WATI, "Wati", Role::Agent).await.unwrap();
    let wati = Browser::of(&world, WATI).await;
    let again = ani.send("POST", "/v1/users", invitation).await;
    assert_eq!((again.status, &again.json["data"]["is_pending"]), (201, &json!(true)));
    world.pass(Duration::from_secs(61)).await;
    assert_eq!(wati.get("/v1/me").await.json["data"]["name"], "Wati", "she is asked first");
}

#[tokio::test(start_paused = true)]
async fn a_mistyped_address_is_corrected_while_it_is_nobodys() {
    let mut world = with_admin().await;
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    world.seat(&world.companies[1], "wati@example.com", "Wati", Role::Admin).await.unwrap();
    let ani = Browser::of(&world, ANI).await;
    let invited = ani.send("POST", "/v1/users", tono("agent")).await;
    let path = format!("/v1/users/{}/email", id(&invited));
    let correct = async |email: &str| ani.send("PUT", &path, json!({ "email": email })).await;
    assert_eq!(problem(&correct("x").await), (400, "invalid_field", "email"));
    let taken = correct("wati@example.com").await;
    assert_eq!(problem(&taken), (409, "email_taken", "email"));
    assert_eq!(ani.get(path.trim_end_matches("/email")).await.json["data"]["email"], TONO);

    let corrected = correct("Toni@example.com").await;
    assert_eq!(corrected.json["data"]["email"], "toni@example.com", "{}", corrected.json);
    let cognito = |to: &str| world.wire.services().cognito.mail(to).unwrap().secret.clone();
    let (lost, found) = (cognito(TONO), cognito("toni@example.com"));
    assert_eq!(sign_in(&world, TONO, &lost).await.status, 401);
    assert_eq!(sign_in(&world, "toni@example.com", &lost).await.status, 401);
    assert_eq!(sign_in(&world, "toni@example.com", &found).await.status, 200);

    // Another company invites the same person: now it is theirs, too.
    let wati = Browser::of(&world, "wati@example.com").await;
    let body = json!({ "email": "toni@example.com", "name": "Toni", "role": "agent" });
    assert_eq!(wati.send("POST", "/v1/users", body).await.status, 201);
    assert_eq!(problem(&correct("tina@example.com").await), (409, "not_correctable", "email"));
    // And a verified address is its owner's.
    let own = format!("/v1/users/{}/email", id(&ani.get("/v1/me").await));
    let refused = ani.send("PUT", &own, json!({ "email": "x@example.com" })).await;
    assert_eq!(problem(&refused), (409, "not_correctable", "email"));
}

#[tokio::test(start_paused = true)]
async fn a_password_that_went_to_one_address_never_proves_another() {
    let world = with_admin().await;
    let ani = Browser::of(&world, ANI).await;
    // An admin invites a mailbox of their own, begins to sign in, and calls it somebody else's.
    let invited = ani.send("POST", "/v1/users", tono("agent")).await;
    let first = world.wire.services().cognito.mail(TONO).unwrap().secret.clone();
    let begun = sign_in(&world, TONO, &first).await;
    let session = begun.json["data"]["session"].clone();
    let path = format!("/v1/users/{}/email", id(&invited));
    let victim = "dewi@example.com";
    let corrected = ani.send("PUT", &path, json!({ "email": victim })).await;
    assert_eq!(corrected.status, 200, "{}", corrected.json);
    let choose = async |session: &Value| {
        let body = json!({
            "email": victim, "session": session, "new_password": "Kopi-susu-2026-panas",
        });
        ask(&world, "POST", "/v1/sign_in/new_password", body).await
    };
    assert_eq!(problem(&choose(&session).await), (401, "wrong_password", ""));
    world.pass(Duration::from_secs(301)).await;
    assert_eq!(problem(&choose(&session).await), (401, "wrong_password", ""));
    assert_eq!(sign_in(&world, victim, &first).await.status, 401);

    // What went to the right address opens it.
    let second = world.wire.services().cognito.mail(victim).unwrap().secret.clone();
    let begun = sign_in(&world, victim, &second).await;
    let dewi = Browser::from(&world, &choose(&begun.json["data"]["session"]).await);
    assert_eq!(dewi.get("/v1/me").await.json["data"]["is_verified"], true);
}

/// Strikes one call of an admin's click, and has them click again. `false` if there is no such
/// call.
async fn click_struck(method: &'static str, call: usize, fate: Fate) -> bool {
    let world = with_admin().await;
    let ani = Browser::of(&world, ANI).await;
    let (path, body) = match method {
        "POST" => ("/v1/users".to_owned(), tono("admin")),
        _ => {
            let role = if method == "PUT" { Role::Agent } else { Role::Admin };
            let seated = world.seat(world.company(), TONO, "Tono", role).await.unwrap();
            (format!("/v1/users/{}", seated.id), json!({ "role": "admin" }))
        }
    };
    let body = if method == "DELETE" { json!({}) } else { body };
    let process = world.start_process(UNLUCKY);
    let calls = fates::strike(&world, call, fate);
    let request = ApiRequest::new(method, &path)
        .header("authorization", format!("Bearer {}", ani.access))
        .body(body.to_string());
    world.api_in(&process, &request).await.unwrap();
    fates::recover(&world);
    let second = ani.send(method, &path, body).await;
    assert!(second.status < 300, "{method}, call {call} {fate:?}: {}", second.json);

    let roster = rows(&world, "roster")[0]["admins"]["L"].as_array().unwrap().len();
    let listed = ani.get("/v1/users").await.json["data"].as_array().unwrap().len();
    let expected = if method == "DELETE" { (1, 2) } else { (2, 3) };
    assert_eq!((roster, listed), expected, "{method}, call {call} {fate:?}");
    let known = world.wire.services().cognito.users.len();
    assert_eq!(known, 2, "{method}, call {call} {fate:?}");
    fates::has_struck(&calls, call)
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_an_admins_click_a_second_one_makes_it_good() {
    for method in ["POST", "PUT", "DELETE"] {
        for fate in fates::EACH {
            let mut call = 0;
            while click_struck(method, call, fate).await {
                call += 1;
            }
            assert!(call >= 4, "{method}: only {call} calls were struck");
        }
    }
}
