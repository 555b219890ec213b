package dev.millrace.server.query.expression;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.query.time.Micros;
import dev.millrace.server.query.time.ZoneOffsets;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The fields of a block's events, stored ones and those computed from them; each computed once. */
public final class BlockColumns implements Columns {
  private static final Set<String> CONVERSIONS =
      Set.of("purchase", "signup", "subscribe", "download", "submit_form", "conversion");
  private static final Field DURATION = Field.property("duration");
  private static final double LONG_DURATION_SECONDS = 30;

  private final EventBlock block;
  private final ZoneOffsets offsets;
  private final Map<Field, ValueVector> vectors = new HashMap<>();

  public BlockColumns(EventBlock block, ZoneOffsets offsets) {
    this.block = block;
    this.offsets = offsets;
  }

  public EventBlock block() {
    return block;
  }

  @Override
  public int rows() {
    return block.rows();
  }

  @Override
  public long[] times() {
    return block.times();
  }

  @Override
  public ValueVector elements() {
    throw new IllegalStateException("an element outside of exists and all");
  }

  @Override
  public ValueVector vector(Field field) {
    ValueVector known = vectors.get(field);
    if (known == null) {
      known = make(field);
      vectors.put(field, known);
    }
    return known;
  }

  private ValueVector make(Field field) {
    return switch (field) {
      case Field.Stored stored -> block.column(stored.column());
      case Field.Unset _ -> ValueVector.missing(rows());
      case Field.Time _ -> ValueVector.ofNumbers(timesAsNumbers(), rows());
      case Field.Derived derived ->
          switch (derived) {
            case IS_CONVERSION -> Vectors.booleans(conversions());
            case IS_HIGH_VALUE -> Vectors.booleans(highValues());
            case HOUR_OF_DAY -> ValueVector.ofNumbers(hours(), rows());
            case DAY_OF_WEEK -> daysOfWeek();
            case DATE -> dates();
          };
    };
  }

  private double[] timesAsNumbers() {
    double[] numbers = new double[rows()];
    long[] times = block.times();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = times[i];
    }
    return numbers;
  }

  private boolean[] conversions() {
    return Masks.texts(
        vector(Field.TYPE), (dictionary, code) -> CONVERSIONS.contains(dictionary.text(code)));
  }

  private boolean[] highValues() {
    boolean[] purchases =
        Masks.texts(
            vector(Field.TYPE), (dictionary, code) -> dictionary.text(code).equals("purchase"));
    boolean[] lasting = Masks.numbers(vector(DURATION), Comparison.GREATER, LONG_DURATION_SECONDS);
    for (int i = 0; i < purchases.length; i++) {
      purchases[i] |= lasting[i];
    }
    return purchases;
  }

  private double[] hours() {
    double[] hours = new double[rows()];
    long[] times = block.times();
    for (int i = 0; i < hours.length; i++) {
      long hour = Math.floorMod(offsets.local(times[i]), Micros.DAY) / Micros.HOUR;
      hours[i] = hour;
    }
    return hours;
  }

  private ValueVector daysOfWeek() {
    int[] codes = new int[rows()];
    long[] times = block.times();
    for (int i = 0; i < codes.length; i++) {
      // Day 0 was a Thursday, the fourth of the week from Monday.
      codes[i] = (int) Math.floorMod(Math.floorDiv(offsets.local(times[i]), Micros.DAY) + 3, 7L);
    }
    List<String> names = Arrays.stream(DayOfWeek.values()).map(Enum::name).toList();
    return ValueVector.ofTexts(codes, rows(), Texts.of(names));
  }

  private ValueVector dates() {
    int[] codes = new int[rows()];
    long[] times = block.times();
    Map<Long, Integer> codeOf = new HashMap<>();
    List<String> dates = new ArrayList<>();
    long lastDay = Long.MIN_VALUE;
    int lastCode = 0;
    for (int i = 0; i < codes.length; i++) {
      long day = Math.floorDiv(offsets.local(times[i]), Micros.DAY);
      if (day != lastDay) {
        lastDay = day;
        lastCode = codeOf.computeIfAbsent(day, _ -> dates.size());
        if (lastCode == dates.size()) {
          dates.add(LocalDate.ofEpochDay(day).toString());
        }
      }
      codes[i] = lastCode;
    }
    return ValueVector.ofTexts(codes, rows(), Texts.of(dates));
  }

  /** Whether rows of a vector have a value: one that isn't null. */
  public static boolean present(ValueVector vector, int row) {
    Kind kind = vector.kind(row);
    return kind != Kind.MISSING && kind != Kind.NULL;
  }
}
