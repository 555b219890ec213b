package dev.millrace.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import dev.millrace.server.query.time.Micros;
import dev.millrace.v1.Event;
import dev.millrace.v1.ListEventsRequest;
import dev.millrace.v1.ListEventsResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

final class ListEventsProperties {
  @Property(tries = 300)
  void pages_put_together_are_all_events_in_order(@ForAll long seed) {
    Random random = new Random(seed);
    TestStore store = RandomEvents.store(random);
    Condition condition = Condition.random(random, 1);
    boolean newest = random.nextBoolean();
    ListEventsRequest.Builder request =
        ListEventsRequest.newBuilder()
            .setWhere(condition.cel())
            .setOrder(
                newest
                    ? ListEventsRequest.Order.NEWEST_FIRST
                    : ListEventsRequest.Order.OLDEST_FIRST)
            .setPageSize(1 + random.nextInt(20));
    List<Event> listed = new ArrayList<>();
    List<TestEvent> stored = List.copyOf(store.events);
    Asking asking = new Asking(store);
    ListEventsResponse page = asking.list(request.build());
    listed.addAll(page.getEventsList());
    while (!page.getNextPageToken().isEmpty()) {
      // What comes in meanwhile isn't part of the listing.
      store.add(0, List.of(TestEvent.at("2025-10-26T00:00:00Z", "view").text("event_id", "new")));
      page = asking.list(request.setPageToken(page.getNextPageToken()).build());
      listed.addAll(page.getEventsList());
    }

    Comparator<TestEvent> order =
        Comparator.<TestEvent>comparingLong(event -> event.time)
            .thenComparingLong(event -> event.sequence)
            .thenComparingInt(event -> event.shard);
    List<Event> expected =
        stored.stream()
            .filter(event -> condition.holds(event, "UTC"))
            .sorted(newest ? order.reversed() : order)
            .map(ListEventsProperties::message)
            .toList();
    assertThat(listed).isEqualTo(expected);
  }

  private static Event message(TestEvent event) {
    Event.Builder message =
        Event.newBuilder()
            .setEventId(event.texts.getOrDefault("event_id", ""))
            .setType(event.texts.getOrDefault("type", ""))
            .setTime(ProtoValues.timestamp(Micros.instant(event.time)))
            .setUserId(event.texts.getOrDefault("user_id", ""))
            .setSessionId(event.texts.getOrDefault("session_id", ""))
            .setSequence(event.sequence)
            .setReceivedTime(ProtoValues.timestamp(TestEvent.RECEIVED));
    if (event.value != null) {
      message.setValue(event.value);
    }
    if (event.tags != null) {
      event.tags.forEach(tag -> message.addTags(String.valueOf(tag)));
    }
    if (!event.properties.isEmpty()) {
      Struct.Builder properties = Struct.newBuilder();
      event.properties.forEach((key, value) -> properties.putFields(key, ProtoValues.value(value)));
      message.setProperties(properties);
    }
    return message.build();
  }
}
