//! Function processes die at bad moments, and providers misbehave.

use std::time::Duration;

use crate::{
    integrations::reconnected,
    stack::{STEP, Stack, alone, customer},
};

/// A queue hands a message out again after its visibility timeout.
const REDELIVERED: Duration = Duration::from_secs(120);

#[tokio::test]
async fn a_webhook_that_dies_is_healed_by_the_next_delivery() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running()?;
    let customer = &customer();
    for round in 0..6 {
        let body = stack.message(customer, &format!("{round}"));
        // Somewhere between the request's arrival and its answer.
        let (_answer, killed) = tokio::join!(stack.deliver(&body), async {
            tokio::time::sleep(Duration::from_millis(4 * round)).await;
            stack.kill("webhook")
        });
        killed?;
        // Lambda's front door may still hold the corpse for a moment; the provider is patient.
        let mut status = 0;
        for _ in 0..20 {
            status = stack.deliver(&body).await?.status;
            if status == 200 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        assert_eq!(status, 200);
    }
    let room = stack.room_of(customer).await?;
    assert_eq!(room["unread_count"], 6);
    let history = stack.history(&room).await?;
    assert_eq!(history.len(), 6, "{history:?}");
    Ok(())
}

#[tokio::test]
async fn an_outbound_that_dies_in_the_call_never_sends_twice() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running()?;
    let customer = &customer();
    let room = stack.hears(customer, "Halo").await?;
    // The provider takes the message at once and answers late: time to die in between.
    stack.fault("status-before-response", 1).await?;
    let reply = stack.reply(&room, "Hanya sekali", "dies").await?;
    let mut killed = 0;
    for _ in 0..200 {
        if stack.times_sent(customer, "Hanya sekali").await? == 1 {
            killed = stack.kill("outbound")?;
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(killed > 0, "outbound was not caught in the call");
    stack.until(&room, &reply["id"], "read", REDELIVERED).await?;

    // The next one of the room waits for the dead one's job to come back, and then goes.
    let next = stack.reply(&room, "Berikutnya", "next").await?;
    stack.until(&room, &next["id"], "read", REDELIVERED).await?;
    assert_eq!(stack.times_sent(customer, "Hanya sekali").await?, 1);
    assert_eq!(stack.times_sent(customer, "Berikutnya").await?, 1);
    Ok(())
}

#[tokio::test]
async fn relay_and_api_may_die_too() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running()?;
    let customer = &customer();
    let room = stack.hears(customer, "Halo").await?;
    for function in ["relay", "agent-api", "outbound"] {
        stack.kill(function)?;
        let text = format!("Setelah {function}");
        // A client repeats what was not answered, with the same key.
        let mut reply = Err(anyhow::anyhow!("never asked"));
        for _ in 0..20 {
            reply = stack.reply(&room, &text, function).await;
            if reply.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let reply = reply?;
        stack.until(&room, &reply["id"], "read", REDELIVERED).await?;
        assert_eq!(stack.times_sent(customer, &text).await?, 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_moody_provider_gets_each_message_once() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running()?;
    let customer = &customer();
    let room = stack.hears(customer, "Halo").await?;
    for (fault, status, limit) in [
        ("rate-limit", "read", 15 * STEP),
        ("duplicate", "read", 5 * STEP),
        ("out-of-order", "read", 5 * STEP),
        ("slow", "read", 10 * STEP),
        ("timeout-after-accept", "read", 10 * STEP),
        // It waits behind the one whose answer never came.
        ("expired-token", "failed", 10 * STEP),
    ] {
        stack.fault(fault, 1).await?;
        let reply = stack.reply(&room, fault, fault).await?;
        stack.until(&room, &reply["id"], status, limit).await?;
        let sent = if status == "failed" { 0 } else { 1 };
        assert_eq!(stack.times_sent(customer, fault).await?, sent, "{fault}");
    }
    let history = stack.history(&room).await?;
    let failed = history.iter().find(|message| message["status"] == "failed");
    assert_eq!(failed.map(|message| message["error"]["code"].as_i64()), Some(Some(190)));
    reconnected(&stack).await
}
