package dev.millrace.server.query.plan;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.Kind;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.Position;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.query.expression.BlockColumns;
import dev.millrace.server.query.expression.EventFilter;
import dev.millrace.server.query.expression.Field;
import dev.millrace.server.query.operator.Figure;
import dev.millrace.server.query.operator.Selection;
import dev.millrace.server.query.time.TimeSpan;
import dev.millrace.server.storage.ShardView;
import dev.millrace.server.storage.Snapshot;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds out which types and fields events have. Not thread-safe. */
public final class SchemaScan {
  private static final int TYPES_MAX = 1_000;
  private static final int FIELDS_MAX = 10_000;

  private final Map<String, TypeCount> types = new HashMap<>();
  private final Map<String, FieldProfile> fields = new TreeMap<>();
  private final FieldProfile times = new FieldProfile();
  private long rowsScanned;

  private SchemaScan() {}

  /** A type with its events, and their first and last time in microseconds since 1970. */
  public record TypeSummary(String type, long count, long firstTime, long lastTime) {}

  /**
   * A field.
   *
   * @param kinds most frequent first
   * @param count events that have it
   * @param cardinality different values
   * @param examples Booleans, Doubles, Strings and Lists
   */
  public record FieldSummary(
      String name, List<Kind> kinds, long count, Figure cardinality, List<Object> examples) {}

  /**
   * What events look like.
   *
   * @param types most frequent first
   * @param fields by name
   * @param times the profile of the time, of which every event has one; null if there are no events
   */
  public record Schema(
      List<TypeSummary> types,
      List<FieldSummary> fields,
      @Nullable FieldSummary times,
      long rowsScanned) {}

  /** Looks at the events of a span that a state has. */
  public static Schema run(TimeSpan span, Snapshot snapshot, Position asOf, Budget budget) {
    BlockScan scan = new BlockScan(EventFilter.ALL, span, ZoneId.of("UTC"), budget);
    return snapshot
        .run(view -> of(scan, view, asOf.nextSequence(view.shard())), SchemaScan::merge)
        .schema();
  }

  private static SchemaScan of(BlockScan scan, ShardView view, long toSequence) {
    SchemaScan schema = new SchemaScan();
    schema.rowsScanned = scan.run(view, toSequence, schema::add);
    return schema;
  }

  private void add(BlockColumns columns, Selection selection) {
    EventBlock block = columns.block();
    addTypes(columns, selection);
    times.add(columns.vector(Field.TIME), selection);
    for (Column.Core core : Column.Core.values()) {
      if (block.has(core)) {
        add(core.name().toLowerCase(Locale.ROOT), block.column(core), selection);
      }
    }
    for (String path : block.propertyPaths()) {
      add(Field.PROPERTIES + path, block.column(new Column.Property(path)), selection);
    }
  }

  private void add(String name, ValueVector vector, Selection selection) {
    FieldProfile profile = fields.get(name);
    if (profile == null && fields.size() < FIELDS_MAX) {
      profile = new FieldProfile();
      fields.put(name, profile);
    }
    if (profile != null) {
      profile.add(vector, selection);
    }
  }

  private void addTypes(BlockColumns columns, Selection selection) {
    ValueVector vector = columns.vector(Field.TYPE);
    long[] blockTimes = columns.times();
    @Nullable TypeCount[] byCode = new TypeCount[vector.dictionary().size()];
    for (int i = 0; i < selection.size(); i++) {
      int row = selection.row(i);
      if (vector.kind(row) == Kind.TEXT) {
        int code = vector.code(row);
        TypeCount count = byCode[code];
        if (count == null) {
          count = types.computeIfAbsent(vector.dictionary().text(code), _ -> new TypeCount());
          byCode[code] = count;
        }
        count.add(1, blockTimes[row], blockTimes[row]);
      }
    }
  }

  private SchemaScan merge(SchemaScan other) {
    other.types.forEach(
        (type, count) ->
            types
                .computeIfAbsent(type, _ -> new TypeCount())
                .add(count.count, count.firstTime, count.lastTime));
    other.fields.forEach(
        (name, profile) -> {
          FieldProfile mine = fields.get(name);
          if (mine != null) {
            mine.merge(profile);
          } else if (fields.size() < FIELDS_MAX) {
            fields.put(name, profile);
          }
        });
    times.merge(other.times);
    rowsScanned += other.rowsScanned;
    return this;
  }

  private Schema schema() {
    List<TypeSummary> typeList = new ArrayList<>();
    types.forEach(
        (type, count) ->
            typeList.add(new TypeSummary(type, count.count, count.firstTime, count.lastTime)));
    typeList.sort(
        Comparator.comparingLong(TypeSummary::count).reversed().thenComparing(TypeSummary::type));
    List<FieldSummary> fieldList = new ArrayList<>();
    fields.forEach(
        (name, profile) -> {
          if (profile.count() > 0) {
            fieldList.add(profile.summary(name));
          }
        });
    return new Schema(
        List.copyOf(typeList.subList(0, Math.min(TYPES_MAX, typeList.size()))),
        List.copyOf(fieldList),
        times.count() == 0 ? null : times.summary(Field.TIME.fieldName()),
        rowsScanned);
  }

  private static final class TypeCount {
    private long count;
    private long firstTime = Long.MAX_VALUE;
    private long lastTime = Long.MIN_VALUE;

    void add(long more, long first, long last) {
      count += more;
      firstTime = Math.min(firstTime, first);
      lastTime = Math.max(lastTime, last);
    }
  }
}
