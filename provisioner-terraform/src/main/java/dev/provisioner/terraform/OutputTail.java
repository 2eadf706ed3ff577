package dev.provisioner.terraform;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Reads the lines that another process appends to a file. Lines that are too long are passed over;
 * a file that has grown too large is emptied once it is read, so that a chatty stack does not fill
 * the disk.
 */
final class OutputTail implements AutoCloseable {
  private static final int LONGEST_LINE_BYTES = 8 << 20;
  private static final long LARGEST_FILE_BYTES = 64L << 20;

  /** Not a channel: an interrupt of the reading thread would close that. */
  private final RandomAccessFile file;

  private final Consumer<String> onLine;
  private final byte[] buffer = new byte[64 << 10];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean tooLong;
  private boolean passedOver;
  private long position;

  OutputTail(Path file, Consumer<String> onLine) throws IOException {
    this.file = new RandomAccessFile(file.toFile(), "rw");
    this.onLine = onLine;
  }

  /** Reads what is there. */
  void read() throws IOException {
    while (true) {
      file.seek(position);
      int count = file.read(buffer);
      if (count <= 0) {
        break;
      }
      position += count;
      for (int i = 0; i < count; i++) {
        accept(buffer[i]);
      }
    }
    if (position > LARGEST_FILE_BYTES) {
      file.setLength(0);
      position = 0;
    }
  }

  /** Reads what is there, and a last line without an end. */
  void readAll() throws IOException {
    read();
    if (line.size() > 0) {
      accept((byte) '\n');
    }
  }

  /** Returns whether a line was too long and is missing from what was read. */
  boolean passedOver() {
    return passedOver;
  }

  private void accept(byte b) {
    if (b != '\n') {
      if (line.size() < LONGEST_LINE_BYTES) {
        line.write(b);
      } else {
        tooLong = true;
      }
      return;
    }
    String text = line.toString(StandardCharsets.UTF_8);
    boolean whole = !tooLong;
    passedOver |= tooLong;
    line.reset();
    tooLong = false;
    if (whole) {
      onLine.accept(text);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
