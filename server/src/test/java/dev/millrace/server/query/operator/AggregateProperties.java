package dev.millrace.server.query.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.server.event.EventHashes;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.query.operator.Aggregates.Aggregation;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

final class AggregateProperties {
  private static final EventBlock BLOCK =
      (EventBlock)
          Proxy.newProxyInstance(
              EventBlock.class.getClassLoader(),
              new Class<?>[] {EventBlock.class},
              (_, method, _) -> {
                throw new AssertionError(method);
              });

  /** Spreads numbers over two aggregates, and merges them. */
  private static Figure figure(
      Aggregation aggregation, double quantile, double[] numbers, Random random) {
    Aggregate first = Aggregates.of(aggregation, true, quantile, new double[0]);
    Aggregate second = Aggregates.of(aggregation, true, quantile, new double[0]);
    first.reserve(1);
    second.reserve(1);
    int at = 0;
    while (at < numbers.length) {
      int size = Math.min(numbers.length - at, 1 + random.nextInt(3_000));
      double[] block = Arrays.copyOfRange(numbers, at, at + size);
      boolean[] all = new boolean[size];
      Arrays.fill(all, true);
      (random.nextBoolean() ? first : second)
          .update(RowCells.all(0), Selection.of(all), ValueVector.ofNumbers(block, size), BLOCK);
      at += size;
    }
    first.merge(0, second, 0);
    return first.figure(0, 1);
  }

  @Property(tries = 200)
  void sums_hardly_depend_on_the_order(@ForAll long seed) {
    Random random = new Random(seed);
    double[] numbers = new double[1 + random.nextInt(5_000)];
    BigDecimal exact = BigDecimal.ZERO;
    BigDecimal size = BigDecimal.ZERO;
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (random.nextDouble() - 0.3) * Math.pow(10, random.nextInt(14));
      exact = exact.add(new BigDecimal(numbers[i]));
      size = size.add(new BigDecimal(Math.abs(numbers[i])));
    }
    Double sum = figure(Aggregation.SUM, 0, numbers, random).number();

    assertThat(sum).isNotNull();
    assertThat(sum)
        .isCloseTo(
            exact.doubleValue(),
            within(Math.abs(exact.doubleValue()) * 1e-12 + size.doubleValue() * 1e-28));
  }

  @Property(tries = 60)
  void distinct_counts_are_exact_and_then_within_bounds(@ForAll long seed) {
    Random random = new Random(seed);
    int distinct =
        random.nextBoolean() ? 4_090 + random.nextInt(7) : 4_097 + random.nextInt(60_000);
    double[] numbers = new double[distinct + random.nextInt(distinct)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i < distinct ? i : random.nextInt(distinct);
    }
    Figure figure = figure(Aggregation.UNIQUE, 0, numbers, random);

    Double value = figure.number();
    Figure.Bounds bounds = figure.bounds();
    if (distinct <= DistinctSet.EXACT_MAX) {
      assertThat(value).isEqualTo(distinct);
      assertThat(bounds).isNull();
    } else {
      assertThat(bounds).isNotNull();
      assertThat(value).isBetween(bounds.lower(), bounds.upper());
      // Bounds hold for 95 of 100; three times as wide they hold in every test.
      double width = bounds.upper() - bounds.lower();
      assertThat((double) distinct).isBetween(bounds.lower() - width, bounds.upper() + width);
    }
  }

  @Property(tries = 60)
  void quantiles_are_exact_and_then_within_bounds(@ForAll long seed) {
    Random random = new Random(seed);
    int size = random.nextBoolean() ? 1 + random.nextInt(4_096) : 4_097 + random.nextInt(30_000);
    double[] numbers = random.doubles(size).toArray();
    double quantile = random.nextInt(101) / 100.0;
    Figure figure = figure(Aggregation.QUANTILE, quantile, numbers, random);

    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    Double value = figure.number();
    assertThat(value).isNotNull();
    if (size <= 4_096) {
      assertThat(value).isEqualTo(sorted[Math.max(1, (int) Math.ceil(quantile * size)) - 1]);
      assertThat(figure.bounds()).isNull();
    } else {
      assertThat(figure.bounds()).isNotNull();
      assertThat(value).isCloseTo(quantile, within(0.03));
    }
  }

  @Property(tries = 1)
  void a_text_of_digits_is_not_the_number() {
    Dictionary dictionary = new OneText("6");
    byte[] kinds = {4, 3};
    ValueVector vector =
        ValueVector.mixed(kinds, new double[] {0, 6}, new int[] {0, 0}, 2, dictionary);
    ValueHashes hashes = new ValueHashes(vector);

    assertThat(hashes.hash(0)).isNotEqualTo(hashes.hash(1));
  }

  private record OneText(String only) implements Dictionary {
    @Override
    public int size() {
      return 1;
    }

    @Override
    public boolean distinct() {
      return true;
    }

    @Override
    public String text(int code) {
      return only;
    }

    @Override
    public List<Object> list(int code) {
      throw new AssertionError();
    }

    @Override
    public long hash(int code) {
      byte[] bytes = only.getBytes(UTF_8);
      return EventHashes.hash(bytes, 0, bytes.length);
    }
  }
}
