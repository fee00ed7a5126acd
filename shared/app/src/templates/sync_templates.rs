//! Asks a provider which templates an account has, and keeps a copy.
//!
//! Order of writes: the provider is asked for all its pages first; then the integration remembers
//! when, so that a notice from before which comes late finds out that it is one, though its template
//! is not written; then each template that is new or has changed is written by itself, and one
//! that the provider no longer lists is marked `DELETED`. What the provider told by itself after it
//! was asked stays ([`synced`]). A run that dies in between leaves some rows older than others; the
//! next run finds what differs and writes just that.

use std::{collections::BTreeMap, time::Duration};

use channels::whatsapp::templates::{Listed, list, listed};
use domain::{
    Id, Time,
    integration::Integration,
    template::{DELETED, Definition, synced},
};
use futures_util::{TryStreamExt, stream};
use platform::{Ctx, problem::Problem};
use secrecy::{ExposeSecret, SecretString};
use store::{StoreError, StoredTemplate, Table, Tenant, Versioned};

use crate::{
    ATTEMPTS,
    authenticate::Caller,
    integrations::{Connector, provider_refused},
    internal,
};

/// How long one page may take, and all of them: the function has 15 s, and has to write as well.
const PAGE_LIMIT: Duration = Duration::from_secs(5);
const ASKING_LIMIT: Duration = Duration::from_secs(8);

/// The most pages that we ask for: 5,000 templates, of which an account has 6,000 at the very most.
const MAX_PAGES: usize = 60;

/// How many rows are written beside each other.
const WRITERS: usize = 16;

/// What a sync found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Synced {
    /// How many templates the provider lists.
    pub total: usize,
    /// How many rows were new or have changed.
    pub changed: usize,
}

/// Makes the copy of an integration's templates true. Admins do.
pub async fn sync_templates(
    table: &Table,
    connector: &Connector,
    caller: &Caller,
    id: Id<Integration>,
    ctx: &Ctx,
) -> Result<Synced, Problem> {
    let tenant = caller.tenant(table);
    let found = tenant.integration(id).await.map_err(internal)?;
    let integration = found.ok_or_else(|| Problem::not_found("integration"))?.value;
    let token = connector.token(&integration, ctx).await?;
    let account = integration.business_account.as_deref().ok_or_else(|| {
        let detail = "It is not known which business account this number belongs to: connect it \
                      again.";
        Problem::new(409, "business_account_unknown", detail)
    })?;
    let now = Time::from(connector.source.now());
    let asking = tokio::time::timeout(ASKING_LIMIT, ask(connector, account, &token)).await;
    let listed = asking.map_err(|_| silent())??;
    if !tenant.templates_asked(id, now).await.map_err(internal)? {
        // Another sync asked later: its list counts.
        return Err(internal(StoreError::Contended));
    }
    keep(tenant, id, listed, now).await
}

/// All templates of a business account, by name and language.
async fn ask(
    connector: &Connector,
    account: &str,
    token: &SecretString,
) -> Result<BTreeMap<(String, String), Definition>, Problem> {
    let (mut all, mut after) = (BTreeMap::new(), None::<String>);
    for _ in 0..MAX_PAGES {
        let token = token.expose_secret();
        let request = list(&connector.graph_url, account, token, after.as_deref());
        let request = request.map_err(|error| {
            tracing::error!(%error, "templates can't be asked for");
            Problem::internal()
        })?;
        // What the provider tells by itself from now on may not be in its answer.
        let asked = Time::from(connector.source.now());
        let response = connector.transport.send(request, PAGE_LIMIT).await;
        match listed(&response.map_err(|_| silent())?, asked) {
            Listed::Page { templates, after: next } => {
                for template in templates {
                    all.insert((template.name.clone(), template.language.clone()), template);
                }
                after = next;
            }
            Listed::Refused(failure) => return Err(provider_refused(&failure)),
            Listed::Unclear => return Err(silent()),
        }
        if after.is_none() {
            return Ok(all);
        }
    }
    tracing::error!("an account lists more templates than it can have");
    Err(silent())
}

fn silent() -> Problem {
    Problem::new(502, "provider_unavailable", "The provider gave no answer. Try again.")
}

/// Writes what differs. `now` is when the provider was first asked.
async fn keep(
    tenant: Tenant<'_>,
    of: Id<Integration>,
    mut listed: BTreeMap<(String, String), Definition>,
    now: Time,
) -> Result<Synced, Problem> {
    let (total, mut after) = (listed.len(), None);
    let mut differ = Vec::new();
    loop {
        let page = tenant.templates(Some(of), 100, after, true).await;
        let (page, next) = page.map_err(internal)?;
        for known in page {
            let old = &known.value.definition;
            let new = match listed.remove(&(old.name.clone(), old.language.clone())) {
                Some(new) => new,
                None => gone(old, now),
            };
            if synced(old, new.clone()).is_some() {
                differ.push((Some(known), new));
            }
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    differ.extend(listed.into_values().map(|new| (None, new)));
    let changed = differ.len();
    stream::iter(differ.into_iter().map(Ok::<_, Problem>))
        .try_for_each_concurrent(WRITERS, |(known, new)| async move {
            write(tenant, of, known, new).await.map_err(internal)
        })
        .await?;
    Ok(Synced { total, changed })
}

/// One that the provider no longer lists.
fn gone(old: &Definition, now: Time) -> Definition {
    Definition { status: DELETED.into(), synced_at: now, ..old.clone() }
}

/// Writes one; again with what others have written meanwhile, if they have.
async fn write(
    tenant: Tenant<'_>,
    of: Id<Integration>,
    mut known: Option<Versioned<StoredTemplate>>,
    listed: Definition,
) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        let new = match &known {
            None => listed.clone(),
            Some(known) => match synced(&known.value.definition, listed.clone()) {
                None => return Ok(()),
                Some(new) => new,
            },
        };
        if tenant.save_template(of, known.as_ref(), &new).await? {
            return Ok(());
        }
        known = tenant.template(of, &listed.name, &listed.language).await?;
    }
    Err(StoreError::Contended)
}
