package dev.provisioner.testkit.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * An HTTP proxy on a free loopback port, in front of one service: it counts requests, drops them or
 * their answers, delays them, or answers by itself.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.to(emulator.url())) {
 *   proxy.next(request -> request.method().equals("PUT"), HttpFault.loseAnswer());
 *   ...                                       // a client of proxy.url() does something
 *   assertThat(proxy.requests()).hasSize(2);  // it tried again
 * }
 * }</pre>
 *
 * <p>Bodies are held in memory. Thread-safe. Sets the JVM's property {@code
 * sun.net.httpserver.nodelay} unless it is set: without it each answer takes 40 ms longer on Java
 * 17 to 19.
 */
public final class FaultProxy implements AutoCloseable {
  private static final String NO_DELAY = "sun.net.httpserver.nodelay";

  /** What belongs to one connection, or is set by the client here. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "connection", "content-length", "expect", "host", "transfer-encoding", "upgrade", "date");

  static {
    // Before Java 20 the server sends head and body of an answer apart, and the body waits for the
    // client to acknowledge the head (JDK-6968351).
    if (System.getProperty(NO_DELAY) == null) {
      System.setProperty(NO_DELAY, "true");
    }
  }

  private record Planned(Predicate<ProxiedRequest> which, Deque<HttpFault> faults) {}

  private final URI service;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ReentrantLock oneAtATime = new ReentrantLock();

  // Guarded by this.
  private final List<ProxiedRequest> requests = new ArrayList<>();
  private final List<Planned> planned = new ArrayList<>();
  private Function<ProxiedRequest, HttpFault> otherwise = request -> HttpFault.none();

  private final Set<String> withheld = ConcurrentHashMap.newKeySet();
  private volatile boolean serial;

  private FaultProxy(URI service, HttpServer server) {
    this.service = service;
    this.server = server;
  }

  /**
   * Starts a proxy that passes everything on.
   *
   * @param service scheme, host and port
   */
  public static FaultProxy to(URI service) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    FaultProxy proxy = new FaultProxy(service, server);
    server.createContext("/", proxy::serve);
    server.setExecutor(proxy.threads);
    server.start();
    return proxy;
  }

  /** Lets one request at a time reach the service, for one that is not atomic by itself. */
  public FaultProxy oneAtATime() {
    serial = true;
    return this;
  }

  /** Takes a header out of every request, as if the service did not know it. */
  public FaultProxy withoutHeader(String name) {
    withheld.add(name.toLowerCase(Locale.ROOT));
    return this;
  }

  /** Returns where it listens, such as {@code http://127.0.0.1:40123}. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /**
   * Plans faults for the next requests of a kind, in order, one for each. A request that several
   * plans want takes from the oldest.
   */
  public synchronized void next(Predicate<ProxiedRequest> which, HttpFault... faults) {
    planned.add(new Planned(which, new ArrayDeque<>(List.of(faults))));
  }

  /**
   * Sets what happens to a request for which nothing is planned; by default it is passed on.
   *
   * @param chosen called on the request's own thread, and may send requests through this proxy
   */
  public synchronized void otherwise(Function<ProxiedRequest, HttpFault> chosen) {
    otherwise = chosen;
  }

  /** Returns whether every fault that was planned has happened. */
  public synchronized boolean allHappened() {
    return planned.isEmpty();
  }

  /** Returns the requests so far, or since {@link #forget}, in the order of their arrival. */
  public synchronized List<ProxiedRequest> requests() {
    return List.copyOf(requests);
  }

  /** Forgets the requests so far. */
  public synchronized void forget() {
    requests.clear();
  }

  private HttpFault fault(ProxiedRequest request) {
    Function<ProxiedRequest, HttpFault> choice;
    synchronized (this) {
      requests.add(request);
      for (Planned plan : planned) {
        if (plan.which().test(request)) {
          HttpFault fault = plan.faults().remove();
          planned.removeIf(each -> each.faults().isEmpty());
          return fault;
        }
      }
      choice = otherwise;
    }
    return choice.apply(request); // which may wait for requests of its own
  }

  private void serve(HttpExchange exchange) throws IOException {
    try {
      byte[] body = exchange.getRequestBody().readAllBytes();
      ProxiedRequest request = request(exchange);
      HttpFault fault = fault(request);
      if (fault instanceof HttpFault.Answer answer) {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        send(exchange, answer.status(), answer.body().getBytes(StandardCharsets.UTF_8), fault);
      } else if (!(fault instanceof HttpFault.LoseRequest)) {
        if (fault instanceof HttpFault.Delay delay) {
          Thread.sleep(delay.duration().toMillis());
        }
        HttpResponse<byte[]> response = forward(request, body);
        if (!(fault instanceof HttpFault.LoseAnswer)) {
          response.headers().map().forEach((name, values) -> add(exchange, name, values));
          send(exchange, response.statusCode(), response.body(), fault);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the proxy is being closed
    } finally {
      exchange.close(); // without an answer this drops the connection
    }
  }

  private static ProxiedRequest request(HttpExchange exchange) {
    Map<String, List<String>> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    return new ProxiedRequest(
        exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers);
  }

  private HttpResponse<byte[]> forward(ProxiedRequest request, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(service.resolve(request.target()))
            .method(
                request.method(),
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    request
        .headers()
        .forEach(
            (name, values) -> {
              if (!OF_THE_CONNECTION.contains(name) && !withheld.contains(name)) {
                values.forEach(value -> builder.header(name, value));
              }
            });
    if (!serial) {
      return client.send(builder.build(), BodyHandlers.ofByteArray());
    }
    oneAtATime.lockInterruptibly();
    try {
      return client.send(builder.build(), BodyHandlers.ofByteArray());
    } finally {
      oneAtATime.unlock();
    }
  }

  private static void add(HttpExchange exchange, String name, List<String> values) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean lengthUnsent = isHead(exchange) && lower.equals("content-length");
    if (!OF_THE_CONNECTION.contains(lower) || lengthUnsent) {
      values.forEach(value -> exchange.getResponseHeaders().add(name, value));
    }
  }

  private static boolean isHead(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("HEAD");
  }

  private static void send(HttpExchange exchange, int status, byte[] body, HttpFault fault)
      throws IOException, InterruptedException {
    boolean empty = body.length == 0 || isHead(exchange);
    if (!empty) {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body, 0, body.length / 2);
      exchange.getResponseBody().flush();
    }
    if (fault instanceof HttpFault.CutAnswer) {
      return;
    }
    if (fault instanceof HttpFault.SlowAnswer slow) {
      Thread.sleep(slow.pause().toMillis());
    }
    if (empty) {
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.getResponseBody().write(body, body.length / 2, body.length - body.length / 2);
    }
  }

  /** Stops; requests under way are dropped. Doing so twice is harmless. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
