package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The house rules that can be read off the tree, for every module. */
final class TidyTest {
  private static final int FILE_LINES_MAX = 600;
  private static final int METHOD_LINES_MAX = 70;
  private static final int PACKAGE_FILES_MAX = 20;

  private static final Set<String> SKIPPED = Set.of("target", "node_modules", "gen", "dist");
  private static final Pattern SOURCE = Pattern.compile(".*\\.(java|ts|svelte|mjs|proto)");
  // Put together here, so that this file doesn't break its own rules.
  private static final Pattern LEFT_OVER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");
  private static final Pattern SLEEP = Pattern.compile("\\bThread" + "\\.sleep\\(");

  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final List<Path> SOURCES = sources();

  @Test
  void every_package_says_what_it_is_and_marks_null() {
    assertThat(packages().keySet().stream().filter(folder -> !isMarked(folder)).toList()).isEmpty();
  }

  @Test
  void packages_are_split_before_they_grow_large() {
    assertThat(
            packages().entrySet().stream()
                .filter(entry -> entry.getValue().size() > PACKAGE_FILES_MAX)
                .map(entry -> entry.getKey() + " has " + entry.getValue().size() + " files")
                .toList())
        .isEmpty();
  }

  @Test
  void files_are_short() {
    assertThat(
            SOURCES.stream()
                .filter(file -> !file.toString().endsWith(".proto"))
                .filter(file -> lines(file).size() > FILE_LINES_MAX)
                .map(file -> file + " has " + lines(file).size() + " lines")
                .toList())
        .isEmpty();
  }

  @Test
  void methods_are_short() throws IOException {
    List<String> tooLong = new ArrayList<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<Path> java =
          SOURCES.stream().filter(file -> isMain(file) || isTest(file)).map(ROOT::resolve).toList();
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(java));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new MethodLengths(unit, positions, tooLong).scan(unit, null);
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void nothing_is_left_to_do_in_comments() {
    assertThat(linesMatching(LEFT_OVER, file -> true)).isEmpty();
  }

  @Test
  void tests_do_not_sleep() {
    assertThat(linesMatching(SLEEP, TidyTest::isTest)).isEmpty();
  }

  /** The main packages by folder, each with its files other than package-info. */
  private static Map<Path, List<Path>> packages() {
    return SOURCES.stream()
        .filter(TidyTest::isMain)
        .filter(file -> !file.endsWith("package-info.java"))
        .collect(Collectors.groupingBy(Path::getParent));
  }

  private static boolean isMarked(Path folder) {
    Path info = folder.resolve("package-info.java");
    return Files.exists(ROOT.resolve(info))
        && lines(info).contains("@NullMarked")
        && lines(info).getFirst().startsWith("/**");
  }

  private static List<String> linesMatching(Pattern pattern, Predicate<Path> where) {
    List<String> found = new ArrayList<>();
    for (Path file : SOURCES) {
      if (where.test(file)) {
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
          if (pattern.matcher(lines.get(i)).find()) {
            found.add(file + ":" + (i + 1));
          }
        }
      }
    }
    return found;
  }

  private static boolean isMain(Path file) {
    return file.toString().contains("src/main/java/") && isJava(file);
  }

  private static boolean isTest(Path file) {
    return file.toString().contains("src/test/java/") && isJava(file);
  }

  private static boolean isJava(Path file) {
    return file.toString().endsWith(".java");
  }

  private static List<String> lines(Path file) {
    try (Stream<String> lines = Files.lines(ROOT.resolve(file))) {
      return lines.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that people wrote, relative to the root. */
  private static List<Path> sources() {
    List<Path> sources = new ArrayList<>();
    try {
      Files.walkFileTree(
          ROOT,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              String name = folder.getFileName().toString();
              return SKIPPED.contains(name) || name.equals(".git")
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (SOURCE.matcher(file.getFileName().toString()).matches()) {
                sources.add(ROOT.relativize(file));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sources;
  }

  /** Collects the methods of one file that are too long. */
  private static final class MethodLengths extends TreePathScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> tooLong;

    MethodLengths(CompilationUnitTree unit, SourcePositions positions, List<String> tooLong) {
      this.unit = unit;
      this.positions = positions;
      this.tooLong = tooLong;
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
      LineMap lines = unit.getLineMap();
      long first = lines.getLineNumber(positions.getStartPosition(unit, method));
      long last = lines.getLineNumber(positions.getEndPosition(unit, method));
      if (last - first >= METHOD_LINES_MAX) {
        String file = ROOT.relativize(Path.of(unit.getSourceFile().toUri())).toString();
        tooLong.add(file + ":" + first + " " + method.getName() + " has " + (last - first + 1));
      }
      return super.visitMethod(method, null);
    }
  }
}
