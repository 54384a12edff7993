// Parts that several views share: fields, sortable tables, numbers with their source, badges.
"use strict";

// --- fields ------------------------------------------------------------------------------------

// A drop-down with its label; `refill` gives it other options and keeps its place.
egov.select = (id, label, onchange) => {
  const select = egov.h("select", { id, change: () => onchange(select.value) });
  const node = egov.h("p", { class: "field" }, egov.h("label", { for: id }, label), select);
  const refill = (options, value) => {
    select.replaceChildren(...options.map((option) => (option.group
      ? egov.h("optgroup", { label: option.group }, option.options.map(egov.option))
      : egov.option(option))));
    select.value = value;
  };
  return { node, refill };
};
egov.option = ({ value, text }) => egov.h("option", { value }, text);

// A search field; what is typed goes to the address without disturbing the typing.
egov.search = (id, label, onchange) => {
  const input = egov.h("input", {
    id, type: "search", autocomplete: "off", spellcheck: "false", input: () => onchange(input.value),
  });
  const node = egov.h("p", { class: "field" }, egov.h("label", { for: id }, label), input);
  const refill = (value) => { if (document.activeElement !== input) input.value = value; };
  return { node, refill };
};

// Every body, by block and universe, for a drop-down.
egov.bodyOptions = () => {
  const groups = [
    ["province_63", (code) => code.startsWith("P-")], ["province_34", (code) => code.startsWith("Q-")],
    ["ministry", (code, body) => body.block === "ministry"],
    ["gov_agency", (code, body) => body.block === "gov_agency"],
  ];
  return groups.map(([universe, belongs]) => ({
    group: egov.label("universe", universe),
    options: egov.sorted(
      [...egov.model().bodies.values()].filter((body) => belongs(body.body_code, body))
        .map((body) => ({ value: body.body_code, text: egov.bodyName(body.body_code) })),
      (option) => option.text),
  }));
};

// Do something that replaces nodes, and put the focus back where it was.
egov.keepingFocus = (act) => {
  const { id } = document.activeElement ?? {};
  act();
  if (id && document.activeElement?.id !== id) document.getElementById(id)?.focus();
};

// --- tables ------------------------------------------------------------------------------------

// A table with a caption; columns that have `key` can be sorted, and the order is in the address.
// A column: {title, key, value(row) to sort by, cell(row) to show, number, head}.
egov.table = ({ caption, columns, rows, sort, id = "table", hidden = false }) => {
  const heads = columns.map((column) => {
    const sorted = sort && column.key === sort.key;
    const next = sorted && sort.dir !== "desc" ? "desc" : "asc";
    const head = sort && column.key
      ? egov.h("button", {
        type: "button", class: "sort", id: `${id}-${column.key}`,
        click: () => egov.change({ sort: column.key, dir: next }),
      }, column.title, egov.h("span", { class: "arrow", "aria-hidden": "true" },
        sorted ? (sort.dir === "desc" ? "▼" : "▲") : "↕"))
      : column.title;
    return egov.h("th", {
      scope: "col", class: column.number ? "number" : null,
      "aria-sort": sorted ? (sort.dir === "desc" ? "descending" : "ascending") : null,
    }, head);
  });
  const lines = rows.map((row) => egov.h("tr", { class: row.mark ? "marked" : null },
    columns.map((column) => egov.h(column.head ? "th" : "td", {
      scope: column.head ? "row" : null, class: column.number ? "number" : column.wide ? "wide" : null,
    }, column.cell(row)))));
  return egov.h("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption },
    egov.h("table", { class: columns.some((column) => column.wide) ? "broad" : null }, egov.h("caption", { class: hidden ? "unseen" : null }, egov.h("span", null, caption)),
      egov.h("thead", null, egov.h("tr", null, heads)), egov.h("tbody", null, lines)));
};

// Rows in the order that the address asks for; without a value last either way.
egov.ordered = (rows, columns, sort) => {
  const column = columns.find((each) => each.key === sort.key) ?? columns[0];
  const known = rows.filter((row) => column.value(row) !== null);
  const order = egov.sorted(known, column.value);
  if (sort.dir === "desc") order.reverse();
  return [...order, ...rows.filter((row) => column.value(row) === null)];
};

// --- numbers and their sources -------------------------------------------------------------------

// A number as a button that opens its source; plain text if it is from no source that is held.
egov.sourced = (text, place) => (place === null || place === undefined ? text : egov.h("button", {
  type: "button", class: "sourced", "aria-label": `${text}, ${egov.t("see_source")}`,
  "aria-haspopup": "dialog", click: () => egov.showSource(place),
}, text));

egov.showSource = (number) => {
  const place = egov.place(number);
  const dialog = document.getElementById("source");
  const file = place.of;
  const said = [
    ["source_document", [file.document_no, egov.day(file.document_date)].filter(Boolean).join(", ")
      || egov.t("without_number")],
    ["source_issuer", file.issuer],
    ["source_table", place.table_no], ["source_line", String(place.line_no)],
    ["source_seen", place.source_ref], ["source_how", place.retrieved_as],
    ["source_file", file.file_name], ["source_from", place.source_ref ? null : file.source_ref],
    ["source_received", egov.day(file.received_at)], ["source_licence", file.licence],
    ["source_hash", file.file_sha256],
  ];
  dialog.replaceChildren(
    egov.h("h2", { id: "source-title" }, egov.t("source_title")),
    place.raw === null ? null : egov.h("h3", null, egov.t("source_raw")),
    place.raw === null ? egov.h("p", null, egov.t("source_no_raw"))
      : egov.h("blockquote", { class: "raw", lang: "vi", tabindex: "0" }, place.raw),
    egov.h("dl", null, said.filter(([, value]) => value).map(([key, value]) => [
      egov.h("dt", null, egov.t(key)),
      egov.h("dd", { class: key === "source_hash" ? "code" : null }, value)])),
    egov.h("button", { type: "button", click: () => dialog.close() }, egov.t("close")));
  dialog.showModal();
};

// What a rank rests on; null if none is known. A list says it once if it is the same for all.
egov.basisOf = (value) => (value.rank !== null ? value.rank_status : value.recomputed !== null ? "recomputed" : null);
egov.commonBasis = (list) => {
  const found = new Set(list.values.map(egov.basisOf));
  return found.size === 1 ? [...found][0] : null;
};

// The rank of a value: the published one, or the one recomputed here, said so; or why there is none.
egov.rank = (value, said = null) => {
  const basis = egov.basisOf(value);
  if (basis === null) return egov.small(egov.label("rank_status", value.rank_status));
  const remark = basis === said || basis === "printed" ? null
    : egov.small(basis === "recomputed" ? egov.t("rank_recomputed") : egov.label("rank_status", basis));
  return [value.rank === null ? egov.number(value.recomputed) : egov.sourced(egov.number(value.rank), value.place), remark];
};
egov.value = (value) => (value.value === null
  ? egov.small(egov.label("value_status", value.value_status))
  : [egov.sourced(egov.number(value.value), value.place),
    value.value_status === "reported" ? null : egov.small(egov.label("value_status", value.value_status))]);
egov.small = (...content) => egov.h("small", null, content);

egov.brief = (text) => egov.h("small", { class: "brief" }, text);

// Places gained or lost, with a sign that is no colour.
egov.gained = (places) => {
  if (places === 0) return egov.h("span", { class: "even" }, egov.t("no_move"));
  return egov.h("span", { class: places > 0 ? "up" : "down" },
    `${places > 0 ? "▲" : "▼"} ${egov.t(places > 0 ? "places_up" : "places_down", { n: Math.abs(places) })}`);
};

egov.changeCell = (value) => {
  const change = egov.changeOf(value);
  if (!change) return egov.brief(egov.t("no_earlier"));
  if (change.comparability !== "one regime, one universe, all bodies held") {
    return egov.brief(egov.label("comparability_short", change.comparability));
  }
  return change.gained === null ? egov.brief(egov.t("no_rank_then")) : egov.gained(change.gained);
};

egov.interval = (low, high) => (low === high ? egov.number(low) : `${egov.number(low)}–${egov.number(high)}`);
egov.intervalCell = (value) => {
  const found = egov.intervalOf(value);
  if (!found || found.low_90 === null) return egov.brief(egov.t("no_interval"));
  return egov.interval(found.low_90, found.high_90);
};

// What a list is: who, how many, how far it can be trusted.
egov.listFacts = (list) => egov.h("ul", { class: "facts" },
  egov.h("li", null, egov.label("regime", list.regime)),
  list.bodies_held === undefined || list.bodies_held === null ? null : egov.h("li", null, list.bodies_expected === null
    ? egov.t("held", { n: list.bodies_held })
    : egov.t("held_of", { n: list.bodies_held, m: list.bodies_expected })),
  list.trust ? egov.h("li", { class: `trust ${list.trust}` }, egov.label("trust", list.trust)) : null,
  list.values && Object.hasOwn(egov.data.words.labels.ranks_rest_on, egov.commonBasis(list)) && !list.made
    ? egov.h("li", null, egov.label("ranks_rest_on", egov.commonBasis(list))) : null,
  list.is_partial ? egov.h("li", { class: "warn" }, egov.t("partial_list")) : null);

egov.heading = (text) => {
  document.title = `${text} · ${egov.t("site")}`;
  return egov.h("h1", { id: "title" }, text);
};
egov.note = (text) => egov.h("p", { class: "note" }, text);
egov.categoryName = (list) => egov.label("category", list.category, list.index_code);
egov.listName = (list) =>
  `${egov.label("index_code", list.index_code)} ${list.assessment_year}, ${egov.categoryName(list)}`;
// The lists of one year, series and universe: in the address, and in words.
egov.setCode = (set) => [set.index_code, set.universe, set.assessment_year].join("-");
egov.setName = (set) =>
  `${egov.label("index_code", set.index_code)} ${set.assessment_year}: ${egov.label("universe", set.universe)}`;
