package dev.provisioner.jdbc.schema;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** The conversation in RFC 7677, section 3. */
final class ScramTest {
  private static final String NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";
  private static final String TALK =
      "n=user,r=rOprNGfwEbeRWgbNEkqO,r=" + NONCE + ",s=" + SALT + ",i=4096,c=biws,r=" + NONCE;

  private final String[] parts = Scram.verifier("pencil", decoded(SALT)).split("[$:]", -1);

  @Test
  void theVerifierNamesTheMethodTheIterationsAndTheSalt() {
    assertThat(parts).hasSize(5).startsWith("SCRAM-SHA-256", "4096", SALT);
  }

  @Test
  void theStoredKeyAcceptsTheClientOfTheRfc() throws Exception {
    byte[] storedKey = decoded(parts[3]);
    byte[] key = decoded("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    byte[] signature = Scram.hmac(storedKey, TALK.getBytes(US_ASCII));
    for (int i = 0; i < key.length; i++) {
      key[i] ^= signature[i];
    }
    assertThat(MessageDigest.getInstance("SHA-256").digest(key)).isEqualTo(storedKey);
  }

  @Test
  void theServerKeySignsAsTheServerOfTheRfc() throws Exception {
    assertThat(Scram.hmac(decoded(parts[4]), TALK.getBytes(US_ASCII)))
        .isEqualTo(decoded("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
  }

  private static byte[] decoded(String text) {
    return Base64.getDecoder().decode(text);
  }
}
