package dev.millrace.server.storage.segments;

import dev.millrace.server.log.EventBlock;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.Function;

/**
 * Blocks that are opened whenever they are asked for: a block holds on to the columns it has
 * decoded, so whoever goes over many of them column by column needs new ones each time.
 */
public final class FreshBlocks<T> extends AbstractList<EventBlock> implements RandomAccess {
  private final List<T> places;
  private final Function<T, EventBlock> opener;

  /**
   * @param opener opens a block at its place
   */
  public FreshBlocks(List<T> places, Function<T, EventBlock> opener) {
    this.places = List.copyOf(places);
    this.opener = opener;
  }

  @Override
  public EventBlock get(int index) {
    return opener.apply(places.get(index));
  }

  @Override
  public int size() {
    return places.size();
  }
}
