package dev.millrace.server.app.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Every setting: its name in the file, what it can be, its default, and what it does. The
 * documentation is made from here.
 */
public enum Setting {
  DATA(
      "data",
      new SettingType.Text(),
      "millrace-data",
      "Directory that holds everything kept; made if missing."),
  LISTEN(
      "listen",
      new SettingType.Address(),
      "127.0.0.1:8080",
      "Address of the one port. Anything but loopback needs an API key to be configured."),
  SHARDS(
      "shards",
      new SettingType.Whole(0, 64),
      "0",
      "Shards of the data directory, fixed when it is made. 0: what it has; half of the processors"
          + " for a new one."),
  API_KEY(
      "apiKey",
      new SettingType.Text(),
      "",
      "One key with all permissions, for servers that need no more than one. See `keys`."),
  DOCS("docs", new SettingType.Flag(), "true", "Whether the API explorer is served at `/docs`."),
  LOG_LEVEL(
      "log.level",
      new SettingType.Choice(List.of("error", "warn", "info", "debug")),
      "info",
      "How much is logged."),
  LOG_FORMAT(
      "log.format",
      new SettingType.Choice(List.of("text", "json")),
      "text",
      "Lines for people, or one JSON object a line."),
  TLS_CERTIFICATE(
      "tls.certificate",
      new SettingType.Text(),
      "",
      "PEM file with the certificate chain; empty for plain text."),
  TLS_KEY("tls.key", new SettingType.Text(), "", "PEM file with the certificate's private key."),
  MAX_CONNECTIONS(
      "http.maxConnections",
      new SettingType.Whole(1, 1_000_000),
      "10000",
      "Connections open at once; further ones are closed."),
  MAX_REQUEST_BYTES(
      "http.maxRequestBytes",
      new SettingType.Bytes(64 << 10, 1 << 30),
      "16MiB",
      "Size of a JSON request, and of one message of a gRPC stream."),
  REQUEST_TIMEOUT(
      "http.requestTimeout",
      span(Duration.ofMillis(100), Duration.ofHours(1)),
      "60s",
      "Time a call may take whose caller sets no deadline. Streams have none."),
  IDLE_TIMEOUT(
      "http.idleTimeout",
      span(Duration.ofSeconds(1), Duration.ofDays(1)),
      "5m",
      "Time after which a connection without requests is closed."),
  DRAIN_TIMEOUT(
      "http.drainTimeout",
      span(Duration.ZERO, Duration.ofMinutes(4)),
      "20s",
      "Time that stopping waits for requests under way."),
  HTTP2_WINDOW(
      "http.windowBytes",
      new SettingType.Bytes(64 << 10, 16 << 20),
      "1MiB",
      "Bytes a client may send ahead, on a connection and on each of its streams."),
  EVENT_LOOPS(
      "http.eventLoops",
      new SettingType.Whole(0, 256),
      "0",
      "Threads that serve connections. 0: one for each processor."),
  BLOCKING_THREADS(
      "http.blockingThreads",
      new SettingType.Whole(1, 10_000),
      "64",
      "Threads for queries and other calls that may wait."),
  MAP_SIZE(
      "store.mapSize",
      new SettingType.Bytes(16L << 20, 64L << 40),
      "1TiB",
      "Address space reserved for each shard's file; disk is used only as data comes."),
  QUEUE_EVENTS(
      "store.queueEvents",
      new SettingType.Whole(10_000, 100_000_000),
      "200000",
      "Events waiting for a shard's writer, beyond which batches are refused."),
  QUEUE_BYTES(
      "store.queueBytes",
      new SettingType.Bytes(16 << 20, 64L << 30),
      "128MiB",
      "Bytes of batches waiting for a shard's writer, beyond which batches are refused."),
  DEDUP_WINDOW(
      "store.dedupWindow",
      span(Duration.ofHours(1), Duration.ofDays(3650)),
      "7d",
      "How long event ids are remembered, so that the same event isn't counted twice."),
  REJECTED_MAX(
      "store.maxRejectedEvents",
      new SettingType.Whole(0, 100_000_000),
      "100000",
      "Rejected events kept for each project."),
  SEAL_ROWS(
      "store.sealRows",
      new SettingType.Whole(1, 4_194_304),
      "262144",
      "Events of a project that are sealed together into a segment, which makes them faster to"
          + " query and smaller."),
  SEAL_AFTER(
      "store.sealAfter",
      span(Duration.ZERO, Duration.ofDays(365)),
      "5m",
      "How long an event waits to be sealed at most, where fewer come."),
  MERGE_SEGMENTS(
      "store.mergeSegments",
      new SettingType.Whole(2, 64),
      "4",
      "Neighbouring segments of about a size that are merged at a time."),
  SEGMENT_ROWS(
      "store.segmentRows",
      new SettingType.Whole(64, 16_777_216),
      "1048576",
      "Events of the largest segment that merging makes, which takes some 100 bytes of memory for"
          + " each."),
  SEGMENT_CACHE(
      "store.segmentCacheBytes",
      new SettingType.Bytes(0, 64L << 30),
      "64MiB",
      "Memory for what is decoded of segments, dictionaries above all."),
  RETENTION(
      "retention.events",
      span(Duration.ZERO, Duration.ofDays(36_500)),
      "0s",
      "How long events are kept after their time; they go a segment at a time, when its latest is"
          + " past it. 0s: for ever."),
  EVENT_BYTES(
      "events.maxBytes",
      new SettingType.Bytes(1 << 10, 16 << 20),
      "64KiB",
      "Size of an event as it is sent."),
  EVENT_PROPERTIES(
      "events.maxProperties", new SettingType.Whole(1, 10_000), "500", "Properties of an event."),
  EVENT_DEPTH(
      "events.maxDepth",
      new SettingType.Whole(1, 32),
      "8",
      "Levels of nesting of an event's properties."),
  EVENT_TAGS("events.maxTags", new SettingType.Whole(0, 1_000), "100", "Tags of an event."),
  EVENT_AHEAD(
      "events.maxAhead",
      span(Duration.ZERO, Duration.ofDays(3650)),
      "24h",
      "How far an event's time may be ahead of the server's clock."),
  BATCH_EVENTS(
      "events.maxPerBatch", new SettingType.Whole(1, 100_000), "10000", "Events of a batch."),
  BATCH_PATHS(
      "events.maxPathsPerBatch",
      new SettingType.Whole(1, 100_000),
      "10000",
      "Different property names in a batch."),
  RATE(
      "ingest.eventsPerSecond",
      new SettingType.Whole(0, 1_000_000_000),
      "0",
      "Events a second that one API key may send. 0: any."),
  QUERY_TIMEOUT(
      "query.timeout",
      span(Duration.ofMillis(10), Duration.ofHours(1)),
      "30s",
      "Time a query may take."),
  QUERY_GROUPS(
      "query.maxGroups",
      new SettingType.Whole(1, 100_000_000),
      "1000000",
      "Groups that a query may make while it runs."),
  QUERY_ROWS("query.maxRows", new SettingType.Whole(1, 10_000_000), "100000", "Rows of an answer."),
  LIVE_STREAMS(
      "live.maxStreams",
      new SettingType.Whole(0, 1_000_000),
      "10000",
      "Live streams open at once."),
  LIVE_STREAMS_PER_KEY(
      "live.maxStreamsPerKey",
      new SettingType.Whole(0, 1_000_000),
      "10000",
      "Live streams that one API key may have open at once."),
  LIVE_QUERIES(
      "live.maxQueries",
      new SettingType.Whole(0, 100_000),
      "500",
      "Different queries kept up to date for subscriptions at once."),
  LIVE_ORIGINS(
      "live.allowedOrigins",
      new SettingType.Text(),
      "",
      "Origins such as `https://example.org`, separated by commas, whose pages may open `/ws` beside"
          + " the server's own. `*`: any.");

  private final String path;
  private final SettingType type;
  private final String initial;
  private final String description;

  Setting(String path, SettingType type, String initial, String description) {
    this.path = path;
    this.type = type;
    this.initial = initial;
    this.description = description;
  }

  private static SettingType span(Duration min, Duration max) {
    return new SettingType.Span(min, max);
  }

  /** Its name, and its place in the file: {@code http.maxConnections} is within {@code http}. */
  public String path() {
    return path;
  }

  public SettingType type() {
    return type;
  }

  /** The default, as it would be written. */
  public String initial() {
    return initial;
  }

  public String description() {
    return description;
  }

  /** Its environment variable: {@code MILLRACE_HTTP_MAX_CONNECTIONS}. */
  public String variable() {
    String words = path.replace('.', '_').replaceAll("([a-z0-9])([A-Z])", "$1_$2");
    return "MILLRACE_" + words.toUpperCase(Locale.ROOT);
  }
}
