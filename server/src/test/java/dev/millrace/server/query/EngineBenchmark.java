package dev.millrace.server.query;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.Position;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.query.plan.Budget;
import dev.millrace.server.query.plan.QueryRun;
import dev.millrace.server.query.plan.QuerySpec;
import dev.millrace.server.query.time.Micros;
import dev.millrace.server.query.vector.Texts;
import dev.millrace.server.storage.ShardView;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.v1.Bucket;
import dev.millrace.v1.Measure;
import dev.millrace.v1.OrderBy;
import dev.millrace.v1.Query;
import dev.millrace.v1.TimeRange;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures what the engine itself takes for the six questions of the comparison with other stores,
 * over pieces that are already decoded: CPU time on one thread, in nanoseconds a row. Not a test;
 * started by hand, with the number of events as an argument.
 */
final class EngineBenchmark {
  private static final int PIECE = 65_536;
  private static final int SEGMENT_PIECES = 16;
  private static final int RUNS = 12;
  private static final Instant NOW = Instant.parse("2026-01-15T00:00:00Z");
  private static final Column PAGE = new Column.Property("page");
  private static final Column COUNTRY = new Column.Property("country");
  private static final Column DEVICE = new Column.Property("device");

  private EngineBenchmark() {}

  public static void main(String[] args) {
    int events = args.length == 0 ? 2_000_000 : Integer.parseInt(args[0]);
    List<EventBlock> pieces = pieces(events);
    Map<String, Query.Builder> questions = questions();
    questions.forEach(
        (name, query) -> {
          QuerySpec spec = QueryMapper.spec(query.build(), NOW, QueryLimits.DEFAULT);
          long[] nanos = new long[RUNS];
          for (int run = 0; run < RUNS; run++) {
            long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            run(spec, pieces);
            nanos[run] = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
          }
          Arrays.sort(nanos);
          System.out.printf(
              "%-40s median %8.2f ms, least %8.2f ms, %6.2f ns/event%n",
              name, nanos[RUNS / 2] / 1e6, nanos[0] / 1e6, nanos[0] / (double) events);
        });
  }

  private static Map<String, Query.Builder> questions() {
    Map<String, Query.Builder> questions = new java.util.TreeMap<>();
    questions.put(
        "q1 counts per minute, 24 h",
        query("24h").setBucket(Bucket.newBuilder().setEvery("1m")).addMeasures(count()));
    questions.put(
        "q2 sum by type, 7 d", query("7d").addGroupBy("type").addMeasures(of("SUM", "value")));
    questions.put(
        "q3 top pages of a country",
        query("7d")
            .setWhere("properties.country == 'country-7'")
            .addGroupBy("properties.page")
            .addMeasures(count())
            .addOrderBy(OrderBy.newBuilder().setBy("count").setDescending(true))
            .setLimit(10));
    questions.put(
        "q4 users per day",
        query("7d")
            .setBucket(Bucket.newBuilder().setEvery("1d"))
            .addMeasures(of("UNIQUE", "user_id")));
    Query.Builder quantiles = query("24h").addGroupBy("type");
    for (double quantile : new double[] {0.5, 0.95, 0.99}) {
      quantiles.addMeasures(
          of("QUANTILE", "value").setName("p" + (int) (quantile * 100)).setQuantile(quantile));
    }
    questions.put("q5 quantiles by type, 24 h", quantiles);
    questions.put(
        "q6 hours of a page and device",
        query("7d")
            .setWhere("properties.page == 'page-3' && properties.device == 'device-1'")
            .setBucket(Bucket.newBuilder().setEvery("1h"))
            .addMeasures(count()));
    return questions;
  }

  private static Query.Builder query(String last) {
    return Query.newBuilder().setRange(TimeRange.newBuilder().setLast(last));
  }

  private static Measure.Builder count() {
    return of("COUNT", "").setName("count");
  }

  private static Measure.Builder of(String aggregation, String field) {
    return Measure.newBuilder()
        .setName(aggregation)
        .setAggregation(Measure.Aggregation.valueOf(aggregation))
        .setField(field);
  }

  private static void run(QuerySpec spec, List<EventBlock> pieces) {
    Budget budget =
        new Budget(
            100_000,
            1_000_000,
            InstantSource.system(),
            Instant.MAX,
            Duration.ofHours(1),
            () -> false);
    Position position = new Position(new long[] {Long.MAX_VALUE});
    Snapshot snapshot =
        new Snapshot() {
          @Override
          public Position position() {
            return position;
          }

          @Override
          public <R> R run(Function<ShardView, R> partial, BinaryOperator<R> merge) {
            return partial.apply(new Pieces(pieces));
          }

          @Override
          public void close() {}
        };
    QueryRun.run(spec, snapshot, position, budget);
  }

  private record Pieces(List<EventBlock> pieces) implements ShardView {
    @Override
    public int shard() {
      return 0;
    }

    @Override
    public long nextSequence() {
      return Long.MAX_VALUE;
    }

    @Override
    public long events() {
      return 0;
    }

    @Override
    public void scan(ScanRange range, BlockVisitor visitor) {
      for (EventBlock piece : pieces) {
        if (piece.maxTime() >= range.fromTime() && piece.minTime() < range.toTime()) {
          visitor.visit(piece);
        }
      }
    }
  }

  private static List<EventBlock> pieces(int events) {
    Random random = new Random(7);
    List<EventBlock> pieces = new ArrayList<>();
    long end = Micros.of(NOW);
    long start = end - 7 * Micros.DAY;
    Map<Column, Dictionary> dictionaries = new HashMap<>();
    for (int first = 0; first < events; first += PIECE) {
      if (pieces.size() % SEGMENT_PIECES == 0) {
        dictionaries.clear();
        dictionaries.put(Column.Core.TYPE, texts("type-", 8));
        dictionaries.put(PAGE, texts("page-", 200));
        dictionaries.put(COUNTRY, texts("country-", 50));
        dictionaries.put(DEVICE, texts("device-", 3));
        dictionaries.put(Column.Core.USER_ID, texts("user-", Math.max(1, events / 10)));
      }
      int rows = Math.min(PIECE, events - first);
      long[] times = new long[rows];
      for (int i = 0; i < rows; i++) {
        times[i] = start + (long) ((end - start) * ((double) (first + i) / events));
      }
      Map<Column, ValueVector> columns = new HashMap<>();
      dictionaries.forEach(
          (column, dictionary) -> columns.put(column, codes(random, rows, dictionary)));
      double[] values = new double[rows];
      Arrays.setAll(values, _ -> Math.round(random.nextDouble() * 20_000) / 100.0);
      columns.put(Column.Core.VALUE, ValueVector.ofNumbers(values, rows));
      pieces.add(new Decoded(rows, times, columns));
    }
    return pieces;
  }

  /** Codes whose frequency falls with their number. */
  private static ValueVector codes(Random random, int rows, Dictionary dictionary) {
    int size = dictionary.size();
    int[] codes = new int[rows];
    byte[] narrow = new byte[rows];
    for (int i = 0; i < rows; i++) {
      codes[i] = (int) (Math.pow(size + 1, random.nextDouble()) - 1) % size;
      narrow[i] = (byte) codes[i];
    }
    return size <= 256
        ? ValueVector.ofFewTexts(narrow, rows, dictionary)
        : ValueVector.ofTexts(codes, rows, dictionary);
  }

  private static Dictionary texts(String prefix, int size) {
    return Texts.of(IntStream.range(0, size).mapToObj(i -> prefix + i).toList());
  }

  private record Decoded(int rows, long[] times, Map<Column, ValueVector> columns)
      implements EventBlock {
    @Override
    public long minTime() {
      return times[0];
    }

    @Override
    public long maxTime() {
      return times[rows - 1];
    }

    @Override
    public long minSequence() {
      return 0;
    }

    @Override
    public long maxSequence() {
      return 1;
    }

    @Override
    public long[] sequences() {
      throw new IllegalStateException("not asked for");
    }

    @Override
    public long[] receivedTimes() {
      throw new IllegalStateException("not asked for");
    }

    @Override
    public ValueVector column(Column column) {
      ValueVector vector = columns.get(column);
      return vector == null ? ValueVector.missing(rows) : vector;
    }

    @Override
    public ColumnSummary summary(Column column) {
      ValueVector vector = column(column);
      return vector.hasCodes()
          ? new ColumnSummary(1 << Kind.TEXT.ordinal(), Double.NaN, Double.NaN)
          : ColumnSummary.UNKNOWN;
    }

    @Override
    public @Nullable Dictionary dictionary(Column column) {
      return column(column).hasCodes() ? column(column).dictionary() : null;
    }

    @Override
    public boolean has(Column column) {
      return columns.containsKey(column);
    }

    @Override
    public List<String> propertyPaths() {
      return List.of("country", "device", "page");
    }
  }
}
