//! The customer's phone in a real browser: a person chats on the page, an agent by the API.

use serde_json::{Value, json};

use crate::browser::{Browser, ENTER};
use crate::stack::{STEP, Stack, alone, text};

/// The page's first customer.
const BUDI: &str = "628123456789";

/// True once the chat has a message of that kind and state with these words.
fn shows(kind: &str, state: &str, words: &str) -> String {
    let selector = format!("#entries li[data-kind='{kind}'][data-state='{state}']");
    let words = Value::from(words);
    format!(
        "[...document.querySelectorAll(\"{selector}\")].some(li => li.innerText.includes({words}))"
    )
}

#[tokio::test]
async fn a_person_chats_on_the_page_and_an_agent_by_the_api() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running()?;
    let browser = Browser::start().await?;
    browser.open(stack.value("simulator_url")).await?;
    browser.click(&format!("#people [data-key='{BUDI}']")).await?;

    // Budi writes, and the API lists his room.
    browser.type_into("#text", &format!("Halo, masih buka?{ENTER}")).await?;
    browser.until(&shows("text", "taken", "Halo, masih buka?")).await?;
    let room = stack.room_of(BUDI).await?;

    // The agent answers; an answer is words, never a part of the page.
    let hostile = "Masih! <img src=x onerror=\"document.title='broken'\"> <b>Silakan</b>";
    let answer = stack.reply(&room, hostile, "phone-1").await?;
    browser.until(&shows("text", "read", hostile)).await?;
    stack.until(&room, &answer["id"], "read", 5 * STEP).await?;
    assert_eq!(browser.eval("document.querySelectorAll('#entries img').length").await?, 0);
    assert_ne!(browser.eval("document.title").await?, "broken");

    sends_a_picture_and_a_place(&browser).await?;
    reacts_and_replies(&browser).await?;

    sees_a_template(&browser, &stack, &room).await?;

    all_of_it_reached_the_room(&stack, &room, &answer).await?;
    switches_a_fault_on(&browser, &stack, &room).await
}

async fn sends_a_picture_and_a_place(browser: &Browser) -> anyhow::Result<()> {
    browser.click("#attach").await?;
    browser.click("[data-sample='picture']").await?;
    browser.until(&shows("image", "taken", "")).await?;
    browser.until("document.querySelector('#entries img')?.naturalWidth > 100").await?;

    browser.click("#attach").await?;
    browser.click("[data-open='placing']").await?;
    browser.click("#placing button[value='ok']").await?;
    browser.until(&shows("location", "taken", "Monas")).await
}

async fn reacts_and_replies(browser: &Browser) -> anyhow::Result<()> {
    let answer = "#entries li[data-state='read']";
    browser.click(&format!("{answer} .open")).await?;
    browser.click("#emojis button").await?;
    browser.until(&format!("document.querySelector(\"{answer} .reactions\")")).await?;

    browser.click(&format!("{answer} .open")).await?;
    browser.click("#choices li:first-child button").await?;
    browser.type_into("#text", &format!("Saya ke sana{ENTER}")).await?;
    browser.until(&shows("text", "taken", "Saya ke sana")).await?;
    browser
        .until("document.querySelector('#entries .own .quoted')?.innerText.includes('Masih!')")
        .await
}

/// An agent sees what the person saw: the picture, the place, the reaction on the answer, and the words that
/// reply to it.
async fn all_of_it_reached_the_room(
    stack: &Stack,
    room: &Value,
    answer: &Value,
) -> anyhow::Result<()> {
    let is_picture = |message: &Value| {
        let file = &message["file"];
        message["type"] == "image" && file["state"] == "stored" && file["mime_type"] == "image/png"
    };
    let is_place = |message: &Value| {
        let place = &message["location"];
        message["type"] == "location"
            && (&place["name"], &place["address"])
                == (&json!("Monas"), &json!("Gambir, Jakarta Pusat"))
            && (&place["latitude"], &place["longitude"])
                == (&json!("-6.1753920"), &json!("106.8271530"))
    };
    let reaction = json!([{ "emoji": "👍", "participant_type": "customer" }]);
    let is_reacted_to =
        |message: &Value| message["id"] == answer["id"] && message["reactions"] == reaction;
    let is_reply = |message: &Value| {
        message["text"] == "Saya ke sana" && message["context"]["reply_to_id"] == answer["id"]
    };
    let path = format!("/v1/rooms/{}/histories?limit=100", text(&room["id"]));
    let all: [&dyn Fn(&Value) -> bool; 4] = [&is_picture, &is_place, &is_reacted_to, &is_reply];
    for is_it in all {
        let has_it = |page: &Value| page.as_array().into_iter().flatten().any(is_it);
        stack.until_shown(&path, 5 * STEP, has_it).await?;
    }
    Ok(())
}

/// A template is on the phone what it is on WhatsApp's: its words filled in, with buttons to tap.
async fn sees_a_template(browser: &Browser, stack: &Stack, room: &Value) -> anyhow::Result<()> {
    let integration = stack.integration().await?;
    let sync = format!("/v1/integrations/{}/templates/sync", text(&integration["id"]));
    stack.done("POST", &sync, Value::Null).await?;
    let words = |text: &str| json!({ "type": "text", "text": text });
    let body = json!({ "type": "template", "template": { "name": "order_ready", "language": "id",
        "components": [
            { "type": "header", "parameters": [words("KK-17")] },
            { "type": "body", "parameters": [words("Budi Santoso"), words("Rp 75.000")] },
        ] } });
    let path = format!("/v1/rooms/{}/messages", text(&room["id"]));
    let sent = stack.done("POST", &path, body).await?;
    browser.until(&shows("template", "read", "Pesanan KK-17")).await?;
    browser.until(&shows("template", "read", "Halo Budi Santoso, pesanan Anda sudah siap")).await?;
    stack.until(room, &sent["id"], "read", 5 * STEP).await?;
    browser.click("#entries li[data-kind='template'] .taps button").await?;
    browser.until(&shows("button", "taken", "Hari ini")).await?;
    let history = stack.history(room).await?;
    let tapped = history.iter().find(|message| message["type"] == "choice");
    assert_eq!(tapped.map(|message| &message["text"]), Some(&json!("Hari ini")), "{history:?}");
    Ok(())
}

async fn switches_a_fault_on(browser: &Browser, stack: &Stack, room: &Value) -> anyhow::Result<()> {
    browser.click("#faults [data-fault='undeliverable'] input[type='checkbox']").await?;
    browser.until("document.querySelector(\"#faults .on[data-fault='undeliverable']\")").await?;
    let lost = stack.reply(room, "Sampai nanti", "phone-2").await?;
    browser.until(&shows("text", "failed", "Sampai nanti")).await?;
    stack.until(room, &lost["id"], "failed", 5 * STEP).await?;
    browser.until("document.querySelector('#attempts').innerText.includes('failed of')").await?;
    browser.click("#clear-faults").await?;
    browser.until("!document.querySelector('#faults .on')").await
}
