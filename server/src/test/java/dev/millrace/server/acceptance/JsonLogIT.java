package dev.millrace.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With JSON logs every line that the server prints is one object, the JVM's start included. */
class JsonLogIT {
  @Test
  void everyLine_isAnObject_withTimeLevelAndMessage(@TempDir Path data) throws Exception {
    try (ServerProcess server = ServerProcess.start(data, "--log-format=json")) {
      assertThat(server.stop()).isZero();
      List<String> messages = new ArrayList<>();
      for (String line : server.log().lines().toList()) {
        JsonNode entry = new ObjectMapper().readTree(line);
        assertThat(entry.path("timestamp").isNumber()).as(line).isTrue();
        assertThat(entry.path("level").asText()).as(line).isIn("INFO", "WARN", "ERROR");
        assertThat(entry.path("loggerName").asText()).as(line).isNotEmpty();
        messages.add(entry.path("formattedMessage").asText());
      }
      assertThat(messages).anyMatch(message -> message.startsWith("ready at http://127.0.0.1:"));
      assertThat(messages).last().isEqualTo("stopped");
    }
  }
}
