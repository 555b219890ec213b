package dev.millrace.server.acceptance;

import static dev.millrace.server.acceptance.Answers.COUNT;
import static dev.millrace.server.acceptance.Answers.measure;
import static dev.millrace.server.acceptance.Answers.quantile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.util.JsonFormat;
import dev.millrace.client.Millrace;
import dev.millrace.client.Producer;
import dev.millrace.replay.Dataset;
import dev.millrace.replay.Datasets;
import dev.millrace.replay.Pacer;
import dev.millrace.replay.Recorded;
import dev.millrace.replay.Replay;
import dev.millrace.replay.Timeline;
import io.grpc.ManagedChannel;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real data, loaded through gRPC and through JSON, gives the answers computed independently, before
 * and after a kill. The sets are looked for in {@code ../../shared/data}, or where {@code
 * -Dmillrace.data} says.
 */
class AnswersIT {
  private static final Path DATA =
      Path.of(System.getProperty("millrace.data", "../../shared/data"))
          .toAbsolutePath()
          .normalize();
  private static final int JSON_BATCH = 1000;

  /** A set, how its file is read, and what must come out. */
  record Set(String folder, Datasets.Kind kind, String file, Consumer<Answers> questions) {
    Path path() {
      return DATA.resolve(folder).resolve(file);
    }

    Path answers() {
      return DATA.resolve(folder).resolve("answers.json");
    }

    @Override
    public String toString() {
      return folder;
    }
  }

  static List<Set> sets() {
    return List.of(
        new Set(
            "wikiticker",
            Datasets.Kind.WIKIPEDIA,
            "wikiticker-2015-09-12-sampled.json.gz",
            AnswersIT::wikipedia),
        new Set(
            "apache-logs-elastic", Datasets.Kind.ACCESS_LOG, "apache_logs.gz", AnswersIT::apache),
        new Set(
            "nasa-http-1995-08-01", Datasets.Kind.NASA, "nasa_19950801.tsv.gz", AnswersIT::nasa),
        new Set("cdnow", Datasets.Kind.CDNOW, "CDNOW_master.txt.gz", AnswersIT::cdnow),
        new Set(
            "ab-data-landing-page", Datasets.Kind.AB_TEST, "ab_data.csv.zip", AnswersIT::abTest),
        new Set(
            "online-retail",
            Datasets.Kind.ONLINE_RETAIL,
            "online-retail-by-day-concat.csv.gz",
            AnswersIT::retail));
  }

  @ParameterizedTest
  @MethodSource("sets")
  void grpc_givesTheAnswers_alsoAfterAKill(Set set, @TempDir Path data) throws Exception {
    assumeTrue(Files.exists(set.path()), () -> "skipped: there is no " + set.path());
    try (ServerProcess server = ServerProcess.start(data)) {
      load(server, set);
      ask(server, set, "grpc");
      server.kill();
    }
    try (ServerProcess server = ServerProcess.start(data)) {
      ask(server, set, "grpc");
      // The ids are derived from the rows, so the same rows again are all duplicates.
      load(server, set);
      ask(server, set, "grpc");
    }
  }

  @Test
  void json_givesTheAnswers(@TempDir Path data) throws Exception {
    try (ServerProcess server = ServerProcess.start(data, "--shards", "2")) {
      for (Set set : sets().subList(0, 3)) {
        assumeTrue(Files.exists(set.path()), () -> "skipped: there is no " + set.path());
        String project =
            "json-" + set.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        loadJson(server, set, project);
        ask(server, set, project);
      }
    }
  }

  private static void ask(ServerProcess server, Set set, String project) {
    ManagedChannel channel = server.channel();
    try {
      set.questions().accept(new Answers(set.answers(), channel, project));
    } finally {
      channel.shutdownNow();
    }
  }

  private static void load(ServerProcess server, Set set) throws Exception {
    try (Millrace millrace = Millrace.builder(server.address()).project("grpc").build();
        Producer producer = millrace.producer().build()) {
      new Replay(producer, Pacer.of(InstantSource.system()))
          .run(dataset(set), Timeline.asRecorded(), 0, Long.MAX_VALUE, recorded -> {});
      producer.flush();
      assertThat(producer.stats().rejected()).isZero();
    }
  }

  private static Dataset dataset(Set set) throws Exception {
    return Datasets.file(set.kind(), set.path());
  }

  private static void loadJson(ServerProcess server, Set set, String project) throws Exception {
    JsonFormat.Printer printer = JsonFormat.printer().omittingInsignificantWhitespace();
    try (Stream<Recorded> events = dataset(set).events()) {
      Iterator<Recorded> rows = events.iterator();
      while (rows.hasNext()) {
        StringBuilder body = new StringBuilder("{\"project\":\"" + project + "\",\"events\":[");
        for (int i = 0; i < JSON_BATCH && rows.hasNext(); i++) {
          Recorded row = rows.next();
          body.append(i == 0 ? "" : ",")
              .append(printer.print(row.event().time(row.time()).build().toMessage()));
        }
        HttpResponse<String> response = server.post("/v1/events", body.append("]}").toString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.body()).contains("\"rejected\":[]");
      }
    }
  }

  private static void wikipedia(Answers answers) {
    common(answers, true)
        .buckets("by_day", COUNT, "1d", "yyyy-MM-dd")
        .groups("by_hour_of_day", COUNT, "hour_of_day", "")
        .groups("en_by_hour_of_day", COUNT, "hour_of_day", "type == '#en.wikipedia'")
        .top("top10_page", COUNT, "properties.page", "")
        .top("top10_channel", COUNT, "type", "")
        .top("top10_user", COUNT, "user_id", "")
        .top("top10_country", COUNT, "properties.countryName", "has(properties.countryName)")
        .top("namespace_top10", COUNT, "namespace", "")
        .count("robots", "properties.isRobot")
        .count("anonymous", "properties.isAnonymous == true")
        .count("new", "properties.isNew == true")
        .count("minor", "properties.isMinor == true")
        .count("unpatrolled", "properties.isUnpatrolled == true")
        .count("null_city", "!has(properties.cityName)")
        .total("sum_added", measure("SUM", "value"), "")
        .total("sum_deleted", measure("SUM", "properties.deleted"), "")
        .total("sum_delta", measure("SUM", "properties.delta"), "")
        .total("added.min", measure("MIN", "value"), "")
        .total("added.max", measure("MAX", "value"), "")
        .total("added.mean", measure("AVG", "value"), "")
        .total("added.nearest_rank.p50", quantile(0.5, "value"), "")
        .total("delta.min", measure("MIN", "properties.delta"), "")
        .total("distinct_pages", measure("UNIQUE", "properties.page"), "")
        .top("sum_added_by_channel_top10", measure("SUM", "value"), "type", "");
  }

  private static void apache(Answers answers) {
    common(answers, true)
        .groups("status", COUNT, "properties.status", "")
        .top("top10_path", COUNT, "properties.path", "")
        .top("top10_ip", COUNT, "ip", "")
        .top("top10_referrer", COUNT, "referrer", "")
        .count("lines_without_bytes", "!has(value)")
        .total("bytes.n", measure("COUNT", "value"), "")
        .total("bytes.sum", measure("SUM", "value"), "")
        .total("bytes.mean", measure("AVG", "value"), "")
        .total("bytes.min", measure("MIN", "value"), "")
        .total("bytes.max", measure("MAX", "value"), "")
        .total("bytes.nearest_rank.p95", quantile(0.95, "value"), "");
  }

  private static void nasa(Answers answers) {
    common(answers, true)
        .groups("status", COUNT, "properties.response", "")
        .top("top10_host", COUNT, "user_id", "")
        .top("top10_url", COUNT, "url", "")
        .top("top10_404_url", COUNT, "url", "properties.response == 404")
        .total("distinct_urls", measure("UNIQUE", "url"), "")
        .total("bytes.sum", measure("SUM", "value"), "")
        .total("bytes.mean", measure("AVG", "value"), "")
        .total("bytes.nearest_rank.p90", quantile(0.9, "value"), "");
  }

  private static void cdnow(Answers answers) {
    common(answers, false)
        .buckets("by_month", COUNT, "1M", "yyyyMM")
        .total("sum_cds", measure("SUM", "properties.cds"), "")
        .total("dollars.sum", measure("SUM", "value"), "")
        .total("dollars.mean", measure("AVG", "value"), "")
        .total("dollars.nearest_rank.p75", quantile(0.75, "value"), "")
        .count("zero_dollar_rows", "value == 0");
  }

  private static void abTest(Answers answers) {
    answers
        .count("rows", "")
        .total("distinct_users", measure("UNIQUE", "user_id"), "")
        .buckets("by_day", COUNT, "1d", "yyyy-MM-dd")
        .groups("by_hour_of_day", COUNT, "hour_of_day", "")
        .total("conversion_all_rows", measure("AVG", "properties.converted"), "");
  }

  private static void retail(Answers answers) {
    common(answers, false)
        .count("events_without_user", "!has(user_id)")
        .total("distinct_invoices", measure("UNIQUE", "invoiceNo"), "")
        .total("distinct_stock_codes", measure("UNIQUE", "stockCode"), "")
        .total("distinct_countries", measure("UNIQUE", "properties.country"), "")
        .top("top10_country", COUNT, "properties.country", "")
        .top("top10_stock_code", COUNT, "stockCode", "")
        .total("unit_price.sum", measure("SUM", "unitPrice"), "")
        .total("value_purchase.sum", measure("SUM", "value"), "type == 'purchase'")
        .total("value_purchase.max", measure("MAX", "value"), "type == 'purchase'")
        .total("value_purchase.nearest_rank.p50", quantile(0.5, "value"), "type == 'purchase'")
        .top(
            "revenue_top10_country_purchase",
            measure("SUM", "value"),
            "properties.country",
            "type == 'purchase'");
  }

  /** What every set has answers for. */
  private static Answers common(Answers answers, boolean hours) {
    String users = measure("UNIQUE", "user_id");
    answers
        .count("events", "")
        .groups("by_type", COUNT, "type", "")
        .total("distinct_users", users, "")
        .groups("distinct_users_by_type", users, "type", "");
    return hours
        ? answers
            .buckets("by_hour", COUNT, "1h", "yyyy-MM-dd'T'HH")
            .buckets("distinct_users_by_hour", users, "1h", "yyyy-MM-dd'T'HH")
        : answers
            .buckets("by_day", COUNT, "1d", "yyyy-MM-dd")
            .buckets("distinct_users_by_day", users, "1d", "yyyy-MM-dd");
  }

  /** The published set that comes with the project is loaded wherever the tests run. */
  @Test
  void shippedData_givesItsCount(@TempDir Path data) throws Exception {
    try (ServerProcess server = ServerProcess.start(data);
        Millrace millrace = Millrace.builder(server.address()).build();
        Producer producer = millrace.producer().build()) {
      new Replay(producer, Pacer.of(InstantSource.system()))
          .run(Datasets.wikipediaEdits(), Timeline.asRecorded(), 0, Long.MAX_VALUE, recorded -> {});
      producer.flush();
      String answer = server.get("/v1/stats").body();
      assertThat(answer).contains("\"eventsStored\":\"39244\"");
      assertThat(producer.stats().accepted()).isEqualTo(39_244);
    }
  }
}
