package dev.provisioner.proofs.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.provisioner.error.SecretException;
import dev.provisioner.secret.AesGcmCipher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Keyring files. */
final class KeyringTarget implements Target {
  private static final byte[] CLEAR = "clear".getBytes(UTF_8);
  private static final byte[] PLACE = "place".getBytes(UTF_8);

  private final Scratch scratch = Scratch.create();
  private final Path file = Files.createTempFile(scratch.path, "keyring", ""); // for us alone

  KeyringTarget() throws IOException {}

  @Override
  public List<byte[]> seeds() {
    String a = "A".repeat(43);
    String b = "B".repeat(42) + "A";
    return List.of(
        Target.seed("current = k1\nfingerprint = " + a + "\nkey.k1 = " + b + "\n"),
        Target.seed("# x\r\n\ncurrent=k\nkey.k=" + a + "\nkey.old=" + b + "\nfingerprint=" + a));
  }

  @Override
  public void read(byte[] input) throws IOException {
    Files.write(file, input);
    AesGcmCipher cipher;
    try {
      cipher = AesGcmCipher.fromFile(file);
    } catch (SecretException e) {
      return;
    }
    byte[] opened = cipher.open(cipher.seal(CLEAR, PLACE), PLACE);
    Target.require(Arrays.equals(opened, CLEAR), "a keyring that is read opens what it seals");
  }

  @Override
  public void close() throws IOException {
    scratch.close();
  }
}
