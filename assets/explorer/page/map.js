// Tile map of the provinces, coloured by fifths of the ranked list; the same data as a table below.
"use strict";

egov.fifth = (rank, number) => Math.min(4, Math.floor((5 * (rank - 1)) / number));

egov.views.map = (main) => {
  const fields = egov.listFields();
  const results = egov.h("div", { id: "results" });
  const lists = () => egov.allLists().filter((list) => Object.hasOwn(egov.data.core.tiles, list.universe));
  main.append(egov.heading(egov.t("nav_map")), egov.h("div", { class: "fields" }, fields.nodes), results);
  return (params) => {
    const wanted = egov.wantedList(params, lists());
    fields.update(wanted);
    egov.keepingFocus(() => results.replaceChildren(...egov.map(wanted.list, params)));
  };
};

egov.map = (list, params) => {
  const prefix = list.universe === "province_63" ? "P-" : "Q-";
  const values = new Map(list.values.map((value) => [value.body, value]));
  const ranked = list.values.filter((value) => egov.rankOf(value) !== null).length;
  const number = Math.max(ranked, list.bodies_expected ?? 0);
  const grid = egov.data.core.tiles[list.universe].trim().split("\n").map((line) => line.trim().split(/\s+/));
  const tiles = grid.flatMap((codes, row) => codes.map((code, column) => (code === "." ? null
    : egov.tile(prefix + code, values.get(prefix + code), number, row + 1, column + 1))));
  const legend = [0, 1, 2, 3, 4].map((fifth) => egov.h("li", null,
    egov.h("span", { class: `key fifth-${fifth}`, "aria-hidden": "true" }),
    egov.t("fifth", { from: Math.ceil((fifth * number) / 5) + 1, to: Math.ceil(((fifth + 1) * number) / 5) })));
  const sort = { key: params.get("sort") ?? "rank", dir: params.get("dir") ?? "asc" };
  const columns = egov.rankingColumns(list).filter((column) => column.key !== "change");
  const title = `${egov.listName(list)}: ${egov.label("universe", list.universe)}`;
  return [egov.listFacts(list), list.made ? egov.note(egov.t("made_list")) : null,
    egov.h("ul", { class: "legend" }, legend,
      egov.h("li", null, egov.h("span", { class: "key none", "aria-hidden": "true" }), egov.t("no_rank"))),
    egov.h("div", { class: "beside" }, egov.h("ul", { class: `tiles ${list.universe}`, "aria-label": title }, tiles),
    egov.table({ caption: title, columns, rows: egov.ordered(list.values, columns, sort), sort }))].filter(Boolean);
};

egov.tile = (code, value, number, row, column) => {
  const rank = value ? egov.rankOf(value) : null;
  const item = egov.h("li", { class: rank === null ? "none" : `fifth-${egov.fifth(rank, number)}` },
    egov.h("a", { href: egov.href("body", { body: code }) },
      egov.h("span", { class: "place" }, egov.bodyName(code).replace(/ (Province|City)$/, "")),
      egov.h("span", { class: "rank" }, rank === null ? "·" : rank,
        rank === null ? egov.h("span", { class: "unseen" }, egov.t("no_rank")) : null)));
  item.style.gridRow = row;
  item.style.gridColumn = column;
  return item;
};
