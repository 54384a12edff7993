// What if the parts of a total weighed otherwise: computed in the page, never published.
"use strict";

egov.sets = () => egov.data.whatif.sets;
// A part of a total: a category, or what is no category (the rest, the list as a whole).
egov.partName = (set, part) =>
  egov.label(Object.hasOwn(egov.data.words.labels.other_item, part) ? "other_item" : "category", part, set.index_code);

egov.views.whatif = (main) => {
  const pick = egov.select("set", egov.t("set"), (value) => egov.change({ set: value, w: "" }));
  const weights = egov.h("div", { id: "weights" });
  const results = egov.h("div", { id: "results" });
  main.append(egov.heading(egov.t("nav_whatif")), egov.note(egov.t("whatif_note")),
    egov.h("div", { class: "fields" }, pick.node), weights, results);
  const sets = [...egov.sets()].sort((a, b) =>
    (a.basis === "equal") - (b.basis === "equal") || b.assessment_year - a.assessment_year);
  let shown = null;
  return (params) => {
    const set = sets.find((each) => egov.setCode(each) === params.get("set")) ?? sets[0];
    if (!set) { results.replaceChildren(egov.note(egov.t("no_sets"))); return; }
    pick.refill(sets.map((each) => ({ value: egov.setCode(each), text: egov.setName(each) })), egov.setCode(set));
    const parts = egov.rows(set.parts);
    const typed = new Map((params.get("w") ?? "").split(",").filter(Boolean).map((each) => each.split(":")));
    const now = parts.map((part) => (egov.isWeight(typed.get(part.part)) ? typed.get(part.part) : part.weight));
    if (shown !== `${egov.setCode(set)} ${params.get("w") ? "" : "reset"}`) {
      egov.keepingFocus(() => weights.replaceChildren(egov.weightFields(set, parts, now)));
    }
    shown = `${egov.setCode(set)} ${params.get("w") ? "" : "reset"}`;
    egov.keepingFocus(() => results.replaceChildren(...egov.whatifResults(set, parts, now, params, egov.setName(set))));
  };
};

egov.weightFields = (set, parts, now) => {
  const inputs = [];
  const told = () => egov.change({ w: inputs.map(({ part, input, keep }) => `${part}:${keep.checked ? input.value.replace(",", ".") : "0"}`).join(",") });
  const lines = parts.map((part, i) => {
    const id = `w-${part.part}`;
    const input = egov.h("input", { id, type: "text", inputmode: "decimal", autocomplete: "off", value: now[i] === "0" ? part.weight : now[i], "aria-describedby": "weights-help" });
    const keep = egov.h("input", { type: "checkbox", id: `keep-${part.part}`, "aria-label": egov.t("keep_part", { part: egov.partName(set, part.part) }) });
    keep.checked = now[i] !== "0";
    input.disabled = !keep.checked;
    input.addEventListener("input", () => {
      const sound = egov.isWeight(input.value.replace(",", "."));
      input.setAttribute("aria-invalid", String(!sound));
      if (sound) told();
    });
    keep.addEventListener("change", () => { input.disabled = !keep.checked; told(); });
    inputs.push({ part: part.part, input, keep });
    return egov.h("tr", null, egov.h("td", null, keep),
      egov.h("th", { scope: "row" }, egov.h("label", { for: id }, egov.partName(set, part.part))),
      egov.h("td", { class: "number" }, input),
      egov.h("td", { class: "number" }, egov.number(part.weight)));
  });
  return egov.h("div", null,
    egov.note(egov.t(`basis_${set.basis}`)),
    egov.h("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": egov.t("weights") },
      egov.h("table", { class: "weights" }, egov.h("caption", null, egov.t("weights")),
        egov.h("thead", null, egov.h("tr", null, ["keep", "part", "weight", "weight_now"].map((key) => egov.h("th", { scope: "col" }, egov.t(key))))),
        egov.h("tbody", null, lines))),
    egov.h("p", { id: "weights-help" }, egov.t("weights_help")),
    egov.h("button", { type: "button", id: "reset", click: () => egov.change({ w: "" }) }, egov.t("reset")));
};

egov.whatifResults = (set, parts, now, params, title) => {
  const scales = parts.map((part) => part.scale);
  const after = egov.reweighted(set.values, now, scales);
  if (after === null) return [egov.h("p", { role: "status" }, egov.t("all_zero"))];
  const before = new Map(egov.reweighted(set.values, parts.map((part) => part.weight), scales).map((each) => [each.body, each]));
  const rows = after.map((each) => ({ ...each, was: before.get(each.body) }));
  const moved = rows.filter((row) => row.rank !== row.was.rank).length;
  const columns = [
    { key: "rank", title: egov.t("rank_whatif"), number: true, value: (r) => r.rank, cell: (r) => egov.number(r.rank) },
    { key: "name", title: egov.t("body"), head: true, value: (r) => egov.bodyName(r.body), cell: (r) => egov.h("a", { href: egov.href("body", { body: r.body }) }, egov.bodyName(r.body)) },
    { key: "value", title: egov.t("total_whatif"), number: true, value: (r) => Number(r.value), cell: (r) => egov.number(r.value) },
    { key: "was", title: egov.t("rank_before"), number: true, value: (r) => r.was.rank, cell: (r) => egov.number(r.was.rank) },
    { key: "moved", title: egov.t("moved"), value: (r) => r.was.rank - r.rank, cell: (r) => egov.gained(r.was.rank - r.rank) },
  ];
  const sort = { key: params.get("sort") ?? "rank", dir: params.get("dir") ?? "asc" };
  return [egov.h("p", { role: "status" }, egov.t("moved_of", { n: moved, m: rows.length })),
    egov.table({ caption: `${egov.t("whatif_caption")}: ${title}`, columns, rows: egov.ordered(rows, columns, sort), sort })];
};
