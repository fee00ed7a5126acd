//! Entries of the journal, packed: JSON, compressed. Addresses of one batch are much alike, so
//! that twenty take less than a kilobyte: one write unit.

use miniz_oxide::{deflate::compress_to_vec_zlib, inflate::decompress_to_vec_zlib_with_limit};

use super::entry::Entry;

/// The most JSON that one item holds; DynamoDB takes rows of 400 KB, however badly it packs.
const ITEM: usize = 200 * 1024;

/// The most that an item may unpack to: an entry is much smaller than [`ITEM`].
const UNPACKED: usize = 2 * ITEM;

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

/// The entries of an item; `None` if it does not read.
pub(crate) fn unpack(item: &[u8]) -> Option<Vec<Entry>> {
    let json = decompress_to_vec_zlib_with_limit(item, UNPACKED).ok()?;
    let lines = json.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(serde_json::from_slice).collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use domain::Id;
    use store::{Address, What, stream::Changed};

    use super::*;

    fn entry(n: usize) -> Entry {
        let (room, id) = (Id::derived(&["room"]), Id::derived(&[&n.to_string()]));
        Entry::of(&Changed::Beside(Address { room, what: What::Annotations(id) }), n).unwrap()
    }

    #[test]
    fn what_was_packed_unpacks_in_as_few_items_as_it_takes() {
        for (count, items) in [(0, 0), (1, 1), (20, 1), (3_000, 2)] {
            let entries: Vec<Entry> = (0..count).map(entry).collect();
            let packed = pack(entries.iter());
            assert_eq!(packed.len(), items, "{count}");
            let unpacked = packed.iter().flat_map(|item| unpack(item).unwrap());
            assert_eq!(unpacked.collect::<Vec<_>>(), entries);
        }
    }

    #[test]
    fn what_is_no_item_does_not_unpack() {
        let bomb = compress_to_vec_zlib(&vec![b' '; UNPACKED + 1], LEVEL);
        for item in [&b""[..], b"{}", &compress_to_vec_zlib(b"{}", LEVEL), &bomb] {
            assert!(unpack(item).is_none());
        }
    }
}
