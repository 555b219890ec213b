package dev.millrace.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.v1.GetStatsRequest;
import dev.millrace.v1.SystemServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a certificate, everything on the port speaks TLS and nothing speaks plain text. */
class TlsIT {
  private static final String PASSWORD = "changeit";

  @Test
  void aCertificate_makesEverythingTls(@TempDir Path folder) throws Exception {
    KeyStore store = certificate(folder);
    Path certificate = pem(folder, "CERTIFICATE", store.getCertificate("server").getEncoded());
    Path key =
        pem(folder, "PRIVATE KEY", store.getKey("server", PASSWORD.toCharArray()).getEncoded());
    try (ServerProcess server =
        ServerProcess.startTls(
            trusting(store),
            folder.resolve("data"),
            "--set=tls.certificate=" + certificate,
            "--set=tls.key=" + key)) {
      assertThat(server.get("/v1/stats").statusCode()).isEqualTo(200);
      assertThat(server.log()).contains("ready at https://127.0.0.1:");
      assertGrpcWorks(server, certificate);
      assertPlainTextIsRefused(server);
      assertStrangersAreWarned(server);
      assertThat(server.stop()).isZero();
    }
  }

  private static void assertGrpcWorks(ServerProcess server, Path certificate) throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .sslContext(GrpcSslContexts.forClient().trustManager(certificate.toFile()).build())
            .build();
    try {
      assertThat(
              SystemServiceGrpc.newBlockingStub(channel)
                  .withDeadlineAfter(20, TimeUnit.SECONDS)
                  .getStats(GetStatsRequest.getDefaultInstance())
                  .hasUptime())
          .isTrue();
    } finally {
      channel.shutdownNow();
    }
  }

  private static void assertPlainTextIsRefused(ServerProcess server) {
    try (HttpClient plain = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + server.address() + "/healthz")).build();
      assertThatThrownBy(() -> plain.send(request, HttpResponse.BodyHandlers.ofString()))
          .isInstanceOf(IOException.class);
    }
  }

  private static void assertStrangersAreWarned(ServerProcess server) {
    try (HttpClient stranger = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(server.uri("/healthz")).build();
      assertThatThrownBy(() -> stranger.send(request, HttpResponse.BodyHandlers.ofString()))
          .isInstanceOf(SSLHandshakeException.class);
    }
  }

  /** One for the loopback address, signed by itself, by the JDK's own tool. */
  private static KeyStore certificate(Path folder) throws Exception {
    Path file = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD,
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost")
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private static Path pem(Path folder, String what, byte[] bytes) throws IOException {
    String text =
        "-----BEGIN %s-----%n%s%n-----END %s-----%n"
            .formatted(what, Base64.getMimeEncoder().encodeToString(bytes), what);
    return Files.writeString(folder.resolve(what.replace(' ', '-') + ".pem"), text);
  }

  private static SSLContext trusting(KeyStore store) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", store.getCertificate("server"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
