package dev.provisioner.samples.quickstart;

import dev.provisioner.event.ProvisioningEvent;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Shows a board while the engine works. */
interface Display extends AutoCloseable {

  /** Ends the display, what it shows being the last state. Doing so twice is harmless. */
  @Override
  void close();

  /** Shows rows that change in place on a terminal that can, else a line for each event. */
  static Display of(Board board, Terminal terminal) {
    return terminal.interactive() ? new LiveDisplay(board, terminal) : plain(board);
  }

  private static Display plain(Board board) {
    DateTimeFormatter time = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    board.tell(
        (row, event) ->
            System.out.println(
                LocalTime.ofInstant(event.header().at(), ZoneId.systemDefault()).format(time)
                    + "  "
                    + event.header().tenant()
                    + "  "
                    + told(event)));
    return () -> board.tell((row, event) -> {});
  }

  private static String told(ProvisioningEvent event) {
    return event.describe().replace('\n', ' ');
  }
}
