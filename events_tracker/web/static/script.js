"use strict";
// Everything works without this file. It adds the live list, the keys, and what is typed being kept.

const REFRESH_SECONDS = 15;

// The list of alerts refreshes by itself; not while somebody is choosing or typing in it.
function keepLive() {
  const list = document.getElementById("list");
  if (!list) return;
  const shown = () => document.getElementById("live");
  const busy = () => list.querySelector("input[name=ids]:checked")
    || list.querySelector("#reason")?.value
    || document.activeElement?.matches("#reason")
    || document.hidden;
  const mark = () => list.querySelectorAll(".live").forEach((word) => { word.hidden = false; });
  const refresh = async () => {
    if (busy()) return;
    const here = document.activeElement && document.activeElement.closest("[data-id]");
    const held = list.querySelector("tr.here");
    try {
      const answer = await fetch(location.href, { headers: { "X-Fragment": "list" } });
      if (answer.redirected || answer.status === 401) { location.reload(); return; }
      if (!answer.ok) throw new Error(answer.statusText);
      const text = await answer.text();
      if (busy()) return;
      shown().outerHTML = text;
      mark();
      document.getElementById("gone").hidden = true;
      if (held) choose(list.querySelector(`tr[data-id="${held.dataset.id}"]`), false);
      if (here) list.querySelector(`tr[data-id="${here.dataset.id}"] a`)?.focus();
    } catch (error) {
      document.getElementById("gone").hidden = false;
    }
  };
  mark();
  setInterval(refresh, REFRESH_SECONDS * 1000);
  document.addEventListener("visibilitychange", refresh);
}

// j and k move, x chooses, Enter opens, / filters.
function choose(row, scroll = true) {
  document.querySelectorAll("tr.here").forEach((other) => other.classList.remove("here"));
  if (!row) return;
  row.classList.add("here");
  row.querySelector("a").focus({ preventScroll: true });
  if (scroll) row.scrollIntoView({ block: "nearest" });
}

function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = [...document.querySelectorAll("tr[data-id]")];
    const at = rows.findIndex((row) => row.classList.contains("here"));
    const act = {
      j: () => choose(rows[Math.min(at + 1, rows.length - 1)]),
      k: () => choose(rows[Math.max(at - 1, 0)]),
      x: () => rows[at]?.querySelector("input[name=ids]")?.click(),
      "/": () => document.getElementById("account")?.focus(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

// A page that says that the database is away tries again.
function tryAgain() {
  if (document.querySelector("[data-try-again]")) setTimeout(() => location.reload(), 10000);
}

// What was sent and not taken, because nobody was signed in any more or the database was away, is
// in its form again when somebody comes back to it. The kept `version` lets a conflict be seen.
function keepTyped() {
  const kept = JSON.parse(sessionStorage.getItem("typed"));
  if (document.querySelector("[data-not-taken]")) {
    if (kept) sessionStorage.setItem("typed", JSON.stringify({ ...kept, back: true }));
  } else if (kept && !kept.back) {
    sessionStorage.removeItem("typed");
  } else if (kept && kept.path === location.pathname) {
    sessionStorage.removeItem("typed");
    const form = [...document.querySelectorAll("form[data-keep]")].find((one) => one.getAttribute("action") === kept.action);
    if (form) fillIn(form, new Map(kept.fields));
  }
  document.querySelectorAll("form[data-keep]").forEach((form) => form.addEventListener("submit", () => {
    const fields = [...new Set(new FormData(form).keys())].map((name) => [name, new FormData(form).getAll(name)]);
    sessionStorage.setItem("typed", JSON.stringify({ path: location.pathname, action: form.getAttribute("action"), fields }));
  }));
  document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => sessionStorage.clear());
}

function fillIn(form, typed) {
  for (const field of form.elements) {
    const values = typed.get(field.name) || [];
    if (field.type === "checkbox") field.checked = values.includes(field.value);
    else if (field.name && field.type !== "submit" && values.length) field.value = values[0];
    if (field.type === "checkbox" ? field.checked : field.value) field.closest("details")?.setAttribute("open", "");
  }
  document.getElementById("kept").hidden = false;
  form.querySelector("[data-rule]")?.dispatchEvent(new Event("input", { bubbles: true }));
}

// What is pressed twice is sent once. Whoever stopped it may send it again a little later.
function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 5000);
  });
}

// The preview follows the rule as it is typed; its button needs no new page.
function previewTyped() {
  const form = document.querySelector("form[data-preview]");
  if (!form) return;
  const box = document.getElementById("preview");
  let waiting, asking = false, again = false;
  const ask = async () => {
    clearTimeout(waiting);
    if (asking) { again = true; return; }
    asking = true;
    again = false;
    box.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.dataset.preview, { method: "POST", headers: { "X-Fragment": "preview" }, body });
      if (answer.ok && !answer.redirected) box.innerHTML = await answer.text();
    } catch (error) {
      // The one that is there stays.
    }
    box.removeAttribute("aria-busy");
    asking = false;
    if (again) ask();
  };
  form.addEventListener("input", (event) => {
    if (!event.target.closest("[data-rule]")) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 600);
  });
  box.addEventListener("click", (event) => {
    if (!event.target.closest("button[name=preview]")) return;
    event.preventDefault();
    ask();
  });
}

// Over the curves of the preview, and with the slider below, one value's numbers are told.
function slideOverCurves() {
  const box = document.getElementById("preview");
  if (!box) return;
  const show = () => box.querySelectorAll(".slide").forEach((slide) => { slide.hidden = false; });
  const tell = (place) => {
    const row = box.querySelectorAll("tr[data-says]")[place];
    const slider = box.querySelector(".slide input");
    slider.value = place;
    slider.setAttribute("aria-valuetext", row.dataset.says);
    box.querySelector(".slide output").textContent = row.dataset.says;
    const cursor = box.querySelector("[data-cursor]");
    cursor.setAttribute("x1", row.dataset.x);
    cursor.setAttribute("x2", row.dataset.x);
  };
  box.addEventListener("input", (event) => {
    if (event.target.matches(".slide input")) tell(Number(event.target.value));
  });
  box.addEventListener("pointermove", (event) => {
    const picture = event.target.closest(".curves svg");
    if (!picture) return;
    const frame = picture.getBoundingClientRect();
    const x = (event.clientX - frame.left) / frame.width * picture.viewBox.baseVal.width;
    const away = [...box.querySelectorAll("tr[data-says]")].map((row) => Math.abs(row.dataset.x - x));
    tell(away.indexOf(Math.min(...away)));
  });
  new MutationObserver(show).observe(box, { childList: true });
  show();
}

// Where several are written with commas between, each is completed.
function completeEach() {
  document.querySelectorAll("input[data-commas]").forEach((input) => {
    const offers = [...input.list.options].map((option) => [option.value, option.text]);
    const own = document.createElement("datalist");
    own.id = `${input.id}-offers`;
    input.after(own);
    input.setAttribute("list", own.id);
    const offer = () => {
      const before = input.value.slice(0, input.value.lastIndexOf(",") + 1);
      own.replaceChildren(...offers.map(([value, text]) => {
        const option = document.createElement("option");
        option.value = before ? `${before} ${value}` : value;
        option.label = text ? `${value} ${text}` : value;
        return option;
      }));
    };
    input.addEventListener("input", offer);
    offer();
  });
}

keepLive();
listenToKeys();
tryAgain();
keepTyped();
sendOnce();
previewTyped();
slideOverCurves();
completeEach();
