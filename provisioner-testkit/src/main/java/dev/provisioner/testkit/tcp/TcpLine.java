package dev.provisioner.testkit.tcp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A connection of a client through the proxy. One thread for each direction; anyone resets it. */
final class TcpLine {
  private static final int PIECE = 64 << 10;
  private static final int SLICES_A_SECOND = 20;

  /** What becomes of answers. */
  private enum Answers {
    PASS,
    RESET,
    DROP
  }

  private final TcpFaultProxy proxy;
  private final Socket client;
  private final Socket server;
  private volatile Answers answers = Answers.PASS;
  private volatile int bytesPerSecond = Integer.MAX_VALUE;
  private boolean deaf; // of the client's thread: the service hears nothing more

  TcpLine(TcpFaultProxy proxy, Socket client, Socket server) {
    this.proxy = proxy;
    this.client = client;
    this.server = server;
  }

  /** Passes on what the client sends, until one of them closes. */
  void up() {
    byte[] piece = new byte[PIECE];
    try {
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        if (!deaf) {
          disturb(new String(piece, 0, length, StandardCharsets.ISO_8859_1));
        }
        if (!deaf) {
          pass(piece, length, out);
        }
      }
      if (answers == Answers.PASS) {
        server.shutdownOutput();
      } else {
        reset(); // the client has given up
      }
    } catch (IOException e) {
      reset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void disturb(String sent) throws IOException, InterruptedException {
    TcpFault fault = proxy.fault(sent).orElse(null);
    if (fault instanceof TcpFault.Reset) {
      reset();
    } else if (fault instanceof TcpFault.LoseAnswer) {
      answers = Answers.RESET;
    } else if (fault instanceof TcpFault.WithholdAnswer) {
      answers = Answers.DROP;
    } else if (fault instanceof TcpFault.HalfOpen) {
      answers = Answers.DROP;
      deaf = true;
      reset(server);
    } else if (fault instanceof TcpFault.Delay delay) {
      TimeUnit.NANOSECONDS.sleep(delay.duration().toNanos());
    } else if (fault instanceof TcpFault.Slow slow) {
      bytesPerSecond = slow.bytesPerSecond();
    }
  }

  /** Passes on what the service answers, until it closes. */
  void down() {
    byte[] piece = new byte[PIECE];
    try {
      InputStream in = server.getInputStream();
      OutputStream out = client.getOutputStream();
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        if (answers == Answers.RESET) {
          reset();
        } else if (answers == Answers.PASS) {
          pass(piece, length, out);
        }
      }
      if (answers != Answers.DROP) {
        client.shutdownOutput();
      }
    } catch (IOException e) {
      if (answers != Answers.DROP) {
        reset();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Writes a piece, in slices if the line is slow. */
  private void pass(byte[] piece, int length, OutputStream out)
      throws IOException, InterruptedException {
    int done = 0;
    while (done < length) {
      int speed = bytesPerSecond;
      int slice = Math.min(length - done, Math.max(1, speed / SLICES_A_SECOND));
      if (speed < Integer.MAX_VALUE) {
        TimeUnit.NANOSECONDS.sleep(TimeUnit.SECONDS.toNanos(slice) / speed);
      }
      out.write(piece, done, slice);
      done += slice;
    }
  }

  /** Resets both ends. */
  void reset() {
    reset(client);
    reset(server);
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0); // a reset instead of an orderly end
      socket.close();
    } catch (IOException e) {
      // it is closed
    }
  }
}
