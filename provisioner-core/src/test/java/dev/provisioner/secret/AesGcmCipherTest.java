package dev.provisioner.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.provisioner.error.SecretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AesGcmCipherTest {
  private static final byte[] PLACE = "place".getBytes(UTF_8);
  private static final byte[] CLEAR = "cAnArY".getBytes(UTF_8);
  private static final String DOES_NOT_OPEN =
      "A sealed value does not open with key 'k1': it was changed, it was moved from the place it"
          + " was sealed for, or another key had this id when it was sealed. Check the key, or"
          + " restore the document from a backup.";

  private final AesGcmCipher cipher = cipher(1);

  private static AesGcmCipher cipher(int fill) {
    return AesGcmCipher.builder("k1", key(fill)).fingerprintKey(key(9)).build();
  }

  @Test
  void opensWhatItSealedAndSealsDifferentlyEachTime() {
    Set<String> sealed = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      String text = cipher.seal(CLEAR, PLACE);
      assertThat(text).startsWith("v1.k1.").matches("[A-Za-z0-9_.-]+");
      assertThat(cipher.open(text, PLACE)).isEqualTo(CLEAR);
      sealed.add(text);
    }
    assertThat(sealed).hasSize(100);
    assertThat(cipher.open(cipher.seal(new byte[0], PLACE), PLACE)).isEmpty();
  }

  @Test
  void aCharacterChangedAnywhereDoesNotOpen() {
    // 6 + 28 bytes leave unused bits in the last character, which must not be free to change.
    String sealed = cipher.seal(CLEAR, PLACE);
    for (int i = 0; i < sealed.length(); i++) {
      for (char other : "Aab019_-.$= ".toCharArray()) {
        StringBuilder changed = new StringBuilder(sealed);
        changed.setCharAt(i, other);
        if (!changed.toString().equals(sealed)) {
          assertDoesNotOpen(changed.toString());
        }
      }
      for (char next : new char[] {(char) (sealed.charAt(i) + 1), (char) (sealed.charAt(i) - 1)}) {
        assertDoesNotOpen(sealed.substring(0, i) + next + sealed.substring(i + 1));
      }
      assertDoesNotOpen(sealed.substring(0, i));
      assertDoesNotOpen(sealed.substring(0, i) + sealed.substring(i + 1));
    }
    assertDoesNotOpen(sealed + "=");
    assertDoesNotOpen(sealed + "A");
  }

  private void assertDoesNotOpen(String sealed) {
    Throwable thrown = catchThrowable(() -> cipher.open(sealed, PLACE));
    assertThat(thrown).as(sealed).isInstanceOf(SecretException.class).hasNoCause();
    assertThat(thrown.getMessage()).doesNotContain("cAnArY");
  }

  @Test
  void aValueOfAnotherPlaceKeyOrCipherDoesNotOpenAndTheMessageSaysWhy() {
    String sealed = cipher.seal(CLEAR, PLACE);
    assertThatThrownBy(() -> cipher.open(sealed, new byte[0]))
        .isInstanceOf(SecretException.class)
        .hasMessage(DOES_NOT_OPEN);
    assertThatThrownBy(() -> cipher(2).open(sealed, PLACE)).hasMessage(DOES_NOT_OPEN);
    AesGcmCipher other = AesGcmCipher.builder("k2", key(2)).fingerprintKey(key(9)).build();
    assertThatThrownBy(() -> other.open(sealed, PLACE))
        .hasMessage(
            "A value was sealed with key 'k1', which is not among the known keys [k2]. Add it with"
                + " olderKey(...) or to the keyring file, and restart this engine.");
    assertThatThrownBy(() -> cipher.open("projects/p/keys/k:abc", PLACE))
        .hasMessage(
            "A sealed value is not in the form 'v1.<key id>.<text>' of AesGcmCipher: another cipher"
                + " sealed it, or it was changed. Configure the cipher that sealed it.");
  }

  @Test
  void anOlderKeyOpensButDoesNotSealAndTheFingerprintSurvives() {
    AesGcmCipher rotated =
        AesGcmCipher.builder("k2", key(2)).olderKey("k1", key(1)).fingerprintKey(key(9)).build();
    assertThat(rotated.open(cipher.seal(CLEAR, PLACE), PLACE)).isEqualTo(CLEAR);
    assertThat(rotated.seal(CLEAR, PLACE)).startsWith("v1.k2.");
    assertThat(rotated.fingerprint(CLEAR)).isEqualTo(cipher.fingerprint(CLEAR));
    assertThat(HexFormat.of().formatHex(cipher.fingerprint(CLEAR)))
        .isEqualTo("7595b3346e6c7ef71457ef52510abd1dc81aa3ec66a99a06d73661fbdff79744");
  }

  @Test
  void keysThatCannotServeAreRefusedWhileBuilding() {
    assertThatThrownBy(() -> AesGcmCipher.builder("k1", new byte[16]))
        .hasMessage("Key 'k1' has 16 bytes; AES-256 and the fingerprint take 32.");
    assertThatThrownBy(() -> AesGcmCipher.builder("a.b", key(1)))
        .hasMessage(
            "A key id has 1 to 32 letters, digits, hyphens and underscores; 'a.b' does not.");
    assertThatThrownBy(() -> AesGcmCipher.builder("k1", key(1)).olderKey("k1", key(2)))
        .hasMessage("Two keys have the id 'k1'.");
    assertThatThrownBy(() -> AesGcmCipher.builder("k1", key(1)).build())
        .hasMessage(
            "A cipher needs a fingerprint key: call fingerprintKey(...) with 32 random bytes and keep"
                + " them when the sealing key is rotated.");
    assertThatThrownBy(() -> AesGcmCipher.builder("k1", key(1)).fingerprintKey(key(1)).build())
        .hasMessage("Key 'k1' is also the fingerprint key; each needs bytes of its own.");
  }

  @Test
  void keysAreCopiedAndNeverShown() {
    byte[] key = key(1);
    AesGcmCipher.Builder builder = AesGcmCipher.builder("k1", key).fingerprintKey(key(9));
    Arrays.fill(key, (byte) 0);
    assertThat(builder.build().open(cipher.seal(CLEAR, PLACE), PLACE)).isEqualTo(CLEAR);
    assertThat(builder.build()).hasToString("AesGcmCipher[current=k1, keys=[k1]]");
    assertThat(builder).hasToString("AesGcmCipher.Builder[k1]");
    assertThat(AesGcmCipher.generateKey()).hasSize(32).isNotEqualTo(AesGcmCipher.generateKey());
  }

  @Test
  void aKeyringFileIsCreatedOnceForItsOwnerAloneAndReadAgain(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("keyring");
    AesGcmCipher created = AesGcmCipher.createFile(file);
    assertThat(AesGcmCipher.fromFile(file).open(created.seal(CLEAR, PLACE), PLACE))
        .isEqualTo(CLEAR);
    byte[] before = Files.readAllBytes(file);
    assertThatThrownBy(() -> AesGcmCipher.createFile(file))
        .isInstanceOf(SecretException.class)
        .hasMessage(
            "There is a file at "
                + file
                + " already; a keyring is never overwritten. Read it with"
                + " AesGcmCipher.fromFile(path), or choose another path.");
    assertThat(file).hasBinaryContent(before);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
    if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aKeyringFileThatOthersMayReadIsRefused(@TempDir Path folder) throws IOException {
    assumeTrue(
        Files.getFileStore(folder).supportsFileAttributeView("posix"), "no POSIX permissions here");
    Path file = folder.resolve("keyring");
    AesGcmCipher.createFile(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> AesGcmCipher.fromFile(file))
        .isInstanceOf(SecretException.class)
        .hasMessage(
            "Keyring file "
                + file
                + " has the permissions rw-r-----, so that others than its owner have access. Change"
                + " them to rw------- (chmod 600) and, if somebody may have read it, rotate the"
                + " keys.");
  }

  @Test
  void aKeyringFileInAnotherFormIsRefusedByLineAndNeverQuoted(@TempDir Path folder)
      throws IOException {
    String k = Base64.getUrlEncoder().withoutPadding().encodeToString(key(1));
    String f = Base64.getUrlEncoder().withoutPadding().encodeToString(key(9));
    String good = "current = a\nfingerprint = " + f + "\n# note\n\nkey.a = " + k + "\n";
    Path file = keyring(folder, good + "key.b = " + f.replace('C', 'D') + "\r\n");
    assertThat(AesGcmCipher.fromFile(file)).hasToString("AesGcmCipher[current=a, keys=[a, b]]");

    assertRefused(folder, good.replace("current = a\n", ""), "'current' is missing.");
    assertRefused(folder, good.replace("fingerprint", "key.c"), "'fingerprint' is missing.");
    assertRefused(
        folder,
        good.replace("key.a", "key.b"),
        "'current' names a key that the file does not hold.");
    assertRefused(folder, good + "key.a = " + k, "line 6 repeats 'key.a'.");
    assertRefused(
        folder,
        good + k,
        "line 6 is none of 'current = <id>', 'fingerprint = <key>', 'key.<id> = <key>'.");
    assertRefused(folder, good.replace(k, k + "?"), "'key.a' is not base64url.");
    assertRefused(
        folder,
        good.replace(k, "AAAA"),
        "Key 'a' has 3 bytes; AES-256 and the fingerprint take 32.");
  }

  private static void assertRefused(Path folder, String text, String reason) throws IOException {
    Path file = keyring(folder, text);
    Throwable thrown = catchThrowable(() -> AesGcmCipher.fromFile(file));
    assertThat(thrown)
        .isInstanceOf(SecretException.class)
        .hasNoCause()
        .hasMessageStartingWith("Keyring file " + file + " cannot be used")
        .hasMessageEndingWith(reason);
  }

  private static Path keyring(Path folder, String text) throws IOException {
    Path file = Files.createTempFile(folder, "keyring", ""); // rw------- on POSIX
    return Files.writeString(file, text);
  }

  @Test
  void aKeyIsAddedMadeCurrentAndRemovedInTheFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("keyring");
    String sealed = AesGcmCipher.createFile(file).seal(CLEAR, PLACE);
    AesGcmCipher.addKey(file, "k2");
    AesGcmCipher added = AesGcmCipher.fromFile(file);
    assertThat(added).hasToString("AesGcmCipher[current=k1, keys=[k1, k2]]");
    AesGcmCipher.makeCurrent(file, "k2");
    AesGcmCipher.makeCurrent(file, "k2");
    AesGcmCipher rotated = AesGcmCipher.fromFile(file);
    assertThat(rotated).hasToString("AesGcmCipher[current=k2, keys=[k2, k1]]");
    assertThat(rotated.open(sealed, PLACE)).isEqualTo(CLEAR);
    String again = rotated.seal(CLEAR, PLACE);
    assertThat(added.open(again, PLACE)).isEqualTo(CLEAR);
    assertThat(rotated.keyId(sealed) + rotated.keyId(again) + rotated.currentKeyId())
        .isEqualTo("k1k2k2");
    AesGcmCipher.removeKey(file, "k1");
    AesGcmCipher.removeKey(file, "k1");
    AesGcmCipher last = AesGcmCipher.fromFile(file);
    assertThat(last).hasToString("AesGcmCipher[current=k2, keys=[k2]]");
    assertThat(last.fingerprint(CLEAR)).isEqualTo(added.fingerprint(CLEAR));
    assertThat(Files.readString(file)).startsWith("# Provisioner keyring.");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
    AesGcmCipher.fromFile(file); // which refuses a file that others may read
  }

  @Test
  void aChangeThatCannotBeLeavesTheKeyringAsItWas(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("keyring");
    AesGcmCipher.createFile(file);
    byte[] before = Files.readAllBytes(file);
    assertThatThrownBy(() -> AesGcmCipher.addKey(file, "k1"))
        .hasMessage("The keyring has a key 'k1' already; a key id is never given twice.");
    assertThatThrownBy(() -> AesGcmCipher.makeCurrent(file, "k2"))
        .hasMessage("The keyring has no key 'k2'; add it first, and restart every engine.");
    assertThatThrownBy(() -> AesGcmCipher.removeKey(file, "k1"))
        .hasMessage("The keyring seals with key 'k1' now; make another one current first.");
    assertThatThrownBy(() -> AesGcmCipher.addKey(file, "a b"))
        .isInstanceOf(IllegalArgumentException.class);
    Path draft = Files.createFile(folder.resolve(".keyring.draft"));
    assertThatThrownBy(() -> AesGcmCipher.addKey(file, "k2"))
        .isInstanceOf(SecretException.class)
        .hasMessage(
            "Keyring file "
                + file
                + " is being changed by somebody else, or a change broke off. If nobody is at it,"
                + " delete "
                + draft
                + " and try again; the keyring is as it was.");
    assertThat(draft).exists();
    assertThat(file).hasBinaryContent(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 40, 150, 200, 260, 330})
  void aTruncatedKeyringIsRefused(int bytes, @TempDir Path folder) throws IOException {
    Path file = folder.resolve("keyring");
    AesGcmCipher.createFile(file);
    String whole = Files.readString(file).strip();
    Files.writeString(file, whole.substring(0, Math.min(bytes, whole.length() - 1)));
    assertThatThrownBy(() -> AesGcmCipher.fromFile(file))
        .isInstanceOf(SecretException.class)
        .hasMessageStartingWith("Keyring file " + file + " cannot be used");
    assertThatThrownBy(() -> AesGcmCipher.addKey(file, "k2"))
        .hasMessageStartingWith("Keyring file " + file + " cannot be used");
  }

  @Test
  void aMissingKeyringFileIsNamed(@TempDir Path folder) {
    assertThatThrownBy(() -> AesGcmCipher.fromFile(folder.resolve("none")))
        .isInstanceOf(SecretException.class)
        .hasMessage(
            "There is no keyring file at "
                + folder.resolve("none")
                + ". Restore it from its backup, or create one with AesGcmCipher.createFile(path) if"
                + " nothing was sealed yet.");
  }

  private static byte[] key(int fill) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    return key;
  }
}
