//! A page of the inbox.

use domain::{
    Time,
    api_key::Role,
    room::{Filter, Status},
};
use platform::{Ctx, problem::Problem};
use store::{InboxKey, InboxPage, Order, Shelf, Table};

use super::reading::Reading;
use crate::authenticate::Caller;

/// The rooms that the caller may see and asks for, after a place in the list: latest activity
/// first, an agent's resolved rooms by when they were resolved, a tag's by when they were given it.
pub async fn list_rooms(
    table: &Table,
    caller: &Caller,
    filter: &Filter,
    after: Option<InboxKey>,
    limit: usize,
    ctx: &Ctx,
) -> Result<InboxPage, Problem> {
    let shelves = shelves(caller, filter);
    if shelves.is_empty() {
        return Ok(InboxPage::default());
    }
    let is_filtered = is_filtered(&shelves, filter);
    let now = Time::from(ctx.now);
    let order = Order::LatestFirst;
    // What was active later than is asked for lies before all that is.
    let is_by_activity = super::reading::is_by_activity(&shelves);
    let begin = filter.until.filter(|_| is_by_activity).map(InboxKey::above);
    let after = after.or(begin);
    let reading = Reading { shelves: &shelves, order, filter, is_filtered, now };
    reading.page(table, caller, after, limit).await
}

/// Where to look: the fewest rooms among which are all that are asked for.
fn shelves(caller: &Caller, filter: &Filter) -> Vec<Shelf> {
    let own = |id| {
        let shelves = [(Status::Assigned, Shelf::Open(id)), (Status::Resolved, Shelf::Done(id))];
        let asked = |status| filter.status.is_none_or(|asked| asked == status);
        shelves.into_iter().filter(move |(status, _)| asked(*status)).map(|(_, shelf)| shelf)
    };
    let status = |status| filter.status.is_none_or(|asked| asked == status);
    let asks_for = |id| filter.agents.is_empty() || filter.agents.contains(id);
    match (caller.role, filter.agents.is_empty(), filter.tags.is_empty()) {
        // Nobody else's rooms are shown to an agent.
        (Role::Agent, ..) if !asks_for(&caller.member.id) => Vec::new(),
        (Role::Agent, false, _) => own(caller.member.id).collect(),
        (Role::Agent, true, _) => {
            let free = status(Status::Unassigned).then_some(Shelf::Status(Status::Unassigned));
            own(caller.member.id).chain(free).collect()
        }
        (Role::Supervisor | Role::Admin, false, _) => {
            filter.agents.iter().flat_map(|id| own(*id)).collect()
        }
        (Role::Supervisor | Role::Admin, true, false) => {
            filter.tags.iter().cloned().map(Shelf::Tagged).collect()
        }
        (Role::Supervisor | Role::Admin, true, true) => {
            Status::EACH.into_iter().filter(|s| status(*s)).map(Shelf::Status).collect()
        }
    }
}

/// Whether rooms of the shelves may be unasked for. A tag's are of every status, and of several
/// tags a room may bear more than one.
fn is_filtered(shelves: &[Shelf], filter: &Filter) -> bool {
    match shelves {
        [Shelf::Tagged(_)] => *filter != Filter { tags: filter.tags.clone(), ..Filter::default() },
        [Shelf::Tagged(_), ..] => true,
        _ => filter.is_by_content(),
    }
}

#[cfg(test)]
mod tests {
    use domain::{Id, integration::Member, live::Right, room::TagName};

    use super::*;

    fn caller(role: Role) -> Caller {
        let member = Member { id: Id::derived(&["ani"]), name: "Ani".into() };
        let right = Right::Key { lookup: "sha256".into() };
        let organization_id = Id::derived(&["kopi"]);
        Caller { organization_id, member, role, scopes: None, ends_at: None, sub: None, right }
    }

    #[test]
    fn a_list_is_read_where_the_fewest_rooms_lie() {
        use Shelf::{Done, Open, Tagged};
        let (ani, tono) = (Id::derived(&["ani"]), Id::derived(&["tono"]));
        let free = Shelf::Status(Status::Unassigned);
        let all: Vec<_> = Status::EACH.into_iter().map(Shelf::Status).collect();
        let vip = TagName::new("vip").unwrap();
        let ask = Filter::default;
        let of = |ids: &[_]| Filter { agents: ids.iter().copied().collect(), ..ask() };
        let resolved = Filter { status: Some(Status::Resolved), ..ask() };
        let tagged = Filter { tags: [vip.clone()].into(), ..ask() };
        let lama = TagName::new("lama").unwrap();
        let either = Filter { tags: [vip.clone(), lama.clone()].into(), ..ask() };
        for (role, filter, expected, is_filtered) in [
            (Role::Admin, ask(), all, false),
            (Role::Admin, resolved.clone(), vec![Shelf::Status(Status::Resolved)], false),
            (Role::Supervisor, of(&[tono]), vec![Open(tono), Done(tono)], false),
            (Role::Admin, either, vec![Tagged(lama), Tagged(vip.clone())], true),
            (Role::Supervisor, tagged.clone(), vec![Tagged(vip.clone())], false),
            (
                Role::Supervisor,
                Filter { status: Some(Status::Assigned), ..tagged.clone() },
                vec![Tagged(vip)],
                true,
            ),
            (Role::Agent, ask(), vec![Open(ani), Done(ani), free.clone()], false),
            (Role::Agent, resolved, vec![Done(ani)], false),
            (Role::Agent, of(&[tono]), vec![], false),
            (Role::Agent, of(&[ani, tono]), vec![Open(ani), Done(ani)], false),
            (Role::Agent, tagged, vec![Open(ani), Done(ani), free], true),
        ] {
            let found = shelves(&caller(role), &filter);
            assert_eq!(found, expected, "{role:?} {filter:?}");
            assert_eq!(super::is_filtered(&found, &filter), is_filtered, "{role:?} {filter:?}");
        }
    }
}
