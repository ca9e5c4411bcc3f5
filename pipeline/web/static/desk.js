// What a keyboard and a clock add to the pages; every page can be read without it.
"use strict";
(() => {
  const KEYS_OFF = "claimwatch.keys";
  const GO = { t: "/", c: "/claims", o: "/topics", s: "/stories", a: "/alerts", u: "/sources" };
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const items = () => all("[data-finding]");
  const say = (text) => { document.getElementById("say").textContent = text; };
  let current = null;
  let leader = "";

  const dated = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  function localTimes(root) {
    for (const time of all("time[datetime]", root)) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      if (time.title) time.title = dated.format(at);
      else { time.title = time.textContent; time.textContent = dated.format(at); }
    }
  }

  function choose(item, focus = true) {
    for (const one of all(".item.at")) one.classList.remove("at");
    current = item;
    if (!item) return;
    item.classList.add("at");
    if (focus) item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  }
  function step(by) {
    const list = items();
    if (!list.length) return;
    const at = list.indexOf(current && document.getElementById(current.id));
    choose(list[Math.min(list.length - 1, Math.max(0, at + by))]);
  }
  function nextOpen(from) {
    const list = items();
    const at = list.indexOf(from);
    return list.slice(at + 1).find((one) => !("done" in one.dataset)) || null;
  }
  function closeDrops(except) {
    for (const drop of all("details.drop[open]")) if (drop !== except) drop.open = false;
  }
  function press(key) {
    const item = current && document.getElementById(current.id);
    if (item && item.querySelector(".htmx-request")) return true; // what was asked for is on its way
    const target = item && item.querySelector(`[data-key="${key}"]`);
    if (!target) return false;
    if (target.tagName === "DETAILS") {
      target.open = true;
      const first = target.querySelector(".drop-in textarea, .drop-in button, .drop-in input");
      if (first) first.focus();
      target.querySelector(".drop-in").scrollIntoView({ block: "nearest" });
    } else target.click();
    return true;
  }
  function undoLast() {
    if (press("u")) return;
    const folded = all("[data-done]").pop();
    if (folded) { choose(folded); press("u"); }
  }
  function typing(target) {
    return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  }
  function help(open) {
    const dialog = document.getElementById("help");
    if (dialog && open && !dialog.open) dialog.showModal();
  }
  const keysOn = () => localStorage.getItem(KEYS_OFF) !== "off";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const drop = event.target.closest && event.target.closest("details.drop");
    if (event.key === "Escape" && drop) { drop.open = false; drop.querySelector("summary").focus(); return; }
    if (typing(event.target) || document.querySelector("dialog[open]") || !keysOn()) return;
    if (drop && /^[1-9]$/.test(event.key)) {
      const button = all(".drop-in > button", drop)[Number(event.key) - 1];
      if (button) { event.preventDefault(); button.click(); }
      return;
    }
    if (leader === "g") {
      leader = "";
      if (GO[event.key]) { event.preventDefault(); location.assign(GO[event.key]); }
      return;
    }
    const list = document.querySelector("[data-list]");
    const actions = {
      "?": () => help(true),
      "/": () => { const box = document.getElementById("q"); if (box) box.focus(); else location.assign("/search"); },
      g: () => { leader = "g"; setTimeout(() => { leader = ""; }, 1500); },
    };
    if (list) Object.assign(actions, {
      j: () => step(1),
      k: () => step(-1),
      u: undoLast,
      e: () => { const more = current && document.getElementById(current.id).querySelector("details.more"); if (more) more.open = !more.open; },
      o: () => { if (current) location.assign(`/findings/${current.dataset.finding}`); },
      a: () => press("a"), c: () => press("c"), d: () => press("d"), s: () => press("s"), n: () => press("n"),
    });
    const act = actions[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  document.addEventListener("click", (event) => { closeDrops(event.target.closest("details.drop")); });
  document.addEventListener("focusin", (event) => {
    const item = event.target.closest("[data-finding]");
    if (item && item !== current) choose(item, false);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
    if (event.target.id === "keys-on") localStorage.setItem(KEYS_OFF, event.target.checked ? "on" : "off");
  });

  document.addEventListener("htmx:afterSwap", () => localTimes(document));
  document.addEventListener("htmx:afterSettle", (event) => {
    const item = event.detail.elt.closest ? event.detail.elt.closest("[data-finding]") : null;
    if (!item) return;
    const line = item.querySelector(".folded-line strong, .refused");
    if (line) say(line.textContent);
    choose("done" in item.dataset ? nextOpen(item) || item : item);
  });
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    say(status === 403 ? "Not done: load the page again, then decide." : `Not done: the server answered ${status}.`);
    document.getElementById("say").classList.add("shown");
  });
  document.addEventListener("htmx:sendError", () => {
    say("Not done: the server cannot be reached.");
    document.getElementById("say").classList.add("shown");
  });

  document.addEventListener("DOMContentLoaded", () => {
    localTimes(document);
    for (const one of all("[data-nojs]")) one.hidden = true;
    const opener = document.getElementById("help-open");
    if (opener) { opener.hidden = false; opener.addEventListener("click", () => help(true)); }
    const box = document.getElementById("keys-on");
    if (box) box.checked = keysOn();
  });
})();
