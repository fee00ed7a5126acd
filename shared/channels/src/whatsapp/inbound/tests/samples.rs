//! The samples under `events/channels/whatsapp`, and what they mean.

use std::{collections::BTreeSet, fs, path::PathBuf};

use domain::{
    Time,
    message::{Change, Failure, Pricing, Status, StatusUpdate},
};

use super::super::{decode, split};
use crate::{CustomerBody, CustomerMessage, Element, Event, Inbound, StatusReport};

const NUMBER: &str = "210550001234567";
const SITI: &str = "628123456789";
const BUDI: &str = "628987654321";
const REFERENCE: &str = "0194f0c2-7a31-7c55-9d0e-3b1f6a2c8e41";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events/channels/whatsapp")
}

fn elements(sample: &str) -> Vec<Element> {
    split(&fs::read(folder().join(format!("{sample}.json"))).unwrap()).unwrap()
}

/// Seconds after the moment at which the samples begin.
fn at(seconds: i64) -> Time {
    Time::from_millis((1_795_000_000 + seconds) * 1000)
}

fn said(id: &str, from: &str, name: &str, seconds: i64, body: CustomerBody) -> Inbound {
    Inbound::Message(CustomerMessage {
        provider_id: format!("wamid.SAPA{id}"),
        from: from.into(),
        profile_name: Some(name.into()),
        at: at(seconds),
        body,
    })
}

fn text(words: &str) -> CustomerBody {
    CustomerBody::Text(words.into())
}

fn unsupported(kind: &str) -> CustomerBody {
    CustomerBody::Unsupported(kind.into())
}

fn report(
    id: &str,
    seconds: i64,
    change: Change,
    reference: Option<&str>,
    pricing: Option<Pricing>,
) -> Inbound {
    let provider_id = format!("wamid.SAPA{id}");
    Inbound::Status(StatusReport {
        reference: reference.map(str::to_owned),
        update: StatusUpdate { provider_id, at: at(seconds), change, pricing },
    })
}

fn reached(id: &str, seconds: i64, status: Status, pricing: Option<Pricing>) -> Inbound {
    report(id, seconds, Change::Reached(status), Some(REFERENCE), pricing)
}

fn price(billable: bool, kind: &str, category: &str) -> Option<Pricing> {
    let (model, kind, category) = ("PMP".into(), Some(kind.into()), category.into());
    Some(Pricing { billable, model, kind, category })
}

fn free() -> Option<Pricing> {
    price(false, "free_customer_service", "service")
}

fn event(kind: &str, seconds: Option<i64>, summary: &str) -> Inbound {
    Inbound::Event(Event { kind: kind.into(), at: seconds.map(at), summary: summary.into() })
}

/// Every sample that holds one element.
fn singles() -> Vec<(&'static str, Option<&'static str>, Inbound)> {
    let ours = Some(NUMBER);
    vec![
        (
            "text",
            ours,
            said("TEXT01", SITI, "Siti Rahma", 0, text("Halo, apakah kopi Gayo masih ada?")),
        ),
        (
            "text-bsuid",
            ours,
            said("BSUID1", "ID.17400555544443333222", "Dewi", 60, text("Bisa kirim ke Bandung?")),
        ),
        ("image", ours, said("IMAGE1", BUDI, "Budi Santoso", 200, unsupported("image"))),
        ("reaction", ours, said("REACT1", SITI, "Siti Rahma", 300, unsupported("reaction"))),
        ("unsupported", ours, said("UNSUP1", SITI, "Siti Rahma", 400, unsupported("unsupported"))),
        ("status-sent", ours, reached("OUT01", 500, Status::Sent, free())),
        (
            "status-delivered",
            ours,
            reached("OUT01", 502, Status::Delivered, price(true, "regular", "utility")),
        ),
        ("status-read", ours, reached("OUT01", 530, Status::Read, None)),
        ("status-failed", ours, {
            let title = "Re-engagement message".into();
            let change = Change::Failed(Failure { at: at(540), code: 131_047, title });
            report("OUT04", 540, change, Some("0194f0c2-7a31-7c55-9d0e-000000000004"), None)
        }),
        (
            "account-update",
            None,
            event("account_update", Some(600), "account_update: ACCOUNT_RESTRICTION"),
        ),
        (
            "system-number-change",
            ours,
            event("system", Some(700), "WhatsApp's notice about a customer: user_changed_number"),
        ),
        (
            "errors-only",
            ours,
            event("errors", Some(800), "WhatsApp reports 130429: Rate limit hit"),
        ),
    ]
}

#[test]
fn samples_of_one_element_mean_what_they_say() {
    for (sample, account, expected) in singles() {
        let elements = elements(sample);
        let [element] = elements.as_slice() else { panic!("{sample} has one element") };
        assert_eq!(element.account.as_deref(), account, "{sample}");
        assert_eq!(decode(element), expected, "{sample}");
    }
}

#[test]
fn a_batch_is_read_in_its_order() {
    let elements = elements("batch");
    let meanings: Vec<Inbound> = elements.iter().map(decode).collect();
    let template = "message_template_status_update: APPROVED, pengiriman_pesanan, NONE";
    assert_eq!(
        meanings,
        [
            said("BATCH1", SITI, "Siti Rahma", 100, text("Pesanan saya sudah dikirim?")),
            said("BATCH2", BUDI, "Budi Santoso", 101, text("Mau tanya harga grosir")),
            said("BATCH3", SITI, "Siti Rahma", 102, unsupported("sticker")),
            reached("OUT01", 103, Status::Delivered, free()),
            report("OUT02", 104, Change::Reached(Status::Sent), None, free()),
            event("message_template_status_update", Some(105), template),
            said("BATCH4", BUDI, "Budi Santoso", 106, text("Halo toko Surabaya")),
            report("OUT03", 107, Change::Reached(Status::Read), None, None),
        ]
    );
    let accounts: Vec<Option<&str>> =
        elements.iter().map(|element| element.account.as_deref()).collect();
    let (ours, other) = (Some(NUMBER), Some("210550005678901"));
    assert_eq!(accounts, [ours, ours, ours, ours, ours, None, other, other]);
}

#[test]
fn every_sample_is_tested() {
    let files: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut tested: BTreeSet<String> =
        singles().into_iter().map(|(sample, ..)| sample.to_owned()).collect();
    tested.insert("batch".to_owned());
    assert_eq!(files, tested);
}

#[test]
fn a_sample_split_again_is_itself() {
    for (sample, ..) in singles() {
        let elements = elements(sample);
        assert_eq!(split(elements[0].body.as_bytes()).unwrap(), elements, "{sample}");
    }
}
