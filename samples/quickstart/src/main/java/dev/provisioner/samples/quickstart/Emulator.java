package dev.provisioner.samples.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A local AWS ({@code moto_server}) that outlives the sample, so that the next run finds the same
 * world. Its process and port are noted in the data directory.
 */
final class Emulator {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration SAME_START = Duration.ofSeconds(5);

  /** In a session of its own where possible: Ctrl-C in the terminal is not meant for it. */
  private static final String DETACHED =
      """
      trap '' INT HUP
      if command -v setsid >/dev/null 2>&1; then exec setsid "$0" "$@"; else exec "$0" "$@"; fi
      """;

  private final ProcessHandle process;
  private final int port;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build();

  private Emulator(ProcessHandle process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Returns whether one was ever started for this data directory. */
  static boolean noted(DataDirectory data) {
    return Files.exists(note(data));
  }

  /** Returns the one that was started for this data directory, if it still runs. */
  static Optional<Emulator> running(DataDirectory data) throws IOException {
    if (!noted(data)) {
      return Optional.empty();
    }
    JsonNode note = JSON.readTree(note(data).toFile());
    int port = note.path("port").asInt();
    Instant started = Instant.ofEpochMilli(note.path("started").asLong());
    return ProcessHandle.of(note.path("pid").asLong())
        .filter(ProcessHandle::isAlive)
        .filter(process -> isOurs(process, started, port))
        .map(process -> new Emulator(process, port));
  }

  /** A process id is soon given to somebody else: the start and the port must fit, too. */
  private static boolean isOurs(ProcessHandle process, Instant started, int port) {
    ProcessHandle.Info info = process.info();
    boolean sameStart =
        info.startInstant()
            .map(at -> Duration.between(at, started).abs().compareTo(SAME_START) <= 0)
            .orElse(true);
    boolean samePort =
        info.arguments()
            .map(arguments -> List.of(arguments).contains(Integer.toString(port)))
            .orElse(true);
    return sameStart && samePort;
  }

  /** Starts one and waits until it answers. */
  static Emulator start(Path program, DataDirectory data) throws IOException, InterruptedException {
    int port = freePort();
    String loopback = InetAddress.getLoopbackAddress().getHostAddress();
    String[] command = {
      "sh", "-c", DETACHED, program.toString(), "-H", loopback, "-p", Integer.toString(port)
    };
    File log = data.path("emulator.log").toFile();
    Process process =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    long end = System.nanoTime() + START.toNanos();
    while (!listens(port)) {
      if (!process.isAlive() || System.nanoTime() - end > 0) {
        process.destroyForcibly();
        throw new IOException("The AWS emulator did not start; what it wrote is in " + log + ".");
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    long started = process.info().startInstant().orElse(Instant.now()).toEpochMilli();
    Files.writeString(
        note(data),
        JSON.writeValueAsString(Map.of("pid", process.pid(), "port", port, "started", started)));
    return new Emulator(process.toHandle(), port);
  }

  URI url() {
    return URI.create("http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + port);
  }

  long pid() {
    return process.pid();
  }

  /** Ends it and what it started; its world is gone. */
  void stop() throws InterruptedException {
    List<ProcessHandle> tree = new ArrayList<>(process.descendants().toList());
    tree.add(process);
    tree.forEach(ProcessHandle::destroy);
    for (int i = 0; i < 100 && process.isAlive(); i++) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    tree.forEach(ProcessHandle::destroyForcibly);
  }

  List<String> buckets() throws IOException, InterruptedException {
    return matches("<Name>([^<]*)</Name>", get());
  }

  List<String> roles() throws IOException, InterruptedException {
    List<String> roles = new ArrayList<>();
    Optional<String> marker = Optional.of("");
    while (marker.isPresent()) {
      String next = marker.get().isEmpty() ? "" : "&Marker=" + marker.get();
      String page = iam("Action=ListRoles&Version=2010-05-08&MaxItems=1000" + next);
      roles.addAll(matches("<RoleName>([^<]*)</RoleName>", page));
      marker = matches("<Marker>([^<]*)</Marker>", page).stream().findFirst();
    }
    return roles;
  }

  /** Deletes a bucket, as somebody at a console might. */
  void deleteBucket(String bucket) throws IOException, InterruptedException {
    send(HttpRequest.newBuilder(url().resolve("/" + bucket)).DELETE());
  }

  private String get() throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(url().resolve("/")).GET());
  }

  private String iam(String form) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(url().resolve("/"))
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=quickstart/20260101/us-east-1/iam/aws4_request,"
                    + " SignedHeaders=host, Signature=none")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(request.timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IOException("The AWS emulator answered " + response.statusCode() + ".");
    }
    return response.body();
  }

  private static List<String> matches(String pattern, String text) {
    List<String> found = new ArrayList<>();
    Matcher m = Pattern.compile(pattern).matcher(text);
    while (m.find()) {
      found.add(m.group(1));
    }
    return found;
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Path note(DataDirectory data) {
    return data.path("emulator.json");
  }
}
