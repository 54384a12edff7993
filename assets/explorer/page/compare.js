// Two to five bodies of one ranked set side by side, category by category.
"use strict";

egov.most = 5;

egov.views.compare = (main) => {
  const steps = ["assessment_year", "index_code", "universe"];
  const names = { assessment_year: "year", index_code: "index", universe: "universe" };
  const fields = egov.listFields();
  const add = egov.select("add", egov.t("add_body"), (code) => {
    const chosen = egov.chosen(egov.address().params);
    if (code) egov.change({ bodies: [...chosen, code].slice(0, egov.most).join(",") });
  });
  const results = egov.h("div", { id: "results" });
  main.append(egov.heading(egov.t("nav_compare")),
    egov.h("div", { class: "fields" },
      fields.nodes.filter((_, i) => egov.steps[i] !== "category"), add.node), results);
  return (params) => {
    const wanted = egov.wantedList(params);
    fields.update(wanted);
    const lists = egov.byCategory(egov.allLists().filter((list) =>
      steps.every((step) => list[step] === wanted.list[step])));
    const members = [...new Set(lists.flatMap((list) => list.values.map((value) => value.body)))];
    const chosen = egov.chosen(params).filter((code) => members.includes(code));
    add.refill([{ value: "", text: egov.t("choose") }, ...egov.sorted(
      members.filter((code) => !chosen.includes(code)).map((code) => ({ value: code, text: egov.bodyName(code) })),
      (option) => option.text)], "");
    egov.keepingFocus(() => results.replaceChildren(...egov.comparison(lists, chosen)));
  };
};

egov.chosen = (params) => (params.get("bodies") ?? "P-10,P-15,P-31").split(",").filter(Boolean).slice(0, egov.most);

egov.comparison = (lists, chosen) => {
  const without = (code) => egov.change({ bodies: chosen.filter((each) => each !== code).join(",") || "," });
  const chips = egov.h("ul", { class: "chips" }, chosen.map((code) => egov.h("li", null,
    egov.h("a", { href: egov.href("body", { body: code }) }, egov.bodyName(code)),
    egov.h("button", { type: "button", id: `drop-${code}`, "aria-label": egov.t("drop_body", { name: egov.bodyName(code) }), click: () => without(code) }, "×"))));
  if (chosen.length < 2) return [chips, egov.h("p", { role: "status" }, egov.t("choose_two"))];
  const valueOf = (list, code) => list.values.find((value) => value.body === code);
  const columns = [
    { title: egov.t("category"), head: true, cell: (list) => egov.categoryName(list) },
    ...chosen.map((code) => ({
      title: egov.bodyName(code),
      cell: (list) => {
        const value = valueOf(list, code);
        if (!value) return egov.small(egov.t("not_held"));
        return egov.h("div", { class: "cellstack" },
          egov.h("span", null, egov.t("rank_short"), " ", egov.rank(value, egov.commonBasis(list))),
          egov.h("span", null, egov.value(value)), egov.strip(value));
      },
    })),
  ];
  return [chips, egov.listFacts({ ...lists[0], bodies_held: null, is_partial: false }),
    egov.table({ caption: egov.t("compared", { what: `${egov.label("index_code", lists[0].index_code)} ${lists[0].assessment_year}` }), columns, rows: lists }),
    egov.note(egov.t("strip_note")), ...egov.pairs(lists, chosen)];
};

// In which share of the draws one body is above another, where weights are known.
egov.pairs = (lists, chosen) => {
  const said = lists.flatMap((list) => {
    const above = egov.data.certainty.above[list.id];
    const share = (a, b) => above?.shares[a]?.[above.others.indexOf(b)] ?? null;
    return chosen.flatMap((a, i) => chosen.slice(i + 1).map((b) => {
      const [first, second, found] = share(a, b) !== null ? [a, b, share(a, b)] : [b, a, share(b, a)];
      return found !== null && egov.h("li", null, egov.t("pair", {
        list: egov.categoryName(list), a: egov.bodyName(first), b: egov.bodyName(second), share: egov.number((found / 10).toFixed(1)),
      }));
    }));
  }).filter(Boolean);
  return said.length ? [egov.h("h2", null, egov.t("pairs_title")), egov.note(egov.t("pairs_note")), egov.h("ul", null, said)] : [];
};
