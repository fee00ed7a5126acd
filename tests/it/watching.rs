//! Who is paged follows one trace from the request to the provider, and is told what went wrong.

use std::{
    collections::BTreeMap,
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use app::outcomes::Metric;
use lambda_runtime::tracing::subscriber::fmt;
use serde_json::{Value, json};
use tracing::{Dispatch, subscriber::DefaultGuard};
use world::{
    World,
    company::webhook_request,
    files::JPEG,
    graph::{Fault, Kind, MediaKind, Person},
    requests::ApiRequest,
};

use crate::desk::{BUDI, Desk, fates};

/// The lines of the log, as the deployed functions write them.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// A log of this thread, for as long as what comes with it is kept.
    fn listen() -> (Self, (Dispatch, DefaultGuard)) {
        let log = Self::default();
        let subscriber = || {
            let writer = log.clone();
            let level = tracing::Level::INFO;
            fmt().json().with_max_level(level).with_writer(move || writer.clone()).finish()
        };
        // With only one listener in the process, a line that a test on another thread reaches
        // first would be taken for one that nobody listens to.
        let second = Dispatch::new(subscriber());
        let guard = tracing::subscriber::set_default(subscriber());
        (log, (second, guard))
    }

    /// All that was said.
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// What was said under a trace, in order.
    fn under(&self, trace: &str) -> Vec<String> {
        let text = self.text();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let bears =
            |line: &Value| line["span"]["trace"] == trace || line["fields"]["trace"] == trace;
        let said = lines.filter(bears).map(|line| line["fields"]["message"].clone());
        said.map(|said| said.as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn an_agents_click_is_followed_to_the_provider() {
    let (log, _listening) = Log::listen();
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let path = format!("/v1/rooms/{}/messages", room.as_str().unwrap());
    let words = json!({ "text": "Halo juga" }).to_string();
    desk.call(ApiRequest::new("POST", path.as_str()).id("click-1=").body(words.clone())).await;
    world.settle(Duration::from_secs(2)).await.unwrap();
    assert_eq!(
        log.under("click-1="),
        ["answered", "a message is to be sent", "the provider took a message"]
    );

    world.company().graph().set_fault(Fault::TimeoutAfterAccept, Some(1));
    desk.call(ApiRequest::new("POST", path).id("click-2=").body(words)).await;
    world.settle(Duration::from_secs(60)).await.unwrap();
    assert_eq!(log.under("click-2=").last().unwrap(), "a message's outcome is unknown");
}

#[tokio::test(start_paused = true)]
async fn a_customers_file_is_fetched_under_the_trace_of_its_delivery() {
    let (log, _listening) = Log::listen();
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    desk.first_words(BUDI).await;
    let company = world.company();
    let now = world.clock.now_ms();
    let picture = company.graph().customer_uploads(now, "image/jpeg", JPEG.to_vec());
    let picture = Kind::file(MediaKind::Image, &picture);
    let budi = Person::with_phone(BUDI, "Budi");
    let delivery = company.graph().customer_sends(now, &budi, picture);
    let request = webhook_request(company, &delivery.body).id("delivery-1=");
    world.webhook(&world.process, &request).await.unwrap();
    world.settle(Duration::from_secs(2)).await.unwrap();
    assert_eq!(
        log.under("delivery-1="),
        ["answered", "a file is to be fetched", "a file was fetched"]
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_set_aside_keeps_its_trace() {
    let (log, _listening) = Log::listen();
    let world = World::new().await.unwrap();
    let company = world.company();
    let delivery = company.graph().customer_says(world.clock.now_ms(), BUDI, "Budi", "Halo");
    fates::refuse(&world, |call| call.operation != "PutObject" && fates::writes(call));
    let request = webhook_request(company, &delivery.body).id("delivery-2=");
    world.webhook(&world.process, &request).await.unwrap();
    assert_eq!(log.under("delivery-2="), ["an element is set aside", "answered"]);
}

/// The resources of the template, by name.
pub(crate) fn resources() -> BTreeMap<String, String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/template.yaml");
    let template = std::fs::read_to_string(path).unwrap();
    let resources = template.split("\nResources:\n").nth(1).unwrap();
    let resources = resources.split("\nOutputs:\n").next().unwrap();
    let mut found = BTreeMap::new();
    let mut name = String::new();
    for line in resources.lines() {
        let is_name = line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':');
        if is_name && !line.contains('#') {
            name = line.trim().trim_end_matches(':').to_owned();
        }
        let text: &mut String = found.entry(name.clone()).or_default();
        text.push_str(line);
        text.push('\n');
    }
    found
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_can_not_be_opened_is_told_and_alarms() {
    let (log, _listening) = Log::listen();
    let world = World::new().await.unwrap();
    let ticket = world.ticket(&world.company().setup.api_key).await.unwrap();
    fates::refuse(&world, |call| call.service == "dynamodb");
    assert_eq!(world.connect(&world.process, "one", &ticket).await.unwrap(), Some(500));
    let lines = log.text();
    assert!(lines.contains("a socket could not be served") && !lines.contains(&ticket), "{lines}");
    let alarm = &resources()["FailedSocketsAlarm"];
    assert!(alarm.contains(&format!("MetricName: {}\n", Metric::FailedSockets.name())));
}

#[test]
fn no_function_queue_or_number_goes_unwatched() {
    let resources = resources();
    let of_type = |kind: &str| {
        let kind = format!("Type: {kind}\n");
        let found = resources.iter().filter(move |(_, text)| text.contains(&kind));
        found.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let (functions, queues) = (of_type("AWS::Serverless::Function"), of_type("AWS::SQS::Queue"));
    assert!(functions.len() > 5 && queues.len() > 5, "{functions:?} {queues:?}");
    for function in functions {
        for alarm in ["FunctionErrorsAlarm", "FunctionThrottlesAlarm"] {
            let named = format!("Value: !Ref {function} }}");
            assert!(resources[alarm].contains(&named), "{alarm} does not know {function}");
        }
        let graph = format!("\"Errors\", \"FunctionName\", \"${{{function}}}\"");
        assert!(resources["Dashboard"].contains(&graph), "no graph shows {function}");
    }
    for queue in queues {
        let graph = format!("${{{queue}.QueueName}}");
        assert!(resources["Dashboard"].contains(&graph), "no graph shows {queue}");
        let alarm = format!("Value: !GetAtt {queue}.QueueName");
        let is_heard = resources.iter().any(|(_, text)| text.contains(&alarm));
        assert!(is_heard || !queue.ends_with("DeadLetters"), "no alarm hears of {queue}");
        // What nobody takes out dies nowhere.
        let hears_age = |text: &String| {
            text.contains("MetricName: ApproximateAgeOfOldestMessage\n") && text.contains(&alarm)
        };
        let is_waited_for = resources.values().any(hears_age);
        assert!(
            is_waited_for || queue.ends_with("DeadLetters"),
            "no alarm hears how old {queue} is"
        );
    }
    // Nothing that is told to somebody by a number alone is only drawn.
    for metric in [Metric::FailedSends, Metric::UnknownSends] {
        let named = format!("MetricName: {}\n", metric.name());
        let is_heard =
            |(name, text): (&String, &String)| name.ends_with("Alarm") && text.contains(&named);
        assert!(resources.iter().any(is_heard), "no alarm hears of {metric:?}");
    }
    // What the sweep takes up it hides meanwhile: that is no less a dead letter.
    for queue in ["OutboundDeadLetters", "MediaDeadLetters"] {
        let alarm = &resources[&format!("{queue}Alarm")];
        for name in ["ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"]
        {
            assert!(alarm.contains(&format!("MetricName: {name},")), "{queue}: {name}");
        }
    }
    for metric in Metric::ALL {
        let graph = format!("\"Sapa\", \"{}\", \"Stack\"", metric.name());
        assert!(resources["Dashboard"].contains(&graph), "no graph shows {metric:?}");
    }
    // What is counted names the stack alone, and so does who listens.
    for (name, text) in resources.iter().filter(|(_, text)| text.contains("Namespace: Sapa\n")) {
        let hears = text.contains("- { Name: Stack, Value: !Ref \"AWS::StackName\" }\n");
        assert!(hears && Metric::ALL.iter().any(|metric| text.contains(metric.name())), "{name}");
    }
    let indexes = resources["Table"].split("IndexName: ").skip(1);
    let indexes: Vec<&str> = indexes.filter_map(|text| text.lines().next()).collect();
    assert!(indexes.len() > 1, "{indexes:?}");
    for index in indexes {
        let named = format!("Name: GlobalSecondaryIndexName, Value: {index} }}");
        let times = resources["TableThrottleAlarm"].matches(&named).count();
        assert_eq!(times, 2, "reads and writes of {index}");
    }
    let dashboard = resources["Dashboard"].split("DashboardBody: !Sub |\n").nth(1).unwrap();
    let dashboard: Value = serde_json::from_str(dashboard).unwrap();
    assert!(dashboard["widgets"].as_array().unwrap().len() > 5);
}
