package dev.millrace.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.v1.TopRequest;
import dev.millrace.v1.UniqueUsersRequest;
import org.junit.jupiter.api.Test;

final class ShortFormsTest {
  private final Asking asking =
      new Asking(
          TestStore.of(
              TestEvent.at("2026-01-15T12:00:00Z", "view").user("a").with("page", "/"),
              TestEvent.at("2026-01-15T12:10:00Z", "view").user("b").with("page", "/"),
              TestEvent.at("2026-01-15T12:20:00Z", "view").user("b").with("page", "/help")));

  @Test
  void top_ranks_values_by_their_events() {
    TopRequest request = TopRequest.newBuilder().setBy("page").setLimit(1).setLast("1h").build();
    assertThat(asking.top(request).getRowsList())
        .singleElement()
        .satisfies(row -> assertThat(row.getValuesOrThrow("events")).isEqualTo(2));
  }

  @Test
  void unique_users_are_those_of_the_range() {
    UniqueUsersRequest request = UniqueUsersRequest.newBuilder().setLast("25m").build();
    assertThat(asking.uniqueUsers(request).getRows(0).getValuesOrThrow("users")).isEqualTo(1);
  }

  @Test
  void errors_name_the_parameter() {
    assertThat(
            Asking.violations(
                () -> asking.top(TopRequest.newBuilder().setBy("page").setLast("soon").build())))
        .singleElement()
        .asString()
        .startsWith("last: ");
    assertThat(Asking.violations(() -> asking.top(TopRequest.newBuilder().setBy("time").build())))
        .singleElement()
        .asString()
        .startsWith("by: ");
  }
}
