package dev.millrace.server.zz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProbeIT {
  @Test
  void jar_is_there() {
    assertThat(Files.exists(Path.of(System.getProperty("millrace.jar")))).isTrue();
  }
}
