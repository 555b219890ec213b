package dev.millrace.server.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.server.access.ApiKey;
import dev.millrace.server.access.Permission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigLoaderTest {
  private static final String LONG_KEY = "0123456789abcdef";

  @TempDir private Path folder;

  @Test
  void defaults_are_a_server_on_loopback() {
    ServerConfig config = new ConfigLoader(Map.of(), 8).load(null, Map.of());

    assertThat(config.http().listen().getAddress().isLoopbackAddress()).isTrue();
    assertThat(config.http().listen().getPort()).isEqualTo(8080);
    assertThat(config.shards()).isZero();
    assertThat(config.http().eventLoops()).isEqualTo(8);
    assertThat(config.events()).isEqualTo(dev.millrace.server.event.EventLimits.DEFAULT);
    assertThat(config.store().dedupWindow()).isEqualTo(Duration.ofDays(7));
    assertThat(config.keys()).isEmpty();
  }

  @Test
  void file_variables_and_flags_win_in_this_order() throws IOException {
    Path file = file("shards: 2\nlog:\n  level: warn\n  format: json\nevents:\n  maxTags: 7\n");

    ServerConfig config =
        new ConfigLoader(Map.of("MILLRACE_SHARDS", "3", "MILLRACE_EVENTS_MAX_TAGS", "9"), 8)
            .load(file, Map.of(Setting.SHARDS, new Sourced("5", "the flag --shards")));

    assertThat(config.shards()).isEqualTo(5);
    assertThat(config.events().tags()).isEqualTo(9);
    assertThat(config.log()).isEqualTo(new ServerConfig.Log("warn", true));
  }

  @Test
  void keys_are_read_and_only_their_hashes_kept() throws IOException {
    Path file =
        file(
            """
            listen: 0.0.0.0:9000
            keys:
              - name: web
                key: ${WEB_KEY}
                project: shop
                permissions: [write]
              - name: people
                keyHash: %s
                permissions: [read, admin]
            """
                .formatted(ApiKey.hash("another-long-key-1")));

    ServerConfig config = new ConfigLoader(Map.of("WEB_KEY", LONG_KEY), 2).load(file, Map.of());

    assertThat(config.keys())
        .containsExactly(
            new ApiKey("web", ApiKey.hash(LONG_KEY), "shop", Set.of(Permission.WRITE)),
            new ApiKey(
                "people",
                ApiKey.hash("another-long-key-1"),
                "",
                Set.of(Permission.READ, Permission.ADMIN)));
    assertThat(config.toString()).doesNotContain(LONG_KEY);
  }

  @Test
  void api_key_variable_opens_every_address() {
    ServerConfig config =
        new ConfigLoader(Map.of("MILLRACE_API_KEY", LONG_KEY, "MILLRACE_LISTEN", "0.0.0.0:80"), 2)
            .load(null, Map.of());

    assertThat(config.keys()).hasSize(1);
    assertThat(config.keys().getFirst().permissions())
        .containsExactlyInAnyOrder(Permission.values());
  }

  @Test
  void defaults_in_references_are_used_where_a_variable_is_missing() throws IOException {
    Path file = file("shards: ${SHARDS:6}\ndata: /var/${NAME:x}/${NAME:x}\n");

    ServerConfig config = new ConfigLoader(Map.of("NAME", "m"), 2).load(file, Map.of());

    assertThat(config.shards()).isEqualTo(6);
    assertThat(config.data()).isEqualTo(Path.of("/var/m/m"));
  }

  @Test
  void empty_file_changes_nothing() throws IOException {
    assertThat(new ConfigLoader(Map.of(), 2).load(file("# nothing\n"), Map.of()).shards()).isZero();
  }

  /** A file, and the problem it has, FILE standing for its name. */
  static Stream<Arguments> wrongFiles() {
    return Stream.of(
        Arguments.of(
            "shards: two",
            "FILE line 1: 'shards' must be a whole number from 0 to 64, found 'two'"),
        Arguments.of(
            "shards: 65", "FILE line 1: 'shards' must be a whole number from 0 to 64, found '65'"),
        Arguments.of("\n\nshards: [1]", "FILE line 3: 'shards' must be a single value"),
        Arguments.of(
            "log:\n  level: loud",
            "FILE line 2: 'log.level' must be one of error, warn, info, debug, found 'loud'"),
        Arguments.of(
            "log:\n  colour: red",
            "FILE line 2: unknown setting 'log.colour'; allowed here are format, level"),
        Arguments.of(
            "log: debug", "FILE line 1: 'log' must hold settings, one a line: name: value"),
        Arguments.of("docs: yes", "FILE line 1: 'docs' must be true or false, found 'yes'"),
        Arguments.of(
            "store:\n  mapSize: 1PiB",
            "FILE line 2: 'store.mapSize' must be a size from 16MiB to 64TiB, such as 64KiB, found"
                + " '1PiB'"),
        Arguments.of(
            "store:\n  dedupWindow: 7",
            "FILE line 2: 'store.dedupWindow' must be a time from 1h to 3650d, such as 30s, found"
                + " '7'"),
        Arguments.of(
            "listen: 8080",
            "FILE line 1: 'listen' must be HOST:PORT, such as 127.0.0.1:8080, found '8080'"),
        Arguments.of(
            "listen: 127.0.0.1:99999",
            "FILE line 1: 'listen' must be HOST:PORT, such as 127.0.0.1:8080, found"
                + " '127.0.0.1:99999'"),
        Arguments.of(
            "data: ${NOWHERE}",
            "FILE line 1: 'data': the variable NOWHERE isn't set, and there is no default:"
                + " ${NOWHERE:default}"),
        Arguments.of("shards: 1\nshards: 2", "FILE line 2: 'shards' is set twice"),
        Arguments.of(
            "- shards", "FILE line 1: the file must hold settings, one a line: name: value"),
        Arguments.of("keys: abc", "FILE line 1: 'keys' must be a list of keys"),
        Arguments.of(
            "keys:\n  - name: a\n    key: short\n    permissions: [read]",
            "FILE line 2: 'keys[0]' has a key of 5 characters, it must have at least 16"),
        Arguments.of(
            "keys:\n  - name: a\n    permissions: [read]",
            "FILE line 2: 'keys[0]' needs either a key or a keyHash"),
        Arguments.of(
            "keys:\n  - name: a\n    key: 0123456789abcdef",
            "FILE line 2: 'keys[0]' needs permissions, among write, read, admin"),
        Arguments.of(
            "keys:\n  - name: a\n    key: 0123456789abcdef\n    permissions: [fly]",
            "FILE line 4: 'keys[0].permissions' must be among write, read, admin, found 'fly'"),
        Arguments.of(
            "keys:\n  - name: a\n    keyHash: abc\n    permissions: read",
            "FILE line 2: 'keys[0]' has a keyHash that isn't a SHA-256 in 64 lower-case hexadecimal"
                + " digits"),
        Arguments.of(
            "keys:\n  - nam: a",
            "FILE line 2: unknown setting 'keys[0].nam'; allowed here are key, keyHash, name,"
                + " permissions, project"),
        Arguments.of(
            "tls:\n  certificate: /nowhere.pem",
            "'tls.certificate' and 'tls.key' must be set together"));
  }

  @ParameterizedTest
  @MethodSource("wrongFiles")
  void wrong_file_is_refused_with_the_line(String text, String problem) throws IOException {
    Path file = file(text);

    assertThat(problems(file, Map.of())).contains(problem.replace("FILE", file.toString()));
  }

  @Test
  void broken_yaml_is_refused_with_the_line() throws IOException {
    Path file = file("shards: 1\n  log: [\n");

    assertThat(problems(file, Map.of()).getFirst())
        .startsWith(file + " line ")
        .contains("isn't valid YAML");
  }

  @Test
  void missing_file_is_refused() {
    Path file = folder.resolve("none.yaml");

    assertThat(problems(file, Map.of())).containsExactly(file + ": there is no such file");
  }

  @Test
  void unknown_setting_lists_the_allowed() throws IOException {
    assertThat(problems(file("shard: 1"), Map.of()).getFirst())
        .contains(
            "unknown setting 'shard'; allowed here are apiKey, data, docs, events, http, ingest,"
                + " keys,");
  }

  @Test
  void unknown_variable_is_refused() {
    assertThat(problems(null, Map.of("MILLRACE_SHARD", "1")).getFirst())
        .startsWith("the variable MILLRACE_SHARD: no such setting; allowed are MILLRACE_API_KEY,");
  }

  @Test
  void wrong_variable_is_named() {
    assertThat(problems(null, Map.of("MILLRACE_HTTP_MAX_REQUEST_BYTES", "lots")))
        .containsExactly(
            "the variable MILLRACE_HTTP_MAX_REQUEST_BYTES: 'http.maxRequestBytes' must be a size"
                + " from 64KiB to 1GiB, such as 64KiB, found 'lots'");
  }

  @Test
  void all_problems_are_told_at_once() throws IOException {
    assertThat(problems(file("shards: x\ndocs: y"), Map.of("MILLRACE_LISTEN", "z"))).hasSize(3);
  }

  @Test
  void address_beyond_loopback_without_a_key_is_refused() {
    for (String address : new String[] {"0.0.0.0:8080", "[::]:8080", "*:8080", "192.0.2.1:8080"}) {
      assertThat(problems(null, Map.of("MILLRACE_LISTEN", address)))
          .containsExactly(
              "the variable MILLRACE_LISTEN: 'listen' is %s, which others can reach, and no API key is"
                      .formatted(address)
                  + " configured; set an API key (the variable MILLRACE_API_KEY, or 'keys' in the"
                  + " file), or listen on 127.0.0.1");
    }
  }

  @Test
  void documentation_table_is_up_to_date() throws IOException {
    Path file = Path.of("../README.md");
    String text = Files.readString(file);

    assertThat(text)
        .as("made by `millrace settings --markdown`")
        .contains(SettingsTable.markdown());
  }

  @Test
  void every_default_is_valid_and_every_name_unique() {
    assertThat(Stream.of(Setting.values()).map(Setting::path)).doesNotHaveDuplicates();
    assertThat(Stream.of(Setting.values()).map(Setting::variable)).doesNotHaveDuplicates();
    for (Setting setting : Setting.values()) {
      assertThat(setting.type().parse(setting.initial())).isNotNull();
    }
  }

  private java.util.List<String> problems(Path file, Map<String, String> environment) {
    return catchThrowableOfType(
            ConfigException.class, () -> new ConfigLoader(environment, 2).load(file, Map.of()))
        .problems();
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("millrace.yaml"), text);
  }
}
