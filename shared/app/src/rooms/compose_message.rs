//! What a member wrote becomes what is stored: our ids give way to what the channel needs, the
//! template is filled in, and the channel's limits are asked. Reads only; whatever is
//! wrong is refused before anything is stored, and names its field.

use channels::{LimitBroken, whatsapp::limits};
use domain::{
    Id, Time,
    channel::Channel,
    message::{Component, Content, Context, File, Message, Template},
    room::Room,
    settings::has_ended,
    template::{Filled, Unfit, fill, name_flows},
    upload::UploadState,
};
use jiff::SignedDuration;
use platform::problem::Problem;
use store::{Tenant, Versioned};

use crate::{
    drafts::{Files, NewMessage, Upload},
    internal,
};

/// What is said, what it refers to, and the uploads that are sent with it.
pub(super) async fn compose_message(
    tenant: Tenant<'_>,
    room: &Room,
    new: &NewMessage,
    now: Time,
) -> Result<(Content, Context, Vec<Versioned<domain::upload::Upload>>), Problem> {
    new.check_shape()?;
    let (files, uploads) = files(tenant, new, now).await?;
    let target = match &new.reaction {
        None => None,
        Some(reaction) => {
            const FIELD: &str = "reaction.message_id";
            let target = find(tenant, room, (FIELD, &reaction.message_id), now).await?;
            check_target(FIELD, &target, now)?;
            Some(provider_id(FIELD, target)?)
        }
    };
    let reply_to = match &new.reply_to {
        None => None,
        Some(id) => {
            Some(provider_id("reply_to", find(tenant, room, ("reply_to", id), now).await?)?)
        }
    };
    let mut content = new.content(&files, target)?;
    if let Content::Template(template) = &mut content {
        fill_in(tenant, room, template, now).await?;
    }
    match room.channel {
        Channel::WhatsApp => limits::check(&content),
    }
    .map_err(|LimitBroken { field, detail }| Problem::field(field, detail))?;
    Ok((content, Context { reply_to, ..Context::default() }, uploads))
}

/// The files that a message names. One that does not exist, or is not whole yet, is left out, and
/// missed where it is needed.
async fn files(
    tenant: Tenant<'_>,
    new: &NewMessage,
    now: Time,
) -> Result<(Files, Vec<Versioned<domain::upload::Upload>>), Problem> {
    let (mut files, mut uploads) = (Files::new(), Vec::new());
    for id in new.file_ids()? {
        let Ok(parsed) = id.parse() else { continue };
        let Some(row) = tenant.file(parsed, now).await.map_err(internal)? else { continue };
        let found = row.value.clone();
        let UploadState::Ready { sha256 } = found.state else { continue };
        let (key, mime_type, size) = (found.key, found.mime_type, found.size);
        let file = File::Stored { key, mime_type, size, sha256 };
        let (filename, is_animated) = (Some(found.filename), found.is_animated);
        files.insert(id.to_owned(), Upload { file, filename, is_animated });
        uploads.push(row);
    }
    Ok((files, uploads))
}

/// The message of this room that a field names.
async fn find(
    tenant: Tenant<'_>,
    room: &Room,
    (field, id): (&str, &str),
    now: Time,
) -> Result<Message, Problem> {
    let missing = || Problem::field(field, "There is no such message in this room.");
    let id: Id<Message> = id.parse().map_err(|_| missing())?;
    let found = tenant.find_message(room.id, id).await.map_err(internal)?;
    let is_kept = |message: &Message| !has_ended(message.expires_at, now);
    found.map(|row| row.value).filter(is_kept).ok_or_else(missing)
}

/// What the provider calls a message that it is to show ours with.
fn provider_id(field: &str, message: Message) -> Result<String, Problem> {
    message.provider_id.ok_or_else(|| {
        Problem::field(field, "The channel does not have this message yet, or never took it.")
    })
}

/// Whether WhatsApp shows a reaction on this message (messages/reaction-messages).
fn check_target(field: &str, target: &Message, now: Time) -> Result<(), Problem> {
    if !target.content.is_said() {
        return Err(Problem::field(field, "This message is a reaction itself."));
    }
    let days = limits::MAX_REACTION_DAYS;
    if target.at.plus(SignedDuration::from_hours(24 * days)) < now {
        let detail = format!("This message is more than {days} days old.");
        return Err(Problem::field(field, detail));
    }
    Ok(())
}

/// Fills in what a template says, if the parameters fit what its provider has approved.
async fn fill_in(
    tenant: Tenant<'_>,
    room: &Room,
    template: &mut Template,
    now: Time,
) -> Result<(), Problem> {
    let (name, language) = (&template.name, &template.language);
    let found = tenant.template(room.integration_id, name, language).await.map_err(internal)?;
    let definition = found.ok_or_else(|| {
        let detail = "The channel account has no such template in this language, or its templates \
                      were not asked for since it has.";
        Problem::field("template.name", detail)
    })?;
    name_flows(&definition.value.definition, template);
    let Filled { text, frame, cards: filled } =
        fill(&definition.value.definition, template, now)
            .map_err(|Unfit { field, detail }| Problem::field(field, detail))?;
    let cards = template.components.iter_mut().flat_map(|component| match component {
        Component::Carousel { cards } => cards.as_mut_slice(),
        Component::Header { .. }
        | Component::Body { .. }
        | Component::Button { .. }
        | Component::Offer { .. } => &mut [],
    });
    for (card, Filled { text, frame, cards: _ }) in cards.zip(filled) {
        (card.text, card.frame) = (text, frame);
    }
    (template.text, template.frame) = (text, frame);
    Ok(())
}
