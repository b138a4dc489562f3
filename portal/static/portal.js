// Small helps only; every page works without this file.
"use strict";

// Live: the server says that something changed; the page fetches itself and shows what is true now.
(() => {
  const main = document.querySelector("main[data-live]");
  if (!main || !window.EventSource) return;
  let typed = false;
  let busy = false;
  let again = false;
  main.addEventListener("input", () => { typed = true; });

  const refresh = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Requested-With": "live" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("main");
      if (!fresh || fresh.innerHTML === main.innerHTML) return;
      const active = document.activeElement;
      const here = main.contains(active) && active.id ? active.id : "";
      const open = [...main.querySelectorAll("details[open][id]")].map((one) => one.id);
      if (typed || (main.contains(active) && !here && active !== document.body)) { notice(); return; }
      main.replaceChildren(...fresh.childNodes);
      open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
      if (here) document.getElementById(here)?.focus();
      const status = document.getElementById("status");
      if (status) status.textContent = main.dataset.updated;
    } finally {
      busy = false;
      if (again) { again = false; setTimeout(refresh, 500); }
    }
  };

  const notice = () => {
    if (document.getElementById("changed")) return;
    const note = document.createElement("p");
    note.id = "changed";
    note.className = "note soon";
    note.setAttribute("role", "status");
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = main.dataset.changed;
    note.append(link);
    main.prepend(note);
  };

  const source = new EventSource(main.dataset.live);
  let wait = 0;
  source.addEventListener("changed", () => { clearTimeout(wait); wait = setTimeout(refresh, 300); });
  addEventListener("pagehide", () => source.close());
})();

// Uploads: how much has gone out.
document.querySelectorAll("form[data-upload]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    const file = form.querySelector("input[type=file]");
    if (!file || !file.files.length || !window.XMLHttpRequest) return;
    event.preventDefault();
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.setAttribute("aria-label", form.dataset.upload);
    form.append(bar);
    const button = form.querySelector("button");
    button.disabled = true;
    const request = new XMLHttpRequest();
    request.upload.onprogress = (now) => { if (now.lengthComputable) bar.value = now.loaded / now.total; };
    request.onload = () => {
      const target = new URL(request.responseURL || location.href);
      if (request.status < 400) { location.href = target.pathname + target.search + target.hash; location.reload(); return; }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const main = page.querySelector("main");
      if (main) document.querySelector("main").replaceChildren(...main.childNodes);
      document.querySelector("main h1")?.scrollIntoView();
    };
    request.onerror = () => { button.disabled = false; bar.remove(); form.submit(); };
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
});

// A form goes out once, however often its button is pressed; its key would see to it in any case.
document.querySelectorAll("form[method=post]:not([data-upload])").forEach((form) => {
  form.addEventListener("submit", () => {
    setTimeout(() => form.querySelectorAll("button").forEach((one) => { one.disabled = true; }), 0);
    setTimeout(() => form.querySelectorAll("button").forEach((one) => { one.disabled = false; }), 10000);
  });
});

// Worklist by keyboard: j and k go from row to row, x picks, Enter opens.
(() => {
  const rows = () => [...document.querySelectorAll(".items[data-keys] > li")];
  if (!rows().length) return;
  let at = -1;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox") return;
    const all = rows();
    if (event.key === "j" || event.key === "k") {
      at = Math.max(0, Math.min(all.length - 1, at + (event.key === "j" ? 1 : -1)));
      all[at].querySelector("a")?.focus();
    } else if (event.key === "x" && at >= 0) {
      const box = all[at].querySelector("input[type=checkbox]");
      if (box) box.click();
    }
  });
  const form = document.getElementById("bulk");
  const count = document.getElementById("picked");
  if (form && count) {
    const show = () => { count.textContent = String(document.querySelectorAll("input[name=step]:checked").length); };
    document.addEventListener("change", show);
    show();
  }
})();
