package dev.millrace.server.storage.dedup;

import java.security.SecureRandom;

/**
 * What is kept of a hash: the upper 37 bits of its product with a secret odd number. That leaves
 * about one false match in ten thousand at ten million ids, each of which costs a look at a stored
 * event.
 *
 * <p>Multiplication by a random odd number is universal (Dietzfelbinger, Hagerup, Katajainen,
 * Penttonen, "A reliable randomized algorithm for the closest-pair problem", 1997): whoever chooses
 * ids without knowing the factor can't make different hashes crowd in one place. Every shard has a
 * factor of its own, which is stored with its first run.
 *
 * @param factor odd
 */
record IdPrefix(long factor) {
  static final int BITS = 37;
  private static final SecureRandom RANDOM = new SecureRandom();

  static IdPrefix random() {
    return new IdPrefix(RANDOM.nextLong() | 1);
  }

  long of(long hash) {
    return (hash * factor) >>> (Long.SIZE - BITS);
  }
}
