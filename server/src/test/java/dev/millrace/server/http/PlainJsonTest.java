package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainJsonTest {
  @Test
  void escapes_for_html_are_undone_and_others_stay() {
    assertThat(PlainJson.of("{\"a\":\"\\u0027x\\u003d\\u003c\\u003e\\u0026\\n\\u0000\\u2028\"}"))
        .isEqualTo("{\"a\":\"'x=<>&\\n\\u0000\\u2028\"}");
  }

  @Test
  void escaped_backslash_before_the_letter_u_stays() {
    assertThat(PlainJson.of("\"\\\\u0027\\\\\\u0027\"")).isEqualTo("\"\\\\u0027\\\\'\"");
  }
}
