package dev.millrace.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import dev.millrace.v1.Event;
import dev.millrace.v1.PublishEventsRequest;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class EventPoolTest {
  @Test
  void each_use_of_an_event_has_an_id_of_its_own_and_the_time_asked_for() throws IOException {
    EventPool pool = new EventPool(1, 100);
    byte[] bytes = new byte[pool.roomFor(1000)];
    int size = pool.write(bytes, 0, 1000, 1_768_473_000L);

    PublishEventsRequest request =
        PublishEventsRequest.parseFrom(CodedInputStream.newInstance(bytes, 0, size));

    assertThat(request.getEventsList()).hasSize(1000);
    assertThat(request.getEventsList().stream().map(Event::getEventId).distinct()).hasSize(1000);
    assertThat(request.getEventsList())
        .allSatisfy(event -> assertThat(event.getTime().getSeconds()).isEqualTo(1_768_473_000L))
        .allSatisfy(
            event ->
                assertThat(event.getEventId()).hasSize(36).matches("[0-9a-f]{8}(-[0-9a-f]+){4}"));
    assertThat(request.getUnknownFields().asMap()).isEmpty();
  }

  @Test
  void events_are_of_the_size_that_figures_are_given_for() {
    assertThat(new EventPool(1, 10_000).meanBytes()).isBetween(200.0, 220.0);
  }
}
