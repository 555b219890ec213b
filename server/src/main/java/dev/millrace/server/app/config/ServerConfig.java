package dev.millrace.server.app.config;

import dev.millrace.server.access.ApiKey;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.http.HttpOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * All settings, checked. Made by {@link ConfigLoader}; each part of the server gets its own record.
 *
 * @param data the data directory
 * @param shards shards of the data directory; 0 for what it has, or half of the processors
 */
public record ServerConfig(
    Path data,
    int shards,
    Store store,
    Segments segments,
    EventLimits events,
    Ingest ingest,
    Query query,
    Live live,
    HttpOptions http,
    Log log,
    List<ApiKey> keys) {

  public ServerConfig {
    keys = List.copyOf(keys);
  }

  /**
   * @param mapSizeBytes address space of each shard's file
   * @param queueEvents events waiting for a shard's writer
   * @param queueBytes bytes waiting for a shard's writer
   * @param dedupWindow how long event ids are remembered
   * @param rejectedMax rejected events kept for each project
   */
  public record Store(
      long mapSizeBytes, int queueEvents, long queueBytes, Duration dedupWindow, int rejectedMax) {}

  /**
   * @param rows events that are sealed together
   * @param after how long an event waits for that at most
   * @param together segments that are merged at a time
   * @param segmentRows events of the largest segment
   * @param cacheBytes memory for what is decoded of segments
   * @param retention how long events are kept after their time; zero for ever
   */
  public record Segments(
      int rows,
      Duration after,
      int together,
      int segmentRows,
      long cacheBytes,
      Duration retention) {}

  /**
   * @param eventsPerSecond events a second for each key; 0 for any
   */
  public record Ingest(long eventsPerSecond) {}

  /**
   * @param timeout the time a query may take
   * @param groupsMax groups while it runs
   * @param rowsMax rows of an answer
   */
  public record Query(Duration timeout, int groupsMax, int rowsMax) {}

  /**
   * @param streamsMax live streams open at once
   * @param streamsPerKeyMax live streams open at once by one key
   * @param queriesMax different queries kept up to date
   * @param allowedOrigins origins whose pages may open a WebSocket; {@code *} is any
   */
  public record Live(
      int streamsMax, int streamsPerKeyMax, int queriesMax, List<String> allowedOrigins) {}

  /**
   * @param level in lower case
   * @param json whether lines are JSON
   */
  public record Log(String level, boolean json) {}
}
