//! Every operation stays within its budget of calls and capacity units.

use world::metering::measure;

#[tokio::test(start_paused = true)]
async fn every_operation_is_within_its_budget() {
    let lines = measure().await.unwrap();
    let names: Vec<_> = lines.iter().map(|line| line.operation).collect();
    assert_eq!(
        names,
        [
            "inbound_known",
            "inbound_moved",
            "inbound_duplicate",
            "inbound_new",
            "status",
            "status_settling",
            "reply_live",
            "reply_first",
            "inbound_media",
            "inbox_page",
            "inbox_page_agent",
            "relay_message",
            "event_catchup",
            "expire_room",
            "auto_resolve_room",
            "trace_mean",
            "sign_in"
        ]
    );
    for line in &lines {
        assert!(line.is_within(), "{line:?}");
        assert!(line.calls > 0.0, "{line:?} was not measured");
    }
}
