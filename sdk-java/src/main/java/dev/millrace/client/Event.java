package dev.millrace.client;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, ready to be sent: it is serialised once, when it is built. Immutable.
 *
 * <p>The server decides what an event may hold (64 KiB, 500 properties, 8 levels and so on, as it
 * is configured) and answers for each event; only what can't be written at all is refused here.
 */
public final class Event {
  private final String eventId;
  private final byte[] bytes;

  private Event(String eventId, byte[] bytes) {
    this.eventId = eventId;
    this.bytes = bytes;
  }

  /**
   * Begins an event.
   *
   * @param type what happened, such as {@code page_view}; 1 to 256 bytes of UTF-8
   */
  public static Builder builder(String type) {
    return new Builder(requireNonNull(type, "type"));
  }

  /** Takes a generated message as it is. Its id should be set if the event may be sent twice. */
  public static Event copyOf(dev.millrace.v1.Event message) {
    return new Event(message.getEventId(), message.toByteArray());
  }

  /** The id that makes a repetition of the event a duplicate. */
  public String eventId() {
    return eventId;
  }

  /** The size on the wire, in bytes. */
  public int sizeBytes() {
    return bytes.length;
  }

  /** The event as a generated message. */
  public dev.millrace.v1.Event toMessage() {
    try {
      return dev.millrace.v1.Event.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an event that can't be read back", e);
    }
  }

  @Override
  public String toString() {
    return "Event[" + eventId + ", " + bytes.length + " bytes]";
  }

  /** The serialised {@code millrace.v1.Event}; not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  /**
   * Collects the parts of an event. Not thread-safe; a part that is set again replaces the first.
   */
  public static final class Builder {
    private final String type;
    private final Map<String, Object> properties = new LinkedHashMap<>();
    private final List<String> tags = new ArrayList<>(0);
    private @Nullable String eventId;
    private @Nullable Instant time;
    private @Nullable String userId;
    private @Nullable String sessionId;
    private @Nullable Double value;
    private @Nullable String source;
    private @Nullable String ip;
    private @Nullable String userAgent;
    private @Nullable String referrer;
    private @Nullable String locale;

    private Builder(String type) {
      this.type = type;
    }

    /** Names the event; a new UUIDv7 by default. At most 256 bytes of UTF-8. */
    @CanIgnoreReturnValue
    public Builder eventId(String id) {
      eventId = requireNonNull(id, "id");
      return this;
    }

    /** When it happened, kept to the microsecond; the time of receipt by default. */
    @CanIgnoreReturnValue
    public Builder time(Instant at) {
      time = requireNonNull(at, "at");
      return this;
    }

    /** Who did it. At most 512 bytes of UTF-8. */
    @CanIgnoreReturnValue
    public Builder userId(String id) {
      userId = requireNonNull(id, "id");
      return this;
    }

    /** The visit it belongs to. At most 512 bytes of UTF-8. */
    @CanIgnoreReturnValue
    public Builder sessionId(String id) {
      sessionId = requireNonNull(id, "id");
      return this;
    }

    /** The figure it carries; finite. */
    @CanIgnoreReturnValue
    public Builder value(double figure) {
      value = EventEncoder.finite(figure);
      return this;
    }

    /** Adds a label. At most 256 bytes of UTF-8. */
    @CanIgnoreReturnValue
    public Builder tag(String tag) {
      tags.add(requireNonNull(tag, "tag"));
      return this;
    }

    /** What sent it, such as {@code web_app}. At most 256 bytes of UTF-8. */
    @CanIgnoreReturnValue
    public Builder source(String name) {
      source = requireNonNull(name, "name");
      return this;
    }

    /** Sets a property to a text; null leaves it out. */
    @CanIgnoreReturnValue
    public Builder property(String name, @Nullable String text) {
      return put(name, text);
    }

    /** Sets a property to a number; finite. Ids above 2^53 go as texts. */
    @CanIgnoreReturnValue
    public Builder property(String name, double number) {
      return put(name, EventEncoder.finite(number));
    }

    /** Sets a property to a boolean. */
    @CanIgnoreReturnValue
    public Builder property(String name, boolean truth) {
      return put(name, truth);
    }

    /**
     * Sets a property to a list of texts, numbers, booleans, lists and maps; null leaves it out.
     */
    @CanIgnoreReturnValue
    public Builder property(String name, @Nullable List<?> items) {
      return put(name, items);
    }

    /**
     * Sets a property to an object of texts, numbers, booleans, lists and maps; null leaves it out.
     */
    @CanIgnoreReturnValue
    public Builder property(String name, @Nullable Map<String, ?> object) {
      return put(name, object);
    }

    /** Sets every property of the map, each a text, number, boolean, list or map. */
    @CanIgnoreReturnValue
    public Builder properties(Map<String, ?> all) {
      all.forEach(this::put);
      return this;
    }

    /** The address it came from, IPv4 or IPv6. */
    @CanIgnoreReturnValue
    public Builder ip(String address) {
      ip = requireNonNull(address, "address");
      return this;
    }

    /** The {@code User-Agent} header. */
    @CanIgnoreReturnValue
    public Builder userAgent(String header) {
      userAgent = requireNonNull(header, "header");
      return this;
    }

    /** The page that led here. */
    @CanIgnoreReturnValue
    public Builder referrer(String url) {
      referrer = requireNonNull(url, "url");
      return this;
    }

    /** A BCP 47 language tag, such as {@code de-AT}. */
    @CanIgnoreReturnValue
    public Builder locale(String tag) {
      locale = requireNonNull(tag, "tag");
      return this;
    }

    /**
     * Serialises the event.
     *
     * @throws IllegalArgumentException if a property holds what isn't a text, number, boolean, list
     *     or map
     */
    public Event build() {
      String id = eventId != null ? eventId : UuidV7.next(System.currentTimeMillis());
      byte[] bytes =
          new EventEncoder()
              .text(1, id)
              .text(2, type)
              .time(3, time)
              .text(4, userId)
              .text(5, sessionId)
              .object(6, properties)
              .number(7, value)
              .texts(8, tags)
              .text(9, source)
              .context(10, ip, userAgent, referrer, locale)
              .toBytes();
      return new Event(id, bytes);
    }

    @CanIgnoreReturnValue
    private Builder put(String name, @Nullable Object what) {
      requireNonNull(name, "name");
      if (what == null) {
        properties.remove(name);
      } else {
        properties.put(name, what);
      }
      return this;
    }
  }
}
