package dev.millrace.server.app.config;

import dev.millrace.server.access.ApiKey;
import dev.millrace.server.access.Permission;
import dev.millrace.server.archive.Restart;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.http.HttpOptions;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts the settings together: defaults, then the file, then environment variables, then flags;
 * later ones win. Everything that is wrong is found at once, and each problem names its setting and
 * where it was set.
 */
public final class ConfigLoader {
  private static final String PREFIX = "MILLRACE_";
  private static final int API_KEY_LENGTH_MIN = 16;

  private final Map<String, String> environment;
  private final int processors;
  private final List<String> problems = new ArrayList<>();
  private final Map<Setting, Sourced> sources = new EnumMap<>(Setting.class);
  private final Map<Setting, Object> values = new EnumMap<>(Setting.class);
  private final List<ApiKey> keys = new ArrayList<>();

  /**
   * @param environment all environment variables, of which those that begin with MILLRACE_ are
   *     settings, but for the one that the launcher reads
   * @param processors what defaults are derived from
   */
  public ConfigLoader(Map<String, String> environment, int processors) {
    this.environment = environment;
    this.processors = processors;
  }

  /**
   * @param file the configuration file; null if there is none
   * @param flags settings by command line
   * @throws ConfigException with all that is wrong
   */
  public ServerConfig load(@Nullable Path file, Map<Setting, Sourced> flags) {
    for (Setting setting : Setting.values()) {
      sources.put(setting, new Sourced(setting.initial(), "the default"));
    }
    if (file != null) {
      ConfigFile read = new ConfigFile(file, environment, problems);
      read.read();
      sources.putAll(read.values());
      keys.addAll(read.keys());
    }
    readEnvironment();
    sources.putAll(flags);
    sources.forEach(this::parse);
    if (problems.isEmpty()) {
      checkTogether();
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return config();
  }

  private void readEnvironment() {
    Map<String, Setting> byVariable =
        Arrays.stream(Setting.values()).collect(Collectors.toMap(Setting::variable, s -> s));
    environment.forEach(
        (name, value) -> {
          Setting setting = byVariable.get(name);
          if (setting != null) {
            sources.put(setting, new Sourced(value, "the variable " + name));
          } else if (name.startsWith(PREFIX) && !name.equals(Restart.VARIABLE)) {
            problems.add(
                "the variable %s: no such setting; allowed are %s"
                    .formatted(
                        name,
                        byVariable.keySet().stream().sorted().collect(Collectors.joining(", "))));
          }
        });
  }

  private void parse(Setting setting, Sourced source) {
    try {
      values.put(setting, setting.type().parse(source.text()));
    } catch (IllegalArgumentException e) {
      problems.add(
          "%s: '%s' must be %s, found '%s'"
              .formatted(source.origin(), setting.path(), setting.type().allowed(), source.text()));
    }
  }

  private void checkTogether() {
    String apiKey = text(Setting.API_KEY);
    if (!apiKey.isEmpty()) {
      if (apiKey.length() < API_KEY_LENGTH_MIN) {
        problem(Setting.API_KEY, "must have at least %d characters".formatted(API_KEY_LENGTH_MIN));
      }
      keys.add(new ApiKey("apiKey", ApiKey.hash(apiKey), "", Set.of(Permission.values())));
    }
    if (text(Setting.TLS_CERTIFICATE).isEmpty() != text(Setting.TLS_KEY).isEmpty()) {
      problems.add("'tls.certificate' and 'tls.key' must be set together");
    }
    for (Setting setting : List.of(Setting.TLS_CERTIFICATE, Setting.TLS_KEY)) {
      if (!text(setting).isEmpty() && !Files.isReadable(Path.of(text(setting)))) {
        problem(setting, "names a file that can't be read: " + text(setting));
      }
    }
    if (text(Setting.DATA).isEmpty()) {
      problem(Setting.DATA, "must name a directory");
    }
    InetSocketAddress listen = value(Setting.LISTEN, InetSocketAddress.class);
    if (keys.isEmpty() && !listen.getAddress().isLoopbackAddress()) {
      problem(
          Setting.LISTEN,
          ("is %s, which others can reach, and no API key is configured; set an API key (the"
                  + " variable MILLRACE_API_KEY, or 'keys' in the file), or listen on 127.0.0.1")
              .formatted(sourced(Setting.LISTEN).text()));
    }
  }

  private void problem(Setting setting, String what) {
    problems.add("%s: '%s' %s".formatted(sourced(setting).origin(), setting.path(), what));
  }

  private ServerConfig config() {
    return new ServerConfig(
        Path.of(text(Setting.DATA)),
        small(Setting.SHARDS),
        new ServerConfig.Store(
            whole(Setting.MAP_SIZE),
            small(Setting.QUEUE_EVENTS),
            whole(Setting.QUEUE_BYTES),
            span(Setting.DEDUP_WINDOW),
            small(Setting.REJECTED_MAX)),
        new ServerConfig.Segments(
            small(Setting.SEAL_ROWS),
            span(Setting.SEAL_AFTER),
            small(Setting.MERGE_SEGMENTS),
            small(Setting.SEGMENT_ROWS),
            whole(Setting.SEGMENT_CACHE),
            span(Setting.RETENTION)),
        new EventLimits(
            small(Setting.EVENT_BYTES),
            small(Setting.EVENT_PROPERTIES),
            small(Setting.EVENT_DEPTH),
            small(Setting.EVENT_TAGS),
            span(Setting.EVENT_AHEAD),
            small(Setting.BATCH_EVENTS),
            small(Setting.BATCH_PATHS)),
        new ServerConfig.Ingest(whole(Setting.RATE)),
        new ServerConfig.Query(
            span(Setting.QUERY_TIMEOUT), small(Setting.QUERY_GROUPS), small(Setting.QUERY_ROWS)),
        new ServerConfig.Live(
            small(Setting.LIVE_STREAMS),
            small(Setting.LIVE_STREAMS_PER_KEY),
            small(Setting.LIVE_QUERIES),
            Arrays.stream(text(Setting.LIVE_ORIGINS).split(","))
                .map(String::strip)
                .filter(origin -> !origin.isEmpty())
                .toList()),
        http(),
        new ServerConfig.Log(text(Setting.LOG_LEVEL), text(Setting.LOG_FORMAT).equals("json")),
        keys);
  }

  private HttpOptions http() {
    int loops = small(Setting.EVENT_LOOPS);
    String certificate = text(Setting.TLS_CERTIFICATE);
    return new HttpOptions(
        value(Setting.LISTEN, InetSocketAddress.class),
        certificate.isEmpty()
            ? null
            : new HttpOptions.Tls(Path.of(certificate), Path.of(text(Setting.TLS_KEY))),
        small(Setting.MAX_CONNECTIONS),
        small(Setting.MAX_REQUEST_BYTES),
        span(Setting.REQUEST_TIMEOUT),
        span(Setting.IDLE_TIMEOUT),
        span(Setting.DRAIN_TIMEOUT),
        small(Setting.HTTP2_WINDOW),
        loops == 0 ? processors : loops,
        small(Setting.BLOCKING_THREADS),
        value(Setting.DOCS, Boolean.class));
  }

  private Sourced sourced(Setting setting) {
    return Objects.requireNonNull(sources.get(setting));
  }

  private <T> T value(Setting setting, Class<T> type) {
    return type.cast(Objects.requireNonNull(values.get(setting)));
  }

  private String text(Setting setting) {
    return value(setting, String.class);
  }

  private long whole(Setting setting) {
    return value(setting, Long.class);
  }

  private int small(Setting setting) {
    return Math.toIntExact(whole(setting));
  }

  private Duration span(Setting setting) {
    return value(setting, Duration.class);
  }
}
