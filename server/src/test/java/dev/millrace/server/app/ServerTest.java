package dev.millrace.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.app.config.ConfigLoader;
import dev.millrace.server.app.config.ServerConfig;
import dev.millrace.server.app.config.Setting;
import dev.millrace.server.app.config.Sourced;
import dev.millrace.server.error.StorageException;
import dev.millrace.server.live.FakeStorage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerTest {
  private final FakeStorage storage = new FakeStorage(2);

  @Test
  void server_serves_until_it_is_stopped_and_closes_the_store_last() throws Exception {
    ServerConfig config = config("127.0.0.1:0");
    Server server = Server.start(config, System.nanoTime(), this::parts);
    String url = server.url(config);
    HttpClient client = HttpClient.newHttpClient();

    assertThat(get(client, url + "/readyz").statusCode()).isEqualTo(200);
    assertThat(get(client, url + "/v1/stats").body()).contains("\"shards\":2");
    assertThat(get(client, url + "/metrics").body())
        .contains("millrace_store_bytes 4096.0", "millrace_store_free_bytes 1024.0")
        .contains("millrace_store_oldest_reader_seconds", "jvm_memory_used_bytes");
    assertThat(storage.closed).isFalse();

    server.stop();
    server.stop();

    assertThat(storage.closed).isTrue();
    assertThatThrownBy(() -> get(client, url + "/readyz")).isInstanceOf(java.io.IOException.class);
  }

  @Test
  void used_port_is_told_in_one_line() {
    Server first = Server.start(config("127.0.0.1:0"), System.nanoTime(), this::parts);
    String address = "127.0.0.1:" + first.address().getPort();

    assertThatThrownBy(() -> Server.start(config(address), System.nanoTime(), this::parts))
        .isInstanceOf(StartException.class)
        .hasMessage("can't listen on %s: another program uses the port".formatted(address));
    first.stop();
  }

  @Test
  void data_directory_in_use_is_told_in_one_line() {
    assertThatThrownBy(
            () ->
                Server.start(
                    config("127.0.0.1:0"),
                    System.nanoTime(),
                    config -> {
                      throw new StorageException.InUse("held by process 7");
                    }))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "the data directory millrace-data is in use by another process: held by process 7");
  }

  private Parts parts(ServerConfig config) {
    return Wiring.parts(config, storage, new FakeStorage.Reading());
  }

  private static ServerConfig config(String listen) {
    return new ConfigLoader(Map.of(), 2)
        .load(null, Map.of(Setting.LISTEN, new Sourced(listen, "the test")));
  }

  private static HttpResponse<String> get(HttpClient client, String url) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }
}
