package dev.millrace.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** The check of texts against the decoder of the JDK. */
final class Utf8Properties {
  @Provide
  Arbitrary<byte[]> bytes() {
    Arbitrary<Byte> plain = Arbitraries.bytes().between((byte) 1, (byte) 127);
    Arbitrary<Byte> odd = Arbitraries.of((byte) 0, (byte) 1, (byte) 0x80, (byte) 0xc3, (byte) -1);
    Arbitrary<Byte> mixed = Arbitraries.frequencyOf(Tuple.of(40, plain), Tuple.of(1, odd));
    return mixed.array(byte[].class).ofMaxSize(90);
  }

  @Provide
  Arbitrary<byte[]> texts() {
    return Arbitraries.strings()
        .withChars('a', '0', 'é', '€', '\u0001', '\u007f')
        .withChars("😀")
        .ofMaxLength(40)
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @Property
  void any_range_of_bytes_is_judged_as_the_jdk_does(
      @ForAll("bytes") byte[] bytes,
      @ForAll @IntRange(max = 90) int from,
      @ForAll @IntRange(max = 90) int length) {
    check(bytes, from, length);
  }

  @Property
  void any_range_of_a_text_is_judged_as_the_jdk_does(
      @ForAll("texts") byte[] bytes,
      @ForAll @IntRange(max = 90) int from,
      @ForAll @IntRange(max = 90) int length) {
    check(bytes, from, length);
  }

  private static void check(byte[] bytes, int from, int length) {
    int offset = Math.min(from, bytes.length);
    int count = Math.min(length, bytes.length - offset);
    assertThat(Utf8.valid(bytes, offset, count)).isEqualTo(expected(bytes, offset, count));
  }

  private static boolean expected(byte[] bytes, int offset, int length) {
    try {
      return StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, offset, length))
              .toString()
              .indexOf(0)
          < 0;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
