// The frame: navigation, switches, footer, and which view the address asks for.
"use strict";

egov.order = ["ranking", "body", "compare", "map", "whatif", "ledger", "papers"];
egov.now = { key: "", update: () => {} };

egov.frame = () => {
  const { view, params } = egov.address();
  const lang = egov.lang();
  const theme = params.get("theme");
  document.documentElement.lang = lang;
  document.documentElement.dataset.theme = theme ?? "";
  const put = (id, ...nodes) => document.getElementById(id).replaceChildren(...nodes);
  const skip = document.getElementById("skip");
  skip.textContent = egov.t("skip");
  skip.onclick = (event) => { event.preventDefault(); document.getElementById("main").focus(); };
  put("brand", egov.h("a", { href: egov.href("ranking") }, egov.t("site")));
  const nav = document.getElementById("nav");
  nav.setAttribute("aria-label", egov.t("navigation"));
  put("nav", egov.h("ul", null, egov.order.map((name) => egov.h("li", null, egov.h("a", {
    href: egov.href(name), "aria-current": name === view ? "page" : null,
  }, egov.t(`nav_${name}`))))));
  const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  put("switches",
    egov.h("button", { type: "button", id: "switch-lang", lang: lang === "vi" ? "en" : "vi", click: () => egov.change({ lang: lang === "vi" ? "en" : "" }) }, lang === "vi" ? "English" : "Tiếng Việt"),
    egov.h("button", { type: "button", id: "switch-theme", click: () => egov.change({ theme: dark ? "light" : "dark" }) }, egov.t(dark ? "to_light" : "to_dark")));
  const { vintages, left_out: leftOut } = egov.data.core;
  put("footer", egov.h("p", null, egov.t("footer")),
    egov.h("details", null, egov.h("summary", null, egov.t("vintages")),
      egov.h("ul", null, Object.entries(vintages).map(([year, vintage]) => egov.h("li", null, `${year}: `, egov.h("span", { class: "code" }, vintage))),
        Object.entries(leftOut).map(([year, reason]) => egov.h("li", null, `${year}: ${egov.label("left_out", reason)}`)))));
};

egov.noLists = (main) => {
  main.append(egov.heading(egov.t("site")), egov.note(egov.t("no_lists")));
  return () => {};
};

egov.render = () => {
  const { view, params } = egov.address();
  const name = Object.hasOwn(egov.views, view) ? view : "ranking";
  const key = [name, ...egov.lasting.map((each) => params.get(each))].join(" ");
  const main = document.getElementById("main");
  if (key !== egov.now.key) {
    const moved = egov.now.key !== "" && !egov.now.key.startsWith(`${name} `);
    egov.keepingFocus(egov.frame);
    main.replaceChildren();
    main.className = name;
    const empty = !egov.lists().length && name !== "papers";
    egov.now = { key, update: empty ? egov.noLists(main) : egov.views[name](main) };
    if (moved) {
      window.scrollTo(0, 0);
      main.focus({ preventScroll: true });
    }
  }
  egov.now.update(params);
};

window.addEventListener("hashchange", egov.render);
egov.render();
