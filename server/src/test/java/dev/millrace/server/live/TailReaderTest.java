package dev.millrace.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.Column;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Mutation.AppendEvents;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.server.storage.kit.TestBatches;
import dev.millrace.server.storage.memory.MemoryStorage;
import dev.millrace.server.storage.node.EmbeddedStorage;
import dev.millrace.server.storage.node.StorageConfig;
import dev.millrace.server.storage.segments.SealingLimits;
import dev.millrace.v1.Event;
import dev.millrace.v1.TailEventsResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A tail that is behind reads the same events in the same order, sealed or not. */
final class TailReaderTest {
  private static final int EVENTS = 20_000;

  private static final class Reading implements EventReading {
    @Override
    public Condition compile(String where) {
      return block -> IntStream.range(0, block.rows()).toArray();
    }

    @Override
    public Rows rows(EventBlock block) {
      var ids = block.column(Column.Core.EVENT_ID);
      return row ->
          Event.newBuilder()
              .setEventId(ids.dictionary().text(ids.code(row)))
              .setSequence(block.sequences()[row])
              .build();
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "20000, 1", "9000, 1", "20000, 7", "9000, 7"})
  void a_tail_reads_each_event_once_in_the_order_of_sequences(int sealedEvents, int oneOf) {
    SealingLimits byHand = new SealingLimits(1 << 22, Duration.ofDays(36_500), 2, 1 << 22);
    StorageConfig config = StorageConfig.DEFAULT.withShards(1).withSealing(byHand);
    try (EmbeddedStorage storage = (EmbeddedStorage) MemoryStorage.create(config)) {
      append(storage, sealedEvents);
      EventReading reading = new Reading();
      EventReading.Condition condition =
          block ->
              IntStream.range(0, block.rows())
                  .filter(row -> block.sequences()[row] % oneOf == 0)
                  .toArray();
      TailReader reader = new TailReader(reading, condition, new Position(1));
      List<Long> sequences = new ArrayList<>();
      while (reader.behind(storage.position("p"))) {
        try (Snapshot snapshot = storage.snapshot("p")) {
          TailEventsResponse message = reader.next(snapshot);
          assertThat(message.getEventsCount()).isLessThanOrEqualTo(TailReader.EVENTS_MAX);
          message.getEventsList().forEach(event -> sequences.add(event.getSequence()));
        }
      }
      assertThat(sequences)
          .isEqualTo(
              LongStream.rangeClosed(1, EVENTS).filter(i -> i % oneOf == 0).boxed().toList());
    }
  }

  private static void append(EmbeddedStorage storage, int sealedEvents) {
    List<Long> times = new ArrayList<>();
    LongStream.range(0, EVENTS).forEach(times::add);
    Collections.shuffle(times, new Random(7));
    for (int from = 0; from < EVENTS; from += 500) {
      List<TestBatches.Event> events = new ArrayList<>();
      for (int i = from; i < from + 500; i++) {
        events.add(new TestBatches.Event("e" + i, "u", TestBatches.RECEIVED + times.get(i)));
      }
      storage
          .apply(
              new AppendEvents(
                  "p", TestBatches.batch(BatchHeader.of("p"), events, TestBatches.RECEIVED)))
          .join();
      if (from + 500 == sealedEvents) {
        storage.seal();
      }
    }
  }
}
