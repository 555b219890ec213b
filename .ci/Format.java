import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Checks ({@code check DIR}) or rewrites ({@code write DIR}) every Java file of a tree with
 * google-java-format. Run by the root pom, on the JDK that compiles.
 */
final class Format {
  private static final Set<String> SKIPPED = Set.of("target", "node_modules");

  public static void main(String[] args) throws IOException {
    boolean write = args[0].equals("write");
    Path root = Path.of(args[1]);
    Set<String> differing = new ConcurrentSkipListSet<>();
    Set<String> failed = new ConcurrentSkipListSet<>();
    sources(root).parallelStream()
        .forEach(
            file -> {
              String name = root.relativize(file).toString();
              try {
                if (differs(file, write)) {
                  differing.add(name);
                }
              } catch (FormatterException | IOException e) {
                failed.add(name + ": " + e.getMessage());
              }
            });
    differing.forEach(
        name -> System.out.println((write ? "formatted " : "not formatted: ") + name));
    failed.forEach(System.out::println);
    if (!failed.isEmpty() || (!write && !differing.isEmpty())) {
      System.out.println("Rewrite with: mvn -N -Pformat validate");
      System.exit(1);
    }
  }

  private static boolean differs(Path file, boolean write) throws FormatterException, IOException {
    String before = Files.readString(file);
    String after = ImportOrderer.reorderImports(before, Style.GOOGLE);
    after = RemoveUnusedImports.removeUnusedImports(after);
    after = new Formatter().formatSource(after);
    if (after.equals(before)) {
      return false;
    }
    if (write) {
      Files.writeString(file, after);
    }
    return true;
  }

  private static List<Path> sources(Path root) throws IOException {
    List<Path> sources = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            String name = dir.getFileName().toString();
            boolean hidden = name.startsWith(".") && !name.equals(".ci") && !dir.equals(root);
            return hidden || SKIPPED.contains(name)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              sources.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return sources;
  }
}
