//! Entries of the journal, packed: JSON, compressed. Views of one batch are much alike, so that
//! twenty take two or three kilobytes.

use miniz_oxide::{deflate::compress_to_vec_zlib, inflate::decompress_to_vec_zlib_with_limit};

use super::event::Entry;

/// The most JSON that one item holds; DynamoDB takes rows of 400 KB, however badly it packs.
const ITEM: usize = 300 * 1024;

/// The most that an item may unpack to: one entry alone may be larger than [`ITEM`].
const UNPACKED: usize = 4 * 1024 * 1024;

/// Fast to write, and within a few percent of the smallest.
const LEVEL: u8 = 6;

/// Packs entries into as few items as it takes.
pub(crate) fn pack<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<Vec<u8>> {
    let mut items = Vec::new();
    let mut json = Vec::new();
    for entry in entries {
        let Ok(line) = serde_json::to_vec(entry) else { continue };
        if !json.is_empty() && json.len() + line.len() > ITEM {
            items.push(compress_to_vec_zlib(&json, LEVEL));
            json.clear();
        }
        json.extend(line);
        json.push(b'\n');
    }
    if !json.is_empty() {
        items.push(compress_to_vec_zlib(&json, LEVEL));
    }
    items
}

/// The entries of an item, and how much JSON they were; `None` if it does not read.
pub(crate) fn unpack(item: &[u8]) -> Option<(Vec<Entry>, usize)> {
    let json = decompress_to_vec_zlib_with_limit(item, UNPACKED).ok()?;
    let lines = json.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let entries = lines.map(serde_json::from_slice).collect::<Result<_, _>>().ok()?;
    Some((entries, json.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::{EventKind, LiveEvent};

    fn entry(version: u64, text: String) -> Entry {
        let event = LiveEvent {
            id: version.to_string(),
            r#type: EventKind::MessageChanged,
            at: String::new(),
            room_id: None,
            version,
            data: Some(text.into()),
        };
        Entry { event, audience: None, before: Vec::new() }
    }

    #[test]
    fn what_was_packed_unpacks_in_as_few_items_as_it_takes() {
        let (small, large) = (entry(1, "a\nb".into()), entry(2, "x".repeat(200 * 1024)));
        let entries = [small.clone(), small, large.clone(), large];
        let items = pack(entries.iter());
        assert_eq!(items.len(), 2);
        let unpacked = items.iter().flat_map(|item| unpack(item).unwrap().0);
        assert_eq!(unpacked.collect::<Vec<_>>(), entries);
        assert!(pack(std::iter::empty()).is_empty());
    }

    #[test]
    fn what_is_no_item_does_not_unpack() {
        let bomb = compress_to_vec_zlib(&vec![b' '; UNPACKED + 1], LEVEL);
        for item in [&b""[..], b"{}", &compress_to_vec_zlib(b"{}", LEVEL), &bomb] {
            assert!(unpack(item).is_none());
        }
    }
}
