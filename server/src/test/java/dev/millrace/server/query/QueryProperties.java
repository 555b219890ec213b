package dev.millrace.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.v1.Measure;
import dev.millrace.v1.Query;
import dev.millrace.v1.QueryRequest;
import dev.millrace.v1.Row;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Answers are those that a slow and plain computation over the same events gives. */
final class QueryProperties {
  @Property(tries = 400)
  void answers_are_those_of_the_oracle(@ForAll long seed) {
    Random random = new Random(seed);
    TestStore store = RandomEvents.store(random);
    RandomQuery query = new RandomQuery(random);
    Query message = query.message();
    List<Row> rows =
        new Asking(store).query(QueryRequest.newBuilder().setQuery(message).build()).getRowsList();

    List<Oracle.Expected> expected =
        new Oracle(message, query.condition(), Asking.NOW).rows(store.events);
    assertThat(rows).as(message.toString()).hasSameSizeAs(expected);
    for (int i = 0; i < rows.size(); i++) {
      expected.get(i).check(rows.get(i), message);
    }
  }

  @Property(tries = 400)
  void typed_filters_and_cel_mean_the_same(@ForAll long seed) {
    Random random = new Random(seed);
    TestStore store = RandomEvents.store(random);
    Condition condition = Condition.random(random, 3);
    Query.Builder byCel =
        Query.newBuilder()
            .addMeasures(Measure.newBuilder())
            .setTimeZone("Europe/Berlin")
            .addGroupBy("event_id");
    Query.Builder byFilter = byCel.clone().setFilters(condition.filter());
    byCel.setWhere(condition.cel());

    Asking asking = new Asking(store);
    assertThat(asking.rows(byCel)).as(condition.cel()).isEqualTo(asking.rows(byFilter));
    assertThat(asking.rows(byCel))
        .as(condition.cel())
        .hasSize(
            (int)
                store.events.stream()
                    .filter(event -> condition.holds(event, "Europe/Berlin"))
                    .count());
  }
}
