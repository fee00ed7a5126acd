//! `cargo dev redrive`: takes up again what was given up. Messages in dead-letter queues go back to
//! their queues, and batches of the table's stream that a mapping gave up are handed to their
//! function once more.
//!
//! Twice is as good as once: what is repeated finds its claim, its row or its file. So a run that
//! dies in between (moved and not yet deleted) is made good by the next one.

mod batches;
mod queues;

use anyhow::{Context, bail};
use aws_config::SdkConfig;

use crate::cli::RedriveOptions;
use crate::host::confirm::confirm;
use crate::host::progress::Step;
use crate::stack::instance::Instance;
use crate::stack::target::Target;
use batches::Batches;
use queues::DeadLetters;

/// Counts, asks, moves, and says what was moved.
pub(crate) async fn run(instance: &str, options: &RedriveOptions) -> anyhow::Result<()> {
    let instance = Instance::open(instance)?;
    let target = Target::of(&instance, &options.place)?;
    let step = Step::begin(format!("Looking at stack {}", target.stack));
    let aws = target.aws.sdk().await?;
    let queues = chosen(&target, &aws, options).await?;
    let batches = if options.batches || options.queues.is_empty() {
        let bucket = target.outputs()?.get("BucketName")?.to_owned();
        Some(Batches::find(&aws, bucket).await?)
    } else {
        None
    };
    step.done();

    let mut found = 0;
    for queue in &queues {
        let hidden = match queue.hidden {
            0 => String::new(),
            hidden => format!(", {hidden} more in hand; those can be had in some minutes"),
        };
        println!("  {:<16} {} dead letters{hidden}", queue.name, queue.count);
        found += queue.count;
    }
    if let Some(batches) = &batches {
        println!("  {:<16} {}", "stream", batches.describe());
        found += batches.count();
    }
    if found == 0 {
        let is_hidden = queues.iter().any(|queue| queue.hidden > 0);
        println!("Nothing {}.", if is_hidden { "can be moved now" } else { "was given up" });
        return Ok(());
    }
    if options.dry_run {
        return Ok(());
    }
    if !confirm("Take them up again?", options.yes)? {
        println!("Nothing was moved.");
        return Ok(());
    }
    take_up(&target, &aws, &queues, batches).await
}

/// The dead-letter queues that the options choose.
async fn chosen(
    target: &Target,
    aws: &SdkConfig,
    options: &RedriveOptions,
) -> anyhow::Result<Vec<DeadLetters>> {
    if options.batches && options.queues.is_empty() {
        return Ok(Vec::new());
    }
    let urls = target.resources("AWS::SQS::Queue")?;
    let all = DeadLetters::among(aws, &urls, |name| target.short_name(name).to_owned()).await?;
    let names: Vec<&str> = all.iter().map(|queue| queue.name.as_str()).collect();
    if let Some(unknown) = options.queues.iter().find(|name| !names.contains(&name.as_str())) {
        bail!("there is no queue {unknown}; there are {}", names.join(", "));
    }
    let is_chosen =
        |queue: &DeadLetters| options.queues.is_empty() || options.queues.contains(&queue.name);
    Ok(all.into_iter().filter(is_chosen).collect())
}

async fn take_up(
    target: &Target,
    aws: &SdkConfig,
    queues: &[DeadLetters],
    batches: Option<Batches>,
) -> anyhow::Result<()> {
    let mut failed = 0;
    for queue in queues.iter().filter(|queue| queue.count > 0) {
        let moved = queue.move_back(aws).await.with_context(|| format!("moving {}", queue.name))?;
        println!("  {:<16} {moved} moved back", queue.name);
    }
    for batch in batches.iter().flat_map(Batches::each) {
        match batch.replay(&target.aws, aws).await {
            Ok(done) => println!("  {:<16} {done}", "stream"),
            Err(error) => {
                failed += 1;
                eprintln!("  ✗ {}: {error:#}", batch.key);
            }
        }
    }
    if failed > 0 {
        bail!("{failed} batches were not done and are still there");
    }
    Ok(())
}
