package dev.millrace.server.query.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelSource;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.parser.CelParser;
import dev.cel.parser.CelParserFactory;
import dev.millrace.server.error.ApiException;

/**
 * Compiles CEL text to conditions. The text is parsed by the CEL library; what the syntax tree
 * means is ours, since fields may be missing and of any kind.
 *
 * <p>No macros are set: {@code has}, {@code exists} and {@code all} come as calls, which are
 * simpler to translate than what they expand to. Thread-safe.
 */
final class CelCompiler {
  static final int LENGTH_MAX = 16 * 1024;
  static final int DEPTH_MAX = 100;

  private static final CelParser PARSER =
      CelParserFactory.standardCelParserBuilder()
          .setOptions(
              CelOptions.current()
                  .maxExpressionCodePointSize(LENGTH_MAX)
                  .maxParseRecursionDepth(DEPTH_MAX)
                  .maxParseErrorRecoveryLimit(1)
                  .enableReservedIds(false)
                  .build())
          .build();

  private CelCompiler() {}

  /**
   * Compiles a condition.
   *
   * @param field where the text is in the request, for errors
   * @throws ApiException.InvalidArgument with the place and what is supported
   */
  static Predicate compile(String text, String field) {
    if (text.length() > LENGTH_MAX) {
      throw new ApiException.InvalidArgument(
          field, "has at most %,d characters, found %,d".formatted(LENGTH_MAX, text.length()));
    }
    CelAbstractSyntaxTree tree = parse(text, field);
    try {
      return new CelTranslator().predicate(tree.getExpr());
    } catch (Misplaced misplaced) {
      throw new ApiException.InvalidArgument(
          field, place(tree.getSource(), misplaced.expression) + misplaced.getMessage());
    }
  }

  private static CelAbstractSyntaxTree parse(String text, String field) {
    CelValidationResult result;
    try {
      result = PARSER.parse(text);
      return result.getAst();
    } catch (CelValidationException e) {
      CelIssue issue = e.getErrors().isEmpty() ? null : e.getErrors().getFirst();
      throw new ApiException.InvalidArgument(
          field,
          issue == null
              ? "isn't CEL"
              : place(issue.getSourceLocation()) + Conditions.cut(issue.getMessage()));
    } catch (StackOverflowError _) {
      throw new ApiException.InvalidArgument(field, "is nested more than " + DEPTH_MAX + " deep");
    }
  }

  private static String place(CelSource source, CelExpr expression) {
    Integer offset = source.getPositionsMap().get(expression.id());
    return offset == null
        ? ""
        : source.getOffsetLocation(offset).map(CelCompiler::place).orElse("");
  }

  private static String place(CelSourceLocation location) {
    return location.getLine() < 1
        ? ""
        : "line %d, column %d: ".formatted(location.getLine(), location.getColumn() + 1);
  }

  /** Says which part of an expression isn't right. */
  static final class Misplaced extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient CelExpr expression;

    Misplaced(CelExpr expression, String message) {
      super(message, null, false, false);
      this.expression = expression;
    }
  }
}
