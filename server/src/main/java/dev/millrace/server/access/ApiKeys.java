package dev.millrace.server.access;

import dev.millrace.server.error.ApiException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys that are known. Thread-safe.
 *
 * <p>A server without keys needs no login: whoever calls is {@link Caller#ANYONE}.
 */
public final class ApiKeys {
  private final List<Entry> entries;

  public ApiKeys(List<ApiKey> keys) {
    entries =
        keys.stream().map(key -> new Entry(key, HexFormat.of().parseHex(key.hash()))).toList();
  }

  /** Whether callers must show a key. */
  public boolean required() {
    return !entries.isEmpty();
  }

  /**
   * Who calls with the key of an {@code authorization} header.
   *
   * @param key null if the caller showed none
   * @throws ApiException.Unauthenticated if a key is needed, and this one is missing or unknown
   */
  public Caller caller(@Nullable String key) {
    if (!required()) {
      return Caller.ANYONE;
    }
    return find(key).caller();
  }

  /**
   * Who calls with a key that stands in a URL, where proxies and browsers keep it: only a
   * write-only key may stand there.
   *
   * @throws ApiException.Unauthenticated if a key is needed, and this one is missing, unknown or
   *     not write-only
   */
  public Caller callerByUrl(@Nullable String key) {
    if (!required()) {
      return Caller.ANYONE;
    }
    ApiKey found = find(key);
    if (!found.writeOnly()) {
      throw new ApiException.Unauthenticated(
          "the key '%s' allows more than sending events, so it must come in the authorization header"
              .formatted(found.name()));
    }
    return found.caller();
  }

  private ApiKey find(@Nullable String key) {
    if (key == null || key.isEmpty()) {
      throw new ApiException.Unauthenticated(
          "this server needs an API key: send the header 'authorization: Bearer KEY'");
    }
    byte[] digest = ApiKey.digest(key);
    ApiKey found = null;
    // All entries, whichever fits, so that the time taken tells nothing.
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(entry.digest(), digest)) {
        found = entry.key();
      }
    }
    if (found == null) {
      throw new ApiException.Unauthenticated("the API key isn't known to this server");
    }
    return found;
  }

  private record Entry(ApiKey key, byte[] digest) {}
}
