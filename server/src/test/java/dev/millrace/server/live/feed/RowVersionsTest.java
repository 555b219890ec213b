package dev.millrace.server.live.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.NullValue;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.millrace.v1.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RowVersionsTest {
  @Test
  void sameAnswer_isNoNewVersion() {
    RowVersions first = RowVersions.NONE.next(List.of(row(1, 5), row(2, 6)));

    assertThat(first.version()).isEqualTo(1);
    assertThat(first.next(List.of(row(1, 5), row(2, 6)))).isSameAs(first);
  }

  @Test
  void emptyAnswer_isAVersionToo() {
    assertThat(RowVersions.NONE.next(List.of()).version()).isEqualTo(1);
  }

  @Test
  void sumsInAnotherOrder_areTheSame() {
    double sum = 0.1 + 0.2 + 0.3;
    double other = 0.3 + 0.2 + 0.1;
    assertThat(sum).isNotEqualTo(other);

    RowVersions first = RowVersions.NONE.next(List.of(row(1, sum)));

    assertThat(first.next(List.of(row(1, other)))).isSameAs(first);
    assertThat(first.next(List.of(row(1, sum * (1 + 1e-9)))).version()).isEqualTo(2);
  }

  @Test
  void others_areNotTheGroupOfNothing() {
    Row nothing =
        Row.newBuilder()
            .putDimensions("k", Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build())
            .build();
    Row others = nothing.toBuilder().setOthers(true).putValues("n", 3).build();

    RowVersions both = RowVersions.NONE.next(List.of(nothing, others));

    assertThat(both.next(List.of(nothing)).removedSince(1)).hasSize(1);
    assertThat(both.next(List.of(nothing)).removedSince(1).getFirst().getOthers()).isTrue();
  }

  @Test
  void versionsWhoseRemovalsWereForgotten_areNotKnown() {
    int many = RowVersions.GONE_MIN + 10;
    RowVersions first =
        RowVersions.NONE.next(IntStream.range(0, many).mapToObj(i -> row(i, 1)).toList());

    RowVersions second = first.next(List.of(row(-1, 1)));

    assertThat(second.knows(1)).isFalse();
    assertThat(second.knows(2)).isTrue();
    assertThat(second.next(List.of(row(-2, 1))).knows(2)).isTrue();
  }

  @Property
  void whoeverAppliesWhatChangedSinceAnyVersion_hasTheNewest(@ForAll long seed) {
    Random random = new Random(seed);
    List<Map<Row, Row>> had = new ArrayList<>();
    had.add(Map.of());
    RowVersions versions = RowVersions.NONE;
    for (int step = 0; step < 40; step++) {
      List<Row> answer =
          random
              .ints(random.nextInt(12), 0, 10)
              .distinct()
              .mapToObj(key -> row(key, random.nextInt(3)))
              .toList();
      versions = versions.next(answer);
      Map<Row, Row> now = new HashMap<>();
      answer.forEach(row -> now.put(RowComparison.key(row), row));
      if (versions.version() == had.size()) {
        had.add(now);
      }
      assertThat(had.getLast()).isEqualTo(now);
      for (int since = 1; since < had.size(); since++) {
        assertThat(versions.knows(since)).isTrue();
        Map<Row, Row> state = new HashMap<>(had.get(since));
        versions.removedSince(since).forEach(state::remove);
        versions.upsertedSince(since).forEach(row -> state.put(RowComparison.key(row), row));
        assertThat(state).isEqualTo(now);
      }
    }
  }

  private static Row row(int key, double value) {
    return Row.newBuilder()
        .setTime(Timestamp.newBuilder().setSeconds(key))
        .putValues("n", value)
        .build();
  }
}
