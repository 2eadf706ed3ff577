package dev.provisioner.testkit.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TcpFaultProxyTest {
  private final List<String> served = Collections.synchronizedList(new ArrayList<>());
  private final List<String> ends = Collections.synchronizedList(new ArrayList<>());
  private ServerSocket service;
  private TcpFaultProxy proxy;

  @BeforeEach
  void start() throws IOException {
    service = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
    proxy = TcpFaultProxy.to((InetSocketAddress) service.getLocalSocketAddress());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    service.close();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = service.accept();
        daemon(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  /** Answers each line with an echo. */
  private void serve(Socket socket) {
    try (socket;
        BufferedReader in = reader(socket)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        served.add(line);
        socket.getOutputStream().write(("echo " + line + "\n").getBytes(UTF_8));
      }
      ends.add("closed");
    } catch (IOException e) {
      ends.add("broken");
    }
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    thread.start();
  }

  /** A client through the proxy. */
  private final class Client implements AutoCloseable {
    private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    private final BufferedReader in = reader(socket);

    Client() throws IOException {
      socket.setSoTimeout(20_000);
    }

    void send(String line) throws IOException {
      socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
    }

    String ask(String line) throws IOException {
      send(line);
      return String.valueOf(in.readLine());
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static void await(List<String> list, String wanted) throws InterruptedException {
    for (int i = 0; i < 2_000 && !list.contains(wanted); i++) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(list).contains(wanted);
  }

  @Test
  void whatIsSentAndAnsweredIsPassedOn() throws Exception {
    try (Client client = new Client()) {
      assertThat(client.ask("one")).isEqualTo("echo one");
      assertThat(client.ask("ü".repeat(100_000))).isEqualTo("echo " + "ü".repeat(100_000));
      assertThat(proxy.connections()).isEqualTo(1);
    }
    await(ends, "closed");
  }

  @Test
  void aPieceThatIsResetIsNeverSeenByTheService() throws Exception {
    proxy.next(sent -> sent.startsWith("two"), TcpFault.reset());
    try (Client client = new Client()) {
      assertThat(client.ask("one")).isEqualTo("echo one");
      assertThat(proxy.allHappened()).isFalse();
      assertThatThrownBy(() -> client.ask("two")).isInstanceOf(SocketException.class);
    }
    assertThat(proxy.allHappened()).isTrue();
    await(ends, "broken");
    assertThat(served).containsExactly("one");
    try (Client client = new Client()) {
      assertThat(client.ask("two")).isEqualTo("echo two");
    }
  }

  @Test
  void theServiceHasDoneWhatHasItsAnswerLost() throws Exception {
    proxy.next(sent -> true, TcpFault.loseAnswer());
    try (Client client = new Client()) {
      assertThatThrownBy(() -> client.ask("one")).isInstanceOf(SocketException.class);
      assertThat(served).containsExactly("one");
    }
  }

  @Test
  void aHalfOpenConnectionIsSilentAndTheServicesEndIsGone() throws Exception {
    proxy.next(sent -> sent.startsWith("two"), TcpFault.halfOpen());
    try (Client client = new Client()) {
      assertThat(client.ask("one")).isEqualTo("echo one");
      client.socket.setSoTimeout(300);
      assertThatThrownBy(() -> client.ask("two")).isInstanceOf(SocketTimeoutException.class);
      client.send("three"); // which raises no error: nobody tells the client
      await(ends, "broken");
      assertThat(proxy.connections()).isEqualTo(1);
    }
    assertThat(served).containsExactly("one");
  }

  @Test
  void anAnswerThatIsWithheldNeverComes() throws Exception {
    proxy.next(sent -> true, TcpFault.withholdAnswer());
    try (Client client = new Client()) {
      client.socket.setSoTimeout(300);
      assertThatThrownBy(() -> client.ask("one")).isInstanceOf(SocketTimeoutException.class);
      assertThat(served).containsExactly("one");
      assertThat(ends).isEmpty();
    }
    await(ends, "broken"); // the client has given up
  }

  @Test
  void aDelayedPieceArrivesAfterItsClientHasGone() throws Exception {
    proxy.next(sent -> true, TcpFault.delay(Duration.ofSeconds(2)));
    try (Client client = new Client()) {
      client.send("late");
    }
    TimeUnit.MILLISECONDS.sleep(200);
    assertThat(served).isEmpty();
    await(served, "late");
  }

  @Test
  void aSlowConnectionTakesItsTimeAndLosesNothing() throws Exception {
    proxy.next(sent -> true, TcpFault.slow(1_000));
    try (Client client = new Client()) {
      long began = System.nanoTime();
      assertThat(client.ask("x".repeat(200))).isEqualTo("echo " + "x".repeat(200));
      // 201 bytes there and 206 back: never faster, whatever the machine does
      assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(400));
    }
  }

  @Test
  void faultsHappenInTheirOrderOneForEachPiece() throws Exception {
    proxy.next(sent -> true, TcpFault.reset(), TcpFault.loseAnswer());
    for (int i = 0; i < 2; i++) {
      try (Client client = new Client()) {
        assertThatThrownBy(() -> client.ask("x")).isInstanceOf(SocketException.class);
      }
    }
    assertThat(served).containsExactly("x");
    try (Client client = new Client()) {
      assertThat(client.ask("y")).isEqualTo("echo y");
    }
  }

  @Test
  void allConnectionsCanBeResetAlsoIdleOnes() throws Exception {
    try (Client client = new Client()) {
      assertThat(client.ask("one")).isEqualTo("echo one");
      proxy.resetAll();
      assertThatThrownBy(() -> client.in.readLine()).isInstanceOf(SocketException.class);
    }
    await(ends, "broken");
  }

  @Test
  void aClientIsResetIfThereIsNoService() throws Exception {
    service.close();
    try (Client client = new Client()) {
      assertThatThrownBy(() -> client.ask("one")).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void aConnectionThatDoesNotMoveIsRefused() {
    assertThatThrownBy(() -> TcpFault.slow(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A slow connection moves at least 1 byte a second, not 0.");
  }
}
