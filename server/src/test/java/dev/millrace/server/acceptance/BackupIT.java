package dev.millrace.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as an operator uses them, with ingest going on. */
final class BackupIT {
  private static final int BATCH = 200;
  private static final Pattern STORED = Pattern.compile("\"eventsStored\":\"(\\d+)\"");

  @TempDir private Path directory;

  private record Ended(int code, String output) {}

  private Ended run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", "target/millrace.jar"));
    command.addAll(List.of(arguments));
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), Files.readString(output));
  }

  private static void send(ServerProcess server, int from) throws InterruptedException {
    StringBuilder events = new StringBuilder();
    for (int i = from; i < from + BATCH; i++) {
      events.append(i == from ? "" : ",");
      events.append("{\"eventId\":\"e%d\",\"type\":\"t\",\"userId\":\"u%d\"}".formatted(i, i % 50));
    }
    HttpResponse<String> answer = server.post("/v1/events", "{\"events\":[" + events + "]}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static long stored(ServerProcess server) throws InterruptedException {
    Matcher matcher = STORED.matcher(server.get("/v1/stats").body());
    assertThat(matcher.find()).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  @Test
  void store_is_copied_while_in_use_restored_and_verified() throws Exception {
    Path data = directory.resolve("data");
    Path file = directory.resolve("store.backup");
    Path restored = directory.resolve("restored");
    AtomicInteger sent = new AtomicInteger();
    int before;
    try (ServerProcess server = ServerProcess.start(data)) {
      AtomicBoolean over = new AtomicBoolean();
      while (sent.get() < 20 * BATCH) {
        send(server, sent.getAndAdd(BATCH));
      }
      before = sent.get();
      Thread ingest = Thread.ofPlatform().start(() -> ingest(server, sent, over));
      Ended backup = run("backup", "--server", server.uri("/").toString(), "--to", file.toString());
      over.set(true);
      ingest.join();
      assertThat(backup).isEqualTo(new Ended(0, ""));
      assertThat(data.resolve("backup")).doesNotExist();
      assertThat(stored(server)).isEqualTo(sent.get());
    }
    byte[] whole = Files.readAllBytes(file);
    Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(whole, whole.length / 2));
    Ended refused = run("restore", "--from", cut.toString(), "--data", restored.toString());
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.output()).contains("nothing is restored: ", "is cut off").hasLineCount(1);
    assertThat(restored).doesNotExist();

    assertThat(run("restore", "--from", file.toString(), "--data", restored.toString()))
        .isEqualTo(new Ended(0, ""));
    Ended verified = run("verify", "--data", restored.toString());
    assertThat(verified.code()).as(verified.output()).isZero();
    assertThat(verified.output()).contains("events read, 0 damages");
    try (ServerProcess server = ServerProcess.start(restored)) {
      assertThat(stored(server)).isBetween((long) before, (long) sent.get());
      // Sent again, exactly what came after the copy is new.
      for (int from = 0; from < sent.get(); from += BATCH) {
        send(server, from);
      }
      assertThat(stored(server)).isEqualTo(sent.get());
    }
    try (var left = Files.list(directory)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("data", "store.backup", "cut", "restored", "output");
    }
    assertThat(new String(whole, StandardCharsets.ISO_8859_1)).contains("millrace-backup");
  }

  private static void ingest(ServerProcess server, AtomicInteger sent, AtomicBoolean over) {
    try {
      while (!over.get()) {
        send(server, sent.get());
        sent.addAndGet(BATCH);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
