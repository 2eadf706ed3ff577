package dev.provisioner.proofs;

import dev.provisioner.state.StateStore.Versioned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts in order again what all processes wrote, each tenant's documents from the last back to the
 * first, and looks for what must not be: a write that was acknowledged and is not in that line, a
 * token that falls or leaps, and a write that changes more than signals by an engine that does not
 * hold the token.
 */
public final class Audit {
  static final String BEGUN = "BEGUN";
  static final String DONE = "DONE";
  static final String READ = "READ";
  static final String NOTHING = "-";

  /**
   * A write.
   *
   * @param expected the revision it was made upon
   * @param rest a hash of the document without its signals
   * @param at when it was begun, in milliseconds since 1970
   */
  private record Write(
      String id, String tenant, String expected, long token, String engine, String rest, long at) {}

  /**
   * A write by which an engine took a tenant's lease.
   *
   * @param at when it was begun, in milliseconds since 1970
   */
  public record Taken(String tenant, long token, String engine, long at) {}

  private final Map<String, Write> begun = new HashMap<>();
  private final Set<String> acknowledged = new HashSet<>();
  private final Map<String, String> writeOfRevision = new HashMap<>();
  private final List<String> faults = new ArrayList<>();
  private final List<Taken> taken = new ArrayList<>();
  private long inLine;
  private long takeOvers;
  private long unanswered;

  private Audit() {}

  /** Reads the logs in a directory and follows the documents that stand, by tenant, back. */
  public static Audit of(Path logs, Map<String, Versioned> last) throws IOException {
    Audit audit = new Audit();
    try (Stream<Path> files = Files.list(logs)) {
      for (Path each : files.toList()) {
        Files.readAllLines(each).forEach(audit::read);
      }
    }
    last.forEach((tenant, there) -> audit.line(tenant, there));
    for (String lost : audit.acknowledged) {
      audit.fault("was acknowledged and is in no tenant's history", audit.begun.get(lost));
    }
    return audit;
  }

  /** Returns what must not be. */
  public List<String> faults() {
    return faults;
  }

  /** Returns by whom and when leases were taken, each tenant's in their order. */
  public List<Taken> taken() {
    return taken;
  }

  @Override
  public String toString() {
    return "%,d writes, one line for each tenant; %,d of them unanswered; %,d changes of hands"
        .formatted(inLine, unanswered, takeOvers);
  }

  private void read(String line) {
    String[] words = line.split("\t", -1);
    switch (words[0]) {
      case BEGUN ->
          begun.put(
              words[1],
              new Write(
                  words[1],
                  words[2],
                  words[3],
                  Long.parseLong(words[4]),
                  words[5],
                  words[6],
                  Long.parseLong(words[7])));
      case DONE -> {
        acknowledged.add(words[1]);
        writeOfRevision.put(words[2], words[1]);
      }
      case READ -> writeOfRevision.put(words[2], words[1]);
      default -> throw new IllegalArgumentException("Not a line of the log: " + line);
    }
  }

  private void line(String tenant, Versioned last) {
    Deque<Write> line = new ArrayDeque<>();
    String revision = last.revision();
    writeOfRevision.put(revision, AuditedStore.tree(last.document()).path("writeId").asText());
    while (!revision.equals(NOTHING)) {
      String id = writeOfRevision.get(revision);
      Write write = id == null ? null : begun.get(id);
      if (write == null) {
        faults.add("Nobody wrote revision " + revision + " of " + tenant + ".");
        return;
      }
      line.push(write);
      unanswered += acknowledged.remove(id) ? 0 : 1;
      revision = write.expected();
    }
    inLine += line.size();
    check(line);
  }

  private void check(Iterable<Write> line) {
    String owner = "";
    Write before = null;
    for (Write write : line) {
      long token = before == null ? 0 : before.token();
      if (write.token() == token + 1) {
        takeOvers += before == null || owner.equals(write.engine()) ? 0 : 1;
        owner = write.engine();
        taken.add(new Taken(write.tenant(), write.token(), owner, write.at()));
      } else if (write.token() != token) {
        fault("has a token that does not follow " + token, write);
      } else if (!write.engine().equals(owner)
          && (before == null || !before.rest().equals(write.rest()))) {
        fault("was made by an engine that does not hold the token; " + owner + " does", write);
      }
      before = write;
    }
  }

  private void fault(String what, @Nullable Write write) {
    faults.add("A write " + what + ": " + write);
  }
}
