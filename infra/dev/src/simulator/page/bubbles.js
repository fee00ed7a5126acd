// Messages as the customer sees them. Whatever comes from the business is put in as text
// (textContent) or as an address that was looked at first: an agent's words are not to be trusted.

/** An element with a class and a text. */
export function el(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

const time = (ms) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** An address to the web, or nothing: no `javascript:`. */
function web(address) {
  try {
    const url = new URL(address);
    return ["https:", "http:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function link(address, className) {
  const href = web(address);
  const made = el(href ? "a" : "span", className);
  if (href) Object.assign(made, { href, target: "_blank", rel: "noreferrer noopener" });
  return made;
}

/** A line with a sign in front of it. */
function card(made, sign, title, more) {
  made.classList.add("card");
  const words = el("div");
  words.append(el("b", "", title));
  if (more) words.append(el("span", "small", more));
  const icon = el("span", "sign", sign);
  icon.setAttribute("aria-hidden", "true");
  made.append(icon, words);
  return made;
}

/** A picture, a sound, a film or a file: from the provider's shelf, or by its address only. */
function file(kind, content, alt) {
  const source = content.id ? `media/${encodeURIComponent(content.id)}` : null;
  const name = content.filename || { image: "Picture", audio: "Recording", video: "Film", sticker: "Sticker", document: "Document" }[kind];
  if (!source) {
    return card(link(content.link), "🔗", name, content.link);
  }
  if (kind === "image" || kind === "sticker") {
    const made = el("img", kind === "sticker" ? "sticker" : "");
    return Object.assign(made, { src: source, alt, loading: "lazy" });
  }
  if (kind === "audio" || kind === "video") {
    const made = Object.assign(el(kind), { src: source, controls: true, preload: "metadata" });
    made.setAttribute("aria-label", content.voice ? "Voice message" : name);
    return made;
  }
  const made = card(el("a"), "📄", name, content.mime_type || "");
  return Object.assign(made, { href: source, download: content.filename || "" });
}

function place(content) {
  const where = `${content.latitude}, ${content.longitude}`;
  const more = [content.address, where].filter(Boolean).join(" · ");
  return card(el("div"), "📍", content.name || "Location", more);
}

function contactCard(contact) {
  const numbers = (contact.phones || []).map((phone) => phone.phone).filter(Boolean).join(", ");
  return card(el("div"), "👤", String(contact.name?.formatted_name ?? "Contact"), numbers);
}

const files = ["image", "audio", "video", "document", "sticker"];

/** What stands above the words of a template or an interactive message. */
function header(head) {
  if (!head) return [];
  const kind = (head.format || head.type || "").toLowerCase();
  if (kind === "text") return [el("p", "title", head.text)];
  if (files.includes(kind) && head[kind]) return [file(kind, head[kind], "Header picture")];
  if (kind === "location" && head.location) return [place(head.location)];
  return [];
}

/** The inside of a bubble. */
function inside(entry) {
  const { kind, content } = entry;
  const body = (text) => (text ? [el("p", "body", text)] : []);
  if (kind === "text") return body(content.body);
  if (files.includes(kind)) {
    const alt = content.caption || (entry.own ? "Picture that I sent" : "Picture from the business");
    return [file(kind, content, alt), ...body(content.caption)];
  }
  if (kind === "location") return [place(content)];
  if (kind === "contacts") return content.map(contactCard);
  if (kind === "interactive" && !entry.own) {
    const foot = content.footer ? [el("p", "small", content.footer.text)] : [];
    return [...header(content.header), ...body(content.body?.text), ...foot];
  }
  if (kind === "template") {
    const { shown } = entry;
    const foot = shown.footer ? [el("p", "small", shown.footer)] : [];
    return [...header(shown.header), ...body(shown.body), ...foot];
  }
  if (kind === "order") return [card(el("div"), "🛒", "Cart", `${content.product_items.length} items`)];
  if (kind === "unsupported") return [el("p", "body gone", `Not carried by the API: ${content.type}`)];
  return body(entry.text || kind);
}

/** The buttons below a message of the business. */
function taps(entry, onTap, onList) {
  const row = el("div", "taps");
  const tap = (label, message, sign = "↩ ") => {
    const button = el("button", "", sign + label);
    button.type = "button";
    button.addEventListener("click", () => onTap(entry, message));
    row.append(button);
  };
  const go = (label, address, sign) => {
    const made = link(address);
    made.textContent = `${sign} ${label}`;
    made.title = address;
    row.append(made);
  };
  for (const button of entry.shown?.buttons || []) {
    if (button.type === "QUICK_REPLY") tap(button.text, { type: "button", payload: button.payload, text: button.text });
    else if (button.type === "URL") go(button.text, button.url, "🔗");
    else if (button.type === "PHONE_NUMBER") row.append(el("a", "", `📞 ${button.text}: ${button.phone_number}`));
    else row.append(el("a", "", `⧉ ${button.text}: ${button.code ?? ""}`));
  }
  const action = entry.kind === "interactive" ? entry.content.action || {} : {};
  for (const { reply } of action.buttons || []) {
    tap(reply.title, { type: "button_reply", id: reply.id, title: reply.title });
  }
  if (action.sections && action.button) {
    const button = el("button", "", `☰ ${action.button}`);
    button.type = "button";
    button.addEventListener("click", () => onList(entry));
    row.append(button);
  }
  if (action.name === "cta_url") go(action.parameters.display_text, action.parameters.url, "🔗");
  if (action.name === "send_location") tap("Send location", { type: "location", latitude: -6.175392, longitude: 106.827153, name: "Monas" }, "📍 ");
  if (action.name === "flow") tap(action.parameters.flow_cta, { type: "flow_reply", body: "Sent", response_json: "{\"flow_token\":\"unused\"}" }, "📝 ");
  return row.childElementCount ? row : null;
}

function foot(entry, edited) {
  const row = el("p", "foot");
  if (entry.echo) row.append(el("span", "", "by phone app"));
  if (edited) row.append(el("span", "", "edited"));
  const at = el("time", "", time(entry.at_ms));
  at.dateTime = new Date(entry.at_ms).toISOString();
  row.append(at);
  if (entry.own) {
    const [signs, says] = { waiting: ["🕓", "not delivered yet"], taken: ["✓✓", "delivered"], seen: ["✓✓", "read by the business"] }[entry.state];
    const ticks = el("span", entry.state === "waiting" ? "" : `ticks ${entry.state}`, signs);
    ticks.setAttribute("role", "img");
    ticks.setAttribute("aria-label", says);
    ticks.title = says;
    row.append(ticks);
  } else if (!entry.echo) {
    const told = el("span", `state-${entry.state}`, entry.state);
    told.title = "What the business was told";
    row.append(told);
  }
  return row;
}

/** What a quote or a menu shows of a message. */
export function gist(entry) {
  if (!entry) return "An earlier message";
  return entry.text || entry.shown?.body || { image: "📷 Picture", audio: "🎤 Recording", video: "🎞 Film", document: "📄 Document", sticker: "Sticker", location: "📍 Location", contacts: "👤 Contact" }[entry.kind] || entry.kind;
}

/** The list item of a message. */
export function bubble(entry, { quoted, edited, gone, reactions, name, onTap, onList, onOpen, onPlay }) {
  const item = el("li", entry.own ? "own" : "");
  item.dataset.wamid = entry.wamid;
  item.dataset.state = entry.state;
  item.dataset.kind = entry.kind;
  if (entry.kind === "system") {
    item.className = "note";
    item.append(el("p", "", entry.content.body));
    return item;
  }
  const box = el("article", "bubble");
  box.setAttribute("aria-label", `${entry.own ? name : "The business"}, ${time(entry.at_ms)}`);
  if (entry.forwarded) box.append(el("p", "small", "↪ Forwarded"));
  if (entry.context && !gone) {
    const quote = el("div", "quoted");
    quote.append(el("b", "", quoted?.own ? name : "The business"), el("span", "", gist(quoted)));
    box.append(quote);
  }
  box.append(...(gone ? [el("p", "body gone", "This message was deleted")] : edited ? [el("p", "body", edited)] : inside(entry)));
  box.append(foot(entry, edited && !gone));
  const open = el("button", "icon open", "⌄");
  open.type = "button";
  open.setAttribute("aria-label", `Actions for: ${gist(entry).slice(0, 60)}`);
  open.addEventListener("click", () => onOpen(entry));
  box.append(open);
  box.querySelector("audio")?.addEventListener("play", () => onPlay(entry));
  item.append(box);
  if (reactions.length) {
    const row = el("p", "reactions", reactions.join(" "));
    row.setAttribute("aria-label", `Reactions: ${reactions.join(" ")}`);
    item.append(row);
  }
  const buttons = entry.own ? null : taps(entry, onTap, onList);
  if (buttons) item.append(buttons);
  return item;
}
