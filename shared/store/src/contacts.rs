//! Contacts, and the rows by which they are found.
//!
//! A search row is its key: a term of a contact, and which contact. It says nothing that the
//! contact does not say, so whoever finds one that the contact no longer bears passes by. A
//! contact that changes takes its rows along in one transaction. The first ones are written after
//! the contact, without one, since that happens in a customer's first message. A run that dies in
//! between leaves a contact that nobody finds, and no room: whoever makes that writes its rows first.
//! They are those of the contact as it is, not as the message tells it: of two first messages under two
//! names, one made the contact.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use domain::{
    Id,
    contact::{Contact, Merged, Term, first_match, terms},
};
use futures_util::future::try_join_all;
use platform::aws::CallFailed;

use crate::{
    keys::{self, ContactPlace, Key},
    table::{Item, StoreError, Tenant, Versioned, Written, item, read, string},
};

/// How many rounds of reading a page may take before it goes out short, and how often rows are
/// written anew whose contact changes meanwhile.
const ROUNDS: usize = 4;

/// A page of contacts.
#[derive(Debug, Default)]
pub struct ContactsPage {
    /// In the order of the terms that found them.
    pub contacts: Vec<Contact>,
    /// Where the next page begins, if there is one.
    pub next: Option<ContactPlace>,
}

impl Tenant<'_> {
    /// One contact, as it is at this moment.
    pub async fn contact(&self, id: Id<Contact>) -> Result<Option<Versioned<Contact>>, StoreError> {
        self.table.get(&keys::contact(self.org, id), true).await
    }

    /// Makes a contact known, once, and has it found; the contact as it is then. If it was known
    /// before it stays as it was.
    ///
    /// Its first rows are written one by one, since that happens in a customer's first message and
    /// nobody else can know of it yet. One that is known may be edited or erased meanwhile, and one
    /// without a name is renamed by who tells it: their rows are written if they are still as they were.
    pub async fn introduce(&self, contact: &Contact) -> Result<Contact, StoreError> {
        let written = self.create(item(keys::contact(self.org, contact.id), contact)?).await?;
        let known = match written {
            Written::Yes if !contact.is_nameless() => return self.list_new(contact.clone()).await,
            Written::Yes => Versioned { value: contact.clone(), version: 1 },
            Written::No(Some(row)) => read(row)?,
            Written::No(None) => return Err(StoreError::Contended),
        };
        self.list_known(known).await
    }

    async fn list_new(&self, contact: Contact) -> Result<Contact, StoreError> {
        let rows = self.search_keys(&contact);
        try_join_all(rows.iter().map(|key| self.table.overwrite(row(key)))).await?;
        let Some(now) = self.contact(contact.id).await? else { return Ok(contact) };
        let wanted = self.search_keys(&now.value);
        let stray = rows.iter().filter(|key| !wanted.contains(key));
        try_join_all(stray.map(|key| self.table.delete(key.clone()))).await?;
        if wanted == rows { Ok(now.value) } else { self.list_known(now).await }
    }

    async fn list_known(&self, mut known: Versioned<Contact>) -> Result<Contact, StoreError> {
        for _ in 0..ROUNDS {
            let rows = self.search_keys(&known.value);
            if rows.is_empty() {
                return Ok(known.value);
            }
            let contact = keys::contact(self.org, known.value.id);
            let mut writes = vec![self.table.unchanged(contact, known.version)?];
            for key in &rows {
                writes.push(self.listing(key)?);
            }
            if self.table.transact(writes).await? {
                return Ok(known.value);
            }
            let Some(now) = self.contact(known.value.id).await? else { return Ok(known.value) };
            known = now;
        }
        Err(StoreError::Contended)
    }

    fn listing(&self, key: &Key) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder().table_name(&self.table.name).set_item(Some(row(key)));
        let put =
            put.build().map_err(|error| CallFailed::unanswered("TransactWriteItems", &error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Replaces a contact of this version. `false` if it has changed since.
    pub async fn save_contact(
        &self,
        old: &Versioned<Contact>,
        new: &Contact,
    ) -> Result<bool, StoreError> {
        let rows = self.search_rows(&old.value, new)?;
        let row = item(keys::contact(self.org, new.id), new)?;
        if rows.is_empty() {
            return Ok(matches!(self.table.replace(row, old.version).await?, Written::Yes));
        }
        let put = self.table.replacing(row, old.version)?;
        let contact = TransactWriteItem::builder().put(put).build();
        self.table.transact([contact].into_iter().chain(rows).collect()).await
    }

    /// Replaces two contacts by what they are once they are merged: both or neither. `false` if
    /// one of them has changed since.
    pub async fn merge_contacts(
        &self,
        goes: &Versioned<Contact>,
        stays: &Versioned<Contact>,
        merged: &Merged,
    ) -> Result<bool, StoreError> {
        let mut writes = Vec::new();
        for (old, new) in [(goes, &merged.goes), (stays, &merged.stays)] {
            let row = item(keys::contact(self.org, new.id), new)?;
            let put = self.table.replacing(row, old.version)?;
            writes.push(TransactWriteItem::builder().put(put).build());
            writes.extend(self.search_rows(&old.value, new)?);
        }
        self.table.transact(writes).await
    }

    /// A page of at most `limit` (1 to 100) contacts that one of these beginnings finds, after a
    /// place. It may be short and yet have a next one.
    pub async fn contacts(
        &self,
        beginnings: &[Term],
        after: Option<ContactPlace>,
        limit: usize,
    ) -> Result<ContactsPage, StoreError> {
        let mut page = ContactsPage { contacts: Vec::new(), next: after };
        for _ in 0..ROUNDS {
            let at = page.next.as_ref().map_or(0, |place| place.beginning);
            let Some(beginning) = beginnings.get(at) else { break };
            let found = self.found(beginning, page.next.as_ref(), limit + 1).await?;
            let contacts = self.contacts_of(&found.places).await?;
            for (term, id) in &found.places {
                let Some(contact) = contacts.iter().find(|contact| contact.id == *id) else {
                    continue;
                };
                if first_match(contact, beginnings) != Some((at, term.clone())) {
                    continue;
                }
                if page.contacts.len() == limit {
                    return Ok(page);
                }
                page.contacts.push(contact.clone());
                page.next = Some(ContactPlace { beginning: at, last: Some((term.clone(), *id)) });
            }
            page.next = match found.places.last().filter(|_| found.has_more) {
                Some(last) => Some(ContactPlace { beginning: at, last: Some(last.clone()) }),
                None if at + 1 < beginnings.len() => {
                    Some(ContactPlace { beginning: at + 1, last: None })
                }
                None => None,
            };
            if page.next.is_none() {
                break;
            }
        }
        Ok(page)
    }

    async fn found(
        &self,
        beginning: &Term,
        after: Option<&ContactPlace>,
        limit: usize,
    ) -> Result<Found, StoreError> {
        let pk = keys::contacts(self.org);
        let mut query = self.table.client.query().table_name(&self.table.name);
        if let Some((term, id)) = after.and_then(|place| place.last.as_ref()) {
            let key = keys::found_contact(self.org, term, *id);
            query = query
                .exclusive_start_key("pk", string(key.pk))
                .exclusive_start_key("sk", string(key.sk));
        }
        let answer = query
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", string(pk))
            .expression_attribute_values(":sk", string(keys::contacts_beginning(beginning)))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        let has_more = answer.last_evaluated_key().is_some();
        let items = answer.items.unwrap_or_default();
        let places = items.iter().filter_map(|item| keys::found(item.get("sk")?.as_s().ok()?));
        Ok(Found { places: places.collect(), has_more })
    }

    async fn contacts_of(
        &self,
        places: &[(Term, Id<Contact>)],
    ) -> Result<Vec<Contact>, StoreError> {
        let ids: std::collections::BTreeSet<_> = places.iter().map(|(_, id)| *id).collect();
        let keys: Vec<_> = ids.into_iter().map(|id| keys::contact(self.org, id)).collect();
        let rows = self.table.batch(&keys, false).await?;
        rows.into_iter().map(|row| Ok(read(row)?.value)).collect()
    }

    fn search_keys(&self, contact: &Contact) -> Vec<Key> {
        let own = terms(contact);
        own.iter().map(|term| keys::found_contact(self.org, term, contact.id)).collect()
    }

    /// What else changes when a contact does.
    fn search_rows(
        &self,
        old: &Contact,
        new: &Contact,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let (before, after) = (self.search_keys(old), self.search_keys(new));
        let failed = |error| CallFailed::unanswered("TransactWriteItems", &error);
        let mut writes = Vec::new();
        for key in before.iter().filter(|key| !after.contains(key)) {
            let delete = Delete::builder().table_name(&self.table.name).set_key(Some(row(key)));
            let delete = delete.build().map_err(failed)?;
            writes.push(TransactWriteItem::builder().delete(delete).build());
        }
        for key in after.iter().filter(|key| !before.contains(key)) {
            writes.push(self.listing(key)?);
        }
        Ok(writes)
    }
}

/// What a query of search rows brought.
struct Found {
    places: Vec<(Term, Id<Contact>)>,
    has_more: bool,
}

/// The row is its key.
fn row(key: &Key) -> Item {
    [("pk".to_owned(), string(&key.pk)), ("sk".to_owned(), string(&key.sk))].into()
}
