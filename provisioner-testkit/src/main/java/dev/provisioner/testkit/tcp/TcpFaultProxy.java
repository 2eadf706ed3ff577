package dev.provisioner.testkit.tcp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * A TCP proxy on a free loopback port, in front of one service, a database say: it resets
 * connections, leaves them half open, loses answers, or is slow.
 *
 * <pre>{@code
 * try (TcpFaultProxy proxy = TcpFaultProxy.to(addressOfTheDatabase)) {
 *   proxy.next(sent -> sent.contains("INSERT"), TcpFault.loseAnswer());
 *   ...                                          // a client of proxy.port() does something
 *   assertThat(proxy.allHappened()).isTrue();
 * }
 * }</pre>
 *
 * <p>It knows no protocol: what is sent is looked at as it comes in, up to 64 KB at a time, and as
 * text in ISO 8859-1. For HTTP there is {@link dev.provisioner.testkit.http.FaultProxy}, which
 * knows requests from each other. Thread-safe; has two threads for each connection.
 */
public final class TcpFaultProxy implements AutoCloseable {
  private record Planned(Predicate<String> which, Deque<TcpFault> faults) {}

  private final InetSocketAddress service;
  private final ServerSocket listening;
  private final List<Planned> planned = new ArrayList<>(); // guarded by itself
  private final Set<TcpLine> lines = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private TcpFaultProxy(InetSocketAddress service, ServerSocket listening) {
    this.service = service;
    this.listening = listening;
  }

  /** Starts a proxy that passes everything on. */
  public static TcpFaultProxy to(InetSocketAddress service) throws IOException {
    ServerSocket listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    TcpFaultProxy proxy = new TcpFaultProxy(service, listening);
    daemon("tcp-proxy", proxy::accept);
    return proxy;
  }

  /** Returns the port at which it listens on the loopback address. */
  public int port() {
    return listening.getLocalPort();
  }

  /**
   * Plans faults for what clients send next, in order, one for each piece that the predicate wants.
   * A piece that several plans want takes from the oldest.
   *
   * @param sent looks at what a client has sent, as text in ISO 8859-1
   */
  public void next(Predicate<String> sent, TcpFault... faults) {
    synchronized (planned) {
      planned.add(new Planned(sent, new ArrayDeque<>(List.of(faults))));
    }
  }

  /** Returns whether every fault that was planned has happened. */
  public boolean allHappened() {
    synchronized (planned) {
      return planned.isEmpty();
    }
  }

  /** Returns how many connections are open, at the client's end at least. */
  public int connections() {
    return lines.size();
  }

  /** Resets every connection at once, also idle ones. */
  public void resetAll() {
    lines.forEach(TcpLine::reset);
  }

  /** Takes the fault that is planned for what a client has sent. */
  Optional<TcpFault> fault(String sent) {
    synchronized (planned) {
      for (Planned plan : planned) {
        if (plan.which().test(sent)) {
          TcpFault fault = plan.faults().remove();
          planned.removeIf(each -> each.faults().isEmpty());
          return Optional.of(fault);
        }
      }
      return Optional.empty();
    }
  }

  private void accept() {
    while (!closed) {
      try {
        Socket client = listening.accept();
        // The service may take its time to accept, or refuse; the next client does not wait for it.
        daemon("tcp-line", () -> open(client));
      } catch (IOException e) {
        // closed, or the client has gone already
      }
    }
  }

  private void open(Socket client) {
    Socket server = new Socket();
    TcpLine line = new TcpLine(this, client, server);
    lines.add(line);
    try {
      server.connect(service);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      if (closed) {
        return;
      }
      Thread answers = daemon("tcp-answers", line::down);
      line.up();
      answers.join();
    } catch (IOException e) {
      // there is no service, as the client is to see
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      line.reset(); // at the latest
      lines.remove(line);
    }
  }

  private static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Stops; connections are reset. Doing so twice is harmless. */
  @Override
  public void close() throws IOException {
    closed = true;
    listening.close();
    resetAll();
  }
}
