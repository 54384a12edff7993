// The core data with their references followed: lists, values of a list, bodies, places.
"use strict";

egov.model = (() => {
  let made = null;
  return () => {
    if (made) return made;
    const core = egov.data.core;
    const bodies = new Map(egov.rows(core.bodies).map((body) => [body.body_code, body]));
    const lists = egov.rows(core.lists);
    lists.forEach((list, i) => { list.id = i; list.values = []; });
    const byBody = new Map();
    for (const value of egov.rows(core.values)) {
      value.of = lists[value.list];
      value.of.values.push(value);
      if (!byBody.has(value.body)) byBody.set(value.body, []);
      byBody.get(value.body).push(value);
    }
    const changes = new Map(egov.rows(core.changes).map((c) => [`${c.list} ${c.body}`, c]));
    made = { bodies, lists, byBody, changes };
    return made;
  };
})();

egov.lists = () => egov.model().lists;
egov.body = (code) => egov.model().bodies.get(code);
egov.bodyName = (code) => {
  const body = egov.body(code);
  if (!body) return code;
  return egov.lang() === "en" ? body.name_en || body.body_name : body.body_name;
};
// Names as typed with or without marks, in either language, or the code.
egov.bodyMatches = (code, folded) => {
  const body = egov.body(code);
  const text = body ? `${body.body_name} ${body.name_en} ${code}` : code;
  return egov.folded(text).includes(folded);
};

egov.listOf = (year, index, universe, category) => egov.lists().find((list) =>
  list.assessment_year === Number(year) && list.index_code === index
  && list.universe === universe && list.category === category);
egov.changeOf = (value) => egov.model().changes.get(`${value.list} ${value.body}`);

// Lists that agree with the given values, as far as they are given.
egov.listsWith = (wanted) => egov.lists().filter((list) =>
  Object.entries(wanted).every(([name, value]) => String(list[name]) === String(value)));

egov.unique = (items, name) => [...new Set(items.map((item) => item[name]))];

// Rank of a value in its list: the published one, else the recomputed one.
egov.rankOf = (value) => value.rank ?? value.recomputed;

egov.byCategory = (lists) => {
  const order = Object.keys(egov.data.words.labels.category).map((name) => name.split("/").pop());
  return egov.sorted(lists, (list) => order.indexOf(list.category));
};

// The value of a place: file and line in the sources.
egov.place = (number) => {
  if (number === null || number === undefined) return null;
  const place = egov.rows(egov.data.core.places)[number];
  const seen = place.seen === null ? null : egov.rows(egov.data.core.seen)[place.seen];
  return { ...place, ...seen, of: egov.rows(egov.data.core.files)[place.file] };
};

egov.intervalOf = (value) =>
  egov.about("certainty", "intervals", { list: value.list, body: value.body })[0];
