package dev.provisioner.proofs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * How a process talks to a {@link WireServer}: a line there and a line back, words apart by tabs.
 * Thread-safe; a connection serves one call at a time and then the next.
 */
public final class Wire {
  private final int port;
  private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

  /** Speaks to the loopback port of a {@link WireServer}. */
  public Wire(int port) {
    this.port = port;
  }

  private record Connection(BufferedReader in, BufferedWriter out) {}

  /** Asks, and waits for the answer. */
  public String[] ask(Object... words) throws IOException {
    Connection connection = idle.poll();
    if (connection == null) {
      connection = connect();
    }
    send(connection.out(), words);
    String answer = connection.in().readLine();
    if (answer == null) {
      throw new IOException("The other end has gone.");
    }
    idle.push(connection);
    return answer.split("\t", -1);
  }

  @SuppressWarnings("resource") // open until the process ends
  private Connection connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    return new Connection(reader(socket), writer(socket));
  }

  static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  static BufferedWriter writer(Socket socket) throws IOException {
    return new BufferedWriter(new OutputStreamWriter(socket.getOutputStream(), UTF_8));
  }

  static void send(BufferedWriter out, Object... words) throws IOException {
    StringBuilder line = new StringBuilder();
    for (Object word : words) {
      line.append(line.length() == 0 ? "" : "\t").append(word.toString().replaceAll("[\t\n]", " "));
    }
    out.write(line.append('\n').toString());
    out.flush();
  }
}
