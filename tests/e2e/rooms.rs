//! A room at work on the deployed stack: taken, tagged, noted, handed over, found again.

use std::time::Duration;

use anyhow::ensure;
use futures_util::future::join;
use serde_json::{Value, json};

use crate::{
    people::hired,
    stack::{STEP, Stack, beside_others, customer, text, timely},
};

#[tokio::test]
async fn a_room_is_taken_tagged_noted_and_given_back() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let customer = &customer();
    let room = stack.hears(customer, "Halo").await?;
    let path = format!("/v1/rooms/{}", text(&room["id"]));

    let taken = stack.done("POST", &format!("{path}/takeover"), Value::Null).await?;
    assert_eq!(taken["status"], "assigned");
    let agent = text(&taken["agent"]["id"]);
    let tagged =
        stack.done("POST", &format!("{path}/tags"), json!({ "name": "Pelanggan VIP" })).await?;
    assert_eq!(tagged["tags"], json!(["pelanggan vip"]), "{tagged}");
    let body = json!({ "text": "Pelanggan lama" });
    let note = stack.done("POST", &format!("{path}/notes"), body).await?;
    let notes = stack.done("GET", &format!("{path}/notes"), Value::Null).await?;
    assert_eq!(
        (notes[0]["id"].clone(), text(&notes[0]["text"])),
        (note["id"].clone(), "Pelanggan lama")
    );
    // A note is for colleagues: it is no message, and the provider is never asked to send it.
    assert_eq!(stack.history(&room).await?.len(), 1);
    assert_eq!(stack.sent_to(customer).await?, Vec::<Value>::new());

    for list in ["/v1/rooms?tag=pelanggan%20vip".to_owned(), format!("/v1/rooms?agent_id={agent}")]
    {
        let found = timely(&list, stack.done("GET", &list, Value::Null)).await?;
        let mut rooms = found.as_array().into_iter().flatten();
        assert!(rooms.any(|found| found["id"] == room["id"]), "{list}: {found}");
    }
    let untagged =
        stack.done("DELETE", &format!("{path}/tags"), json!({ "name": "pelanggan vip" })).await?;
    assert_eq!(untagged["tags"], json!([]));
    let back = stack.done("DELETE", &format!("{path}/agents/{agent}"), Value::Null).await?;
    assert_eq!(back["status"], "unassigned");
    let note = format!("{path}/notes/{}", text(&note["id"]));
    let gone = stack.api("DELETE", &note, &[], Value::Null).await?;
    assert_eq!(gone.status, 204, "{gone:?}");
    assert_eq!(stack.done("GET", &format!("{path}/notes"), Value::Null).await?, json!([]));
    Ok(())
}

#[tokio::test]
async fn of_two_agents_one_wins_the_room_and_hands_it_over() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = &Stack::running()?;
    let (tono, sari) = (hired(stack, "Tono", "agent").await?, hired(stack, "Sari", "agent").await?);
    let boss = hired(stack, "Wati", "supervisor").await?;
    let room = stack.hears(&customer(), "Halo").await?;
    let path = format!("/v1/rooms/{}", text(&room["id"]));
    let takeover = format!("{path}/takeover");
    let (one, other) =
        join(tono.ask("POST", &takeover, Value::Null), sari.ask("POST", &takeover, Value::Null))
            .await;
    let (one, other) = (one?, other?);
    let (winner, loser, told) =
        if one.status == 200 { (&tono, &sari, other) } else { (&sari, &tono, one) };
    ensure!(told.problem() == (409, "already_taken", ""), "{told:?}");
    let shown = winner.done("GET", &path, Value::Null).await?;
    ensure!(shown["agent"]["id"] == winner.id, "{shown}");
    ensure!(text(&told.json["detail"]).contains(text(&shown["agent"]["name"])), "{told:?}");
    ensure!(loser.ask("GET", &path, Value::Null).await?.status == 404);

    // Who may have it is listed; agents hand over only where they are let.
    let all = boss.done("GET", &format!("{path}/agents/assignable"), Value::Null).await?;
    for person in [winner, loser, &boss] {
        let mut all = all.as_array().into_iter().flatten();
        ensure!(all.any(|one| one["id"] == person.id), "{all:?}");
    }
    let give = |to: &str| format!("{path}/agents/{to}");
    let refused = winner.ask("POST", &give(&loser.id), Value::Null).await?;
    ensure!(refused.problem() == (403, "assigning_is_off", ""), "{refused:?}");
    let given = boss.done("POST", &give(&loser.id), Value::Null).await?;
    ensure!(given["agent"]["id"] == loser.id, "{given}");
    ensure!(winner.ask("GET", &path, Value::Null).await?.status == 404);
    let part = loser.done("GET", &format!("{path}/participants"), Value::Null).await?;
    let part: Vec<_> = part.as_array().into_iter().flatten().collect();
    ensure!(
        part.iter().any(|one| one["id"] == winner.id && one["is_assigned"] == false),
        "{part:?}"
    );
    ensure!(part.iter().any(|one| one["id"] == loser.id && one["is_assigned"] == true), "{part:?}");
    let back = boss.done("DELETE", &give(&loser.id), Value::Null).await?;
    ensure!(back["status"] == "unassigned" && back["agent"].is_null(), "{back}");
    Ok(())
}

#[tokio::test]
async fn a_room_has_a_name_of_its_own_and_is_found_by_what_it_is() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = &Stack::running()?;
    let tono = hired(stack, "Tono", "agent").await?;
    let boss = hired(stack, "Wati", "supervisor").await?;
    let (fresh, answered, old) = (customer(), customer(), customer());
    let fresh = stack.hears(&fresh, "Halo").await?;
    let answered = stack.hears(&answered, "Halo").await?;
    // Said 22 hours ago: the window closes within four.
    let old = stack.hears_of(22 * 3600, &old, "Masih ada?").await?;
    let tag = format!("cari {}", crate::stack::unique());
    for room in [&fresh, &answered, &old] {
        let path = format!("/v1/rooms/{}", text(&room["id"]));
        boss.done("POST", &format!("{path}/agents/{}", tono.id), Value::Null).await?;
        tono.done("POST", &format!("{path}/tags"), json!({ "name": tag })).await?;
    }
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let reply = stack.reply(&answered, "Halo juga", "found").await?;
    stack.until(&answered, &reply["id"], "read", 5 * STEP).await?;

    let integration = text(&fresh["channel_integration_id"]);
    let tag = tag.replace(' ', "%20");
    let all = [&fresh, &answered, &old];
    for (filter, expected) in [
        (format!("tag={tag}"), &all[..]),
        (format!("agent_id={}", tono.id), &all[..]),
        (format!("tag={tag}&channel=wa_cloud"), &all[..]),
        (format!("tag={tag}&channel_integration_id={integration}"), &all[..]),
        (format!("agent_id={}&status=assigned", tono.id), &all[..]),
        (format!("agent_id={}&status=unassigned", tono.id), &[]),
        (format!("tag={tag}&session=open"), &[&fresh, &answered]),
        (format!("tag={tag}&session=expiring"), &[&old]),
        (format!("tag={tag}&session=expired"), &[]),
        (format!("tag={tag}&response_status=responded"), &[&answered]),
        (format!("tag={tag}&response_status=unresponded"), &[&fresh, &old]),
    ] {
        let found = tono.done("GET", &format!("/v1/rooms?{filter}"), Value::Null).await?;
        let mut found: Vec<_> =
            found.as_array().into_iter().flatten().map(|room| text(&room["id"])).collect();
        let mut expected: Vec<_> = expected.iter().map(|room| text(&room["id"])).collect();
        found.sort_unstable();
        expected.sort_unstable();
        ensure!(found == expected, "{filter}: {found:?}");
    }
    let odd = stack.api("GET", "/v1/rooms?session=closed", &[], Value::Null).await?;
    ensure!(odd.problem() == (400, "invalid_field", "session"), "{odd:?}");

    let path = format!("/v1/rooms/{}", text(&fresh["id"]));
    let change = json!({ "name": "Budi (gudang)", "is_dont_auto_resolve": true });
    let changed = tono.done("PUT", &path, change).await?;
    ensure!(changed["name"] == "Budi (gudang)" && changed["is_dont_auto_resolve"] == true);
    // What the customer's profile says does not change it.
    let heard = stack.hears(text(&fresh["account_uniq_id"]), "Halo?").await?;
    ensure!(heard["name"] == "Budi (gudang)" && heard["unread_count"] == 2, "{heard}");
    Ok(())
}
