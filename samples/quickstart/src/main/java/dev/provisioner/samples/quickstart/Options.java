package dev.provisioner.samples.quickstart;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was typed.
 *
 * @param mode what to do
 * @param subject the mode's argument, or null
 * @param tenants the file of tenants
 * @param data where state and world are kept
 * @param parts which real parts to use, or null for the best there are
 * @param home the sample's own directory
 */
record Options(
    Mode mode,
    @Nullable String subject,
    Path tenants,
    Path data,
    World.@Nullable Kind parts,
    Path home) {

  static final String HELP =
      """
      samples/run quickstart            provision the tenants in tenants.json; go on with what a crash
                                        left; do nothing where nothing has changed
      what else to do (one of):
        --change                        change the size of two tenants, show the preview, provision;
                                        once more: change them back
        --crash-at STEP                 the same as without, but the process is halted in the middle of
                                        STEP: workspace, landing, access-key, propagation, analytics,
                                        welcome
        --tamper TENANT                 damage what TENANT has, behind the library's back
        --drift [TENANT]                compare the world with what is recorded; changes nothing
        --remove TENANT                 deprovision TENANT, show what is retained, purge it
        --report TENANT                 how TENANT's last run went, as plain text
        --stop                          end the AWS emulator; its world goes with it
        --reset                         end the emulator and delete the data directory
        --help                          this
      TENANT is an id, or the number it has in the table.
      options:
        --tenants FILE                  other tenants than samples/quickstart/tenants.json
        --data DIR                      where to keep state and world (samples/quickstart/data)
        --parts aws|terraform|files     what to use at most, in a new data directory: Terraform with an
                                        AWS emulator, Terraform alone, or neither
      exit code: 0 all is as wanted, 1 something failed or differs, 2 wrong usage
      """;

  /** What to do. */
  enum Mode {
    PROVISION,
    CHANGE,
    CRASH_AT,
    TAMPER,
    DRIFT,
    REMOVE,
    REPORT,
    STOP,
    RESET,
    HELP
  }

  static Options parse(List<String> arguments, Path home) {
    Parser parser = new Parser(arguments, home);
    return parser.parse();
  }

  /** Returns the mode's argument. */
  String requiredSubject() {
    if (subject == null) {
      throw new IllegalStateException(mode + " has no argument");
    }
    return subject;
  }

  Optional<String> subjectIfAny() {
    return Optional.ofNullable(subject);
  }

  private static final class Parser {
    private final Deque<String> left;
    private final Path home;
    private Mode mode = Mode.PROVISION;
    private @Nullable String subject;
    private Path tenants;
    private Path data;
    private World.@Nullable Kind parts;

    Parser(List<String> arguments, Path home) {
      this.left = new ArrayDeque<>(arguments);
      this.home = home;
      this.tenants = home.resolve("tenants.json");
      this.data = home.resolve("data");
    }

    Options parse() {
      while (!left.isEmpty()) {
        option(left.removeFirst());
      }
      return new Options(mode, subject, tenants, data, parts, home);
    }

    private void option(String option) {
      switch (option) {
        case "--change" -> mode(Mode.CHANGE, option);
        case "--crash-at" -> subject(Mode.CRASH_AT, option, "a step");
        case "--tamper" -> subject(Mode.TAMPER, option, "a tenant");
        case "--remove" -> subject(Mode.REMOVE, option, "a tenant");
        case "--report" -> subject(Mode.REPORT, option, "a tenant");
        case "--stop" -> mode(Mode.STOP, option);
        case "--reset" -> mode(Mode.RESET, option);
        case "--help", "-h" -> mode = Mode.HELP;
        case "--drift" -> {
          mode(Mode.DRIFT, option);
          String next = left.peekFirst();
          subject = next == null || next.startsWith("--") ? null : left.removeFirst();
        }
        case "--tenants" -> tenants = Path.of(value(option, "a file"));
        case "--data" -> data = Path.of(value(option, "a directory")).toAbsolutePath();
        case "--parts" -> parts = kind(value(option, "aws, terraform or files"));
        default ->
            throw new UsageException(
                "Unknown option '" + option + "'. --help shows what there is.");
      }
    }

    private void subject(Mode next, String option, String what) {
      mode(next, option);
      subject = value(option, what);
    }

    private void mode(Mode next, String option) {
      if (mode != Mode.PROVISION && mode != Mode.HELP) {
        throw new UsageException(
            option + " cannot be combined with what was asked for before it. Do one at a time.");
      }
      mode = mode == Mode.HELP ? mode : next;
    }

    private String value(String option, String what) {
      String next = left.pollFirst();
      if (next == null || next.isBlank()) {
        throw new UsageException(option + " needs " + what + ". --help shows what there is.");
      }
      return next;
    }

    private static World.Kind kind(String name) {
      return Arrays.stream(World.Kind.values())
          .filter(kind -> kind.label().equals(name))
          .findFirst()
          .orElseThrow(
              () -> new UsageException("--parts is aws, terraform or files, not '" + name + "'."));
    }
  }
}
