package dev.millrace.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.storage.node.EmbeddedStorage;
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
  /** Raised by a system property for longer runs, in which a try asks several questions. */
  private static final int QUESTIONS =
      Math.max(1, Integer.getInteger("millrace.oracle.tries", 400) / 400);

  @Property(tries = 400)
  void answers_are_those_of_the_oracle(@ForAll long seed) {
    for (int i = 0; i < QUESTIONS; i++) {
      Random random = new Random(seed + i);
      RandomQuery query = new RandomQuery(random);
      TestStore store = store(random, query);
      check(new Asking(store), query, store.events);
    }
  }

  @Property(tries = 80)
  void answers_of_a_real_store_are_those_of_the_oracle(@ForAll long seed) {
    for (int i = 0; i < QUESTIONS; i++) {
      Random random = new Random(seed + i);
      RandomQuery first = new RandomQuery(random);
      List<TestEvent> events = store(random, first).events;
      try (EmbeddedStorage storage = MemoryStores.of(events, 1 + random.nextInt(2), random)) {
        check(new Asking(storage), first, events);
        for (int more = 0; more < 4; more++) {
          check(new Asking(storage), new RandomQuery(random), events);
        }
      }
    }
  }

  private static TestStore store(Random random, RandomQuery query) {
    return RandomEvents.store(random, query.message().getCompare() == Query.Compare.PREVIOUS_YEAR);
  }

  private static void check(Asking asking, RandomQuery query, List<TestEvent> events) {
    Query message = query.message();
    List<Row> rows;
    try {
      rows = asking.query(QueryRequest.newBuilder().setQuery(message).build()).getRowsList();
    } catch (ApiException.LimitExceeded _) {
      // Small buckets over a year are more rows than anyone may ask for.
      return;
    }
    List<Oracle.Expected> expected =
        new Oracle(message, query.condition(), Asking.NOW).rows(events);
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
