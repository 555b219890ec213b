package dev.millrace.benchmark.queries;

import dev.millrace.benchmark.ServerUnderTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.SortedMap;
import java.util.TreeMap;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * DuckDB in this process, on a file, with all processors. It keeps no ids and removes no doubles.
 */
final class DuckDbStore implements Store {
  private final Path folder;
  private final Connection connection;

  DuckDbStore() throws Exception {
    folder = Files.createTempDirectory("millrace-benchmark-duckdb");
    connection = DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("events.db"));
  }

  @Override
  public String name() {
    return "DuckDB";
  }

  @Override
  public void load(ShopEvents events) throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table events (time timestamp, type varchar, page varchar, country varchar,"
              + " device varchar, user_id varchar, session varchar, value double)");
      try (DuckDBAppender appender =
          connection.unwrap(DuckDBConnection.class).createAppender("events")) {
        events.forEach(
            row -> {
              appender.beginRow();
              appender.appendEpochMicros(row.timeMicros);
              appender.append(row.type).append(row.page).append(row.country).append(row.device);
              appender.append(row.user).append(row.session).append(row.value);
              appender.endRow();
            });
      }
      statement.execute("checkpoint");
    }
  }

  @Override
  public Answer ask(Question question) throws Exception {
    long start = System.nanoTime();
    SortedMap<String, double[]> rows = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql(question))) {
      int figures = result.getMetaData().getColumnCount() - 1;
      while (result.next()) {
        double[] values = new double[figures];
        for (int i = 0; i < figures; i++) {
          values[i] = result.getDouble(i + 2);
        }
        rows.put(Keys.of(question, result.getString(1), rows.size()), values);
      }
    }
    long nanos = System.nanoTime() - start;
    return new Answer(rows, nanos, nanos);
  }

  private static String sql(Question question) {
    String day = "time >= timestamp '2026-01-11 00:00:00'";
    return switch (question) {
      case Q1 ->
          "select epoch_us(date_trunc('minute', time)) t, count(*) from events where "
              + day
              + " group by t";
      case Q2 -> "select type, sum(value) from events group by type";
      case Q3 ->
          "select page, count(*) n from events where country = '%s' group by page order by n desc limit 10"
              .formatted(Keys.COUNTRY);
      case Q4 ->
          "select epoch_us(date_trunc('day', time)) t, count(distinct user_id) from events group by"
              + " t";
      case Q5 ->
          "select type, quantile_cont(value, 0.5), quantile_cont(value, 0.95), quantile_cont(value,"
              + " 0.99) from events where "
              + day
              + " group by type";
      case Q6 ->
          "select epoch_us(date_trunc('hour', time)) t, count(*) from events where page = '%s' and device = '%s' group by t"
              .formatted(Keys.PAGE, Keys.DEVICE);
    };
  }

  @Override
  public long bytes() throws Exception {
    return ServerUnderTest.allocatedBytes(folder);
  }

  @Override
  public void close() throws Exception {
    connection.close();
    ServerUnderTest.delete(folder);
  }
}
