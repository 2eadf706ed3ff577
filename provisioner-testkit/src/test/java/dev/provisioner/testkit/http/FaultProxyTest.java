package dev.provisioner.testkit.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FaultProxyTest {
  private final List<String> served = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final AtomicInteger inService = new AtomicInteger();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer service;
  private FaultProxy proxy;

  @BeforeEach
  void start() throws IOException {
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext("/", this::serve);
    service.setExecutor(Executors.newCachedThreadPool());
    service.start();
    proxy = FaultProxy.to(URI.create("http://127.0.0.1:" + service.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    proxy.close();
    service.stop(0);
  }

  private void serve(HttpExchange exchange) throws IOException {
    atOnce.accumulateAndGet(inService.incrementAndGet(), Math::max);
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    served.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
    arrived.countDown();
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    inService.decrementAndGet();
    String tag = exchange.getRequestHeaders().getFirst("If-Match");
    if (tag != null) {
      exchange.getResponseHeaders().add("ETag", tag);
    }
    byte[] answer = ("echo " + body).getBytes(UTF_8);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().add("Content-Length", "" + answer.length);
      exchange.sendResponseHeaders(202, -1);
    } else {
      exchange.sendResponseHeaders(202, answer.length);
      exchange.getResponseBody().write(answer);
    }
    exchange.close();
  }

  private HttpRequest put(String target, String body) {
    return HttpRequest.newBuilder(proxy.url().resolve(target))
        .header("If-Match", "\"abc\"")
        .PUT(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aRequestAndItsAnswerArePassedOn() throws Exception {
    HttpResponse<String> answer = send(put("/a%20b?x=%2F", "body"));
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).isEqualTo("echo body");
    assertThat(answer.headers().firstValue("etag")).contains("\"abc\"");
    assertThat(served).containsExactly("PUT /a%20b?x=%2F body");
    assertThat(proxy.requests()).map(ProxiedRequest::toString).containsExactly("PUT /a%20b?x=%2F");
    assertThat(proxy.requests().get(0).path()).isEqualTo("/a%20b");
    assertThat(proxy.requests().get(0).header("if-match")).contains("\"abc\"");
    proxy.forget();
    assertThat(proxy.requests()).isEmpty();
  }

  @Test
  void theAnswerToHeadSaysHowLongTheBodyWouldBe() throws Exception {
    HttpRequest head =
        HttpRequest.newBuilder(proxy.url().resolve("/a"))
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<String> answer = send(head);
    assertThat(answer.headers().firstValue("Content-Length")).contains("5");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void anAnswerIsLostAfterTheRequestWasCarriedOut() {
    proxy.next(request -> request.path().equals("/a"), HttpFault.loseAnswer());
    assertThatThrownBy(() -> send(put("/a", "1"))).isInstanceOf(IOException.class);
    assertThat(served).containsExactly("PUT /a 1");
    assertThat(proxy.allHappened()).isTrue();
  }

  @Test
  void anAnswerIsCutInTheMiddle() throws Exception {
    proxy.next(request -> true, HttpFault.cutAnswer());
    HttpResponse<InputStream> answer =
        client.send(put("/a", "1"), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(202);
    try (InputStream body = answer.body()) {
      assertThat(new String(body.readNBytes(3), UTF_8)).isEqualTo("ech");
      assertThatThrownBy(body::read).isInstanceOf(IOException.class);
    }
    assertThat(served).containsExactly("PUT /a 1");
  }

  @Test
  void anAnswerPausesInTheMiddle() throws Exception {
    proxy.next(request -> true, HttpFault.slowAnswer(Duration.ofMillis(300)));
    long start = System.nanoTime();
    assertThat(send(put("/a", "1")).body()).isEqualTo("echo 1");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(299));
  }

  @Test
  void aRequestThatTheClientGaveUpArrivesAllTheSame() throws Exception {
    proxy.next(request -> true, HttpFault.delay(Duration.ofMillis(500)));
    HttpRequest impatient =
        HttpRequest.newBuilder(proxy.url()).timeout(Duration.ofMillis(100)).build();
    assertThatThrownBy(() -> send(impatient)).isInstanceOf(HttpTimeoutException.class);
    assertThat(arrived.await(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void aRequestIsLostBeforeItIsCarriedOut() throws Exception {
    proxy.next(request -> request.path().equals("/a"), HttpFault.loseRequest());
    assertThat(send(put("/b", "1")).statusCode()).isEqualTo(202);
    assertThat(proxy.allHappened()).isFalse();
    assertThatThrownBy(() -> send(put("/a", "2"))).isInstanceOf(IOException.class);
    assertThat(served).containsExactly("PUT /b 1");
  }

  @Test
  void faultsHappenInTheirOrderAndThenWhatIsChosenOtherwise() throws Exception {
    proxy.otherwise(request -> HttpFault.answer(599, Map.of(), ""));
    proxy.next(
        request -> true,
        HttpFault.answer(503, Map.of("Retry-After", "7"), "slow down"),
        HttpFault.none());
    HttpResponse<String> first = send(put("/a", "1"));
    assertThat(first.statusCode()).isEqualTo(503);
    assertThat(first.headers().firstValue("Retry-After")).contains("7");
    assertThat(first.body()).isEqualTo("slow down");
    assertThat(send(put("/a", "2")).statusCode()).isEqualTo(202);
    assertThat(send(put("/a", "3")).statusCode()).isEqualTo(599);
    assertThat(served).containsExactly("PUT /a 2");
  }

  @Test
  void aHeaderIsTakenOut() throws Exception {
    proxy.withoutHeader("If-Match");
    assertThat(send(put("/a", "1")).headers().firstValue("etag")).isEmpty();
    assertThat(proxy.requests().get(0).header("if-match")).isPresent();
  }

  @Test
  void aDelayedRequestArrivesLater() throws Exception {
    proxy.next(request -> true, HttpFault.delay(Duration.ofMillis(300)));
    long start = System.nanoTime();
    assertThat(send(put("/a", "1")).statusCode()).isEqualTo(202);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(299));
  }

  @Test
  void oneRequestAtATimeReachesTheService() {
    proxy.oneAtATime();
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(client.sendAsync(put("/a", "" + i), HttpResponse.BodyHandlers.ofString()));
    }
    all.forEach(CompletableFuture::join);
    assertThat(served).hasSize(8);
    assertThat(atOnce).hasValue(1);
  }
}
