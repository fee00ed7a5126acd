//! Members of the demo organization, as an admin makes them.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::stack::{Answer, Stack, text, unique};

/// What everybody here signs in with.
pub(crate) const PASSWORD: &str = "Kopi-susu-2026-panas";

/// Somebody who works here, signed in.
pub(crate) struct Person<'a> {
    pub(crate) stack: &'a Stack,
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) token: String,
}

impl Person<'_> {
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        body: Value,
    ) -> anyhow::Result<Answer> {
        self.stack.api_as(&self.token, method, path, &[], body).await
    }

    /// The same, which must succeed: the answer's data.
    pub(crate) async fn done(
        &self,
        method: &str,
        path: &str,
        body: Value,
    ) -> anyhow::Result<Value> {
        let answer = self.ask(method, path, body).await?;
        answer.data().with_context(|| format!("{method} {path}"))
    }
}

/// A request of somebody who has not signed in.
pub(crate) async fn post(
    stack: &Stack,
    path: &str,
    cookie: Option<&str>,
    body: Value,
) -> anyhow::Result<Answer> {
    let url = format!("{}{path}", stack.value("api_url"));
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(cookie.map(|cookie| ("cookie", cookie)));
    stack.send("POST", &url, &headers, body.to_string().into_bytes()).await
}

pub(crate) async fn sign_in(stack: &Stack, email: &str, password: &str) -> anyhow::Result<Answer> {
    post(stack, "/v1/sign_in", None, json!({ "email": email, "password": password })).await
}

pub(crate) fn token(answer: &Answer) -> anyhow::Result<&str> {
    answer.json["data"]["access_token"].as_str().with_context(|| format!("{answer:?}"))
}

/// An admin invites somebody; their id and address.
pub(crate) async fn invited(
    stack: &Stack,
    name: &str,
    role: &str,
) -> anyhow::Result<(String, String)> {
    let email = format!("{}.{}@example.com", name.to_lowercase(), unique());
    let body = json!({ "email": email, "name": name, "role": role });
    let invited = stack.done("POST", "/v1/users", body).await?;
    Ok((text(&invited["id"]).to_owned(), email))
}

/// The last mail to an address: the emulator keeps what it would send.
pub(crate) async fn mail(stack: &Stack, to: &str) -> anyhow::Result<String> {
    let url = format!("http://127.0.0.1:{}/_ministack/ses/messages", stack.state("emulator_port"));
    let kept = stack.send("GET", &url, &[], Vec::new()).await?.json;
    let accounts = kept["messages"].as_object().into_iter().flatten();
    let mut mails = accounts.flat_map(|(_, mails)| mails.as_array().into_iter().flatten());
    let last = mails.rfind(|mail| mail["To"] == json!([to]));
    Ok(text(&last.with_context(|| format!("no mail to {to}"))?["BodyText"]).to_owned())
}

/// The first password, as the invitation's mail has it.
pub(crate) async fn mailed_password(stack: &Stack, email: &str) -> anyhow::Result<String> {
    let mail = mail(stack, email).await?;
    let words = mail.split_once("with the password ").and_then(|(_, rest)| rest.split(' ').next());
    Ok(words.with_context(|| mail.clone())?.to_owned())
}

/// Chooses a password with the first one.
pub(crate) async fn accepts(stack: &Stack, email: &str, first: &str) -> anyhow::Result<Answer> {
    let begun = sign_in(stack, email, first).await?;
    ensure!(begun.json["data"]["challenge"] == "new_password", "{begun:?}");
    let session = &begun.json["data"]["session"];
    let body = json!({ "email": email, "session": session, "new_password": PASSWORD });
    post(stack, "/v1/sign_in/new_password", None, body).await
}

/// Somebody new, who has signed in.
pub(crate) async fn hired<'a>(
    stack: &'a Stack,
    name: &str,
    role: &str,
) -> anyhow::Result<Person<'a>> {
    let (id, email) = invited(stack, name, role).await?;
    let first = mailed_password(stack, &email).await?;
    let accepted = accepts(stack, &email, &first).await?;
    let token = token(&accepted)?.to_owned();
    Ok(Person { stack, id, email, token })
}
