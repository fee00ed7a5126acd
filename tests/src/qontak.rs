//! Qontak's operations, as the document tells of them: those that are served, and those that answer
//! 501. Whoever drives all of them asks here which there are.

/// What stands before Qontak's paths.
pub const V1: &str = "/qontak/chat/v1";

/// Method and path, with `{id}` for an id, of every operation of Qontak's that is served.
pub fn served() -> Vec<(String, String)> {
    operations(true)
}

/// The same of every one that is not there yet.
pub fn unserved() -> Vec<(String, String)> {
    operations(false)
}

fn operations(is_there: bool) -> Vec<(String, String)> {
    let document = agent_api::openapi();
    let paths = document.paths.paths.iter().filter(|(path, _)| path.starts_with(V1));
    let operations = paths.flat_map(|(path, item)| {
        let methods = [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ];
        methods.into_iter().filter_map(move |(method, operation)| {
            let is_served = !operation.as_ref()?.responses.responses.contains_key("501");
            (is_served == is_there).then(|| (method.to_owned(), path.clone()))
        })
    });
    operations.collect()
}
