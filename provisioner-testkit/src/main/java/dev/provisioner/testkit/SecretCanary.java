package dev.provisioner.testkit;

import dev.provisioner.secret.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A secret to give to what is tested, and to look for afterwards in all that came out of it.
 *
 * <pre>{@code
 * SecretCanary canary = SecretCanary.create();
 * provisioner.provision(new AccountSpec("ann", canary.secret()), attempt);
 * canary.assertNotIn(directory, log, exception, preview);
 * }</pre>
 *
 * <p>Any eight characters in a row of its random ones are a sighting: plain, backwards, in
 * hexadecimal digits or in Base64, wherever they stand in what was encoded; broken over lines too,
 * and inside of zip files. Between the random characters stand some that JSON, URLs, HTML and
 * shells write in another way, so that what hides only the exact value is found out.
 *
 * <p>Immutable and thread-safe.
 */
public final class SecretCanary {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final String AWKWARD = "\"\\/+ %&<é$'";
  private static final int PART = 16;
  private static final int PIECE = 8;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String value;
  private final Set<String> forms = new LinkedHashSet<>();

  private SecretCanary() {
    String head = random();
    String tail = random();
    value = head + AWKWARD + tail;
    for (String part : List.of(head, tail)) {
      for (int i = 0; i < PART; i += PIECE) {
        addForms(part.substring(i, i + PIECE));
      }
    }
  }

  /** Returns a canary unlike any other. */
  public static SecretCanary create() {
    return new SecretCanary();
  }

  /** Returns it as a secret. */
  public Secret secret() {
    return Secret.of(value);
  }

  /** Returns its value: 43 characters, some of which need care in JSON, URLs and shells. */
  public String value() {
    return value;
  }

  /**
   * Fails if it can be seen in one of these.
   *
   * @param suspects paths (a file, or a directory with all below it), throwables (with causes and
   *     what they suppressed), and anything else as its text
   * @throws AssertionError that names where it is, and never the value
   */
  public void assertNotIn(Object... suspects) {
    List<String> sightings = sightings(suspects);
    if (!sightings.isEmpty()) {
      throw new AssertionError("A secret can be seen in " + String.join(", ", sightings) + ".");
    }
  }

  /** Returns where it can be seen: the file, or what kind of thing and the text just before it. */
  public List<String> sightings(Object... suspects) {
    List<String> sightings = new ArrayList<>();
    for (Object suspect : suspects) {
      if (suspect instanceof Path path) {
        files(path).stream().filter(this::inFile).map(Path::toString).forEach(sightings::add);
      } else if (suspect instanceof Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        look(trace + " " + thrown, thrown.getClass().getName(), sightings);
      } else {
        look(String.valueOf(suspect), suspect.getClass().getName(), sightings);
      }
    }
    return sightings;
  }

  private void look(String text, String what, List<String> sightings) {
    int at = position(text);
    if (at >= 0) {
      sightings.add(what + " after '" + text.substring(Math.max(0, at - 60), at) + "'");
    }
  }

  /** Returns the files below a path; what goes while they are looked for is passed over. */
  private static List<Path> files(Path path) {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(path, new Collecting(files));
    } catch (IOException e) {
      throw new UncheckedIOException("What lies below " + path + " cannot be searched.", e);
    }
    return files;
  }

  private static final class Collecting extends SimpleFileVisitor<Path> {
    private final List<Path> files;

    Collecting(List<Path> files) {
      this.files = files;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile()) {
        files.add(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      return passOver(e);
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
        throws IOException {
      return e == null ? FileVisitResult.CONTINUE : passOver(e);
    }

    private static FileVisitResult passOver(IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }
  }

  private boolean inFile(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      return position(file.getFileName().toString()) >= 0 || inBytes(bytes);
    } catch (NoSuchFileException e) {
      return false; // gone meanwhile
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be searched.", e);
    }
  }

  private boolean inBytes(byte[] bytes) throws IOException {
    if (position(new String(bytes, StandardCharsets.ISO_8859_1)) >= 0) {
      return true;
    }
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (inBytes(zip.readAllBytes())) {
          return true;
        }
      }
      return false;
    }
  }

  /** Returns where it begins, 0 if it is there but broken over lines, or -1. */
  private int position(String text) {
    String joined = text.replaceAll("[\\s\\x00]+", "");
    for (String form : forms) {
      int at = text.indexOf(form);
      if (at >= 0 || joined.contains(form)) {
        return Math.max(0, at);
      }
    }
    return -1;
  }

  private void addForms(String piece) {
    forms.add(piece);
    forms.add(new StringBuilder(piece).reverse().toString());
    byte[] bytes = piece.getBytes(StandardCharsets.US_ASCII);
    forms.add(HexFormat.of().formatHex(bytes));
    forms.add(HexFormat.of().withUpperCase().formatHex(bytes));
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + PIECE];
      System.arraycopy(bytes, 0, shifted, before, PIECE);
      String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
      forms.add(encoded.substring((before * 8 + 5) / 6, shifted.length * 8 / 6));
    }
  }

  private static String random() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < PART; i++) {
      text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  /** Shows nothing of the value. */
  @Override
  public String toString() {
    return "SecretCanary";
  }
}
