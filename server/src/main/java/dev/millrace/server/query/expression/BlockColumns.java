package dev.millrace.server.query.expression;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.query.time.Micros;
import dev.millrace.server.query.time.ZoneOffsets;
import dev.millrace.server.query.vector.CodeCondition;
import dev.millrace.server.query.vector.Comparison;
import dev.millrace.server.query.vector.Mask;
import dev.millrace.server.query.vector.Masks;
import dev.millrace.server.query.vector.NumberRange;
import dev.millrace.server.query.vector.Texts;
import dev.millrace.server.query.vector.Vectors;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of a block's events, stored ones and those computed from them; each computed once. */
public final class BlockColumns implements Columns {
  private static final Set<String> CONVERSIONS =
      Set.of("purchase", "signup", "subscribe", "download", "submit_form", "conversion");
  private static final Field DURATION = Field.property("duration");
  private static final NumberRange LONG_DURATION = NumberRange.of(Comparison.GREATER, 30);

  private final EventBlock block;
  private final ScanMemory memory;
  private final ZoneOffsets offsets;
  private final Map<Field, ValueVector> vectors = new HashMap<>();

  /** The columns of a block that is looked at alone. */
  public BlockColumns(EventBlock block, ZoneOffsets offsets) {
    this(block, new ScanMemory(offsets));
  }

  /**
   * The columns of a block.
   *
   * @param memory of the scan that the block is part of
   */
  public BlockColumns(EventBlock block, ScanMemory memory) {
    this.block = block;
    this.memory = memory;
    this.offsets = memory.offsets();
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
  public long minTime() {
    return block.minTime();
  }

  @Override
  public long maxTime() {
    return block.maxTime();
  }

  @Override
  public ColumnSummary summary(Field field) {
    return switch (field) {
      case Field.Stored stored -> block.summary(stored.column());
      case Field.Unset _ -> ColumnSummary.MISSING;
      case Field.Time _, Field.Derived _ -> ColumnSummary.UNKNOWN;
    };
  }

  @Override
  public @Nullable Dictionary dictionary(Field field) {
    return field instanceof Field.Stored stored ? block.dictionary(stored.column()) : null;
  }

  @Override
  public ScanMemory memory() {
    return memory;
  }

  /** The fields whose values were asked for. */
  public Set<Field> used() {
    return vectors.keySet();
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

  private Mask conversions() {
    return CodeCondition.once(
        vector(Field.TYPE),
        Kind.TEXT,
        Mask.all(rows()),
        (dictionary, code) -> CONVERSIONS.contains(dictionary.text(code)));
  }

  private Mask highValues() {
    Mask all = Mask.all(rows());
    Mask purchases =
        CodeCondition.once(
            vector(Field.TYPE),
            Kind.TEXT,
            all,
            (dictionary, code) -> dictionary.text(code).equals("purchase"));
    return purchases.or(Masks.numbers(vector(DURATION), LONG_DURATION, all));
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
