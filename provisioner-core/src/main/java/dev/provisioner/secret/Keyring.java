package dev.provisioner.secret;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.provisioner.error.SecretException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** The keyring file of {@link AesGcmCipher#fromFile}. Messages name lines, never what they hold. */
final class Keyring {
  private static final long MAX_FILE_BYTES = 64 * 1024;
  static final String KEY = "key.";
  static final String CURRENT = "current";
  private static final String FINGERPRINT = "fingerprint";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private Keyring() {}

  static AesGcmCipher read(Path file) {
    try {
      requirePrivate(file);
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw unusable(file, "it is larger than " + MAX_FILE_BYTES + " bytes");
      }
      return cipher(file, Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new SecretException(
          "There is no keyring file at "
              + file
              + ". Restore it from its backup, or create one with AesGcmCipher.createFile(path) if"
              + " nothing was sealed yet.");
    } catch (IOException e) {
      throw new SecretException("Keyring file " + file + " cannot be read.", e);
    }
  }

  private static void requirePrivate(Path file) throws IOException {
    PosixFileAttributeView posix = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (posix == null) {
      return;
    }
    Set<PosixFilePermission> permissions = posix.readAttributes().permissions();
    Set<PosixFilePermission> others = EnumSet.noneOf(PosixFilePermission.class);
    others.addAll(permissions);
    others.removeAll(PosixFilePermissions.fromString("rwx------"));
    if (!others.isEmpty()) {
      throw new SecretException(
          "Keyring file "
              + file
              + " has the permissions "
              + PosixFilePermissions.toString(permissions)
              + ", so that others than its owner have access. Change them to rw------- (chmod 600)"
              + " and, if somebody may have read it, rotate the keys.");
    }
  }

  private static AesGcmCipher cipher(Path file, String text) {
    Map<String, String> entries = entries(file, text);
    String current = required(file, entries, CURRENT);
    String currentKey = entries.remove(KEY + current);
    if (currentKey == null) {
      throw unusable(file, "'current' names a key that the file does not hold");
    }
    try {
      AesGcmCipher.Builder builder =
          AesGcmCipher.builder(current, key(file, KEY + current, currentKey));
      builder.fingerprintKey(key(file, FINGERPRINT, required(file, entries, FINGERPRINT)));
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        String name = entry.getKey();
        builder.olderKey(name.substring(KEY.length()), key(file, name, entry.getValue()));
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new SecretException("Keyring file " + file + " cannot be used. " + e.getMessage());
    }
  }

  private static Map<String, String> entries(Path file, String text) {
    Map<String, String> entries = new LinkedHashMap<>();
    int number = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int equals = line.indexOf('=');
      String name = equals < 0 ? "" : line.substring(0, equals).strip();
      boolean key = name.startsWith(KEY) && KeyIds.isValid(name.substring(KEY.length()));
      if (!key && !name.equals(CURRENT) && !name.equals(FINGERPRINT)) {
        throw unusable(
            file,
            "line "
                + number
                + " is none of 'current = <id>', 'fingerprint = <key>', 'key.<id> = <key>'");
      }
      if (entries.put(name, line.substring(equals + 1).strip()) != null) {
        throw unusable(file, "line " + number + " repeats '" + name + "'");
      }
    }
    return entries;
  }

  private static String required(Path file, Map<String, String> entries, String name) {
    String value = entries.remove(name);
    if (value == null) {
      throw unusable(file, "'" + name + "' is missing");
    }
    return value;
  }

  private static byte[] key(Path file, String name, String value) {
    try {
      return Base64.getUrlDecoder().decode(value);
    } catch (IllegalArgumentException e) {
      // Not chained: the message quotes a character of the key.
      throw unusable(file, "'" + name + "' is not base64url");
    }
  }

  private static SecretException unusable(Path file, String reason) {
    return new SecretException("Keyring file " + file + " cannot be used: " + reason + ".");
  }

  /** Replaces the file by its changed form, if that can be read; one change at a time. */
  static void change(Path file, Consumer<KeyringEdit> change) {
    read(file);
    Path draft = null;
    try {
      Path real = file.toRealPath();
      draft = real.resolveSibling("." + real.getFileName() + ".draft");
      openDraft(draft).close();
      try {
        KeyringEdit edit = new KeyringEdit(Files.readString(real));
        change.accept(edit);
        cipher(file, edit.text());
        write(draft, edit.text());
        Files.move(draft, real, ATOMIC_MOVE, REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(draft);
      }
      syncDirectory(real);
    } catch (FileAlreadyExistsException e) {
      throw new SecretException(
          "Keyring file "
              + file
              + " is being changed by somebody else, or a change broke off. If nobody is at it,"
              + " delete "
              + draft
              + " and try again; the keyring is as it was.");
    } catch (IOException e) {
      throw new SecretException("Keyring file " + file + " cannot be changed.", e);
    }
  }

  static void create(Path file) {
    Path draft = file.toAbsolutePath().resolveSibling("." + UUID.randomUUID() + ".keyring");
    try {
      openDraft(draft).close();
      try {
        write(draft, newKeyring());
        publish(draft, file);
      } finally {
        Files.deleteIfExists(draft);
      }
      syncDirectory(file);
    } catch (FileAlreadyExistsException e) {
      throw new SecretException(
          "There is a file at "
              + file
              + " already; a keyring is never overwritten. Read it with"
              + " AesGcmCipher.fromFile(path), or choose another path.");
    } catch (IOException e) {
      throw new SecretException("Keyring file " + file + " cannot be created.", e);
    }
  }

  private static String newKeyring() {
    return "# Provisioner keyring. Whoever reads it can open every sealed secret: keep it and its\n"
        + "# backups private. Without it no sealed secret can be opened.\n"
        + "current = k1\n"
        + "fingerprint = "
        + newKey()
        + "\nkey.k1 = "
        + newKey()
        + "\n";
  }

  static String newKey() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(AesGcmCipher.generateKey());
  }

  /** Creates the draft, which its owner alone can read; fails if there is one. */
  private static FileChannel openDraft(Path draft) throws IOException {
    boolean posix = draft.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    return FileChannel.open(
        draft, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes);
  }

  private static void write(Path draft, String text) throws IOException {
    try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  /** Makes the file's name survive a crash of the machine: what it seals must not outlive it. */
  private static void syncDirectory(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return; // Windows cannot open a directory for this, and logs such changes by itself
    }
    Path directory = file.toAbsolutePath().getParent();
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** A hard link appears at once and never replaces; without links a move comes close. */
  private static void publish(Path draft, Path file) throws IOException {
    try {
      Files.createLink(file, draft);
    } catch (UnsupportedOperationException e) {
      Files.move(draft, file);
    }
  }
}
