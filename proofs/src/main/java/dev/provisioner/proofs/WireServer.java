package dev.provisioner.proofs;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/** Answers the {@link Wire}s of other processes. Serves each connection by a thread. */
public final class WireServer implements AutoCloseable {
  private final Answering answering;
  private final ServerSocket server;

  /** Answers a line of words with another. Called by many threads. */
  public interface Answering {
    /** Returns the answer. */
    List<String> answer(List<String> call) throws InterruptedException;
  }

  /** Serves at a free loopback port. */
  public WireServer(Answering answering) throws IOException {
    this.answering = answering;
    this.server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  /** Returns the port at which it listens. */
  public int port() {
    return server.getLocalPort();
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "wire");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        daemon(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket;
        BufferedReader in = Wire.reader(socket);
        BufferedWriter out = Wire.writer(socket)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        Wire.send(out, answering.answer(List.of(line.split("\t", -1))).toArray());
      }
    } catch (IOException e) {
      // the other process was killed
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
