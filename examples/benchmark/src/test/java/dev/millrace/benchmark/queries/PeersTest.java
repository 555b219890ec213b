package dev.millrace.benchmark.queries;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The peers are asked the same: on few events, where nothing is measured. */
class PeersTest {
  private static final ShopEvents EVENTS = new ShopEvents(1, 10_000);

  @ParameterizedTest
  @EnumSource(
      value = Question.class,
      names = {"Q1", "Q3", "Q4", "Q6"})
  void peers_giveTheSameRows(Question question) throws Exception {
    assertThat(rows(new DuckDbStore(), question))
        .isNotEmpty()
        .isEqualTo(rows(new QuestDbStore(), question));
  }

  @Test
  void theSameSeed_givesTheSameEvents() throws Exception {
    assertThat(users()).isEqualTo(users());
  }

  private static List<String> users() throws Exception {
    List<String> users = new ArrayList<>();
    EVENTS.forEach(row -> users.add(row.timeMicros + row.user));
    return users;
  }

  private static List<String> rows(Store opened, Question question) throws Exception {
    List<String> rows = new ArrayList<>();
    try (Store store = opened) {
      store.load(EVENTS);
      store.ask(question).rows().forEach((key, figures) -> rows.add(key + "=" + figures[0]));
    }
    return rows;
  }
}
