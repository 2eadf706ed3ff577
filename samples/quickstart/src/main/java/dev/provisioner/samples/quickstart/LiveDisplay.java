package dev.provisioner.samples.quickstart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A line per tenant, drawn again ten times a second over the one before. */
final class LiveDisplay implements Display {
  private static final String CLEAR_LINE = "\u001b[2K";
  private static final int BAR = 14;
  private static final int NAME = 24;

  private final Board board;
  private final Terminal terminal;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "display");
            thread.setDaemon(true);
            return thread;
          });
  private int drawn;
  private boolean closed;

  LiveDisplay(Board board, Terminal terminal) {
    this.board = board;
    this.terminal = terminal;
    var unused = timer.scheduleAtFixedRate(this::draw, 0, 100, TimeUnit.MILLISECONDS);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      timer.shutdown();
      draw();
      closed = true;
    }
  }

  private synchronized void draw() {
    if (closed) {
      return;
    }
    List<String> lines = board.with(this::lines);
    StringBuilder frame = new StringBuilder();
    if (drawn > 0) {
      frame.append("\u001b[").append(drawn).append('A');
    }
    for (String line : lines) {
      frame.append(CLEAR_LINE).append(line).append('\n');
    }
    drawn = lines.size();
    System.out.print(frame);
    System.out.flush();
  }

  /** Never more lines than fit: what scrolled away could not be drawn over. */
  private List<String> lines(List<Row> rows) {
    int room = Math.max(1, terminal.lines() - 3);
    List<Row> shown =
        rows.size() <= room
            ? rows
            : rows.stream()
                .sorted(Comparator.comparing(row -> row.state != Row.State.RUNNING))
                .limit(room)
                .toList();
    List<String> lines = new ArrayList<>();
    shown.forEach(row -> lines.add(line(row)));
    long done = rows.stream().filter(row -> row.state == Row.State.DONE).count();
    long failed = rows.stream().filter(row -> row.state == Row.State.FAILED).count();
    lines.add(
        done + " of " + rows.size() + " done" + (failed == 0 ? "" : ", " + failed + " failed"));
    return lines;
  }

  private String line(Row row) {
    int parts = row.total == 0 ? 0 : BAR * row.completed / row.total;
    int filled = row.state == Row.State.DONE ? BAR : parts;
    String bar = "█".repeat(filled) + "░".repeat(BAR - filled);
    String time =
        row.state == Row.State.QUEUED
            ? "      "
            : String.format("%5.1fs", row.took().toMillis() / 1000.0);
    String text = Texts.fit(row.customer.id().toString(), NAME) + " " + bar + " " + time + " ";
    return text + color(row, Texts.cut(row.detail(), terminal.columns() - Texts.width(text) - 1));
  }

  private static String color(Row row, String text) {
    String code =
        switch (row.state) {
          case QUEUED -> "2";
          case RUNNING -> "36";
          case DONE -> "32";
          case FAILED -> "31";
        };
    return "\u001b[" + code + "m" + text + "\u001b[0m";
  }
}
