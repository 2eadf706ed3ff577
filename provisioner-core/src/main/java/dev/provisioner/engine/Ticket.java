package dev.provisioner.engine;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A request's place in a queue that the host, or a queue module, keeps outside of the engine. With
 * it a request may be made again, by any engine and after any pause, without being carried out
 * twice or too late: the run has the ticket's id, so that it is found instead of begun again; and
 * once a run with a higher number has begun for the tenant and plan, one with a lower number is
 * refused. Immutable.
 *
 * @param run the id the run is to have: 1 to 100 of {@code A-Za-z0-9._:/@-}, beginning with a
 *     letter or a digit; never used for another request of the tenant and plan
 * @param number higher for each later request of the tenant and plan; 1 or more
 */
public record Ticket(String run, long number) {
  private static final Pattern RUN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}");

  /** Refuses what cannot be a run's id or number. */
  public Ticket {
    Objects.requireNonNull(run, "run");
    if (!RUN.matcher(run).matches()) {
      throw new IllegalArgumentException(
          "A run's id has 1 to 100 of A-Z, a-z, 0-9 and . _ : / @ - and begins with a letter or a"
              + " digit.");
    }
    if (number < 1) {
      throw new IllegalArgumentException("A ticket's number is 1 or more, not " + number + ".");
    }
  }
}
