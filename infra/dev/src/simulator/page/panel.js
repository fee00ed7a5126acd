// The provider's side: which faults are in force, and what became of the latest webhooks.

import { el } from "./bubbles.js";

const says = {
  "rate-limit": "Sends are refused: too fast (429)",
  "expired-token": "The token has expired (401)",
  "timeout-after-accept": "Sends are taken, their answer is lost",
  slow: "Sends are taken slowly",
  duplicate: "Webhooks come two to four times",
  "out-of-order": "Statuses and batches come shuffled",
  "status-before-response": "Statuses overtake the answer",
  undeliverable: "Messages fail after they were taken",
  "media-missing": "Files cannot be fetched (404)",
  "media-slow": "Files are fetched slowly",
  "media-wrong-hash": "Files have another hash than told",
  "media-too-large": "Files are larger than allowed",
};

let rows = null;

/** One row for each fault, made once: a person may be typing into one. */
export function faults(list, state, change) {
  rows ??= new Map(state.available.map((fault) => [fault, row(list, fault, change)]));
  const inForce = new Map(state.faults.map((entry) => [entry.fault, entry]));
  for (const [fault, { item, box, share, left }] of rows) {
    const entry = inForce.get(fault);
    item.classList.toggle("on", Boolean(entry));
    box.checked = Boolean(entry);
    left.textContent = entry?.count ? `${entry.count} times more` : "";
    if (entry && document.activeElement !== share) share.value = entry.percent;
  }
}

function row(list, fault, change) {
  const item = el("li");
  item.dataset.fault = fault;
  const label = el("label");
  const box = Object.assign(el("input"), { type: "checkbox" });
  label.append(box, el("span", "", fault));
  label.title = says[fault] || fault;
  const part = el("label", "share");
  const share = Object.assign(el("input"), { type: "number", min: 1, max: 100, value: 100 });
  share.setAttribute("aria-label", `How often ${fault} happens, in percent`);
  part.append(share, "%");
  const about = el("small", "hint", says[fault] || "");
  const left = el("small", "hint");
  const percent = () => Math.min(100, Math.max(1, Math.round(Number(share.value)) || 100));
  box.addEventListener("change", () => change(fault, box.checked ? percent() : 0));
  share.addEventListener("change", () => box.checked && change(fault, percent()));
  item.append(label, part, about, left);
  list.append(item);
  return { item, box, share, left };
}

let shown = "";

/** The latest deliveries, the newest on top. */
export function attempts(list, all) {
  const latest = all.slice(-60).reverse();
  const sign = latest.map((attempt) => attempt.id).join();
  if (sign === shown) return;
  shown = sign;
  list.replaceChildren(...latest.map((attempt) => {
    const item = el("li");
    const at = el("time", "", new Date(attempt.at_ms).toLocaleTimeString([], { hour12: false }));
    const status = el("b", attempt.status === 200 ? "ok" : "", attempt.status ? String(attempt.status) : "none");
    status.title = attempt.status ? "HTTP status" : "No answer";
    const again = attempt.attempt > 1 ? ` (attempt ${attempt.attempt})` : "";
    const about = el("span", "", attempt.about.replace(/wamid\.\S{12,}/g, (id) => `…${id.slice(-10)}`) + again);
    about.title = attempt.about;
    item.append(at, status, about);
    return item;
  }));
}
