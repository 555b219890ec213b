package dev.millrace.server.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

final class ListCodecProperties {
  @Property(tries = 300)
  void lists_come_back_as_they_went_in(@ForAll("lists") List<@Nullable Object> list) {
    byte[] bytes = ListCodec.encode(list);
    byte[] within = new byte[bytes.length + 7];
    System.arraycopy(bytes, 0, within, 3, bytes.length);

    assertThat(ListCodec.decode(within, 3, bytes.length)).isEqualTo(list);
  }

  @Property(tries = 300)
  void bytes_are_those_of_list_value(@ForAll("lists") List<@Nullable Object> list)
      throws InvalidProtocolBufferException {
    byte[] bytes = ListCodec.encode(list);

    assertThat(ListValue.parseFrom(bytes)).isEqualTo(message(list));
    assertThat(bytes).hasSize(message(list).getSerializedSize());
  }

  @Property(tries = 2000)
  void damaged_bytes_give_another_list_or_a_clear_error(
      @ForAll("lists") List<@Nullable Object> list, @ForAll int where, @ForAll byte other) {
    byte[] bytes = ListCodec.encode(list);
    if (bytes.length == 0) {
      return;
    }
    int at = Math.floorMod(where, bytes.length);
    byte[] changed = bytes.clone();
    changed[at] = other;

    decodeOrRefuse(changed);
    decodeOrRefuse(Arrays.copyOf(bytes, at));
  }

  @Property(tries = 2000)
  void any_bytes_give_a_list_or_a_clear_error(@ForAll byte[] bytes) {
    decodeOrRefuse(bytes);
  }

  @Example
  void a_list_may_be_nested_a_hundred_levels_deep() {
    byte[] bytes = ListCodec.encode(nested(100));

    assertThat(ListCodec.decode(bytes, 0, bytes.length)).isEqualTo(nested(100));
    assertThatThrownBy(() -> ListCodec.encode(nested(101)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a list nested deeper than 100 levels");
  }

  @Example
  void endless_nesting_is_refused() {
    ListValue.Builder deep = ListValue.newBuilder();
    for (int i = 0; i < 101; i++) {
      deep = ListValue.newBuilder().addValues(Value.newBuilder().setListValue(deep));
    }
    byte[] lists = deep.build().toByteArray();
    assertThatThrownBy(() -> ListCodec.decode(lists, 0, lists.length))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a list nested deeper than 100 levels");

    byte[] groups = new byte[1_000_000];
    Arrays.fill(groups, (byte) (7 << 3 | 3));
    assertThatThrownBy(() -> ListCodec.decode(groups, 0, groups.length))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("malformed list");
  }

  @Example
  void fields_that_are_not_known_are_passed_over() {
    byte[] bytes = {9 << 3, 1, 1 << 3 | 2, 4, 9 << 3, 1, 4 << 3, 1};

    assertThat(ListCodec.decode(bytes, 0, bytes.length)).isEqualTo(List.of(true));
  }

  @Example
  void what_json_does_not_have_cannot_be_encoded() {
    assertThatThrownBy(() -> ListCodec.encode(List.of('c')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a list can't hold a java.lang.Character");
    assertThatThrownBy(() -> ListCodec.encode(List.of(Map.of(1, 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a member's key is not a text: 1");
  }

  private static void decodeOrRefuse(byte[] bytes) {
    List<@Nullable Object> list;
    try {
      list = ListCodec.decode(bytes, 0, bytes.length);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageMatching("(?s)malformed list.*|a list nested deeper .*");
      return;
    }
    byte[] again = ListCodec.encode(list);
    assertThat(ListCodec.decode(again, 0, again.length)).isEqualTo(list);
  }

  /** Lists and objects by turns, the outermost a list. */
  private static List<?> nested(int levels) {
    Object value = List.of();
    for (int level = levels - 1; level >= 1; level--) {
      value = level % 2 == 1 ? List.of(value) : Map.of("k", value);
    }
    return (List<?>) value;
  }

  private static ListValue message(List<? extends @Nullable Object> list) {
    ListValue.Builder message = ListValue.newBuilder();
    list.forEach(value -> message.addValues(value(value)));
    return message.build();
  }

  private static Value value(@Nullable Object value) {
    Value.Builder message = Value.newBuilder();
    return switch (value) {
      case null -> message.setNullValue(NullValue.NULL_VALUE).build();
      case Boolean bool -> message.setBoolValue(bool).build();
      case Double number -> message.setNumberValue(number).build();
      case String text -> message.setStringValue(text).build();
      case List<?> list -> message.setListValue(message(list)).build();
      case Map<?, ?> map -> {
        Struct.Builder struct = Struct.newBuilder();
        map.forEach((key, member) -> struct.putFields((String) key, value(member)));
        yield message.setStructValue(struct).build();
      }
      default -> throw new IllegalArgumentException(value.toString());
    };
  }

  @Provide
  Arbitrary<List<@Nullable Object>> lists() {
    return elements(3).list().ofMaxSize(5);
  }

  private static Arbitrary<@Nullable Object> elements(int depth) {
    Arbitrary<String> texts =
        Arbitraries.of("", "a", "key", "ä", "日本", "😀", "x".repeat(200), "y".repeat(20_000));
    Arbitrary<@Nullable Object> plain =
        Arbitraries.oneOf(
            Arbitraries.just(null),
            Arbitraries.of(true, false),
            Arbitraries.doubles(),
            Arbitraries.of(-0.0, Double.NEGATIVE_INFINITY, Double.MIN_VALUE),
            texts);
    if (depth == 0) {
      return plain;
    }
    Arbitrary<@Nullable Object> inner = Arbitraries.lazy(() -> elements(depth - 1));
    return Arbitraries.oneOf(
        plain,
        inner.list().ofMaxSize(3),
        Arbitraries.maps(texts, inner).ofMaxSize(3).map(TreeMap::new));
  }
}
