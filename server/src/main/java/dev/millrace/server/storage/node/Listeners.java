package dev.millrace.server.storage.node;

import dev.millrace.server.storage.Storage.Registration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who wants to know of commits, by project. Thread-safe. */
final class Listeners {
  private static final Logger log = LoggerFactory.getLogger(Listeners.class);

  private final Map<String, Set<Entry>> byProject = new ConcurrentHashMap<>();

  // An identity of its own, so that one listener may be registered twice.
  private static final class Entry {
    final Runnable listener;

    Entry(Runnable listener) {
      this.listener = listener;
    }
  }

  Registration add(String project, Runnable listener) {
    Entry entry = new Entry(listener);
    byProject.compute(
        project,
        (name, entries) -> {
          Set<Entry> some = entries == null ? new CopyOnWriteArraySet<>() : entries;
          some.add(entry);
          return some;
        });
    return () ->
        byProject.computeIfPresent(
            project,
            (name, entries) -> {
              entries.remove(entry);
              return entries.isEmpty() ? null : entries;
            });
  }

  void call(Set<String> projects) {
    for (String project : projects) {
      for (Entry entry : byProject.getOrDefault(project, Set.of())) {
        try {
          entry.listener.run();
        } catch (RuntimeException e) {
          log.error("A listener failed", e);
        }
      }
    }
  }
}
