package dev.millrace.server.zz;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ProbeProperties {
  @Property
  void adds(@ForAll int a) {
    assertThat(a + 1 - 1).isEqualTo(a);
  }
}
