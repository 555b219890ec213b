package dev.millrace.server.storage.dedup;

import dev.millrace.server.storage.table.TableReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several runs as one. */
final class MergeSource implements IdSource {
  private final List<IdSource> waiting;
  private @Nullable List<IdSource> live;
  private @Nullable IdSource current;

  MergeSource(List<IdSource> sources) {
    this.waiting = sources;
  }

  @Override
  public boolean next(TableReader tables) {
    List<IdSource> sources = live;
    if (sources == null) {
      sources = new ArrayList<>();
      for (IdSource source : waiting) {
        if (source.next(tables)) {
          sources.add(source);
        }
      }
      live = sources;
    } else if (current != null && !current.next(tables)) {
      sources.remove(current);
    }
    current = smallest(sources);
    return current != null;
  }

  // A handful of sources: a heap would be slower.
  private static @Nullable IdSource smallest(List<IdSource> sources) {
    IdSource smallest = null;
    for (IdSource source : sources) {
      if (smallest == null || source.prefix() < smallest.prefix()) {
        smallest = source;
      }
    }
    return smallest;
  }

  private IdSource current() {
    if (current == null) {
      throw new IllegalStateException("next comes first");
    }
    return current;
  }

  @Override
  public long prefix() {
    return current().prefix();
  }

  @Override
  public long ordinal() {
    return current().ordinal();
  }
}
