import { count, createClient, query, runQuery, sendEvents, subscribe, sum } from "@millrace/client";

const client = createClient({ baseUrl: "http://127.0.0.1:8080" });
const sent = await sendEvents(client, [{ type: "purchase", userId: "u1", value: 12.5 }]);

const revenue = query({
  measures: { revenue: sum("value"), purchases: count() },
  where: "type == 'purchase'",
  range: "24h",
});
const { rows } = await runQuery(client, revenue, { minPosition: sent.position });
console.log(rows[0]?.values.revenue);

for await (const answer of subscribe(client, revenue)) {
  console.log(answer.evaluatedAt, answer.rows[0]?.values.purchases);
}
