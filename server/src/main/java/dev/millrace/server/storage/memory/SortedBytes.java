package dev.millrace.server.storage.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from bytes to bytes, ordered by unsigned bytes: a treap whose changes copy only
 * the path to the entry, so that a state is kept by keeping its root. Priorities come from the
 * keys, which makes the shape a function of the content.
 */
final class SortedBytes {
  static final SortedBytes EMPTY = new SortedBytes(null);

  private final @Nullable Node root;

  private SortedBytes(@Nullable Node root) {
    this.root = root;
  }

  byte @Nullable [] get(byte[] key) {
    Node node = root;
    while (node != null) {
      int order = Arrays.compareUnsigned(key, node.key);
      if (order == 0) {
        return node.value;
      }
      node = order < 0 ? node.left : node.right;
    }
    return null;
  }

  SortedBytes with(byte[] key, byte[] value) {
    return new SortedBytes(insert(root, key, value));
  }

  SortedBytes without(byte[] key) {
    return new SortedBytes(remove(root, key));
  }

  /** Visits entries from a key on. */
  void ascend(byte[] from, Visitor visitor) {
    ascend(root, from, visitor);
  }

  /** Visits entries from a key backward. */
  void descend(byte[] from, Visitor visitor) {
    descend(root, from, visitor);
  }

  private static boolean ascend(@Nullable Node node, byte[] from, Visitor visitor) {
    if (node == null) {
      return true;
    }
    boolean within = Arrays.compareUnsigned(node.key, from) >= 0;
    if (within && (!ascend(node.left, from, visitor) || !visitor.visit(node.key, node.value))) {
      return false;
    }
    return ascend(node.right, from, visitor);
  }

  private static boolean descend(@Nullable Node node, byte[] from, Visitor visitor) {
    if (node == null) {
      return true;
    }
    boolean within = Arrays.compareUnsigned(node.key, from) <= 0;
    if (within && (!descend(node.right, from, visitor) || !visitor.visit(node.key, node.value))) {
      return false;
    }
    return descend(node.left, from, visitor);
  }

  private static Node insert(@Nullable Node node, byte[] key, byte[] value) {
    if (node == null) {
      return new Node(key, value, null, null);
    }
    int order = Arrays.compareUnsigned(key, node.key);
    if (order == 0) {
      return new Node(key, value, node.left, node.right);
    }
    if (order < 0) {
      Node left = insert(node.left, key, value);
      return left.priority > node.priority
          ? new Node(left.key, left.value, left.left, node.with(left.right, node.right))
          : node.with(left, node.right);
    }
    Node right = insert(node.right, key, value);
    return right.priority > node.priority
        ? new Node(right.key, right.value, node.with(node.left, right.left), right.right)
        : node.with(node.left, right);
  }

  private static @Nullable Node remove(@Nullable Node node, byte[] key) {
    if (node == null) {
      return null;
    }
    int order = Arrays.compareUnsigned(key, node.key);
    if (order < 0) {
      return node.with(remove(node.left, key), node.right);
    }
    if (order > 0) {
      return node.with(node.left, remove(node.right, key));
    }
    return join(node.left, node.right);
  }

  private static @Nullable Node join(@Nullable Node left, @Nullable Node right) {
    if (left == null) {
      return right;
    }
    if (right == null) {
      return left;
    }
    return left.priority > right.priority
        ? left.with(left.left, join(left.right, right))
        : right.with(join(left, right.left), right.right);
  }

  /** Sees one entry after the other. */
  @FunctionalInterface
  interface Visitor {
    boolean visit(byte[] key, byte[] value);
  }

  private static final class Node {
    final byte[] key;
    final byte[] value;
    final int priority;
    final @Nullable Node left;
    final @Nullable Node right;

    Node(byte[] key, byte[] value, @Nullable Node left, @Nullable Node right) {
      this.key = key;
      this.value = value;
      this.left = left;
      this.right = right;
      int hash = Arrays.hashCode(key) * 0x9E3779B9;
      this.priority = (hash ^ (hash >>> 15)) * 0x85EBCA6B;
    }

    Node with(@Nullable Node newLeft, @Nullable Node newRight) {
      return newLeft == left && newRight == right ? this : new Node(key, value, newLeft, newRight);
    }
  }
}
