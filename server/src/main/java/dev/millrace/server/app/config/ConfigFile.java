package dev.millrace.server.app.config;

import dev.millrace.server.access.ApiKey;
import dev.millrace.server.access.Permission;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads the configuration file. Works on YAML's nodes rather than on values, since those know their
 * lines, and since {@code shards: 08} is better told what a number is than silently made 8. Used
 * once.
 */
final class ConfigFile {
  private static final String KEYS = "keys";
  private static final Set<String> KEY_FIELDS =
      new TreeSet<>(Set.of("key", "keyHash", "name", "permissions", "project"));
  private static final String HASH = "[0-9a-f]{64}";
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";
  private static final int KEY_LENGTH_MIN = 16;

  private final Path file;
  private final Map<String, String> environment;
  private final List<String> problems;
  private final Map<Setting, Sourced> values = new HashMap<>();
  private final List<ApiKey> keys = new ArrayList<>();
  private final Map<String, Setting> byPath =
      Arrays.stream(Setting.values()).collect(Collectors.toMap(Setting::path, s -> s));

  /**
   * @param problems gets what is wrong
   */
  ConfigFile(Path file, Map<String, String> environment, List<String> problems) {
    this.file = file;
    this.environment = environment;
    this.problems = problems;
  }

  Map<Setting, Sourced> values() {
    return values;
  }

  List<ApiKey> keys() {
    return keys;
  }

  void read() {
    try {
      Node root = new Yaml(new LoaderOptions()).compose(new StringReader(Files.readString(file)));
      if (root != null && !isNull(root)) {
        mapping("", root);
      }
    } catch (NoSuchFileException e) {
      problems.add("%s: there is no such file".formatted(file));
    } catch (MalformedInputException e) {
      problems.add("%s: isn't UTF-8".formatted(file));
    } catch (IOException e) {
      problems.add("%s: can't be read (%s)".formatted(file, e.getMessage()));
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      problems.add("%s line %d: isn't valid YAML: %s".formatted(file, line, e.getProblem()));
    } catch (YAMLException e) {
      problems.add("%s: isn't valid YAML".formatted(file));
    }
  }

  private void mapping(String prefix, Node node) {
    if (!(node instanceof MappingNode mapping)) {
      String what = prefix.isEmpty() ? "the file" : "'" + withoutDot(prefix) + "'";
      problems.add("%s: %s must hold settings, one a line: name: value".formatted(at(node), what));
      return;
    }
    Set<String> seen = new HashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String name = tuple.getKeyNode() instanceof ScalarNode key ? key.getValue() : "?";
      if (!seen.add(name)) {
        problems.add("%s: '%s' is set twice".formatted(at(tuple.getKeyNode()), prefix + name));
      }
      entry(prefix + name, tuple.getKeyNode(), tuple.getValueNode());
    }
  }

  private void entry(String path, Node key, Node value) {
    Setting setting = byPath.get(path);
    if (setting != null) {
      String text = scalar(path, value);
      if (text != null) {
        values.put(setting, new Sourced(text, at(value)));
      }
    } else if (path.equals(KEYS)) {
      keys(value);
    } else if (byPath.keySet().stream().anyMatch(other -> other.startsWith(path + "."))) {
      if (!isNull(value)) {
        mapping(path + ".", value);
      }
    } else {
      problems.add(
          "%s: unknown setting '%s'; allowed here are %s".formatted(at(key), path, siblings(path)));
    }
  }

  /** The names that could stand where an unknown one stands. */
  private String siblings(String path) {
    String prefix = path.substring(0, path.lastIndexOf('.') + 1);
    Set<String> names = new TreeSet<>();
    for (String other : byPath.keySet()) {
      if (other.startsWith(prefix)) {
        String rest = other.substring(prefix.length());
        names.add(rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest);
      }
    }
    if (prefix.isEmpty()) {
      names.add(KEYS);
    }
    return String.join(", ", names);
  }

  /**
   * The text of a value with its variables filled in, or null after noting what is wrong with it.
   */
  private @Nullable String scalar(String path, Node node) {
    if (!(node instanceof ScalarNode scalar)) {
      problems.add("%s: '%s' must be a single value".formatted(at(node), path));
      return null;
    }
    try {
      return isNull(node) ? "" : Variables.expand(scalar.getValue(), environment);
    } catch (IllegalArgumentException e) {
      problems.add("%s: '%s': %s".formatted(at(node), path, e.getMessage()));
      return null;
    }
  }

  private void keys(Node node) {
    if (!(node instanceof SequenceNode list)) {
      problems.add("%s: 'keys' must be a list of keys".formatted(at(node)));
      return;
    }
    for (int i = 0; i < list.getValue().size(); i++) {
      key("keys[" + i + "]", list.getValue().get(i));
    }
  }

  private void key(String path, Node node) {
    if (!(node instanceof MappingNode mapping)) {
      problems.add("%s: '%s' must have a name, a key and permissions".formatted(at(node), path));
      return;
    }
    int before = problems.size();
    Map<String, String> fields = new HashMap<>();
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (NodeTuple tuple : mapping.getValue()) {
      String name = tuple.getKeyNode() instanceof ScalarNode key ? key.getValue() : "?";
      if (!KEY_FIELDS.contains(name)) {
        problems.add(
            "%s: unknown setting '%s.%s'; allowed here are %s"
                .formatted(at(tuple.getKeyNode()), path, name, String.join(", ", KEY_FIELDS)));
      } else if (name.equals("permissions")) {
        permissions(path + ".permissions", tuple.getValueNode(), permissions);
      } else {
        String text = scalar(path + "." + name, tuple.getValueNode());
        if (text != null) {
          fields.put(name, text);
        }
      }
    }
    if (problems.size() == before) {
      check(path, node, fields, permissions);
    }
  }

  private void permissions(String path, Node node, Set<Permission> permissions) {
    List<Node> items = node instanceof SequenceNode list ? list.getValue() : List.of(node);
    for (Node item : items) {
      String text = scalar(path, item);
      if (text == null) {
        continue;
      }
      try {
        permissions.add(Permission.valueOf(text.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        problems.add(
            "%s: '%s' must be among write, read, admin, found '%s'"
                .formatted(at(item), path, text));
      }
    }
  }

  /** Messages never hold a key or its hash. */
  private void check(
      String path, Node node, Map<String, String> fields, Set<Permission> permissions) {
    String name = fields.getOrDefault("name", "");
    String key = fields.get("key");
    String hash = fields.get("keyHash");
    String problem = null;
    if (!name.matches(NAME)) {
      problem = "needs a name of letters, digits, '.', '_' and '-'";
    } else if (keys.stream().anyMatch(other -> other.name().equals(name))) {
      problem = "has the name of another key, '" + name + "'";
    } else if ((key == null) == (hash == null)) {
      problem = "needs either a key or a keyHash";
    } else if (key != null && key.length() < KEY_LENGTH_MIN) {
      problem =
          "has a key of %d characters, it must have at least %d"
              .formatted(key.length(), KEY_LENGTH_MIN);
    } else if (hash != null && !hash.matches(HASH)) {
      problem = "has a keyHash that isn't a SHA-256 in 64 lower-case hexadecimal digits";
    } else if (permissions.isEmpty()) {
      problem = "needs permissions, among write, read, admin";
    }
    if (problem != null) {
      problems.add("%s: '%s' %s".formatted(at(node), path, problem));
      return;
    }
    keys.add(
        new ApiKey(
            name,
            key == null ? String.valueOf(hash) : ApiKey.hash(key),
            fields.getOrDefault("project", ""),
            permissions));
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static String withoutDot(String prefix) {
    return prefix.substring(0, prefix.length() - 1);
  }

  private String at(Node node) {
    return "%s line %d".formatted(file, node.getStartMark().getLine() + 1);
  }
}
