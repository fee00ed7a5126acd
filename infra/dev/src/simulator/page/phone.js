// The customer's phone: whose it is, what is written on it, what it shows. It asks the simulator
// for everything once a second, and at once after each act.

import { bubble, el, gist } from "./bubbles.js";
import * as panel from "./panel.js";
import * as samples from "./samples.js";

const find = (id) => document.getElementById(id);
const emojis = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
let customer = sessionStorage.getItem("customer") || "";
let state = null;
let quote = null;
let drawn = new Map();
let drawnFor = "";

const person = () => state.people.find((one) => one.key === customer);
const whom = ({ phone, user_id, username, name }) => ({ phone, user_id, username, name });

async function ask(method, path, body, type = "application/json") {
  const sent = { method, headers: body === undefined ? {} : { "content-type": type } };
  if (body !== undefined) sent.body = body instanceof Blob ? body : JSON.stringify(body);
  const answer = await fetch(path, sent);
  const text = await answer.text();
  const json = text.startsWith("{") ? JSON.parse(text) : {};
  if (!answer.ok) throw new Error(json.detail || json.problem || `the webhook answered ${json.status ?? answer.status}; it comes again`);
  return json;
}

/** Does something, says what went wrong, and shows what there is then. */
async function act(work) {
  find("problem").textContent = "";
  try {
    await work();
  } catch (error) {
    find("problem").textContent = error.message;
  }
  await look();
}

const send = (message, more = {}) =>
  act(() => ask("POST", "messages", { person: whom(person()), message, ...more }));

/** Sends what is written, as a reply if something is quoted. */
function sendQuoting(message) {
  const more = quote ? { reply_to: quote.wamid } : {};
  setQuote(null);
  return send(message, more);
}

async function sendFile(kind, blob, more = {}) {
  await act(async () => {
    const { id } = await ask("POST", "media", blob, blob.type || "application/octet-stream");
    const reply = quote ? { reply_to: quote.wamid } : {};
    setQuote(null);
    await ask("POST", "messages", { person: whom(person()), message: { type: "media", kind, media_id: id, ...more }, ...reply });
  });
}

// What there is

let asked = 0;
async function look() {
  const turn = ++asked;
  try {
    const answer = await ask("GET", `phone?customer=${encodeURIComponent(customer)}`);
    if (turn !== asked) return;
    state = answer;
    find("connection").textContent = "";
  } catch {
    find("connection").textContent = "The simulator does not answer.";
    return;
  }
  if (!person() && state.people.length) {
    customer = state.people[0].key;
    return look();
  }
  draw();
  const unread = state.entries.some((entry) => !entry.own && entry.state === "delivered");
  const looking = document.visibilityState === "visible" && getComputedStyle(document.querySelector(".phone")).display !== "none";
  if (unread && looking && state.reading === "when-opened") await ask("POST", "customers/read", { customer });
}

function draw() {
  find("business").textContent = `+${state.business}`;
  drawPeople();
  drawHead();
  drawEntries();
  panel.faults(find("faults"), state.faults, (fault, percent) =>
    act(() => (percent ? ask("PUT", "faults", { fault, percent }) : ask("DELETE", `faults?fault=${fault}`))));
  panel.attempts(find("attempts"), state.attempts);
}

const initials = (name) => name.split(/\s+/).slice(0, 2).map((word) => [...word][0] || "").join("").toUpperCase();
const known = (one) => [one.phone && `+${one.phone}`, one.username && `@${one.username}`, !one.phone && one.user_id].filter(Boolean).join(" · ");

let peopleDrawn = "";
function drawPeople() {
  const people = [...state.people].sort((a, b) => b.last_ms - a.last_ms);
  const sign = JSON.stringify([people, customer]);
  if (sign === peopleDrawn) return;
  peopleDrawn = sign;
  const focused = document.activeElement?.dataset?.key;
  find("people").replaceChildren(...people.map((one) => {
    const button = Object.assign(el("button"), { type: "button" });
    button.dataset.key = one.key;
    button.setAttribute("aria-current", String(one.key === customer));
    const face = el("span", "face", initials(one.name));
    face.setAttribute("aria-hidden", "true");
    const words = el("div");
    words.append(el("span", "name", one.name), el("small", "", known(one)));
    button.append(face, words);
    if (one.unread) {
      const count = el("span", "unread", String(one.unread));
      count.setAttribute("aria-label", `${one.unread} unread`);
      button.append(count);
    }
    button.addEventListener("click", () => choose(one.key));
    const item = el("li");
    item.append(button);
    return item;
  }));
  if (focused) find("people").querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function drawHead() {
  const one = person();
  find("face").textContent = initials(one.name);
  find("who").textContent = one.name;
  find("who-more").textContent = known(one);
  if (document.activeElement !== find("reading")) find("reading").value = state.reading;
}

/** Reactions, changes and deletions belong to the message they are about. */
function merged() {
  const about = new Map();
  const of = (wamid) => about.get(wamid) || about.set(wamid, { own: "", theirs: "" }).get(wamid);
  const plain = [];
  for (const entry of state.entries) {
    const { kind, content } = entry;
    if (kind === "reaction") of(content.message_id)[entry.own ? "own" : "theirs"] = content.emoji || "";
    else if (kind === "edit") of(content.original_message_id).edited = content.message?.text?.body;
    else if (kind === "revoke") of(content.original_message_id).gone = true;
    else plain.push(entry);
  }
  return { plain, of };
}

function drawEntries() {
  const list = find("entries");
  const { plain, of } = merged();
  if (drawnFor !== customer) {
    drawn = new Map();
    list.replaceChildren();
    drawnFor = customer;
  }
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const before = drawn.size;
  const next = new Map();
  for (const entry of plain) {
    const extra = of(entry.wamid);
    const quoted = entry.context && plain.find((other) => other.wamid === entry.context);
    const sign = JSON.stringify([entry, extra, quoted?.wamid]);
    const old = drawn.get(entry.wamid);
    const item = old?.sign === sign ? old.item : bubble(entry, {
      quoted, edited: extra.edited, gone: extra.gone,
      reactions: [extra.theirs, extra.own].filter(Boolean), name: person().name,
      onTap: (of, message) => send(message, { reply_to: of.wamid }), onList: openList, onOpen: openActions,
      onPlay: (voice) => !voice.own && act(() => ask("POST", "customers/play", { wamid: voice.wamid })),
    });
    if (old && old.item !== item) {
      const inside = old.item.contains(document.activeElement);
      old.item.replaceWith(item);
      if (inside) item.querySelector(".open")?.focus();
    }
    next.set(entry.wamid, { item, sign });
  }
  drawn = next;
  const items = [...next.values()].map(({ item }) => item);
  items.forEach((item, index) => {
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] || null);
  });
  while (list.children.length > items.length) list.lastElementChild.remove();
  if (!items.length) list.append(el("li", "nothing", "No messages yet. Say hello!"));
  if (atEnd || before === 0) list.scrollTop = list.scrollHeight;
}

// What a person does

function choose(key) {
  customer = key;
  sessionStorage.setItem("customer", key);
  setQuote(null);
  find("problem").textContent = "";
  document.body.dataset.view = "chat";
  look();
}

function setQuote(entry) {
  quote = entry;
  find("quote").hidden = !entry;
  if (!entry) return;
  find("quote-whom").textContent = entry.own ? person().name : "The business";
  find("quote-text").textContent = gist(entry);
  find("text").focus();
}

/** Opens a dialog with a form; its fields, if it was not given up. */
function fill(id, values = {}) {
  const dialog = find(id);
  const form = dialog.querySelector("form");
  form.reset();
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () =>
    done(dialog.returnValue === "ok" ? Object.fromEntries(new FormData(form)) : null), { once: true }));
}

function openActions(entry) {
  const dialog = find("actions");
  const { of } = merged();
  const mine = of(entry.wamid).own;
  find("emojis").replaceChildren(...emojis.map((emoji) => {
    const button = Object.assign(el("button", "", emoji), { type: "button" });
    button.setAttribute("aria-label", `React with ${emoji}`);
    button.setAttribute("aria-pressed", String(mine === emoji));
    button.addEventListener("click", () => {
      dialog.close();
      const again = mine === emoji ? {} : { emoji };
      send({ type: "reaction", message_id: entry.wamid, ...again });
    });
    return button;
  }));
  const choices = [["Reply", () => setQuote(entry)]];
  if (entry.own && entry.kind === "text") choices.push(["Edit", () => edit(entry)]);
  if (entry.own) choices.push(["Delete for everyone", () => send({ type: "revoke", message_id: entry.wamid })]);
  if (entry.kind === "text") choices.push(["Forward to the business", () => send({ type: "text", body: entry.text }, { forwarded: true })]);
  find("choices").replaceChildren(...choices.map(([label, work]) => {
    const button = Object.assign(el("button", "", label), { type: "button" });
    button.addEventListener("click", () => {
      dialog.close();
      work();
    });
    const item = el("li");
    item.append(button);
    return item;
  }));
  dialog.showModal();
}

async function edit(entry) {
  const { of } = merged();
  const fields = await fill("editing", { body: of(entry.wamid).edited || entry.text });
  if (fields) send({ type: "edit", message_id: entry.wamid, body: fields.body });
}

function openList(entry) {
  const dialog = find("rows");
  find("sections").replaceChildren(...entry.content.action.sections.flatMap((section) => [
    ...(section.title ? [el("h3", "", section.title)] : []),
    ...section.rows.map((row) => {
      const button = Object.assign(el("button", "", row.title), { type: "button" });
      if (row.description) button.append(el("small", "", row.description));
      button.addEventListener("click", () => {
        dialog.close();
        const { id, title, description } = row;
        send({ type: "list_reply", id, title, description }, { reply_to: entry.wamid });
      });
      return button;
    }),
  ]));
  dialog.showModal();
}

const attachments = {
  picture: async () => sendFile("image", await samples.picture(), { caption: written() }),
  voice: () => sendFile("audio", samples.voice(), { voice: true }),
  document: () => sendFile("document", samples.documentFile(), { filename: "pesanan.pdf", caption: written() }),
  unsupported: () => send({ type: "unsupported", kind: "poll_creation" }),
};

/** What stands in the field becomes the caption. */
function written() {
  const words = find("text").value.trim();
  find("text").value = "";
  return words || undefined;
}

const opens = {
  placing: async () => {
    const fields = await fill("placing");
    if (!fields) return;
    const { latitude, longitude, name, address } = fields;
    sendQuoting({ type: "location", latitude: Number(latitude), longitude: Number(longitude), name: name || undefined, address: address || undefined });
  },
  carding: async () => {
    const fields = await fill("carding");
    if (!fields) return;
    const [first_name, ...rest] = fields.name.trim().split(/\s+/);
    const name = { formatted_name: fields.name.trim(), first_name, last_name: rest.join(" ") || undefined };
    const phones = [{ phone: fields.phone, wa_id: fields.phone.replace(/\D/g, ""), type: "CELL" }];
    sendQuoting({ type: "contacts", contacts: [{ name, phones }] });
  },
};

find("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  const body = written();
  if (body) sendQuoting({ type: "text", body });
});
find("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    find("compose").requestSubmit();
  } else if (event.key === "Escape") setQuote(null);
});
find("unquote").addEventListener("click", () => setQuote(null));
find("attach").addEventListener("click", () => find("attaching").showModal());
find("attaching").addEventListener("click", ({ target }) => {
  const { sample, open } = target.dataset;
  if (!sample && !open) return;
  find("attaching").close();
  (attachments[sample] || opens[open])();
});
find("file").addEventListener("change", async () => {
  const [chosen] = find("file").files;
  find("attaching").close();
  find("file").value = "";
  if (!chosen) return;
  const main = chosen.type.split("/")[0];
  const kind = chosen.type === "image/webp" ? "sticker" : ["image", "audio", "video"].includes(main) ? main : "document";
  const more = kind === "document" ? { filename: chosen.name } : {};
  await sendFile(kind, chosen, kind === "audio" || kind === "sticker" ? more : { ...more, caption: written() });
});
find("reading").addEventListener("change", () =>
  act(() => ask("POST", "customers/read", { customer, reading: find("reading").value })));
find("add-customer").addEventListener("click", async () => {
  const fields = await fill("adding");
  if (!fields) return;
  const { name, phone, user_id, username } = fields;
  const digits = phone.replace(/[\s()+-]/g, "");
  await act(async () => {
    await ask("POST", "customers", { person: { name, phone: digits || null, user_id: user_id || null, username: username || null } });
    customer = digits || user_id;
    sessionStorage.setItem("customer", customer);
    document.body.dataset.view = "chat";
  });
});
find("more").addEventListener("click", async () => {
  const fields = await fill("about");
  if (fields?.new_phone) {
    const digits = fields.new_phone.replace(/\D/g, "");
    await send({ type: "number_changed", new_phone: digits });
    choose(digits);
  }
  if (fields?.echo) act(() => ask("POST", "echoes", { person: whom(person()), message: { type: "text", body: fields.echo } }));
});
find("clear-faults").addEventListener("click", () => act(() => ask("DELETE", "faults")));
for (const button of document.querySelectorAll("[data-go]")) {
  button.addEventListener("click", () => {
    document.body.dataset.view = button.dataset.go;
    look();
  });
}
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());

await look();
setInterval(look, 1000);
