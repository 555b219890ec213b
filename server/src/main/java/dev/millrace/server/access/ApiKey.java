package dev.millrace.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/**
 * A key that lets a program in. Only the key's SHA-256 is kept: keys are long random texts, so a
 * fast hash is enough, and a copy of the memory or the configuration gives none away.
 *
 * @param name names the key in logs and messages
 * @param hash the SHA-256 of the key, as 64 lower-case hexadecimal digits
 * @param project the project it is bound to; empty if any
 * @param permissions what it allows; not empty
 */
public record ApiKey(String name, String hash, String project, Set<Permission> permissions) {
  public ApiKey {
    permissions = Set.copyOf(permissions);
  }

  /** The SHA-256 of a key's UTF-8, as 64 lower-case hexadecimal digits. */
  public static String hash(String key) {
    return HexFormat.of().formatHex(digest(key));
  }

  static byte[] digest(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Whether the key allows sending and nothing else, so that it may be shown to the world. */
  public boolean writeOnly() {
    return permissions.equals(Set.of(Permission.WRITE));
  }

  /** Who calls with this key. */
  public Caller caller() {
    return new Caller(name, project, permissions);
  }
}
