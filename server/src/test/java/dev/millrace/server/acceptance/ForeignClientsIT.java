package dev.millrace.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Clients nobody here wrote: grpc-js, buf curl and curl. */
@TestInstance(Lifecycle.PER_CLASS)
class ForeignClientsIT {
  private static final Path NODE = Path.of("src/test/node");
  private static final Path BUF = Path.of("../proto/node_modules/@bufbuild/buf/bin/buf");

  private ServerProcess server;

  @BeforeAll
  void start(@TempDir Path data) {
    server = ServerProcess.start(data);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void grpcJs_streamsPublishesQueriesAndTails() throws Exception {
    run(NODE, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    String printed = run(NODE, "node", "grpc-js-client.mjs", server.address());
    assertThat(printed.lines().filter(line -> line.startsWith("ok "))).hasSize(9);
  }

  @Test
  void bufCurl_ingestsAndQueriesOverGrpcByReflection() throws Exception {
    assertBufCurlWorks("grpc", "buf-grpc");
  }

  @Test
  void bufCurl_ingestsAndQueriesOverGrpcWebByReflection() throws Exception {
    assertBufCurlWorks("grpcweb", "buf-grpcweb");
  }

  private void assertBufCurlWorks(String protocol, String project) throws Exception {
    String ingested =
        bufCurl(
            protocol,
            "millrace.v1.IngestService/IngestEvents",
            """
            {"project":"%s","events":[{"type":"purchase","userId":"u1","value":12.5},
             {"type":"purchase","userId":"u2","value":7.5,"properties":{"page":"/x"}}]}"""
                .formatted(project));
    assertThat(ingested).contains("\"accepted\": \"2\"").contains("\"position\"");
    String answer =
        bufCurl(
            protocol,
            "millrace.v1.QueryService/Query",
            """
            {"project":"%s","query":{"measures":[{"name":"total","aggregation":"SUM","field":"value"}]}}"""
                .formatted(project));
    assertThat(answer).contains("\"total\": 20");
  }

  private String bufCurl(String protocol, String method, String body) throws Exception {
    return run(
        Path.of("."),
        "node",
        BUF.toString(),
        "curl",
        "--protocol",
        protocol,
        "--http2-prior-knowledge",
        "--data",
        body,
        "http://" + server.address() + "/" + method);
  }

  @Test
  void curl_ingestsJsonAndQueries() throws Exception {
    String url = "http://" + server.address();
    String ingested =
        run(
            Path.of("."),
            "curl",
            "-sS",
            "--fail-with-body",
            "--data",
            "{\"project\":\"curl\",\"events\":[{\"type\":\"login\",\"userId\":\"u1\"}]}",
            url + "/v1/events");
    assertThat(ingested).contains("\"accepted\":\"1\"");
    String answer =
        run(
            Path.of("."),
            "curl",
            "-sS",
            "--fail-with-body",
            "--data",
            "{\"project\":\"curl\",\"query\":{\"measures\":[{\"name\":\"n\"}]}}",
            url + "/v1/query");
    assertThat(answer).contains("\"n\":1.0");
  }

  @Test
  void curl_readsServerSentEventsAndLinesOfJson() throws Exception {
    String url =
        "http://"
            + server.address()
            + "/v1/live?project=curl-live&query=%7B%22measures%22%3A%5B%7B%22name%22%3A%22n%22%7D%5D%7D";
    String events = runUntilTimeout("curl", "-sS", "-N", "--max-time", "2", url);
    assertThat(events)
        .startsWith("event: snapshot\nid: ")
        .contains("\ndata: {\"position\":\"", "\"values\":{\"n\":0.0}");
    String lines =
        runUntilTimeout(
            "curl", "-sS", "-N", "--max-time", "2", "-H", "Accept: application/x-ndjson", url);
    assertThat(lines).startsWith("{\"position\":\"");
  }

  /** A stream has no end, so curl gives up by itself, which it calls 28. */
  private static String runUntilTimeout(String... command) throws Exception {
    Process process = new ProcessBuilder(command).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(28);
    return output;
  }

  private static String run(Path folder, String... command) throws Exception {
    Path printed = Files.createTempFile("millrace-client", ".out");
    try {
      Process process =
          new ProcessBuilder(new ArrayList<>(List.of(command)))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(printed.toFile())
              .start();
      boolean ended = process.waitFor(120, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      String output = read(printed);
      assertThat(ended).as("%s ended, having printed:%n%s", command[0], output).isTrue();
      assertThat(process.exitValue()).as("exit of %s:%n%s", command[0], output).isZero();
      return output;
    } finally {
      Files.delete(printed);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
