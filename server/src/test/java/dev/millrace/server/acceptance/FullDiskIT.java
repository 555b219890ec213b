package dev.millrace.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The store can't grow: a limit on the size of the server's files, which the kernel refuses to pass
 * in the middle of a commit as it does on a full disk, and which can be lifted again.
 */
class FullDiskIT {
  private static final int BATCH = 500;
  private static final int BATCHES_MAX = 1_000;
  private static final long ROOM_BYTES = 1 << 20;

  @Test
  void withoutRoom_batchesAreRefused_nothingIsLost_andIngestGoesOnAfter(@TempDir Path data)
      throws Exception {
    boolean canLimit = Files.isExecutable(Path.of("/usr/bin/prlimit"));
    if (!canLimit) {
      System.out.println("FullDiskIT is skipped: there is no /usr/bin/prlimit to limit files with");
    }
    assumeTrue(canLimit);
    try (ServerProcess server = ServerProcess.start(data, "--shards=1")) {
      long size = Files.size(data.resolve("shard-0/log/data.mdb"));
      limitFiles(server, Long.toString(size + ROOM_BYTES));
      int batches = 0;
      HttpResponse<String> answer = send(server, batches);
      while (answer.statusCode() == 200 && batches < BATCHES_MAX) {
        batches++;
        answer = send(server, batches);
      }
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
      assertThat(answer.body()).contains("\"code\":14", "STORE_FULL").doesNotContain("RetryInfo");
      assertThat(count(server)).isEqualTo(batches * BATCH);
      assertThat(send(server, batches).statusCode()).as("still full").isEqualTo(503);

      limitFiles(server, "unlimited");
      assertThat(send(server, batches).statusCode()).as("room again").isEqualTo(200);
      assertThat(send(server, batches).body()).contains("\"duplicates\":\"" + BATCH + "\"");
      assertThat(count(server)).isEqualTo((batches + 1) * BATCH);
      assertThat(server.stop()).isZero();
      try (ServerProcess again = ServerProcess.start(data)) {
        assertThat(count(again)).isEqualTo((batches + 1) * BATCH);
      }
    }
  }

  private static void limitFiles(ServerProcess server, String bytes)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "/usr/bin/prlimit", "--pid=" + server.pid(), "--fsize=" + bytes + ":unlimited")
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
  }

  private static HttpResponse<String> send(ServerProcess server, int batch)
      throws InterruptedException {
    StringBuilder body = new StringBuilder("{\"events\":[");
    for (int i = 0; i < BATCH; i++) {
      body.append(i == 0 ? "" : ",")
          .append("{\"type\":\"t\",\"userId\":\"u")
          .append(i % 7)
          .append("\",\"eventId\":\"")
          .append(batch)
          .append('-')
          .append(i)
          .append("\"}");
    }
    return server.post("/v1/events", body.append("]}").toString());
  }

  private static int count(ServerProcess server) throws Exception {
    String answer =
        server
            .post(
                "/v1/query",
                "{\"query\":{\"measures\":[{\"name\":\"n\",\"aggregation\":\"COUNT\"}]}}")
            .body();
    return (int) new ObjectMapper().readTree(answer).at("/rows/0/values/n").asDouble();
  }
}
