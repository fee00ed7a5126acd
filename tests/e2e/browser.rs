//! A real browser, by the WebDriver protocol (W3C): just what a story needs, over plain HTTP.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use platform::transport::{Https, Transport};
use serde_json::{Value, json};

/// How long the page may take to show something.
pub(crate) const SHOWN: Duration = Duration::from_secs(10);
/// The key under which WebDriver names an element (W3C WebDriver, 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// The Enter key (W3C WebDriver, 17.4.2).
pub(crate) const ENTER: &str = "\u{e007}";
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A headless browser with one window; it ends with this value.
pub(crate) struct Browser {
    driver: Child,
    session: String,
    https: Https,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver takes its browser along.
        let _ = Command::new("kill").arg(self.driver.id().to_string()).status();
        let _ = self.driver.wait();
    }
}

impl Browser {
    /// Starts one on a port that nobody has.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("chromedriver is missing: apt-get install chromium chromium-driver")?;
        let output = driver.stdout.take().context("chromedriver has no output")?;
        let port = BufReader::new(output).lines().map_while(Result::ok).find_map(|line| {
            line.split_once("successfully on port ").map(|(_, port)| port.replace('.', ""))
        });
        let port = port.context("chromedriver did not say its port")?;
        let base = format!("http://127.0.0.1:{port}/session");
        let mut browser = Self { driver, session: base, https: Https::new()? };
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--window-size=1280,900",
        ];
        let options = json!({
            "binary": binary().context("chromium is missing: apt-get install chromium")?,
            "args": arguments,
        });
        let wanted = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}});
        let made = browser.ask("POST", "", wanted).await?;
        let id = made["sessionId"].as_str().context("no session")?;
        browser.session = format!("{}/{id}", browser.session);
        Ok(browser)
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> anyhow::Result<Value> {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.session))
            .header("content-type", "application/json")
            .body(body.to_string().into_bytes())?;
        let answer = self.https.send(request, Duration::from_secs(30)).await?;
        let value: Value = serde_json::from_slice(answer.body())?;
        ensure!(answer.status().is_success(), "{path}: {}", value["value"]["message"]);
        Ok(value["value"].clone())
    }

    pub(crate) async fn open(&self, url: &str) -> anyhow::Result<()> {
        self.ask("POST", "/url", json!({ "url": url })).await.map(|_| ())
    }

    /// The element that this selector finds, once it is there.
    async fn element(&self, selector: &str) -> anyhow::Result<String> {
        self.until(&format!("document.querySelector({})", json!(selector))).await?;
        let query = json!({"using": "css selector", "value": selector});
        let found = self.ask("POST", "/element", query).await?;
        Ok(found[ELEMENT].as_str().context("no element")?.to_owned())
    }

    pub(crate) async fn click(&self, selector: &str) -> anyhow::Result<()> {
        let element = self.element(selector).await?;
        let clicked = self.ask("POST", &format!("/element/{element}/click"), json!({})).await;
        clicked.map(|_| ()).with_context(|| selector.to_owned())
    }

    /// Types into an element, as a person at the keyboard.
    pub(crate) async fn type_into(&self, selector: &str, text: &str) -> anyhow::Result<()> {
        let element = self.element(selector).await?;
        let path = format!("/element/{element}/value");
        self.ask("POST", &path, json!({ "text": text })).await.map(|_| ())
    }

    /// What an expression of the page's says.
    pub(crate) async fn eval(&self, expression: &str) -> anyhow::Result<Value> {
        let script = json!({"script": format!("return {expression}"), "args": []});
        self.ask("POST", "/execute/sync", script).await
    }

    /// Waits until an expression of the page's is true; shows the chat if it does not come to be.
    pub(crate) async fn until(&self, expression: &str) -> anyhow::Result<()> {
        let began = clock();
        while self.eval(&format!("!!({expression})")).await? != true {
            if began.elapsed() > SHOWN {
                let chat = self.eval("document.querySelector('main').innerText").await?;
                anyhow::bail!("not within {SHOWN:?}: {expression}\n{chat}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "real time passes here")]
fn clock() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "programs are where the machine says")]
fn binary() -> Option<String> {
    let path = std::env::var("PATH").ok()?;
    let places = path
        .split(':')
        .flat_map(|folder| BROWSERS.iter().map(move |name| format!("{folder}/{name}")));
    places.into_iter().find(|place| fs::metadata(place).is_ok_and(|file| file.is_file()))
}
