// The ranked list of a year, series, block, universe and category; also lists of the other universe.
"use strict";

// Lists that are published, and those of merged bodies that were made from them, marked `made`.
egov.allLists = (() => {
  let all = null;
  return () => {
    if (all) return all;
    const made = new Map();
    for (const row of egov.rows(egov.data.certainty.other_universe)) {
      const key = [row.assessment_year, row.index_code, row.universe, row.category].join(" ");
      if (!made.has(key)) {
        made.set(key, { ...row, made: true, values: [], is_partial: false });
      }
      const list = made.get(key);
      list.is_partial ||= row.is_partial;
      list.values.push({
        of: list, body: row.body_code, rank: null, rank_status: "not_printed", recomputed: row.rank,
        value: row.value, value_status: row.value === null ? "not_published" : "reported",
        place: null, published: row.published_value, published_rank: row.published_rank,
        former: row.former_codes.split(" "), class: row.class,
      });
    }
    const wanted = [...made.values()].filter((list) => list.values.some((value) => value.value !== null)
      && !egov.listOf(list.assessment_year, list.index_code, list.universe, list.category));
    all = [...egov.lists(), ...wanted];
    return all;
  };
})();

egov.steps = ["assessment_year", "index_code", "block", "universe", "category"];

// The list that the address asks for, step by step; a step that does not exist takes the first.
egov.wantedList = (params, lists = egov.allLists()) => {
  let left = lists;
  const options = {};
  const names = { assessment_year: "year", index_code: "index" };
  const first = { universe: "province_63", category: "overall", block: "province", index_code: "dti" };
  for (const step of egov.steps) {
    const ordered = step === "category" ? egov.byCategory(left) : left;
    options[step] = [...new Set(ordered.map((list) => String(list[step])))];
    if (step === "assessment_year") options[step].sort().reverse();
    const asked = params.get(names[step] ?? step);
    const value = [asked, first[step], options[step][0]].find((each) => options[step].includes(each));
    left = left.filter((list) => String(list[step]) === value);
  }
  return { list: left[0], options };
};

// Drop-downs for the steps; `update` follows the address.
egov.listFields = () => {
  const titles = { assessment_year: "year", index_code: "index", block: "block", universe: "universe", category: "category" };
  const fields = egov.steps.map((step) => [step, egov.select(titles[step], egov.t(titles[step]),
    (value) => egov.change({ [titles[step]]: value }))]);
  const text = (step, value, list) => (step === "assessment_year" ? value
    : egov.label(step, value, list.index_code));
  return {
    nodes: fields.map(([, field]) => field.node),
    update: ({ list, options }) => fields.forEach(([step, field]) => field.refill(
      options[step].map((value) => ({ value, text: text(step, value, list) })), String(list[step]))),
  };
};

egov.views.ranking = (main) => {
  const fields = egov.listFields();
  const search = egov.search("q", egov.t("search_body"), (q) => egov.change({ q }));
  const results = egov.h("div", { id: "results" });
  main.append(egov.heading(egov.t("nav_ranking")),
    egov.h("div", { class: "fields" }, fields.nodes, search.node), results);
  return (params) => {
    const wanted = egov.wantedList(params);
    fields.update(wanted);
    search.refill(params.get("q") ?? "");
    egov.keepingFocus(() => results.replaceChildren(...egov.ranking(wanted.list, params)));
  };
};

egov.ranking = (list, params) => {
  const folded = egov.folded(params.get("q") ?? "");
  const columns = egov.rankingColumns(list);
  const sort = { key: params.get("sort") ?? "rank", dir: params.get("dir") ?? "asc" };
  const found = list.values.filter((value) => egov.bodyMatches(value.body, folded));
  return [
    egov.listFacts(list),
    list.made ? egov.note(egov.t("made_list")) : null,
    egov.h("p", { role: "status" }, egov.t("found", { n: found.length, m: list.values.length })),
    egov.table({
      caption: `${egov.listName(list)}: ${egov.label("universe", list.universe)}`,
      columns, rows: egov.ordered(found, columns, sort), sort,
    }),
  ].filter(Boolean);
};

egov.rankingColumns = (list) => {
  const columns = [
    { key: "rank", title: egov.t("rank"), number: true, value: egov.rankOf, cell: (v) => egov.rank(v, list.made ? "recomputed" : egov.commonBasis(list)) },
    {
      key: "name", title: egov.t("body"), head: true, value: (v) => egov.bodyName(v.body),
      cell: (v) => egov.h("a", { href: egov.href("body", { body: v.body }) }, egov.bodyName(v.body)),
    },
    {
      key: "value", title: egov.t("value"), number: true,
      value: (v) => (v.value === null ? null : Number(v.value)), cell: egov.value,
    },
  ];
  if (list.made) {
    return [...columns,
      { title: egov.t("former_bodies"), cell: (v) => v.former.map(egov.bodyName).join(", ") }];
  }
  const interval = (v) => egov.intervalOf(v)?.low_90 ?? null;
  if (list.values.some((v) => interval(v) !== null)) {
    columns.push({ key: "interval", title: egov.t("interval_90"), number: true, value: interval, cell: egov.intervalCell });
  }
  return [...columns, {
    key: "change", title: egov.t("change"),
    value: (v) => (egov.changeOf(v)?.comparability.startsWith("one regime") ? egov.changeOf(v).gained : null),
    cell: egov.changeCell,
  }];
};
