package dev.millrace.benchmark.queries;

import dev.millrace.benchmark.ServerUnderTest;
import io.questdb.cairo.CairoEngine;
import io.questdb.cairo.DefaultCairoConfiguration;
import io.questdb.cairo.TableWriter;
import io.questdb.cairo.security.AllowAllSecurityContext;
import io.questdb.cairo.sql.Record;
import io.questdb.cairo.sql.RecordCursor;
import io.questdb.cairo.sql.RecordCursorFactory;
import io.questdb.griffin.SqlExecutionContextImpl;
import io.questdb.mp.WorkerPool;
import io.questdb.mp.WorkerPoolUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** QuestDB in this process, by day, with a worker for each processor. It keeps no ids. */
final class QuestDbStore implements Store {
  private static final int WORKERS = Runtime.getRuntime().availableProcessors();
  private static final int COMMIT_ROWS = 100_000;

  private final Path folder;
  private final CairoEngine engine;
  private final WorkerPool workers;
  private final SqlExecutionContextImpl context;
  private final Map<Question, RecordCursorFactory> prepared = new EnumMap<>(Question.class);

  QuestDbStore() throws Exception {
    // Where QuestDB looks for what to log.
    System.setProperty("out", "/dev/millrace/benchmark/queries/questdb-log.conf");
    folder = Files.createTempDirectory("millrace-benchmark-questdb");
    engine = new CairoEngine(new DefaultCairoConfiguration(folder.toString()));
    workers = new WorkerPool(() -> WORKERS);
    WorkerPoolUtils.setupQueryJobs(workers, engine);
    workers.start();
    context =
        new SqlExecutionContextImpl(engine, WORKERS).with(AllowAllSecurityContext.INSTANCE, null);
  }

  @Override
  public String name() {
    return "QuestDB";
  }

  @Override
  public void load(ShopEvents events) throws Exception {
    engine.execute(
        "create table events (time timestamp, type symbol, page symbol, country symbol,"
            + " device symbol, user_id symbol capacity 1048576,"
            + " session symbol capacity 8388608, value double)"
            + " timestamp(time) partition by day bypass wal",
        context);
    try (TableWriter writer = engine.getWriter(engine.verifyTableName("events"), "load")) {
      long[] rows = {0};
      events.forEach(
          row -> {
            TableWriter.Row to = writer.newRow(row.timeMicros);
            to.putSym(1, row.type);
            to.putSym(2, row.page);
            to.putSym(3, row.country);
            to.putSym(4, row.device);
            to.putSym(5, row.user);
            to.putSym(6, row.session);
            to.putDouble(7, row.value);
            to.append();
            if (++rows[0] % COMMIT_ROWS == 0) {
              writer.commit();
            }
          });
      writer.commit();
    }
    for (Question question : Question.values()) {
      prepared.put(question, engine.select(sql(question), context));
    }
  }

  @Override
  public Answer ask(Question question) throws Exception {
    long start = System.nanoTime();
    SortedMap<String, double[]> rows = new TreeMap<>();
    RecordCursorFactory factory =
        Objects.requireNonNull(prepared.get(question), "nothing is loaded");
    try (RecordCursor cursor = factory.getCursor(context)) {
      Record record = cursor.getRecord();
      while (cursor.hasNext()) {
        double[] values =
            switch (question) {
              case Q2 -> new double[] {record.getDouble(1)};
              case Q5 ->
                  new double[] {record.getDouble(1), record.getDouble(2), record.getDouble(3)};
              default -> new double[] {record.getLong(1)};
            };
        String name =
            switch (question) {
              case Q2, Q3, Q5 -> String.valueOf(record.getSymA(0));
              default -> Long.toString(record.getTimestamp(0));
            };
        rows.put(Keys.of(question, name, rows.size()), values);
      }
    }
    long nanos = System.nanoTime() - start;
    return new Answer(rows, nanos, nanos);
  }

  private static String sql(Question question) {
    String day = "time >= '2026-01-11T00:00:00Z'";
    return switch (question) {
      case Q1 -> "select time, count() from events where " + day + " sample by 1m";
      case Q2 -> "select type, sum(value) from events";
      case Q3 ->
          "select page, count() n from events where country = '%s' order by n desc limit 10"
              .formatted(Keys.COUNTRY);
      case Q4 -> "select time, count_distinct(user_id) from events sample by 1d";
      case Q5 ->
          "select type, approx_percentile(value, 0.5, 3), approx_percentile(value, 0.95, 3),"
              + " approx_percentile(value, 0.99, 3) from events where "
              + day;
      case Q6 ->
          "select time, count() from events where page = '%s' and device = '%s' sample by 1h"
              .formatted(Keys.PAGE, Keys.DEVICE);
    };
  }

  @Override
  public long bytes() throws Exception {
    return ServerUnderTest.allocatedBytes(folder);
  }

  @Override
  public void close() throws Exception {
    prepared.values().forEach(RecordCursorFactory::close);
    workers.halt();
    engine.close();
    ServerUnderTest.delete(folder);
  }
}
