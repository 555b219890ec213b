package dev.millrace.server.live.feed;

import dev.millrace.v1.SubscribeResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A message to subscribers, which all who are in the same state share, and each form it is sent in,
 * made once. Thread-safe.
 */
public final class Update {
  private final SubscribeResponse message;
  private final Map<Form<?>, Object> forms = new ConcurrentHashMap<>(2);

  public Update(SubscribeResponse message) {
    this.message = message;
  }

  public SubscribeResponse message() {
    return message;
  }

  /**
   * A form that messages are sent in, such as their bytes. Compared by identity: make one for each
   * kind of transport.
   */
  public static final class Form<T> {
    private final Class<T> type;
    private final Function<SubscribeResponse, T> make;

    public Form(Class<T> type, Function<SubscribeResponse, T> make) {
      this.type = type;
      this.make = make;
    }
  }

  /** The message in a form. */
  public <T> T as(Form<T> form) {
    return form.type.cast(forms.computeIfAbsent(form, missing -> form.make.apply(message)));
  }
}
