package dev.millrace.server.storage.shard;

import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import dev.millrace.server.storage.table.WriteTransaction;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The counters of the shard's projects: those that are durable, which anyone may read, and over
 * them those of the transaction under way.
 */
final class Catalog {
  private final Map<String, ProjectState> committed = new ConcurrentHashMap<>();
  private final Map<String, ProjectState> staged = new LinkedHashMap<>();

  void load(TableReader tables) {
    committed.clear();
    staged.clear();
    tables.scan(
        Table.META,
        Keys.project(""),
        (key, value) -> {
          if (!Keys.isProject(key)) {
            return false;
          }
          committed.put(Keys.projectName(key), ProjectState.decode(value));
          return true;
        });
  }

  /** The durable counters of all projects by name; thread-safe, and changing. */
  Map<String, ProjectState> durable() {
    return committed;
  }

  /** The durable counters; thread-safe. */
  @Nullable ProjectState committed(String project) {
    return committed.get(project);
  }

  /** The counters of the transaction under way. */
  @Nullable ProjectState current(String project) {
    ProjectState state = staged.get(project);
    return state != null ? state : committed.get(project);
  }

  void stage(String project, ProjectState state) {
    staged.put(project, state);
  }

  void write(WriteTransaction transaction) {
    staged.forEach(
        (project, state) -> transaction.put(Table.META, Keys.project(project), state.encode()));
  }

  /** Makes the staged counters the durable ones; returns the projects that have more events now. */
  Set<String> committed() {
    Set<String> grown = new LinkedHashSet<>();
    staged.forEach(
        (project, state) -> {
          ProjectState before = committed.put(project, state);
          if (state.events() > (before == null ? 0 : before.events())) {
            grown.add(project);
          }
        });
    staged.clear();
    return grown;
  }

  void aborted() {
    staged.clear();
  }
}
